package chain

import (
	"math"
	"slices"
	"sort"

	"gradchain/theory/law"
)

// closedMixture is closed for a mixture that is no constant |w|: at depth 1 the sum over its
// parts, and at any depth the multinomial law where all parts are points.
func (p Product) closedMixture(d derivative) (closedForm, float64) {
	if len(d.values) == 0 || len(d.values) > 2 {
		return nil, 0
	}
	w := p.Factor.Weight
	if steps, ok := pointSteps(w, d); ok {
		if len(steps) <= 2 {
			return newLattice(derivative{values: steps}, p.Depth, 0), closedBound
		}
		if s, ok := newScatter(steps, p.Depth); ok {
			factorial, _ := math.Lgamma(float64(p.Depth) + 1)
			return s, closedBound + 0x1p-48*factorial
		}
		return nil, 0
	}
	if p.Depth > 1 {
		return nil, 0
	}
	var b blend
	steepest := 0.0
	for _, part := range w.Parts() {
		b.weights = append(b.weights, part.Weight)
		if part.Law.Degenerate() {
			b.parts = append(b.parts, newLattice(d, 1, part.Law.LogMean()))
			continue
		}
		form := newMixture(d, 1, single{part.Law})
		b.parts = append(b.parts, form)
		steepest = max(steepest, form.rounding(0)/math.Sqrt(part.Law.LogVariance()))
	}
	return b, closedBound + 4*steepest
}

// blend is a mixture of laws.
type blend struct {
	parts   []closedForm
	weights []float64
}

func (b blend) cdf(x float64) float64 {
	sum := 0.0
	for i, part := range b.parts {
		sum += b.weights[i] * part.cdf(x)
	}
	return min(sum, 1)
}

func (b blend) survival(x float64) float64 {
	sum := 0.0
	for i, part := range b.parts {
		sum += b.weights[i] * part.survival(x)
	}
	return min(sum, 1)
}

// spread bounds what the rounding of x does to a probability: nothing to an atom.
func (b blend) spread(x float64) float64 {
	sum := 0.0
	for i, part := range b.parts {
		delta := part.rounding(x)
		sum += b.weights[i] * (part.survival(x-delta) - part.survival(x+delta))
	}
	return sum
}

func (b blend) rounding(x float64) float64 {
	most := 0.0
	for _, part := range b.parts {
		most = max(most, part.rounding(x))
	}
	return most
}

func (b blend) window() (lo, hi float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, part := range b.parts {
		a, c := part.window()
		lo, hi = min(lo, a), max(hi, c)
	}
	return lo, hi
}

// pointSteps are the values of log|w| + D with their probabilities given alive, ascending, if
// w has atoms only.
func pointSteps(w law.Law, d derivative) (steps []value, ok bool) {
	for _, part := range w.Parts() {
		if !part.Law.Degenerate() {
			return nil, false
		}
	}
	total := 0.0
	for _, v := range d.values {
		total += v.mass
	}
	for _, a := range w.Atoms() {
		for _, v := range d.values {
			steps = append(steps, value{log: math.Log(math.Abs(a.At)) + v.log, mass: a.Mass * v.mass / total})
		}
	}
	slices.SortFunc(steps, func(a, b value) int {
		if a.log < b.log {
			return -1
		}
		return 1
	})
	merged := steps[:1]
	for _, s := range steps[1:] {
		if last := &merged[len(merged)-1]; s.log == last.log {
			last.mass += s.mass
			continue
		}
		merged = append(merged, s)
	}
	return merged, true
}

// maxPoints bounds the points of a scatter: 14 million multiplications.
const maxPoints = 1 << 20

// scatter is a law on finitely many points, which ascend.
type scatter struct {
	points       []float64
	upTo, beyond []float64 // cumulative, from either side
	tol          float64   // rounding of a point
}

// newScatter returns the law of the sum of depth independent steps, by the multinomial law of
// how often each occurs, unless it has too many points.
func newScatter(steps []value, depth int) (scatter, bool) {
	count := 1.0
	for i := 1; i < len(steps); i++ {
		count *= float64(depth+i) / float64(i)
	}
	if !(count <= maxPoints) {
		return scatter{}, false
	}
	type point struct{ at, mass float64 }
	var all []point
	var place func(i, left int, at, logMass float64)
	place = func(i, left int, at, logMass float64) {
		s := steps[i]
		if i == len(steps)-1 {
			k := float64(left)
			factorial, _ := math.Lgamma(k + 1)
			all = append(all, point{at + k*s.log, math.Exp(logMass + k*math.Log(s.mass) - factorial)})
			return
		}
		for k := 0; k <= left; k++ {
			factorial, _ := math.Lgamma(float64(k) + 1)
			place(i+1, left-k, at+float64(k)*s.log, logMass+float64(k)*math.Log(s.mass)-factorial)
		}
	}
	ways, _ := math.Lgamma(float64(depth) + 1)
	place(0, depth, 0, ways)
	sort.Slice(all, func(i, j int) bool { return all[i].at < all[j].at })
	total := 0.0
	for _, p := range all {
		total += p.mass
	}
	n := len(all)
	s := scatter{points: make([]float64, n), upTo: make([]float64, n), beyond: make([]float64, n)}
	largest := math.Max(math.Abs(steps[0].log), math.Abs(steps[len(steps)-1].log))
	s.tol = 0x1p-49 * float64(depth) * largest
	below, above := 0.0, 0.0
	for j := range n {
		below += all[j].mass / total
		s.points[j], s.upTo[j] = all[j].at, min(below, 1)
		s.beyond[n-1-j] = above
		above += all[n-1-j].mass / total
	}
	return s, true
}

// above returns the index of the first point above x; one that equals x to rounding is not.
func (s scatter) above(x float64) int {
	return sort.Search(len(s.points), func(j int) bool { return s.points[j] > x+s.tol })
}

func (s scatter) cdf(x float64) float64 {
	if above := s.above(x); above > 0 {
		return s.upTo[above-1]
	}
	return 0
}

func (s scatter) survival(x float64) float64 {
	if above := s.above(x); above > 0 {
		return s.beyond[above-1]
	}
	return 1
}

// quantile returns the first point up to which the probability is p, to rounding.
func (s scatter) quantile(p float64) float64 {
	j := sort.Search(len(s.points)-1, func(j int) bool { return s.upTo[j] >= p-0x1p-50 })
	return s.points[j]
}

func (s scatter) rounding(float64) float64 { return 0 }

func (s scatter) window() (lo, hi float64) {
	return s.points[0] - 2*s.tol - math.SmallestNonzeroFloat64, s.points[len(s.points)-1]
}
