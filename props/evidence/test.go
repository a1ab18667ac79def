package evidence

import (
	"fmt"
	"math"
)

// Test accumulates the evidence for and against one claim at one
// configuration. Its e-values are logs; those of the two violations are +Inf
// on a side where no violation exists.
type Test interface {
	// Update takes the next samples. An error ends the test: the samples
	// break an assumption, and no verdict can be had.
	Update(batch []float64) error

	// LogERefute is the e-value against the claim, now.
	LogERefute() float64
	// LogEUpper and LogELower are the e-values against a violation of Delta
	// or more above and below, now.
	LogEUpper() float64
	LogELower() float64
	// Refutes says whether the evidence against the claim has reached
	// FalseFail, and Excludes whether that against each violation has reached
	// FalsePass, now.
	Refutes() bool
	Excludes() (upper, lower bool)

	// LogPFixed is the log p-value of the claim if the number of samples so far
	// was fixed in advance. It finds what an e-value, which may be looked at any
	// time, pays too much for: a truth short of Delta.
	LogPFixed() float64

	// Count is the number of samples so far, Budget the number that decides:
	// with it, Inconclusive has at most probability Undecided when the claim
	// holds and when it is violated by Delta or more.
	Count() int
	Budget() int
	// MDE is the smallest Delta that a budget of n samples would serve, at the
	// same levels; +Inf if none is.
	MDE(n int) float64

	// Estimate is the estimate of what the claim is about, NaN before the
	// first sample. It is biased away from the claim at a stop that refutes.
	Estimate() float64
	// Interval holds the true value with at least the probability level, in
	// (0, 1), whenever one stops.
	Interval(level float64) (lo, hi float64)
}

// maxBudget is the largest budget in samples; a Delta that needs more is an error.
const maxBudget = 1e15

// budgetOf rounds the larger of the costs up.
func budgetOf(costs ...float64) (int, error) {
	n := 1.0
	for _, c := range costs {
		n = max(n, math.Ceil(c))
	}
	if !(n <= maxBudget) {
		return 0, fmt.Errorf("delta is too close to eps: it would take %.3g samples; at most %.0g are possible", n, maxBudget)
	}
	return int(n), nil
}

// miss is the probability outside an interval of the given level.
func miss(level float64) float64 {
	if !(level > 0 && level < 1) {
		panic(fmt.Sprintf("evidence: level %g of an interval is not in (0, 1)", level))
	}
	return 1 - level
}
