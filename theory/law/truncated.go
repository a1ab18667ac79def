package law

import (
	"math"
)

// truncated is N(0, sigma²) given |w| < k·sigma. With x = k²/2, u = (w/(k sigma))²
// has density ∝ u^(−½) e^(−xu) on (0,1). Expanding e^(−xu) = e^(−x) Σ xⁿ(1−u)ⁿ/n!
// makes it a mixture of Beta(½, n+1) laws with positive weights; under the tilt
// |w|^theta, with a = (1+theta)/2, the components are Beta(a, n+1), their weights
// ∝ xⁿ/(a+1)_n, and
//
//	E|w|^(theta+s)/E|w|^theta = (k sigma)^s Σ weight_n ∏_{j≤n} (a+j)/(a+j+s/2).
type truncated struct{ sigma, k float64 }

func (truncated) spec() spec {
	return spec{
		name:  "truncated_normal",
		forms: [][]param{{positive("sigma"), positive("k")}},
		build: func(args []float64) family { return truncated{args[0], args[1]} },
	}
}

func (f truncated) params() ([]string, []float64) {
	return []string{"sigma", "k"}, []float64{f.sigma, f.k}
}

func (truncated) orders() (lo, hi float64) { return -1, math.Inf(1) }

// x returns k²/2, the cut of w²/(2 sigma²), kept finite.
func (f truncated) x() float64 { return min(f.k*f.k/2, 1e300) }

// uncut reports whether the cut changes the law tilted by |w|^order by less than
// rounding: that law, gamma of shape a = (1+order)/2, has less than 1e-20 beyond x,
// by Chernoff's bound e^(a−x) (x/a)^a.
func (f truncated) uncut(order float64) bool {
	a, x := (1+order)/2, f.x()
	return x > a && a*(1+math.Log(x/a))-x < -46
}

// each calls visit with the weights of the mixture tilted by |w|^theta, unnormalised
// (the first is 1), and with a+n, n = 0, 1, …; it returns their sum.
func (f truncated) each(theta float64, visit func(weight, b float64)) (sum float64) {
	b, x, weight := (1+theta)/2, f.x(), 1.0
	for {
		visit(weight, b)
		sum += weight
		b++
		weight *= x / b
		if x < b && weight < 1e-18*sum*(1-x/b) {
			return sum
		}
	}
}

// logIncompleteGamma returns log ∫₀^x y^(a−1)e^(−y) dy, a = (1+theta)/2, by the series
// x^a e^(−x) Σ xⁿ/(a)_{n+1} (Abramowitz & Stegun 1964, 6.5.29).
func (f truncated) logIncompleteGamma(theta float64) float64 {
	a := (1 + theta) / 2
	if f.uncut(theta) {
		lg, _ := math.Lgamma(a)
		return lg
	}
	sum := f.each(theta, func(float64, float64) {})
	return a*math.Log(f.x()) - f.x() + math.Log(sum/a)
}

func (f truncated) cumulant(order float64) float64 {
	whole := normal{f.sigma}
	switch {
	case f.uncut(0) && f.uncut(order):
		return whole.cumulant(order)
	case math.Abs(order) > 0.5:
		return order*whole.logScale() + f.logIncompleteGamma(order) - f.logIncompleteGamma(0)
	}
	var moment, ratio float64 // ratio is ∏ (½+j)/(½+j+order/2) − 1
	total := f.each(0, func(weight, b float64) {
		z := order / 2 / b
		ratio = (ratio - z) / (1 + z)
		moment += weight * ratio
	})
	return order*(math.Log(f.sigma)+math.Log(f.k)) + math.Log1p(moment/total)
}

func (f truncated) slope(order float64) float64 {
	mean, _ := f.logMoments(order)
	return mean
}

func (f truncated) curvature(order float64) float64 {
	_, variance := f.logMoments(order)
	return variance
}

// logMoments returns the mean and variance of log|w| under the tilt. For a
// component they are log(k sigma) − ½Σ 1/(a+j) and ¼Σ 1/(a+j)².
func (f truncated) logMoments(theta float64) (mean, variance float64) {
	if f.uncut(theta) {
		whole := normal{f.sigma}
		return whole.slope(theta), whole.curvature(theta)
	}
	var total, first, second, inner, between float64
	f.each(theta, func(weight, b float64) {
		first -= 0.5 / b
		second += 0.25 / (b * b)
		total += weight
		delta := first - mean
		mean += delta * weight / total
		between += weight * delta * (first - mean)
		inner += weight * second
	})
	return mean + math.Log(f.sigma) + math.Log(f.k), (inner + between) / total
}

func (f truncated) characteristic(theta, t float64) complex128 {
	if f.uncut(theta) {
		return normal{f.sigma}.characteristic(theta, t)
	}
	var moment, ratio complex128
	total := f.each(theta, func(weight, b float64) {
		z := complex(0, t/2/b)
		ratio = (ratio - z) / (1 + z)
		moment += complex(weight, 0) * ratio
	})
	return complex(0, t*(math.Log(f.sigma)+math.Log(f.k))) + log1p(moment/complex(total, 0))
}

// envelope is the smaller of two bounds. The tilted density g of log|w| rises to one
// maximum and falls until the cut, so its total variation is 2 max g, and a Fourier
// transform is at most that over t. For x > a it is also the gamma transform less the
// part beyond x, where g falls, over the mass below x.
func (f truncated) envelope(theta, t float64) float64 {
	a, x := (1+theta)/2, f.x()
	logMass := f.logIncompleteGamma(theta)
	peak := min(a, x)
	bound := min(1, 4*math.Exp(a*math.Log(peak)-peak-logMass)/t)
	if x > a {
		lg, _ := math.Lgamma(a)
		beyond := 4 * math.Exp(a*math.Log(x)-x-logMass) / t
		bound = min(bound, math.Exp(lg-logMass)*gammaEnvelope(a, t/2)+beyond)
	}
	return bound
}

func (truncated) mean() float64       { return 0 }
func (f truncated) variance() float64 { return math.Exp(f.cumulant(2)) }

func (f truncated) absSup() float64 { return f.sigma * f.k }

// mass is P(|N(0,1)| < k).
func (f truncated) mass() float64 { return math.Erf(f.k / math.Sqrt2) }

func (f truncated) absPDF(x float64) float64 {
	if x > f.absSup() {
		return 0
	}
	return normal{f.sigma}.absPDF(x) / f.mass()
}

func (f truncated) absCDF(x float64) float64 {
	return normal{f.sigma}.absCDF(min(x, f.absSup())) / f.mass()
}

func (f truncated) absSurvival(x float64) float64 {
	if x >= f.absSup() {
		return 0
	}
	v := x / f.sigma
	return 2 * normalAround((f.k+v)/2, (f.k-v)/2) / f.mass()
}

func (f truncated) absQuantile(c, s float64) float64 {
	mass, beyond := f.mass(), math.Erfc(f.k/math.Sqrt2)
	return min(normal{f.sigma}.absQuantile(c*mass, s*mass+beyond), f.absSup())
}
