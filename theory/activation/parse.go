package activation

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"

	"gradchain/theory/alias"
	"gradchain/theory/expression"
	"gradchain/theory/internal/decimal"
	"gradchain/theory/nearest"
)

// Parse reads the text of an activation: a name and, for the activations that
// have a parameter, its value by position or by name, such as "tanh", "elu",
// "elu(2)" or "leaky_relu(slope=0.1)". The error names the parameter, its value and
// its domain, or the nearest names for an unknown activation.
func Parse(text string) (Activation, error) { return parse(text, false) }

// Read is Parse for what people type: names are also understood in another case, with other
// joints and by their aliases, as in "LeakyReLU" and "swish", values are expressions, as in
// "leaky_relu(1/3)", and leaky_relu has the slope 0.01 of frameworks if none is given.
func Read(text string) (Activation, error) { return parse(text, true) }

func parse(text string, typed bool) (Activation, error) {
	name, list, err := divide(text, typed)
	if err != nil {
		return Activation{}, err
	}
	i := slices.IndexFunc(specs, func(s spec) bool { return s.name == name })
	if i < 0 {
		if i, err = find(name, typed); err != nil {
			return Activation{}, err
		}
	}
	arg, err := specs[i].argument(list, typed)
	if err != nil {
		return Activation{}, fmt.Errorf("activation %s: %w", nearest.Quote(text), err)
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
// argument that it has if people give none.
func All() []Activation {
	all := make([]Activation, len(specs))
	for i := range specs {
		all[i] = newActivation(&specs[i], specs[i].usual())
	}
	return all
}

func newActivation(s *spec, arg float64) Activation {
	return Activation{s, arg, s.build(arg)}
}

// divide cuts "name(list)" in two. The parentheses may be missing.
func divide(text string, typed bool) (name, list string, err error) {
	name, rest, found := strings.Cut(strings.TrimSpace(text), "(")
	name = strings.TrimSpace(name)
	if !found {
		return name, "", nil
	}
	list, closed := strings.CutSuffix(rest, ")")
	if !closed || !expression.Balanced(list) || !typed && strings.Contains(list, "(") {
		return "", "", fmt.Errorf("activation %s: want name or name(number) with one pair of parentheses", nearest.Quote(text))
	}
	return name, strings.TrimSpace(list), nil
}

// usual is the default argument, or that of frameworks where the catalogue has none.
func (s spec) usual() float64 {
	if math.IsNaN(s.preset) {
		return s.framework
	}
	return s.preset
}

// argument reads the parameter from the list between the parentheses.
func (s spec) argument(list string, typed bool) (float64, error) {
	switch {
	case s.param == "" && list == "":
		return 0, nil
	case s.param == "":
		return 0, fmt.Errorf("argument %s given, but %s has no parameter", nearest.Quote(list), s.name)
	case list == "" && typed:
		return s.usual(), nil
	case list == "" && math.IsNaN(s.preset):
		return 0, fmt.Errorf("parameter %s is missing, want %s(%s) with %s", s.param, s.name, s.param, s.domain)
	case list == "":
		return s.preset, nil
	}
	value := list
	if name, after, named := strings.Cut(list, "="); named {
		if name = strings.TrimSpace(name); name != s.param && !(typed && s.means(name)) {
			return 0, fmt.Errorf("unknown parameter %s, want %s", nearest.Quote(name), s.param)
		}
		value = strings.TrimSpace(after)
	}
	x, err := decimal.Parse(value)
	if typed && err != nil {
		if x, err = expression.Real(value); err != nil {
			return 0, fmt.Errorf("%s = %s, want one number with %s: %w", s.param, nearest.Cut(value), s.domain, err)
		}
	}
	if err != nil || !s.allowed(x) {
		return 0, fmt.Errorf("%s = %s, want one number with %s", s.param, nearest.Cut(value), s.domain)
	}
	return x + 0, nil // −0 becomes 0
}

// means says that a name is one that frameworks have for the parameter.
func (s spec) means(name string) bool {
	folded := alias.Fold(name)
	return folded == alias.Fold(s.param) || slices.ContainsFunc(s.also, func(other string) bool { return alias.Fold(other) == folded })
}

// names are those of the catalogue, with what else the activations are called.
var names = sync.OnceValue(func() *alias.Table {
	list := make([]string, len(specs))
	for i, s := range specs {
		list[i] = s.name
	}
	return alias.New("activation", list, map[string]string{
		"swish": "silu", "logistic": "sigmoid", "identity": "linear", "rectifier": "relu", "sine": "sin", "atan": "arctan",
		"gelu_new": "gelu_tanh", "gelu_pytorch_tanh": "gelu_tanh", "lrelu": "leaky_relu",
	})
})

// Names are the names of the catalogue with their aliases.
func Names() *alias.Table { return names() }

// ambiguous are names that frameworks use for different functions.
var ambiguous = map[string]string{"hardsigmoid": "hard_sigmoid_torch (z/6 + 1/2, clipped) or hard_sigmoid_keras (z/5 + 1/2, clipped)"}

// find returns the index of the activation that is meant by a name not in the catalogue.
func find(typed string, people bool) (int, error) {
	if which, known := ambiguous[alias.Fold(typed)]; known && people {
		return 0, fmt.Errorf("activation %s is not one function: want %s", nearest.Quote(typed), which)
	}
	name, known := names().Find(typed)
	if !known || !people {
		return 0, fmt.Errorf("unknown activation %s: nearest are %s; the activations are %s",
			nearest.Quote(typed), strings.Join(names().Nearest(typed), ", "), strings.Join(names().Names(), ", "))
	}
	return slices.IndexFunc(specs, func(s spec) bool { return s.name == name }), nil
}
