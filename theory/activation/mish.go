package activation

import (
	"math"

	"gradchain/theory/special"
)

// mish is z tanh(log(1 + e^z)) (Misra 2019). With e = e^z and D = e² + 2e + 2,
//
//	tanh(log(1 + e)) = e(e + 2)/D,  φ′ = e(e³ + 4e² + 6e + 4 + 4z(1 + e))/D²,
//
// and, with g = e^−z and G = 1 + 2g + 2g², φ′ = 1 + g²(4z(1 + g) − 2 − 4g − 4g²)/G².
type mish struct{}

func (mish) phi(z float64) float64 {
	if z >= 0 {
		g := math.Exp(-z)
		return z * ((1 + 2*g) / (1 + 2*g + 2*g*g))
	}
	e := math.Exp(z)
	if e < normal { // φ ~ ze^z
		z = max(z, -far)
		return -math.Exp(z + math.Log(-z))
	}
	return z * (e * ((e + 2) / (2 + e*(2+e))))
}

// excess returns φ′(z) − 1 for z ≥ 0.
func (mish) excess(z float64) float64 {
	g := math.Exp(-z)
	if g == 0 {
		return 0
	}
	q := g / (1 + 2*g + 2*g*g)
	return q * q * (4*z*(1+g) - 2 - 4*g - 4*g*g)
}

// left returns φ′(z)e^−z for z < 0.
func (mish) left(z float64) float64 {
	e := math.Exp(z)
	d := 2 + e*(2+e)
	return (4*(z+1) + e*(4*z+6+e*(4+e))) / d / d
}

func (f mish) dphi(z float64) float64 {
	if z >= 0 {
		return 1 + f.excess(z)
	}
	e := math.Exp(z)
	if e < normal {
		return -math.Exp(f.logAbs(z))
	}
	return f.left(z) * e
}

func (f mish) logAbs(z float64) float64 {
	if z >= 0 {
		return math.Log1p(f.excess(z))
	}
	return z + math.Log(math.Abs(f.left(max(z, -math.MaxFloat64/8))))
}

// curvature has the sign of φ″: φ″ = σ(z)sech²(s)(2 + z(σ(−z) − 2σ(z) tanh s)) with
// s = log(1 + e^z).
func (mish) curvature(z float64) float64 {
	gate := math.Tanh(special.SoftPlus(z))
	return 2 + z*(special.Sigmoid(-z)-2*special.Sigmoid(z)*gate)
}

// The maximum and the minimum of φ′, and the minimum of φ between the latter and 0.
var (
	mishArgmax  = zero(mish{}.curvature, 0.5, 4)
	mishArgmin  = zero(mish{}.curvature, -5, -1)
	mishMinimum = minimum(mish{}, mishArgmin, 0)
)

func (f mish) traits() traits {
	return traits{
		sup: unique(f.dphi(mishArgmax), mishArgmax), inf: unique(f.dphi(mishArgmin), mishArgmin),
		min: mishMinimum, max: inf, left: exponentialTail(-1, 1, 1), right: constantTail(1),
	}
}
