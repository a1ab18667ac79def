package evidence

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"
)

// quasi samples the uniform law evenly: each batch continues frac(i·0.618…).
func quasi(batch int, dst []float64) error {
	for i := range dst {
		_, dst[i] = math.Modf(float64(batch*len(dst)+i+1) * 0.6180339887498949)
	}
	return nil
}

func powerOf(exponent float64) Sampler {
	return func(batch int, dst []float64) error {
		err := quasi(batch, dst)
		for i, u := range dst {
			dst[i] = math.Pow(u, exponent)
		}
		return err
	}
}

// powerDistance is the Kolmogorov distance of the law of U^c from the uniform
// one: max |x^{1/c} − x|, at x = c^{c/(1−c)}.
func powerDistance(c float64) float64 {
	x := math.Pow(c, c/(1-c))
	return math.Abs(math.Pow(x, 1/c) - x)
}

func TestLawVerdicts(t *testing.T) {
	identity := func(y float64) float64 { return y }
	for _, tt := range []struct {
		reason  string
		config  LawConfig
		sampler Sampler
		want    Verdict
	}{
		{"the law itself", LawConfig{CDF: identity, Delta: 0.05}, quasi, Verified},
		{"a violation far above delta", LawConfig{CDF: identity, Delta: 0.05}, powerOf(1.5), Refuted},
		{"a violation of 2 delta", LawConfig{CDF: identity, Delta: powerDistance(1.3) / 2}, powerOf(1.3), Refuted},
		{"a violation of half of delta", LawConfig{CDF: identity, Delta: 2 * powerDistance(1.1)}, powerOf(1.1), Verified},
		{"within the slack", LawConfig{CDF: identity, Delta: 0.1, Eps: powerDistance(1.1)}, powerOf(1.1), Verified},
		{"beyond the slack", LawConfig{CDF: identity, Delta: 0.1, Eps: 0.01}, powerOf(1.5), Refuted},
		{"an error of the cdf of 1e-7", LawConfig{CDF: identity, Delta: 0.05, CDFError: 1e-7}, quasi, Verified},
	} {
		o := Run(context.Background(), must(Law(tt.config)), tt.sampler, Options{})
		if o.Verdict != tt.want {
			t.Errorf("%s: %v after %d of %d: %s", tt.reason, o.Verdict, o.N, o.Budget, o.Reason)
		}
		if !(o.Lo <= o.Estimate && o.Estimate <= o.Hi) {
			t.Errorf("%s: estimate %v outside [%v, %v]", tt.reason, o.Estimate, o.Lo, o.Hi)
		}
	}
}

// TestLawBulk: a distribution function in bulk gives the same evidence as one
// by one, and is what counts if both are there.
func TestLawBulk(t *testing.T) {
	var calls int
	square := func(y float64) float64 { return y * y }
	bulk := func(dst, y []float64) {
		calls++
		for i := range dst {
			dst[i] = y[i] * y[i]
		}
	}
	one := must(Law(LawConfig{CDF: square, Delta: 0.05}))
	many := must(Law(LawConfig{CDF: func(float64) float64 { return math.NaN() }, CDFs: bulk, Delta: 0.05}))
	samples := fractions(5000)
	for i := 0; i < len(samples); i += 700 {
		batch := samples[i:min(i+700, len(samples))]
		if err1, err2 := one.Update(batch), many.Update(batch); err1 != nil || err2 != nil {
			t.Fatal(err1, err2)
		}
	}
	if one.LogERefute() != many.LogERefute() || one.LogEUpper() != many.LogEUpper() || one.Estimate() != many.Estimate() || one.Count() != 5000 {
		t.Errorf("one by one: %v, %v; in bulk: %v, %v", one.LogERefute(), one.Estimate(), many.LogERefute(), many.Estimate())
	}
	if calls != 8 {
		t.Errorf("%d calls for 8 batches", calls)
	}
	if !slices.Equal(samples, fractions(5000)) {
		t.Error("the samples were changed")
	}
}

// atomic is a law with an atom of mass ½ at 0 and a uniform rest.
func atomicCDF(y float64) float64 {
	if y < 0 {
		return 0
	}
	return 0.5 + min(y, 1)/2
}

func atomicLeft(y float64) float64 {
	if y <= 0 {
		return 0
	}
	return 0.5 + min(y, 1)/2
}

