package chain

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"gradchain/sim/model"
	"gradchain/sim/stream"
	"gradchain/theory/activation"
	"gradchain/theory/law"
)

// models draws small models of all kinds.
func models(t *rapid.T) model.Chain {
	m := model.Chain{
		Kind:       model.Kind(rapid.IntRange(0, 2).Draw(t, "kind")),
		Activation: rapid.SampledFrom(activation.All()).Draw(t, "activation"),
		Weight:     rapid.SampledFrom(law.All()).Draw(t, "weight"),
		Depth:      rapid.IntRange(1, 100).Draw(t, "depth"),
	}
	if rapid.IntRange(0, 3).Draw(t, "mixture") == 0 {
		m.Weight = law.MustParse("mixture(0.5,normal(1),0.5,laplace(3))")
		if m.Kind != model.Normalized {
			m.Weight = law.MustParse("mixture(0.75,student_t(3),0.2,constant(-2),0.05,constant(0))")
		}
	}
	if m.Kind == model.Independent {
		m.PreActivation = rapid.SampledFrom(law.All()).Draw(t, "preactivation")
		return m
	}
	m.Bias = rapid.SampledFrom([]law.Law{{}, law.MustParse("normal(1)"), law.MustParse("constant(0.5)")}).Draw(t, "bias")
	m.Batch = rapid.SampledFrom([]int{0, 2, 3, 8, 17}).Draw(t, "batch")
	if m.Kind == model.Normalized {
		m.Batch = max(m.Batch, 2)
		m.Epsilon = rapid.SampledFrom([]float64{0, 1e-5, 1}).Draw(t, "epsilon")
	}
	return m
}

// TestEngine_property: at any model, no NaN, no +Inf, −Inf for exactly 0 only and
// without a sign; and a depth gives the same whether it is visited alone, with others
// or sampled as the last.
func TestEngine_property(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := models(t)
		e, err := New(m)
		if err != nil {
			t.Fatal(err)
		}
		paths := rapid.IntRange(1, 40).Draw(t, "paths")
		key := stream.Key{Seed: rapid.Uint64().Draw(t, "seed"), Config: m.Canonical()}
		walk := func(at []int) (logs [][]float64) {
			err := e.Walk(context.Background(), key.Source(stream.Xoshiro), paths, at, func(i int, p Paths) {
				if i != len(logs) || p.Len() != paths {
					t.Fatalf("visit %d of depths %v with %d paths, want visit %d with %d", i, at, p.Len(), len(logs), paths)
				}
				for j, x := range p.LogAbs {
					if math.IsNaN(x) || math.IsInf(x, 1) || math.IsInf(x, -1) && p.Negative[j] {
						t.Fatalf("%s: path %d at depth %d: log|G| = %v, negative: %v", m.Canonical(), j, at[i], x, p.Negative[j])
					}
				}
				logs = append(logs, slices.Clone(p.LogAbs))
			})
			if err != nil || len(logs) != len(at) {
				t.Fatalf("%d visits of depths %v, error %v", len(logs), at, err)
			}
			return logs
		}
		middle := 1 + m.Depth/2
		at := slices.Compact([]int{min(middle, m.Depth), m.Depth})
		both := walk(at)
		var p Paths
		p.Resize(paths)
		e.Sample(key.Source(stream.Xoshiro), p)
		if !slices.Equal(p.LogAbs, both[len(both)-1]) {
			t.Fatalf("%s: sampled %v, walked %v", m.Canonical(), p.LogAbs, both[len(both)-1])
		}
		if alone := walk(at[:1])[0]; !slices.Equal(alone, both[0]) {
			t.Fatalf("%s: depth %d alone %v, with others %v", m.Canonical(), at[0], alone, both[0])
		}
	})
}

