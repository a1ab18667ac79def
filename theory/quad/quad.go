// Package quad integrates functions of one variable adaptively and returns a
// bound of the error with every value.
//
// The method is globally adaptive bisection with the 10-point Gauss and 21-point
// Kronrod rules (Piessens, de Doncker-Kapenga, Überhuber, Kahaner, QUADPACK,
// 1983). The bound is the sum over the panels of the larger of two null rules, times
// a factor up to 12 the larger it is, plus the rounding of the sums. The null rules
// are the difference of the two rules and one orthogonal to it, because a single
// difference vanishes by chance (Berntsen & Espelid 1991). The bound exceeds the
// error of the returned Kronrod value by orders of magnitude where the integrand is
// smooth, and by a small factor next to a singularity at a break, down to |x|^−0.95.
package quad

import (
	"container/heap"
	"math"
)

const (
	ulp = 0x1p-52
	// maxPanels ends a refinement that makes no progress; the bound then says so.
	maxPanels = 4000
	// rounding bounds the error of a panel's sum, and of values of the integrand
	// that are good to a few ulp, relative to the sum of moduli.
	rounding = 25 * ulp
	// caution multiplies null rules that are not small. It is above the largest error
	// of |x|^p, p > −0.95, in units of the difference of the two rules.
	caution = 12
)

// Integrate returns ∫ f from the first of breaks to the last, and a bound of its
// error, aiming at relTol·|value|. It stops earlier, and the bound then says so,
// when rounding or the limit of 4000 panels allows no more than half of it.
//
// The breaks ascend strictly. They split the range where f has a kink, a jump or
// an integrable singularity, or changes scale; the first may be −Inf and the last
// +Inf. An infinite panel [a, ∞) is mapped by x = a + (1−s)/s, so f should vary
// on a scale not far from 1 there: put breaks where it decays. f is not evaluated
// at a break unless rounding makes a node coincide with it. A singularity at
// a ≠ 0 is resolved down to |x−a| = 1e-12·|a| only, which the bound includes; put
// an algebraic one at 0. A kink or a jump that is no break costs time, and the bound
// may miss it where it stays between the last node and the end of a panel, 0.2 % of
// its length: for |x − c| on [0, 1] at 3 % of all c, where the value is good to 3e-6 whatever
// the tolerance. The bound leaves out that the nodes are rounded, an ulp of x, which shows
// if f changes on a scale far below |x|.
//
// Special cases are:
//
//	Integrate returns NaN, +Inf if f is NaN or infinite at a node
//	Integrate panics unless there are two breaks or more, ascending strictly
func Integrate(f func(x float64) float64, breaks []float64, relTol float64) (value, bound float64) {
	panels := panelHeap(cover(f, breaks))
	heap.Init(&panels)
	for {
		value, bound, gain := panels.total()
		switch {
		case math.IsNaN(value) || math.IsInf(value, 0) || math.IsNaN(bound):
			return math.NaN(), math.Inf(1)
		case bound <= relTol*math.Abs(value) || gain <= bound/2 || len(panels) >= maxPanels:
			return value, bound
		}
		left, right := panels[0].halves()
		panels[0] = left
		heap.Fix(&panels, 0)
		heap.Push(&panels, right)
	}
}

// cover returns the first panels: one for each interval between breaks, two for
// the whole line.
func cover(f func(x float64) float64, breaks []float64) []panel {
	if len(breaks) < 2 {
		panic("quad: fewer than two breaks")
	}
	var panels []panel
	for i, lo := range breaks[:len(breaks)-1] {
		hi := breaks[i+1]
		switch {
		case !(lo < hi):
			panic("quad: breaks do not ascend")
		case math.IsInf(lo, -1) && math.IsInf(hi, 1):
			panels = append(panels, newPanel(above(f, 0), 0, 1), newPanel(below(f, 0), 0, 1))
		case math.IsInf(hi, 1):
			panels = append(panels, newPanel(above(f, lo), 0, 1))
		case math.IsInf(lo, -1):
			panels = append(panels, newPanel(below(f, hi), 0, 1))
		default:
			panels = append(panels, newPanel(f, lo, hi))
		}
	}
	return panels
}

// above and below return the integrands over s in (0, 1) that stand for ∫ f from
// a to ∞, and from −∞ to a.
func above(f func(x float64) float64, a float64) func(s float64) float64 {
	return func(s float64) float64 { return f(a+(1-s)/s) / s / s }
}

func below(f func(x float64) float64, a float64) func(s float64) float64 {
	return func(s float64) float64 { return f(a-(1-s)/s) / s / s }
}
