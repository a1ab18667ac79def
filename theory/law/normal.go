package law

import (
	"math"

	"gonum.org/v1/gonum/integrate/quad"
	"gonum.org/v1/gonum/mathext"

	"gradchain/theory/special"
)

// normal is N(0, sigma²). |w|²/(2 sigma²) has the gamma law of shape ½, so
//
//	Λ(q) = q log sigma + (q/2) log 2 + log Γ((1+q)/2) − log Γ(½),  q > −1.
type normal struct{ sigma float64 }

func (normal) spec() spec {
	return spec{
		name:  "normal",
		forms: [][]param{{positive("sigma")}, {finite("mu"), positive("sigma")}},
		also:  map[string]string{"std": "sigma", "σ": "sigma", "mean": "mu", "μ": "mu"},
		build: func(args []float64) family {
			if len(args) == 1 {
				return normal{args[0]}
			}
			if args[0] == 0 {
				return normal{args[1]}
			}
			return shifted{args[0], args[1]}
		},
	}
}

func (f normal) params() ([]string, []float64) {
	return []string{"sigma"}, []float64{f.sigma}
}

// logScale is log(sigma√2), the scale of √gamma(½).
func (f normal) logScale() float64 { return math.Log(f.sigma) + math.Ln2/2 }

func (normal) orders() (lo, hi float64) { return -1, math.Inf(1) }

func (f normal) cumulant(order float64) float64 {
	return order*f.logScale() + logGammaRatio(0.5, order/2)
}

func (f normal) slope(order float64) float64 {
	return f.logScale() + special.Digamma((1+order)/2)/2
}

func (normal) curvature(order float64) float64 { return special.Trigamma((1+order)/2) / 4 }

func (f normal) characteristic(theta, t float64) complex128 {
	return complex(0, t*f.logScale()) + complexLogGammaRatio((1+theta)/2, complex(0, t/2))
}

func (normal) envelope(theta, t float64) float64 { return gammaEnvelope((1+theta)/2, t/2) }

// gammaEnvelope returns |Γ(a+it)|/Γ(a) = ∏ 1/√(1 + t²/(a+k)²), which decreases in
// t and increases in a (Abramowitz & Stegun 1964, 6.1.25).
func gammaEnvelope(a, t float64) float64 {
	return math.Exp(real(complexLogGammaRatio(a, complex(0, t))))
}

func (normal) mean() float64       { return 0 }
func (f normal) variance() float64 { return f.sigma * f.sigma }

func (normal) absSup() float64 { return math.Inf(1) }

func (f normal) absPDF(x float64) float64 {
	return 2 * special.NormPDF(x/f.sigma) / f.sigma
}

func (f normal) absCDF(x float64) float64      { return math.Erf(x / f.sigma / math.Sqrt2) }
func (f normal) absSurvival(x float64) float64 { return 2 * special.NormCDF(-x/f.sigma) }

func (f normal) absQuantile(c, s float64) float64 { return f.sigma * absNormalQuantile(c, s) }

// absNormalQuantile returns the quantile of |N(0,1)| at probability c = 1 − s.
func absNormalQuantile(c, s float64) float64 {
	if c < 0.5 {
		return math.Sqrt2 * math.Erfinv(c)
	}
	return -mathext.NormalQuantile(s / 2)
}

// normalAround returns P(|N(0,1) − center| < half) without cancellation.
func normalAround(center, half float64) float64 {
	center = math.Abs(center)
	switch lo, hi := center-half, center+half; {
	case 4*center*half < 1 && half < 1:
		return quad.Fixed(func(x float64) float64 { return special.NormPDF(center + x) }, -half, half, 12, nil, 0)
	case lo < 0:
		return (math.Erf(hi/math.Sqrt2) + math.Erf(-lo/math.Sqrt2)) / 2
	default:
		return special.NormCDF(-lo) - special.NormCDF(-hi)
	}
}
