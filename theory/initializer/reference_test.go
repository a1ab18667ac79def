package initializer

import (
	"testing"

	"gradchain/theory/activation"
	"gradchain/theory/internal/reference"
)

// of applies f to the activation of the row, at its q or 1.
func of(f func(a activation.Activation, q float64) (float64, error)) reference.Function {
	return func(p reference.Params) (float64, error) {
		a, err := activation.Parse(p.Text("activation"))
		if err != nil {
			return 0, err
		}
		return f(a, p.FloatOr("q", 1))
	}
}

// layer applies f to the scheme and the fans of the row.
func layer(f func(scheme string, fanIn, fanOut int) (float64, error)) reference.Function {
	return func(p reference.Params) (float64, error) {
		return f(p.Text("scheme"), p.Int("fan_in"), p.Int("fan_out"))
	}
}

// fans applies f to the fans of the row.
func fans(f func(fanIn, fanOut int) (float64, error)) reference.Function {
	return func(p reference.Params) (float64, error) { return f(p.Int("fan_in"), p.Int("fan_out")) }
}

var functions = map[string]reference.Function{
	"initializer.second_moment_gain":     of(SecondMomentGain),
	"initializer.variance_gain":          of(VarianceGain),
	"initializer.std":                    layer(Std),
	"initializer.uniform_bound":          layer(UniformBound),
	"initializer.glorot_factor.forward":  fans(GlorotForwardFactor),
	"initializer.glorot_factor.backward": fans(GlorotBackwardFactor),
	"initializer.glorot_factor.product":  fans(GlorotFactorProduct),
	"initializer.he_weight_var": func(p reference.Params) (float64, error) {
		return HeWeightVar(p.Float("slope"))
	},
	"initializer.torch_gain": of(func(a activation.Activation, _ float64) (float64, error) {
		return TorchGain(a)
	}),
	"initializer.truncated_normal_std": func(p reference.Params) (float64, error) {
		return TruncatedNormalStd(p.Float("sigma"), p.Float("k"))
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
