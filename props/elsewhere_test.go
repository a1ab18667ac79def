package props

import (
	"context"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"gradchain/props/evidence"
	"gradchain/sim/network"
	"gradchain/sim/stream"
)

// TestElsewhere: which other engine samples the law of a network.
func TestElsewhere(t *testing.T) {
	orthogonal, tied := dense("tanh", 1, 4, 2), dense("tanh", 1, 4, 2)
	orthogonal.Weights, tied.Tied = "orthogonal", true
	for _, tt := range []struct {
		reason string
		c      networkAt
		want   string // "" for none
	}{
		{"gaussian, by its law", dense("tanh", 1, 4, 2), network.Matrix.String()},
		{"gaussian, by matrices", dense("tanh", 1, 4, 2).sampledBy(network.Matrix), network.Law.String()},
		{"norms alone", criticalNetwork("relu", 4, 2).sampledBy(network.Norm), network.Law.String()},
		{"another law", dense("tanh", 1, 4, 2).sampledBy(network.Shortcut), ""},
		{"orthogonal", orthogonal, ""},
		{"tied", tied, ""},
	} {
		other, ok := tt.c.elsewhere()
		if ok != (tt.want != "") || ok && other.Engine != tt.want {
			t.Errorf("%s: %v, %v, want %q", tt.reason, other.Engine, ok, tt.want)
		}
	}
}

// constants is an experiment that yields one number on its engine and one on another.
type constants struct {
	here, there float64
	cost        int64
	twin        bool
}

func (constants) streams() int    { return 1 }
func (c constants) values() int64 { return c.cost }
func (c constants) run(_ context.Context, _ []stream.Source, n int, dst []float64) ([]float64, error) {
	for range n {
		dst = append(dst, c.here)
	}
	return dst, nil
}

func (c constants) other() (experiment, error) {
	if !c.twin {
		return nil, nil
	}
	return constants{here: c.there, cost: c.cost}, nil
}

// TestRun_otherEngine: a refutation is confirmed on another engine where there is one that is
// not too dear; one that does not find it makes the verdict an error.
func TestRun_otherEngine(t *testing.T) {
	for _, tt := range []struct {
		reason  string
		e       constants
		verdict evidence.Verdict
		found   float64 // by the other engine; NaN for none
		skipped string
		report  bool
	}{
		{"agrees", constants{5, 4, 1, true}, evidence.Refuted, 4, "", true},
		{"does not find it", constants{5, 0, 1, true}, evidence.Error, 0, "", true},
		{"none", constants{5, 0, 1, false}, evidence.Refuted, math.NaN(), "", false},
		{"too dear", constants{5, 0, mostOther, true}, evidence.Refuted, math.NaN(), "too dear", true},
	} {
		c := &Claim{ID: tt.reason, Kind: Mean, Expected: evidence.Refuted, trial: &sampled[int]{
			draw:    func(t *rapid.T) int { return rapid.IntRange(1, 3).Draw(t, "c") },
			sample:  func(int) (experiment, error) { return tt.e, nil },
			predict: func(int) (prediction, error) { return prediction{Zone: evidence.Zone{Delta: 1}, Variance: 1}, nil },
			command: func(int) string { return "" },
		}}
		results, err := Run(t.Context(), []*Claim{c}, Env{Seed: 1, Tier: Quick}, nil)
		if err != nil {
			t.Fatal(err)
		}
		r := results[0]
		if r.Verdict != tt.verdict {
			t.Errorf("%s: %v, %s", tt.reason, r.Verdict, r.Reason)
		}
		o := r.Effect.Other
		if (o != nil) != tt.report {
			t.Errorf("%s: other engine %+v", tt.reason, o)
		} else if o != nil && (float64(o.Estimate) != tt.found && !(math.IsNaN(float64(o.Estimate)) && math.IsNaN(tt.found)) || !strings.Contains(o.Skipped, tt.skipped)) {
			t.Errorf("%s: other engine %+v, want %v", tt.reason, o, tt.found)
		}
		if tt.verdict == evidence.Error && !strings.HasPrefix(r.Reason, "on another engine: ") {
			t.Errorf("%s: %s", tt.reason, r.Reason)
		}
	}
}

// TestOnOthers: an experiment goes to another engine if one of its networks can, with the same
// observer, and the numbers are that engine's.
func TestOnOthers(t *testing.T) {
	orthogonal := dense("linear", 1, 3, 2)
	orthogonal.Weights = "orthogonal"
	both := func(networkAt) []networkAt { return []networkAt{dense("linear", 1, 3, 2), orthogonal} }
	pair := func(c networkAt, drawn []nets, dst []float64) []float64 {
		for i := range drawn[0] {
			dst = append(dst, lastSquare(c, &drawn[0][i])+lastSquare(c, &drawn[1][i]))
		}
		return dst
	}
	sources := func() []stream.Source {
		return []stream.Source{stream.Key{Purpose: "0"}.Source(stream.PCG), stream.Key{Purpose: "1"}.Source(stream.PCG)}
	}
	e, err := networks(both, pair)(orthogonal)
	if err != nil {
		t.Fatal(err)
	}
	again, err := anotherEngine(e)
	if err != nil || again == nil {
		t.Fatalf("%v, %v", again, err)
	}
	matrices := func(c networkAt) []networkAt { return []networkAt{both(c)[0].sampledBy(network.Matrix), orthogonal} }
	want, err := networks(matrices, pair)(orthogonal)
	if err != nil {
		t.Fatal(err)
	}
	a, err1 := again.run(t.Context(), sources(), 3, nil)
	b, err2 := want.run(t.Context(), sources(), 3, nil)
	if err1 != nil || err2 != nil || len(a) != 3 || a[0] != b[0] || a[2] != b[2] {
		t.Errorf("%v, want %v; %v, %v", a, b, err1, err2)
	}
	if alone, err := networks(func(networkAt) []networkAt { return []networkAt{orthogonal} }, pair)(orthogonal); err != nil {
		t.Fatal(err)
	} else if e, err := anotherEngine(alone); e != nil || err != nil {
		t.Errorf("orthogonal weights have another engine: %v, %v", e, err)
	}
}
