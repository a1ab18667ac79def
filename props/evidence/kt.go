package evidence

import "math"

// ktLogE is the e-value of Krichevsky and Trofimov (1981) against p = p0, both
// sides (B3): a Beta(½, ½) mixture of the alternatives over the null. +Inf if
// the null makes the sample impossible.
func ktLogE(successes, count, p0 float64) float64 {
	return ktMixture(successes, count) - xlogy(successes, p0) - xlogy(count-successes, 1-p0)
}

// ktMixture is ln B(½+S, ½+t−S) − ln B(½, ½).
func ktMixture(successes, count float64) float64 {
	return lgamma(0.5+successes) + lgamma(0.5+count-successes) - lgamma(1+count) - math.Log(math.Pi)
}

// ktRegret bounds from above how far ktLogE falls short of the best likelihood
// ratio after t samples: ½ ln t + ln 2.
func ktRegret(count float64) float64 { return math.Log(count)/2 + math.Ln2 }

// KTInterval is the confidence sequence {p : KT e-value < 1/miss} (B4) after
// count samples with the given successes: with probability 1 − miss it holds
// the true p at all times at once.
func KTInterval(successes, count, miss float64) (lo, hi float64) {
	mixture, threshold := ktMixture(successes, count), -math.Log(miss)
	excluded := func(p float64) bool {
		return mixture-xlogy(successes, p)-xlogy(count-successes, 1-p) >= threshold
	}
	lo, hi = 0, 1
	if centre := successes / count; count > 0 {
		// The e-value is log-convex in p, so each side has one crossing; the
		// ends are taken on the excluded side, outwards.
		if excluded(0) {
			_, lo = solve(centre, 0, excluded)
		}
		if excluded(1) {
			_, hi = solve(centre, 1, excluded)
		}
	}
	return lo, hi
}

func lgamma(x float64) float64 {
	v, _ := math.Lgamma(x)
	return v
}
