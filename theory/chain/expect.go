package chain

import (
	"fmt"
	"math"
	"slices"

	"gradchain/theory/activation"
	"gradchain/theory/quad"
	"gradchain/theory/special"
)

// logMoment returns log E[|φ′(z)|^order; φ′(z) ≠ 0].
func (d derivative) logMoment(order float64) (float64, error) {
	if err := d.checkOrder(order); err != nil {
		return 0, err
	}
	start, relative := d.relative()
	if order == 0 && d.alive == 1 {
		return 0, nil
	}
	// E|φ′(z)/φ′(0)|^order − 1, relatively accurate where |φ′| is nearly constant
	excess, err := d.expectSigned(func(z float64) float64 { return math.Expm1(order * relative(z)) })
	if excess -= d.dead; err == nil && excess > -0.5 {
		return order*start + math.Log1p(excess), nil
	}
	moment, err := d.expect(func(z float64) float64 { return math.Exp(order * relative(z)) })
	if err != nil {
		return 0, fmt.Errorf("E|φ′(z)|^%g of activation = %v: %w", order, d.phi, err)
	}
	if moment <= 0 {
		return 0, fmt.Errorf("order = %g: E|φ′(z)|^order of activation = %v underflows", order, d.phi)
	}
	return order*start + math.Log(moment), nil
}

// checkOrder is an error where E|φ′(z)|^order is infinite or may be.
func (d derivative) checkOrder(order float64) error {
	switch {
	case d.alive < 1 && !(order > 0):
		return fmt.Errorf("order = %g: E|X|^order with activation = %v needs order > 0", order, d.phi)
	case d.values == nil && !(order >= 0):
		return fmt.Errorf("order = %g: E|X|^order with activation = %v needs order >= 0", order, d.phi)
	}
	return nil
}

// logMoments returns E D, and for degree 2 Var D, for D without mass at −∞.
func (d derivative) logMoments(degree int) (mean, variance float64, err error) {
	if err := d.checkTails(degree); err != nil {
		return 0, 0, err
	}
	start, relative := d.relative()
	center, err := d.expectSigned(relative)
	if err != nil {
		return 0, 0, fmt.Errorf("mean of log|φ′(z)| of activation = %v: %w", d.phi, err)
	}
	if degree < 2 {
		return start + center, 0, nil
	}
	variance, err = d.expect(func(z float64) float64 {
		delta := relative(z) - center
		return delta * delta
	})
	if err != nil {
		return 0, 0, fmt.Errorf("variance of log|φ′(z)| of activation = %v: %w", d.phi, err)
	}
	return start + center, variance, nil
}

// relative returns log|φ′(0)|, or 0 where that is infinite, and log|φ′(z)| less that as
// a function of z. Where φ′ is even and not 1 at 0, the difference of the two logarithms
// would lose all digits for small z.
func (d derivative) relative() (start float64, relative func(z float64) float64) {
	start = d.phi.LogAbsDPhi(0)
	switch {
	case math.IsInf(start, -1):
		return 0, d.phi.LogAbsDPhi
	case d.phi.Name() == "sigmoid":
		return start, func(z float64) float64 { return -2 * special.LogCosh(z/2) }
	case d.phi.Name() == "lecun_tanh":
		return start, func(z float64) float64 { return -2 * special.LogCosh(2*z/3) }
	case d.phi.Name() == "erf":
		return start, func(z float64) float64 { return -z * z }
	}
	return start, func(z float64) float64 { return d.phi.LogAbsDPhi(z) - start }
}

// checkTails is an error if E|D|^degree is infinite because z has too heavy a tail.
func (d derivative) checkTails(degree int) error {
	if d.values != nil {
		return nil
	}
	lo, hi := d.z.Support()
	_, top := d.z.Orders()
	for _, end := range []struct {
		sign int
		at   float64
	}{{-1, lo}, {1, hi}} {
		power := 0.0 // D ~ |z|^power
		switch d.phi.Tail(end.sign).Kind {
		case activation.Exponential:
			power = 1
		case activation.Gaussian:
			power = 2
		case activation.Cubic:
			power = 3
		}
		if need := power * float64(degree); math.IsInf(end.at, end.sign) && need > 0 && need >= top {
			return fmt.Errorf("preactivation = %v: E (log|φ′(z)|)^%d of activation = %v is infinite; "+
				"want a law with E|z|^%g finite", d.z, degree, d.phi, need)
		}
	}
	return nil
}

const (
	// expectTol is the relative error bound at which a quadrature stops, and
	// maxExpectTol the largest with which its value is returned. The bound of package
	// quad is far above the error.
	expectTol    = 1e-13
	maxExpectTol = 1e-9
)

// expect returns E[f(z); φ′(z) ≠ 0]. For d.values f must depend on φ′(z) only.
func (d derivative) expect(f func(z float64) float64) (float64, error) {
	if d.values != nil {
		sum := 0.0
		for _, v := range d.values {
			sum += v.mass * f(v.at)
		}
		return sum, nil
	}
	c := d.coordinate()
	value, bound := quad.Integrate(func(v float64) float64 {
		z, density := c.point(v), c.density(v)
		if density == 0 || math.IsInf(z, 0) || math.IsInf(d.phi.LogAbsDPhi(z), -1) {
			return 0
		}
		return f(z) * density
	}, c.breaks, max(expectTol, d.noise()))
	if math.IsNaN(value) || math.IsInf(value, 0) {
		return 0, fmt.Errorf("preactivation = %v is too wide for a quadrature over it; want a narrower law", d.z)
	}
	if !(bound <= max(maxExpectTol*math.Abs(value), 1e-300)) {
		return 0, fmt.Errorf("quadrature over preactivation = %v bounds the error of %.6g by %.3g only", d.z, value, bound)
	}
	return value, nil
}

