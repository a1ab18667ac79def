package props

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"gradchain/props/evidence"
)

// brokenClaim is a claim about |G| ≥ 1 of a linear chain with something wrong in it.
func brokenClaim(id string, kind Kind, breakIt func(s *sampled[chainAt])) *Claim {
	s := &sampled[chainAt]{
		draw: func(t *rapid.T) chainAt {
			return independent("linear", "normal(sigma=1)", rapid.IntRange(1, 9).Draw(t, "depth"))
		},
		sample:  chains(oneChain, notBelowOne),
		predict: atMost(0.5, 0.1),
		command: chainAt.command,
	}
	breakIt(s)
	return &Claim{ID: id, Sentence: "broken", Kind: kind, Expected: evidence.Verified, trial: s}
}

// exponents observes the finite-depth exponent log|G_L|/L.
func exponents(c chainAt, paths []paths, dst []float64) []float64 {
	for _, x := range paths[0].LogAbs {
		dst = append(dst, x/float64(c.Depth))
	}
	return dst
}

// TestRun_broken: whatever is wrong with a claim becomes an error verdict that names
// the cause, and the run goes on.
func TestRun_broken(t *testing.T) {
	zone := func(z evidence.Zone, variance float64) predictor[chainAt] {
		return func(chainAt) (prediction, error) { return prediction{Zone: z, Variance: variance}, nil }
	}
	tests := []struct {
		reason, want string
		kind         Kind
		breakIt      func(s *sampled[chainAt])
	}{
		{"a mean claim without a variance bound has no valid test", "no tail control", Mean, func(s *sampled[chainAt]) {
			s.sample, s.predict = chains(oneChain, exponents), zone(evidence.Zone{Delta: 0.1}, math.NaN())
		}},
		{"delta not above eps leaves nothing to find", "delta is 0.1; it must be finite and above eps = 0.1", Probability, func(s *sampled[chainAt]) {
			s.predict = zone(evidence.Zone{Theta0: 0.5, Eps: 0.1, Delta: 0.1}, 0)
		}},
		{"a probability above 1", "theta0", Probability, func(s *sampled[chainAt]) {
			s.predict = zone(evidence.Zone{Theta0: 1.5, Delta: 0.1}, 0)
		}},
		{"a generator that never yields", "too few valid configurations", Probability, func(s *sampled[chainAt]) {
			s.draw = func(t *rapid.T) chainAt {
				rapid.Int().Filter(func(int) bool { return false }).Draw(t, "never")
				return chainAt{}
			}
		}},
		{"a prediction that is NaN", "NaN", Probability, func(s *sampled[chainAt]) {
			s.predict = zone(evidence.Zone{Theta0: math.NaN(), Delta: 0.1}, 0)
		}},
		{"a prediction that fails", "prediction: no closed form", Probability, func(s *sampled[chainAt]) {
			s.predict = func(chainAt) (prediction, error) { return prediction{}, errors.New("no closed form") }
		}},
		{"a prediction that panics", "panicked: index out of range", Probability, func(s *sampled[chainAt]) {
			s.predict = func(chainAt) (prediction, error) { panic("index out of range") }
		}},
		{"a sampler that panics", "panicked: boom", Probability, func(s *sampled[chainAt]) {
			s.sample = chains(oneChain, func(chainAt, []paths, []float64) []float64 { panic("boom") })
		}},
		{"a sampler that returns NaN", "NaN", Probability, func(s *sampled[chainAt]) {
			s.sample = chains(oneChain, func(_ chainAt, p []paths, dst []float64) []float64 {
				for range p[0].LogAbs {
					dst = append(dst, math.NaN())
				}
				return dst
			})
		}},
		{"a condition that never holds", "almost never holds", Probability, func(s *sampled[chainAt]) {
			s.sample = chains(oneChain, func(_ chainAt, _ []paths, dst []float64) []float64 { return dst })
		}},
	}
	claims := []*Claim{sigmoidQuarter()}
	for i, tt := range tests {
		claims = append(claims, brokenClaim(string(rune('a'+i)), tt.kind, tt.breakIt))
	}
	claims = append(claims, reluOne())
	results, err := Run(context.Background(), claims, Env{Seed: 1, Tier: Quick, Jobs: 2}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, tt := range tests {
		r := results[i+1]
		if r.Verdict != evidence.Error || !strings.Contains(r.Reason, tt.want) {
			t.Errorf("%s: %v (%s), want an error that says %q", tt.reason, r.Verdict, r.Reason, tt.want)
		}
		if w := r.Worst; w != nil && (!math.IsNaN(float64(w.Estimate)) || !math.IsInf(float64(w.Interval.Lo), -1) || !math.IsInf(float64(w.Interval.Hi), 1)) {
			t.Errorf("%s: %+v; nothing is known where there is no verdict", tt.reason, w)
		}
		if strings.Contains(r.Reason, "\n") {
			t.Errorf("%s: the reason has more than one line: %s", tt.reason, r.Reason)
		}
	}
	for _, i := range []int{0, len(results) - 1} {
		if !results[i].AsExpected() {
			t.Errorf("%s beside broken claims: %v (%s)", results[i].ID, results[i].Verdict, results[i].Reason)
		}
	}
}
