package evidence

import (
	"context"
	"math"
	"slices"
	"testing"
)

// TestMedian_bernoulli: each edge is a claim about a probability, and the e-values are
// those of Bernoulli on the indicators of lying beyond it.
func TestMedian_bernoulli(t *testing.T) {
	random := newPCG(1)
	z := Zone{Theta0: 0.3, Eps: 0.05, Delta: 0.25, Side: AtMost}
	m := must(Median(z, 0.5, Levels{})).(*median)
	step := math.Erf(0.2/(0.5*math.Sqrt2)) / 2 // Φ(0.2/0.5) − ½
	beyond := must(Bernoulli(Zone{Theta0: 0.5, Delta: step, Side: AtMost}, Levels{}))
	short := 0.0
	for range 200 {
		y := random.NormFloat64()
		x := 0.0
		if y > 0.35 {
			x = 1
		}
		if y < 0.55 {
			short++
		}
		if err := m.Update([]float64{y}); err != nil {
			t.Fatal(err)
		}
		if err := beyond.Update([]float64{x}); err != nil {
			t.Fatal(err)
		}
	}
	ratio := func(step float64) float64 { return short*math.Log1p(2*step) + (200-short)*math.Log1p(-2*step) }
	for what, v := range map[string][2]float64{
		"against the claim":     {m.LogERefute(), beyond.LogERefute()},
		"against the violation": {m.LogEUpper(), logMeanExp(ratio(step), ratio(step/2))},
		"below":                 {m.LogELower(), math.Inf(1)},
		"p-value":               {m.LogPFixed(), beyond.LogPFixed()},
		"budget":                {float64(m.Budget()), float64(beyond.Budget())},
	} {
		if !(v[0] == v[1] || math.Abs(v[0]-v[1]) <= 1e-9*(1+math.Abs(v[1]))) {
			t.Errorf("%s: got %v, want %v", what, v[0], v[1])
		}
	}
}

// TestMedian_verdicts: at any law, one without moments too, at the edges and inside.
func TestMedian_verdicts(t *testing.T) {
	cauchy := func(n noise) float64 { return math.Tan(math.Pi * (n.uniform() - 0.5)) }
	die := func(n noise) float64 { return math.Ceil(6 * n.uniform()) } // medians 3 to 4
	constant := func(noise) float64 { return 1 }
	dead := func(n noise) float64 { // half of them −Inf and one more in a hundred
		if u := n.uniform(); u < 0.51 {
			return math.Inf(-1)
		}
		return 0
	}
	for _, tt := range []struct {
		reason string
		zone   Zone
		spread float64
		draw   func(noise) float64
		want   Verdict
	}{
		{"the median of a law without mean", Zone{Delta: 0.3}, 1, cauchy, Verified},
		{"a wrong one", Zone{Theta0: 0.3, Delta: 0.3}, 1, cauchy, Refuted},
		{"wrong by less than the slack", Zone{Theta0: 0.3, Eps: 0.3, Delta: 0.6}, 1, cauchy, Verified},
		{"a bound on the right side", Zone{Theta0: 0.3, Delta: 0.3, Side: AtMost}, 1, cauchy, Verified},
		{"a bound on the wrong side", Zone{Theta0: 0.4, Delta: 0.3, Side: AtLeast}, 1, cauchy, Refuted},
		{"atoms: every number between two is a median", Zone{Theta0: 3.5, Delta: 1}, 2, die, Verified},
		{"atoms: an end of them", Zone{Theta0: 3, Delta: 1.5}, 3, die, Verified},
		{"atoms: beyond them", Zone{Theta0: 4.5, Delta: 0.4}, 1, die, Refuted},
		{"a constant", Zone{Theta0: 1, Delta: 1e-6}, 0, constant, Verified},
		{"another constant", Zone{Theta0: 1.1, Delta: 0.1}, 0, constant, Refuted},
		{"most are −Inf", Zone{Delta: 1}, 0, dead, Inconclusive},
	} {
		o := Run(context.Background(), must(Median(tt.zone, tt.spread, Levels{})), noise{newPCG(7)}.fill(tt.draw), Options{})
		if o.Verdict != tt.want {
			t.Errorf("%s: %v (%s), want %v", tt.reason, o.Verdict, o.Reason, tt.want)
		}
	}
}

// TestMedian_sign: the estimate and the interval are order statistics, by hand.
func TestMedian_sign(t *testing.T) {
	m := must(Median(Zone{Theta0: 5, Delta: 1}, 1, Levels{}))
	if !math.IsNaN(m.Estimate()) {
		t.Errorf("estimate %v of no samples", m.Estimate())
	}
	if err := m.Update([]float64{9, 1, math.Inf(1), 4}); err != nil {
		t.Fatal(err)
	}
	if lo, hi := m.Interval(0.9); m.Estimate() != 6.5 || !math.IsInf(lo, -1) || !math.IsInf(hi, 1) {
		t.Errorf("median %v in [%v, %v]; four samples say nothing at 0.9", m.Estimate(), lo, hi)
	}
	var many []float64
	for i := range 100 {
		many = append(many, float64(i+1))
	}
	m = must(Median(Zone{Theta0: 5, Delta: 1}, 1, Levels{}))
	if err := m.Update(many); err != nil {
		t.Fatal(err)
	}
	// KT's e-value against ½ after 100 samples is at least 10 for 36 or fewer successes.
	lo, hi := m.Interval(0.9)
	k := slices.IndexFunc(many, func(x float64) bool { return ktLogE(x, 100, 0.5) < math.Log(10) }) + 1
	if lo != float64(k) || hi != float64(101-k) || k < 30 || k > 40 {
		t.Errorf("[%v, %v], want [%d, %d]", lo, hi, k, 101-k)
	}
}

// TestMedian_rates: p-values are uniform or larger where the claim holds on its edge, and
// intervals cover. 2,000 runs; a share five standard errors beyond its bound, which has a
// chance of 1e-6 each, fails.
func TestMedian_rates(t *testing.T) {
	const runs, samples, level = 2000, 101, 0.9
	n := noise{newPCG(3)}
	below, tenth, missed := 0, 0, 0
	for range runs {
		m := must(Median(Zone{Delta: 0.5}, 1, Levels{}))
		batch := make([]float64, samples)
		for i := range batch {
			batch[i] = math.Tan(math.Pi * (n.uniform() - 0.5))
		}
		if err := m.Update(batch); err != nil {
			t.Fatal(err)
		}
		p := m.LogPFixed()
		if p <= math.Log(0.01) {
			below++
		}
		if p <= math.Log(0.1) {
			tenth++
		}
		if lo, hi := m.Interval(level); !(lo <= 0 && 0 <= hi) {
			missed++
		}
	}
	most := func(p float64) int { return int(runs*p + 5*math.Sqrt(runs*p*(1-p))) }
	if below > most(0.01) || tenth > most(0.1) || missed > most(1-level) {
		t.Errorf("p ≤ 0.01 in %d, p ≤ 0.1 in %d, missed by %d of %d", below, tenth, missed, runs)
	}
	if tenth < runs/50 || missed == 0 { // not so safe that nothing is ever seen
		t.Errorf("p ≤ 0.1 in %d, missed by %d of %d", tenth, missed, runs)
	}
}
