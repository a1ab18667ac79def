package law

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gradchain/theory/expression"
	"gradchain/theory/nearest"
)

const (
	mixtureName    = "mixture"
	mixtureExample = "mixture(0.9,normal(1),0.1,constant(0))"
	// mixtureSlack is what rounding may take from the sum of the weights.
	mixtureSlack = 8 * 0x1p-52
)

// parseMixed reads what is inside the parentheses of a mixture: a weight and a law in turn.
func parseMixed(inner string, typed bool) (Law, error) {
	list := expression.Split(inner, ',')
	if strings.TrimSpace(inner) == "" || len(list)%2 != 0 {
		return Law{}, fmt.Errorf("want a weight and a law in turn, as in %s", mixtureExample)
	}
	if n := len(list) / 2; n < 2 || n > maxParts {
		return Law{}, fmt.Errorf("it has %d law%s, want 2 to %d", n, map[bool]string{true: "s"}[n > 1], maxParts)
	}
	var parts []Part
	for i := 0; i < len(list); i += 2 {
		p, err := parsePart(list[i], list[i+1], typed)
		if err != nil {
			return Law{}, err
		}
		parts = append(parts, p)
	}
	if err := checkWeights(parts); err != nil {
		return Law{}, err
	}
	if !slices.ContainsFunc(parts, func(p Part) bool { return !p.isZero() }) {
		return Law{}, fmt.Errorf("every weight is 0, want a law other than constant(0)")
	}
	return Law{newMixed(parts)}, nil
}

// unit is the domain of a weight.
var unit = param{"weight", "weight above 0 and below 1", func(x float64) bool { return 0 < x && x < 1 }}

func parsePart(weight, text string, typed bool) (Part, error) {
	if strings.Contains(weight, "(") && !strings.Contains(text, "(") {
		return Part{}, fmt.Errorf("%s is before %s, want a weight before its law, as in %s",
			nearest.Quote(strings.TrimSpace(weight)), nearest.Quote(strings.TrimSpace(text)), mixtureExample)
	}
	p, err := unit.number(strings.TrimSpace(weight), typed)
	if err != nil {
		return Part{}, err
	}
	if _, nested := mixtureInner(text, typed); nested {
		return Part{}, fmt.Errorf("%s is a mixture inside a mixture, want its laws with the weights multiplied", nearest.Quote(strings.TrimSpace(text)))
	}
	name, list, err := split(text, typed)
	if err != nil {
		return Part{}, err
	}
	if l, ok := zeroConstant(name, list, typed); ok {
		return Part{p, l}, nil
	}
	l, err := parse(text, typed)
	return Part{p, l}, err
}

// zeroConstant reads constant(0), which is no law of weights by itself.
func zeroConstant(name string, list []string, typed bool) (Law, bool) {
	if typed {
		name, _ = names().Find(name)
	}
	if name != "constant" || len(list) != 1 {
		return Law{}, false
	}
	s := zero.spec()
	at, value, err := s.place(s.forms[0], 0, list[0], typed)
	if err != nil {
		return Law{}, false
	}
	any := finite(s.forms[0][at].name)
	x, err := any.number(value, typed)
	return Law{zero}, err == nil && x == 0
}

func checkWeights(parts []Part) error {
	sum := 0.0
	for _, p := range parts {
		sum += p.Weight
	}
	if math.Abs(sum-1) <= mixtureSlack {
		return nil
	}
	last := parts[len(parts)-1].Weight
	right := "divide them by their sum"
	if left := 1 - (sum - last); left > 0 {
		right = fmt.Sprintf("with the others as they are the last is %.6g", left)
	}
	return fmt.Errorf("the weights sum to %.12g, want 1: %s", sum, right)
}
