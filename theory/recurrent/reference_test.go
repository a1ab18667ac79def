package recurrent

import (
	"testing"

	"gradchain/theory/activation"
	"gradchain/theory/internal/reference"
)

var functions = map[string]reference.Function{
	"recurrent.norm_bound": func(p reference.Params) (float64, error) {
		return NormBound(p.Float("lipschitz"), p.Float("max_singular_value"), p.Int("steps"))
	},
	"recurrent.jordan_norm": func(p reference.Params) (float64, error) {
		return JordanNorm(p.Float("spectral_radius"), p.Float("coupling"), p.Int("steps"))
	},
	"recurrent.jordan_peak.steps": func(p reference.Params) (float64, error) {
		return JordanPeakSteps(p.Float("spectral_radius"), p.Float("coupling"))
	},
	"recurrent.jordan_peak.norm": func(p reference.Params) (float64, error) {
		return JordanPeakNorm(p.Float("spectral_radius"), p.Float("coupling"))
	},
	"recurrent.gaussian_power_norm": func(p reference.Params) (float64, error) {
		return GaussianPowerNorm(p.Int("steps"), p.FloatOr("weight_std", 1))
	},
	"recurrent.lstm.memory": func(p reference.Params) (float64, error) {
		return LSTMMemory(p.Float("bias"), p.Int("steps"))
	},
	"recurrent.lstm.log_memory": func(p reference.Params) (float64, error) {
		return LSTMLogMemory(p.Float("bias"), p.Int("steps"))
	},
	"recurrent.lstm.half_life": func(p reference.Params) (float64, error) {
		return LSTMHalfLife(p.Float("bias"))
	},
	"recurrent.chrono.bias": func(p reference.Params) (float64, error) {
		return ChronoBias(p.Int("steps"))
	},
	"recurrent.chrono.memory": func(p reference.Params) (float64, error) {
		return ChronoMemory(p.Int("steps"))
	},
	"recurrent.lstm.gate_lyapunov": func(p reference.Params) (float64, error) {
		return LSTMGateLyapunov(p.Float("bias"), p.Float("q"))
	},
	"recurrent.lstm.gate_mean_exponent": func(p reference.Params) (float64, error) {
		return LSTMGateMeanExponent(p.Float("bias"), p.Float("q"))
	},
	"recurrent.tanh_fixed_point_slope": func(p reference.Params) (float64, error) {
		return TanhFixedPointSlope(p.Float("w"))
	},
	"recurrent.unit_log_gradient": func(p reference.Params) (float64, error) {
		phi := activation.MustParse([]string{"tanh", "sigmoid", "relu"}[p.Int("phi")])
		return UnitLogGradient(phi, p.Float("w"), p.Float("bias"), p.Float("state"), p.Int("steps"))
	},
}

// The values of other sources, at their own tolerances.
func TestGolden(t *testing.T) {
	reference.Check(t, "testdata/golden.jsonl", 0, functions)
}

// Our own values, mpmath 1.3 at 50 digits (testdata/reference.py), to 1e-12.
func TestReference(t *testing.T) {
	reference.Check(t, "testdata/reference.jsonl", 1e-12, functions)
}
