package evidence

import (
	"math"
	"testing"
)

// TestInterval_width: the width of each interval against its formula, at one state.
func TestInterval_width(t *testing.T) {
	const level = 0.99
	check := func(what string, test Test, lo, hi float64) {
		t.Helper()
		gotLo, gotHi := test.Interval(level)
		near(t, what+": lower end", gotLo, lo, 1e-9)
		near(t, what+": upper end", gotHi, hi, 1e-9)
	}
	// Kolmogorov: d ± √(ln(2K/miss)/2n) for one empirical law, twice that for two of half the miss.
	one := math.Sqrt(math.Log(2*4/0.01)/2000) + 0.001
	looked := func(distance float64) *law {
		return &law{config: LawConfig{CDFError: 0.001}, epochs: epochs{looks: 4, done: 1}, distance: distance}
	}
	check("law", looked(0.3), 0.3-one, 0.3+one)
	check("law, near", looked(0.01), 0, 0.01+one)
	check("law, far", looked(0.99), 0.99-one, 1)
	check("law, no look", &law{epochs: epochs{looks: 4}, distance: 0.3}, 0, 1)
	two := 2 * math.Sqrt(math.Log(4*4/0.01)/4000)
	pair := func(distance float64) *twoSample {
		return &twoSample{epochs: epochs{looks: 4, done: 2}, distance: distance}
	}
	check("two samples", pair(0.3), 0.3-two, 0.3+two)
	check("two samples, near", pair(0.02), 0, 0.02+two)
	check("two samples, far", pair(0.98), 0.98-two, 1)
	check("two samples, no look", &twoSample{epochs: epochs{looks: 4}, distance: 0.3}, 0, 1)

	// Tilt of a normal law of variance 1: the e-value of slope s is exp(sΣ(Y−m) − ns²/2), an equal
	// mixture of four; of 10,000 samples the best slope alone excludes beyond √(2 ln(8/miss)/n), so
	// the mixture's ends lie between that of known slope and mean ± that.
	tilted := must(Tilt(Zone{Delta: 0.08}, func(s float64) float64 { return s * s / 2 }, Levels{})).(*tilt)
	tilted.count, tilted.sum = 10_000, 0
	lo, hi := tilted.Interval(level)
	least, most := math.Sqrt(2*math.Log(2/0.01)/10_000), 1.3*math.Sqrt(2*math.Log(8/0.01)/10_000)
	if !(hi > least && hi < most && math.Abs(hi+lo) < 1e-9) {
		t.Errorf("tilt: [%v, %v], want ends between %v and %v of 0", lo, hi, least, most)
	}
}

// TestInterval_mean: of the mean of n samples of variance V the interval is about
// 2√(2V ln(8/miss)/n) wide when n is the budget, that of Catoni's process at its best λ, whether
// V is declared or forced by the bounds.
func TestInterval_mean(t *testing.T) {
	const level = 0.99
	for _, tt := range []struct {
		reason   string
		test     Test
		draw     func(noise) float64
		variance float64 // at the mean
	}{
		{"declared", must(Mean(Zone{Delta: 0.2}, 1, Levels{})), normalNoise(0), 1},
		{"bounded, about the middle", must(BoundedMean(Zone{Theta0: 0.5, Delta: 0.05}, 0, 1, Levels{})), noise.uniform, 0.25},
		{"bounded, near an end", must(BoundedMean(Zone{Theta0: 0.05, Delta: 0.02}, 0, 1, Levels{})), coin(0.05), 0.0475},
	} {
		from, batch := noise{newPCG(1)}, make([]float64, tt.test.Budget())
		for i := range batch {
			batch[i] = tt.draw(from)
		}
		if err := tt.test.Update(batch); err != nil {
			t.Fatal(err)
		}
		lo, hi := tt.test.Interval(level)
		want := 2 * math.Sqrt(2*tt.variance*math.Log(8/(1-level))/float64(len(batch)))
		if ratio := (hi - lo) / want; !(ratio > 0.85 && ratio < 1.25) {
			t.Errorf("%s: [%v, %v] is %.3g times as wide as the formula says", tt.reason, lo, hi, ratio)
		}
	}
}

// TestInterval_coverage: each end of the interval of level 0.8 misses the truth in at most a share
// 0.2 of the runs, up to 5 standard errors of it, and an interval that is empty or of the wrong
// place misses it more often. The seeds are fixed.
func TestInterval_coverage(t *testing.T) {
	const level = 0.8
	runs := 1000
	if testing.Short() {
		runs = 200
	}
	for i, p := range primitives() {
		for _, tt := range []struct {
			truth float64
			draw  func(noise) float64
		}{{p.holds(), p.null}, {p.violated(), p.away}} {
			from := noise{newPCG(uint64(7000 + i))}
			missed, width := 0, 0.0
			for range runs {
				lo, hi := p.fed(t, Equal, p.samples(), from, tt.draw).Interval(level)
				if !(lo <= tt.truth && tt.truth <= hi) {
					missed++
				}
				width = max(width, hi-lo)
			}
			if most := 0.2 + 5*math.Sqrt(0.16/float64(runs)); !(float64(missed)/float64(runs) <= most) {
				t.Errorf("%s: %d of %d intervals miss %v", p.name, missed, runs, tt.truth)
			}
			if !(width < 1) {
				t.Errorf("%s: an interval is %v wide", p.name, width)
			}
		}
	}
}

// holds and violated are what the estimates are about, under the two sources of a primitive.
func (p primitive) holds() float64 {
	switch p.name {
	case "bernoulli":
		return 0.42
	case "bounded mean", "independence":
		return 0.5
	case "law, slack":
		return 0.05
	}
	return 0
}

func (p primitive) violated() float64 {
	return map[string]float64{
		"bernoulli": 0.62, "mean": 0.5, "bounded mean": 2.0 / 3, "tilt": 0.5, "median": 0.5, "independence": 1,
		"law": 0.2, "law, slack": 0.3, "law, atoms": 0.25, "two-sample": 0.3,
	}[p.name]
}
