package evidence

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
)

// ErrStreamFault says that a refutation did not come back on a second stream.
var ErrStreamFault = errors.New("stream fault: the refutation was not reproduced on a second stream")

// Confirmation is what a second stream says of a refuted claim, at a number of
// samples fixed in advance, so that nothing in it is biased by the stop.
type Confirmation struct {
	N        int
	LogE     float64 // against the claim; adds to the refutation's own LogERefute
	LogP     float64 // log p-value of the claim, from this stream alone
	Estimate float64
	Lo, Hi   float64
	Level    float64
}

// reproduced is the largest p-value that confirms a refutation.
const reproduced = 1e-3

// Confirm spends the whole budget of t, a fresh test, or as many samples as the options
// say, on a second sampler, which should use another family of generators. The error is the sampler's or the
// test's, or ErrStreamFault if the p-value is above 0.001; either makes the
// verdict Error. The p-value is that for a fixed number of samples: a search for
// the smallest counterexample ends at one that is barely wrong, often by less than
// Delta.
func Confirm(ctx context.Context, t Test, s Sampler, o Options) (c Confirmation, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = panicked("test", cause)
		}
	}()
	if o.Level == 0 {
		o.Level = defaultLevel
	}
	all := cmp.Or(o.Samples, t.Budget())
	dst := make([]float64, o.batch(t))
	for batch := 0; t.Count() < all; batch++ {
		dst = dst[:min(len(dst), all-t.Count())]
		if err := draw(ctx, s, batch, dst); err != nil {
			return c, err
		}
		if err := t.Update(dst); err != nil {
			return c, err
		}
	}
	c = Confirmation{N: t.Count(), LogE: t.LogERefute(), Estimate: t.Estimate(), Level: o.Level}
	c.LogP = min(0, math.Ln2+min(t.LogPFixed(), -c.LogE)) // two p-values, the smaller for two
	c.Lo, c.Hi = t.Interval(o.Level)
	if !(c.LogP <= math.Log(reproduced)) {
		return c, fmt.Errorf("%w: p = %.2g", ErrStreamFault, math.Exp(c.LogP))
	}
	return c, nil
}
