package evidence

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// drawLevels draws error rates from 0.2 down to those of the ledger.
func drawLevels(t *rapid.T) Levels {
	level := func(name string, most float64) float64 {
		return math.Pow(10, -rapid.Float64Range(0.7, most).Draw(t, name))
	}
	return Levels{level("false fail", 17), level("false pass", 9), level("undecided", 12)}
}

func drawZone(t *rapid.T, scale float64) Zone {
	delta := scale * math.Pow(10, -rapid.Float64Range(0.3, 2).Draw(t, "log delta"))
	return Zone{
		Theta0: rapid.Float64Range(-1, 1).Draw(t, "theta0"), Delta: delta,
		Eps:  delta * rapid.SampledFrom([]float64{0, 0, 0.25, 0.8}).Draw(t, "eps"),
		Side: rapid.SampledFrom([]Side{Equal, AtMost, AtLeast}).Draw(t, "side"),
	}
}

// drawTests draws one test of each kind, all with an MDE.
func drawTests(t *rapid.T) map[string]Test {
	l, z := drawLevels(t), drawZone(t, 1)
	probability := z
	probability.Theta0 = (z.Theta0 + 1) / 2
	out := map[string]Test{
		"mean":   must(Mean(z, math.Pow(10, rapid.Float64Range(-3, 2).Draw(t, "log variance")), l)),
		"median": must(Median(z, math.Pow(10, rapid.Float64Range(-3, 2).Draw(t, "log spread")), l)),
		"law":    must(Law(LawConfig{CDFs: uniformCDFs, Delta: 0.02 + z.Delta, Eps: z.Eps / 2, Levels: l})),
		"two":    must(TwoSample(0.02+z.Delta, l)),
		"tilt":   must(Tilt(z, func(s float64) float64 { return s * s / 2 }, l)),
	}
	if test, err := Bernoulli(probability, l); err == nil {
		out["bernoulli"] = test
	}
	if test, err := BoundedMean(z, -2, 3, l); err == nil {
		out["bounded"] = test
	}
	if test, err := Independence(0, z.Delta/2, l); err == nil {
		out["independence"] = test
	}
	return out
}

// deltaOf is the discrepancy that drawTests gave a test.
func deltaOf(test Test) float64 {
	switch x := test.(type) {
	case *mean:
		return x.zone.Delta
	case *median:
		return x.zone.Delta
	case *bernoulli:
		return x.zone.Delta
	case *tilt:
		return x.zone.Delta
	case *independence:
		return x.zone.Delta
	case *law:
		return x.config.Delta
	case *twoSample:
		return x.delta
	}
	panic("unknown test")
}

// TestMDE: a design detects what it says with the budget it says: at the budget
// the smallest detectable discrepancy is Delta or below, with one sample less it
// is not (where budgets do not double); less with more samples, and none without.
func TestMDE(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		for name, test := range drawTests(t) {
			n := test.Budget()
			delta := deltaOf(test)
			at, more, fewer := test.MDE(n), test.MDE(4*n), test.MDE(n/4)
			tolerance := 1e-9
			if name == "tilt" { // its slope is the place of a flat maximum
				tolerance = 1e-7
			}
			if !(at <= delta*(1+tolerance)) {
				t.Fatalf("%s: MDE(%d) = %v above delta = %v", name, n, at, delta)
			}
			if !(more <= at && at <= fewer) {
				t.Fatalf("%s: MDE is %v, %v, %v at n/4, n, 4n", name, fewer, at, more)
			}
			doubling := name == "law" || name == "two"
			if less := test.MDE(n - 1); !doubling && !(less >= delta*(1-tolerance)) {
				t.Fatalf("%s: MDE(%d) = %v below delta = %v: the budget is one sample too large", name, n-1, less, delta)
			}
			if !math.IsInf(test.MDE(0), 1) {
				t.Fatalf("%s: MDE(0) = %v", name, test.MDE(0))
			}
		}
	})
}

