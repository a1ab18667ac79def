package evidence

import (
	"fmt"
	"math"
)

// Bernoulli tests a claim about a probability. Samples are 0 or 1, zones lie in
// [0, 1]; nothing is assumed of the samples but independence. A side on which
// no violation fits into [0, 1] is dropped.
func Bernoulli(z Zone, l Levels) (Test, error) {
	if err := z.within(0, 1); err != nil {
		return nil, err
	}
	if err := l.Validate(); err != nil {
		return nil, err
	}
	b := &bernoulli{zone: z, levels: l.filled(), edges: z.edges(0, 1)}
	for _, e := range b.edges {
		b.grids = append(b.grids, newGrid(e))
	}
	var err error
	b.budget, err = budgetOf(bernoulliCost(z, b.levels))
	return b, err
}

// bernoulli is GridLR: likelihood ratios against a grid of alternatives.
type bernoulli struct {
	zone             Zone
	levels           Levels
	edges            []edge
	grids            []grid // one for each edge
	successes, count float64
	budget           int
}

func (b *bernoulli) Update(batch []float64) error {
	for _, x := range batch {
		if x != 0 && x != 1 {
			return fmt.Errorf("sample %g is neither 0 nor 1", x)
		}
		b.successes += x
	}
	b.count += float64(len(batch))
	return nil
}

// LogERefute averages over the violated sides: E_R = (E_R+ + E_R−)/2.
func (b *bernoulli) LogERefute() float64 {
	logs := make([]float64, len(b.grids))
	for i, g := range b.grids {
		logs[i] = g.logE(b.successes, b.count)
	}
	return logMeanExp(logs...)
}

func (b *bernoulli) LogEUpper() float64 { return b.exclude(1) }
func (b *bernoulli) LogELower() float64 { return b.exclude(-1) }

// exclude is the log-likelihood ratio of the end of the claim zone to the start
// of the violation on one side (B2), +Inf if there is no such side.
func (b *bernoulli) exclude(sign float64) float64 {
	for _, e := range b.edges {
		if e.sign == sign {
			return logRatio(b.successes, b.count, e.inner, e.outer)
		}
	}
	return math.Inf(1)
}

// LogPFixed is that of the exact binomial test of each side.
func (b *bernoulli) LogPFixed() float64 {
	n, best := int(b.count), 0.0
	for _, e := range b.edges {
		k, p := int(b.successes), e.inner
		if e.sign < 0 {
			k, p = n-k, 1-p
		}
		best = min(best, logTail(k, n, p))
	}
	return min(0, best+math.Log(float64(max(len(b.edges), 1))))
}

// logTail is ln P(Bin(n, p) ≥ k), −700 or more: where the tail underflows, that is
// too large a p-value.
func logTail(k, n int, p float64) float64 { return max(-700, math.Log(BinomialTail(k, n, p))) }

func (b *bernoulli) Refutes() bool         { return b.LogERefute() >= b.levels.refuteAt() }
func (b *bernoulli) Excludes() (_, _ bool) { return excludes(b, b.levels) }
func (b *bernoulli) Count() int            { return int(b.count) }
func (b *bernoulli) Budget() int           { return b.budget }
func (b *bernoulli) Estimate() float64     { return b.successes / b.count }
func (b *bernoulli) MDE(n int) float64     { return smallestDelta(b.zone, 1, n, b.cost) }
func (b *bernoulli) cost(z Zone) float64   { return bernoulliCost(z, b.levels) }
func (b *bernoulli) Interval(level float64) (lo, hi float64) {
	return KTInterval(b.successes, b.count, miss(level))
}

// excludes compares the e-values of the violations with their threshold.
func excludes(t Test, l Levels) (upper, lower bool) {
	return t.LogEUpper() >= l.excludeAt(), t.LogELower() >= l.excludeAt()
}

// grid is the e-process against a null p ≤ null (or p ≥ null), an equal mixture
// of likelihood ratios to alternatives beyond it (B1). It is valid for every p
// of the null: E_p of one factor is 1 + (p−h)(q−h)/(h(1−h)) ≤ 1.
type grid struct {
	null         float64
	alternatives []float64
}

const gridSize = 5

// newGrid places alternatives at null ± gap·2^j, j = 0 … 4, as far as they lie
// in (0, 1). The first is the start of the violation and may be 0 or 1 itself.
func newGrid(e edge) grid {
	g := grid{null: e.inner, alternatives: []float64{e.outer}}
	for j := 1; j < gridSize; j++ {
		q := e.inner + e.sign*math.Ldexp(e.gap, j)
		if q > 0 && q < 1 {
			g.alternatives = append(g.alternatives, q)
		}
	}
	return g
}

func (g grid) logE(successes, count float64) float64 {
	var logs [gridSize]float64
	for j, q := range g.alternatives {
		logs[j] = logRatio(successes, count, q, g.null)
	}
	return logMeanExp(logs[:len(g.alternatives)]...)
}

// logRatio is the log-likelihood ratio of success probability q to h.
func logRatio(successes, count, q, h float64) float64 {
	return xlogy(successes, q/h) + xlogy(count-successes, (1-q)/(1-h))
}

// bernoulliCost is the number of samples that decides (B6), from Chernoff's
// bound at θ = ½: P(Σ log ratio < A) ≤ e^{A/2} BC(h, q)^n.
func bernoulliCost(z Zone, l Levels) float64 {
	edges := z.edges(0, 1)
	sides := float64(len(edges))
	var cost float64
	for _, e := range edges {
		mixture := sides * float64(len(newGrid(e).alternatives))
		refute := (l.refuteAt()+math.Log(mixture))/2 + l.decideAt()
		exclude := l.excludeAt()/2 + l.decideAt() + math.Log(sides)
		cost = max(cost, max(refute, exclude)/bhattacharyya(e.inner, e.outer))
	}
	return cost
}

// bhattacharyya is −ln(√(hq) + √((1−h)(1−q))), Bhattacharyya's distance, by
// way of Hellinger's, which does not cancel.
func bhattacharyya(h, q float64) float64 {
	root := func(h, q float64) float64 { return (h - q) / (math.Sqrt(h) + math.Sqrt(q)) }
	a, b := root(h, q), root(1-h, 1-q)
	return -math.Log1p(-(a*a + b*b) / 2)
}

// smallestDelta is the smallest Delta up to most whose cost is at most n
// samples, +Inf if there is none. Costs fall as Delta grows, down to 0 where
// no violation that large exists.
func smallestDelta(z Zone, most float64, n int, cost func(Zone) float64) float64 {
	costOf := func(delta float64) float64 {
		z := z
		z.Delta = delta
		return cost(z)
	}
	serves := func(delta float64) bool { return costOf(delta) <= float64(n) }
	lo, hi := z.Delta, z.Delta
	for !serves(hi) && hi < most {
		lo, hi = hi, min(most, z.Eps+2*(hi-z.Eps))
	}
	for lo > z.Eps && serves(lo) {
		lo = z.Eps + (lo-z.Eps)/2
	}
	_, delta := solve(lo, hi, serves)
	if c := costOf(delta); c > 0 && c <= float64(n) {
		return delta
	}
	return math.Inf(1)
}
