package evidence

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
)

// TestBadClaims: what makes no sense is an error of one line that names the
// field, its value and what would be right.
func TestBadClaims(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	ok := Zone{Theta0: 0.5, Delta: 0.1}
	cdf := func(y float64) float64 { return y }
	gauss := func(s float64) float64 { return s * s / 2 }
	bernoulli := func(z Zone, l Levels) func() (Test, error) { return func() (Test, error) { return Bernoulli(z, l) } }
	mean := func(z Zone, v float64) func() (Test, error) {
		return func() (Test, error) { return Mean(z, v, Levels{}) }
	}
	law := func(c LawConfig) func() (Test, error) { return func() (Test, error) { return Law(c) } }
	for _, tt := range []struct {
		reason string
		make   func() (Test, error)
		want   string
	}{
		{"the prediction is NaN", bernoulli(Zone{Theta0: nan, Delta: 0.1}, Levels{}), "theta0 is NaN; it must be finite"},
		{"delta is not above eps", bernoulli(Zone{Theta0: 0.5, Eps: 0.1, Delta: 0.1}, Levels{}), "delta is 0.1; it must be finite and above eps = 0.1"},
		{"delta is missing", mean(Zone{}, 1), "delta is 0; it must be finite and above eps = 0"},
		{"delta is NaN", mean(Zone{Delta: nan}, 1), "delta is NaN; it must be finite and above eps = 0"},
		{"delta drowns in theta0", mean(Zone{Theta0: 1e17, Delta: 1}, 1), "delta is 1; it vanishes in rounding beside theta0 = 1e+17"},
		{"eps is negative", mean(Zone{Eps: -1, Delta: 1}, 1), "eps is -1; it must be 0 or more"},
		{"eps is infinite", mean(Zone{Eps: inf, Delta: 1}, 1), "eps is +Inf; it must be 0 or more"},
		{"an unknown side", mean(Zone{Delta: 1, Side: 3}, 1), "side is 3; it must be Equal, AtMost or AtLeast"},
		{"a probability above 1", bernoulli(Zone{Theta0: 1.5, Delta: 0.1}, Levels{}), "theta0 is 1.5; it must lie in [0, 1]"},
		{"a probability below 0", bernoulli(Zone{Theta0: -0.1, Delta: 0.1}, Levels{}), "theta0 is -0.1; it must lie in [0, 1]"},
		{"no room for a violation", bernoulli(Zone{Theta0: 0.9, Delta: 0.2, Side: AtMost}, Levels{}), "delta is 0.2; no violation of at most 0.9 that large fits into [0, 1]"},
		{"a level outside (0, 1)", bernoulli(ok, Levels{FalseFail: 1}), "false fail is 1; it must lie in (0, 1)"},
		{"a negative level", bernoulli(ok, Levels{FalsePass: -1}), "false pass is -1; it must lie in (0, 1)"},
		{"a NaN level", bernoulli(ok, Levels{Undecided: nan}), "undecided is NaN; it must lie in (0, 1)"},
		{"too many samples", bernoulli(Zone{Theta0: 0.5, Delta: 1e-9}, Levels{}), "delta is too close to eps: it would take 9.56e+19 samples; at most 1e+15 are possible"},
		{"no variance bound", mean(ok, inf), ErrNoTailControl.Error()},
		{"a NaN variance bound", mean(ok, nan), ErrNoTailControl.Error()},
		{"a negative variance bound", mean(ok, -1), "variance bound is -1; it must be 0 or more"},
		{"a negative spread", func() (Test, error) { return Median(ok, -1, Levels{}) }, "spread is -1; it must be finite and 0 or more"},
		{"an infinite spread", func() (Test, error) { return Median(ok, inf, Levels{}) }, "spread is +Inf; it must be finite and 0 or more"},
		{"a median without a zone", func() (Test, error) { return Median(Zone{}, 1, Levels{}) }, "delta is 0; it must be finite and above eps = 0"},
		{"bounds in the wrong order", func() (Test, error) { return BoundedMean(ok, 1, 0, Levels{}) }, "bounds are [1, 0]; they must be finite and ascending"},
		{"an infinite bound", func() (Test, error) { return BoundedMean(ok, 0, inf, Levels{}) }, "bounds are [0, +Inf]; they must be finite and ascending"},
		{"a mean outside its bounds", func() (Test, error) { return BoundedMean(ok, 1, 2, Levels{}) }, "theta0 is 0.5; it must lie in [1, 2]"},
		{"no distribution function", law(LawConfig{Delta: 0.1}), "cdf is missing"},
		{"atoms without randomness", law(LawConfig{CDF: cdf, CDFLeft: cdf, Delta: 0.1}), "uniform is missing; a law with atoms needs it"},
		{"a distance of 1", law(LawConfig{CDF: cdf, Delta: 1}), "delta is 1; a distance of laws is below 1"},
		{"an error of the cdf above delta", law(LawConfig{CDF: cdf, Delta: 0.1, CDFError: 0.05}), "cdf error is 0.05; twice that must be below delta − eps = 0.1"},
		{"an error of the cdf that samples see", law(LawConfig{CDF: cdf, Delta: 0.1, CDFError: 1e-3}), "cdf error is 0.001; with a budget of 8000 samples it must be at most 1.1e-05"},
		{"a negative error of the cdf", law(LawConfig{CDF: cdf, Delta: 0.1, CDFError: -1}), "cdf error is -1; it must be 0 or more"},
		{"too many samples of a law", law(LawConfig{CDF: cdf, Delta: 1e-5}), "delta is too close to eps: it would take 7e+11 samples; at most 131072000 are possible"},
		{"two samples a distance of 2 apart", func() (Test, error) { return TwoSample(2, Levels{}) }, "delta is 2; a distance of laws is below 1"},
		{"an infinite median", func() (Test, error) { return Independence(inf, 0.1, Levels{}) }, "median is +Inf; it must be finite"},
		{"a probability beyond ½", func() (Test, error) { return Independence(0, 0.7, Levels{}) }, "delta is 0.7; no violation of equal 0.5 that large fits into [0, 1]"},
		{"no cumulant function", func() (Test, error) { return Tilt(ok, nil, Levels{}) }, "cgf is missing"},
		{"a bad zone to tilt", func() (Test, error) { return Tilt(Zone{Theta0: inf, Delta: 1}, gauss, Levels{}) }, "theta0 is +Inf; it must be finite"},
	} {
		_, err := tt.make()
		if err == nil || err.Error() != tt.want {
			t.Errorf("%s: got %v, want %q", tt.reason, err, tt.want)
		}
		if err != nil && strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: more than one line: %q", tt.reason, err)
		}
	}
	if _, err := Mean(ok, inf, Levels{}); !errors.Is(err, ErrNoTailControl) {
		t.Errorf("no variance bound: %v is not ErrNoTailControl", err)
	}
}