// TestEngine_deadForEver: a path that is dead stays dead, also where its signal comes
// back to life.
func TestEngine_deadForEver(t *testing.T) {
	m := chainOf(model.Forward, "relu", "normal(1)", "normal(1)", 40)
	e, err := New(m)
	if err != nil {
		t.Fatal(err)
	}
	at := make([]int, m.Depth)
	for l := range at {
		at[l] = l + 1
	}
	const paths = 200
	dead := make([]bool, paths)
	died := 0
	err = e.Walk(context.Background(), testSource(m), paths, at, func(i int, p Paths) {
		for j, x := range p.LogAbs {
			if dead[j] && !math.IsInf(x, -1) {
				t.Fatalf("path %d is back at depth %d with log|G| = %v", j, at[i], x)
			}
			if math.IsInf(x, -1) && !dead[j] {
				dead[j] = true
				died++
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if died < paths*9/10 {
		t.Errorf("%d of %d paths died: the test has lost its power", died, paths)
	}
}

// TestEngine_zeroWeights: a weight of 0 kills a path for good, with any activation, with a bias
// or a batch too.
func TestEngine_zeroWeights(t *testing.T) {
	for _, m := range []model.Chain{
		chainOf(model.Independent, "linear", "mixture(0.5,normal(1),0.5,constant(0))", "", 60),
		chainOf(model.Independent, "gelu", "mixture(0.5,normal(1),0.5,constant(0))", "normal(2)", 60),
		chainOf(model.Forward, "silu", "mixture(0.5,normal(9),0.5,constant(0))", "normal(1)", 60),
		chainOf(model.Forward, "tanh", "mixture(0.5,normal(1),0.5,constant(0))", "", 60),
		chainOf(model.Forward, "relu", "mixture(0.9,normal(1),0.1,constant(0))", "", 60),
	} {
		for _, batch := range []int{0, 3} {
			if m.Batch = batch; m.Kind == model.Independent {
				m.Batch = 0
			}
			for i, x := range sample(t, m, 500).LogAbs {
				if !math.IsInf(x, -1) { // alive with probability below 0.9^60·2^−60 or 2^−60
					t.Fatalf("%s: path %d is alive after 60 layers: %v", m.Canonical(), i, x)
				}
			}
		}
	}
}

// TestEngine_allocations: nothing is allocated per path, per layer or per call.
func TestEngine_allocations(t *testing.T) {
	batch := chainOf(model.Forward, "tanh", "normal(1)", "normal(1)", 200)
	batch.Batch = 8
	normalized := batch
	normalized.Kind = model.Normalized
	for _, m := range []model.Chain{
		chainOf(model.Independent, "sigmoid", "normal(1)", "", 100),
		chainOf(model.Independent, "linear", "uniform(1)", "", 100),
		chainOf(model.Independent, "gelu", "cauchy(1)", "uniform(2)", 100),
		chainOf(model.Forward, "elu(0.5)", "normal(0.1)", "", 2000),
		chainOf(model.Independent, "tanh", "mixture(0.9,normal(1),0.1,constant(0))", "", 100),
		chainOf(model.Forward, "relu", "normal(1)", "normal(1)", 100),
		batch, normalized,
	} {
		e, err := New(m)
		if err != nil {
			t.Fatal(err)
		}
		src := testSource(m)
		var p Paths
		p.Resize(64)
		if got := testing.AllocsPerRun(2, func() { e.Sample(src, p) }); got != 0 {
			t.Errorf("%s: %v allocations a call, want 0", m.Canonical(), got)
		}
	}
}

// TestEngine_cancel: a walk ends early with the error of its context.
func TestEngine_cancel(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	m := chainOf(model.Forward, "tanh", "normal(1)", "", model.MaxDepth)
	e, err := New(m)
	if err != nil {
		t.Fatal(err)
	}
	visits := 0
	err = e.Walk(ctx, testSource(m), 8, []int{10, 20, model.MaxDepth}, func(int, Paths) {
		if visits++; visits == 2 {
			cancel()
		}
	})
	if err != context.Canceled || visits != 2 {
		t.Errorf("%d visits, error %v, want 2 and %v", visits, err, context.Canceled)
	}
}

func TestEngine_misuse(t *testing.T) {
	m := chainOf(model.Independent, "tanh", "normal(1)", "", 10)
	if _, err := New(model.Chain{}); err == nil || !strings.HasPrefix(err.Error(), "activation missing") {
		t.Errorf("zero model: got error %v", err)
	}
	e, err := New(m)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		reason string
		paths  int
		at     []int
	}{
		{"no paths", 0, []int{1}}, {"depth 0", 1, []int{0}}, {"depth beyond the model", 1, []int{11}},
		{"descending", 1, []int{5, 4}}, {"twice", 1, []int{5, 5}},
	} {
		func() {
			defer func() {
				if p, _ := recover().(string); !strings.HasPrefix(p, "chain: ") {
					t.Errorf("%s: got panic %q, want one of the package", tt.reason, p)
				}
			}()
			_ = e.Walk(context.Background(), testSource(m), tt.paths, tt.at, func(int, Paths) {})
		}()
	}
}
