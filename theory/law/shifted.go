package law

import (
	"math"

	"gonum.org/v1/gonum/mathext"

	"gradchain/theory/special"
)

// shifted is N(mu, sigma²) with mu ≠ 0. With m = |mu|/sigma, (w/sigma)² is noncentral
// χ²: a Poisson(m²/2) mixture of χ² with 1+2j degrees of freedom (Johnson, Kotz &
// Balakrishnan 1995, ch. 29), so that, with positive weights throughout,
//
//	E|w|^s = (sigma√2)^s Σ_j e^(−x) x^j/j! · Γ(½+j+s/2)/Γ(½+j),  x = m²/2.
//
// For m > 15 the mixture is long and its parts cancel; there the law is narrow, w < 0
// has probability below 1e-50 and is neglected, and expectations of log|w| =
// log|mu| + log(1+Z/m) are trapezoidal sums over the normal Z (file narrow.go).
type shifted struct{ mu, sigma float64 }

// wideM is the largest m for which the mixture is used.
const wideM = 15

func (f shifted) spec() spec { return normal{}.spec() }

func (f shifted) params() ([]string, []float64) {
	return []string{"mu", "sigma"}, []float64{f.mu, f.sigma}
}

func (shifted) orders() (lo, hi float64) { return -1, math.Inf(1) }

// m returns |mu|/sigma and wide reports whether the mixture is used.
func (f shifted) m() float64 { return math.Abs(f.mu) / f.sigma }
func (f shifted) wide() bool { return f.m() <= wideM }

// logScale is log(sigma√2).
func (f shifted) logScale() float64 { return normal{f.sigma}.logScale() }

// narrow is the law of |w| for large m.
func (f shifted) narrow() narrow { return narrow{math.Log(math.Abs(f.mu)), 1 / f.m()} }

// mixture holds the weights of the components j = 0, 1, … under a tilt |w|^theta,
// relative to that of component anchor, and their sum. Component j is, for
// w²/(2 sigma²), the gamma law of shape base + j.
type mixture struct {
	weights []float64
	sum     float64
	base    float64
	anchor  int
}

// tilted returns the mixture under the tilt; the anchor is about its mode, where
// j² = x(j + theta/2).
func (f shifted) tilted(theta float64) mixture {
	x := f.m() * f.m() / 2
	anchor := int((x + math.Sqrt(x*x+2*x*max(theta, 0))) / 2)
	mix := mixture{base: (1 + theta) / 2, anchor: anchor}
	mix.weights = make([]float64, anchor+1, 2*anchor+60)
	mix.weights[anchor] = 1
	growth := func(j float64) float64 { return x / (j + 1) * (mix.base + j) / (0.5 + j) }
	for j := anchor; j > 0; j-- {
		mix.weights[j-1] = mix.weights[j] / growth(float64(j-1))
	}
	for j, w := anchor, 1.0; w > 1e-20; j++ {
		w *= growth(float64(j))
		mix.weights = append(mix.weights, w)
	}
	for _, w := range mix.weights {
		mix.sum += w
	}
	return mix
}

// shape returns the shape of component j.
func (mix mixture) shape(j int) float64 { return mix.base + float64(j) }

// logGamma returns log E G^h for the gamma mixture G, the sum of the weights times
// Γ(shape+h)/Γ(shape). The ratios to the anchor's, less 1, follow by recurrence, so
// that nothing cancels for small h.
func (mix mixture) logGamma(h complex128) complex128 {
	var sum, ratio complex128
	for j := mix.anchor; j > 0; j-- {
		z := h / complex(mix.shape(j-1), 0)
		ratio = (ratio - z) / (1 + z)
		sum += complex(mix.weights[j-1], 0) * ratio
	}
	ratio = 0
	for j := mix.anchor; j < len(mix.weights)-1; j++ {
		z := h / complex(mix.shape(j), 0)
		ratio += (1 + ratio) * z
		sum += complex(mix.weights[j+1], 0) * ratio
	}
	return complexLogGammaRatio(mix.shape(mix.anchor), h) + log1p(sum/complex(mix.sum, 0))
}

// smallOrder is the order up to which Λ is summed from the untilted mixture, which
// keeps it relatively accurate near order 0.
const smallOrder = 10

