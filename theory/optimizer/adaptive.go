package optimizer

import (
	"math"

	"gradchain/theory/internal/decimal"
	"gradchain/theory/internal/domain"
)

// AdamConstantGradientStep returns |Δ|/lr = |g|/(|g|+ε), the step of Adam in units of
// its learning rate under a constant gradient g; with the bias correction it is the
// same at every step (Kingma & Ba 2015). Domain: gradient ≠ 0, epsilon ≥ 0.
func AdamConstantGradientStep(gradient, epsilon float64) (float64, error) {
	if err := domain.First(
		domain.Check(gradient != 0 && !math.IsInf(gradient, 0) && !math.IsNaN(gradient), "gradient", gradient, "real and not 0"),
		domain.NonNegative("epsilon", epsilon),
	); err != nil {
		return 0, err
	}
	g := math.Abs(gradient)
	if g < epsilon { // no quotient overflows
		return g / epsilon / (1 + g/epsilon), nil
	}
	return 1 / (1 + epsilon/g), nil
}

// AdamMaxStep returns (1−β₁)/√(1−β₂), the step |Δ|/lr of Adam after one spike of the
// gradient that follows many zeros; with β₁ ≤ √β₂ it is the largest there is (Kingma &
// Ba 2015, sec. 2.1). Domain: 0 ≤ beta1 < 1, 0 ≤ beta2 < 1.
func AdamMaxStep(beta1, beta2 float64) (float64, error) {
	if err := domain.First(checkDecay("beta1", beta1), checkDecay("beta2", beta2)); err != nil {
		return 0, err
	}
	return decimal.Minus(1, beta1) / math.Sqrt(decimal.Minus(1, beta2)), nil
}

// RMSPropFirstStep returns 1/√(1−decay), the first step |Δ|/lr of RMSProp, which has no
// bias correction, at ε = 0 (Tieleman & Hinton 2012). Domain: 0 ≤ decay < 1.
func RMSPropFirstStep(decay float64) (float64, error) {
	if err := checkDecay("decay", decay); err != nil {
		return 0, err
	}
	return 1 / math.Sqrt(decimal.Minus(1, decay)), nil
}

func checkDecay(name string, x float64) error {
	return domain.Check(0 <= x && x < 1, name, x, ">= 0 and < 1")
}

// zetaHalf is ζ(½), mpmath 1.3, 30 digits.
const zetaHalf = -1.46035450880958681288949915252

// AdaGradTravel returns the total |Δ|/lr of AdaGrad after steps under a constant
// gradient, Σ i^(−½) over i ≤ steps (Duchi, Hazan & Singer 2011), about 2√steps − 1.46.
// From 30 terms up it is the Euler–Maclaurin sum
//
//	2√n + ζ(½) + n^(−½)/2 − n^(−3/2)/24 + n^(−7/2)/384 − n^(−11/2)/1024 + …
//
// whose first omitted term is 143·n^(−15/2)/163840. Domain: steps ≥ 1.
func AdaGradTravel(steps int) (float64, error) {
	if err := domain.Integer("steps", steps, 1); err != nil {
		return 0, err
	}
	if steps >= 30 {
		n := float64(steps)
		y := 1 / n / n
		return 2*math.Sqrt(n) + zetaHalf + (0.5-(1./24-(1./384-y/1024)*y)/n)/math.Sqrt(n), nil
	}
	sum := 0.0
	for i := steps; i > 0; i-- {
		sum += 1 / math.Sqrt(float64(i))
	}
	return sum, nil
}
