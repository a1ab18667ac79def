package deviation

import (
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/gonum/integrate/quad"

	"gradchain/theory/internal/decimal"
	"gradchain/theory/internal/domain"
	"gradchain/theory/law"
)

// MomentExponent returns Λ(order) = log E|w|^order = (1/L) log E|P_L|^order. Domain: E|w|^order
// finite, order above −1 (any for rademacher, lognormal and constant) and below the tail
// index; w is not truncated_normal nor a normal law of mean ≠ 0.
//
// Special cases are:
//
//	MomentExponent(w, 0) = 0
func MomentExponent(w law.Law, order float64) (float64, error) {
	if err := checkWeight(w); err != nil {
		return 0, err
	}
	value, err := w.LogAbsMoment(order)
	if err != nil {
		return 0, err
	}
	rest, _, _ := w.OrderRest(order)
	return value + rest, nil
}

// MomentExponentSlope returns Λ′(order): the growth rate (1/L) log|P_L| of the paths that
// carry the moment E|P_L|^order. Domain as MomentExponent.
func MomentExponentSlope(w law.Law, order float64) (float64, error) {
	if err := checkWeight(w); err != nil {
		return 0, err
	}
	value, err := w.LogMomentSlope(order)
	if err != nil {
		return 0, err
	}
	_, rest, _ := w.OrderRest(order)
	return value + rest, nil
}

// MomentExponentCurvature returns Λ″(order), the variance of log|w| on those paths. Domain
// as MomentExponent.
func MomentExponentCurvature(w law.Law, order float64) (float64, error) {
	if err := checkWeight(w); err != nil {
		return 0, err
	}
	value, err := w.LogMomentCurvature(order)
	if err != nil {
		return 0, err
	}
	_, _, rest := w.OrderRest(order)
	return value + rest, nil
}

// CriticalLogSamples returns n_c = order·Λ′(order) − Λ(order), which is I(Λ′(order)): the log
// sample size per layer below which a plain mean of |P_L|^order is typically low, because
// the paths that carry the moment have probability e^(−L·n_c) (derived; Derrida 1981 for
// the random-energy model). It does not depend on the scale of w. Domain as MomentExponent.
//
// Special cases are:
//
//	CriticalLogSamples(w, 0) = 0
//	CriticalLogSamples(w, order) = 0 for constant |w|
//	CriticalLogSamples(w, order) = −log P(w ≠ 0) + that of the law given w ≠ 0, order > 0
func CriticalLogSamples(w law.Law, order float64) (float64, error) {
	if err := checkWeight(w); err != nil {
		return 0, err
	}
	if err := checkOrder(w, order); err != nil {
		return 0, err
	}
	unit, _ := standard(w.NonZero())
	_, slope, _ := w.OrderRest(order)
	return domain.Result("critical log sample size", legendre(unit, order)+order*slope-logAlive(w))
}

// checkWeight is an error for the laws whose moments are long sums, and for the zero Law.
func checkWeight(w law.Law) error {
	if w.Name() == mixtureName {
		return checkParts(w)
	}
	return checkSimple(w)
}

func checkSimple(w law.Law) error {
	summed := w.Name() == "" || w.Name() == "truncated_normal" || w.Name() == "normal" && !w.Symmetric()
	return domain.Check(!summed, "weight", w, "other than truncated_normal and normal of mean != 0")
}

func checkOrder(w law.Law, order float64) error {
	lo, hi := w.Orders()
	return domain.Check(lo < order && order < hi, "order", order, fmt.Sprintf("above %g and below %g for %v", lo, hi, w))
}

// standard returns the law of |w|/scale of scale 1, and log scale: of lognormal with mu = 0,
// and mu.
func standard(w law.Law) (unit law.Law, logScale float64) {
	args := w.Args()
	switch w.Name() {
	case "student_t", mixtureName:
		return w, 0
	case "lognormal":
		args[0], logScale = 0, args[0]
	default:
		args[0], logScale = 1, decimal.Log(math.Abs(args[0]))
	}
	texts := make([]string, len(args))
	for i, x := range args {
		texts[i] = fmt.Sprint(x)
	}
	return law.MustParse(w.Name() + "(" + strings.Join(texts, ",") + ")"), logScale
}

// legendre returns qΛ′(q) − Λ(q) for a q inside the domain, for small q as q²∫₀¹ sΛ″(qs) ds
// by the Gauss–Legendre rule: Λ″ is analytic up to the ends of the domain, which are at
// least 1/0.3 times as far away, so that 14 nodes leave less than 1e-15.
func legendre(w law.Law, q float64) float64 {
	if w.Name() == "lognormal" {
		scaled := q * w.Args()[1]
		return scaled * scaled / 2
	}
	if w.Name() == mixtureName {
		return sum{}.add(term{w, 1}).legendre(q)
	}
	lo, hi := w.Orders()
	if math.Abs(q) <= 0.3*min(-lo, hi, 1) {
		return q * q * quad.Fixed(func(s float64) float64 { return s * curvature(w, q*s) }, 0, 1, 14, quad.Legendre{}, 0)
	}
	return q*slope(w, q) - cumulant(w, q)
}

// cumulant, slope and curvature are Λ, Λ′ and Λ″ at an order inside the domain.
func cumulant(w law.Law, q float64) float64  { return inside(w.LogAbsMoment(q)) }
func slope(w law.Law, q float64) float64     { return inside(w.LogMomentSlope(q)) }
func curvature(w law.Law, q float64) float64 { return inside(w.LogMomentCurvature(q)) }

// inside passes a value, and +Inf where it overflowed.
func inside(value float64, err error) float64 {
	if err != nil {
		return math.Inf(1)
	}
	return value
}