// TestLawAtoms: the randomised transform of a law with an atom is uniform, and
// an atom of the wrong mass is found.
func TestLawAtoms(t *testing.T) {
	for _, tt := range []struct {
		reason string
		mass   float64
		want   Verdict
	}{
		{"the atom as claimed", 0.5, Verified}, {"an atom 0.06 too light", 0.44, Refuted}, {"no atom", 0, Refuted},
	} {
		source := newPCG(11)
		test := must(Law(LawConfig{CDF: atomicCDF, CDFLeft: atomicLeft, Delta: 0.05, Uniform: source.Float64}))
		o := Run(context.Background(), test, func(_ int, dst []float64) error {
			for i := range dst {
				dst[i] = max(0, (source.Float64()-tt.mass)/(1-tt.mass))
			}
			return nil
		}, Options{})
		if o.Verdict != tt.want {
			t.Errorf("%s: %v: %s", tt.reason, o.Verdict, o.Reason)
		}
	}
}

// TestLawPastItsLooks: samples beyond the last look feed the battery only.
func TestLawPastItsLooks(t *testing.T) {
	test := must(Law(LawConfig{CDFs: uniformCDFs, Delta: 0.2, Levels: Levels{0.1, 0.1, 0.1}}))
	budget := test.Budget()
	if err := test.Update(fractions(3 * budget)); err != nil {
		t.Fatal(err)
	}
	if l := test.(*law); len(l.u) != budget || test.Count() != 3*budget || !l.epochs.over() {
		t.Errorf("kept %d of %d samples, budget %d", len(l.u), test.Count(), budget)
	}
}

// TestPitSlack: with a slack the battery's e-values have mean at most 1 up to
// the slack, and stay 1 where no violation fits.
func TestPitSlack(t *testing.T) {
	const n, eps = 30, 0.05
	p := newPit(eps, 0.2)
	for k, u := range p.thresholds {
		for _, at := range []float64{u - eps, u, u + eps} {
			if at <= 0 || at >= 1 {
				continue
			}
			mean := meanE(n, at, func(s, n float64) float64 {
				p.count = n
				return p.logEAt(k, s)
			})
			if !(mean <= 1+1e-12) {
				t.Errorf("threshold %v, probability %v: E = %v", u, at, mean)
			}
		}
	}
	wide := newPit(0.1, 0.7)
	wide.update([]float64{0.1, 0.2, 0.3})
	if got := wide.logEAt(9, 3); got != 0 { // at ½ a violation by 0.7 does not fit
		t.Errorf("no violation fits: log e-value %v, want 0", got)
	}
}

// TestIndependence: duplicated pairs are an error, correlated ones are refuted,
// independent ones verified.
func TestIndependence(t *testing.T) {
	ar := func(rho float64) Sampler {
		source, last := newPCG(5), 0.0
		return func(_ int, dst []float64) error {
			for i := range dst {
				last = rho*last + math.Sqrt(1-rho*rho)*source.NormFloat64()
				dst[i] = last
			}
			return nil
		}
	}
	for _, tt := range []struct {
		reason string
		rho    float64
		want   Verdict
	}{
		{"independent", 0, Verified}, {"correlation 0.3 is 0.097 in probability", 0.3, Refuted},
		{"correlation 0.01 is 0.003 in probability", 0.01, Verified}, {"anticorrelated", -0.3, Refuted},
	} {
		test := must(Independence(0, 0.05, Levels{}))
		o := Run(context.Background(), test, ar(tt.rho), Options{})
		if o.Verdict != tt.want || o.N%2 != 0 {
			t.Errorf("%s: %v after %d of %d", tt.reason, o.Verdict, o.N, o.Budget)
		}
	}
	// An odd number of samples leaves one waiting.
	test := must(Independence(0, 0.05, Levels{}))
	if err := test.Update([]float64{1, -2, 3}); err != nil || test.Count() != 3 {
		t.Errorf("count %d, %v", test.Count(), err)
	}
	if test.Estimate() != 0 {
		t.Errorf("estimate %v after one pair on different sides", test.Estimate())
	}
}

func TestTwoSampleVerdicts(t *testing.T) {
	random := func(seed uint64, exponent float64) Sampler {
		source := newPCG(seed)
		return func(_ int, dst []float64) error {
			for i := range dst {
				dst[i] = math.Pow(source.Float64(), exponent)
			}
			return nil
		}
	}
	coin := func(seed uint64) Sampler {
		source := newPCG(seed)
		return func(_ int, dst []float64) error {
			for i := range dst {
				dst[i] = float64(source.IntN(2))
			}
			return nil
		}
	}
	const delta = 0.1
	for _, tt := range []struct {
		reason string
		a, b   Sampler
		want   Verdict
	}{
		{"the same law", random(1, 1), random(2, 1), Verified},
		{"twice delta apart", random(1, 1), random(2, 1.75), Refuted}, // 0.2015
		{"ties", coin(1), coin(2), Verified},
		{"an atom against none", coin(1), random(2, 1), Refuted},
	} {
		o := Run(context.Background(), must(TwoSample(delta, Levels{})), Both(tt.a, tt.b), Options{})
		if o.Verdict != tt.want {
			t.Errorf("%s: %v after %d of %d, distance %v", tt.reason, o.Verdict, o.N, o.Budget, o.Estimate)
		}
		if !(o.Lo <= o.Estimate && o.Estimate <= o.Hi) {
			t.Errorf("%s: %v outside [%v, %v]", tt.reason, o.Estimate, o.Lo, o.Hi)
		}
	}
}

