package evidence

import "math"

// logMeanExp is ln of the mean of e^x_i: the log of an equal mixture of
// e-values. +Inf wins over everything, NaN over +Inf.
func logMeanExp(logs ...float64) float64 {
	return logSumExp(logs) - math.Log(float64(len(logs)))
}

// logSumExp is ln Σ e^x_i without overflow; −Inf for no terms.
func logSumExp(logs []float64) float64 {
	top := math.Inf(-1)
	for _, x := range logs {
		if math.IsNaN(x) {
			return x
		}
		top = max(top, x)
	}
	if math.IsInf(top, 0) {
		return top
	}
	var sum float64
	for _, x := range logs {
		sum += math.Exp(x - top)
	}
	return top + math.Log(sum)
}

// xlogy is x ln y, 0 at x = 0 whatever y is.
func xlogy(x, y float64) float64 {
	if x == 0 {
		return 0
	}
	return x * math.Log(y)
}

// solve bisects for the point between lo and hi (in either order) where beyond
// turns from false, at lo, to true, at hi, down to neighbouring floats.
func solve(lo, hi float64, beyond func(x float64) bool) (before, after float64) {
	for {
		mid := lo + (hi/2 - lo/2) // without overflow
		if mid == lo || mid == hi {
			return lo, hi
		}
		if beyond(mid) {
			hi = mid
		} else {
			lo = mid
		}
	}
}

// goldenSection is a minimum of a unimodal f inside (lo, hi).
func goldenSection(lo, hi float64, f func(float64) float64) float64 {
	const ratio = 1 / math.Phi
	a, b := hi-ratio*(hi-lo), lo+ratio*(hi-lo)
	fa, fb := f(a), f(b)
	for range 60 { // φ^−60 = 3e-13 of the bracket
		if fa <= fb {
			hi, b, fb = b, a, fa
			a = hi - ratio*(hi-lo)
			fa = f(a)
		} else {
			lo, a, fa = a, b, fb
			b = lo + ratio*(hi-lo)
			fb = f(b)
		}
	}
	return lo + (hi-lo)/2
}
