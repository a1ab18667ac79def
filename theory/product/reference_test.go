package product

import (
	"testing"

	"gradchain/theory/activation"
	"gradchain/theory/internal/reference"
)

func scaleOf(p reference.Params) Scale {
	switch {
	case p.Has("entry_std"):
		return EntryStd(p.Float("entry_std"))
	case p.Has("weight_var"):
		return WeightVar(p.Float("weight_var"))
	}
	return Scale{}
}

// network makes a reference.Function of a function of the activation.
func network(f func(a activation.Activation, p reference.Params) (float64, error)) reference.Function {
	return func(p reference.Params) (float64, error) {
		a, err := activation.Parse(p.Text("activation"))
		if err != nil {
			return 0, err
		}
		return f(a, p)
	}
}

var functions = map[string]reference.Function{
	"product.lyapunov": func(p reference.Params) (float64, error) {
		return Lyapunov(p.Int("width"), p.IntOr("index", 1), scaleOf(p))
	},
	"product.lyapunov_sum": func(p reference.Params) (float64, error) {
		return LyapunovSum(p.Int("width"), scaleOf(p))
	},
	"product.log_squared_norm.mean": network(func(a activation.Activation, p reference.Params) (float64, error) {
		return LogSquaredNormMean(a, p.Int("width"), p.IntOr("depth", 1))
	}),
	"product.log_squared_norm.variance": network(func(a activation.Activation, p reference.Params) (float64, error) {
		return LogSquaredNormVariance(a, p.Int("width"), p.IntOr("depth", 1))
	}),
	"product.moment_exponent": network(func(a activation.Activation, p reference.Params) (float64, error) {
		return MomentExponent(a, p.Int("width"), p.Float("order"))
	}),
	"product.norm_moment": network(func(a activation.Activation, p reference.Params) (float64, error) {
		return NormMoment(a, p.Int("width"), p.Int("depth"), p.Float("order"))
	}),
	"product.alive_probability": func(p reference.Params) (float64, error) {
		return AliveProbability(p.Int("width"), p.Int("depth"))
	},
	"product.dead_probability": func(p reference.Params) (float64, error) {
		return DeadProbability(p.Int("width"), p.Int("depth"))
	},
	"product.trace_second_moment": func(p reference.Params) (float64, error) {
		return TraceSecondMoment(p.Int("width"), p.Int("depth"))
	},
	"product.exceedance.normal_approximation": network(func(a activation.Activation, p reference.Params) (float64, error) {
		return ExceedanceNormalApproximation(a, p.Int("width"), p.Int("depth"))
	}),
	"product.angle_contraction.rate": func(p reference.Params) (float64, error) {
		return AngleContractionRate(p.Int("width"))
	},
	"product.angle_contraction.variance": func(p reference.Params) (float64, error) {
		return AngleContractionVariance(p.Int("width"))
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
