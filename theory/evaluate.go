package theory

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"gradchain/theory/activation"
	"gradchain/theory/internal/domain"
	"gradchain/theory/law"

	"gradchain/theory/nearest"
)

// Answer is a value and what a person who acts on it should know.
type Answer struct {
	Value float64  // ±Inf where that is the value, never because of an overflow
	Notes []string // one line each, plain text
}

// Evaluate returns the value of the quantity at the parameters given by name.
// A number is an int, int64, float64 or json.Number, or its decimal text; an activation,
// a weight law or a choice is its text. The error, of one line, starts with the name of
// the quantity. It is an error if a parameter is unknown, missing or ill-typed, if both
// of two alternatives are given, outside the domain, and where the value is undefined, or
// finite and above the largest float64. A value that underflows is 0. A context that is
// done ends the evaluation early, with the context's error.
func (q Quantity) Evaluate(ctx context.Context, params map[string]any) (answer Answer, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("failed: %q", fmt.Sprint(r))
		}
		if err != nil {
			answer, err = Answer{}, fmt.Errorf("%s: %w", q.Name, err)
		}
	}()
	a, err := q.read(params)
	if err != nil {
		return Answer{}, err
	}
	a.ctx = ctx
	value, err := q.evaluate(a)
	if err != nil {
		return Answer{}, err
	}
	if math.IsNaN(value) {
		return Answer{}, errors.New("the value is undefined")
	}
	if !a.out.infinite || !math.IsInf(value, 0) {
		value, err = domain.Result("the value", value)
	}
	return Answer{Value: value + 0, Notes: a.out.notes}, err // −0 becomes 0
}

// read checks and parses the parameters.
func (q Quantity) read(given map[string]any) (args, error) {
	a := args{values: map[string]any{}, out: new(outcome)}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if !slices.ContainsFunc(q.Params, func(p Param) bool { return p.Name == name }) {
			return a, q.unknown(name)
		}
	}
	for _, p := range q.Params {
		v, here := given[p.Name]
		_, other := given[p.Or]
		switch {
		case here && other:
			return a, fmt.Errorf("%s and %s are both given, want one of them", p.Name, p.Or)
		case !here && p.Default != "" && !other:
			v = p.Default
		case !here && (p.Optional || other):
			continue
		case !here:
			return a, p.missing()
		}
		parsed, err := p.parse(v)
		if err != nil {
			return a, err
		}
		a.values[p.Name] = parsed
	}
	return a, nil
}

func (q Quantity) unknown(name string) error {
	names := make([]string, len(q.Params))
	for i, p := range q.Params {
		names[i] = p.Name
	}
	return fmt.Errorf("unknown parameter %s, nearest are %s", nearest.Quote(name), strings.Join(nearest.Names(name, names), ", "))
}

func (p Param) missing() error {
	if p.Or != "" {
		return fmt.Errorf("%s or %s is missing, want %s", p.Name, p.Or, p.want())
	}
	return fmt.Errorf("%s is missing, want %s", p.Name, p.want())
}

// want says what is right for the parameter.
func (p Param) want() string {
	switch {
	case p.Kind == Choice:
		return strings.Join(p.Choices, " or ")
	case p.Domain == "":
		return p.Kind.String()
	}
	return p.Kind.String() + " " + p.Domain
}

// args holds the parsed parameters of one evaluation, and takes what is said of its value.
type args struct {
	ctx    context.Context // ends what would take long
	values map[string]any
	out    *outcome
}

// outcome is what an evaluation says besides its value.
type outcome struct {
	notes    []string
	infinite bool // an infinite value is one, and no overflow
}

func (a args) has(name string) bool      { _, ok := a.values[name]; return ok }
func (a args) real(name string) float64  { return a.values[name].(float64) }
func (a args) int(name string) int       { return a.values[name].(int) }
func (a args) choice(name string) string { return a.values[name].(string) }
func (a args) law(name string) law.Law   { return a.values[name].(law.Law) }
func (a args) activation(name string) activation.Activation {
	return a.values[name].(activation.Activation)
}

// note adds a line to what is said with the value.
func (a args) note(format string, more ...any) {
	a.out.notes = append(a.out.notes, fmt.Sprintf(format, more...))
}

// infinite returns the value ±∞, by the sign.
func (a args) infinite(sign int) float64 {
	a.out.infinite = true
	return math.Inf(sign)
}

// ParseParams reads "name=value" texts, as typed on a command line, into parameters for
// Evaluate. It is an error if one has no "=" or if a name comes twice.
func ParseParams(texts ...string) (map[string]any, error) {
	params := map[string]any{}
	for _, text := range texts {
		name, value, found := strings.Cut(text, "=")
		if !found || name == "" {
			return nil, fmt.Errorf("parameter %s, want name=value", nearest.Quote(text))
		}
		if _, twice := params[name]; twice {
			return nil, errTwice(name)
		}
		params[name] = value
	}
	return params, nil
}

func errTwice(name string) error {
	return errors.New("parameter " + nearest.Quote(name) + " is given twice")
}
