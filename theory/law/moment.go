package law

import (
	"fmt"
	"math"

	"gradchain/theory/internal/decimal"
)

// LogAbsMoment returns Λ(order) = log E|w|^order, the moment exponent of a product of
// such weights. It is an error if E|w|^order is infinite: order must be above −1
// (any order for rademacher, constant and lognormal; not below 0 with an atom at 0) and
// below the tail index (nu for student_t, 1 for cauchy).
//
// Special cases are:
//
//	LogAbsMoment(0) = 0
func (l Law) LogAbsMoment(order float64) (float64, error) {
	if order == 0 {
		return 0, nil
	}
	if err := l.checkOrder(order); err != nil {
		return 0, err
	}
	return l.finite("log E|w|^order", order, l.family.cumulant(order))
}

// AbsMoment returns E|w|^order, in the same domain; it is also an error if the moment
// is finite but above the largest float64. It underflows to 0.
func (l Law) AbsMoment(order float64) (float64, error) {
	log, err := l.LogAbsMoment(order)
	if err != nil {
		return 0, err
	}
	return l.finite("E|w|^order", order, math.Exp(log))
}

// LogMomentSlope returns Λ′(order), the mean of log|w| under the law tilted by
// |w|^order: the growth rate of the paths that carry the moment. Domain as
// LogAbsMoment.
func (l Law) LogMomentSlope(order float64) (float64, error) {
	if err := l.checkOrder(order); err != nil {
		return 0, err
	}
	return l.finite("slope of log E|w|^order", order, l.family.slope(order))
}

// LogMomentCurvature returns Λ″(order), the variance of log|w| under the law tilted
// by |w|^order. Domain as LogAbsMoment.
func (l Law) LogMomentCurvature(order float64) (float64, error) {
	if err := l.checkOrder(order); err != nil {
		return 0, err
	}
	return l.finite("curvature of log E|w|^order", order, l.family.curvature(order))
}

// Orders returns the open interval of orders for which E|w|^order is finite.
func (l Law) Orders() (lo, hi float64) { return l.family.orders() }

// OrderRest returns what Λ, Λ′ and Λ″ gain at the number that the decimal text of the order
// denotes over the float64. It counts next to an end of Orders, where the moment has a simple
// pole: the float64 of -0.9999999999 is off by 8e-8 of its distance to -1. The pole carries
// the share −Λ′·distance of the moment, and what it leaves varies too slowly to count; Λ′ and
// Λ″ take the share as 1, which is not so for normal(mu, sigma) of large mu/sigma.
func (l Law) OrderRest(order float64) (cumulant, slope, curvature float64) {
	lo, hi := l.Orders()
	rest, distance := decimal.Rest(order), order-lo
	if hi-order < distance {
		distance = order - hi - decimal.Rest(hi)
	}
	if rest == 0 || math.IsInf(distance, 0) || lo == 0 { // an atom at 0 makes no pole
		return 0, 0, 0
	}
	moved := distance + rest
	share := -l.family.slope(order) * distance
	cumulant = math.Log1p(-share * rest / moved)
	return cumulant, rest / (distance * moved), -rest * (distance + moved) / (distance * distance * moved * moved)
}

func (l Law) checkOrder(order float64) error {
	lo, hi := l.Orders()
	if lo < order && order < hi {
		return nil
	}
	domain := "a finite order"
	switch {
	case !math.IsInf(hi, 1):
		domain = fmt.Sprintf("%g < order < %g", lo, hi)
	case !math.IsInf(lo, -1):
		domain = fmt.Sprintf("order > %g", lo)
	}
	return fmt.Errorf("order = %g: E|w|^order of %v needs %s", order, l, domain)
}

// finite passes a result that is a number, and reports one that overflowed.
func (l Law) finite(what string, order, value float64) (float64, error) {
	if math.IsNaN(value) || math.IsInf(value, 0) {
		return 0, fmt.Errorf("order = %g: %s of %v is out of the range of float64", order, what, l)
	}
	return value, nil
}

// LogMean returns E log|w|, natural: the Lyapunov exponent of a product of such
// weights. It is −∞ with an atom at 0 (Zero), else finite.
func (l Law) LogMean() float64 {
	if l.Zero() > 0 {
		return math.Inf(-1)
	}
	return l.family.slope(0)
}

// LogVariance returns Var log|w|. It is NaN, undefined, with an atom at 0, else finite.
func (l Law) LogVariance() float64 {
	if l.Zero() > 0 {
		return math.NaN()
	}
	return l.family.curvature(0)
}

// LogMellin returns log E|w|^s, the branch continuous in s and real on the real axis;
// at s = it it is the log characteristic function of log|w|. It is an error if the
// real part of s is outside Orders. For a mixture the branch may jump by 2πi where the
// transform is small.
func (l Law) LogMellin(s complex128) (complex128, error) {
	base, err := l.LogAbsMoment(real(s))
	if err != nil {
		return 0, err
	}
	return complex(base, 0) + l.family.characteristic(real(s), imag(s)), nil
}

// TiltedLogCharacteristic returns log E|w|^(theta+it) − log E|w|^theta, the log
// characteristic function at t of log|w| under the law tilted by |w|^theta,
// continuous in t and with a small relative error as t → 0. It panics if theta is
// outside Orders.
func (l Law) TiltedLogCharacteristic(theta, t float64) complex128 {
	if err := l.checkOrder(theta); err != nil {
		panic("law: " + err.Error())
	}
	return l.family.characteristic(theta, t)
}

// TiltedEnvelope returns a nonincreasing function of t ≥ 0 that bounds the modulus of
// the characteristic function whose logarithm TiltedLogCharacteristic returns, up to
// rounding. It panics if theta is outside Orders.
func (l Law) TiltedEnvelope(theta, t float64) float64 {
	if err := l.checkOrder(theta); err != nil {
		panic("law: " + err.Error())
	}
	if t == 0 {
		return 1
	}
	return min(1, l.family.envelope(theta, t))
}

// Mean returns E w. It is an error if that is undefined (cauchy, student_t with
// nu ≤ 1) or overflows.
func (l Law) Mean() (float64, error) { return l.existing("mean", l.family.mean()) }

// Variance returns Var w. It is an error if that is undefined or infinite (cauchy,
// student_t with nu ≤ 2) or overflows.
func (l Law) Variance() (float64, error) { return l.existing("variance", l.family.variance()) }

func (l Law) existing(what string, value float64) (float64, error) {
	switch {
	case math.IsNaN(value):
		return 0, fmt.Errorf("the %s of %v does not exist", what, l)
	case math.IsInf(value, 0):
		return 0, fmt.Errorf("the %s of %v is infinite or above the largest float64", what, l)
	}
	return value, nil
}
