package special

import (
	"math"
	"math/cmplx"
)

// stirlingRadius is the modulus from which the Stirling series below, stopped
// after its last term, is accurate to rounding in the right half-plane: the first
// omitted term is B_26/(26·25·9^25) < 4e-21, and the rest is at most 2^13 times that
// (Abramowitz & Stegun 1964, 6.1.42). Larger radii cost digits: terms of size z log z
// cancel.
const stirlingRadius = 9

// stirling holds B_2k/(2k(2k−1)), the coefficients of z^(1−2k) in log Γ(z)
// (Abramowitz & Stegun 1964, 6.1.40).
var stirling = [...]float64{
	1. / 12, -1. / 360, 1. / 1260, -1. / 1680, 1. / 1188, -691. / 360360, 1. / 156,
	-3617. / 122400, 43867. / 244188, -174611. / 125400, 77683. / 5796, -236364091. / 1506960,
}

// LogGammaComplex returns the branch of log Γ(z) that is real for z > 0 and
// analytic off (−∞, 0]; on that cut it is continuous from above, and from below
// for an imaginary part −0. Its error is below 1e-14 max(1, |z|, |log Γ(z)|); near the
// zeros 1 and 2 it is therefore absolute. For z > 0 it is that of math.Lgamma.
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
	case imag(z) == 0 && real(z) > 0:
		log, _ := math.Lgamma(real(z))
		return complex(log, imag(z))
	case math.Signbit(imag(z)):
		return cmplx.Conj(LogGammaComplex(cmplx.Conj(z)))
	case real(z) < 0.5: // Γ(z)Γ(1−z) = π/sin πz
		return complex(math.Log(math.Pi), 0) - logSinPi(z) - LogGammaComplex(1-z)
	}
	product, phase := complex(1, 0), 0.0
	for ; cmplx.Abs(z) < stirlingRadius; z++ {
		product *= z
		phase += cmplx.Phase(z)
	}
	shift := complex(math.Log(cmplx.Abs(product)), phase)
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
	r := x - math.Round(x) // e^(2πiz) has period 1 in x
	decay := math.Exp(-2 * math.Pi * y)
	s := math.Sin(math.Pi * r)
	// 1 − decay·e^(2πir), with both parts free of cancellation
	one := complex(-math.Expm1(-2*math.Pi*y)+2*decay*s*s, -decay*math.Sin(2*math.Pi*r))
	return complex(math.Pi*y-math.Ln2, math.Pi*(0.5-x)) + cmplx.Log(one)
}
