package special

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// The positive zero of ψ (OEIS A030169), as the float64 nearest to it and the rest.
const (
	digammaZero     = 1.46163214496836234126265954232572132846819620400644629512988
	digammaZeroHigh = 6582605983432255. / (1 << 52)
	digammaZeroLow  = digammaZero - digammaZeroHigh
)

// digammaSeries[k] is the coefficient of (x − digammaZero)^(k+1) in the Taylor
// series of ψ at its zero, (−1)^k ζ(k+2, digammaZero). With |x − zero| ≤ ¼ the
// terms fall like (1/4/1.46)^k, so that the first one omitted is below 2e-18.
var digammaSeries = func() (c [22]float64) {
	sign := 1.0
	for k := range c {
		c[k] = sign * mathext.Zeta(float64(k+2), digammaZero)
		sign = -sign
	}
	return c
}()

// bernoulliDigamma holds B_2k/(2k), the coefficients of −x^(−2k) in ψ(x)
// (Abramowitz & Stegun 1964, 6.3.18).
var bernoulliDigamma = [...]float64{1. / 12, -1. / 120, 1. / 252, -1. / 240, 1. / 132, -691. / 32760, 1. / 12}

// Digamma returns ψ(x) = (log Γ)′(x), relatively accurate at its positive zero
// too. The negative zeros have absolute accuracy 1e-15.
//
// Special cases are:
//
//	Digamma(+Inf) = +Inf
//	Digamma(-Inf) = NaN
//	Digamma(NaN) = NaN
//	Digamma(n) = NaN for integers n ≤ 0
func Digamma(x float64) float64 {
	switch {
	case math.IsNaN(x) || math.IsInf(x, -1) || (x <= 0 && x == math.Floor(x)):
		return math.NaN()
	case x < 0: // reflection, Abramowitz & Stegun 6.3.7
		return Digamma(1-x) - math.Pi/tanPi(x)
	}
	if h := (x - digammaZeroHigh) - digammaZeroLow; math.Abs(h) <= 0.25 {
		sum := 0.0
		for k := len(digammaSeries) - 1; k >= 0; k-- {
			sum = (sum + digammaSeries[k]) * h
		}
		return sum
	}
	sum := 0.0
	for ; x < 12; x++ {
		sum -= 1 / x
	}
	y := 1 / x / x
	tail := 0.0
	for k := len(bernoulliDigamma) - 1; k >= 0; k-- {
		tail = (tail + bernoulliDigamma[k]) * y
	}
	return sum + (math.Log(x) - 0.5/x - tail)
}

// Trigamma returns ψ′(x), positive and relatively accurate for x > 0.
//
// Special cases are:
//
//	Trigamma(+Inf) = 0
//	Trigamma(-Inf) = NaN
//	Trigamma(NaN) = NaN
//	Trigamma(n) = +Inf for integers n ≤ 0
func Trigamma(x float64) float64 {
	switch {
	case math.IsNaN(x) || math.IsInf(x, -1):
		return math.NaN()
	case math.IsInf(x, 1):
		return 0
	case x <= 0 && x == math.Floor(x):
		return math.Inf(1)
	case x < 0: // reflection, Abramowitz & Stegun 6.4.7
		s := sinPi(x)
		return math.Pi*math.Pi/(s*s) - Trigamma(1-x)
	case x < 1e-8: // 1/x² + ζ(2), where 1/x² may overflow
		return 1/x/x + math.Pi*math.Pi/6
	case x > 1e8: // 1/x + 1/(2x²), Abramowitz & Stegun 6.4.12
		return 1/x + 0.5/x/x
	}
	return mathext.Zeta(2, x)
}

// sinPi returns sin πx, exact in the reduction of x.
func sinPi(x float64) float64 {
	n := math.Round(x)
	s := math.Sin(math.Pi * (x - n))
	if math.Mod(n, 2) != 0 {
		return -s
	}
	return s
}

// tanPi returns tan πx, exact in the reduction of x.
func tanPi(x float64) float64 {
	return math.Tan(math.Pi * (x - math.Round(x)))
}
