package correction

import (
	"testing"

	"gradchain/theory/activation"
	"gradchain/theory/internal/reference"
)

// of applies f to the activation of the row.
func of(f func(a activation.Activation) (float64, error)) reference.Function {
	return func(p reference.Params) (float64, error) {
		a, err := activation.Parse(p.Text("activation"))
		if err != nil {
			return 0, err
		}
		return f(a)
	}
}

var functions = map[string]reference.Function{
	"correction.zero_bias_ceiling.value":  of(ZeroBiasCeiling),
	"correction.zero_bias_ceiling.argmax": of(ZeroBiasArgmax),
	"correction.gain_window.max_width":    of(GainWindowMaximum),
	"correction.gain_window.argmax":       of(GainWindowArgmax),
	"correction.gain_window.width": func(p reference.Params) (float64, error) {
		return of(func(a activation.Activation) (float64, error) { return GainWindow(a, p.Float("w")) })(p)
	},
	"correction.budget.single_layer": func(p reference.Params) (float64, error) {
		return SingleLayerBudget(p.Float("w"))
	},
	"correction.sigmoid_product_bound": func(p reference.Params) (float64, error) {
		return SigmoidProductBound(p.Float("w"), p.Int("depth"))
	},
}

// The values of other sources, at their own tolerances.
func TestGolden(t *testing.T) {
	reference.Check(t, "testdata/golden.jsonl", 0, functions)
}

// Our own values, mpmath 1.3 at 60 digits (testdata/reference.py), to 1e-12.
func TestReference(t *testing.T) {
	reference.Check(t, "testdata/reference.jsonl", 1e-12, functions)
}
