package activation

import (
	"fmt"
	"math"

	"gradchain/theory/special"
)

// exponential is lambda·z for z > 0 and lambda·alpha(e^(z/width) − 1) for z < 0:
// elu (Clevert, Unterthiner, Hochreiter 2015), celu (Barron 2017), selu.
//
// An argument is the number that its decimal text denotes; rest is that of width less
// width, which z/width magnifies.
type exponential struct{ lambda, alpha, width, rest float64 }

// SELU's constants: those for which zero mean and unit variance is a fixed point,
// E φ = 0 and E φ² = 1 for z ~ N(0,1) (Klambauer, Unterthiner, Mayr, Hochreiter
// 2017, eq. (14)). With R = (1 − Φ)/Φ′, E[e^(kz); z < 0] = e^(k²/2)Φ(−k) is
// R(k)/√(2π), so the two equations are, times √(2π),
//
//	1 = α(R(0) − R(1)),  √(2π)/λ² = R(0) + α²(R(0) − 2R(1) + R(2)).
var seluAlpha, seluLambda = func() (alpha, lambda float64) {
	r0, r1, r2 := math.Sqrt(math.Pi/2), special.Mills(1), special.Mills(2)
	alpha = 1 / (r0 - r1)
	lambda = math.Sqrt(math.Sqrt(2*math.Pi) / (r0 + alpha*alpha*((r0-r1)-(r1-r2))))
	return alpha, lambda
}()

// SELUConstant returns the constant of selu named "alpha" or "lambda". Any other
// name is an error.
func SELUConstant(name string) (float64, error) {
	switch name {
	case "alpha":
		return seluAlpha, nil
	case "lambda":
		return seluLambda, nil
	}
	return 0, fmt.Errorf("constant = %s, want alpha or lambda", name)
}

func (f exponential) phi(z float64) float64 {
	if z >= 0 {
		return f.lambda * z
	}
	return f.lambda * f.alpha * math.Expm1(z/f.width)
}

// slope is the derivative on the left of 0.
func (f exponential) slope() float64 { return f.lambda * (f.alpha / f.width) }

func (f exponential) dphi(z float64) float64 {
	switch {
	case z > 0:
		return f.lambda
	case z == 0:
		return min(f.lambda, f.slope())
	}
	r := z / f.width
	value := f.slope() * math.Exp(r)
	if value == 0 {
		return 0
	}
	rest := -(math.FMA(r, f.width, -z) + r*f.rest) / f.width // z/width − r
	return value * (1 + rest)
}

func (f exponential) logAbs(z float64) float64 {
	switch {
	case z > 0:
		return math.Log(f.lambda)
	case z == 0:
		return math.Log(min(f.lambda, f.slope()))
	}
	return math.Log(f.slope()) + z/f.width
}

func (f exponential) traits() traits {
	t := traits{
		sup: attained(f.lambda, 1), inf: limit(0, -inf),
		min: limit(-f.lambda*f.alpha, -inf), max: inf,
		left: exponentialTail(f.slope(), 0, 1/f.width), right: constantTail(f.lambda),
		kinks: []float64{0},
	}
	if f.slope() > f.lambda {
		t.sup = limit(f.slope(), 0)
	}
	return t
}
