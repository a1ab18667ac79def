package product

import (
	"math"

	"gradchain/theory/activation"
	"gradchain/theory/internal/domain"
	"gradchain/theory/special"
)

// LogSquaredNormMean returns E log‖Jv‖² over depth layers at the critical weight_var
// (1 for linear, 2 for relu); for relu given that each layer has an active unit. Per
// layer that is ψ(n/2) − log(n/2) for linear, and for relu
//
//	E[ψ(B/2) + log(4/n) | B ≥ 1],  B ~ Bin(n, ½),
//
// about −5/(2n) (Hanin & Nica 2020 to leading order; derived). Domain: a is linear or
// relu, width ≥ 1, depth ≥ 1.
func LogSquaredNormMean(a activation.Activation, width, depth int) (float64, error) {
	mean, _, err := logSquaredNorm(a, width, depth)
	return mean, err
}

// LogSquaredNormVariance returns Var log‖Jv‖², in the setting of LogSquaredNormMean:
// per layer ψ′(n/2) for linear, and E ψ′(B/2) + Var ψ(B/2) given B ≥ 1 for relu, about
// 5/n (Hanin & Nica 2020 to leading order; derived).
func LogSquaredNormVariance(a activation.Activation, width, depth int) (float64, error) {
	_, variance, err := logSquaredNorm(a, width, depth)
	return variance, err
}

// ExceedanceNormalApproximation returns P(‖Jv‖² > 1) as if log‖Jv‖² were normal with
// its exact mean and variance (the central limit of Hanin & Nica 2020), in the domain
// of LogSquaredNormMean.
func ExceedanceNormalApproximation(a activation.Activation, width, depth int) (float64, error) {
	mean, variance, err := logSquaredNorm(a, width, depth)
	if err != nil {
		return 0, err
	}
	return special.NormCDF(mean / math.Sqrt(variance)), nil
}

func logSquaredNorm(a activation.Activation, width, depth int) (mean, variance float64, err error) {
	if err := checkNetwork(a, width, depth); err != nil {
		return 0, 0, err
	}
	n := float64(width)
	mean, variance = digammaLessLog(n/2), special.Trigamma(n/2)
	if a.Name() == "relu" {
		mean, variance = logActive(n)
	}
	return float64(depth) * mean, float64(depth) * variance, nil
}

// logActive returns the mean and the variance of log((2/n)·χ²_B) given B ≥ 1. As B and
// n − B have the same law, log(2B/n) averages like ½ log(4B(n−B)/n²), which does not
// change sign.
func logActive(n float64) (mean, variance float64) {
	law := binomial{n}
	alive := -math.Expm1(-n * math.Ln2)
	mean = law.expect(1, func(u float64) float64 {
		if u == n {
			return digammaLessLog(n/2) + math.Ln2
		}
		return digammaLessLog((n+u)/4) + math.Log1p(-u/n*u/n)/2
	}) / alive
	variance = law.expect(1, func(u float64) float64 {
		distance := digammaLessLog((n+u)/4) + math.Log1p(u/n) - mean
		return special.Trigamma((n+u)/4) + distance*distance
	}) / alive
	return mean, variance
}

// AliveProbability returns P(no layer has all units off) = (1 − 2^−n)^L of a ReLU
// network with zero biases and symmetric weights (derived). Domain: width ≥ 1,
// depth ≥ 1.
func AliveProbability(width, depth int) (float64, error) {
	if err := checkSize(width, depth); err != nil {
		return 0, err
	}
	return math.Exp(logAlive(width, depth)), nil
}

// DeadProbability returns 1 − AliveProbability, relatively accurate where that is
// tiny, in the same domain.
func DeadProbability(width, depth int) (float64, error) {
	if err := checkSize(width, depth); err != nil {
		return 0, err
	}
	if width > 120 { // L·2^−n, as the next term is below 2^−57 of it for L < 2^63
		return math.Ldexp(float64(depth), -width), nil
	}
	return -math.Expm1(logAlive(width, depth)), nil
}

func logAlive(width, depth int) float64 {
	return float64(depth) * math.Log1p(-math.Ldexp(1, -width))
}

func checkSize(width, depth int) error {
	return domain.First(domain.Integer("width", width, 1), domain.Integer("depth", depth, 1))
}
