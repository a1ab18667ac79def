package evidence

import (
	"math"
	"sort"

	"gonum.org/v1/gonum/mathext"
)

// BinomialTail is P(Bin(n, p) ≥ k), relatively exact in the far tail.
func BinomialTail(k, n int, p float64) float64 {
	switch {
	case k <= 0:
		return 1
	case k > n:
		return 0
	case p <= 0 || p >= 1:
		return min(1, max(0, math.Ceil(p)))
	}
	return mathext.RegIncBeta(float64(k), float64(n-k+1), p)
}

// ClopperPearson holds a probability p after k successes in n samples, n fixed
// in advance: each side misses it with probability at most miss.
func ClopperPearson(k, n int, miss float64) (lo, hi float64) {
	lo, hi = 0, 1
	if k > 0 {
		lo, _ = solve(0, 1, func(p float64) bool { return BinomialTail(k, n, p) > miss })
	}
	if k < n {
		_, hi = solve(0, 1, func(p float64) bool { return BinomialTail(n-k, n, 1-p) < miss })
	}
	return lo, hi
}

// QuantileInterval holds the q-quantile of the law of independent samples, given
// in ascending order, between two of them: each side misses it with probability
// at most miss, whatever the law. A side the samples cannot bound is infinite.
func QuantileInterval(sorted []float64, q, miss float64) (lo, hi float64) {
	n := len(sorted)
	lo, hi = math.Inf(-1), math.Inf(1)
	// sorted[i] exceeds the quantile only if at most i samples do not, of which
	// there are Bin(n, q) or more, and falls short of it only if at least i+1
	// do, Bin(n, q) or fewer.
	if i := sort.Search(n, func(i int) bool { return !(BinomialTail(n-i, n, 1-q) <= miss) }); i > 0 {
		lo = sorted[i-1]
	}
	if i := sort.Search(n, func(i int) bool { return BinomialTail(i+1, n, q) <= miss }); i < n {
		hi = sorted[i]
	}
	return lo, hi
}
