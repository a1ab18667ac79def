package props

import (
	"math"
	"testing"

	"gradchain/props/evidence"
	"gradchain/sim/chain"
	"gradchain/sim/stream"
)

// The engine against the exact law of log|G_L| and the independence of its samples, and
// what those two see of faults in an engine. Faults of a few units in the last place are
// the business of the differential tests in sim/chain, whose mutants are listed there.

// engineSampler draws log|G_L| batch by batch.
func engineSampler(t *testing.T, c chainAt, purpose string) evidence.Sampler {
	t.Helper()
	e, err := chain.New(c.model())
	if err != nil {
		t.Fatal(err)
	}
	return func(batch int, dst []float64) error {
		var p paths
		p.Resize(len(dst))
		e.Sample(stream.Key{Seed: 17, Purpose: purpose, Config: canonical(c), Block: uint64(batch)}.Source(stream.Xoshiro), p)
		copy(dst, p.LogAbs)
		return nil
	}
}

func lawTest(t *testing.T, c chainAt, delta float64) evidence.Test {
	t.Helper()
	l, err := c.product().Law()
	if err != nil {
		t.Fatal(err)
	}
	test, err := evidence.Law(evidence.LawConfig{CDFs: l.CDFs, CDFError: l.Bound(), Delta: delta})
	if err != nil {
		t.Fatal(err)
	}
	return test
}

func independenceTest(t *testing.T, c chainAt) evidence.Test {
	t.Helper()
	l, err := c.product().Law()
	if err != nil {
		t.Fatal(err)
	}
	median, err := l.Quantile(0.5)
	if err != nil {
		t.Fatal(err)
	}
	test, err := evidence.Independence(median, 0.02, evidence.Levels{})
	if err != nil {
		t.Fatal(err)
	}
	return test
}

// TestEngine_independence runs the companion test on the samples of every kind of
// sampler that the claims rest on.
func TestEngine_independence(t *testing.T) {
	for _, c := range []chainAt{
		independent("linear", "normal(sigma=1)", 10),
		independent("sigmoid", "normal(sigma=1)", 10),
		independent("tanh", "laplace(b=1)", 3),
		independent("linear", "student_t(nu=3)", 2),
		independent("linear", "cauchy(s=1)", 1),
		independent("linear", "uniform(a=2)", 5),
		forward("leaky_relu(0.1)", "normal(sigma=2)", 10),
	} {
		oracle := c
		if c.Kind == "forward" { // same law: only the signs of the pre-activations matter
			oracle.Kind, oracle.PreActivation = "independent", "normal(sigma=1)"
		}
		o := evidence.Run(t.Context(), independenceTest(t, oracle), engineSampler(t, c, "independence"), evidence.Options{})
		if o.Verdict != evidence.Verified {
			t.Errorf("%s: %v, %s", canonical(c), o.Verdict, o.Reason)
		}
	}
}

// TestEngine_faults: an engine that is wrong in one of these ways is refuted by the law
// or by the companion; the right one passes both.
func TestEngine_faults(t *testing.T) {
	c := independent("linear", "normal(sigma=1.5)", 10)
	per := func(c chainAt) evidence.Sampler { return engineSampler(t, c, "faults") }
	deeper, shallower, squared, single := c, c, c, c
	deeper.Depth, shallower.Depth, single.Depth = 11, 9, 1
	squared.Weight = "normal(sigma=2.25)"
	for _, tt := range []struct {
		fault       string
		sampler     evidence.Sampler
		law, couple evidence.Verdict // of the law test and of the companion
	}{
		{"none", per(c), evidence.Verified, evidence.Verified},
		{"a factor dropped", per(shallower), evidence.Refuted, evidence.Verified},
		{"a factor too many", per(deeper), evidence.Refuted, evidence.Verified},
		{"σ² for σ", per(squared), evidence.Refuted, evidence.Refuted},
		{"the same weight at every layer", func(batch int, dst []float64) error {
			err := per(single)(batch, dst)
			for i := range dst {
				dst[i] *= float64(c.Depth)
			}
			return err
		}, evidence.Refuted, evidence.Refuted},
		{"every sample twice", func(batch int, dst []float64) error {
			err := per(c)(batch, dst[:len(dst)/2])
			for i := len(dst)/2 - 1; i >= 0; i-- {
				dst[2*i], dst[2*i+1] = dst[i], dst[i]
			}
			return err
		}, evidence.Error, evidence.Error},
		{"every sample twice, a hair apart", func(batch int, dst []float64) error {
			err := per(c)(batch, dst[:len(dst)/2])
			for i := len(dst)/2 - 1; i >= 0; i-- {
				dst[2*i], dst[2*i+1] = dst[i], math.Nextafter(dst[i], 0)
			}
			return err
		}, evidence.Verified, evidence.Refuted},
		{"one batch again and again", func(_ int, dst []float64) error { return per(c)(0, dst) },
			evidence.Error, evidence.Refuted},
	} {
		law := evidence.Run(t.Context(), lawTest(t, c, 0.02), tt.sampler, evidence.Options{}).Verdict
		couple := evidence.Run(t.Context(), independenceTest(t, c), tt.sampler, evidence.Options{}).Verdict
		if law != tt.law || couple != tt.couple {
			t.Errorf("%s: the law test says %v and the companion %v, want %v and %v", tt.fault, law, couple, tt.law, tt.couple)
		}
	}
}
