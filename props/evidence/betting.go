package evidence

import "math"

// Betting is the e-process of Waudby-Smith and Ramdas (2024) against
// Sign·(E[X] − Mean) ≤ 0 for X in [0, 1] (G1): the capital, started at 1, of a
// gambler who stakes λ on every X, half of it with a λ that follows the samples
// so far and half with one made for a mean Delta away. It only reports;
// BoundedMean has the budget that a verdict needs.
type Betting struct {
	Mean  float64 // of the null, in [0, 1]
	Sign  float64 // +1 against means up to Mean, −1 against means from Mean on
	Delta float64 // the violation worth finding, positive

	running  running
	adaptive float64 // log capital
	designed float64
}

// running is the mean and the variance of samples in [0, 1], started at ½ and ¼
// as if one sample had been seen.
type running struct{ count, sum, squares float64 }

func (r *running) mean() float64     { return (0.5 + r.sum) / (r.count + 1) }
func (r *running) variance() float64 { return (0.25 + r.squares) / (r.count + 1) }

func (r *running) add(x float64) {
	r.sum += x
	r.count++
	d := x - r.mean()
	r.squares += d * d
}

// Add takes a sample, which must lie in [0, 1].
func (b *Betting) Add(x float64) {
	if !(x >= 0 && x <= 1) {
		panic("evidence: a bet on a sample outside [0, 1]")
	}
	most := 0.5 / b.Mean // keeps the capital positive
	if b.Sign < 0 {
		most = 0.5 / (1 - b.Mean)
	}
	edge := b.Sign * (b.running.mean() - b.Mean)
	variance := b.running.variance()
	win := b.Sign * (x - b.Mean)
	b.adaptive += math.Log1p(min(max(0, edge/(variance+edge*edge)), most) * win)
	b.designed += math.Log1p(min(b.Delta/(variance+b.Delta*b.Delta), most) * win)
	b.running.add(x)
}

// LogE is the log of the capital.
func (b *Betting) LogE() float64 { return logMeanExp(b.adaptive, b.designed) }
