package gauss

import (
	"math"

	"gradchain/theory/quad"
)

// sine is sin z, with E cos(kz) = e^(−k²q/2).
type sine struct{}

func (sine) mean(float64) float64 { return 0 }

func (sine) meanSquare(q float64) float64 { return -math.Expm1(-2*q) / 2 }

func (f sine) variance(q float64) float64 { return f.meanSquare(q) }

func (sine) derivativeMean(q float64) float64 { return math.Exp(-q / 2) }

func (sine) derivativeMoment(q, order float64) (float64, bool) {
	return (1 + math.Exp(-2*q)) / 2, order == 2
}

func (sine) logDerivative(float64) (mean, variance float64, ok bool) { return 0, 0, false }

// wrapFrom is the variance from which wrapped is used.
const wrapFrom = 1

// wrapped returns E f(|cos z|) for z ~ N(0, q), q ≥ wrapFrom, and a bound of its
// error. With t = π/2 − z, |cos z| = |sin t| has period π, and t modulo π has the
// density (1 + 2Σ (−1)^k e^(−2k²q) cos 2kt)/π (Poisson's summation formula). The
// first term omitted is below e^−72.
func wrapped(f func(m float64) float64, q float64) (value, bound float64) {
	return quad.Integrate(func(t float64) float64 {
		density, sign := 1.0, 1.0
		for k := 1.0; k < 6; k++ {
			sign = -sign
			density += 2 * sign * math.Exp(-2*k*k*q) * math.Cos(2*k*t)
		}
		return f(math.Sin(t)) * density * 2 / math.Pi
	}, []float64{0, math.Pi / 2}, target)
}

// wrappedLogVariance returns Var log|cos z|, for q ≥ wrapFrom.
func wrappedLogVariance(q float64) (value, bound float64) {
	mean, slack := wrapped(math.Log, q)
	value, bound = wrapped(func(m float64) float64 {
		d := math.Log(m) - mean
		return d * d
	}, q)
	return value, bound + slack*slack
}
