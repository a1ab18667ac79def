package evidence

import "math"

// EmpiricalBernstein is the predictable plug-in confidence sequence of
// Waudby-Smith and Ramdas (2024, theorem 2) for the mean of independent samples
// in [0, 1] (G2). It adapts to their variance.
type EmpiricalBernstein struct {
	Miss float64 // probability that the interval ever misses the mean, in (0, 1)

	running                   running
	weights, weighted, excess float64
}

// Add takes a sample, which must lie in [0, 1].
func (e *EmpiricalBernstein) Add(x float64) {
	if !(x >= 0 && x <= 1) {
		panic("evidence: an interval for a sample outside [0, 1]")
	}
	before := 0.0 // plain mean of the samples before x
	if e.running.count > 0 {
		before = e.running.sum / e.running.count
	}
	t := e.running.count + 1
	lambda := min(0.5, math.Sqrt(2*math.Log(2/e.Miss)/(e.running.variance()*t*math.Log1p(t))))
	e.weights += lambda
	e.weighted += lambda * x
	e.excess += (x - before) * (x - before) * (-math.Log1p(-lambda) - lambda)
	e.running.add(x)
}

// Interval is the interval after the samples so far, [0, 1] before the first.
func (e *EmpiricalBernstein) Interval() (lo, hi float64) {
	if e.weights == 0 {
		return 0, 1
	}
	centre := e.weighted / e.weights
	radius := (math.Log(2/e.Miss) + e.excess) / e.weights
	return max(0, centre-radius), min(1, centre+radius)
}
