package theory

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode"

	"gradchain/theory/activation"
	"gradchain/theory/alias"
	"gradchain/theory/expression"
	"gradchain/theory/law"
	"gradchain/theory/nearest"
)

// Typed is a value of a parameter as a person typed it.
type Typed struct {
	Text  string // a number as it was typed, a name as the catalogue has it
	Value any    // for Evaluate
}

// Read reads what a person typed for the parameter: one value, or several with commas
// between, and of numbers ranges, in all at most so many. Numbers are expressions, and names
// are understood in another case and by their aliases. It does not check the domain.
func (p Param) Read(text string, most int) ([]Typed, error) {
	if len(text) > maxText || strings.ContainsFunc(text, unicode.IsControl) {
		return nil, fmt.Errorf("%s = %s is too long or has a control character, want %s", p.Name, nearest.Quote(text), p.want())
	}
	if p.numeric() {
		return p.readNumbers(text, most)
	}
	var out []Typed
	for _, part := range expression.Split(text, ',') {
		value, err := p.readName(part)
		if err != nil {
			return nil, err
		}
		out = append(out, Typed{fmt.Sprint(value), value})
	}
	if len(out) > most {
		return nil, fmt.Errorf("%s has %d values, want at most %d", p.Name, len(out), most)
	}
	return out, nil
}

func (p Param) readNumbers(text string, most int) ([]Typed, error) {
	items, err := expression.List(text, expression.Limits{Items: most, Whole: p.Kind == Integer})
	if err != nil {
		return nil, fmt.Errorf("%s = %s, want %s: %w", p.Name, nearest.Quote(text), p.want(), err)
	}
	out := make([]Typed, len(items))
	for i, item := range items {
		out[i].Text = item.Text
		if p.Kind == Real {
			if out[i].Value, err = item.Value.Float64(); err != nil {
				return nil, fmt.Errorf("%s = %s, want %s: %w", p.Name, nearest.Quote(item.Text), p.want(), err)
			}
			continue
		}
		n, whole := item.Value.Int()
		if !whole {
			return nil, fmt.Errorf("%s = %s, want %s, at most 9.2e18", p.Name, nearest.Quote(item.Text), p.want())
		}
		out[i].Value = n
	}
	return out, nil
}

// readName reads an activation, a law or a choice. Its text is that of the value.
func (p Param) readName(text string) (string, error) {
	switch p.Kind {
	case Activation:
		a, err := activation.Read(text)
		return a.String(), err
	case Weight:
		l, err := law.Read(text)
		return l.String(), err
	}
	name, known := p.names().Find(strings.TrimSpace(text))
	if !known {
		return "", fmt.Errorf("%s = %s, want %s", p.Name, nearest.Quote(text), p.want())
	}
	return name, nil
}

// choiceAliases are what else the choices are called.
var choiceAliases = map[string]string{
	"xavier": "glorot", "kaiming": "he",
	"sgd": "gradient_descent", "gd": "gradient_descent", "signsgd": "sign",
}

// names are the choices with their aliases.
func (p Param) names() *alias.Table {
	also := map[string]string{}
	for other, name := range choiceAliases {
		if slices.Contains(p.Choices, name) {
			also[other] = name
		}
	}
	return alias.New(p.Name, p.Choices, also)
}

// Also says which other names the values of the parameter have, "" for none.
func (p Param) Also() string {
	switch p.Kind {
	case Activation:
		return activation.Names().Also()
	case Weight:
		return law.Names().Also()
	case Choice:
		return p.names().Also()
	}
	return ""
}

// parameterAliases are what else the parameters are called.
var parameterAliases = map[string]string{
	"sigma_w": "weight_std", "σ_w": "weight_std", "sigma_b": "bias_std", "σ_b": "bias_std", "phi": "activation", "φ": "activation",
}

// Param returns the parameter of that name, which may be in another case or with hyphens. The
// error for an unknown one has the nearest names.
func (q Quantity) Param(name string) (Param, error) {
	names := make([]string, len(q.Params))
	for i, p := range q.Params {
		if p.Name == name {
			return p, nil
		}
		names[i] = p.Name
	}
	also := map[string]string{}
	for other, name := range parameterAliases {
		if slices.Contains(names, name) {
			also[other] = name
		}
	}
	meant, known := alias.New("parameter", names, also).Find(name)
	if !known {
		return Param{}, fmt.Errorf("%s: %w", q.Name, q.unknown(name))
	}
	return q.Params[slices.Index(names, meant)], nil
}

// quantityNames are the names of the catalogue.
var quantityNames = sync.OnceValue(func() *alias.Table {
	names := make([]string, len(catalogue))
	for i, q := range catalogue {
		names[i] = q.Name
	}
	return alias.New("quantity", names, nil)
})

// Find is Lookup for what a person typed: in another case, with hyphens, in British spelling.
func Find(typed string) (Quantity, error) {
	q, err := Lookup(typed)
	if err == nil {
		return q, nil
	}
	meant := alias.Fold(typed)
	if rest, found := strings.CutPrefix(meant, "initialization."); found {
		meant = "initializer." + rest
	}
	if name, known := quantityNames().Find(meant); known {
		return Lookup(name)
	}
	return Quantity{}, err
}

// Nearest returns the three names of quantities nearest to what was typed.
func Nearest(typed string) []string { return quantityNames().Nearest(typed) }
