package network

import (
	"context"
	"errors"
	"math"
	"runtime"
	"testing"

	"pgregory.net/rapid"

	"gradchain/sim/model"
	"gradchain/sim/stream"
	"gradchain/theory/activation"
	"gradchain/theory/product"
)

// TestSample_deep: at depth 10,000 nothing under- or overflows. A small tanh signal is
// a linear one, of which the norms have a known law.
func TestSample_deep(t *testing.T) {
	const depth, width = 10_000, 16
	for _, tt := range []struct {
		reason string
		phi    string
		std    float64
	}{
		{"vanishes", "linear", 0.01}, {"explodes", "linear", 50}, {"tanh vanishes", "tanh", 0.1},
		{"the smallest gain", "softsign", model.MinStd}, {"the largest gain", "linear", model.MaxStd},
		{"φ(0) = 0 with slope ½", "gelu", 0.1}, {"φ′ jumps at 0", "elu(1)", 0.1},
	} {
		m := square(tt.phi, width, depth)
		m.WeightStd = tt.std
		mean, _ := product.LogSquaredNormMean(activation.MustParse("linear"), width, depth)
		variance, err := product.LogSquaredNormVariance(activation.MustParse("linear"), width, depth)
		if err != nil {
			t.Fatal(err)
		}
		slope := m.Activation.DPhi(1e-300)
		mean += 2 * depth * math.Log(tt.std*slope)
		for _, k := range []Kind{Law, Matrix, Norm} {
			if k == Norm && tt.phi != "linear" || k == Matrix && testing.Short() {
				continue
			}
			s := mustSample(t, mustEngine(t, k, m), source(t))
			// the first layers of tanh and gelu are not yet linear: 60 is for them
			d := deviates*math.Sqrt(variance) + 60
			for name, got := range map[string]float64{"signal": s.LogSquare[depth], "gradient": 2 * s.LogGradNorm[0]} {
				if !(math.Abs(got-mean) <= d) {
					t.Errorf("%s, engine %v: log squared %s %v, want %v within %v", tt.reason, k, name, got, mean, d)
				}
			}
		}
	}
}

// TestSample_explodes: activations that are relu or linear far out explode like these,
// by log ½σ_w² a layer beside the finite-width mean, to 6.11 deviations. 20 is for the
// first layers, which are not yet far out.
func TestSample_explodes(t *testing.T) {
	const depth, width = 600, 128
	for _, phi := range []string{"relu", "gelu", "gelu_tanh", "silu", "mish", "softplus", "hard_swish", "elu(1)", "log_sigmoid"} {
		m := square(phi, width, depth)
		m.WeightStd, m.BiasStd = 20, 1
		mean, _ := product.LogSquaredNormMean(activation.MustParse("relu"), width, depth)
		variance, err := product.LogSquaredNormVariance(activation.MustParse("relu"), width, depth)
		if err != nil {
			t.Fatal(err)
		}
		mean += depth * math.Log(20*20/2)
		s := mustSample(t, mustEngine(t, Law, m), source(t))
		d := deviates*math.Sqrt(variance) + 20
		for name, got := range map[string]float64{"signal": s.LogSquare[depth], "gradient": 2 * s.LogGradNorm[0]} {
			if !(math.Abs(got-mean) <= d) {
				t.Errorf("%s: log squared %s %v, want %v within %v", phi, name, got, mean, d)
			}
		}
	}
}

// TestSample_dead: where all units of a layer are dead, the signal is 0 from there on
// and all gradients are 0; never NaN.
func TestSample_dead(t *testing.T) {
	for _, k := range []Kind{Law, Matrix, Norm} {
		m := square("relu", 2, 200) // dead with probability 1 − (3/4)^200
		e := mustEngine(t, k, m)
		src := source(t)
		for range 20 {
			s := mustSample(t, e, src)
			died := false
			for l := range s.LogSquare {
				died = died || l > 0 && s.Dead[l] == 2
				if math.IsInf(s.LogSquare[l], -1) != died || !math.IsInf(s.LogGradNorm[l], -1) {
					t.Fatalf("engine %v, layer %d, died %v: log second moment %v, log gradient norm %v",
						k, l, died, s.LogSquare[l], s.LogGradNorm[l])
				}
			}
			if !died {
				t.Fatalf("engine %v: alive after 200 layers of 2 units", k)
			}
		}
	}
}

