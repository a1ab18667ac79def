package main

import (
	"math"

	"gradchain/theory/activation"
	"gradchain/theory/special"
)

// farLog bounds the log variance, far beyond where it makes a difference.
const farLog = 600

// A normal number counts as if it were never beyond farOut standard deviations. Beyond
// tailFrom φ′ is what it is in the tail, unless it oscillates.
const farOut, tailFrom = 9, 4096

// slopeShare returns P(|φ′(z)| < below), or P(φ′(z) = 0) for below = 0, z normal of
// variance e^logVariance, to about six digits; NaN where φ′ has too many ups and downs
// to follow.
func slopeShare(a activation.Activation, logVariance, below float64) float64 {
	std := math.Exp(max(-farLog, min(logVariance, farLog)) / 2)
	return slopeShareOf(a, below, farOut*std, func(lo, hi float64) float64 { return between(lo/std, hi/std) })
}

// slopeShareOf is slopeShare for any law of z, none of it beyond end, with the probability of
// an interval. Intervals are found on a grid of spacing at most 1/16, finer than the
// intervals of the activations of the catalogue, and their ends by bisection.
func slopeShareOf(a activation.Activation, below, end float64, probability func(lo, hi float64) float64) float64 {
	if a.Tail(1).Kind != activation.Oscillating {
		end = min(end, tailFrom)
	}
	if !(end > 0 && end <= tailFrom) {
		return math.NaN()
	}
	hit := func(z float64) bool { return math.Abs(a.DPhi(z)) < below }
	if below == 0 {
		hit = func(z float64) bool { return math.IsInf(a.LogAbsDPhi(z), -1) }
	}
	steps := max(256, math.Ceil(end*16))
	share, from := 0.0, math.Inf(-1)
	z, inside := -end, hit(-end)
	for i := 1.0; i <= 2*steps; i++ {
		next := end * (i/steps - 1)
		if now := hit(next); now != inside {
			edge := bisect(hit, z, next)
			if inside {
				share += probability(from, edge)
			}
			from, inside = edge, now
		}
		z = next
	}
	if inside {
		share += probability(from, math.Inf(1))
	}
	return share
}

// bisect returns where hit changes between lo and hi.
func bisect(hit func(float64) bool, lo, hi float64) float64 {
	at := hit(lo)
	for range 60 {
		if mid := lo + (hi-lo)/2; hit(mid) == at {
			lo = mid
		} else {
			hi = mid
		}
	}
	return lo + (hi-lo)/2
}

// between is P(lo < z < hi) of a standard normal z, relatively accurate in the tails.
func between(lo, hi float64) float64 {
	if lo > 0 {
		lo, hi = -hi, -lo
	}
	return special.NormCDF(hi) - special.NormCDF(lo)
}