// TestBadSamples: samples that break an assumption end the test.
func TestBadSamples(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	unit := Zone{Theta0: 0.5, Delta: 0.1}
	uniform := func(y float64) float64 { return min(max(y, 0), 1) }
	continuous := func() Test { return must(Law(LawConfig{CDF: uniform, Delta: 0.1})) }
	for _, tt := range []struct {
		reason  string
		test    Test
		batches [][]float64
		want    string
	}{
		{"a probability's sample is a half", must(Bernoulli(unit, Levels{})), [][]float64{{0, 1, 0.5}}, "sample 0.5 is neither 0 nor 1"},
		{"a probability's sample is NaN", must(Bernoulli(unit, Levels{})), [][]float64{{nan}}, "sample NaN is neither 0 nor 1"},
		{"a mean's sample is NaN", must(Mean(unit, 1, Levels{})), [][]float64{{nan}}, "sample NaN lies outside [-Inf, +Inf]"},
		{"out of bounds", must(BoundedMean(unit, 0, 1, Levels{})), [][]float64{{1.5}}, "sample 1.5 lies outside [0, 1]"},
		{"the sum of a tilted test is NaN", must(Tilt(unit, func(s float64) float64 { return s * s }, Levels{})), [][]float64{{inf, -inf}}, "the sum of the samples is NaN"},
		{"a continuous law repeats itself", continuous(), [][]float64{{0.1, 0.2}, {0.3, 0.3}}, "sample 0.3 of a continuous law repeats the one before it"},
		{"across batches", continuous(), [][]float64{{0.1, 0.2}, {0.2}}, "sample 0.2 of a continuous law repeats the one before it"},
		{"a batch comes twice", continuous(), [][]float64{{0.1, 0.2}, {0.3, 0.4}, {0.1, 0.2}}, "sample 0.1 starts two batches of a continuous law: a stream is reused"},
		{"the cdf is NaN", must(Law(LawConfig{CDF: func(float64) float64 { return nan }, Delta: 0.1})), [][]float64{{0.5}}, "the law gives sample 0.5 the probability NaN; it must lie in [0, 1]"},
		{"the cdf exceeds 1", must(Law(LawConfig{CDFs: func(dst, _ []float64) { dst[0] = 1.1 }, Delta: 0.1})), [][]float64{{0.5}}, "the law gives sample 0.5 the probability 1.1; it must lie in [0, 1]"},
		{"halves of different lengths", must(TwoSample(0.1, Levels{})), [][]float64{{1, 2, 3}}, "a batch of 3 samples does not halve"},
		{"one of two samples is NaN", must(TwoSample(0.1, Levels{})), [][]float64{{1, nan}}, "sample 1 of the batch is NaN"},
		{"duplicated samples", must(Independence(0, 0.1, Levels{})), [][]float64{{1, 2, 3, 3}}, "sample 3 of a continuous law repeats the one before it"},
		{"a pair with NaN", must(Independence(0, 0.1, Levels{})), [][]float64{{nan, 2}}, "a sample is NaN"},
	} {
		var err error
		for _, b := range tt.batches {
			if err != nil {
				t.Errorf("%s: %v before the last batch", tt.reason, err)
			}
			err = tt.test.Update(b)
		}
		if err == nil || err.Error() != tt.want {
			t.Errorf("%s: got %v, want %q", tt.reason, err, tt.want)
		}
	}
}

