package main

import (
	"fmt"
	"slices"
	"strings"

	"gradchain/reports"
	"gradchain/theory"
)

// mostPoints bounds a table.
const mostPoints = 100_000

// point is one assignment of parameters, in the order they were typed.
type point struct {
	names  []string
	values []theory.Typed
}

func (p point) params() map[string]any {
	out := map[string]any{}
	for i, name := range p.names {
		out[name] = p.values[i].Value
	}
	return out
}

// cells show the values: numbers as they were typed.
func (p point) cells() []reports.Cell {
	out := make([]reports.Cell, len(p.values))
	for i, v := range p.values {
		switch x := v.Value.(type) {
		case float64:
			out[i] = reports.Number(x, v.Text)
		case int:
			out[i] = reports.Number(float64(x), v.Text)
		default:
			out[i] = reports.Label(v.Text)
		}
	}
	return out
}

// grid reads NAME=VALUE texts, where the value may be a list a,b,c or, of numbers, have
// ranges from:to:step in it, and returns every combination, the last name varying fastest.
// The points are counted before they are made.
func grid(q theory.Quantity, args []string) ([]point, error) {
	if _, err := theory.ParseParams(args...); err != nil {
		return nil, err
	}
	var names []string
	var lists [][]theory.Typed
	total := 1
	for _, arg := range args {
		typed, text, _ := strings.Cut(arg, "=")
		p, err := q.Param(typed)
		if err != nil {
			return nil, err
		}
		if slices.Contains(names, p.Name) {
			return nil, fmt.Errorf("%s: parameter %q is given twice", q.Name, p.Name)
		}
		list, err := p.Read(text, mostPoints)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", q.Name, err)
		}
		if total *= len(list); total > mostPoints {
			return nil, fmt.Errorf("%s: the table would have more than %d points", p.Name, mostPoints)
		}
		names, lists = append(names, p.Name), append(lists, list)
	}
	points := make([]point, total)
	for i := range points {
		values := make([]theory.Typed, len(lists))
		rest := i
		for j, list := range slices.Backward(lists) {
			values[j], rest = list[rest%len(list)], rest/len(list)
		}
		points[i] = point{names, values}
	}
	return points, nil
}
