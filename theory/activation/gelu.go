package activation

import (
	"math"

	"gradchain/theory/special"
)

// gelu is zΦ(z) (Hendrycks & Gimpel 2016). φ′(z) + φ′(−z) = 1, so everything
// follows from φ′ on the left, and φ″ = Φ′(z)(2 − z²).
type gelu struct{}

// left returns φ′(−x) = Φ(−x) − xΦ′(x) for x ≥ 0.
func (f gelu) left(x float64) float64 {
	density := special.NormPDF(x)
	if density < normal {
		return -math.Exp(f.logAbs(-x))
	}
	return special.NormCDF(-x) - x*density
}

func (gelu) phi(z float64) float64 {
	gate := special.NormCDF(z)
	if gate < normal {
		z = max(z, -far)
		return -math.Exp(math.Log(-z) + special.LogNormCDF(z))
	}
	return z * gate
}

func (f gelu) dphi(z float64) float64 {
	if z < 0 {
		return f.left(-z)
	}
	return 1 - f.left(z)
}

func (f gelu) logAbs(z float64) float64 {
	switch {
	case z >= 0:
		return math.Log1p(-f.left(z))
	case z > -36:
		return math.Log(math.Abs(f.left(-z)))
	}
	// Φ(−x) = Φ′(x)·Mills(x), where Φ′ may underflow
	z = max(z, -math.MaxFloat64)
	return -z*z/2 - math.Log(2*math.Pi)/2 + math.Log(-z-special.Mills(-z))
}

func (f gelu) traits() traits {
	t := traits{
		sup: unique(f.dphi(math.Sqrt2), math.Sqrt2), inf: unique(f.dphi(-math.Sqrt2), -math.Sqrt2),
		min: geluMinimum, max: inf,
		left:  Tail{Gaussian, -1 / math.Sqrt(2*math.Pi), 1, [3]float64{0, 0.5}},
		right: constantTail(1),
	}
	return t
}

// geluMinimum is the minimum of φ, between the minimum of φ′ and 0.
var geluMinimum = minimum(gelu{}, -math.Sqrt2, 0)

// minimum returns the minimum of φ at the only zero of φ′ in [a, b].
func minimum(f shape, a, b float64) Extremum {
	z := zero(f.dphi, a, b)
	return unique(f.phi(z), z)
}

// zero is Brent for brackets that are known to hold a zero.
func zero(f func(z float64) float64, a, b float64) float64 {
	z, err := special.Brent(f, a, b)
	if err != nil {
		panic("activation: " + err.Error())
	}
	return z
}
