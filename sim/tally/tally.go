// Package tally accumulates log|G| over paths in constant memory: counts, mean and
// variance, extremes, quantiles, exceedances. Tallies of blocks merge; merged in
// block order they have the same bits whoever sampled the blocks.
//
// All of it is about log|G|, never about G: the sample mean of G is no estimate of
// its expectation, which lives on paths that a sample does not contain.
package tally

import (
	"fmt"
	"math"
	"slices"

	"gradchain/sim/chain"
)

// Tally is what is kept of the paths at one depth. New makes one.
type Tally struct {
	depth      int
	count      int64
	dead       int64 // G = 0
	negative   int64 // G < 0
	alive      moments
	lo, hi     float64 // of log|G| over the paths alive
	sketch     sketch
	thresholds []float64
	above      []int64
}

// New returns an empty tally for paths of the given depth, which sets the
// resolution of the quantiles. thresholds are natural logarithms t at which
// P(log|G| > t) is estimated; it panics if one is NaN.
func New(depth int, thresholds []float64) *Tally {
	if slices.ContainsFunc(thresholds, math.IsNaN) {
		panic("tally: threshold is NaN")
	}
	return &Tally{
		depth: depth, lo: math.Inf(1), hi: math.Inf(-1), sketch: newSketch(depth),
		thresholds: slices.Clone(thresholds), above: make([]int64, len(thresholds)),
	}
}

// Reset empties the tally and keeps its memory.
func (t *Tally) Reset() {
	t.count, t.dead, t.negative, t.alive = 0, 0, 0, moments{}
	t.lo, t.hi = math.Inf(1), math.Inf(-1)
	t.sketch.Clear()
	clear(t.above)
}

// Add counts paths. It panics if a log|G| is NaN.
func (t *Tally) Add(p chain.Paths) {
	t.alive.merge(of(p.LogAbs))
	t.count += int64(p.Len())
	for i, x := range p.LogAbs {
		if math.IsNaN(x) {
			panic("tally: log|G| is NaN")
		}
		if math.IsInf(x, -1) {
			t.dead++
			continue
		}
		if p.Negative[i] {
			t.negative++
		}
		t.lo, t.hi = min(t.lo, x), max(t.hi, x)
		t.sketch.add(x)
	}
	for j, level := range t.thresholds {
		for _, x := range p.LogAbs {
			if x > level {
				t.above[j]++
			}
		}
	}
}

// Merge adds the paths of o, which is left as it is. Merging blocks in another
// order changes the last bits of mean and variance, and nothing else. It panics if
// the tallies have different depths or thresholds.
func (t *Tally) Merge(o *Tally) {
	if t.depth != o.depth || !slices.Equal(t.thresholds, o.thresholds) {
		panic(fmt.Sprintf("tally: depth %d, thresholds %v merged with depth %d, thresholds %v",
			t.depth, t.thresholds, o.depth, o.thresholds))
	}
	t.count += o.count
	t.dead += o.dead
	t.negative += o.negative
	t.alive.merge(o.alive)
	t.lo, t.hi = min(t.lo, o.lo), max(t.hi, o.hi)
	t.sketch.merge(o.sketch)
	for j := range t.above {
		t.above[j] += o.above[j]
	}
}

// Depth returns the depth of the paths.
func (t *Tally) Depth() int { return t.depth }

// Count returns the number of paths.
func (t *Tally) Count() int64 { return t.count }

// Dead returns the number of paths with G = 0.
func (t *Tally) Dead() int64 { return t.dead }

// Negative returns the number of paths with G < 0.
func (t *Tally) Negative() int64 { return t.negative }

// Mean returns the mean of log|G| over the paths alive, NaN if there are none.
func (t *Tally) Mean() float64 {
	if t.alive.n == 0 {
		return math.NaN()
	}
	return t.alive.mean
}

// Variance returns the unbiased variance of log|G| over the paths alive, NaN for
// fewer than two.
func (t *Tally) Variance() float64 { return t.alive.variance() }

// Min returns the smallest log|G| over the paths alive, +Inf if there are none.
func (t *Tally) Min() float64 { return t.lo }

// Max returns the largest log|G| over the paths alive, −Inf if there are none.
func (t *Tally) Max() float64 { return t.hi }

// Thresholds returns the thresholds of New.
func (t *Tally) Thresholds() []float64 { return slices.Clone(t.thresholds) }

// Above returns, for each threshold, the number of paths with log|G| above it. Dead
// paths are above none.
func (t *Tally) Above() []int64 { return slices.Clone(t.above) }

// Quantile returns an approximation of the p-quantile of log|G| over all paths, the
// order statistic of rank ⌊p(n−1)⌋ counted from 0, with a bound of its distance from
// that order statistic: 0.1 % of the value at most, and finer as depth grows. Dead
// paths count as −Inf. It returns NaN for an empty tally and panics unless
// 0 ≤ p ≤ 1.
func (t *Tally) Quantile(p float64) (value, bound float64) {
	if !(p >= 0 && p <= 1) {
		panic("tally: quantile of a number outside [0, 1]")
	}
	if t.count == 0 {
		return math.NaN(), math.NaN()
	}
	rank := math.Floor(p * float64(t.count-1))
	if rank < float64(t.dead) {
		return math.Inf(-1), 0
	}
	value, bound = t.sketch.at(rank - float64(t.dead))
	return max(t.lo, min(value, t.hi)), bound
}
