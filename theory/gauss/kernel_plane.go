package gauss

import (
	"math"

	"gradchain/theory/activation"
)

// plane is E f(u)f(v) by quadrature over u of f(u)·E[f(v) | u], where v given u is
// N(cu, q(1−c²)), both by fixed rules; f is φ or φ′.
type plane struct {
	f      func(z float64) float64
	breaks []float64
	unit   float64
	sd     float64
}

// planeFinest is the smallest scale that the plane resolves, in standard deviations.
const planeFinest = 1e-30

func newPlane(a activation.Activation, f func(z float64) float64, q float64) plane {
	shape := featuresOf(a)
	return plane{f, shape.breaks, shape.unit, math.Sqrt(q)}
}

// value returns the expectation for |c| < 1.
func (p plane) value(c float64) float64 {
	sin := math.Sqrt((1 - c) * (1 + c))
	spread := p.sd * sin
	var sum float64
	var inner []point
	for _, x := range rule(nil, p.ends(c, sin)) {
		center := c * p.sd * x.u
		inner = p.conditionalRule(inner[:0], center, spread)
		var mean float64
		for _, y := range inner {
			mean += y.weight * p.f(center+spread*y.u)
		}
		sum += x.weight * p.f(p.sd*x.u) * mean
	}
	return sum
}

// ends returns the ends of the outer panels: those of the Gaussian, the scales of f, and
// around the images of its breaks the width over which the conditional mean smooths them.
func (p plane) ends(c, sin float64) []float64 {
	ends := []float64{-ruleEnd, -4, 0, 4, ruleEnd}
	add := func(u float64) {
		if math.Abs(u) < ruleEnd {
			ends = append(ends, u)
		}
	}
	for u := max(p.unit/p.sd, planeFinest); u < ruleEnd; u *= 4 {
		add(u)
		add(-u)
	}
	for _, z := range p.breaks {
		u := z / p.sd
		add(u)
		if math.Abs(c) > 0.5 {
			for _, width := range [3]float64{0, 3 * sin, ruleEnd * sin} {
				add((u - width) / c)
				add((u + width) / c)
			}
		}
	}
	return ascending(ends)
}

// conditionalRule appends a rule for y standard normal and f(center + spread·y).
func (p plane) conditionalRule(points []point, center, spread float64) []point {
	ends := []float64{-ruleEnd, -4, 0, 4, ruleEnd}
	add := func(z float64) {
		if y := (z - center) / spread; math.Abs(y) < ruleEnd {
			ends = append(ends, y)
		}
	}
	for _, z := range p.breaks {
		add(z)
	}
	for z := max(p.unit, planeFinest*spread); z < math.Abs(center)+ruleEnd*spread; z *= 4 {
		add(z)
		add(-z)
	}
	return rule(points, ends)
}
