package evidence

import (
	"fmt"
	"math"
)

// firstLook is the number of samples at the first look; every further look
// doubles it.
const firstLook = 1000

// epochs are the doubling looks at a test that is made for a fixed number of
// samples. Each look spends an equal part of the error rates.
type epochs struct {
	looks int // K
	done  int
}

// newEpochs takes the fewest looks whose last one has as many samples as cost
// says are needed with so many.
func newEpochs(cost func(looks int) float64) (epochs, error) {
	const most = 18 // 1.3e8 samples, which are kept
	for k := 1; k <= most; k++ {
		if e := (epochs{looks: k}); cost(k) <= float64(e.budget()) {
			return e, nil
		}
	}
	return epochs{}, fmt.Errorf("delta is too close to eps: it would take %.3g samples; at most %d are possible",
		cost(most), epochs{looks: most}.budget())
}

// budget is the number of samples at the last look.
func (e epochs) budget() int { return firstLook << (e.looks - 1) }

// next is the number of samples at the next look.
func (e epochs) next() int { return firstLook << e.done }

// over says whether all looks are done.
func (e epochs) over() bool { return e.done == e.looks }

// calibrate turns an anytime-valid log p-value into a log e-value, ½ p^{−1/2},
// Vovk and Wang (2021).
func calibrate(logP float64) float64 { return -math.Ln2 - logP/2 }
