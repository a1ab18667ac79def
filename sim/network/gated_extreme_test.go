package network

import (
	"context"
	"encoding/binary"
	"errors"
	"hash/fnv"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"gradchain/sim/internal/kernel/level"
	"gradchain/sim/model"
	"gradchain/sim/stream"
)

// TestGated_infiniteBias: at +Inf the forget gate is 1: c only gathers, and of a GRU
// nothing ever changes. At −Inf it is 0: the carousel is dead, and gradients go
// through h alone.
func TestGated_infiniteBias(t *testing.T) {
	for _, tt := range []struct {
		cell model.Cell
		bias float64
	}{{model.LSTM, math.Inf(1)}, {model.LSTM, math.Inf(-1)}, {model.GRU, math.Inf(1)}, {model.GRU, math.Inf(-1)}} {
		m := model.Gated{Cell: tt.cell, Width: 6, Depth: 30, WeightStd: 1.5, BiasStd: 0.3, ForgetBias: tt.bias}
		s := mustGatedSample(t, m)
		e, src := mustGated(t, m)
		if err := e.forward(context.Background(), src); err != nil {
			t.Fatal(err)
		}
		for at := range 30 {
			want := 0.0
			if tt.bias < 0 {
				want = math.Inf(-1)
			}
			if s.LogCarousel[at] != want || s.LogCarousel[30] != 0 {
				t.Fatalf("%v, bias %v, step %d: carousel %v, want %v", tt.cell, tt.bias, at, s.LogCarousel[at], want)
			}
			if g := s.LogGradNorm[at]; math.IsNaN(g) || math.IsInf(g, 0) {
				t.Fatalf("%v, bias %v, step %d: gradient %v", tt.cell, tt.bias, at, g)
			}
			if s.Saturated[at+1] < 6 {
				t.Fatalf("%v, bias %v, step %d: %d gates saturated, want the 6 that keep", tt.cell, tt.bias, at, s.Saturated[at+1])
			}
			if frozen := tt.cell == model.GRU && tt.bias > 0; frozen && (s.LogSquare[at] != s.LogSquare[0] || s.LogGradNorm[at] != s.LogGradNorm[30]) {
				t.Fatalf("a GRU that keeps all has changed: %v, %v", s.LogSquare[at], s.LogGradNorm[at])
			}
			for j, c := range e.steps[at+1].c { // f = 0: |c| ≤ 1
				if tt.bias < 0 && math.Abs(c.float()) > 1 {
					t.Fatalf("unit %d: c = %v without memory", j, c.float())
				}
			}
		}
	}
}

// TestGated_deep: 10^4 steps neither under- nor overflow: all along the way there are
// numbers.
func TestGated_deep(t *testing.T) {
	depth := 10_000
	if testing.Short() {
		depth = 1000
	}
	for _, tt := range []struct {
		reason            string
		std, bias, forget float64
	}{
		{"vanishes", 0.3, 0.1, 0}, {"chaotic", 20, 0, 1}, {"open", 1, 0.1, 800}, {"shut", 0.5, 0, -800}, {"the smallest gain", model.MinStd, 0, 0},
	} {
		for _, cell := range []model.Cell{model.LSTM, model.GRU} {
			m := model.Gated{Cell: cell, Width: 2, Depth: depth, WeightStd: tt.std, BiasStd: tt.bias, ForgetBias: tt.forget}
			s := mustGatedSample(t, m)
			for at, g := range s.LogGradNorm {
				for _, v := range []float64{g, s.LogSquare[at], s.LogCarousel[at]} {
					if math.IsNaN(v) || math.IsInf(v, 0) {
						t.Fatalf("%s, %v, step %d: gradient %v, moment %v, carousel %v", tt.reason, cell, at, g, s.LogSquare[at], s.LogCarousel[at])
					}
				}
			}
		}
	}
}

// TestGated_saturated: the gates of one step are normal, and a fraction P(|a| > 4) is
// saturated within 6.11 standard errors.
func TestGated_saturated(t *testing.T) {
	const n = 30_000
	s := mustGatedSample(t, model.Gated{Width: n, Depth: 1, BiasStd: 3})
	p := math.Erfc(4.0 / 3 / math.Sqrt2)
	if got, d := float64(s.Saturated[1])/(3*n), 6.11*math.Sqrt(p*(1-p)/(3*n)); !(math.Abs(got-p) <= d) {
		t.Errorf("a fraction %v saturated, want %v within %v", got, p, d)
	}
}

