package props

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"gradchain/props/evidence"
)

// TestNearest: at each configuration the nearest mutant counts that says what does not hold
// there; the median, by hand.
func TestNearest(t *testing.T) {
	var n nearest
	if n.drawn() != nil {
		t.Error("something of nothing")
	}
	n.add(map[string]float64{"holds": 0, "a weaker bound": -3})
	if n.drawn() != nil {
		t.Error("mutants that hold count")
	}
	for _, effects := range []map[string]float64{
		{"a": 4, "b": 2, "holds": 0}, {"a": 1, "b": 3}, {"b": 1.5}, {"b": 9, "a": math.Inf(1)},
	} {
		n.add(effects)
	}
	if got, want := *n.drawn(), (Drawn{Configs: 4, Below: 1, Median: 1.75, Nearest: "b"}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	n.add(map[string]float64{"c": 1.7, "b": 1.7})
	if got := n.drawn(); got.Median != 1.7 || got.Nearest != "b" {
		t.Errorf("of five: got %+v", got)
	}
}

// TestMedian of an odd and an even number, unsorted, which it leaves as they are.
func TestMedian(t *testing.T) {
	x := []float64{3, 1, 2}
	if median(x) != 2 || x[0] != 3 {
		t.Errorf("median %v of %v", median(x), x)
	}
	if got := median([]float64{4, 1, 10, 2}); got != 3 {
		t.Errorf("got %v, want 3", got)
	}
}

// shiftedMutants is a claim that P(|G| ≥ 1) is its exact value, and mutants off by so many
// discrepancies.
func shiftedMutants(off ...float64) *sampled[chainAt] {
	const delta = 0.05
	at := func(shift float64) predictor[chainAt] {
		return func(c chainAt) (prediction, error) {
			p, err := exceedance(one)(c)
			return prediction{Zone: evidence.Zone{Theta0: p + shift*delta, Delta: delta}}, err
		}
	}
	s := &sampled[chainAt]{
		draw: func(t *rapid.T) chainAt {
			return independent("linear", "normal(sigma=1)", rapid.IntRange(1, 60).Draw(t, "depth"))
		},
		sample: chains(oneChain, notBelowOne), predict: at(0), command: chainAt.command,
	}
	fixed := []chainAt{independent("linear", "normal(sigma=1)", 2)}
	for _, x := range off {
		s.mutants = append(s.mutants, mutant[chainAt]{fmt.Sprintf("off by %g", x), at(x), fixed})
	}
	return s
}

// TestEffectsAt: a mutant predicts at any configuration; one that cannot is left out.
func TestEffectsAt(t *testing.T) {
	s := shiftedMutants(3)
	fails := func(chainAt) (prediction, error) { return prediction{}, errors.New("none here") }
	panics := func(chainAt) (prediction, error) { panic("none here") }
	s.mutants = append(s.mutants, mutant[chainAt]{"fails", fails, nil}, mutant[chainAt]{"panics", panics, nil})
	s.corners = []mutant[chainAt]{{"corner", s.mutants[0].predict, nil}}
	got := s.effectsAt(Probability, independent("linear", "normal(sigma=1)", 7))
	if len(got) != 1 || !(math.Abs(got["off by 3"]-3) < 1e-9) {
		t.Errorf("got %v, want off: 3 alone", got)
	}
	if names := s.mutantNames(); len(names) != 4 || names[3] != "corner" {
		t.Errorf("mutants %v", names)
	}
	law := &sampled[chainAt]{predict: alike(s.sample, 0, 0.1), mutants: []mutant[chainAt]{
		{"registered", alike(s.sample, 0.5, 0.1), nil},
		{"known", unlike(s.sample, func(c chainAt) float64 { return 0.1 * float64(c.Depth) }, 0.1), nil},
		{"unknown here", unlike(s.sample, func(chainAt) float64 { return math.NaN() }, 0.1), nil},
	}}
	got = law.effectsAt(TwoSample, independent("linear", "normal(sigma=1)", 2))
	if len(got) != 1 || !(math.Abs(got["known"]-2) < 1e-9) {
		t.Errorf("two samples: got %v, want known: 2 alone", got)
	}
}

// TestRun_drawn: the row of a claim has the power at what was drawn, also of one whose search
// ended early, and of a deterministic one.
func TestRun_drawn(t *testing.T) {
	c := &Claim{ID: "drawn", Kind: Probability, Expected: evidence.Verified, trial: shiftedMutants(4, 2, 0)}
	results, err := Run(t.Context(), append(lookup(t, "S3", "S6"), c), Env{Seed: 3, Tier: Quick}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if d := results[2].Drawn; d == nil || d.Configs != 10 || !(math.Abs(float64(d.Median)-2) < 1e-9) {
		t.Errorf("drawn: got %+v, want 10 configurations of median 2", d)
	}
	if d := results[0].Drawn; d == nil || d.Configs < 5 {
		t.Errorf("S3, refuted at once: got %+v", d)
	}
	if d := results[1].Drawn; d == nil || d.Configs != 10 || !(d.Median > 0 && d.Median <= 1) {
		t.Errorf("S6, deterministic: got %+v", d)
	}
}

// TestUnseen: a claim whose nearest mutant the typical draw does not see could not have failed.
func TestUnseen(t *testing.T) {
	for _, tt := range []struct {
		reason string
		r      Result
		want   string
	}{
		{"seen", Result{Kind: "mean", Drawn: &Drawn{Median: minEffect}}, ""},
		{"not seen", Result{Kind: "mean", Drawn: &Drawn{Median: 1.49, Nearest: "half"}}, `mutant "half" has an effect of 1.49`},
		{"NaN", Result{Kind: "mean", Drawn: &Drawn{Median: Float(math.NaN())}}, "NaN"},
		{"nothing known", Result{Kind: "mean"}, "no mutant says anything else"},
		{"two samples, nothing known", Result{Kind: "two-sample"}, ""},
		{"two samples", Result{Kind: "two-sample", Drawn: &Drawn{Median: 1}}, "effect of 1 "},
		{"deterministic: a share", Result{Kind: "deterministic", Drawn: &Drawn{Median: 0.1}}, ""},
	} {
		if got := tt.r.unseen(); (got == "") != (tt.want == "") || !strings.Contains(got, tt.want) {
			t.Errorf("%s: got %q, want %q", tt.reason, got, tt.want)
		}
	}
}

// TestExact_coverage: registered points are no draws, so that the bound is not of them.
func TestExact_coverage(t *testing.T) {
	e := &exact[int]{
		draw:   func(t *rapid.T) int { return rapid.IntRange(0, 999).Draw(t, "n") },
		always: []int{-1, -2, -3}, check: func(int) finding { return finding{Residual: -1} },
		mutants: []exactMutant[int]{{"all", func(int) finding { return finding{Residual: 1} }, []int{0}}},
	}
	c := &Claim{ID: "points", Kind: Deterministic, Expected: evidence.Verified, trial: e}
	results, err := Run(t.Context(), []*Claim{c}, Env{Seed: 1, Tier: Quick}, nil)
	if err != nil {
		t.Fatal(err)
	}
	r := results[0]
	if r.Verdict != evidence.Verified || r.Coverage.Configs != r.ConfigsTried-3 {
		t.Errorf("%v: %d draws of %d points", r.Verdict, r.Coverage.Configs, r.ConfigsTried)
	}
	if want := Float(evidence.AllPassBound(r.Coverage.Configs, 0.05)); r.Coverage.ViolatingMass != want {
		t.Errorf("mass %v, want %v", r.Coverage.ViolatingMass, want)
	}
	if r.Drawn == nil || r.Drawn.Median != 1 {
		t.Errorf("drawn: %+v, want a mutant that every point refutes", r.Drawn)
	}
	few := &exact[int]{draw: func(t *rapid.T) int { return rapid.IntRange(0, 4).Draw(t, "n") }, always: []int{5, 6, 7, 8, 9, 10}, check: e.check, mutants: e.mutants}
	c = &Claim{ID: "few", Kind: Deterministic, Expected: evidence.Verified, trial: few}
	results, err = Run(t.Context(), []*Claim{c}, Env{Seed: 1, Tier: Quick}, nil)
	if err != nil || results[0].Verdict != evidence.Inconclusive {
		t.Errorf("five points to draw and ten needed: %v, %v", results[0].Verdict, err)
	}
}
