package evidence

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// LawConfig says which law a claim is about and how large a violation of it is
// worth finding. Distances are Kolmogorov's, the largest difference of the
// distribution functions.
type LawConfig struct {
	CDF      func(y float64) float64 // F₀(y) = P(Y ≤ y); required without CDFs
	CDFs     func(dst, y []float64)  // F₀ in bulk, dst[i] = F₀(y[i]); used instead of CDF if given
	CDFLeft  func(y float64) float64 // F₀(y−) = P(Y < y); nil means that the law is continuous
	CDFError float64                 // largest numerical error of the two; at most MDE/100
	Eps      float64                 // distance within which the claim holds, if F₀ is an approximation; usually 0
	Delta    float64                 // the smallest distance worth finding
	Uniform  func() float64          // numbers in [0, 1) from the stream of the samples; required with CDFLeft, unused without
	Levels   Levels
}

// Law tests that independent samples follow a law, by their probability
// integral transforms U = F₀(Y−) + V·(F₀(Y) − F₀(Y−)), uniform if they do. Half
// of FalseFail goes to a battery of e-processes at 19 thresholds, which sees
// the tails and stops early (pit); half to the Dvoretzky–Kiefer–Wolfowitz
// inequality at samples 1000·2^k, which also verifies (D1). The estimate is the
// distance at the last look.
//
// An error ends the test if U is NaN or outside [0, 1], and, for a continuous
// law, if a sample repeats the one before it or a batch starts like an earlier
// one: then the samples are not independent.
func Law(c LawConfig) (Test, error) {
	if err := c.validate(); err != nil {
		return nil, err
	}
	c.Levels = c.Levels.filled()
	if c.CDFs == nil {
		c.CDFs = func(dst, y []float64) {
			for i := range dst {
				dst[i] = c.CDF(y[i])
			}
		}
	}
	t := &law{
		config: c, pit: newPit(c.Eps, c.Delta), starts: map[float64]bool{}, previous: math.NaN(),
	}
	var err error
	t.epochs, err = newEpochs(func(looks int) float64 { return c.cost(c.gap(), looks) })
	if err != nil {
		return nil, err
	}
	return t, c.checkError(t.Budget(), t.MDE(t.Budget()))
}

func (c LawConfig) validate() error {
	if err := errors.Join((Zone{Eps: c.Eps, Delta: c.Delta}).Validate(), c.Levels.Validate()); err != nil {
		return err
	}
	switch {
	case c.CDF == nil && c.CDFs == nil:
		return errors.New("cdf is missing")
	case c.CDFLeft != nil && c.Uniform == nil:
		return errors.New("uniform is missing; a law with atoms needs it")
	case !(c.CDFError >= 0):
		return fmt.Errorf("cdf error is %g; it must be 0 or more", c.CDFError)
	case !(c.Delta < 1):
		return fmt.Errorf("delta is %g; a distance of laws is below 1", c.Delta)
	case !(c.gap() > 0):
		return fmt.Errorf("cdf error is %g; twice that must be below delta − eps = %g", c.CDFError, c.Delta-c.Eps)
	}
	return nil
}

// checkError keeps the error of the CDF below what the samples can see: by
// distance, and by the divergence it makes in n samples at the rarest threshold.
func (c LawConfig) checkError(n int, mde float64) error {
	rarest := pitThresholds()[0]
	most := min(mde/100, math.Sqrt(1e-3*rarest/float64(n)))
	if c.CDFError > most {
		return fmt.Errorf("cdf error is %g; with a budget of %d samples it must be at most %.3g", c.CDFError, n, most)
	}
	return nil
}

// gap is what remains of Delta for chance.
func (c LawConfig) gap() float64 { return c.Delta - c.Eps - 2*c.CDFError }

// effort is ln(1/α) at one of the looks, of the smaller error rate.
func (c LawConfig) effort(looks int) float64 {
	return math.Log(float64(looks)) + max(c.Levels.refuteAt()+math.Ln2, c.Levels.excludeAt())
}

func (c LawConfig) cost(gap float64, looks int) float64 {
	return dkwCost(gap, c.effort(looks), c.Levels.decideAt())
}

