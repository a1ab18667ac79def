package law

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"gradchain/theory/alias"
	"gradchain/theory/expression"
	"gradchain/theory/internal/decimal"
	"gradchain/theory/nearest"
)

// Parse reads the text of a law: a name and its parameters by position or by
// name, such as "normal(1.5)", "normal(mu=1,sigma=0.5)" or "lognormal(-0.5,1)".
// Two positional parameters of normal are mu and sigma. The error names the
// parameter, its value and its domain, or the nearest names for an unknown law.
func Parse(text string) (Law, error) { return parse(text, false) }

// Read is Parse for what people type: names are also understood in another case, with other
// joints and by their aliases, as in "Gaussian(std=2)", and values are expressions, as in
// "normal(sqrt(2))".
func Read(text string) (Law, error) { return parse(text, true) }

func parse(text string, typed bool) (Law, error) {
	if inner, ok := mixtureInner(text, typed); ok {
		l, err := parseMixed(inner, typed)
		if err != nil {
			return Law{}, fmt.Errorf("law %s: %w", nearest.Quote(text), err)
		}
		return l, nil
	}
	name, list, err := split(text, typed)
	if err != nil {
		return Law{}, err
	}
	all := specs()
	if typed {
		if meant, known := names().Find(name); known {
			name = meant
		}
	}
	i := slices.IndexFunc(all, func(s spec) bool { return s.name == name })
	if i < 0 {
		return Law{}, unknown(name)
	}
	args, err := all[i].arguments(list, typed)
	if err != nil {
		return Law{}, fmt.Errorf("law %s: %w", nearest.Quote(text), err)
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
// there twice, centred and shifted. Mixtures are made of these.
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
func split(text string, typed bool) (name string, list []string, err error) {
	name, rest, found := strings.Cut(strings.TrimSpace(text), "(")
	name = strings.TrimSpace(name)
	if !found {
		return name, nil, nil
	}
	inner, closed := strings.CutSuffix(rest, ")")
	if !closed || !expression.Balanced(inner) || !typed && strings.Contains(inner, "(") {
		return "", nil, fmt.Errorf("law %s: want name(parameter, ...) with one pair of parentheses", nearest.Quote(text))
	}
	if strings.TrimSpace(inner) == "" {
		return name, nil, nil
	}
	return name, expression.Split(inner, ','), nil
}

// mixtureInner returns what is inside the parentheses of the text of a mixture.
func mixtureInner(text string, typed bool) (inner string, ok bool) {
	name, rest, _ := strings.Cut(strings.TrimSpace(text), "(")
	name = strings.TrimSpace(name)
	if typed {
		if meant, known := names().Find(name); known {
			name = meant
		}
	}
	inner, closed := strings.CutSuffix(rest, ")")
	return inner, name == mixtureName && (rest == "" || closed && expression.Balanced(inner))
}

// arguments turns the list into numbers in the order of the matching form.
func (s spec) arguments(list []string, typed bool) ([]float64, error) {
	form, err := s.form(len(list))
	if err != nil {
		return nil, err
	}
	args := make([]float64, len(form))
	seen := make([]bool, len(form))
	for i, text := range list {
		at, value, err := s.place(form, i, text, typed)
		if err != nil {
			return nil, err
		}
		if seen[at] {
			return nil, fmt.Errorf("parameter %s given twice", form[at].name)
		}
		args[at], err = form[at].number(value, typed)
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
		wants = append(wants, s.name+"("+strings.Join(paramNames(form), ",")+")")
	}
	return nil, fmt.Errorf("%d parameters given, want %s", n, strings.Join(wants, " or "))
}

func paramNames(form []param) []string {
	names := make([]string, len(form))
	for i, p := range form {
		names[i] = p.name
	}
	return names
}

// place finds which parameter the i-th text is for: "value" or "name=value".
func (s spec) place(form []param, i int, text string, typed bool) (at int, value string, err error) {
	name, value, named := strings.Cut(text, "=")
	if !named {
		return i, strings.TrimSpace(text), nil
	}
	name = strings.TrimSpace(name)
	known := paramNames(form)
	at = slices.Index(known, name)
	if at < 0 && typed {
		folded := alias.Fold(name)
		if meant, other := s.also[folded]; other {
			folded = meant
		}
		at = slices.IndexFunc(known, func(p string) bool { return alias.Fold(p) == folded })
	}
	if at < 0 {
		return 0, "", fmt.Errorf("unknown parameter %s, want %s", nearest.Quote(name), strings.Join(known, ", "))
	}
	return at, strings.TrimSpace(value), nil
}

// number reads the value of a parameter and checks its domain.
func (p param) number(text string, typed bool) (float64, error) {
	x, err := decimal.Parse(text)
	if typed && err != nil {
		if x, err = expression.Real(text); err != nil {
			return 0, fmt.Errorf("%s = %s, want a number with %s: %w", p.name, nearest.Cut(text), p.domain, err)
		}
	}
	if err != nil || !p.allowed(x) {
		return 0, fmt.Errorf("%s = %s, want a number with %s", p.name, nearest.Cut(text), p.domain)
	}
	return x + 0, nil // −0 becomes 0
}

// names are those of the families, with what else the laws are called.
var names = sync.OnceValue(func() *alias.Table {
	var list []string
	for _, s := range specs() {
		list = append(list, s.name)
	}
	list = append(list, mixtureName)
	return alias.New("law", list, map[string]string{"gaussian": "normal", "student": "student_t", "trunc_normal": "truncated_normal"})
})

// Names are the names of the families with their aliases.
func Names() *alias.Table { return names() }

// unknown is the error for a name that no family has.
func unknown(name string) error {
	return fmt.Errorf("unknown law %s: nearest are %s; the laws are %s",
		nearest.Quote(name), strings.Join(names().Nearest(name), ", "), strings.Join(names().Names(), ", "))
}
