package props

import (
	"context"
	"encoding/json"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"gradchain/props/evidence"
	"gradchain/sim/network"
	"gradchain/sim/stream"
)

// everyField is a network that is not valid but has no zero field.
func everyField() networkAt {
	c := dense("tanh", 1.5, 8, 3).residual(0.5).sampledBy(network.Matrix)
	c.Angle, c.Batch, c.BiasStd, c.Density, c.Epsilon = 0.5, 2, 0.1, 0.25, 1e-5
	c.Norm, c.NormAfter, c.Tied, c.Weights = "layer", true, true, "sparse"
	return c
}

// TestNetworkAt_canonical: the fields are those of the model's own text, which has the
// family of the weights always and its kind, and does not have the engine.
func TestNetworkAt_canonical(t *testing.T) {
	fields := func(text string) map[string]any {
		var m map[string]any
		if err := json.Unmarshal([]byte(text), &m); err != nil {
			t.Fatal(err)
		}
		return m
	}
	c := everyField()
	own, models := fields(canonical(c)), fields(c.model().Canonical())
	delete(own, "engine")
	delete(models, "kind")
	if len(own) != 14 {
		t.Errorf("%d fields in %v, want all 14", len(own), own)
	}
	for name, value := range models {
		if own[name] != value {
			t.Errorf("%s: %v here and %v in the model", name, own[name], value)
		}
		delete(own, name)
	}
	if len(own) > 0 {
		t.Errorf("the model does not know %v", own)
	}
}

func TestNetworkAt_command(t *testing.T) {
	normalized := dense("relu", 1, 64, 10)
	normalized.Norm, normalized.Batch = "batch", 8
	tied := dense("tanh", 1, 4, 100)
	tied.Tied = true
	for _, tt := range []struct {
		reason string
		c      networkAt
		want   string
	}{
		{"plain", dense("leaky_relu(0.1)", 1.5, 100, 50), "gradchain simulate dense --activation 'leaky_relu(0.1)' --weight-std 1.5 --width 100 --depth 50"},
		{"a branch that is zero is residual still", dense("relu", 1, 4, 2).residual(0), "gradchain simulate residual --activation 'relu' --weight-std 1 --width 4 --depth 2 --alpha 0"},
		{"normalised", normalized, "gradchain simulate normalized --activation 'relu' --weight-std 1 --width 64 --depth 10 --batch 8 --norm batch"},
		{"recurrent", tied, "gradchain simulate recurrent --activation 'tanh' --weight-std 1 --width 4 --depth 100"},
		{"every flag", everyField(), "gradchain simulate recurrent --activation 'tanh' --weight-std 1.5 --weights sparse --density 0.25 --bias-std 0.1 " +
			"--width 8 --depth 3 --batch 2 --angle 0.5 --norm layer --norm-after --epsilon 1e-05 --alpha 0.5 --engine matrix"},
	} {
		if got := tt.c.command(); got != tt.want {
			t.Errorf("%s:\ngot  %s\nwant %s", tt.reason, got, tt.want)
		}
	}
}

// TestExperiment: what an observer is given are the engine's own samples, one after the
// other from the stream of each network.
func TestExperiment(t *testing.T) {
	c := dense("tanh", 1, 8, 3)
	keys := []stream.Key{{Purpose: "a"}, {Purpose: "b"}}
	sources := func() []stream.Source {
		return []stream.Source{keys[0].Source(stream.Xoshiro), keys[1].Source(stream.Xoshiro)}
	}
	engine, err := network.New(network.Law, c.model())
	if err != nil {
		t.Fatal(err)
	}
	twice := func(c networkAt) []networkAt { return []networkAt{c, c} }
	const n = 5
	var want, tangentsWant []float64
	for _, src := range sources() {
		for range n {
			var s network.Sample
			if err := engine.Sample(t.Context(), src, &s); err != nil {
				t.Fatal(err)
			}
			want = append(want, inputGradient(c, &s), lastSquare(c, &s))
		}
	}
	for _, src := range sources() {
		for range n {
			v := make([]float64, c.Depth+1)
			if err := engine.Tangent(t.Context(), src, v); err != nil {
				t.Fatal(err)
			}
			tangentsWant = append(tangentsWant, v...)
		}
	}
	for _, tt := range []struct {
		name   string
		open   protocol[networkAt]
		want   []float64
		values int64
	}{
		{"networks", networks(twice, func(c networkAt, drawn []nets, dst []float64) []float64 {
			for _, samples := range drawn {
				for i := range samples {
					dst = append(dst, inputGradient(c, &samples[i]), lastSquare(c, &samples[i]))
				}
			}
			return dst
		}), want, 48},
		{"tangents", networkTangents(twice, func(_ networkAt, drawn []tangents, dst []float64) []float64 {
			for _, samples := range drawn {
				for _, v := range samples {
					dst = append(dst, v...)
				}
			}
			return dst
		}), tangentsWant, 48},
	} {
		e, err := tt.open(c)
		if err != nil {
			t.Fatal(err)
		}
		if e.streams() != 2 || e.values() != tt.values {
			t.Errorf("%s: %d streams and %d values, want 2 and %d", tt.name, e.streams(), e.values(), tt.values)
		}
		got, err := e.run(t.Context(), sources(), n, nil)
		if err != nil || len(got) != len(tt.want) {
			t.Fatalf("%s: %d numbers, %v, want %d", tt.name, len(got), err, len(tt.want))
		}
		for i := range got {
			if got[i] != tt.want[i] {
				t.Fatalf("%s: number %d is %v, want %v", tt.name, i, got[i], tt.want[i])
			}
		}
	}
}

