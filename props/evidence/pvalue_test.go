package evidence

import (
	"math"
	"testing"
)

// primitive is a test with a source under which its claim holds, at the edge of the zone, and
// one under which it is violated.
type primitive struct {
	name       string
	test       func(side Side) Test // Equal where sides do not exist
	sided      bool
	null, away func(noise) float64
	pairs      bool // a sample of two samplers: the second from away or from null
}

func coin(p float64) func(noise) float64 {
	return func(n noise) float64 {
		if n.uniform() < p {
			return 1
		}
		return 0
	}
}

// normalNoise is a standard normal number, shifted.
func normalNoise(shift float64) func(noise) float64 {
	return func(n noise) float64 {
		return shift + math.Sqrt(-2*math.Log(n.uniform()))*math.Cos(2*math.Pi*n.uniform())
	}
}

// tied repeats, from one number to the next, on which side of ½ it lies.
func tied() func(noise) float64 {
	last, half := 0.0, false
	return func(n noise) float64 {
		u := n.uniform()
		if half = !half; half {
			last = math.Floor(2 * u)
			return u
		}
		return (last + math.Mod(2*u, 1)) / 2
	}
}

// Delta is 0.3 or so everywhere, so that hundreds of samples decide.
func primitives() []primitive {
	uniform := noise.uniform
	square := func(s float64) float64 { return s * s / 2 }
	left := func(y float64) float64 { return math.Floor(4*y-1e-9) / 4 }
	return []primitive{
		{"bernoulli", func(s Side) Test { return must(Bernoulli(Zone{Theta0: 0.4, Delta: 0.2, Eps: 0.02, Side: s}, Levels{})) }, true, coin(0.42), coin(0.62), false},
		{"mean", func(s Side) Test { return must(Mean(Zone{Delta: 0.5, Side: s}, 1, Levels{})) }, true, normalNoise(0), normalNoise(0.5), false},
		{"bounded mean", func(s Side) Test { return must(BoundedMean(Zone{Theta0: 0.5, Delta: 0.2, Side: s}, 0, 1, Levels{})) }, true, uniform, func(n noise) float64 { return math.Sqrt(n.uniform()) }, false},
		{"tilt", func(s Side) Test { return must(Tilt(Zone{Delta: 0.5, Side: s}, square, Levels{})) }, true, normalNoise(0), normalNoise(0.5), false},
		{"median", func(s Side) Test { return must(Median(Zone{Delta: 0.5, Side: s}, 1, Levels{})) }, true, normalNoise(0), normalNoise(0.5), false},
		{"independence", func(Side) Test { return must(Independence(0.5, 0.2, Levels{})) }, false, uniform, tied(), false},
		{"law", func(Side) Test { return must(Law(LawConfig{CDFs: uniformCDFs, Delta: 0.2})) }, false, uniform, shifted(0.2), false},
		{"law, slack", func(Side) Test { return must(Law(LawConfig{CDFs: uniformCDFs, Eps: 0.05, Delta: 0.3})) }, false, shifted(0.05), shifted(0.3), false},
		{"law, atoms", func(Side) Test {
			return must(Law(LawConfig{CDF: func(y float64) float64 { return y }, CDFLeft: left, Delta: 0.3, Uniform: noise{newPCG(5)}.uniform}))
		}, false, func(n noise) float64 { return math.Ceil(4*n.uniform()) / 4 }, func(n noise) float64 { return math.Ceil(4*math.Sqrt(n.uniform())) / 4 }, false},
		{"two-sample", func(Side) Test { return must(TwoSample(0.3, Levels{})) }, false, uniform, shifted(0.3), true},
	}
}

// fed is the test after so many samples of one run.
func (p primitive) fed(t *testing.T, side Side, n int, from noise, draw func(noise) float64) Test {
	t.Helper()
	test := p.test(side)
	batch := make([]float64, n)
	for i := range batch {
		batch[i] = draw(from)
		if p.pairs && i < n/2 {
			batch[i] = p.null(from)
		}
	}
	if err := test.Update(batch); err != nil {
		t.Fatalf("%s: %v", p.name, err)
	}
	return test
}

