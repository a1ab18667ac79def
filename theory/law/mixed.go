package law

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// maxParts is the largest number of laws in a mixture.
const maxParts = 8

// mixed is a mixture: w has the law of parts[i] with probability parts[i].weight. A part may
// be constant(0), the atom at 0; the others are laws of the catalogue, not mixtures. An array
// keeps a Law comparable.
type mixed struct {
	n    int
	list [maxParts]Part
}

// Part is one law of a mixture, and its probability.
type Part struct {
	Weight float64
	Law    Law
}

// zero is constant(0), which is a part of a mixture only.
var zero = constant{}

func (p Part) isZero() bool { return p.Law.family == zero }

func newMixed(parts []Part) mixed {
	m := mixed{n: len(parts)}
	copy(m.list[:], parts)
	return m
}

func (m mixed) parts() []Part { return m.list[:m.n] }

// alive are the parts other than the atom at 0.
func (m mixed) alive() []Part {
	return slices.DeleteFunc(slices.Clone(m.parts()), Part.isZero)
}

func (mixed) spec() spec                    { return spec{name: mixtureName} }
func (mixed) params() ([]string, []float64) { return nil, nil }

func (m mixed) text() string {
	var b strings.Builder
	sep := mixtureName + "("
	for _, p := range m.parts() {
		b.WriteString(sep + strconv.FormatFloat(p.Weight, 'g', -1, 64) + "," + p.Law.String())
		sep = ","
	}
	return b.String() + ")"
}

// Parts returns the laws of a mixture with their probabilities, in the order of the text;
// of any other law the law itself.
func (l Law) Parts() []Part {
	if m, ok := l.family.(mixed); ok {
		return slices.Clone(m.parts())
	}
	return []Part{{1, l}}
}

// Zero returns P(w = 0), which only a mixture with constant(0) has above 0.
func (l Law) Zero() float64 {
	sum := 0.0
	if l.family == zero {
		return 1
	}
	if m, ok := l.family.(mixed); ok {
		for _, p := range m.parts() {
			if p.isZero() {
				sum += p.Weight
			}
		}
	}
	return sum
}

// Alive returns P(w ≠ 0), relatively accurate where it is small.
func (l Law) Alive() float64 {
	m, ok := l.family.(mixed)
	if !ok || l.Zero() == 0 {
		return 1
	}
	sum := 0.0
	for _, p := range m.alive() {
		sum += p.Weight
	}
	return sum
}

// NonZero returns the law of w given that w ≠ 0.
func (l Law) NonZero() Law {
	m, ok := l.family.(mixed)
	if !ok || l.Zero() == 0 {
		return l
	}
	alive, total := m.alive(), 0.0
	if len(alive) == 1 {
		return alive[0].Law
	}
	for _, p := range alive {
		total += p.Weight
	}
	for i := range alive {
		alive[i].Weight /= total
	}
	return Law{newMixed(alive)}
}

// atoms merges those of the parts.
func (m mixed) atoms() []Atom {
	var all []Atom
	for _, p := range m.parts() {
		for _, a := range p.Law.Atoms() {
			all = append(all, Atom{a.At, p.Weight * a.Mass})
		}
	}
	slices.SortStableFunc(all, func(a, b Atom) int {
		switch {
		case a.At < b.At:
			return -1
		case a.At > b.At:
			return 1
		}
		return 0
	})
	var merged []Atom
	for _, a := range all {
		if last := len(merged) - 1; last >= 0 && merged[last].At == a.At {
			merged[last].Mass += a.Mass
			continue
		}
		merged = append(merged, a)
	}
	return merged
}

// degenerate reports whether all parts are points of one modulus.
func (m mixed) degenerate() bool {
	for _, p := range m.parts() {
		if !p.Law.Degenerate() || p.Law.family.absSup() != m.list[0].Law.family.absSup() {
			return false
		}
	}
	return true
}

