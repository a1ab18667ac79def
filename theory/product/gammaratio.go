package product

import (
	"math"

	"gradchain/theory/special"
)

// stirlingFrom is the argument from which the series below are accurate to rounding:
// their first omitted terms, 1/(12·x^14) and 691/(360360·x^11), are below 5e-16 of
// the first terms 1/(12·x²) and 1/(12·x).
const stirlingFrom = 14

// digammaSeries holds B_2k/(2k), the coefficients of −x^(−2k) in ψ(x) − log x + 1/(2x)
// (Abramowitz & Stegun 1964, 6.3.18).
var digammaSeries = [...]float64{1. / 12, -1. / 120, 1. / 252, -1. / 240, 1. / 132, -691. / 32760}

// digammaLessLog returns ψ(x) − log x, which is about −1/(2x), for x > 0.
func digammaLessLog(x float64) float64 {
	if x < stirlingFrom {
		return special.Digamma(x) - math.Log(x)
	}
	y, tail := 1/x/x, 0.0
	for k := len(digammaSeries) - 1; k >= 0; k-- {
		tail = (tail + digammaSeries[k]) * y
	}
	return -0.5/x - tail
}

// stirling holds the coefficients B_2k/(2k(2k−1)) of x^(1−2k) in log Γ(x)
// (Abramowitz & Stegun 1964, 6.1.41).
var stirling = [...]float64{1. / 12, -1. / 360, 1. / 1260, -1. / 1680, 1. / 1188}

// stirlingRest returns log Γ(x+1) − [(x+½) log x − x + ½ log 2π], for x > 0.
func stirlingRest(x float64) float64 {
	if x < stirlingFrom {
		log, _ := math.Lgamma(x + 1)
		return log - (x+0.5)*math.Log(x) + x - math.Log(2*math.Pi)/2
	}
	y, sum := 1/x/x, 0.0
	for k := len(stirling) - 1; k >= 0; k-- {
		sum = sum*y + stirling[k]
	}
	return sum / x
}

// gammaRatioLessPower returns log Γ(a+h)/Γ(a) − h log a for a > 0 and a+h > 0. It is
// about h(h−1)/(2a) for large a, and its error is relative to |h| as h → 0.
//
// Both arguments are raised by Γ(x+1) = xΓ(x) until the Stirling series holds, and
// the series are subtracted term by term.
func gammaRatioLessPower(a, h float64) float64 {
	sum := 0.0
	for ; min(a, a+h) < stirlingFrom; a++ {
		sum += h*math.Log1p(1/a) - math.Log1p(h/a)
	}
	sum += a*log1pLessX(h/a) + (h-0.5)*math.Log1p(h/a)
	// u^n − v^n = (u−v)(u^(n−1) + … + v^(n−1)) with u − v = −h·u·v
	u, v := 1/(a+h), 1/a
	power, geometric := 1.0, 1.0 // v^(n−1), and that sum
	for _, c := range stirling {
		sum -= c * h * u * v * geometric
		for range 2 {
			power *= v
			geometric = u*geometric + power
		}
	}
	return sum
}

// log1pLessX returns log(1+x) − x, relatively accurate near 0, by
// log(1+x) = 2 artanh r with r = x/(2+x).
func log1pLessX(x float64) float64 {
	if math.Abs(x) > 0.25 {
		return math.Log1p(x) - x
	}
	r := x / (2 + x) // |r| ≤ 1/7: eight terms leave 7^−16
	sum := 0.0
	for k := 17.0; k >= 3; k -= 2 {
		sum = sum*r*r + 1/k
	}
	return 2*r*r*r*sum - x*r
}