// TestGated_property: whatever the scales, every logarithm is a number or −Inf, a
// gradient of −Inf stays so on the way down, carousels grow along the steps, and the
// counts are within the number of gates.
func TestGated_property(t *testing.T) {
	scales := []float64{0, model.MinStd, 1e-8, 0.3, 1, 4, 1e8, model.MaxStd}
	rapid.Check(t, func(t *rapid.T) {
		m := model.Gated{
			Cell:       model.Cell(rapid.IntRange(0, 1).Draw(t, "cell")),
			Width:      rapid.IntRange(1, 4).Draw(t, "width"),
			Depth:      rapid.IntRange(1, 60).Draw(t, "depth"),
			WeightStd:  rapid.SampledFrom(scales).Draw(t, "weight std"),
			BiasStd:    rapid.SampledFrom(scales).Draw(t, "bias std"),
			ForgetBias: rapid.SampledFrom([]float64{0, 1, -1, 800, -800, 1e300, -1e300, math.MaxFloat64, -math.MaxFloat64, math.Inf(1), math.Inf(-1)}).Draw(t, "forget bias"),
		}
		if rapid.Bool().Draw(t, "given") {
			m.State = make([]float64, m.StateSize())
			values := rapid.SampledFrom([]float64{0, 5e-324, 1e-300, -1, 1e300, math.MaxFloat64})
			for i := range m.State {
				m.State[i] = values.Draw(t, "state")
			}
		}
		e, err := NewGated(m)
		if err != nil {
			t.Fatal(err)
		}
		src := stream.Key{Seed: rapid.Uint64().Draw(t, "seed")}.Source(stream.Xoshiro)
		var s GatedSample
		tangent := make([]float64, m.Depth+1)
		if err := errors.Join(e.Sample(context.Background(), src, &s), e.Tangent(context.Background(), src, tangent)); err != nil {
			t.Fatal(err)
		}
		for at := range tangent {
			for _, v := range []float64{s.LogSquare[at], s.LogGradNorm[at], s.LogCarousel[at], tangent[at]} {
				if !(v <= math.MaxFloat64) {
					t.Fatalf("step %d: moment %v, gradient %v, carousel %v, tangent %v", at, s.LogSquare[at], s.LogGradNorm[at], s.LogCarousel[at], tangent[at])
				}
			}
			if m.Cell == model.LSTM && !(s.LogCell[at] <= math.MaxFloat64) || m.Cell == model.GRU && len(s.LogCell) > 0 {
				t.Fatalf("step %d: cell moments %v", at, s.LogCell)
			}
			if at > 0 && (math.IsInf(s.LogGradNorm[at], -1) && !math.IsInf(s.LogGradNorm[at-1], -1) || !(s.LogCarousel[at-1] <= s.LogCarousel[at])) {
				t.Fatalf("step %d: gradient %v, carousel %v above %v, %v", at, s.LogGradNorm[at], s.LogCarousel[at], s.LogGradNorm[at-1], s.LogCarousel[at-1])
			}
			if !(0 <= s.Saturated[at] && s.Saturated[at] <= m.Width*m.Cell.Gates()) {
				t.Fatalf("step %d: %d gates saturated", at, s.Saturated[at])
			}
		}
	})
}

// gatedDigest is a hash of the bits of some samples and tangents.
func gatedDigest(t *testing.T, m model.Gated) uint64 {
	e, err := NewGated(m)
	if err != nil {
		t.Fatal(err)
	}
	src := stream.Key{Seed: 7, Purpose: "golden", Config: m.Canonical()}.Source(stream.Xoshiro)
	sum := fnv.New64a()
	for range 3 {
		var s GatedSample
		tangent := make([]float64, m.Depth+1)
		if err := errors.Join(e.Sample(context.Background(), src, &s), e.Tangent(context.Background(), src, tangent)); err != nil {
			t.Fatal(err)
		}
		for _, values := range [][]float64{s.LogSquare, s.LogCell, s.LogGradNorm, s.LogCarousel, tangent} {
			_ = binary.Write(sum, binary.LittleEndian, values) // a hash takes everything
		}
		for _, count := range s.Saturated {
			_ = binary.Write(sum, binary.LittleEndian, int64(count))
		}
	}
	return sum.Sum64()
}

