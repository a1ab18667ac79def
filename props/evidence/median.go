package evidence

import (
	"fmt"
	"math"
	"slices"
)

// Median tests a claim about a median: that one lies in the zone. It assumes nothing of
// the samples but independence, neither moments nor a density; ±Inf are samples like
// others. A median is at most m if and only if P(Y ≤ m) ≥ ½, so each edge of the zone is
// a claim about a probability, which likelihood ratios judge as in Bernoulli.
//
// spread is about the standard deviation of the samples. It chooses the alternatives
// and the budget, as if samples were normal: if it is wrong, verdicts are as safe as
// before but Undecided may be exceeded.
func Median(z Zone, spread float64, l Levels) (Test, error) {
	if err := z.Validate(); err != nil {
		return nil, err
	}
	if err := l.Validate(); err != nil {
		return nil, err
	}
	if !(finite(spread) && spread >= 0) {
		return nil, fmt.Errorf("spread is %g; it must be finite and 0 or more", spread)
	}
	m := &median{zone: z, levels: l.filled(), spread: spread, edges: z.edges(math.Inf(-1), math.Inf(1))}
	m.step = shift(z, spread)
	m.grid = newGrid(edge{inner: 0.5, outer: 0.5 + m.step, gap: m.step, sign: 1})
	m.short, m.wide = make([]float64, len(m.edges)), make([]float64, len(m.edges))
	var err error
	m.budget, err = budgetOf(m.cost(z))
	return m, err
}

// median counts, for each edge, what lies beyond the end of the claim zone and what lies
// short of the start of the violation. Each of the two is more than half of the samples
// where the other is to be believed.
type median struct {
	zone        Zone
	levels      Levels
	spread      float64
	step        float64 // by how much a probability differs from ½ between the edges
	edges       []edge
	grid        grid
	short, wide []float64
	samples     []float64
	budget      int
}

// mostShift keeps alternatives away from 1, where one sample on the wrong side would
// weigh more than many on the right one.
const mostShift = 0.4

// shift is P(0 ≤ Y ≤ gap) of normal samples.
func shift(z Zone, spread float64) float64 {
	return max(1e-9, min(mostShift, math.Erf((z.Delta-z.Eps)/(spread*math.Sqrt2))/2))
}

func (m *median) Update(batch []float64) error {
	for i, e := range m.edges {
		for _, y := range batch {
			if e.sign*(y-e.inner) > 0 {
				m.wide[i]++
			}
			if e.sign*(e.outer-y) > 0 {
				m.short[i]++
			}
		}
	}
	m.samples = append(m.samples, batch...)
	return nil
}

func (m *median) count() float64 { return float64(len(m.samples)) }

func (m *median) LogERefute() float64 {
	logs := make([]float64, len(m.edges))
	for i := range m.edges {
		logs[i] = m.grid.logE(m.wide[i], m.count())
	}
	return logMeanExp(logs...)
}

func (m *median) LogEUpper() float64 { return m.exclude(1) }
func (m *median) LogELower() float64 { return m.exclude(-1) }

// exclude mixes two alternatives, for a truth inside the claim zone and one between it
// and the violation.
func (m *median) exclude(sign float64) float64 {
	for i, e := range m.edges {
		if e.sign == sign {
			near := logRatio(m.short[i], m.count(), 0.5+m.step/2, 0.5)
			return logMeanExp(near, logRatio(m.short[i], m.count(), 0.5+m.step, 0.5))
		}
	}
	return math.Inf(1)
}

// LogPFixed is that of the exact sign test of each side.
func (m *median) LogPFixed() float64 {
	best := 0.0
	for i := range m.edges {
		best = min(best, logTail(int(m.wide[i]), len(m.samples), 0.5))
	}
	return min(0, best+math.Log(float64(max(len(m.edges), 1))))
}

func (m *median) Refutes() bool         { return m.LogERefute() >= m.levels.refuteAt() }
func (m *median) Excludes() (_, _ bool) { return excludes(m, m.levels) }
func (m *median) Count() int            { return len(m.samples) }
func (m *median) Budget() int           { return m.budget }

func (m *median) MDE(n int) float64 { return smallestDelta(m.zone, 1e150, n, m.cost) }

// cost is that of Bernoulli between ½ and ½ + step.
func (m *median) cost(z Zone) float64 {
	step, sides := shift(z, m.spread), float64(len(m.edges))
	mixture := sides * float64(len(newGrid(edge{inner: 0.5, outer: 0.5 + step, gap: step, sign: 1}).alternatives))
	refute := (m.levels.refuteAt()+math.Log(mixture))/2 + m.levels.decideAt()
	exclude := (m.levels.excludeAt()+math.Ln2)/2 + m.levels.decideAt() + math.Log(sides)
	return max(refute, exclude) / bhattacharyya(0.5, 0.5+step)
}

// Estimate is the median of the samples.
func (m *median) Estimate() float64 {
	n := len(m.samples)
	if n == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(m.samples))
	a, b := sorted[(n-1)/2], sorted[n/2]
	if a == b { // infinite ones too
		return a
	}
	return a/2 + b/2
}

// Interval is {m : Krichevsky and Trofimov's e-value against P(Y ≤ m) = ½ is < 1/miss},
// between two order statistics. With atoms it is wider than needed: a median m has
// #{Y < m} ≤ S ≤ #{Y ≤ m} for some S ~ Bin(n, ½).
func (m *median) Interval(level float64) (lo, hi float64) {
	lo, hi = math.Inf(-1), math.Inf(1)
	n, threshold := len(m.samples), -math.Log(miss(level))
	k := 0 // the fewest samples up to a median that are not excluded
	for k < n-k && ktLogE(float64(k), float64(n), 0.5) >= threshold {
		k++
	}
	if k > 0 {
		sorted := slices.Sorted(slices.Values(m.samples))
		lo, hi = sorted[k-1], sorted[n-k]
	}
	return lo, hi
}
