package special

import (
	"math"
	"math/cmplx"
)

// stirlingRadius is the modulus from which the Stirling series below, stopped
// after its last term, is accurate to rounding in the right half-plane: the first
// omitted term is B_16/(16·15·14^15) < 2e-19.
const stirlingRadius = 14

// stirling holds B_2k/(2k(2k−1)), the coefficients of z^(1−2k) in log Γ(z)
// (Abramowitz & Stegun 1964, 6.1.40).
var stirling = [...]float64{1. / 12, -1. / 360, 1. / 1260, -1. / 1680, 1. / 1188, -691. / 360360, 1. / 156}

// LogGammaComplex returns the branch of log Γ(z) that is real for z > 0 and
// analytic off (−∞, 0]; on that cut it is continuous from above, and from below
// for an imaginary part −0. Its error is a few units in the last place of
// max(1, |z|, |log Γ(z)|); near the zeros 1 and 2 it is therefore absolute.
//
// Special cases are:
//
//	LogGammaComplex(n) = +Inf for integers n ≤ 0
//	LogGammaComplex(z) = NaN if a part of z is NaN or infinite
func LogGammaComplex(z complex128) complex128 {
	switch {
	case cmplx.IsNaN(z) || cmplx.IsInf(z) || math.IsNaN(real(z)) || math.IsNaN(imag(z)):
		return cmplx.NaN()
	case imag(z) == 0 && real(z) <= 0 && real(z) == math.Floor(real(z)):
		return complex(math.Inf(1), 0)
	case math.Signbit(imag(z)):
		return cmplx.Conj(LogGammaComplex(cmplx.Conj(z)))
	case real(z) < 0.5: // Γ(z)Γ(1−z) = π/sin πz
		return complex(math.Log(math.Pi), 0) - logSinPi(z) - LogGammaComplex(1-z)
	}
	shift := complex(0, 0)
	for ; cmplx.Abs(z) < stirlingRadius; z++ {
		shift += cmplx.Log(z)
	}
	inverse := 1 / z
	square := inverse * inverse
	tail := complex(0, 0)
	for k := len(stirling) - 1; k >= 0; k-- {
		tail = tail*square + complex(stirling[k], 0)
	}
	return (z-0.5)*cmplx.Log(z) - z + complex(math.Log(2*math.Pi)/2, 0) + tail*inverse - shift
}

// logSinPi returns the branch of log sin πz that is analytic for Im z > 0 and
// real on (0, 1), for Im z ≥ 0, from sin πz = (i/2)e^(−iπz)(1 − e^(2πiz)).
func logSinPi(z complex128) complex128 {
	x, y := real(z), imag(z)
	r := x - math.Floor(x) // e^(2πiz) has period 1 in x
	decay := math.Exp(-2 * math.Pi * y)
	s := math.Sin(math.Pi * r)
	// 1 − decay·e^(2πir), with both parts free of cancellation
	one := complex(-math.Expm1(-2*math.Pi*y)+2*decay*s*s, -decay*math.Sin(2*math.Pi*r))
	return complex(math.Pi*y-math.Ln2, math.Pi*(0.5-x)) + cmplx.Log(one)
}
