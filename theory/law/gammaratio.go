package law

import (
	"math"
	"math/cmplx"
)

// stirlingFrom is where the Stirling series below is accurate to rounding: its
// first omitted term is 691/(360360·x¹¹) < 2e-17 at x = 14.
const stirlingFrom = 14

// stirling holds the coefficients B_2k/(2k(2k−1)) of x^(1−2k) in log Γ(x)
// (Abramowitz & Stegun 1964, 6.1.41).
var stirling = [...]float64{1. / 12, -1. / 360, 1. / 1260, -1. / 1680, 1. / 1188}

// logGammaRatio returns log Γ(a+h) − log Γ(a) for a > 0 and a+h > 0, with a
// relative error of a few ulp of the sum's largest part: it does not cancel as
// h → 0. The result is −Inf or +Inf where it overflows.
//
// Both arguments are raised by the recurrence Γ(x+1) = xΓ(x) until the Stirling
// series holds, and the series are subtracted term by term.
func logGammaRatio(a, h float64) float64 {
	sum := 0.0
	for ; min(a, a+h) < stirlingFrom; a++ {
		if a+h < a/2 { // next to the pole
			sum -= math.Log((a + h) / a)
		} else {
			sum -= math.Log1p(h / a)
		}
	}
	b := a + h
	u, v := 1/b, 1/a
	sum += float64((a-0.5)*math.Log1p(h/a)) + h*(math.Log(b)-1)
	// u^n − v^n = (u−v)(u^(n−1) + … + v^(n−1)) with u − v = −h·u·v.
	power, geometric := 1.0, 1.0 // v^(n−1), and that sum
	for _, c := range stirling {
		sum -= c * h * u * v * geometric
		power *= v
		geometric = u*geometric + power
		power *= v
		geometric = u*geometric + power
	}
	return sum
}

// complexLogGammaRatio is logGammaRatio for complex h with real part above −a:
// the branch that is continuous in h and 0 at h = 0.
func complexLogGammaRatio(a float64, h complex128) complex128 {
	sum := complex(0, 0)
	for ; min(a, a+real(h)) < stirlingFrom; a++ {
		sum -= log1p(h / complex(a, 0))
	}
	b := complex(a, 0) + h
	u, v := 1/b, complex(1/a, 0)
	sum += complex(a-0.5, 0)*log1p(h/complex(a, 0)) + h*(cmplx.Log(b)-1)
	power, geometric := complex(1, 0), complex(1, 0)
	for _, c := range stirling {
		sum -= complex(c, 0) * h * u * v * geometric
		power *= v
		geometric = u*geometric + power
		power *= v
		geometric = u*geometric + power
	}
	return sum
}

// log1p returns log(1+z), accurate for small z.
func log1p(z complex128) complex128 {
	x, y := real(z), imag(z)
	if math.Abs(x) > 0.5 || math.Abs(y) > 0.5 {
		return cmplx.Log(1 + z)
	}
	return complex(0.5*math.Log1p(float64(x*(2+x))+y*y), math.Atan2(y, 1+x))
}

// expm1 returns e^z − 1, accurate for small z.
func expm1(z complex128) complex128 {
	sin, cos := math.Sincos(imag(z))
	half := math.Sin(imag(z) / 2)
	growth := math.Expm1(real(z))
	return complex(float64(growth*cos)-2*half*half, float64(growth*sin)+sin)
}
