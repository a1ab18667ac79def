package gauss

import (
	"fmt"
	"math"
	"testing"

	"gradchain/theory/activation"
	"gradchain/theory/internal/reference"
)

// quantity makes a reference.Function of a function of activation and variance.
func quantity(f func(a activation.Activation, q float64) (value, bound float64, err error)) reference.Function {
	return func(p reference.Params) (float64, error) {
		a, err := activation.Parse(p.Text("activation"))
		if err != nil {
			return 0, err
		}
		value, bound, err := f(a, p.Float("q"))
		if !(bound >= 0) {
			return 0, fmt.Errorf("bound = %v, %v", bound, err)
		}
		return value, err
	}
}

var functions = map[string]reference.Function{
	"activation.gaussian.mean":                    quantity(Mean),
	"activation.gaussian.mean_square":             quantity(MeanSquare),
	"activation.gaussian.variance":                quantity(Variance),
	"activation.gaussian.derivative_mean":         quantity(DerivativeMean),
	"activation.gaussian.log_derivative_mean":     quantity(LogDerivativeMean),
	"activation.gaussian.log_derivative_variance": quantity(LogDerivativeVariance),
	"activation.gaussian.derivative_moment": func(p reference.Params) (float64, error) {
		return quantity(func(a activation.Activation, q float64) (value, bound float64, err error) {
			return DerivativeMoment(a, q, p.Float("order"))
		})(p)
	},
}

// The values of other sources, at their own tolerances.
func TestGolden(t *testing.T) {
	reference.Check(t, "testdata/golden.jsonl", 0, functions)
}

// Our own values, mpmath 1.3 at 40 digits (testdata/reference.py), to 1e-12.
func TestReference(t *testing.T) {
	reference.Check(t, "testdata/reference.jsonl", 1e-12, functions)
}

func TestX(t *testing.T) {
	for _, a := range activation.All() {
		for _, q := range []float64{1e-12, 1e-4, 0.25, 1, 4, 100, 1e6} {
			for name, f := range map[string]func(a activation.Activation, q float64) (value, bound float64, err error){
				"mean": Mean, "ms": MeanSquare, "var": Variance, "dm": DerivativeMean, "lm": LogDerivativeMean, "lv": LogDerivativeVariance,
				"d2": func(a activation.Activation, q float64) (value, bound float64, err error) {
					return DerivativeMoment(a, q, 2)
				},
				"d.7": func(a activation.Activation, q float64) (value, bound float64, err error) {
					return DerivativeMoment(a, q, 0.7)
				},
			} {
				v, b, err := f(a, q)
				if err == nil && !(b <= 2e-13*math.Abs(v)) {
					t.Log(a, q, name, v, b/math.Abs(v), err)
				}
			}
		}
	}
}
