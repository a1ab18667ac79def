package gauss

import (
	"math"
	"slices"

	"gradchain/theory/activation"
	"gradchain/theory/quad"
)

// legendreOrder is the number of nodes of a panel of the fixed rule.
const legendreOrder = 20

// legendre holds the positive half of the rule, from the largest node down.
var legendre = func() (half [legendreOrder / 2]point) {
	nodes, weights := quad.Legendre(legendreOrder)
	for i := range half {
		half[i] = point{nodes[legendreOrder-1-i], weights[legendreOrder-1-i]}
	}
	return half
}()

// point is a node and its weight.
type point struct{ u, weight float64 }

// ruleEnd is where a rule for functions of polynomial growth ends, in standard
// deviations.
const ruleEnd = 9.5

// finest is the smallest scale that a rule resolves, in standard deviations.
const finest = 1e-150

// appendPanel appends the points of the panel [lo, hi], times the standard normal
// density.
func appendPanel(points []point, lo, hi float64) []point {
	center, half := lo/2+hi/2, hi/2-lo/2
	for _, p := range legendre {
		for _, u := range [2]float64{center - half*p.u, center + half*p.u} {
			points = append(points, point{u, half * p.weight * math.Exp(-u*u/2) / math.Sqrt(2*math.Pi)})
		}
	}
	return points
}

// halfRule appends a rule for the positive half of a standard normal u and functions of
// sd·u with those features.
func halfRule(points []point, sd float64, f features) []point {
	var space [64]float64
	ends := append(space[:0], 0, 4, ruleEnd)
	for u := max(f.unit/sd, finest); u < ruleEnd; u *= 3 {
		ends = append(ends, u)
		if u*sd > f.reach {
			break
		}
	}
	for _, z := range f.breaks {
		if u := math.Abs(z) / sd; 0 < u && u < ruleEnd {
			ends = append(ends, u)
		}
	}
	return rule(points, ends)
}

// rule appends the points of the panels between the ends, in any order.
func rule(points []point, ends []float64) []point {
	ends = ascending(ends)
	points = slices.Grow(points, legendreOrder*len(ends))
	for i, hi := range ends[1:] {
		points = appendPanel(points, ends[i], hi)
	}
	return points
}

// ascending sorts and drops what comes twice.
func ascending(ends []float64) []float64 {
	slices.Sort(ends)
	return slices.Compact(ends)
}

// features are those of φ that a rule follows: it is analytic between the breaks, varies on
// the scale unit at 0 and beyond on the scale of |z|, and is its asymptote to rounding
// beyond reach.
type features struct {
	breaks      []float64
	unit, reach float64
}

// featuresOf returns those of φ. The poles of gelu_tanh come near the real axis.
func featuresOf(a activation.Activation) features {
	const vanished = 40 // e^−40 is below the rounding error
	f := features{a.Kinks(), 1, vanished}
	switch a.Name() {
	case "celu":
		f.unit, f.reach = min(1, a.Args()[0]), vanished*max(1, a.Args()[0])
	case "gelu_tanh":
		f.breaks = append(f.breaks, 2, 4, 6)
	case "softsign", "arctan", "sin": // no exponential approach
		f.reach = math.Inf(1)
	}
	return f
}
