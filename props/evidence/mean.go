package evidence

import (
	"errors"
	"fmt"
	"math"
)

// ErrNoTailControl says that a claim about a mean declared no variance bound.
// Bahadur and Savage (1956): without one no valid test has power.
var ErrNoTailControl = errors.New("untestable: no tail control; declare a finite bound of the variance, or claim a quantile or the law instead")

// Mean tests a claim about a mean by Catoni's e-processes. All it assumes is
// independent samples of variance at most varBound; declare 1.25 times the
// theoretical one, and claim the law as well. Understating it by a factor 2
// makes false refutations at nominal 0.01 eight times as frequent.
//
// A variance below Delta²/16 (0 included) counts as Delta²/16. A sample −Inf
// puts the mean at −Inf, +Inf at +Inf; both together are an error. varBound NaN
// or +Inf is ErrNoTailControl.
func Mean(z Zone, varBound float64, l Levels) (Test, error) {
	if math.IsNaN(varBound) || math.IsInf(varBound, 1) {
		return nil, ErrNoTailControl
	}
	if varBound < 0 {
		return nil, fmt.Errorf("variance bound is %g; it must be 0 or more", varBound)
	}
	if err := z.Validate(); err != nil {
		return nil, err
	}
	return newMean(z, l, meanModel{
		lo: math.Inf(-1), hi: math.Inf(1),
		variance: func(z Zone, _, _ float64) float64 { return max(varBound, z.Delta*z.Delta/16) },
	})
}

// BoundedMean tests a claim about the mean of independent samples in [lo, hi].
// It needs no variance bound: a mean m forces the variance below (hi−m)(m−lo),
// Bhatia and Davis (2000). A sample outside [lo, hi] is an error.
func BoundedMean(z Zone, lo, hi float64, l Levels) (Test, error) {
	if !finite(lo) || !finite(hi) || !(lo < hi) {
		return nil, fmt.Errorf("bounds are [%g, %g]; they must be finite and ascending", lo, hi)
	}
	if err := z.within(lo, hi); err != nil {
		return nil, err
	}
	return newMean(z, l, meanModel{
		lo: lo, hi: hi,
		variance: func(_ Zone, from, to float64) float64 {
			middle := min(max((lo+hi)/2, from), to)
			return (hi - middle) * (middle - lo)
		},
	})
}

// meanModel says where samples lie and how large their variance can be.
type meanModel struct {
	lo, hi   float64
	variance func(z Zone, from, to float64) float64 // for a mean in [from, to]
}

// mostLambda keeps the factors of a bounded mean valid for the whole null: with
// λ(hi−lo) ≤ 2 and μ = m − d, E e^φ ≤ 1 + λ²V(m)/2 + d(λ²(2m−lo−hi)/2 − λ), and
// the last term is never positive. Unbounded samples have a bound on the
// variance for every mean instead.
func (m meanModel) mostLambda() float64 {
	if math.IsInf(m.hi, 1) {
		return math.Inf(1)
	}
	return 2 / (m.hi - m.lo)
}

func (m meanModel) edgeVariance(z Zone, e edge) float64 {
	return m.variance(z, min(e.inner, e.outer), max(e.inner, e.outer))
}

// cost is the number of samples that decides, by (C5) on every side.
func (m meanModel) cost(z Zone, l Levels) float64 {
	edges := z.edges(m.lo, m.hi)
	sides := float64(len(edges))
	var cost float64
	for _, e := range edges {
		variance := m.edgeVariance(z, e)
		for _, effort := range meanEfforts(l, sides) {
			cost = max(cost, catoniCost(variance, e.gap, effort))
		}
	}
	return cost
}

// The sizes of the mixtures that refute and that exclude (C3).
const (
	refuteSize  = 4
	excludeSize = 2
)

// meanEfforts are 𝓛 of (C5) for refuting and for excluding.
func meanEfforts(l Levels, sides float64) [2]float64 {
	return [2]float64{
		l.refuteAt() + math.Log(refuteSize*sides) + l.decideAt(),
		l.excludeAt() + math.Log(excludeSize*sides) + l.decideAt(),
	}
}