// TestReflection: a claim about −θ fares as the mirror image of that about θ.
func TestReflection(t *testing.T) {
	mirror := map[Side]Side{Equal: Equal, AtMost: AtLeast, AtLeast: AtMost}
	rapid.Check(t, func(t *rapid.T) {
		l, z := drawLevels(t), drawZone(t, 8)
		back := z
		back.Theta0, back.Side = -z.Theta0, mirror[z.Side]
		samples := rapid.SliceOfN(rapid.Float64Range(-5, 5), 1, 60).Draw(t, "samples")
		negated := make([]float64, len(samples))
		for i, y := range samples {
			negated[i] = -y
		}
		gauss := func(s float64) float64 { return s * s / 2 }
		for name, pair := range map[string][2]Test{
			"mean":    {must(Mean(z, 2, l)), must(Mean(back, 2, l))},
			"bounded": {must(BoundedMean(z, -20, 20, l)), must(BoundedMean(back, -20, 20, l))},
			"tilt":    {must(Tilt(z, gauss, l)), must(Tilt(back, gauss, l))},
			"median":  {must(Median(z, 2, l)), must(Median(back, 2, l))},
		} {
			sameMirrored(t, name, pair, [2][]float64{samples, negated}, func(x float64) float64 { return -x })
		}

		p := Zone{(z.Theta0 + 1) / 2, z.Eps / 8, z.Delta / 8, z.Side}
		one, err := Bernoulli(p, l)
		if err != nil {
			return
		}
		p.Theta0, p.Side = 1-p.Theta0, mirror[p.Side]
		two, err := Bernoulli(p, l)
		if err != nil {
			t.Fatalf("the mirror image of a claim is refused: %v", err)
		}
		heads, tails := make([]float64, len(samples)), make([]float64, len(samples))
		for i, y := range samples {
			if y > 0 {
				heads[i] = 1
			}
			tails[i] = 1 - heads[i]
		}
		sameMirrored(t, "bernoulli", [2]Test{one, two}, [2][]float64{heads, tails}, func(x float64) float64 { return 1 - x })
	})
}

// sameMirrored compares all that two tests say, the second being the mirror
// image of the first.
func sameMirrored(t *rapid.T, name string, pair [2]Test, samples [2][]float64, mirror func(float64) float64) {
	for i, test := range pair {
		if err := test.Update(samples[i]); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	a, b := pair[0], pair[1]
	lo, hi := a.Interval(0.9)
	lo2, hi2 := b.Interval(0.9)
	for what, v := range map[string][2]float64{
		"against the claim": {a.LogERefute(), b.LogERefute()},
		"above":             {a.LogEUpper(), b.LogELower()},
		"below":             {a.LogELower(), b.LogEUpper()},
		"budget":            {float64(a.Budget()), float64(b.Budget())},
		"estimate":          {a.Estimate(), mirror(b.Estimate())},
		"lo":                {lo, mirror(hi2)},
		"hi":                {hi, mirror(lo2)},
	} {
		if diff := math.Abs(v[0] - v[1]); !(v[0] == v[1] || diff <= 1e-7*(1+math.Abs(v[0]))) {
			t.Fatalf("%s: %s is %v, mirrored %v", name, what, v[0], v[1])
		}
	}
}

// TestMonotone: larger samples never help a claim that they are small, and the
// e-values do not depend on how samples are cut into batches.
func TestMonotone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l, z := drawLevels(t), drawZone(t, 1)
		z.Side = AtMost
		samples := rapid.SliceOfN(rapid.Float64Range(-5, 5), 2, 60).Draw(t, "samples")
		raised := slices.Clone(samples)
		i := rapid.IntRange(0, len(raised)-1).Draw(t, "which")
		raised[i] += rapid.Float64Range(0, 3).Draw(t, "by")
		cut := rapid.IntRange(0, len(samples)).Draw(t, "cut")
		a, b, c := must(Mean(z, 1, l)), must(Mean(z, 1, l)), must(Mean(z, 1, l))
		for _, err := range []error{a.Update(samples), b.Update(raised), c.Update(samples[:cut]), c.Update(samples[cut:])} {
			if err != nil {
				t.Fatal(err)
			}
		}
		if !(b.LogERefute() >= a.LogERefute()-1e-9) || !(b.LogEUpper() <= a.LogEUpper()+1e-9) {
			t.Fatalf("raised: against the claim %v → %v, against a violation %v → %v",
				a.LogERefute(), b.LogERefute(), a.LogEUpper(), b.LogEUpper())
		}
		if diff := math.Abs(c.LogERefute() - a.LogERefute()); !(diff <= 1e-9*(1+math.Abs(a.LogERefute()))) {
			t.Fatalf("cut at %d: %v, in one piece %v", cut, c.LogERefute(), a.LogERefute())
		}
	})
}

