package gauss

import (
	"math"
	"slices"

	"gradchain/theory/activation"
	"gradchain/theory/internal/domain"
)

// over returns E f(z), with the breaks and the scale of the activation and of powers
// of φ′ up to the order.
func over(f func(z float64) float64, a activation.Activation, q, order float64) integral {
	breaks := a.Kinks()
	if a.Name() == "sin" { // the zeros of φ′
		for z := math.Pi / 2; z < end*math.Sqrt(q) && z < end; z += math.Pi {
			breaks = append(breaks, -z, z)
		}
	}
	for _, e := range []activation.Extremum{a.Sup(), a.Inf(), a.Minimum()} {
		if !math.IsInf(e.At, 0) { // the minimum of φ is the zero of φ′
			breaks = append(breaks, e.At)
		}
	}
	unit := 1.0
	if a.Name() == "celu" {
		unit = min(1, a.Args()[0])
	}
	return integral{f, q, unit / max(1, order), breaks}
}

func check(a activation.Activation, q float64) error {
	return domain.First(
		domain.Check(a.Name() != "", "activation", "the zero value", "from Parse"),
		domain.Positive("q", q),
	)
}

// closed returns a closed form, with its bound.
func closed(what string, value float64) (float64, float64, error) {
	return result(what, value, 16*ulp*math.Abs(value))
}

// subnormal bounds the rounding of integrands that are not normal numbers.
const subnormal = 0x1p-1060

// result passes a value that float64 holds.
func result(what string, value, bound float64) (float64, float64, error) {
	value, err := domain.Result(what, value)
	if err != nil {
		return 0, 0, err
	}
	return value, bound + subnormal, nil
}

// Mean returns E φ(z) for z ~ N(0, q), and a bound of its error; for odd φ, and for
// φ − 1/2 odd, exactly. It is an error unless q is positive and finite, or if no
// float64 holds the result. The same holds for the functions below.
//
// The mean is that of the even part of φ, which near 0 is much smaller than φ: it is
// computed without cancellation.
func Mean(a activation.Activation, q float64) (value, bound float64, err error) {
	if err := check(a, q); err != nil {
		return 0, 0, err
	}
	const what = "E φ"
	switch {
	case a.Odd():
		return 0, 0, nil
	case a.Name() == "sigmoid":
		return 0.5, 0, nil
	}
	if f, ok := closedForm(a); ok {
		return closed(what, f.mean(q))
	}
	even := over(evenPart(a), a, q, 1)
	for _, z := range slices.Clone(even.breaks) { // φ(−z) has its kinks at their mirror images
		even.breaks = append(even.breaks, -z)
	}
	value, bound = even.value()
	return result(what, value, bound)
}

// MeanSquare returns E φ(z)², and a bound of its error.
func MeanSquare(a activation.Activation, q float64) (value, bound float64, err error) {
	if err := check(a, q); err != nil {
		return 0, 0, err
	}
	const what = "E φ²"
	if f, ok := closedForm(a); ok {
		return closed(what, f.meanSquare(q))
	}
	value, bound = over(func(z float64) float64 {
		x := a.Phi(z)
		return x * x
	}, a, q, 1).value()
	return result(what, value, bound)
}

// Variance returns Var φ(z), and a bound of its error. It is relatively accurate where
// it is small, because it is that of φ(z) − φ(0), computed without cancellation.
func Variance(a activation.Activation, q float64) (value, bound float64, err error) {
	if err := check(a, q); err != nil {
		return 0, 0, err
	}
	const what = "Var φ"
	if f, ok := closedForm(a); ok {
		return closed(what, f.variance(q))
	}
	value, bound = over(increment(a), a, q, 1).variance()
	return result(what, value, bound)
}

// DerivativeMean returns E φ′(z), and a bound of its error. By Stein's identity that
// is E zφ(z)/q. For gelu, gelu_tanh, silu and hard_swish it is 1/2, because
// φ′(z) + φ′(−z) = 1.
func DerivativeMean(a activation.Activation, q float64) (value, bound float64, err error) {
	if err := check(a, q); err != nil {
		return 0, 0, err
	}
	switch a.Name() {
	case "gelu", "gelu_tanh", "silu", "hard_swish":
		return 0.5, 0, nil
	}
	const what = "E φ′"
	if f, ok := closedForm(a); ok {
		return closed(what, f.derivativeMean(q))
	}
	value, bound = over(a.DPhi, a, q, 1).value()
	return result(what, value, bound)
}

// DerivativeMoment returns E|φ′(z)|^order for order > 0, and a bound of its error. The
// order 2 is the integrand of χ₁ (Poole et al. 2016). Underflow gives 0.
func DerivativeMoment(a activation.Activation, q, order float64) (value, bound float64, err error) {
	if err := domain.First(check(a, q), domain.Positive("order", order)); err != nil {
		return 0, 0, err
	}
	const what = "E |φ′|^order"
	if f, ok := closedForm(a); ok {
		if value, ok := f.derivativeMoment(q, order); ok {
			return closed(what, value)
		}
	}
	if a.Name() == "sin" && q >= wrapFrom {
		value, bound = wrapped(func(m float64) float64 { return math.Pow(m, order) }, q)
	} else {
		value, bound = over(power(a, order), a, q, order).value()
	}
	return result(what, value, bound+4*ulp*order*value) // a power magnifies the error of φ′
}

// power returns |φ′|^order. Orders below 1 bring φ′ that underflows back.
func power(a activation.Activation, order float64) func(z float64) float64 {
	switch {
	case order == 2:
		return func(z float64) float64 {
			x := a.DPhi(z)
			return x * x
		}
	case order < 1:
		return func(z float64) float64 { return math.Exp(order * a.LogAbsDPhi(z)) }
	}
	return func(z float64) float64 { return math.Pow(math.Abs(a.DPhi(z)), order) }
}

// checkLog is an error if log|φ′| is −Inf with positive probability.
func checkLog(a activation.Activation, q float64) error {
	if err := check(a, q); err != nil {
		return err
	}
	return domain.Check(!a.HasDeadZone(), "activation", a, "with φ′ = 0 at single points only")
}

// LogDerivativeMean returns E log|φ′(z)|, natural, and a bound of its error. It is an
// error also if φ′ = 0 on a set of positive measure, where it would be −∞.
func LogDerivativeMean(a activation.Activation, q float64) (value, bound float64, err error) {
	if err := checkLog(a, q); err != nil {
		return 0, 0, err
	}
	const what = "E log|φ′|"
	if f, ok := closedForm(a); ok {
		if value, _, ok := f.logDerivative(q); ok {
			return closed(what, value)
		}
	}
	if a.Name() == "sin" && q >= wrapFrom {
		value, bound = wrapped(math.Log, q)
	} else {
		value, bound = over(a.LogAbsDPhi, a, q, 1).value()
	}
	return result(what, value, bound)
}

// LogDerivativeVariance returns Var log|φ′(z)|, and a bound of its error, with the
// domain of LogDerivativeMean. It is relatively accurate where it is small, like
// Variance.
func LogDerivativeVariance(a activation.Activation, q float64) (value, bound float64, err error) {
	if err := checkLog(a, q); err != nil {
		return 0, 0, err
	}
	const what = "Var log|φ′|"
	if f, ok := closedForm(a); ok {
		if _, value, ok := f.logDerivative(q); ok {
			return closed(what, value)
		}
	}
	if a.Name() == "sin" && q >= wrapFrom {
		value, bound = wrappedLogVariance(q)
	} else {
		value, bound = over(logIncrement(a), a, q, 1).variance()
	}
	return result(what, value, bound)
}