// TestGated_golden: the same seed gives the same bits on every machine and with every
// kernel. The digests are what the engine gave when it passed the other tests.
func TestGated_golden(t *testing.T) {
	defer func(old level.Level) { level.Now = old }(level.Now)
	for _, tt := range []struct {
		model model.Gated
		want  uint64
	}{
		{model.Gated{Cell: model.LSTM, Width: 37, Depth: 20, WeightStd: 1.4, BiasStd: 0.2, ForgetBias: 1}, 0xafa530852c7dd7eb},
		{model.Gated{Cell: model.GRU, Width: 37, Depth: 20, WeightStd: 1.4, BiasStd: 0.2, ForgetBias: 1}, 0x17872b314ac69be4},
		{model.Gated{Cell: model.LSTM, Width: 9, Depth: 50, WeightStd: 300, ForgetBias: -800}, 0x364a3c9ffe2c4531},
	} {
		for l := level.Generic; l <= level.Best(); l++ {
			level.Now = l
			if got := gatedDigest(t, tt.model); got != tt.want {
				t.Errorf("%s, kernel %v: digest %#x, want %#x", tt.model.Canonical(), l, got, tt.want)
			}
		}
	}
}

// TestGated_reuse: what an engine sampled before leaves no trace, with a state and
// weights of its own or none.
func TestGated_reuse(t *testing.T) {
	for _, m := range []model.Gated{
		{Width: 5, Depth: 9, WeightStd: 2, BiasStd: 0.3}, {Width: 5, Depth: 9, WeightStd: 2}, {Cell: model.GRU, Width: 5, Depth: 9, WeightStd: 2, ForgetBias: 2},
	} {
		e, src := mustGated(t, m)
		var first, other, again GatedSample
		err := e.Sample(context.Background(), src, &first)
		err = errors.Join(err, e.Sample(context.Background(), src, &other))
		_, src = mustGated(t, m)
		if err := errors.Join(err, e.Sample(context.Background(), src, &again)); err != nil {
			t.Fatal(err)
		}
		if first.LogGradNorm[0] != again.LogGradNorm[0] || first.LogSquare[9] != again.LogSquare[9] || first.LogGradNorm[0] == other.LogGradNorm[0] {
			t.Errorf("%v: gradient %v, then %v from another stream, then %v from the first", m.Cell, first.LogGradNorm[0], other.LogGradNorm[0], again.LogGradNorm[0])
		}
	}
}

func TestGated_cancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	e, src := mustGated(t, model.Gated{Width: 3, Depth: 4})
	if err := e.Sample(ctx, src, new(GatedSample)); err != context.Canceled {
		t.Errorf("sample gives error %v, want %v", err, context.Canceled)
	}
	if err := e.Tangent(ctx, src, make([]float64, 5)); err != context.Canceled {
		t.Errorf("tangent gives error %v, want %v", err, context.Canceled)
	}
}

func TestGated_errors(t *testing.T) {
	for _, tt := range []struct {
		reason string
		model  model.Gated
		want   string
	}{
		{"a model that is not valid", model.Gated{Depth: 1}, "width 0: want 1 to 16777216"},
		{"a forget bias that is no number", model.Gated{Width: 1, Depth: 1, ForgetBias: math.NaN()}, "forget bias NaN: want a number, or ±Inf for a gate that is 1 or 0"},
		{"too many weights", model.Gated{Width: 1 << 13, Depth: 2, WeightStd: 1}, "lstm: 2.69e+08 numbers to store: want at most 268435456"},
		{"too many steps", model.Gated{Cell: model.GRU, Width: 100, Depth: 1_000_000}, "gru: 6e+08 numbers to store: want at most 268435456"},
	} {
		if _, err := NewGated(tt.model); err == nil || err.Error() != tt.want {
			t.Errorf("%s: got error %v, want %q", tt.reason, err, tt.want)
		}
	}
	defer func() {
		if p, _ := recover().(string); !strings.HasPrefix(p, "network: ") {
			t.Errorf("got panic %q", p)
		}
	}()
	e, src := mustGated(t, model.Gated{Width: 3, Depth: 4})
	_ = e.Tangent(context.Background(), src, make([]float64, 4))
}
