package evidence

import "math"

// mergeFractions are the λ of Merge, fractions of the capital staked.
var mergeFractions = [...]float64{0.01, 0.05, 0.2, 0.5}

// Merge is the log of the e-value of "the claim holds at every configuration",
// from the log e-values at configurations in the order of their evaluation
// (M1): the mean over λ ∈ {.01, .05, .2, .5} of Π (1 − λ + λ E_k). It is valid if
// each E_k is an e-value given everything before it, so for configurations
// chosen by what was seen, and it finds what no single configuration shows. No
// configurations give 0.
func Merge(logE ...float64) float64 {
	var logs [len(mergeFractions)]float64
	for i, lambda := range mergeFractions {
		for _, e := range logE {
			logs[i] += logSumExp([]float64{math.Log1p(-lambda), math.Log(lambda) + e})
		}
	}
	return logMeanExp(logs[:]...)
}
