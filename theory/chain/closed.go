package chain

import (
	"math"
	"sort"

	"gradchain/theory/law"
	"gradchain/theory/special"
)

// closedForm is a shape that has its upper tail relatively accurate. A value x is as good
// as x + rounding(x), where the points of the law are rounded.
type closedForm interface {
	shape
	survival(x float64) float64
	rounding(x float64) float64
}

// closedBound bounds the rounding of a probability in closed form.
const closedBound = 1e-13

// closed returns the law given alive where that is known in closed form, or nil, and the
// bound of its error.
func (p Product) closed(d derivative) (closedForm, float64) {
	w, L := p.Factor.Weight, float64(p.Depth)
	var form closedForm
	if w.Name() == "mixture" && !w.Degenerate() {
		return p.closedMixture(d)
	}
	switch {
	case len(d.values) == 0 || len(d.values) > 2:
		return nil, 0
	case w.Degenerate():
		return newLattice(d, p.Depth, w.LogMean()), closedBound
	case w.Name() == "lognormal" && len(d.values) == 1:
		form = gaussian{L * (w.LogMean() + d.values[0].log), math.Sqrt(L * w.LogVariance())}
	case w.Name() == "uniform" && p.Depth <= 3:
		form = newMixture(d, p.Depth, erlang{math.Log(w.Args()[0]), p.Depth})
	case p.Depth == 1 && w.Name() != "student_t": // its distribution function is slow
		form = newMixture(d, 1, single{w})
	default:
		return nil, 0
	}
	// the density is below 4 over the standard deviation
	return form, closedBound + 4*form.rounding(0)/math.Sqrt(L*w.LogVariance())
}

// gaussian is N(mean, sigma²).
type gaussian struct{ mean, sigma float64 }

func (g gaussian) cdf(x float64) float64 { return special.NormCDF((x - g.mean) / g.sigma) }

func (g gaussian) survival(x float64) float64 { return special.NormCDF((g.mean - x) / g.sigma) }

func (g gaussian) rounding(x float64) float64 { return 0x1p-51 * (math.Abs(x) + math.Abs(g.mean)) }

func (g gaussian) window() (lo, hi float64) { return g.mean - 9*g.sigma, g.mean + 9*g.sigma }

// erlang is the law of Σ log|w| for uniform(a): L·log a less a gamma variable of integer
// shape L.
type erlang struct {
	logA  float64
	depth int
}

// gap returns the gamma variable that x stands for.
func (e erlang) gap(x float64) float64 { return float64(e.depth)*e.logA - x }

func (e erlang) cdf(x float64) float64 {
	y := e.gap(x)
	if y <= 0 {
		return 1
	}
	sum, term := 1.0, 1.0
	for k := 1; k < e.depth; k++ {
		term *= y / float64(k)
		sum += term
	}
	if math.IsInf(sum, 1) {
		return 0
	}
	return math.Exp(-y) * sum
}

// survival is the other part of the exponential series.
func (e erlang) survival(x float64) float64 {
	y := e.gap(x)
	switch {
	case y <= 0:
		return 0
	case y > 1:
		return 1 - e.cdf(x)
	}
	sum, term := 0.0, 1.0
	for k := 1; k < e.depth+20; k++ {
		if term *= y / float64(k); k >= e.depth {
			sum += term
		}
	}
	return math.Exp(-y) * sum
}

func (e erlang) rounding(x float64) float64 {
	return 0x1p-51 * (math.Abs(x) + float64(e.depth)*math.Abs(e.logA))
}

func (e erlang) window() (lo, hi float64) { return e.gap(45), e.gap(0) }

// single is the law of log|w|.
type single struct{ w law.Law }

func (s single) cdf(x float64) float64      { return s.w.AbsCDF(math.Exp(x)) }
func (s single) survival(x float64) float64 { return s.w.AbsSurvival(math.Exp(x)) }
func (s single) rounding(x float64) float64 { return 0x1p-51 * (1 + math.Abs(x)) }

func (s single) window() (lo, hi float64) {
	lo, hi = s.w.LogMean(), s.w.LogMean()
	for step := 1.0; s.cdf(lo) > tailMass; step *= 2 {
		lo -= step
	}
	for step := 1.0; s.survival(hi) > tailMass; step *= 2 {
		hi += step
	}
	return lo, hi
}

// mixture is the law of base plus the sum of L independent values of D, given alive.
type mixture struct {
	base    closedForm
	shifts  []float64
	weights []float64
}

func newMixture(d derivative, depth int, base closedForm) mixture {
	lattice := newLattice(d, depth, 0)
	m := mixture{base: base}
	for j, weight := range lattice.mass {
		m.shifts = append(m.shifts, lattice.at(j))
		m.weights = append(m.weights, weight)
	}
	return m
}

