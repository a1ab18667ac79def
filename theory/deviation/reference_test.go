package deviation

import (
	"testing"

	"gradchain/theory/internal/reference"
	"gradchain/theory/law"
)

// weighted makes a reference.Function of a function of the weight law.
func weighted(f func(w law.Law, p reference.Params) (float64, error)) reference.Function {
	return func(p reference.Params) (float64, error) {
		w, err := law.Parse(p.Text("weight"))
		if err != nil {
			return 0, err
		}
		return f(w, p)
	}
}

func ofOrderRow(f func(w law.Law, order float64) (float64, error)) reference.Function {
	return weighted(func(w law.Law, p reference.Params) (float64, error) { return f(w, p.Float("order")) })
}

func ofGrowthRow(f func(w law.Law, x float64) (float64, error)) reference.Function {
	return weighted(func(w law.Law, p reference.Params) (float64, error) { return f(w, p.Float("x")) })
}

func ofTailRow(f func(w law.Law, depth int, x float64) (float64, error)) reference.Function {
	return weighted(func(w law.Law, p reference.Params) (float64, error) { return f(w, p.Int("depth"), p.Float("x")) })
}

var functions = map[string]reference.Function{
	"deviation.moment_exponent":           ofOrderRow(MomentExponent),
	"deviation.moment_exponent.slope":     ofOrderRow(MomentExponentSlope),
	"deviation.moment_exponent.curvature": ofOrderRow(MomentExponentCurvature),
	"deviation.critical_log_samples":      ofOrderRow(CriticalLogSamples),
	"deviation.rate":                      ofGrowthRow(Rate),
	"deviation.tilt":                      ofGrowthRow(Tilt),
	"deviation.tail.exact":                ofTailRow(Tail),
	"deviation.tail.log_exact":            ofTailRow(LogTail),
	"deviation.tail.bahadur_rao":          ofTailRow(BahadurRao),
	"deviation.naive.relative_variance": weighted(func(w law.Law, p reference.Params) (float64, error) {
		return RelativeVariance(w, p.Int("depth"))
	}),
	"deviation.naive.condensation_samples": weighted(func(w law.Law, p reference.Params) (float64, error) {
		return CondensationSamples(w, p.Int("depth"), p.FloatOr("order", 1))
	}),
	"deviation.naive.growth_seen": weighted(func(w law.Law, p reference.Params) (float64, error) {
		return GrowthSeen(w, p.Int("depth"), p.Float("samples"))
	}),
	"deviation.tilted.relative_variance": ofTailRow(TiltedRelativeVariance),
}

// The values of other sources, at their own tolerances.
func TestGolden(t *testing.T) {
	reference.Check(t, "testdata/golden.jsonl", 0, functions)
}

// Our own values, mpmath 1.3 at 60 digits (testdata/reference.py), to 1e-12.
func TestReference(t *testing.T) {
	reference.Check(t, "testdata/reference.jsonl", 1e-12, functions)
}
