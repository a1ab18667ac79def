package isometry

import (
	"testing"

	"gradchain/theory/activation"
	"gradchain/theory/internal/reference"
)

func networkRow(f func(n Network) (float64, error)) reference.Function {
	return func(p reference.Params) (float64, error) {
		a, err := activation.Parse(p.Text("activation"))
		if err != nil {
			return 0, err
		}
		return f(Network{a, Ensemble(p.Text("ensemble")), p.Int("depth"), p.Float("q")})
	}
}

var functions = map[string]reference.Function{
	"isometry.max_squared_singular_value": networkRow(MaxSquaredSingularValue),
	"isometry.spectral_variance":          networkRow(SpectralVariance),
	"isometry.spectral_moment": func(p reference.Params) (float64, error) {
		return SpectralMoment(p.Int("depth"), p.Int("order"))
	},
	"isometry.variance_for_spread": func(p reference.Params) (float64, error) {
		a, err := activation.Parse(p.Text("activation"))
		if err != nil {
			return 0, err
		}
		return VarianceForSpread(a, p.Int("depth"), p.Float("spectral_variance"))
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
