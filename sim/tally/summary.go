package tally

import (
	"math"
	"strconv"
)

// Float is a number whose JSON form is the shortest text that reads back the same;
// "inf" and "-inf" for the infinities, null for NaN.
type Float float64

// MarshalJSON implements [json.Marshaler].
func (f Float) MarshalJSON() ([]byte, error) {
	switch x := float64(f); {
	case math.IsNaN(x):
		return []byte("null"), nil
	case math.IsInf(x, 1):
		return []byte(`"inf"`), nil
	case math.IsInf(x, -1):
		return []byte(`"-inf"`), nil
	default:
		return strconv.AppendFloat(nil, x, 'g', -1, 64), nil
	}
}

// Summary is a tally in numbers. Logarithms are natural.
type Summary struct {
	Depth    int   `json:"depth"`
	Paths    int64 `json:"paths"`
	Dead     int64 `json:"dead"`     // G = 0
	Negative int64 `json:"negative"` // G < 0

	// Of log|G| over the paths alive; null where there are too few.
	Mean          Float `json:"mean_log"`
	Variance      Float `json:"var_log"`
	StandardError Float `json:"stderr_log"` // of the mean: √(variance/alive)
	Min           Float `json:"min_log"`
	Max           Float `json:"max_log"`

	Quantiles   []Quantile   `json:"quantiles"`   // over all paths
	Exceedances []Exceedance `json:"exceedances"` // over all paths
}

// Quantile is the P-quantile of log|G|, dead paths counting as −Inf, within Bound.
type Quantile struct {
	P     float64 `json:"p"`
	Log   Float   `json:"log"`
	Bound Float   `json:"bound"`
}

// Exceedance is how many paths have log|G| > Threshold, and their fraction.
type Exceedance struct {
	Threshold Float `json:"log_threshold"`
	Count     int64 `json:"count"`
	Fraction  Float `json:"fraction"`
}

// Probabilities are those of the quantiles in a Summary.
var probabilities = [...]float64{0.001, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 0.999}

// Summary returns the tally in numbers.
func (t *Tally) Summary() Summary {
	s := Summary{
		Depth: t.depth, Paths: t.count, Dead: t.dead, Negative: t.negative,
		Mean: Float(t.Mean()), Variance: Float(t.Variance()),
		StandardError: Float(math.Sqrt(t.Variance() / float64(t.alive.n))),
		Min:           Float(t.lo), Max: Float(t.hi),
		Quantiles: make([]Quantile, len(probabilities)), Exceedances: make([]Exceedance, len(t.above)),
	}
	if t.alive.n == 0 {
		s.Min, s.Max = Float(math.NaN()), Float(math.NaN())
	}
	for i, p := range probabilities {
		value, bound := t.Quantile(p)
		s.Quantiles[i] = Quantile{p, Float(value), Float(bound)}
	}
	for j, n := range t.above {
		s.Exceedances[j] = Exceedance{Float(t.thresholds[j]), n, Float(float64(n) / float64(t.count))}
	}
	return s
}
