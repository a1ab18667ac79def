package chain

import (
	"fmt"
	"math"

	"gradchain/theory/activation"
	"gradchain/theory/internal/domain"
	"gradchain/theory/law"
)

// Factor is one factor X = w·φ′(z) of a width-1 chain, w and z independent.
//
// The zero Activation means linear. The zero PreActivation means that the law of z
// does not matter: that is so for linear, and for relu and leaky_relu, where it
// stands for any z that is positive and negative with probability ½ each. With any
// other activation it is an error.
type Factor struct {
	Weight        law.Law
	Activation    activation.Activation
	PreActivation law.Law
}

// LogAbsMoment returns log E|X|^order, relatively accurate to 1e-10 or better. The
// weight must have that moment (law.Law.LogAbsMoment); a dead zone or an atom needs order > 0,
// and an activation whose derivative takes more than two values order ≥ 0.
//
// Special cases are:
//
//	LogAbsMoment(0) = 0, without a dead zone
func (f Factor) LogAbsMoment(order float64) (float64, error) {
	d, err := f.derivative()
	if err != nil {
		return 0, err
	}
	weight, err := f.Weight.LogAbsMoment(order)
	if err != nil {
		return 0, err
	}
	slope, err := d.logMoment(order)
	if err != nil {
		return 0, err
	}
	return domain.Result("log E|X|^order", weight+slope)
}

// AbsMoment returns E|X|^order, in the domain of LogAbsMoment. It is also an error if
// it is above the largest float64; it underflows to 0.
func (f Factor) AbsMoment(order float64) (float64, error) {
	log, err := f.LogAbsMoment(order)
	if err != nil {
		return 0, err
	}
	return domain.Result("E|X|^order", math.Exp(log))
}

// Lyapunov returns the Lyapunov exponent E log|X|, natural, per layer: log|P_L|/L tends
// to it almost surely (strong law of large numbers). It is an error where it is −∞:
// if X = 0 has positive probability, by a dead zone or an atom of the weight, and for a saturating activation under a
// pre-activation with too heavy a tail.
func (f Factor) Lyapunov() (float64, error) {
	mean, _, err := f.logMoments(1)
	return mean, err
}

// LogVariance returns Var log|X|, in the domain of Lyapunov; with a saturating
// activation the pre-activation needs twice the moments.
func (f Factor) LogVariance() (float64, error) {
	_, variance, err := f.logMoments(2)
	return variance, err
}

// logMoments returns the mean of log|X|, and for degree 2 its variance.
func (f Factor) logMoments(degree int) (mean, variance float64, err error) {
	d, err := f.derivative()
	if err != nil {
		return 0, 0, err
	}
	if p := d.weight.dead; p > 0 {
		return 0, 0, fmt.Errorf("weight = %v: E log|X| is -Inf, since w = 0 with probability %.4g; "+
			"want a law without an atom at 0", f.Weight, p)
	}
	if d.dies() {
		return 0, 0, fmt.Errorf("activation = %v: E log|X| is -Inf, since φ′(z) = 0 with probability %.4g; "+
			"want an activation without a dead zone", f.Activation, d.dead)
	}
	mean, variance, err = d.logMoments(degree)
	return mean + f.Weight.LogMean(), variance + f.Weight.LogVariance(), err
}

// AliveProbability returns P(X ≠ 0), the probability that z is not in a dead zone of φ, ½
// for relu, erf(1/√(2q)) for hard_tanh under N(0,q), times that of w ≠ 0.
func (f Factor) AliveProbability() (float64, error) {
	d, err := f.derivative()
	return d.alive * d.weight.alive, err
}

// CriticalScaleLyapunov returns the factor s on the weight for which E log|sX| = 0, in
// the domain of Lyapunov. At that scale the typical product neither grows nor decays.
// CriticalScaleMeanSquare ≤ CriticalScaleAbsMean ≤ CriticalScaleLyapunov, with equality
// exactly if |X| is constant (Jensen).
func (f Factor) CriticalScaleLyapunov() (float64, error) {
	mean, err := f.Lyapunov()
	if err != nil {
		return 0, err
	}
	return domain.Result("critical scale", math.Exp(-mean))
}

// CriticalScaleAbsMean returns the factor s on the weight for which E|sX| = 1. E|w| must
// be finite.
func (f Factor) CriticalScaleAbsMean() (float64, error) { return f.criticalScale(1) }

// CriticalScaleMeanSquare returns the factor s on the weight for which E(sX)² = 1, the
// rule of Glorot & Bengio 2010 and He et al. 2015. E w² must be finite.
func (f Factor) CriticalScaleMeanSquare() (float64, error) { return f.criticalScale(2) }

func (f Factor) criticalScale(order float64) (float64, error) {
	log, err := f.LogAbsMoment(order)
	if err != nil {
		return 0, err
	}
	return domain.Result("critical scale", math.Exp(-log/order))
}