// TestSample_zeroInput: a signal of 0 leaves tanh with a gradient and relu without.
func TestSample_zeroInput(t *testing.T) {
	for _, tt := range []struct {
		phi  string
		kind Kind
		dead bool
	}{
		{"tanh", Law, false}, {"tanh", Matrix, false}, {"linear", Norm, false},
		{"relu", Law, true}, {"relu", Matrix, true}, {"relu", Norm, true},
	} {
		m := square(tt.phi, 3, 2)
		m.Input = []float64{0, 0, 0}
		s := mustSample(t, mustEngine(t, tt.kind, m), source(t))
		if !math.IsInf(s.LogSquare[0], -1) || !math.IsInf(s.LogSquare[2], -1) {
			t.Errorf("%s, %v: log second moments %v, want -Inf", tt.phi, tt.kind, s.LogSquare)
		}
		if g := s.LogGradNorm[0]; math.IsNaN(g) || math.IsInf(g, -1) != tt.dead {
			t.Errorf("%s, %v: log gradient norm %v", tt.phi, tt.kind, g)
		}
	}
}

// TestSample_saturation: at h ~ N(0, σ²) a fraction P(|h| > 2) of tanh units is
// saturated, and of the sigmoid P(|h| > 4); of hard_tanh P(|h| > 1) is dead. One layer
// of 10^5 units is within 6.11 standard errors.
func TestSample_saturation(t *testing.T) {
	const n = 100_000
	for _, tt := range []struct {
		phi              string
		std, at          float64
		dead, inputScale float64
	}{
		{"tanh", 1, 2, 0, 1}, {"sigmoid", 3, 4, 0, 1}, {"hard_tanh", 1, 1, 1, 1}, {"relu", 1, 0, 1, 1},
	} {
		m := model.Dense{Activation: activation.MustParse(tt.phi), WeightStd: tt.std, Widths: []int{2, n}, Input: []float64{1, -1}}
		s := mustSample(t, mustEngine(t, Law, m), source(t))
		p := math.Erfc(tt.at / tt.std / math.Sqrt2)
		if tt.phi == "relu" {
			p = 0.5
		}
		d := deviates * math.Sqrt(p*(1-p)/n)
		if got := float64(s.Saturated[1]) / n; !(math.Abs(got-p) <= d) {
			t.Errorf("%s: a fraction %v saturated, want %v within %v", tt.phi, got, p, d)
		}
		if got := float64(s.Dead[1]) / n; !(math.Abs(got-p*tt.dead) <= d) {
			t.Errorf("%s: a fraction %v dead, want %v", tt.phi, got, p*tt.dead)
		}
	}
}

// TestSample_memory: Law stores one number a unit, and six vectors of one layer: a
// network of width 10^6 and depth 100 takes 0.85 GB.
func TestSample_memory(t *testing.T) {
	if testing.Short() {
		t.Skip("samples 2e6 units")
	}
	const width, depth = 100_000, 20
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	mustSample(t, mustEngine(t, Law, square("tanh", width, depth)), source(t))
	runtime.ReadMemStats(&after)
	if got := float64(after.TotalAlloc-before.TotalAlloc) / (8 * width); !(got <= depth+7) {
		t.Errorf("allocated %.2f vectors of the width, want at most %d", got, depth+7)
	}
}