// symmetric reports whether every part that is not symmetric has its mirror image in the
// mixture, with the same probability.
func (m mixed) symmetric() bool {
	share := func(of family) float64 {
		sum := 0.0
		for _, p := range m.parts() {
			if p.Law.family == of {
				sum += p.Weight
			}
		}
		return sum
	}
	for _, p := range m.parts() {
		var image family
		switch f := p.Law.family.(type) {
		case constant:
			image = constant{point{f.x0}, 0 - f.value}
		case shifted:
			image = shifted{-f.mu, f.sigma}
		case lognormal:
			return false
		default:
			continue
		}
		if share(image) != share(p.Law.family) {
			return false
		}
	}
	return true
}

// sum returns Σ weight·f(part).
func (m mixed) sum(f func(l Law) float64) float64 {
	sum := 0.0
	for _, p := range m.parts() {
		sum += p.Weight * f(p.Law)
	}
	return sum
}

// mean is undefined where that of a part is.
func (m mixed) mean() float64 {
	return m.sum(func(l Law) float64 { return l.family.mean() })
}

func (m mixed) variance() float64 {
	mean := m.mean()
	return m.sum(func(l Law) float64 {
		delta := l.family.mean() - mean
		return l.family.variance() + delta*delta
	})
}

func (m mixed) absSup() float64 {
	sup := 0.0
	for _, p := range m.parts() {
		sup = max(sup, p.Law.family.absSup())
	}
	return sup
}

func (m mixed) support() (lo, hi float64) {
	lo, hi = m.list[0].Law.Support()
	for _, p := range m.parts()[1:] {
		a, b := p.Law.Support()
		lo, hi = min(lo, a), max(hi, b)
	}
	return lo, hi
}

func (m mixed) absPDF(x float64) float64 { return m.sum(func(l Law) float64 { return l.AbsPDF(x) }) }
func (m mixed) absCDF(x float64) float64 { return m.sum(func(l Law) float64 { return l.AbsCDF(x) }) }
func (m mixed) absSurvival(x float64) float64 {
	return m.sum(func(l Law) float64 { return l.AbsSurvival(x) })
}
func (m mixed) pdf(x float64) float64 { return m.sum(func(l Law) float64 { return l.PDF(x) }) }
func (m mixed) cdf(x float64) float64 { return m.sum(func(l Law) float64 { return l.CDF(x) }) }
func (m mixed) survival(x float64) float64 {
	return m.sum(func(l Law) float64 { return l.Survival(x) })
}

// absQuantile returns the smallest float64 up to which |w| has the probability c.
func (m mixed) absQuantile(c, s float64) float64 {
	first := func(l Law) float64 { return l.family.absQuantile(c, s) }
	return m.smallest(first, func(x float64) bool {
		if c <= s {
			return m.absCDF(x) >= c
		}
		return m.absSurvival(x) <= s
	})
}

func (m mixed) quantile(p float64) float64 {
	return m.smallest(func(l Law) float64 { return l.Quantile(p) }, func(x float64) bool {
		if p <= 0.5 {
			return m.cdf(x) >= p
		}
		return m.survival(x) <= 1-p
	})
}

// smallest returns the smallest float64 that is high enough, by bisection over the numbers
// between the quantiles of the parts. A quantile of a mixture is one of those or between them.
func (m mixed) smallest(quantile func(l Law) float64, enough func(x float64) bool) float64 {
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, p := range m.parts() {
		x := quantile(p.Law)
		lo, hi = min(lo, x), max(hi, x)
	}
	if lo == hi || math.IsInf(hi, 1) && !enough(math.MaxFloat64) {
		return hi
	}
	if lo = math.Nextafter(lo, math.Inf(-1)); math.IsInf(lo, -1) {
		lo = -math.MaxFloat64
	}
	below, above := rank(lo), rank(hi)
	for above > below+1 {
		if middle := below/2 + above/2 + (below%2+above%2)/2; enough(ranked(middle)) {
			above = middle
		} else {
			below = middle
		}
	}
	return ranked(above)
}

// rank numbers the float64s in their order, 0 for 0, and ranked is its inverse.
func rank(x float64) int64 {
	if b := int64(math.Float64bits(x)); b >= 0 {
		return b
	}
	return -int64(math.Float64bits(-x))
}

func ranked(i int64) float64 {
	if i < 0 {
		return -math.Float64frombits(uint64(-i))
	}
	return math.Float64frombits(uint64(i))
}
