package law

import (
	"math"

	"gonum.org/v1/gonum/mathext"

	"gradchain/theory/special"
)

// lognormal is exp N(mu, tau²): Λ(q) = q mu + q² tau²/2, every q.
type lognormal struct{ mu, tau float64 }

func (lognormal) spec() spec {
	return spec{
		name:  "lognormal",
		forms: [][]param{{finite("mu"), positive("tau")}},
		build: func(args []float64) family { return lognormal{args[0], args[1]} },
	}
}

func (f lognormal) params() ([]string, []float64) {
	return []string{"mu", "tau"}, []float64{f.mu, f.tau}
}

func (lognormal) orders() (lo, hi float64) { return math.Inf(-1), math.Inf(1) }

func (f lognormal) cumulant(order float64) float64 {
	return order * (f.mu + order*f.tau*f.tau/2)
}

func (f lognormal) slope(order float64) float64 { return f.mu + order*f.tau*f.tau }
func (f lognormal) curvature(float64) float64   { return f.tau * f.tau }

func (f lognormal) characteristic(theta, t float64) complex128 {
	return complex(-t*f.tau*t*f.tau/2, t*f.slope(theta))
}

func (f lognormal) envelope(_, t float64) float64 { return math.Exp(-t * f.tau * t * f.tau / 2) }

func (f lognormal) mean() float64 { return math.Exp(f.cumulant(1)) }

func (f lognormal) variance() float64 {
	return math.Expm1(f.tau*f.tau) * math.Exp(f.cumulant(1)*2)
}

func (f lognormal) support() (lo, hi float64) { return 0, math.Inf(1) }

func (f lognormal) pdf(x float64) float64 {
	if x <= 0 || math.IsInf(x, 1) {
		return 0
	}
	return special.NormPDF(f.score(x)) / (x * f.tau)
}

func (f lognormal) cdf(x float64) float64      { return special.NormCDF(f.score(max(x, 0))) }
func (f lognormal) survival(x float64) float64 { return special.NormCDF(-f.score(max(x, 0))) }

func (f lognormal) quantile(p float64) float64 {
	return math.Exp(f.mu + f.tau*mathext.NormalQuantile(p))
}

func (f lognormal) score(x float64) float64 { return (math.Log(x) - f.mu) / f.tau }

func (lognormal) absSup() float64                 { return math.Inf(1) }
func (f lognormal) absPDF(x float64) float64      { return f.pdf(x) }
func (f lognormal) absCDF(x float64) float64      { return f.cdf(x) }
func (f lognormal) absSurvival(x float64) float64 { return f.survival(x) }

func (f lognormal) absQuantile(c, s float64) float64 {
	if c < 0.5 {
		return f.quantile(c)
	}
	return math.Exp(f.mu - f.tau*mathext.NormalQuantile(s))
}