// TestSample_property: whatever the activation and the scales, every logarithm is a
// number or −Inf, a gradient of −Inf stays so on the way down, and the counts are
// within the width.
func TestSample_property(t *testing.T) {
	scales := []float64{model.MinStd, 1e-8, 0.3, 1, 4, 1e8, model.MaxStd}
	rapid.Check(t, func(t *rapid.T) {
		m := model.Dense{
			Activation: rapid.SampledFrom(activation.All()).Draw(t, "activation"),
			WeightStd:  rapid.SampledFrom(scales).Draw(t, "weight std"),
			BiasStd:    rapid.SampledFrom(append(scales, 0)).Draw(t, "bias std"),
			Widths:     rapid.SliceOfN(rapid.IntRange(1, 4), 2, 60).Draw(t, "widths"),
		}
		m.Input = make([]float64, m.Widths[0])
		m.Input[0] = rapid.SampledFrom([]float64{0, 5e-324, 1e-300, -1, 1e300, math.MaxFloat64}).Draw(t, "input")
		e, err := New(rapid.SampledFrom([]Kind{Law, Matrix}).Draw(t, "engine"), m)
		if err != nil {
			t.Fatal(err)
		}
		src := stream.Key{Seed: rapid.Uint64().Draw(t, "seed")}.Source(stream.Xoshiro)
		var s Sample
		tangent := make([]float64, len(m.Widths))
		if err := errors.Join(e.Sample(context.Background(), src, &s), e.Tangent(context.Background(), src, tangent)); err != nil {
			t.Fatal(err)
		}
		for l, n := range m.Widths {
			for _, v := range []float64{s.LogSquare[l], s.LogGradNorm[l], tangent[l]} {
				if !(v <= math.MaxFloat64) {
					t.Fatalf("layer %d: log second moment %v, gradient %v, tangent %v", l, s.LogSquare[l], s.LogGradNorm[l], tangent[l])
				}
			}
			if l > 0 && math.IsInf(s.LogGradNorm[l], -1) && !math.IsInf(s.LogGradNorm[l-1], -1) {
				t.Fatalf("layer %d: gradient 0 above one of %v", l, s.LogGradNorm[l-1])
			}
			if !(0 <= s.Dead[l] && s.Dead[l] <= s.Saturated[l] && s.Saturated[l] <= n) {
				t.Fatalf("layer %d of %d units: %d dead, %d saturated", l, n, s.Dead[l], s.Saturated[l])
			}
		}
	})
}

// TestSample_lone: where one unit alone is alive, the next layer does not see its scale,
// and the gradient before it is 0, not the rounding of 0.
func TestSample_lone(t *testing.T) {
	for _, kind := range []Kind{Law, Matrix} {
		for _, norm := range []model.Norm{model.RMSNorm, model.LayerNorm} {
			m := model.Dense{Activation: activation.MustParse("relu"), WeightStd: 1, Width: 4, Depth: 10, Norm: norm}
			e, src := mustEngine(t, kind, m), stream.Key{Purpose: "lone", Config: m.Canonical()}.Source(stream.Xoshiro)
			tangent, found := make([]float64, m.Depth+1), 0
			for range 200 {
				s, zero := mustSample(t, e, src), false
				for l := m.Depth; l >= 0; l-- {
					alive := m.Width - s.Dead[l]
					if zero = zero || alive == 0 || alive == 1 && l < m.Depth; zero {
						found++
					}
					if g := s.LogGradNorm[l]; zero != math.IsInf(g, -1) || g < -30 && !zero {
						t.Errorf("engine %v, %v: log gradient norm %v at layer %d, dead units %v", kind, norm, g, l, s.Dead)
					}
				}
				if err := e.Tangent(context.Background(), src, tangent); err != nil {
					t.Fatal(err)
				}
				if v := tangent[m.Depth]; v < -30 && !math.IsInf(v, -1) {
					t.Errorf("engine %v, %v: log tangent norm %v, want −Inf or more than rounding", kind, norm, v)
				}
			}
			if found < 20 {
				t.Errorf("engine %v, %v: %d layers with one unit alive, want more to see", kind, norm, found)
			}
		}
	}
}
