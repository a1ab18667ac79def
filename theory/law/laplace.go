package law

import (
	"math"

	"gradchain/theory/special"
)

// laplace has density e^(−|w|/b)/(2b): |w|/b is exponential of rate 1, so
// Λ(q) = q log b + log Γ(1+q), q > −1.
type laplace struct{ b float64 }

func (laplace) spec() spec {
	return spec{
		name:  "laplace",
		forms: [][]param{{positive("b")}},
		build: func(args []float64) family { return laplace{args[0]} },
	}
}

func (f laplace) params() ([]string, []float64) { return []string{"b"}, []float64{f.b} }

func (laplace) orders() (lo, hi float64) { return -1, math.Inf(1) }

func (f laplace) cumulant(order float64) float64 {
	return order*math.Log(f.b) + logGammaRatio(1, order)
}

func (f laplace) slope(order float64) float64 {
	return math.Log(f.b) + special.Digamma(1+order)
}

func (laplace) curvature(order float64) float64 { return special.Trigamma(1 + order) }

func (f laplace) characteristic(theta, t float64) complex128 {
	return complex(0, t*math.Log(f.b)) + complexLogGammaRatio(1+theta, complex(0, t))
}

func (laplace) envelope(theta, t float64) float64 { return gammaEnvelope(1+theta, t) }

func (laplace) mean() float64       { return 0 }
func (f laplace) variance() float64 { return 2 * f.b * f.b }

func (laplace) absSup() float64 { return math.Inf(1) }

func (f laplace) absPDF(x float64) float64      { return math.Exp(-x/f.b) / f.b }
func (f laplace) absCDF(x float64) float64      { return -math.Expm1(-x / f.b) }
func (f laplace) absSurvival(x float64) float64 { return math.Exp(-x / f.b) }

func (f laplace) absQuantile(c, s float64) float64 {
	if c < 0.5 {
		return -f.b * math.Log1p(-c)
	}
	return -f.b * math.Log(s)
}