// pairClaim holds two networks of the same law against each other, in what is wrong with
// it aside.
func pairClaim(breakIt func(s *sampled[networkAt])) *Claim {
	s := &sampled[networkAt]{
		draw: func(t *rapid.T) networkAt {
			return dense("relu", 1, 4, rapid.IntRange(1, 20).Draw(t, "depth")).sampledBy(network.Law)
		},
		sample:  eachNetwork(lastSquare),
		predict: alike(eachNetwork(lastSquare), 0, 0.2),
		command: networkAt.command,
	}
	breakIt(s)
	return &Claim{ID: "pair", Sentence: "broken", Kind: TwoSample, Expected: evidence.Verified, trial: s}
}

// TestTwoSample: equal laws are verified, unequal ones refuted and confirmed, the
// mutants are judged by their own samples, and what breaks is an error that names the
// cause.
func TestTwoSample(t *testing.T) {
	amplified := networks(func(c networkAt) []networkAt {
		c.WeightStd = 2
		return []networkAt{c}
	}, func(c networkAt, drawn []nets, dst []float64) []float64 {
		for i := range drawn[0] {
			dst = append(dst, lastSquare(c, &drawn[0][i]))
		}
		return dst
	})
	one := dense("relu", 1, 4, 1).sampledBy(network.Law)
	for _, tt := range []struct {
		reason  string
		breakIt func(s *sampled[networkAt])
		want    evidence.Verdict
		text    string
	}{
		{"one law", func(*sampled[networkAt]) {}, evidence.Verified, "verified"},
		{"two laws", func(s *sampled[networkAt]) { s.predict = alike(amplified, 0, 0.2) }, evidence.Refuted, "refuted"},
		{"an engine that does not sample the model", func(s *sampled[networkAt]) {
			s.draw = func(t *rapid.T) networkAt {
				return dense("tanh", 1, 4, rapid.IntRange(1, 20).Draw(t, "depth")).sampledBy(network.Norm)
			}
		}, evidence.Error, "engine norm: activation tanh"},
		{"a discrepancy that no distance of laws can have", func(s *sampled[networkAt]) {
			s.predict = alike(eachNetwork(lastSquare), 0, 1)
		}, evidence.Error, "a distance of laws is below 1"},
		{"the second sampler returns NaN", func(s *sampled[networkAt]) {
			s.predict = alike(eachNetwork(func(networkAt, *network.Sample) float64 { return math.NaN() }), 0, 0.2)
		}, evidence.Error, "NaN"},
	} {
		c := pairClaim(tt.breakIt)
		c.trial.(*sampled[networkAt]).mutants = []mutant[networkAt]{{"amplified", alike(amplified, 0.5, 0.2), []networkAt{one}}}
		results, err := Run(context.Background(), []*Claim{c}, Env{Seed: 3, Tier: Quick}, nil)
		if err != nil {
			t.Fatal(err)
		}
		r := results[0]
		if r.Verdict != tt.want || !strings.Contains(r.Reason, tt.text) {
			t.Errorf("%s: %v (%s), want %v (%s)", tt.reason, r.Verdict, r.Reason, tt.want, tt.text)
		}
		if tt.want == evidence.Verified && (r.Mutants.Killed != 1 || r.Unpowered != "") {
			t.Errorf("%s: mutants %+v, %s", tt.reason, r.Mutants, r.Unpowered)
		}
		if tt.want == evidence.Refuted && (r.Effect == nil || r.Effect.Log10PConfirm == nil || !(*r.Effect.Log10PConfirm < -10)) {
			t.Errorf("%s: not confirmed: %+v", tt.reason, r.Effect)
		}
	}
}