func (f shifted) cumulant(order float64) float64 {
	if !f.wide() {
		return f.narrow().cumulant(order)
	}
	if math.Abs(order) <= smallOrder {
		return order*f.logScale() + real(f.tilted(0).logGamma(complex(order/2, 0)))
	}
	mix := f.tilted(order)
	x, j := f.m()*f.m()/2, float64(mix.anchor)
	factorial, _ := math.Lgamma(j + 1)
	return order*f.logScale() + logGammaRatio(0.5+j, order/2) +
		j*math.Log(x) - x - factorial + math.Log(mix.sum)
}

func (f shifted) slope(order float64) float64 {
	if !f.wide() {
		return f.narrow().slope(order)
	}
	mean, _ := f.tilted(order).logMoments()
	return f.logScale() + mean/2
}

func (f shifted) curvature(order float64) float64 {
	if !f.wide() {
		return f.narrow().curvature(order)
	}
	_, variance := f.tilted(order).logMoments()
	return variance / 4
}

// logMoments returns the mean and variance of log G for the gamma mixture G: ψ and
// ψ₁ of the shapes, averaged, plus the variance of ψ between the components.
func (mix mixture) logMoments() (mean, variance float64) {
	for j, w := range mix.weights {
		mean += w / mix.sum * special.Digamma(mix.shape(j))
	}
	for j, w := range mix.weights {
		delta := special.Digamma(mix.shape(j)) - mean
		variance += w / mix.sum * (special.Trigamma(mix.shape(j)) + delta*delta)
	}
	return mean, variance
}

func (f shifted) characteristic(theta, t float64) complex128 {
	if !f.wide() {
		return f.narrow().characteristic(theta, t)
	}
	return complex(0, t*f.logScale()) + f.tilted(theta).logGamma(complex(0, t/2))
}

// envelope averages the moduli of the components, each nonincreasing in t. Where
// there are too many it uses that the modulus increases in j: all but 1e-20 of the
// weight is below the mode plus 10 of its square roots.
func (f shifted) envelope(theta, t float64) float64 {
	if !f.wide() {
		x := f.m() * f.m() / 2
		mode := (x + math.Sqrt(x*x+2*x*max(theta, 0))) / 2
		return min(1, 1e-20+gammaEnvelope((1+theta)/2+mode+10*math.Sqrt(mode)+50, t/2))
	}
	mix := f.tilted(theta)
	modulus, sum := gammaEnvelope(mix.base, t/2), 0.0
	for j, w := range mix.weights {
		sum += w / mix.sum * modulus
		modulus *= math.Hypot(1, t/2/mix.shape(j))
	}
	return min(1, sum)
}

func (f shifted) mean() float64     { return f.mu }
func (f shifted) variance() float64 { return f.sigma * f.sigma }

func (shifted) support() (lo, hi float64) { return math.Inf(-1), math.Inf(1) }

func (f shifted) pdf(x float64) float64 { return special.NormPDF((x-f.mu)/f.sigma) / f.sigma }
func (f shifted) cdf(x float64) float64 { return special.NormCDF((x - f.mu) / f.sigma) }

func (f shifted) survival(x float64) float64 { return special.NormCDF((f.mu - x) / f.sigma) }
func (f shifted) quantile(p float64) float64 { return f.mu + f.sigma*mathext.NormalQuantile(p) }

func (shifted) absSup() float64 { return math.Inf(1) }

func (f shifted) absPDF(x float64) float64 { return f.pdf(x) + f.pdf(-x) }

func (f shifted) absCDF(x float64) float64 {
	return normalAround(f.mu/f.sigma, x/f.sigma)
}

func (f shifted) absSurvival(x float64) float64 { return f.survival(x) + f.cdf(-x) }

func (f shifted) absQuantile(c, s float64) float64 {
	if c < s {
		guess := max(math.Abs(f.mu)+f.sigma*mathext.NormalQuantile(c), f.sigma*absNormalQuantile(c, s))
		return invert(f.absCDF, f.absPDF, c, guess)
	}
	guess := math.Abs(f.mu) - f.sigma*mathext.NormalQuantile(s/2)
	return invert(f.absSurvival, f.absPDF, s, guess)
}