// TestBadMean: infinite samples of both signs leave the e-value undefined, of
// one sign they decide.
func TestBadMean(t *testing.T) {
	run := func(samples ...float64) Outcome {
		return Run(context.Background(), must(Mean(Zone{Delta: 1}, 1, Levels{})), func(_ int, dst []float64) error {
			clear(dst)
			copy(dst, samples)
			return nil
		}, Options{})
	}
	if o := run(math.Inf(1), math.Inf(-1)); o.Verdict != Error {
		t.Errorf("both infinities: %v: %s", o.Verdict, o.Reason)
	}
	if o := run(math.Inf(-1)); o.Verdict != Refuted || o.LogERefute != math.Inf(1) || o.Lo != math.Inf(-1) {
		t.Errorf("−Inf: %v, log e-value %v, interval from %v", o.Verdict, o.LogERefute, o.Lo)
	}
}

func TestBadUse(t *testing.T) {
	panics := func(reason string, f func()) {
		defer func() {
			if text, ok := recover().(string); !ok || !strings.HasPrefix(text, "evidence: ") {
				t.Errorf("%s: no panic that starts with the package: %q", reason, text)
			}
		}()
		f()
	}
	panics("a level of 1", func() { must(Bernoulli(Zone{Theta0: 0.5, Delta: 0.1}, Levels{})).Interval(1) })
	panics("a level of NaN", func() { must(Mean(Zone{Delta: 0.1}, 1, Levels{})).Interval(math.NaN()) })
	panics("a bet on NaN", func() { (&Betting{Mean: 0.5, Sign: 1, Delta: 0.1}).Add(math.NaN()) })
	panics("an interval for 2", func() { (&EmpiricalBernstein{Miss: 0.1}).Add(2) })

	for _, tt := range []struct {
		reason string
		err    error
		want   string
	}{
		{"a run of 2", Ledger{Run: 2}.Validate(), "ledger run is 2; it must lie in (0, 1)"},
		{"a NaN run", Ledger{Run: math.NaN()}.Validate(), "ledger run is NaN; it must lie in (0, 1)"},
		{"negative claims", Ledger{Claims: -1}.Validate(), "ledger claims and configs are -1 and 65536; both must be positive"},
		{"one claim", Ledger{Claims: 1}.Validate(), ""},
		{"one configuration", Ledger{Configs: 1}.Validate(), ""},
		{"negative configurations", Ledger{Configs: -1}.Validate(), "ledger claims and configs are 256 and -1; both must be positive"},
		{"a run of 1", Ledger{Run: 1}.Validate(), "ledger run is 1; it must lie in (0, 1)"},
		{"too many claims", Ledger{}.CheckClaims(257), "257 claims registered; the ledger pays for 256"},
		{"as many claims as paid for", Ledger{}.CheckClaims(256), ""},
		{"too many configurations", Ledger{}.CheckConfigs(65537), "65537 configurations evaluated; the ledger pays for 65536"},
		{"as many configurations as paid for", Ledger{}.CheckConfigs(65536), ""},
		{"a moment beyond the samples", CheckMoment(2, 25, 1000), "moment 2 is not estimable by a mean of 1000 samples: k²·variance/(2 ln n) is 7.24; it must be at most 0.25"},
		{"no samples", CheckMoment(1, 1, 0), "moment 1 is not estimable by a mean of 0 samples: k²·variance/(2 ln n) is +Inf; it must be at most 0.25"},
		{"a NaN variance", CheckMoment(1, math.NaN(), 10), "moment 1 is not estimable by a mean of 10 samples: k²·variance/(2 ln n) is NaN; it must be at most 0.25"},
		{"an event that is not rare", second(NewRareEvent(-1, 0, func(s float64) float64 { return s * s / 2 })), "threshold is -1; an event above it is rare only if it exceeds the mean 0"},
		{"a characteristic at 1", second(BernoulliCharacteristic(Zone{Theta0: 0.5, Delta: 0.1}, Levels{}, 1, 1)), "p is 1 and batch 1; p must lie in (0, 1) and batch be positive"},
		{"a characteristic without looks", second(BernoulliCharacteristic(Zone{Theta0: 0.5, Delta: 0.1}, Levels{}, 0.5, 0)), "p is 0.5 and batch 0; p must lie in (0, 1) and batch be positive"},
		{"a characteristic at 0", second(BernoulliCharacteristic(Zone{Theta0: 0.5, Delta: 0.1}, Levels{}, 0, 1)), "p is 0 and batch 1; p must lie in (0, 1) and batch be positive"},
	} {
		if got := text(tt.err); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.reason, got, tt.want)
		}
	}
}

func second[T any](_ T, err error) error { return err }

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestVerdictText(t *testing.T) {
	for v := Inconclusive; v <= Error; v++ {
		b, err := v.MarshalText()
		var back Verdict
		if err != nil || back.UnmarshalText(b) != nil || back != v {
			t.Errorf("%v: %s, %v, back %v", v, b, err, back)
		}
	}
	if _, err := Verdict(9).MarshalText(); err == nil {
		t.Error("verdict 9 has a text")
	}
	var v Verdict
	if err := v.UnmarshalText([]byte("maybe")); err == nil || !slices.Contains(strings.Fields(err.Error()), "verified,") {
		t.Errorf("maybe: %v", err)
	}
}
