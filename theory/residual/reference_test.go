package residual

import (
	"testing"

	"gradchain/theory/activation"
	"gradchain/theory/internal/reference"
)

func branchOf(p reference.Params) Branch {
	switch {
	case p.Has("branch_scale"):
		return Scale(p.Float("branch_scale"))
	case p.Has("branch_exponent"):
		return Exponent(p.Float("branch_exponent"))
	}
	return Branch{}
}

func streamRow(f func(s Stream) (float64, error)) reference.Function {
	return func(p reference.Params) (float64, error) {
		a, err := activation.Parse(p.Text("activation"))
		if err != nil {
			return 0, err
		}
		return f(Stream{a, p.Int("depth"), p.FloatOr("q", 1), p.FloatOr("weight_var", 1), p.Float("bias_var")})
	}
}

var functions = map[string]reference.Function{
	"residual.mean_square_gain": func(p reference.Params) (float64, error) {
		return MeanSquareGain(p.Int("depth"), branchOf(p))
	},
	"residual.log_mean_square_gain": func(p reference.Params) (float64, error) {
		return LogMeanSquareGain(p.Int("depth"), branchOf(p))
	},
	"residual.log_squared_norm.mean": func(p reference.Params) (float64, error) {
		return LogSquaredNormMean(p.Int("width"), p.IntOr("depth", 1), branchOf(p))
	},
	"residual.variance_at_depth":   streamRow(VarianceAtDepth),
	"residual.log_gradient_growth": streamRow(LogGradientGrowth),
	"residual.tanh_growth_coefficient": func(p reference.Params) (float64, error) {
		return TanhGrowthCoefficient(p.Float("weight_std"))
	},
	"residual.fixup_scale": func(p reference.Params) (float64, error) {
		return FixupScale(p.Int("branch_layers"), p.Int("depth"))
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