type mean struct {
	zone   Zone
	levels Levels
	model  meanModel
	edges  []edge
	refute []*catoni // against the claim, one for each edge
	deny   []*catoni // against the violation, one for each edge
	sum    float64
	blocks blocks
	budget int
}

func newMean(z Zone, l Levels, model meanModel) (Test, error) {
	if err := l.Validate(); err != nil {
		return nil, err
	}
	m := &mean{zone: z, levels: l.filled(), model: model, edges: z.edges(model.lo, model.hi)}
	widest := 0.0
	for _, e := range m.edges {
		variance, most := model.edgeVariance(z, e), model.mostLambda()
		m.refute = append(m.refute, newCatoni(e.inner, e.sign, variance, e.gap, most, refuteSize))
		m.deny = append(m.deny, newCatoni(e.outer, -e.sign, variance, e.gap, most, excludeSize))
		widest = max(widest, variance)
	}
	var err error
	m.budget, err = budgetOf(model.cost(z, m.levels))
	m.blocks = newBlocks(m.budget, widest)
	return m, err
}

func (m *mean) Update(batch []float64) error {
	for _, y := range batch {
		if !(y >= m.model.lo && y <= m.model.hi) {
			return fmt.Errorf("sample %g lies outside [%g, %g]", y, m.model.lo, m.model.hi)
		}
		m.sum += y
	}
	m.blocks.update(batch)
	for i := range m.edges {
		m.refute[i].update(batch)
		m.deny[i].update(batch)
	}
	return nil
}

func (m *mean) LogERefute() float64 {
	logs := make([]float64, len(m.refute))
	for i, c := range m.refute {
		logs[i] = c.logE()
	}
	return logMeanExp(logs...)
}

func (m *mean) LogEUpper() float64 { return m.exclude(1) }
func (m *mean) LogELower() float64 { return m.exclude(-1) }

func (m *mean) exclude(sign float64) float64 {
	for i, e := range m.edges {
		if e.sign == sign {
			return m.deny[i].logE()
		}
	}
	return math.Inf(1)
}

// LogPFixed is Catoni's bound at the λ that is best for the p-value that confirms,
// on each side: P(Σ φ(λ(Y−m)) ≥ s) ≤ e^(nλ²σ²/2 − s).
func (m *mean) LogPFixed() float64 {
	length := float64(m.blocks.length)
	n, best := length*float64(len(m.blocks.sums)), 0.0
	if n == 0 {
		return 0
	}
	for _, e := range m.edges {
		variance := m.model.edgeVariance(m.zone, e)
		lambda := min(m.model.mostLambda()/length, math.Sqrt(-2*math.Log(reproduced/2)/(n*variance)))
		var o offsets
		o.set(m.blocks.sums, length*e.inner)
		best = min(best, n*lambda*lambda*variance/2-e.sign*o.sumPhi(lambda))
	}
	return min(0, best+math.Log(float64(max(len(m.edges), 1))))
}

func (m *mean) Refutes() bool         { return m.LogERefute() >= m.levels.refuteAt() }
func (m *mean) Excludes() (_, _ bool) { return excludes(m, m.levels) }
func (m *mean) Count() int            { return m.blocks.count }
func (m *mean) Budget() int           { return m.budget }
func (m *mean) Estimate() float64     { return m.sum / float64(m.blocks.count) }

func (m *mean) MDE(n int) float64 {
	most := min(m.model.hi-m.model.lo, 1e150) // whose square is finite
	return smallestDelta(m.zone, most, n, func(z Zone) float64 { return m.model.cost(z, m.levels) })
}

// Interval starts from the whole range and shrinks: what it has excluded lowers
// the variance bound, and a lower bound excludes more. A point whose own
// e-value is below the threshold is never lost on the way, so this costs no
// confidence.
func (m *mean) Interval(level float64) (lo, hi float64) {
	lo, hi = m.model.lo, m.model.hi
	last := math.NaN()
	for range 4 {
		variance := m.model.variance(m.zone, lo, hi)
		if variance == last {
			break
		}
		last = variance
		a, b := m.blocks.interval(variance, miss(level))
		lo, hi = max(lo, a), min(hi, b)
	}
	return lo, hi
}
