package special

import "math"

// Sigmoid returns σ(x) = 1/(1 + e^−x), relatively accurate in both tails. The
// complement 1 − σ(x) is Sigmoid(−x).
func Sigmoid(x float64) float64 {
	if x >= 0 {
		return 1 / (1 + math.Exp(-x))
	}
	e := math.Exp(x)
	return e / (1 + e)
}

// SoftPlus returns log(1 + e^x), relatively accurate in the left tail, where it
// is about e^x. log σ(x) is −SoftPlus(−x).
func SoftPlus(x float64) float64 {
	if x > 0 {
		return x + math.Log1p(math.Exp(-x))
	}
	return math.Log1p(math.Exp(x))
}

// LogCosh returns log cosh x, relatively accurate near 0, where it is about x²/2,
// and without overflow.
func LogCosh(x float64) float64 {
	x = math.Abs(x)
	if x < 1 {
		s := math.Sinh(x / 2)
		return math.Log1p(2 * s * s)
	}
	return x - math.Ln2 + math.Log1p(math.Exp(-2*x))
}
