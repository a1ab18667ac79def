package special

import "math"

// ExpIntegral returns e^x·E_p(x) = ∫₀^∞ e^(−xs)(1+s)^(−p) ds, the exponential integral of
// order p without its exponential factor, for p a multiple of ½ from 0 and x > 0, to a
// relative 2e-14. It is between 1/(x+p) and 1/(x+p−1).
//
// From x = 1 on it is the continued fraction, below it is the recurrence
// p·e^x E_(p+1) = 1 − x e^x E_p, from p = ½ or 1 up, which is stable there (Abramowitz &
// Stegun 1964, 5.1.14 and 5.1.22).
//
// Special cases are:
//
//	ExpIntegral(p, 0) = 1/(p−1) for p > 1, +Inf for p ≤ 1
//	ExpIntegral(p, +Inf) = 0
//	ExpIntegral(p, x) = NaN for other p, for x < 0 and if x is NaN
func ExpIntegral(p, x float64) float64 {
	switch {
	case !(x >= 0) || !(p >= 0) || 2*p != math.Trunc(2*p):
		return math.NaN()
	case math.IsInf(x, 1):
		return 0
	case p == 0:
		return 1 / x
	case x == 0:
		if p <= 1 {
			return math.Inf(1)
		}
		return 1 / (p - 1)
	case x >= 1:
		return expFraction(p, x)
	}
	order, value := 1.0, expIntegralOne(x)
	if p != math.Trunc(p) {
		order, value = 0.5, math.Exp(x)*math.Sqrt(math.Pi/x)*math.Erfc(math.Sqrt(x))
	}
	for ; order < p; order++ {
		value = (1 - x*value) / order
	}
	return value
}

// expFraction is 1/(x+p − 1·p/(x+p+2 − 2(p+1)/(x+p+4 − …)) by Lentz's method.
func expFraction(p, x float64) float64 {
	b := x + p
	c, d := math.Inf(1), 1/b
	value := d
	for k := 1.0; k < 1000; k++ {
		a := -k * (p + k - 1)
		b += 2
		d = 1 / (b + a*d)
		c = b + a/c
		step := c * d
		value *= step
		if math.Abs(step-1) < 0x1p-53 {
			break
		}
	}
	return value
}

// expIntegralOne is e^x E₁(x) for 0 < x < 1: −γ − log x − Σ (−x)^k/(k·k!), times e^x.
func expIntegralOne(x float64) float64 {
	const gamma = 0.57721566490153286060651209008240243
	sum, term := 0.0, 1.0
	for k := 1.0; k < 30; k++ {
		term *= -x / k
		sum += term / k
	}
	return math.Exp(x) * (-gamma - math.Log(x) - sum)
}
