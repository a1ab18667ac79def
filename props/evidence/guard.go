package evidence

import (
	"fmt"
	"math"
)

// guardMost is the largest ratio at which a sample mean of e^{kY} is trusted.
const guardMost = 0.25

// GuardRatio is k² Var(Y)/(2 ln n): above 1 the mean of e^{kY} is carried by
// samples that n draws do not contain. +Inf for n < 2.
func GuardRatio(k, variance float64, n int) float64 {
	if n < 2 {
		return math.Inf(1)
	}
	return k * k * variance / (2 * math.Log(float64(n)))
}

// CheckMoment returns an error if E e^{kY} cannot be estimated by the mean of n
// samples, variance being that of Y. Such a mean is off by orders of magnitude
// and its standard error does not show it; test the cumulant of one factor, or
// tilt.
func CheckMoment(k, variance float64, n int) error {
	if ratio := GuardRatio(k, variance, n); !(ratio <= guardMost) {
		return fmt.Errorf("moment %g is not estimable by a mean of %d samples: k²·variance/(2 ln n) is %.3g; it must be at most %g",
			k, n, ratio, guardMost)
	}
	return nil
}
