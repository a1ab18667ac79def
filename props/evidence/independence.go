package evidence

import (
	"errors"
	"fmt"
	"math"
)

// Independence tests that samples of a continuous law are independent, the
// companion of Law: of two successive samples, taken pair by pair, both lie on
// the same side of the median with probability ½ (P2). The claim is violated
// when that probability is delta or more from ½. Duplicated samples, equal
// within a pair, are an error.
//
// Twice an error of the median squared is an error of the probability.
func Independence(median, delta float64, l Levels) (Test, error) {
	if !finite(median) {
		return nil, fmt.Errorf("median is %g; it must be finite", median)
	}
	z := Zone{Theta0: 0.5, Delta: delta}
	if err := z.within(0, 1); err != nil {
		return nil, err
	}
	if err := l.Validate(); err != nil {
		return nil, err
	}
	l = l.filled()
	pairs, err := budgetOf(pairCost(z, l))
	pair := bernoulli{zone: z, levels: l, edges: z.edges(0, 1), budget: pairs}
	return &independence{bernoulli: pair, median: median}, err
}

// independence is a Bernoulli test of the pairs that refutes by KT.
type independence struct {
	bernoulli
	median float64
	half   bool // a sample waits for its partner
	first  float64
}

func (t *independence) Update(batch []float64) error {
	for _, y := range batch {
		if t.half = !t.half; t.half {
			t.first = y
			continue
		}
		if math.IsNaN(y) || math.IsNaN(t.first) {
			return errors.New("a sample is NaN")
		}
		if y == t.first {
			return fmt.Errorf("sample %g of a continuous law repeats the one before it", y)
		}
		if (y <= t.median) == (t.first <= t.median) {
			t.successes++
		}
		t.count++
	}
	return nil
}

func (t *independence) LogERefute() float64 { return ktLogE(t.successes, t.count, 0.5) }

// LogPFixed is that of the exact test of the pairs against ½.
func (t *independence) LogPFixed() float64 {
	n, k := int(t.count), int(t.successes)
	return min(0, math.Ln2+min(logTail(k, n, 0.5), logTail(n-k, n, 0.5)))
}

func (t *independence) Refutes() bool { return t.LogERefute() >= t.levels.refuteAt() }

// Count and Budget are in samples, two to a pair.
func (t *independence) Count() int {
	n := 2 * t.bernoulli.Count()
	if t.half {
		n++
	}
	return n
}

func (t *independence) Budget() int { return 2 * t.budget }

func (t *independence) MDE(n int) float64 {
	return smallestDelta(t.zone, 1, n/2, func(z Zone) float64 { return pairCost(z, t.levels) })
}

// pairCost is the number of pairs that decides: (B6) with KT's regret in place
// of a mixture's size, which depends on the number itself.
func pairCost(z Zone, l Levels) float64 {
	if len(z.edges(0, 1)) == 0 {
		return 0
	}
	rate := bhattacharyya(z.Theta0, z.Theta0+z.Delta)
	exclude := (l.excludeAt()/2 + l.decideAt() + math.Ln2) / rate
	n := 1.0
	for range 100 { // n ↦ (a + ¼ ln n)/rate contracts above its fixed point's scale
		n = max(1, ((l.refuteAt()+ktRegret(n))/2+l.decideAt())/rate)
	}
	return max(n, exclude)
}
