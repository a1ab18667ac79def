package optimizer

import (
	"math"
	"math/big"

	"gradchain/theory/internal/decimal"
	"gradchain/theory/internal/domain"
)

// GradientDescentRate returns (κ−1)/(κ+1), the factor per step on the error of
// gradient descent with the best step 2/(L+μ) (Polyak 1964; Nesterov 2004). Domain:
// conditionNumber > 1.
func GradientDescentRate(conditionNumber float64) (float64, error) {
	if err := checkCondition(conditionNumber); err != nil {
		return 0, err
	}
	return rate(decimal.Minus(conditionNumber, 1), conditionNumber), nil
}

// HeavyBallRate returns (√κ−1)/(√κ+1), the asymptotic factor per step of heavy ball
// with the best step and momentum (Polyak 1964). Domain: conditionNumber > 1.
func HeavyBallRate(conditionNumber float64) (float64, error) {
	if err := checkCondition(conditionNumber); err != nil {
		return 0, err
	}
	return rootRate(conditionNumber), nil
}

// HeavyBallMomentum returns the best momentum ((√κ−1)/(√κ+1))² of heavy ball (Polyak
// 1964). Domain: conditionNumber > 1.
func HeavyBallMomentum(conditionNumber float64) (float64, error) {
	r, err := HeavyBallRate(conditionNumber)
	return r * r, err
}

// GradientDescentSteps returns the smallest integer t with GradientDescentRate^t ≤
// tolerance. Domain: conditionNumber > 1, 0 < tolerance < 1.
func GradientDescentSteps(conditionNumber, tolerance float64) (float64, error) {
	if err := domain.First(checkCondition(conditionNumber), checkTolerance(tolerance)); err != nil {
		return 0, err
	}
	logRate := logRate(decimal.Minus(conditionNumber, 1), conditionNumber)
	return stepsTo(logRate, decimal.Value(conditionNumber), tolerance)
}

// HeavyBallSteps returns the smallest integer t with HeavyBallRate^t ≤ tolerance; the
// rate is asymptotic, so that the error itself may take a little longer. Domain:
// conditionNumber > 1, 0 < tolerance < 1.
func HeavyBallSteps(conditionNumber, tolerance float64) (float64, error) {
	if err := domain.First(checkCondition(conditionNumber), checkTolerance(tolerance)); err != nil {
		return 0, err
	}
	root := decimal.Value(conditionNumber)
	return stepsTo(logRootRate(conditionNumber), root.Sqrt(root), tolerance)
}

// ConjugateGradientMinimax returns 1/T_t((κ+1)/(κ−1)) = 2r^t/(1+r^(2t)), with r the
// HeavyBallRate and T_t the Chebyshev polynomial: the least factor on the error after
// t steps of a Krylov method in the worst case (Saad 2003, sec. 6.11). Domain:
// conditionNumber > 1, steps ≥ 0.
func ConjugateGradientMinimax(conditionNumber float64, steps int) (float64, error) {
	p, err := rootPower(conditionNumber, steps)
	return 2 * p / (1 + p*p), err
}

// ConjugateGradientBound returns the usual bound 2r^t ≥ ConjugateGradientMinimax, in
// the same domain.
func ConjugateGradientBound(conditionNumber float64, steps int) (float64, error) {
	p, err := rootPower(conditionNumber, steps)
	return 2 * p, err
}

// rootPower returns r^t for r the HeavyBallRate.
func rootPower(conditionNumber float64, steps int) (float64, error) {
	if err := domain.First(checkCondition(conditionNumber), domain.Integer("steps", steps, 0)); err != nil {
		return 0, err
	}
	if steps == 0 {
		return 1, nil
	}
	return math.Exp(float64(steps) * logRootRate(conditionNumber)), nil
}

func checkCondition(conditionNumber float64) error {
	return domain.Check(conditionNumber > 1 && !math.IsInf(conditionNumber, 1), "condition_number", conditionNumber, "> 1")
}

func checkTolerance(tolerance float64) error {
	return domain.Check(0 < tolerance && tolerance < 1, "tolerance", tolerance, "between 0 and 1")
}

// rate returns (x−1)/(x+1), and logRate its logarithm, from x−1 and x > 1.
func rate(above, x float64) float64 { return above / (x + 1) }

func logRate(above, x float64) float64 {
	if x < 3 {
		return math.Log(rate(above, x))
	}
	return -2 * math.Atanh(1/x)
}

// rootRate and logRootRate are those of x = √κ, with √κ − 1 = (κ−1)/(√κ+1).
func rootRate(conditionNumber float64) float64 { return rate(rootOf(conditionNumber)) }

func logRootRate(conditionNumber float64) float64 { return logRate(rootOf(conditionNumber)) }

func rootOf(conditionNumber float64) (above, x float64) {
	x = math.Sqrt(conditionNumber)
	return decimal.Minus(conditionNumber, 1) / (x + 1), x
}

// stepsTo returns the smallest t with r^t ≤ tolerance for r = (x−1)/(x+1), where
// logRate is log r. Where log tolerance/log r is next to an integer, the powers
// themselves are compared; n is taken one earlier if r^(n−1) is the tolerance to its
// rounding and no other power is.
func stepsTo(logRate float64, x *big.Float, tolerance float64) (float64, error) {
	t, err := domain.Result("number of steps", decimal.Log(tolerance)/logRate)
	if err != nil {
		return 0, err
	}
	n := max(1, math.Ceil(t))
	if math.Abs(t-math.Round(t)) > 1e-9*n || n > 1<<53 {
		return n, nil
	}
	one := big.NewFloat(1)
	r := new(big.Float).SetPrec(decimal.Precision).Sub(x, one)
	r.Quo(r, new(big.Float).SetPrec(decimal.Precision).Add(x, one))
	reaches := func(n float64, allowed *big.Float) bool { return decimal.Power(r, int(n)).Cmp(allowed) <= 0 }
	exact := decimal.Value(tolerance)
	for !reaches(n, exact) {
		n++
	}
	for n > 1 && reaches(n-1, exact) {
		n--
	}
	rounded := new(big.Float).Mul(exact, big.NewFloat(1+0x1p-52))
	if n > 1 && reaches(n-1, rounded) && !reaches(n-2, rounded) {
		n--
	}
	return n, nil
}
