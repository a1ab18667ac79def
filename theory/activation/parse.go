package activation

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gradchain/theory/internal/decimal"
	"gradchain/theory/internal/nearest"
)

// Parse reads the text of an activation: a name and, for the activations that
// have a parameter, its value by position or by name, such as "tanh", "elu",
// "elu(2)" or "leaky_relu(slope=0.1)". The error names the parameter, its value and
// its domain, or the nearest names for an unknown activation.
func Parse(text string) (Activation, error) {
	name, list, err := divide(text)
	if err != nil {
		return Activation{}, err
	}
	i := slices.IndexFunc(specs, func(s spec) bool { return s.name == name })
	if i < 0 {
		return Activation{}, unknown(name)
	}
	arg, err := specs[i].argument(list)
	if err != nil {
		return Activation{}, fmt.Errorf("activation %q: %w", text, err)
	}
	return newActivation(&specs[i], arg), nil
}

// MustParse is Parse for texts known to be right. It panics on an error.
func MustParse(text string) Activation {
	a, err := Parse(text)
	if err != nil {
		panic("activation: " + err.Error())
	}
	return a
}

// All returns one activation of each name, in the order of the catalogue, with the
// default argument, or with slope 0.01 for leaky_relu, which has none.
func All() []Activation {
	all := make([]Activation, len(specs))
	for i := range specs {
		arg := specs[i].preset
		if math.IsNaN(arg) {
			arg = 0.01
		}
		all[i] = newActivation(&specs[i], arg)
	}
	return all
}

func newActivation(s *spec, arg float64) Activation {
	return Activation{s, arg, s.build(arg)}
}

// divide cuts "name(list)" in two. The parentheses may be missing.
func divide(text string) (name, list string, err error) {
	name, rest, found := strings.Cut(strings.TrimSpace(text), "(")
	name = strings.TrimSpace(name)
	if !found {
		return name, "", nil
	}
	list, closed := strings.CutSuffix(rest, ")")
	if !closed || strings.ContainsAny(list, "()") {
		return "", "", fmt.Errorf("activation %q: want name or name(number) with one pair of parentheses", text)
	}
	return name, strings.TrimSpace(list), nil
}

// argument reads the parameter from the list between the parentheses.
func (s spec) argument(list string) (float64, error) {
	switch {
	case s.param == "" && list == "":
		return 0, nil
	case s.param == "":
		return 0, fmt.Errorf("argument %q given, but %s has no parameter", list, s.name)
	case list == "" && math.IsNaN(s.preset):
		return 0, fmt.Errorf("parameter %s is missing, want %s(%s) with %s", s.param, s.name, s.param, s.domain)
	case list == "":
		return s.preset, nil
	}
	value := list
	if name, after, named := strings.Cut(list, "="); named {
		if name = strings.TrimSpace(name); name != s.param {
			return 0, fmt.Errorf("unknown parameter %q, want %s", name, s.param)
		}
		value = strings.TrimSpace(after)
	}
	x, err := decimal.Parse(value)
	if err != nil || math.IsNaN(x) || math.IsInf(x, 0) || !s.allowed(x) {
		return 0, fmt.Errorf("%s = %s, want one number with %s", s.param, value, s.domain)
	}
	return x + 0, nil // −0 becomes 0
}

// unknown is the error for a name that no activation has.
func unknown(name string) error {
	names := make([]string, len(specs))
	for i, s := range specs {
		names[i] = s.name
	}
	return fmt.Errorf("unknown activation %s: nearest are %s; the activations are %s",
		nearest.Quote(name), strings.Join(nearest.Names(name, names), ", "), strings.Join(names, ", "))
}
