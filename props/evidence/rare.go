package evidence

import (
	"fmt"
	"math"
)

// RareEvent is the event Y > Threshold, of small probability p, and what it
// takes to sample it: under the tilted law dQ/dP ∝ e^{sY} it is common, and
// Weight, in [0, 1], has Q-mean p/e^LogScale (IS1). So BoundedMean tests p, with
// the zone of WeightZone.
//
// For Y = Σ ln|X_l| each factor is tilted by |X|^s; a normal one of variance σ²
// then has X²/(2σ²) ~ Gamma((1+s)/2).
type RareEvent struct {
	Threshold float64
	Slope     float64 // s > 0
	LogScale  float64 // K(s) − s·Threshold, the log of the largest likelihood ratio
}

// NewRareEvent finds the slope with K′(s) = threshold, given K(s) = ln E e^{sY},
// +Inf or NaN where it does not exist, and the mean of Y. The threshold must
// exceed the mean.
func NewRareEvent(threshold, mean float64, cgf func(s float64) float64) (RareEvent, error) {
	gap := threshold - mean
	if !(gap > 0) || !finite(gap) {
		return RareEvent{}, fmt.Errorf("threshold is %g; an event above it is rare only if it exceeds the mean %g", threshold, mean)
	}
	s := maximizer(gap, func(s float64) float64 { return s*threshold - cgf(s) })
	return RareEvent{threshold, s, cgf(s) - s*threshold}, nil
}

// Weight is the likelihood ratio of a sample drawn under the tilted law over its
// largest value, 0 outside the event.
func (r RareEvent) Weight(y float64) float64 {
	if !(y > r.Threshold) {
		return 0
	}
	return math.Exp(-r.Slope * (y - r.Threshold))
}

// LogProbability is ln p for a given mean of the weights.
func (r RareEvent) LogProbability(meanWeight float64) float64 {
	return math.Log(meanWeight) + r.LogScale
}

// WeightZone turns a zone for p into one for the mean of the weights.
func (r RareEvent) WeightZone(z Zone) Zone {
	scale := math.Exp(-r.LogScale)
	z.Theta0, z.Eps, z.Delta = z.Theta0*scale, z.Eps*scale, z.Delta*scale
	return z
}
