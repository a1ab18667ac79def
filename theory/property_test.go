package theory

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"gradchain/theory/activation"
	"gradchain/theory/law"

	"pgregory.net/rapid"
)

// number draws from the sizes that break formulas: 0, ±1, next to 1, and any power of
// ten that float64 holds.
func number(t *rapid.T, name string) float64 {
	x := rapid.OneOf(
		rapid.SampledFrom([]float64{0, 0.5, 1, 2, 1 - 1e-15, 1 + 1e-15, 5e-324, 1e-300, 1e300, math.MaxFloat64, 800}),
		rapid.Float64Range(0, 10),
		rapid.Custom(func(t *rapid.T) float64 { return math.Pow(10, rapid.Float64Range(-30, 30).Draw(t, "log10")) }),
	).Draw(t, name)
	if rapid.IntRange(0, 4).Draw(t, name+"_sign") == 0 {
		return -x
	}
	return x
}

// integer draws depths and widths up to 10⁶, and some that are no depth; a limit on the
// work of a run is kept low.
func integer(t *rapid.T, name string) int {
	if name == "max_steps" {
		return rapid.IntRange(-1, 2000).Draw(t, name)
	}
	return rapid.OneOf(
		rapid.IntRange(-1, 5),
		rapid.IntRange(1, 300),
		rapid.SampledFrom([]int{1, 2, 1000, 1_000_000}),
	).Draw(t, name)
}

// drawParam draws a value of the kind of the parameter, most of them in the domain.
func drawParam(t *rapid.T, p Param) any {
	switch p.Kind {
	case Real:
		return number(t, p.Name)
	case Integer:
		return integer(t, p.Name)
	case Choice:
		return rapid.SampledFrom(append([]string{"other"}, p.Choices...)).Draw(t, p.Name)
	case Activation:
		if rapid.IntRange(0, 3).Draw(t, p.Name+"_argument") == 0 {
			name := rapid.SampledFrom([]string{"leaky_relu", "elu", "celu"}).Draw(t, p.Name)
			return fmt.Sprintf("%s(%v)", name, number(t, "argument"))
		}
		return rapid.SampledFrom(activation.All()).Draw(t, p.Name).String()
	}
	if rapid.Bool().Draw(t, p.Name+"_example") {
		return rapid.SampledFrom(law.All()).Draw(t, p.Name).String()
	}
	name := rapid.SampledFrom([]string{"normal", "uniform", "laplace", "rademacher", "student_t", "cauchy", "lognormal", "truncated_normal"}).Draw(t, p.Name)
	if name == "lognormal" || name == "truncated_normal" {
		return fmt.Sprintf("%s(%v,%v)", name, number(t, "first"), number(t, "second"))
	}
	return fmt.Sprintf("%s(%v)", name, number(t, "first"))
}

// drawParams draws parameters: one of two alternatives, and optional ones or not.
func drawParams(t *rapid.T, q Quantity) map[string]any {
	params := map[string]any{}
	for _, p := range q.Params {
		if _, other := params[p.Or]; other || p.Optional && rapid.Bool().Draw(t, p.Name+"_missing") && p.Name != "max_steps" {
			continue
		}
		if p.Or != "" && q.Params[len(q.Params)-1].Name != p.Name && rapid.Bool().Draw(t, "take_"+p.Or) {
			params[p.Or] = number(t, p.Or)
			continue
		}
		params[p.Name] = drawParam(t, p)
	}
	return params
}

// A number, NaN and −0 excluded, or an error of one line that is no panic, at any parameters of any
// quantity.
func TestEvaluate_number(t *testing.T) {
	for _, q := range Catalogue() {
		t.Run(q.Name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				params := drawParams(t, q)
				value, err := value(q, params)
				switch {
				case math.IsNaN(value) || value == 0 && math.Signbit(value):
					t.Fatalf("%v = %v", params, value)
				case err == nil:
				case value != 0 || !strings.HasPrefix(err.Error(), q.Name+": ") || strings.ContainsAny(err.Error(), "\n\r"):
					t.Fatalf("%v = %v with error %q", params, value, err)
				case strings.Contains(err.Error(), "failed:"):
					t.Fatalf("%v: %v", params, err)
				}
			})
		})
	}
}
