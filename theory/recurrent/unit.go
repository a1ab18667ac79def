package recurrent

import (
	"fmt"
	"math"

	"gradchain/theory/activation"
)

// mostUnitSteps bounds the steps of a recurrence that has no closed form.
const mostUnitSteps = 1_000_000

// UnitLogGradient returns log|∂h_T/∂h_0| of one recurrent unit h ← φ(w·h + bias) from the
// state h_0 over T = steps: the sum of log|w·φ′(w·h + bias)| along the path, by iteration. It
// is −Inf if a slope is 0. Where the path settles, as that of every increasing φ does or in
// a cycle of two, it is accurate to 1e-12 of the sum of the magnitudes of its terms; a
// chaotic path is followed only as far as rounding goes. Domain: w, bias and state finite,
// 0 ≤ steps ≤ 10^6.
func UnitLogGradient(phi activation.Activation, w, bias, state float64, steps int) (float64, error) {
	if !(math.Abs(w) <= math.MaxFloat64 && math.Abs(bias) <= math.MaxFloat64 && math.Abs(state) <= math.MaxFloat64) {
		return 0, fmt.Errorf("w %v, bias %v, state %v: must be finite", w, bias, state)
	}
	if steps < 0 || steps > mostUnitSteps {
		return 0, fmt.Errorf("steps %d: must be 0 to %d", steps, mostUnitSteps)
	}
	h, sum, rest := state, 0.0, 0.0
	for range steps {
		z := math.FMA(w, h, bias)
		term := math.Log(math.Abs(w)) + phi.LogAbsDPhi(z)
		if math.IsInf(term, -1) {
			return term, nil
		}
		sum, rest = plus(sum, rest, term)
		h = phi.Phi(z)
		if math.IsNaN(h) || math.IsInf(h, 0) {
			return 0, fmt.Errorf("w %v, bias %v, state %v: the state leaves the range of float64", w, bias, state)
		}
	}
	return sum + rest, nil
}

// plus adds x to sum + rest, rest the rounding so far (Neumaier 1974).
func plus(sum, rest, x float64) (float64, float64) {
	next := sum + x
	if math.Abs(sum) >= math.Abs(x) {
		return next, rest + (sum - next + x)
	}
	return next, rest + (x - next + sum)
}
