package law

import "math"

// invert returns the x > 0 with prob(x) = target, where prob is the distribution or
// survival function of |w| and pdf its density. It is Newton's method for log prob as
// a function of log x, which makes the tails straight, kept inside a bracket.
func invert(prob, pdf func(float64) float64, target, guess float64) float64 {
	rises := prob(0) < 0.5
	if target == 0 {
		if rises {
			return 0
		}
		return math.Inf(1)
	}
	lo, hi, x := 0.0, math.Inf(1), guess
	for range 200 {
		p := prob(x)
		if p == target {
			return x
		}
		if (p < target) == rises {
			lo = x
		} else {
			hi = x
		}
		next := x * math.Exp(math.Log(target/p)*p/(x*pdf(x)))
		if !rises {
			next = x * math.Exp(-math.Log(target/p)*p/(x*pdf(x)))
		}
		next = max(math.SmallestNonzeroFloat64, min(next, math.MaxFloat64)) // a heavy tail: the step may overflow
		if lo == math.MaxFloat64 {
			return math.Inf(1)
		}
		if !(lo < next && next < hi) {
			next = middle(lo, hi)
		}
		if math.Abs(next-x) <= 0x1p-52*x {
			return next
		}
		x = next
	}
	return x
}

// middle returns a point inside (lo, hi): the geometric mean where both ends are
// known, else a step of a factor 2.
func middle(lo, hi float64) float64 {
	switch {
	case math.IsInf(hi, 1):
		return 2 * lo
	case lo == 0:
		return hi / 2
	}
	return math.Sqrt(lo) * math.Sqrt(hi)
}
