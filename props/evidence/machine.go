package evidence

import (
	"context"
	"errors"
	"fmt"
	"math"
)

// Sampler fills dst with the samples of the given batch, counted from 0. The
// samples must be independent draws of all the randomness there is, within a
// batch and between batches. An error or a panic ends the run with Error.
type Sampler func(batch int, dst []float64) error

// Options of a run. The zero value is the default.
type Options struct {
	Batch int     // samples between looks; 0 means Budget/400 of the first test, even, at least 50 and at most 65536
	Level float64 // level of Outcome's interval; 0 means 0.99

	Samples int // that Confirm takes; 0 means Budget. Run takes what it needs.
}

const (
	looks        = 400
	leastBatch   = 50
	mostBatch    = 1 << 16 // a tiny Delta must not cost memory
	defaultLevel = 0.99
)

// Outcome is what a run found out.
type Outcome struct {
	Verdict Verdict
	Reason  string // one line, lower case
	Err     error  // the cause, if Verdict is Error

	N      int // samples used, up to the last look
	Budget int

	LogERefute    float64 // against the claim, at the stop: the e-value to merge and to multiply
	SupLogERefute float64 // its largest value on the way
	LogEVerify    float64 // against "violated by Delta or more", at the stop

	Estimate float64 // biased away from the claim if Refuted: see Confirm
	Lo, Hi   float64 // interval that holds the true value with probability Level
	Level    float64
}

// LogPRefute is the log of an anytime-valid p-value of the claim,
// min(1, 1/sup E_R).
func (o Outcome) LogPRefute() float64 { return min(0, -o.SupLogERefute) }

// Run draws batches for the test until there is a verdict.
func Run(ctx context.Context, t Test, s Sampler, o Options) Outcome {
	return RunAll(ctx, []Test{t}, s, o)[0]
}

// RunAll runs several tests on one stream of samples, each until its own
// verdict, and returns their outcomes in order. Tests do not influence each
// other, except that the first one's budget chooses the batch: a claim put
// first, before its mutants, fares as it would alone.
func RunAll(ctx context.Context, tests []Test, s Sampler, o Options) []Outcome {
	if len(tests) == 0 {
		return nil
	}
	runs := make([]run, len(tests))
	for i, t := range tests {
		runs[i] = newRun(t, o)
	}
	dst := make([]float64, o.batch(tests[0]))
	for batch, open := 0, len(runs); open > 0; batch++ {
		err := draw(ctx, s, batch, dst)
		open = 0
		for i := range runs {
			if !runs[i].step(dst, err) {
				open++
			}
		}
	}
	out := make([]Outcome, len(runs))
	for i, r := range runs {
		out[i] = r.outcome
	}
	return out
}

func (o Options) batch(t Test) int {
	if o.Batch > 0 {
		return o.Batch
	}
	n := min(max(leastBatch, (t.Budget()+looks-1)/looks), mostBatch)
	return n + n%2
}

// draw fills dst, or says why it cannot be used.
func draw(ctx context.Context, s Sampler, batch int, dst []float64) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = panicked("sampler", cause)
		}
	}()
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("interrupted: %w", err)
	}
	if err := s(batch, dst); err != nil {
		return fmt.Errorf("sampler: %w", err)
	}
	for i, y := range dst {
		if math.IsNaN(y) {
			return fmt.Errorf("sampler: sample %d of batch %d is NaN", i, batch)
		}
	}
	return nil
}

func panicked(who string, cause any) error {
	if err, ok := cause.(error); ok {
		return fmt.Errorf("%s panicked: %w", who, err)
	}
	return fmt.Errorf("%s panicked: %v", who, cause)
}

// run is one test on its way to a verdict: the machine of four nulls.
type run struct {
	test         Test
	upper, lower bool // the violations excluded so far; these latch
	done         bool
	outcome      Outcome
}

func newRun(t Test, o Options) run {
	if o.Level == 0 {
		o.Level = defaultLevel
	}
	return run{test: t, outcome: Outcome{Budget: t.Budget(), Level: o.Level}}
}

// step takes a batch, or the error that stands for it, and looks. It reports
// whether the run is done.
func (r *run) step(batch []float64, err error) (done bool) {
	if r.done {
		return true
	}
	defer func() {
		if cause := recover(); cause != nil {
			r.fail(panicked("test", cause))
			done = true
		}
	}()
	if err == nil {
		err = r.test.Update(batch)
	}
	if err == nil {
		err = r.look()
	}
	if err != nil {
		r.fail(err)
	}
	return r.done
}

// look compares the e-values with their thresholds, the claim's first.
func (r *run) look() error {
	o := &r.outcome
	o.N = r.test.Count()
	o.LogERefute = r.test.LogERefute()
	o.LogEVerify = min(r.test.LogEUpper(), r.test.LogELower())
	if math.IsNaN(o.LogERefute) || math.IsNaN(o.LogEVerify) {
		return errors.New("an e-value is NaN")
	}
	o.SupLogERefute = max(o.SupLogERefute, o.LogERefute)
	upper, lower := r.test.Excludes()
	r.upper, r.lower = r.upper || upper, r.lower || lower
	switch {
	case r.test.Refutes():
		r.stop(Refuted, fmt.Sprintf("the claim is excluded: e-value 10^%.1f after %d samples", o.LogERefute/math.Ln10, o.N))
	case r.upper && r.lower:
		r.stop(Verified, fmt.Sprintf("a violation by delta is excluded: e-value 10^%.1f after %d samples", o.LogEVerify/math.Ln10, o.N))
	case o.N >= o.Budget:
		r.stop(Inconclusive, fmt.Sprintf("undecided after %d samples: the truth lies in the indifference zone or an assumption is broken", o.N))
	}
	return nil
}

func (r *run) stop(v Verdict, reason string) {
	o := &r.outcome
	o.Verdict, o.Reason = v, reason
	o.Estimate = r.test.Estimate()
	o.Lo, o.Hi = r.test.Interval(o.Level)
	r.done = true
}

// fail ends the run without a verdict. Its e-values are 0: an error that comes
// with small e-values must not turn them into larger ones.
func (r *run) fail(err error) {
	o := &r.outcome
	*o = Outcome{
		Verdict: Error, Reason: err.Error(), Err: err, N: o.N, Budget: o.Budget, Level: o.Level,
		LogERefute: math.Inf(-1), LogEVerify: math.Inf(-1),
		Estimate: math.NaN(), Lo: math.Inf(-1), Hi: math.Inf(1),
	}
	r.done = true
}
