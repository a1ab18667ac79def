package props

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"gradchain/props/internal/gen"
	"gradchain/sim/network"
	"gradchain/sim/stream"
	theory "gradchain/theory/recurrent"
	"gradchain/theory/special"
)

// What holds of every gated network by its construction.

// gatedSample draws one network from a stream of its own.
func gatedSample(t testing.TB, c gatedAt) *network.GatedSample {
	e, err := network.NewGated(c.model())
	if err != nil {
		t.Fatal(err)
	}
	s := new(network.GatedSample)
	src := stream.Key{Seed: 1, Purpose: "recurrent", Config: c.model().Canonical()}.Source(stream.Xoshiro)
	if err := e.Sample(t.Context(), src, s); err != nil {
		t.Fatal(err)
	}
	return s
}

// TestGated_constantGates: without recurrent weights the carousel is the product of constant
// gates, σ(b)^T, so 2^−T at b = 0 (Gers, Schmidhuber & Cummins 2000), half of it is left after
// the half-life, and at b = ∞ it is the carousel of weight 1 of Hochreiter & Schmidhuber
// 1997: it neither grows nor shrinks.
func TestGated_constantGates(t *testing.T) {
	for _, cell := range []string{"lstm", "gru"} {
		for _, bias := range []float64{-700, -20, -1, 0, 0.1, 1, 5, 20, 700, math.Inf(1)} {
			for _, depth := range []int{1, 2, 100, 500} {
				got := gatedSample(t, gatedAt{Cell: cell, Depth: depth, Width: 2, ForgetBias: bias}).LogCarousel[0]
				want := -float64(depth) * special.SoftPlus(-bias)
				if !(math.Abs(got-want) <= 8*float64(depth)*ulp*(1+math.Abs(want))) {
					t.Errorf("%s, bias %v: log ∂c_%d/∂c_0 = %v, want %v", cell, bias, depth, got, want)
				}
			}
			if life, err := theory.LSTMHalfLife(bias); err == nil && !(math.Abs(-life*special.SoftPlus(-bias)+math.Ln2) <= 1e-12) {
				t.Errorf("bias %v: half-life %v", bias, life)
			}
		}
	}
}

// TestGated_chronoBias: the forget bias log(T − 1) leaves (1 − 1/T)^T over T steps, between 1/4
// and 1/e (Tallec & Ollivier 2018, section 3).
func TestGated_chronoBias(t *testing.T) {
	for _, steps := range []int{2, 3, 10, 100, 1000, 2000} {
		n := float64(steps)
		got := gatedSample(t, gatedAt{Cell: "lstm", Width: 1, Depth: steps, ForgetBias: math.Log(n - 1)}).LogCarousel[0]
		want := n * math.Log1p(-1/n)
		if !(math.Abs(got-want) <= 8*n*ulp*(1+math.Abs(want))) || !(got >= -2*math.Ln2-1e-12 && got <= -1) {
			t.Errorf("%d steps: log left %v, want %v", steps, got, want)
		}
	}
}

// drawLoopy draws gated networks with recurrent weights.
func drawLoopy(t *rapid.T) gatedAt {
	return gatedAt{
		Cell: drawCell(t), Width: rapid.IntRange(2, 8).Draw(t, "width"), Depth: gen.Depths(5, 20).Draw(t, "depth"),
		WeightStd: gen.Decimals(0.5, 20, 0.5).Draw(t, "weight std"), ForgetBias: gen.Decimals(0, 5, 0.5).Draw(t, "forget bias"),
	}
}

// TestGated_carouselBounded: no step makes the gradient along the carousel grow, in any
// network: gates are at most 1. The whole gradient does grow.
func TestGated_carouselBounded(t *testing.T) {
	grows := func(logs []float64) float64 {
		worst := math.Inf(-1)
		for t := range len(logs) - 1 {
			worst = max(worst, logs[t]-logs[t+1])
		}
		return worst
	}
	rapid.Check(t, func(rt *rapid.T) {
		c := drawLoopy(rt)
		logs := gatedSample(t, c).LogCarousel
		if worst := grows(logs); !(worst <= 8*ulp*(1+math.Abs(logs[0]))) {
			rt.Fatalf("%s: a step adds %v", canonical(c), worst)
		}
	})
	loud := gatedAt{Cell: "lstm", Width: 8, Depth: 20, WeightStd: 20, ForgetBias: 5}
	if worst := grows(gatedSample(t, loud).LogGradNorm); !(worst > 0.1) {
		t.Errorf("%s: no step makes the whole gradient grow", canonical(loud))
	}
	for _, bias := range []float64{0, 800} {
		c := gatedAt{Cell: "gru", Width: 3, Depth: 50, WeightStd: 10, ForgetBias: bias}
		if worst := grows(gatedSample(t, c).LogCarousel); !(worst <= 1e-12) {
			t.Errorf("%s: a step adds %v", canonical(c), worst)
		}
	}
}
