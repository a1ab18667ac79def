package law

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gradchain/theory/internal/decimal"
	"gradchain/theory/internal/nearest"
)

// Parse reads the text of a law: a name and its parameters by position or by
// name, such as "normal(1.5)", "normal(mu=1,sigma=0.5)" or "lognormal(-0.5,1)".
// Two positional parameters of normal are mu and sigma. The error names the
// parameter, its value and its domain, or the nearest names for an unknown law.
func Parse(text string) (Law, error) {
	name, list, err := split(text)
	if err != nil {
		return Law{}, err
	}
	all := specs()
	i := slices.IndexFunc(all, func(s spec) bool { return s.name == name })
	if i < 0 {
		return Law{}, unknown(name, all)
	}
	args, err := all[i].arguments(list)
	if err != nil {
		return Law{}, fmt.Errorf("law %q: %w", text, err)
	}
	return Law{all[i].build(args)}, nil
}

// MustParse is Parse for texts known to be right. It panics on an error.
func MustParse(text string) Law {
	l, err := Parse(text)
	if err != nil {
		panic("law: " + err.Error())
	}
	return l
}

// All returns one law of each family, in the order of the catalogue; normal is
// there twice, centred and shifted.
func All() []Law {
	texts := []string{"normal(1)", "normal(1,0.5)", "uniform(1)", "laplace(1)", "rademacher(1)",
		"lognormal(0,1)", "student_t(5)", "cauchy(1)", "truncated_normal(1,2)", "constant(1)"}
	laws := make([]Law, len(texts))
	for i, text := range texts {
		laws[i] = MustParse(text)
	}
	return laws
}

// split cuts "name(list)" in two. The parentheses may be missing.
func split(text string) (name string, list []string, err error) {
	name, rest, found := strings.Cut(strings.TrimSpace(text), "(")
	name = strings.TrimSpace(name)
	if !found {
		return name, nil, nil
	}
	inner, closed := strings.CutSuffix(rest, ")")
	if !closed || strings.ContainsAny(inner, "()") {
		return "", nil, fmt.Errorf("law %q: want name(parameter, ...) with one pair of parentheses", text)
	}
	if strings.TrimSpace(inner) == "" {
		return name, nil, nil
	}
	return name, strings.Split(inner, ","), nil
}

// arguments turns the list into numbers in the order of the matching form.
func (s spec) arguments(list []string) ([]float64, error) {
	form, err := s.form(len(list))
	if err != nil {
		return nil, err
	}
	args := make([]float64, len(form))
	seen := make([]bool, len(form))
	for i, text := range list {
		at, value, err := place(form, i, text)
		if err != nil {
			return nil, err
		}
		if seen[at] {
			return nil, fmt.Errorf("parameter %s given twice", form[at].name)
		}
		args[at], err = form[at].number(value)
		if err != nil {
			return nil, err
		}
		seen[at] = true
	}
	return args, nil
}

// form returns the parameter list of length n.
func (s spec) form(n int) ([]param, error) {
	var wants []string
	for _, form := range s.forms {
		if len(form) == n {
			return form, nil
		}
		names := make([]string, len(form))
		for i, p := range form {
			names[i] = p.name
		}
		wants = append(wants, s.name+"("+strings.Join(names, ",")+")")
	}
	return nil, fmt.Errorf("%d parameters given, want %s", n, strings.Join(wants, " or "))
}

// place finds which parameter the i-th text is for: "value" or "name=value".
func place(form []param, i int, text string) (at int, value string, err error) {
	name, value, named := strings.Cut(text, "=")
	if !named {
		return i, strings.TrimSpace(text), nil
	}
	name = strings.TrimSpace(name)
	at = slices.IndexFunc(form, func(p param) bool { return p.name == name })
	if at < 0 {
		names := make([]string, len(form))
		for j, p := range form {
			names[j] = p.name
		}
		return 0, "", fmt.Errorf("unknown parameter %q, want %s", name, strings.Join(names, ", "))
	}
	return at, strings.TrimSpace(value), nil
}

// number reads the value of a parameter and checks its domain.
func (p param) number(text string) (float64, error) {
	x, err := decimal.Parse(text)
	if err != nil || math.IsNaN(x) || math.IsInf(x, 0) || !p.allowed(x) {
		return 0, fmt.Errorf("%s = %s, want a number with %s", p.name, text, p.domain)
	}
	return x + 0, nil // −0 becomes 0
}

// unknown is the error for a name that no family has.
func unknown(name string, all []spec) error {
	names := make([]string, len(all))
	for i, s := range all {
		names[i] = s.name
	}
	return fmt.Errorf("unknown law %s: nearest are %s; the laws are %s",
		nearest.Quote(name), strings.Join(nearest.Names(name, names), ", "), strings.Join(names, ", "))
}