// noise returns the relative rounding error of relative(z) at the quartile of z, capped.
func (d derivative) noise() float64 {
	start, relative := d.relative()
	if start == 0 || d.phi.Name() == "sigmoid" || d.phi.Name() == "lecun_tanh" || d.phi.Name() == "erf" {
		return 0
	}
	return min(0x1p-50/math.Abs(relative(d.z.Quantile(0.75))), 1e-10)
}

// expectSigned is expect for an f whose positive and negative parts may cancel. The error
// is relative to E|f|.
func (d derivative) expectSigned(f func(z float64) float64) (float64, error) {
	size, err := d.expect(func(z float64) float64 { return math.Abs(f(z)) })
	if err != nil || size == 0 {
		return 0, err
	}
	value, err := d.expect(func(z float64) float64 { return f(z) + 2*size })
	return value - 2*size*d.alive, err
}

// coordinate is a parameter v of the line, or of the half-line, on whose unit scale the
// law of z varies, with the density of v. The breaks ascend; a zero of φ′ that matters
// is at v = 0, where a quadrature resolves it best.
type coordinate struct {
	point, density func(v float64) float64
	breaks         []float64
}

// negligible is the probability of a tail in which no break is needed.
const negligible = 1e-30

func (d derivative) coordinate() coordinate {
	if d.folded() {
		return coordinate{
			point:   func(v float64) float64 { return math.Pi/2 - v },
			density: d.foldedDensity,
			breaks:  []float64{0, 0.5, math.Pi / 2},
		}
	}
	origin := d.z.Quantile(0.5)
	unit := d.z.Quantile(0.75) - origin
	lo, hi := d.z.Quantile(negligible), origin+unit
	for d.z.Survival(hi) > negligible {
		hi += hi - origin
	}
	var inside []float64
	for _, z := range d.breaks() {
		if lo < z && z < hi && d.z.PDF(z) > 0 {
			inside = append(inside, z)
		}
	}
	ladder := origin
	if zeros := d.zeros(); len(zeros) == 1 && slices.Contains(inside, zeros[0]) {
		origin = zeros[0]
	}
	c := coordinate{
		point:   func(v float64) float64 { return origin + unit*v },
		density: func(v float64) float64 { return d.z.PDF(origin+unit*v) * unit },
	}
	first, last := d.z.Support()
	for _, z := range slices.Concat(inside, d.z.Breaks()) {
		c.breaks = append(c.breaks, (z-origin)/unit)
	}
	for _, v := range []float64{-10, -4, -1, 1, 4, 10} {
		if z := ladder + unit*v; first < z && z < last {
			c.breaks = append(c.breaks, (z-origin)/unit)
		}
	}
	slices.Sort(c.breaks)
	c.breaks = slices.Compact(c.breaks)
	return c
}

// breaks returns the points where a quadrature over z should split: kinks and zeros of
// φ′, and the scales on which it changes.
func (d derivative) breaks() []float64 {
	breaks := append(d.phi.Kinks(), d.zeros()...)
	for _, x := range []float64{1, 4, 16, 64} {
		breaks = append(breaks, -x, x)
	}
	return append(breaks, 0)
}

// maxPeriods is the largest number of half periods of sin that are integrated over.
const maxPeriods = 200

// zeros returns the isolated zeros of φ′.
func (d derivative) zeros() []float64 {
	if d.phi.Name() != "sin" {
		if d.phi.Inf().Value < 0 && d.phi.Minimum().Attained {
			return []float64{d.phi.Minimum().At}
		}
		return nil
	}
	var zeros []float64
	for n := -maxPeriods / 2; n < maxPeriods/2; n++ {
		zeros = append(zeros, (float64(n)+0.5)*math.Pi)
	}
	return zeros
}

// folded reports whether z is taken modulo π: for sin under a centred normal law, unless
// that is so narrow that the nearest zero of cos has density below 1e-10.
func (d derivative) folded() bool {
	return d.phi.Name() == "sin" && d.z.Name() == "normal" && d.z.Symmetric() && d.z.Args()[0] > 0.25
}

// foldedDensity is the density on (0, π/2) of the distance v from z to the nearest zero
// of cos, where |cos z| = sin v: the Poisson sum of the normal density,
// (2/π)(1 + 2Σ(−1)^k e^(−2k²q) cos 2kv).
func (d derivative) foldedDensity(v float64) float64 {
	q := d.z.Args()[0] * d.z.Args()[0]
	sum, sign := 1.0, -1.0
	for k := 1.0; 2*k*k*q < 40; k++ {
		sum += 2 * sign * math.Exp(-2*k*k*q) * math.Cos(2*k*v)
		sign = -sign
	}
	return 2 / math.Pi * sum
}