func (m mixture) cdf(x float64) float64 {
	if len(m.weights) == 1 {
		return m.base.cdf(x - m.shifts[0])
	}
	sum := 0.0
	for i, weight := range m.weights {
		sum += weight * m.base.cdf(x-m.shifts[i])
	}
	return min(sum, 1)
}

func (m mixture) survival(x float64) float64 {
	sum := 0.0
	for i, weight := range m.weights {
		sum += weight * m.base.survival(x-m.shifts[i])
	}
	return min(sum, 1)
}

func (m mixture) rounding(x float64) float64 {
	shift := max(math.Abs(m.shifts[0]), math.Abs(m.shifts[len(m.shifts)-1]))
	return m.base.rounding(math.Abs(x)+shift) + 0x1p-51*shift
}

func (m mixture) window() (lo, hi float64) {
	lo, hi = m.base.window()
	return lo + m.shifts[0], hi + m.shifts[len(m.shifts)-1]
}

// lattice is the law of L(shift + D) where D takes one or two values: binomial on equally
// spaced points. A number that equals a point to rounding stands for that point.
type lattice struct {
	start, step  float64 // of the points
	first        int     // index of the first point kept
	mass         []float64
	upTo, beyond []float64 // cumulative, from either side
	tol          float64   // rounding of a point
}

// newLattice keeps the points within 40 standard deviations and 60 of the mean.
func newLattice(d derivative, depth int, shift float64) lattice {
	L, low := float64(depth), d.values[0].log
	l := lattice{start: L * (shift + low), mass: []float64{1}, upTo: []float64{1}, beyond: []float64{0}}
	l.tol = 0x1p-49 * L * (math.Abs(shift) + math.Abs(low))
	if len(d.values) == 1 {
		return l
	}
	high := d.values[1].log
	l.step = high - low
	l.tol += 0x1p-49 * L * (math.Abs(low) + math.Abs(high))
	q := d.values[1].mass / (d.values[0].mass + d.values[1].mass)
	reach := 40*math.Sqrt(L*q*(1-q)) + 60
	l.first = int(max(0, math.Floor(L*q-reach)))
	l.mass = binomial(depth, q, l.first, int(min(L, math.Ceil(L*q+reach))))
	n := len(l.mass)
	l.upTo, l.beyond = make([]float64, n), make([]float64, n)
	below, above := 0.0, 0.0
	for j := range n {
		below += l.mass[j]
		l.upTo[j] = min(below, 1)
		l.beyond[n-1-j] = above
		above += l.mass[n-1-j]
	}
	return l
}

// binomial returns the probabilities of Bin(n, q) from first to last, by the recurrence
// from the mode, normalised to sum to 1.
func binomial(n int, q float64, first, last int) []float64 {
	mass := make([]float64, last-first+1)
	mode := min(max(int(float64(n+1)*q), first), last)
	odds := q / (1 - q)
	mass[mode-first] = 1
	for j := mode; j < last; j++ {
		mass[j+1-first] = mass[j-first] * odds * float64(n-j) / float64(j+1)
	}
	for j := mode; j > first; j-- {
		mass[j-1-first] = mass[j-first] / odds * float64(j) / float64(n-j+1)
	}
	sum := 0.0
	for _, m := range mass {
		sum += m
	}
	for i := range mass {
		mass[i] /= sum
	}
	return mass
}

// at returns the point of index j among those kept.
func (l lattice) at(j int) float64 { return l.start + float64(l.first+j)*l.step }

// above returns the index of the first point kept that is above x.
func (l lattice) above(x float64) int {
	return sort.Search(len(l.upTo), func(j int) bool { return l.at(j) > x+l.tol })
}

func (l lattice) cdf(x float64) float64 {
	above := l.above(x)
	if above == 0 {
		return 0
	}
	return l.upTo[above-1]
}

func (l lattice) survival(x float64) float64 {
	above := l.above(x)
	if above == 0 {
		return 1
	}
	return l.beyond[above-1]
}

// quantile returns the first point up to which the probability is p, to rounding.
func (l lattice) quantile(p float64) float64 {
	j := sort.Search(len(l.upTo)-1, func(j int) bool { return l.upTo[j] >= p-0x1p-50 })
	return l.at(j)
}

func (l lattice) rounding(float64) float64 { return 0 }

func (l lattice) window() (lo, hi float64) {
	return l.at(0) - 2*l.tol - math.SmallestNonzeroFloat64, l.at(len(l.upTo) - 1)
}
