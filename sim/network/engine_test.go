package network

import (
	"context"
	"encoding/binary"
	"hash/fnv"
	"math"
	"strings"
	"testing"

	"gradchain/sim/model"
	"gradchain/sim/stream"
	"gradchain/theory/activation"
)

func TestNew_errors(t *testing.T) {
	for _, tt := range []struct {
		reason string
		kind   Kind
		change func(*model.Dense)
		want   string
	}{
		{"a model that is not valid", Law, func(m *model.Dense) { m.Width = 0 }, "width 0: want 1 to 16777216"},
		{"law needs normal weights", Law, func(m *model.Dense) { m.Weights = model.UniformWeights },
			"engine law: weights uniform: want gaussian, or engine matrix"},
		{"norm needs homogeneity", Norm, func(*model.Dense) {}, "engine norm: activation tanh: want linear or relu"},
		{"norm needs normal weights", Norm, func(m *model.Dense) {
			m.Activation, m.Weights = activation.MustParse("relu"), model.RademacherWeights
		}, "engine norm: weights rademacher: want gaussian"},
		{"norm has no biases", Norm, func(m *model.Dense) { m.Activation, m.BiasStd = activation.MustParse("relu"), 1 },
			"engine norm: biases: want none"},
		{"too many weights", Matrix, func(m *model.Dense) { m.Width, m.Depth = 1<<14, 2 },
			"engine matrix: 5.37e+08 numbers to store: want at most 268435456"},
		{"too many units", Law, func(m *model.Dense) { m.Width, m.Depth = 1<<20, 257 },
			"engine law: 2.69e+08 numbers to store: want at most 268435456"},
		{"no kind", Kind(7), func(*model.Dense) {}, "engine(7): want law, matrix or norm"},
	} {
		m := square("tanh", 4, 3)
		tt.change(&m)
		if _, err := New(tt.kind, m); err == nil || err.Error() != tt.want {
			t.Errorf("%s: got error %v, want %q", tt.reason, err, tt.want)
		}
	}
	if _, err := New(Law, square("tanh", 1_000_000, 100)); err != nil {
		t.Errorf("width 10^6, depth 100: %v", err)
	}
}

func TestParseKind(t *testing.T) {
	for k := Law; k <= Norm; k++ {
		if got, err := ParseKind(k.String()); err != nil || got != k {
			t.Errorf("ParseKind(%q) = %v, %v", k, got, err)
		}
	}
	if _, err := ParseKind("auto"); err == nil || err.Error() != `engine "auto": want law, matrix, norm` {
		t.Errorf("unknown kind: got error %v", err)
	}
}

// digest is a hash of the bits of some samples and tangents.
func digest(t *testing.T, k Kind, m model.Dense) uint64 {
	e := mustEngine(t, k, m)
	src := stream.Key{Seed: 7, Purpose: "golden", Config: m.Canonical()}.Source(stream.Xoshiro)
	sum := fnv.New64a()
	for range 3 {
		s := mustSample(t, e, src)
		tangent := make([]float64, len(s.Dead))
		if err := e.Tangent(context.Background(), src, tangent); err != nil {
			t.Fatal(err)
		}
		for l := range s.Dead {
			for _, v := range []float64{s.LogSquare[l], s.LogGradNorm[l], tangent[l], float64(s.Dead[l]), float64(s.Saturated[l])} {
				_ = binary.Write(sum, binary.LittleEndian, math.Float64bits(v)) // a hash takes everything
			}
		}
	}
	return sum.Sum64()
}

// TestGolden: the same seed gives the same bits on every machine. The digests are what
// the engines gave when they passed the other tests of this package.
func TestGolden(t *testing.T) {
	for _, tt := range []struct {
		kind    Kind
		phi     string
		weights model.WeightLaw
		bias    float64
		want    uint64
	}{
		{Law, "tanh", model.GaussianWeights, 0.1, 0x3855b1f457eebffb},
		{Law, "gelu", model.GaussianWeights, 0, 0x97385f4038dc0497},
		{Law, "relu", model.GaussianWeights, 0, 0x9183b0f896ed04e2},
		{Matrix, "tanh", model.GaussianWeights, 0.1, 0x2aea212eb67c15f5},
		{Matrix, "silu", model.UniformWeights, 0, 0x991f8e102e25423a},
		{Matrix, "erf", model.RademacherWeights, 0.1, 0x550c63bc024e859e},
		{Matrix, "tanh", model.OrthogonalWeights, 0, 0x9d689a4cb2ffba8a},
		{Norm, "relu", model.GaussianWeights, 0, 0xd03203d284eae2a3},
		{Norm, "linear", model.GaussianWeights, 0, 0x79400176a38d5526},
	} {
		m := model.Dense{Activation: activation.MustParse(tt.phi), Weights: tt.weights, WeightStd: 1.4, BiasStd: tt.bias, Widths: []int{7, 33, 20, 20, 5}}
		if got := digest(t, tt.kind, m); got != tt.want {
			t.Errorf("%v %s %v: digest %#x, want %#x", tt.kind, tt.phi, tt.weights, got, tt.want)
		}
	}
}

// TestSample_reuse: what an engine sampled before leaves no trace.
func TestSample_reuse(t *testing.T) {
	for _, k := range []Kind{Law, Matrix} {
		m := square("tanh", 9, 5)
		m.BiasStd = 0.2
		e := mustEngine(t, k, m)
		first := mustSample(t, e, source(t))
		mustSample(t, e, stream.Key{Purpose: "other"}.Source(stream.PCG))
		again := mustSample(t, e, source(t))
		for l := range first.Dead {
			if first.LogSquare[l] != again.LogSquare[l] || first.LogGradNorm[l] != again.LogGradNorm[l] {
				t.Errorf("engine %v, layer %d: %v %v, then %v %v from the same stream", k, l,
					first.LogSquare[l], first.LogGradNorm[l], again.LogSquare[l], again.LogGradNorm[l])
			}
		}
	}
}

func TestSample_cancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, k := range []Kind{Law, Matrix, Norm} {
		e := mustEngine(t, k, square("relu", 4, 3))
		if err := e.Sample(ctx, source(t), new(Sample)); err != context.Canceled {
			t.Errorf("engine %v: sample gives error %v, want %v", k, err, context.Canceled)
		}
		if err := e.Tangent(ctx, source(t), make([]float64, 4)); err != context.Canceled {
			t.Errorf("engine %v: tangent gives error %v, want %v", k, err, context.Canceled)
		}
	}
}

func TestTangent_panics(t *testing.T) {
	for _, k := range []Kind{Law, Norm} {
		e := mustEngine(t, k, square("relu", 4, 3))
		func() {
			defer func() {
				if p, _ := recover().(string); !strings.HasPrefix(p, "network: ") {
					t.Errorf("engine %v: got panic %q", k, p)
				}
			}()
			_ = e.Tangent(context.Background(), source(t), make([]float64, 3))
		}()
	}
}