// TestKolmogorovSpecial: empty, NaN and infinite samples.
func TestKolmogorovSpecial(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	identity := func(y float64) float64 { return min(max(y, 0), 1) }
	for _, tt := range []struct {
		reason    string
		got, want float64
	}{
		{"no samples", KolmogorovDistance(nil, identity, nil), 0},
		{"one in the middle", KolmogorovDistance([]float64{0.5}, identity, nil), 0.5},
		{"infinite ones", KolmogorovDistance([]float64{-inf, inf}, identity, nil), 0.5},
		{"the law is NaN", KolmogorovDistance([]float64{0.5}, func(float64) float64 { return nan }, nil), nan},
		{"two empty samples", TwoSampleDistance(nil, nil), 0},
		{"NaN in one", TwoSampleDistance([]float64{nan, 1}, []float64{1}), nan},
		{"disjoint", TwoSampleDistance([]float64{1, 2}, []float64{3}), 1},
		{"infinite in both", TwoSampleDistance([]float64{-inf, inf}, []float64{-inf, inf}), 0},
		{"p of no distance", TwoSamplePValue(100, 0), 1},
		{"p of one step", TwoSamplePValue(100, 1), 1},
		{"p of one step, a million samples, to 1e-6", math.Round(1e6*TwoSamplePValue(1_000_000, 1)) / 1e6, 1},
		{"p of all", TwoSamplePValue(10, 10), 2.0 / 184756},
	} {
		if !(tt.got == tt.want || math.Abs(tt.got-tt.want) <= 1e-9*tt.want || math.IsNaN(tt.want) && math.IsNaN(tt.got)) {
			t.Errorf("%s: %v, want %v", tt.reason, tt.got, tt.want)
		}
	}
}

// TestQuantileInterval holds the interval against the binomial sums it comes
// from, in exact rational terms of n = 10, and in the far tail.
func TestQuantileInterval(t *testing.T) {
	sorted := []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	// P(Bin(10, ½) ≤ 1) = 11/1024 = 0.0107, P(≤ 0) = 1/1024.
	for _, tt := range []struct {
		reason       string
		q, miss      float64
		wantLo, want float64
	}{
		{"the median just above 11/1024", 0.5, 11.01 / 1024, 2, 9},
		{"just below that level", 0.5, 10.99 / 1024, 1, 10},
		{"no room for a bound", 0.5, 0.9 / 1024, math.Inf(-1), math.Inf(1)},
		{"a high quantile", 0.9, 0.3, 9, math.Inf(1)}, // P(Bin(10, .9) ≤ 8) = 0.264
	} {
		lo, hi := QuantileInterval(sorted, tt.q, tt.miss)
		if lo != tt.wantLo || hi != tt.want {
			t.Errorf("%s: [%v, %v], want [%v, %v]", tt.reason, lo, hi, tt.wantLo, tt.want)
		}
	}
	// At 1e-20 the lower end must not come out of 1 − (1 − 1e-20) = 0.
	many := make([]float64, 1000)
	for i := range many {
		many[i] = float64(i)
	}
	lo, hi := QuantileInterval(many, 0.5, 1e-20)
	if lo+hi != 999 {
		t.Errorf("[%v, %v] is not symmetric", lo, hi)
	}
	if p := BinomialTail(1000-int(lo), 1000, 0.5); !(p <= 1e-20) {
		t.Errorf("the lower end %v misses with probability %v", lo, p)
	}
}

func TestBinomialTail(t *testing.T) {
	for n := range 12 {
		for _, p := range []float64{0.1, 0.5, 0.97} {
			mass := binomial(n, p)
			for k := 0; k <= n+1; k++ {
				var want float64
				for s := k; s <= n; s++ {
					want += mass[s]
				}
				near(t, fmt.Sprintf("P(Bin(%d, %v) ≥ %d)", n, p, k), BinomialTail(k, n, p), want, 1e-12)
			}
		}
	}
	near(t, "far tail", BinomialTail(1000, 1000, 0.5)/math.Pow(2, -1000), 1, 1e-9)
	for p, want := range map[float64]float64{0: 0, 1: 1, -1: 0, 2: 1} {
		if got := BinomialTail(1, 2, p); got != want {
			t.Errorf("p = %v: %v, want %v", p, got, want)
		}
	}
}