// TestIntervals: an interval holds the estimate's neighbourhood, shrinks as its
// level falls, and is the set that the e-values do not exclude.
func TestIntervals(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 2000).Draw(t, "n")
		s := rapid.IntRange(0, n).Draw(t, "s")
		fn, fs := float64(n), float64(s)
		lo, hi := KTInterval(fs, fn, 0.05)
		wide, high := KTInterval(fs, fn, 1e-9)
		if !(0 <= wide && wide <= lo && lo <= fs/fn && fs/fn <= hi && hi <= high && high <= 1) {
			t.Fatalf("KT: %v ≤ %v ≤ %v ≤ %v ≤ %v", wide, lo, fs/fn, hi, high)
		}
		threshold := -math.Log(0.05)
		if lo > 0 && !(ktLogE(fs, fn, lo) >= threshold && ktLogE(fs, fn, lo*(1+1e-9)) < threshold+1e-6) {
			t.Fatalf("KT: e-value %v at the lower end, want %v", ktLogE(fs, fn, lo), threshold)
		}
		cpLo, cpHi := ClopperPearson(s, n, 0.025)
		if s > 0 && !(BinomialTail(s, n, cpLo) <= 0.025) || s < n && !(BinomialTail(n-s, n, 1-cpHi) <= 0.025) {
			t.Fatalf("Clopper–Pearson [%v, %v] is too narrow", cpLo, cpHi)
		}
		if !(lo <= cpLo+1e-12 && cpHi <= hi+1e-12) && n > 1 {
			t.Fatalf("a confidence sequence [%v, %v] inside the fixed interval [%v, %v]", lo, hi, cpLo, cpHi)
		}
	})
}

// TestDistances: the linear-time distance from the uniform law is the sorted
// one, ties and the ends included; that of two samples is symmetric.
func TestDistances(t *testing.T) {
	value := rapid.OneOf(rapid.Float64Range(0, 1), rapid.SampledFrom([]float64{0, 1, 0.5, math.Nextafter(1, 0), 0.25, 0x1p-60}))
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.SliceOfN(value, 0, 200).Draw(t, "x")
		identity := func(y float64) float64 { return y }
		if got, want := uniformDistance(x), KolmogorovDistance(x, identity, nil); !(math.Abs(got-want) <= 1e-15) {
			t.Fatalf("from the uniform law: %v, sorted %v", got, want)
		}
		y := rapid.SliceOfN(value, 1, 200).Draw(t, "y")
		d := TwoSampleDistance(x, y)
		if len(x) > 0 && d != TwoSampleDistance(y, x) || !(d >= 0 && d <= 1) {
			t.Fatalf("two samples: %v, swapped %v", d, TwoSampleDistance(y, x))
		}
		if len(x) == len(y) {
			if k := steps(slices.Clone(x), slices.Clone(y)); !(math.Abs(float64(k)/float64(len(x))-d) <= 1e-12) {
				t.Fatalf("%d steps, distance %v", k, d)
			}
		}
	})
}

// TestPitBin holds the bins found by exponents against a search, around every
// threshold.
func TestPitBin(t *testing.T) {
	thresholds := pitThresholds()
	check := func(u float64) {
		want := 0
		for want < pitSize && thresholds[want] < u {
			want++
		}
		if got := pitBin(u); got != want {
			t.Errorf("u = %g: bin %d, want %d", u, got, want)
		}
	}
	for _, u := range append(thresholds[:], 0, 1, 5e-324, 0x1p-1022, math.Nextafter(1, 0)) {
		check(u)
		check(math.Nextafter(u, 0))
		check(math.Nextafter(u, min(1, u+1)))
	}
	for _, u := range fractions(10_000) {
		check(u)
		check(u / 1024)
		check(1 - u/1024)
	}
}