type law struct {
	config   LawConfig
	pit      *pit
	epochs   epochs
	logPit   float64   // the battery's e-value, now
	batch    []float64 // transforms of the current batch
	u        []float64 // transforms up to the last look
	previous float64
	starts   map[float64]bool // first samples of the batches

	distance          float64 // at the last look
	logP, logPViolate float64 // of the claim and of a violation: the least over looks, times the number of looks
}

func (t *law) Update(batch []float64) error {
	if err := t.checkRepeats(batch); err != nil {
		return err
	}
	t.batch = slices.Grow(t.batch[:0], len(batch))[:len(batch)]
	if err := t.transform(t.batch, batch); err != nil {
		return err
	}
	for u := t.batch; len(u) > 0 && !t.epochs.over(); {
		k := min(len(u), t.epochs.next()-len(t.u))
		t.u = append(t.u, u[:k]...)
		if u = u[k:]; len(t.u) == t.epochs.next() {
			t.look()
		}
	}
	t.pit.update(t.batch)
	t.logPit = t.pit.logE()
	return nil
}

// checkRepeats finds a continuous law's samples that cannot be independent.
func (t *law) checkRepeats(batch []float64) error {
	if t.config.CDFLeft != nil || len(batch) == 0 {
		return nil
	}
	if t.starts[batch[0]] {
		return fmt.Errorf("sample %g starts two batches of a continuous law: a stream is reused", batch[0])
	}
	t.starts[batch[0]] = true
	for _, y := range batch {
		if y == t.previous {
			return fmt.Errorf("sample %g of a continuous law repeats the one before it", y)
		}
		t.previous = y
	}
	return nil
}

// transform writes the probability integral transforms of the samples to dst.
func (t *law) transform(dst, samples []float64) error {
	t.config.CDFs(dst, samples)
	for i, u := range dst {
		if t.config.CDFLeft != nil {
			left := t.config.CDFLeft(samples[i])
			u = left + t.config.Uniform()*(u-left)
			dst[i] = u
		}
		if !(u >= 0 && u <= 1) {
			return fmt.Errorf("the law gives sample %g the probability %g; it must lie in [0, 1]", samples[i], u)
		}
	}
	return nil
}

func (t *law) look() {
	n, looks := len(t.u), math.Log(float64(t.epochs.looks))
	t.distance = uniformDistance(t.u)
	t.logP = min(t.logP, looks+dkwLogP(n, t.distance-t.config.CDFError-t.config.Eps))
	t.logPViolate = min(t.logPViolate, looks+dkwLogP(n, t.config.Delta-t.config.CDFError-t.distance))
	t.epochs.done++
}

// LogERefute averages the battery's e-value and that of the distance.
func (t *law) LogERefute() float64 { return logMeanExp(t.logPit, calibrate(t.logP)) }

// LogPFixed is the smaller p-value of the two parts, for two.
func (t *law) LogPFixed() float64 { return min(0, math.Ln2+min(t.logP, -t.logPit)) }

func (t *law) LogEUpper() float64 { return calibrate(t.logPViolate) }
func (t *law) LogELower() float64 { return math.Inf(1) }

// Refutes spends half of FalseFail on each part.
func (t *law) Refutes() bool {
	threshold := t.config.Levels.refuteAt() + math.Ln2
	return t.logPit >= threshold || t.logP < -threshold
}

func (t *law) Excludes() (upper, lower bool) {
	return t.logPViolate < -t.config.Levels.excludeAt(), true
}

func (t *law) Count() int  { return int(t.pit.count) }
func (t *law) Budget() int { return t.epochs.budget() }

// MDE is r(n, α/K) + r(n, β) beyond the slack and the error of the CDF.
func (t *law) MDE(n int) float64 {
	c := t.config
	return c.Eps + 2*c.CDFError + math.Sqrt(c.cost(1, t.epochs.looks)/float64(n))
}

func (t *law) Estimate() float64 {
	if t.epochs.done > 0 {
		return t.distance
	}
	if len(t.u) == 0 {
		return math.NaN()
	}
	return uniformDistance(t.u)
}

// Interval comes from the last look; before the first it is [0, 1].
func (t *law) Interval(level float64) (lo, hi float64) {
	if t.epochs.done == 0 {
		return 0, 1
	}
	n := firstLook << (t.epochs.done - 1)
	r := DKWRadius(n, miss(level)/float64(t.epochs.looks)) + t.config.CDFError
	return max(0, t.distance-r), min(1, t.distance+r)
}
