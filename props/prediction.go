package props

import (
	"fmt"
	"math"

	"gradchain/props/evidence"
)

// prediction is what a claim says at one configuration.
type prediction struct {
	Zone     evidence.Zone          // Distribution and TwoSample: Delta alone, a distance of laws
	Variance float64                // Mean: the declared bound of the variance; Median: about the variance, nothing rests on it
	CDFs     func(dst, x []float64) // Distribution: the predicted distribution function, in bulk
	Eta      float64                // Distribution: the sup-error of CDFs
	Like     experiment             // TwoSample: samples of the predicted law
	Apart    float64                // TwoSample: at least how far that is from the true one
	Anywhere bool                   // TwoSample: Apart is known at any configuration, not only where it is registered
}

// predictor makes the prediction at a configuration.
type predictor[C any] func(c C) (prediction, error)

// test builds the test of a prediction.
func (p prediction) test(k Kind, l evidence.Levels) (evidence.Test, error) {
	if math.IsNaN(p.Zone.Theta0) {
		return nil, fmt.Errorf("the prediction is NaN")
	}
	switch k {
	case Probability:
		return evidence.Bernoulli(p.Zone, l)
	case Mean:
		return evidence.Mean(p.Zone, p.Variance, l)
	case Distribution:
		return evidence.Law(evidence.LawConfig{CDFs: p.CDFs, CDFError: p.Eta, Delta: p.Zone.Delta, Levels: l})
	case TwoSample:
		return evidence.TwoSample(p.Zone.Delta, l)
	case Median:
		return evidence.Median(p.Zone, math.Sqrt(p.Variance), l)
	}
	panic("props: no test for a claim of kind " + k.String())
}

// effect is how far the truth lies beyond a mutant's prediction p, in its
// discrepancies: on a violated side, or in distance of laws.
func (p prediction) effect(k Kind, truth prediction, value float64) float64 {
	z := p.Zone
	switch k {
	case Distribution:
		return p.distance(truth) / z.Delta
	case TwoSample:
		return p.Apart / z.Delta
	}
	switch z.Side {
	case evidence.AtMost:
		return (value - z.Theta0) / z.Delta
	case evidence.AtLeast:
		return (z.Theta0 - value) / z.Delta
	}
	return math.Abs(z.Theta0-value) / z.Delta
}

// distance is the largest difference of two distribution functions on a fine
// grid, a lower bound of their sup-distance.
func (p prediction) distance(q prediction) float64 {
	const points = 4001
	var x, a, b [points]float64
	for i := range x {
		x[i] = -100 + 200*float64(i)/(points-1)
	}
	p.CDFs(a[:], x[:])
	q.CDFs(b[:], x[:])
	largest := 0.0
	for i := range x {
		largest = max(largest, math.Abs(a[i]-b[i]))
	}
	return largest
}

// alike predicts for a claim of equality in law that the samples of another protocol
// have the law of the claim's own. For a mutant, a wrong sampler, apart is a lower bound
// of the distance of the two laws, known from elsewhere; for the claim it is 0.
func alike[C any](other protocol[C], apart, delta float64) predictor[C] {
	return func(c C) (prediction, error) {
		e, err := other(c)
		return prediction{Like: e, Apart: apart, Zone: evidence.Zone{Delta: delta}}, err
	}
}

// unlike is alike for a mutant whose distance from the claim's own law is known, at least, at
// any configuration; NaN where it is not.
func unlike[C any](other protocol[C], apart func(c C) float64, delta float64) predictor[C] {
	return func(c C) (prediction, error) {
		p, err := alike(other, apart(c), delta)(c)
		p.Anywhere = true
		return p, err
	}
}
