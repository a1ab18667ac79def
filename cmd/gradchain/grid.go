package main

import (
	"fmt"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"gradchain/theory"
)

// mostPoints bounds a table.
const mostPoints = 100_000

// point is one assignment of parameters, in the order they were typed.
type point struct{ names, values []string }

func (p point) params() map[string]any {
	out := map[string]any{}
	for i, name := range p.names {
		out[name] = p.values[i]
	}
	return out
}

// grid reads NAME=VALUE texts, where the value of a number may be a list a,b,c or a
// range from:to:step, and returns every combination, the last name varying fastest.
func grid(q theory.Quantity, args []string) ([]point, error) {
	if _, err := theory.ParseParams(args...); err != nil {
		return nil, err
	}
	points := []point{{}}
	for _, arg := range args {
		name, text, _ := strings.Cut(arg, "=")
		values := []string{text}
		if number(q, name) {
			var err error
			if values, err = expand(text); err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
		}
		if len(points)*len(values) > mostPoints {
			return nil, fmt.Errorf("%s: the table would have more than %d points", name, mostPoints)
		}
		var next []point
		for _, p := range points {
			for _, v := range values {
				next = append(next, point{append(slices.Clone(p.names), name), append(slices.Clone(p.values), v)})
			}
		}
		points = next
	}
	return points, nil
}

// number reports whether the parameter of that name is a number.
func number(q theory.Quantity, name string) bool {
	for _, p := range q.Params {
		if p.Name == name {
			return p.Kind == theory.Real || p.Kind == theory.Integer
		}
	}
	return false
}

// expand lists the numbers of "a,b,c", of "from:to:step", or of both.
func expand(text string) ([]string, error) {
	var out []string
	for part := range strings.SplitSeq(text, ",") {
		ends := strings.Split(part, ":")
		switch len(ends) {
		case 1:
			out = append(out, part)
		case 3:
			steps, err := ladder(ends[0], ends[1], ends[2])
			if err != nil {
				return nil, err
			}
			out = append(out, steps...)
		default:
			return nil, fmt.Errorf("%q is no range, want from:to:step such as 0.5:3:0.25", part)
		}
	}
	return out, nil
}

// ladder counts exactly, in fractions: 0:1:0.1 has 11 steps and ends at 1.
func ladder(from, to, step string) ([]string, error) {
	var x, end, d big.Rat
	for _, n := range []struct {
		text string
		into *big.Rat
	}{{from, &x}, {to, &end}, {step, &d}} {
		f, err := strconv.ParseFloat(n.text, 64) // keeps 1e999999999 from being written out
		if err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
			return nil, fmt.Errorf("%q in a range is no number", n.text)
		}
		if _, ok := n.into.SetString(n.text); !ok {
			return nil, fmt.Errorf("%q in a range is no number", n.text)
		}
	}
	if d.Sign() == 0 || d.Sign() != new(big.Rat).Sub(&end, &x).Sign() && x.Cmp(&end) != 0 {
		return nil, fmt.Errorf("range %s:%s:%s does not arrive: want a step from the first number towards the second", from, to, step)
	}
	var out []string
	for ; x.Cmp(&end) != d.Sign(); x.Add(&x, &d) {
		if len(out) == mostPoints {
			return nil, fmt.Errorf("range %s:%s:%s has more than %d steps", from, to, step, mostPoints)
		}
		out = append(out, decimal(&x))
	}
	return out, nil
}

// decimal prints a fraction exactly where that is possible.
func decimal(x *big.Rat) string {
	if n, exact := x.FloatPrec(); exact {
		return x.FloatString(n)
	}
	f, _ := x.Float64()
	return fmt.Sprint(f)
}
