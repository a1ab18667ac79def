package evidence

import "math"

// blocks keeps the samples as the means of blocks of fixed length, which are
// samples of the same mean with the variance divided by the length. That is all
// a confidence sequence for the mean needs to remember.
type blocks struct {
	length  int
	horizon int     // number of samples the sequence is tuned to
	scale   float64 // variance the sequence is tuned to
	sums    []float64
	filled  int // samples in the last, incomplete block
	partial float64
	count   int
}

// mostBlocks is the number of blocks a budget is cut into.
const mostBlocks = 4096

func newBlocks(budget int, variance float64) blocks {
	return blocks{length: (budget + mostBlocks - 1) / mostBlocks, horizon: budget, scale: variance}
}

func (b *blocks) update(batch []float64) {
	b.count += len(batch)
	for _, y := range batch {
		b.partial += y
		if b.filled++; b.filled == b.length {
			b.sums = append(b.sums, b.partial)
			b.partial, b.filled = 0, 0
		}
	}
}

// blockLambdas is the number of λ mixed by a confidence sequence, tuned to
// horizon, horizon/4, horizon/16, … samples.
const blockLambdas = 4

// interval is the confidence sequence {m : E+(m) < 2/miss and E−(m) < 2/miss} of
// Catoni e-processes (C2), for samples of variance at most variance. The λ
// depend on miss and on what was known before the first sample only.
func (b *blocks) interval(variance, miss float64) (lo, hi float64) {
	threshold := math.Log(2 / miss)
	if len(b.sums) == 0 {
		return math.Inf(-1), math.Inf(1)
	}
	var lambdas [blockLambdas]float64
	for j := range lambdas {
		n := math.Ldexp(float64(b.horizon), -2*j)
		lambdas[j] = math.Sqrt(2 * (threshold + math.Log(blockLambdas)) / (n * b.scale))
	}
	length := float64(b.length)
	samples := length * float64(len(b.sums))
	var o offsets
	excluded := func(m, sign float64) bool {
		var logs [blockLambdas]float64
		o.set(b.sums, length*m)
		for j, lambda := range lambdas {
			logs[j] = sign*o.sumPhi(lambda) - samples*lambda*lambda*variance/2
		}
		return logMeanExp(logs[:]...) >= threshold
	}
	least, most := math.Inf(1), math.Inf(-1)
	for _, s := range b.sums {
		least, most = min(least, s/length), max(most, s/length)
	}
	return b.end(least, most, excluded, 1), b.end(most, least, excluded, -1)
}

// end is the last excluded point on the way from outside towards the block
// means, or infinite.
func (b *blocks) end(near, far float64, excluded func(m, sign float64) bool, sign float64) float64 {
	outside := near
	for step := math.Sqrt(b.scale); !excluded(outside, sign); step *= 2 {
		if outside = near - sign*step; !finite(outside) {
			return outside
		}
	}
	end, _ := solve(outside, far, func(m float64) bool { return !excluded(m, sign) })
	return end
}