// samples that a run feeds: a look of Law and TwoSample is at 1,000.
func (p primitive) samples() int {
	switch {
	case p.pairs:
		return 2 * firstLook
	case p.sided || p.name == "independence":
		return 200
	}
	return firstLook
}

// TestLogPFixed_null: where the claim holds, the share of runs with p ≤ a is at most a, here up
// to 5 standard errors of it: a right p-value fails a line with probability below 3e-7, one
// that is too small by a factor 2 at a = 0.1 passes with probability 1e-15 in 2,000 runs. The
// seeds are fixed. Where the claim is violated, p is small in most runs: it can be.
func TestLogPFixed_null(t *testing.T) {
	runs := 2000
	if testing.Short() {
		runs = 400
	}
	for i, p := range primitives() {
		sides := []Side{Equal}
		if p.sided {
			sides = []Side{Equal, AtMost}
		}
		for _, side := range sides {
			from := noise{newPCG(uint64(100*i) + uint64(side))}
			small, seen := map[float64]int{0.1: 0, 0.01: 0}, 0
			for range runs {
				logP := p.fed(t, side, p.samples(), from, p.null).LogPFixed()
				if !(logP <= 0) {
					t.Fatalf("%s: log p = %v", p.name, logP)
				}
				for a := range small {
					if logP <= math.Log(a) {
						small[a]++
					}
				}
			}
			for a, k := range small {
				if most := a + 5*math.Sqrt(a*(1-a)/float64(runs)); !(float64(k)/float64(runs) <= most) {
					t.Errorf("%s, %v: p ≤ %v in %d of %d runs although the claim holds", p.name, side, a, k, runs)
				}
			}
			const few = 20
			for range few {
				if p.fed(t, side, p.samples(), from, p.away).LogPFixed() <= math.Log(reproduced) {
					seen++
				}
			}
			if seen < few/2 {
				t.Errorf("%s, %v: p ≤ %v in %d of %d runs although the claim is violated by delta", p.name, side, reproduced, seen, few)
			}
		}
	}
}

// TestLogPFixed_sides: against both sides a p-value is twice that against the side on which the
// samples lie.
func TestLogPFixed_sides(t *testing.T) {
	for i, p := range primitives() {
		if !p.sided {
			continue
		}
		both := p.fed(t, Equal, 200, noise{newPCG(uint64(i))}, p.away).LogPFixed()
		one := p.fed(t, AtMost, 200, noise{newPCG(uint64(i))}, p.away).LogPFixed()
		other := p.fed(t, AtLeast, 200, noise{newPCG(uint64(i))}, p.away).LogPFixed()
		near(t, p.name+": two-sided less one-sided", both-one, math.Ln2, 1e-9)
		if !(one < math.Log(reproduced)) || !(other > -1e-6) {
			t.Errorf("%s: log p %v on the violated side and %v on the other", p.name, one, other)
		}
	}
}

