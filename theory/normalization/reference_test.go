package normalization

import (
	"testing"

	"gradchain/theory/activation"
	"gradchain/theory/internal/reference"
)

func activated(f func(a activation.Activation, p reference.Params) (float64, error)) reference.Function {
	return func(p reference.Params) (float64, error) {
		a, err := activation.Parse(p.Text("activation"))
		if err != nil {
			return 0, err
		}
		return f(a, p)
	}
}

func ofBatchRow(f func(a activation.Activation, batch int) (float64, error)) reference.Function {
	return activated(func(a activation.Activation, p reference.Params) (float64, error) { return f(a, p.Int("batch")) })
}

func ofActivationRow(f func(a activation.Activation) (float64, error)) reference.Function {
	return activated(func(a activation.Activation, _ reference.Params) (float64, error) { return f(a) })
}

var functions = map[string]reference.Function{
	"normalization.batch_norm.gradient_factor":       ofBatchRow(BatchNormGradientFactor),
	"normalization.batch_norm.log_gradient_factor":   ofBatchRow(BatchNormLogGradientFactor),
	"normalization.batch_norm.gradient_factor_limit": ofActivationRow(BatchNormGradientFactorLimit),
	"normalization.layer_norm.gradient_factor":       ofActivationRow(LayerNormGradientFactor),
	"normalization.batch_norm.output_rms": func(p reference.Params) (float64, error) {
		return OutputRMS(p.Float("variance"), p.Float("epsilon"))
	},
	"normalization.batch_norm.saturation_probability": func(p reference.Params) (float64, error) {
		return SaturationProbability(p.Float("threshold"))
	},
	"normalization.layer_norm.jacobian_square": func(p reference.Params) (float64, error) {
		return LayerNormJacobianSquare(p.Int("width"))
	},
	"normalization.rms_norm.jacobian_square": func(p reference.Params) (float64, error) {
		return RMSNormJacobianSquare(p.Int("width"))
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
