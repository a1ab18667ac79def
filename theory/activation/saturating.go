package activation

import (
	"fmt"
	"math"

	"gradchain/theory/special"
)

// sigmoid is σ(z), with σ′(z) = σ(z)σ(−z).
type sigmoid struct{}

func (sigmoid) phi(z float64) float64  { return special.Sigmoid(z) }
func (sigmoid) dphi(z float64) float64 { return special.Sigmoid(z) * special.Sigmoid(-z) }

func (sigmoid) logAbs(z float64) float64 {
	z = math.Abs(z)
	return -z - 2*math.Log1p(math.Exp(-z))
}

func (sigmoid) traits() traits {
	tail := exponentialTail(1, 0, 1)
	return traits{
		sup: unique(0.25, 0), inf: limit(0, inf),
		min: limit(0, -inf), max: 1, left: tail, right: tail,
	}
}

// DerivativeTailRatio returns φ′(z) over its leading tail, for sigmoid σ′(z)e^|z| and
// for tanh tanh′(z)e^(2|z|)/4: (1 + e^−|z|)⁻² and (1 + e^−2|z|)⁻², in [1/4, 1). It is
// an error for any other activation, and unless z is finite.
func (a Activation) DerivativeTailRatio(z float64) (float64, error) {
	if math.IsNaN(z) || math.IsInf(z, 0) {
		return 0, fmt.Errorf("z = %v, want a finite number", z)
	}
	var e float64
	switch a.Name() {
	case "sigmoid":
		e = math.Exp(-math.Abs(z))
	case "tanh":
		e = math.Exp(-2 * math.Abs(z))
	default:
		return 0, fmt.Errorf("activation = %s, want sigmoid or tanh", a)
	}
	return 1 / ((1 + e) * (1 + e)), nil
}

// tanh is height·tanh(num·z/den), with tanh′(u) = 4e^(−2u)/(1 + e^(−2u))².
type tanh struct{ height, num, den float64 }

func (f tanh) phi(z float64) float64 { return f.height * math.Tanh(f.num*z/f.den) }

// slope is the derivative at 0.
func (f tanh) slope() float64 { return f.height * f.num / f.den }

func (f tanh) dphi(z float64) float64 {
	u := f.num * math.Abs(z) / f.den
	e := math.Exp(-2 * u)
	if e == 0 {
		return 0
	}
	rest := -math.FMA(u, f.den, -f.num*math.Abs(z)) / f.den // num·|z|/den − u
	return 4 * f.slope() * (e - 2*e*rest) / ((1 + e) * (1 + e))
}

func (f tanh) logAbs(z float64) float64 {
	return math.Log(f.slope()) - 2*special.LogCosh(f.num*z/f.den)
}

func (f tanh) traits() traits {
	tail := exponentialTail(4*f.slope(), 0, 2*f.num/f.den)
	return traits{
		sup: unique(f.slope(), 0), inf: limit(0, inf),
		min: limit(-f.height, -inf), max: f.height, left: tail, right: tail, odd: true,
	}
}

// erf is the error function, with erf′(z) = 2/√π·e^(−z²).
type erf struct{}

func (erf) phi(z float64) float64 { return math.Erf(z) }

func (erf) dphi(z float64) float64 {
	if math.Abs(z) > 30 {
		return 0
	}
	square := z * z
	rest := math.FMA(z, z, -square)
	return 2 / math.SqrtPi * math.Exp(-square) * (1 - rest)
}

func (erf) logAbs(z float64) float64 { return math.Log(2/math.SqrtPi) - z*z }

func (erf) traits() traits {
	tail := Tail{Gaussian, 2 / math.SqrtPi, 0, [3]float64{0, 1}}
	return traits{
		sup: unique(2/math.SqrtPi, 0), inf: limit(0, inf),
		min: limit(-1, -inf), max: 1, left: tail, right: tail, odd: true,
	}
}

// arctan has arctan′(z) = 1/(1 + z²).
type arctan struct{}

func (arctan) phi(z float64) float64 { return math.Atan(z) }

func (arctan) dphi(z float64) float64 {
	if math.Abs(z) > 1e8 {
		return 1 / z / z
	}
	return 1 / (1 + z*z)
}

func (arctan) logAbs(z float64) float64 {
	z = math.Abs(z)
	if z < 1 {
		return -math.Log1p(z * z)
	}
	return -2*math.Log(z) - math.Log1p(1/z/z)
}

func (arctan) traits() traits {
	tail := Tail{Kind: Polynomial, Coefficient: 1, Power: -2}
	return traits{
		sup: unique(1, 0), inf: limit(0, inf),
		min: limit(-math.Pi/2, -inf), max: math.Pi / 2, left: tail, right: tail, odd: true,
	}
}

// softsign is z/(1 + |z|), with derivative 1/(1 + |z|)².
type softsign struct{}

func (softsign) phi(z float64) float64 {
	if math.IsInf(z, 0) {
		return math.Copysign(1, z)
	}
	return z / (1 + math.Abs(z))
}

func (softsign) dphi(z float64) float64 {
	u := 1 + math.Abs(z)
	return 1 / u / u
}

func (softsign) logAbs(z float64) float64 { return -2 * math.Log1p(math.Abs(z)) }

func (softsign) traits() traits {
	tail := Tail{Kind: Polynomial, Coefficient: 1, Power: -2}
	return traits{
		sup: unique(1, 0), inf: limit(0, inf),
		min: limit(-1, -inf), max: 1, left: tail, right: tail,
		kinks: []float64{0}, odd: true,
	}
}