// TestLogPFixed_hand: values computed by hand from a state set by hand.
func TestLogPFixed_hand(t *testing.T) {
	set := func(x Test, batch ...float64) Test {
		t.Helper()
		if err := x.Update(batch); err != nil {
			t.Fatal(err)
		}
		return x
	}
	flips := func(ones, zeros int) []float64 {
		out := make([]float64, ones+zeros)
		for i := range ones {
			out[i] = 1
		}
		return out
	}
	half := Zone{Theta0: 0.5, Delta: 0.2}
	above, below := half, half
	above.Side, below.Side = AtMost, AtLeast
	catoni := func(y float64) float64 { // of one sample, at the λ of p = 0.0005
		lambda := math.Sqrt(2 * math.Log(2000))
		return math.Log(2000) - math.Log1p(lambda*y+lambda*lambda*y*y/2)
	}
	for _, tt := range []struct {
		reason string
		test   Test
		want   float64
	}{
		{"both parts, the distance smaller", &law{logP: -5, logPit: 3}, math.Ln2 - 5},
		{"both parts, the battery smaller", &law{logP: -3, logPit: 5}, math.Ln2 - 5},
		{"a battery that speaks for the claim", &law{logP: 0, logPit: -4.9}, 0},
		{"little of both is nothing", &law{logP: -0.5, logPit: 0.3}, 0},
		{"two samples", &twoSample{logP: -2.5}, -2.5},
		{"two samples, nothing", &twoSample{logP: 0.5}, 0},
		{"9 of 10 heads, two sides: 11/1024 twice", set(must(Bernoulli(half, Levels{})), flips(9, 1)...), math.Log(22.0 / 1024)},
		{"9 of 10 heads, at most", set(must(Bernoulli(above, Levels{})), flips(9, 1)...), math.Log(11.0 / 1024)},
		{"9 of 10 heads, at least", set(must(Bernoulli(below, Levels{})), flips(9, 1)...), math.Log(1023.0 / 1024)},
		{"9 of 10 tails, two sides", set(must(Bernoulli(half, Levels{})), flips(1, 9)...), math.Log(22.0 / 1024)},
		{"7 of 8 pairs on one side: 9/256 twice", set(must(Independence(0, 0.2, Levels{})), 1, 2, -1, -2, 3, 1, -3, -1, 1, 4, 2, 1, 5, 1, -1, 1), math.Log(18.0 / 256)},
		{"1 of 8 pairs on one side", set(must(Independence(0, 0.2, Levels{})), 1, -2, -1, 2, 3, -1, -3, 1, 1, -4, 2, -1, 5, -1, 1, 2), math.Log(18.0 / 256)},
		{"9 of 10 above the median", set(must(Median(Zone{Delta: 1}, 1, Levels{})), 1, 2, 3, 4, 5, 6, 7, 8, 9, -1), math.Log(22.0 / 1024)},
		{"one sample 100 from the mean", set(must(Mean(Zone{Delta: 1}, 1, Levels{})), 100), math.Ln2 + catoni(100)},
		{"one sample 100 from the mean, one side", set(must(Mean(Zone{Delta: 1, Side: AtMost}, 1, Levels{})), 100), catoni(100)},
		{"no sample", must(Mean(Zone{Delta: 1}, 1, Levels{})), 0},
	} {
		near(t, tt.reason, tt.test.LogPFixed(), tt.want, 1e-9)
	}
}

// TestLogP_parts: the p-values of the distances at one look, by hand.
func TestLogP_parts(t *testing.T) {
	near(t, "DKW: 2 exp(−2·100·0.2²)", dkwLogP(100, 0.2), math.Ln2-8, 1e-14)
	near(t, "DKW, no distance", dkwLogP(100, -0.1), 0, 0)
	near(t, "three of three apart: 2/C(6,3)", twoSampleLogP(3, 3), math.Log(0.1), 1e-12)
	near(t, "bound, the same", twoSampleLogBound(3, 3), math.Log(0.1), 1e-12)
	near(t, "two of two apart: 2/C(4,2)", twoSampleLogP(2, 2), math.Log(1.0/3), 1e-12)
	near(t, "one of two apart: 2(4 − 1)/6", twoSampleLogP(2, 1), 0, 1e-12)
	near(t, "no distance", twoSampleLogP(5, 0), 0, 0)
	near(t, "e-value ½p^−½ of p = e^−6", calibrate(-6), 3-math.Ln2, 1e-14)
	l := &law{logP: -6, logPit: math.Log(3)}
	near(t, "the mean of both e-values", l.LogERefute(), math.Log((3+math.Exp(3)/2)/2), 1e-14)
}
