// Package gauss has expectations E f(z) over a centred Gaussian pre-activation
// z ~ N(0, q), and those of an activation φ: mean, mean square and variance of φ,
// moments of φ′, mean and variance of log|φ′|. These come with a bound of their error.
// Moments and Kernel, made for maps that are iterated, do not: their rules are fixed, and
// the tests compare them with the bounded values and with a second route.
//
// Values are closed forms where there are good ones and adaptive quadrature
// (package quad) elsewhere. Gauss–Hermite rules of a fixed order are no substitute:
// they are off by 0.05 for E log|z| at 256 nodes, and miss φ altogether where it
// lives on the scale 1 and z on the scale √q = 1000.
//
// Values are good to 1e-12 relatively for 1e-150 ≤ q ≤ 1e150, next to a zero of the
// quantity absolutely in units of E|f|; the bound says more. A bound takes φ, φ′ and
// log|φ′| as correct to a few units in the last place. A result above 1e304 may count
// as out of the range of float64, because the integrand is.
package gauss

import (
	"math"
	"slices"

	"gradchain/theory/quad"
	"gradchain/theory/special"
)

const (
	ulp = 0x1p-52
	// target is the relative error that the quadrature aims at.
	target = 1e-13
	// end is the number of standard deviations beyond which the density is 0 in
	// float64.
	end = 39
)

// Expect returns E f(z) for z ~ N(0, q), and a bound of its error. The breaks, in any
// order, are points where f has a kink, a jump or an integrable singularity. Between
// them f may vary on the scales 1 and √q and on those in between, and with any
// power of |z|; f that lives on a smaller scale or far from 0 needs breaks there.
//
// The integral ends at 39 standard deviations, so f should grow more slowly than
// e^(z²/2q), and not be larger than about e^(30|z|/√q).
//
// Special cases are:
//
//	Expect returns NaN, +Inf if f is NaN or infinite at a node
//	Expect panics unless q is positive and finite, and if a break is NaN
func Expect(f func(z float64) float64, q float64, breaks ...float64) (value, bound float64) {
	if !(q > 0) || math.IsInf(q, 1) {
		panic("gauss: q is not a positive number")
	}
	return integral{f, q, 1, breaks}.value()
}

// integral is E f(z) for z ~ N(0, q), where f varies on the scale unit near 0.
type integral struct {
	f       func(z float64) float64
	q, unit float64
	breaks  []float64
}

func (i integral) value() (value, bound float64) {
	sd := math.Sqrt(i.q)
	return quad.Integrate(func(u float64) float64 {
		density := special.NormPDF(u)
		if density == 0 {
			return 0
		}
		return i.f(sd*u) * density
	}, i.panels(sd), target)
}

// panels returns the ends of the first panels in units of the standard deviation:
// those of the Gaussian, then a ladder from 1 down to the unit of f, and the breaks.
func (i integral) panels(sd float64) []float64 {
	ends := []float64{-end, -12, -6, -3, 0, 3, 6, 12, end}
	for u := 1.0; ; u /= 4 {
		ends = append(ends, -u, u)
		if !(u*sd > i.unit/4) {
			break
		}
	}
	for _, z := range i.breaks {
		if math.IsNaN(z) {
			panic("gauss: break is NaN")
		}
		if u := z / sd; math.Abs(u) < end {
			ends = append(ends, u)
		}
	}
	slices.Sort(ends)
	return slices.Compact(ends)
}

// variance returns the variance of f, without the cancellation of E f² − (E f)²: an
// error of the mean counts by its square. The last term of the bound is the rounding
// of f itself.
func (i integral) variance() (value, bound float64) {
	mean, slack := i.value()
	f := i.f
	i.f = func(z float64) float64 {
		d := f(z) - mean
		return d * d
	}
	value, bound = i.value()
	return value, bound + slack*slack + 8*ulp*math.Sqrt(value)*math.Hypot(math.Sqrt(value), mean)
}
