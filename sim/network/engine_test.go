package network

import (
	"context"
	"encoding/binary"
	"hash/fnv"
	"math"
	"strings"
	"testing"

	"gradchain/sim/internal/kernel/level"
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
		{"law needs layers of their own", Law, func(m *model.Dense) { m.Tied = true },
			"engine law: tied weights: want independent layers, or engine matrix"},
		{"so does shortcut", Shortcut, func(m *model.Dense) { m.Tied = true },
			"engine shortcut: tied weights: want independent layers, or engine matrix"},
		{"shortcut needs normal weights", Shortcut, func(m *model.Dense) { m.Weights, m.Density = model.SparseWeights, 0.5 },
			"engine shortcut: weights sparse: want gaussian, or engine matrix"},
		{"norm takes one input", Norm, func(m *model.Dense) { m.Activation, m.Batch = activation.MustParse("relu"), 2 },
			"engine norm: batch 2: want one input"},
		{"norm is plain", Norm, func(m *model.Dense) { m.Activation, m.Skip = activation.MustParse("relu"), true },
			"engine norm: normalised, residual or recurrent: want a plain network"},
		{"norm is not normalised", Norm, func(m *model.Dense) { m.Activation, m.Norm = activation.MustParse("relu"), model.RMSNorm },
			"engine norm: normalised, residual or recurrent: want a plain network"},
		{"norm is not recurrent", Norm, func(m *model.Dense) { m.Activation, m.Tied = activation.MustParse("relu"), true },
			"engine norm: normalised, residual or recurrent: want a plain network"},
		{"too many units of a batch", Law, func(m *model.Dense) { m.Width, m.Depth, m.Batch = 1<<15, 257, 32 },
			"engine law: 2.7e+08 numbers to store: want at most 268435456"},
		{"too many units of a residual network", Law, func(m *model.Dense) { m.Width, m.Depth, m.Skip = 1<<20, 129, true },
			"engine law: 2.71e+08 numbers to store: want at most 268435456"},
		{"norm has no biases", Norm, func(m *model.Dense) { m.Activation, m.BiasStd = activation.MustParse("relu"), 1 },
			"engine norm: biases: want none"},
		{"too many weights", Matrix, func(m *model.Dense) { m.Width, m.Depth = 1<<14, 2 },
			"engine matrix: 5.37e+08 numbers to store: want at most 268435456"},
		{"too many units", Law, func(m *model.Dense) { m.Width, m.Depth = 1<<20, 257 },
			"engine law: 2.69e+08 numbers to store: want at most 268435456"},
		{"no kind", Kind(7), func(*model.Dense) {}, "engine(7): want law, matrix, norm or shortcut"},
	} {
		m := square("tanh", 4, 3)
		tt.change(&m)
		if _, err := New(tt.kind, m); err == nil || err.Error() != tt.want {
			t.Errorf("%s: got error %v, want %q", tt.reason, err, tt.want)
		}
	}
	recurrent := square("tanh", 1<<13, 1000)
	recurrent.Tied = true
	if _, err := New(Matrix, recurrent); err != nil {
		t.Errorf("recurrent, one matrix: %v", err)
	}
	if _, err := New(Law, square("tanh", 1_000_000, 100)); err != nil {
		t.Errorf("width 10^6, depth 100: %v", err)
	}
}

func TestParseKind(t *testing.T) {
	for k := Law; k <= Shortcut; k++ {
		if got, err := ParseKind(k.String()); err != nil || got != k {
			t.Errorf("ParseKind(%q) = %v, %v", k, got, err)
		}
	}
	if _, err := ParseKind("auto"); err == nil || err.Error() != `engine "auto": want law, matrix, norm, shortcut` {
		t.Errorf("unknown kind: got error %v", err)
	}
}

func TestAuto(t *testing.T) {
	for _, tt := range []struct {
		reason string
		change func(*model.Dense)
		want   Kind
	}{
		{"normal weights", func(m *model.Dense) { m.Norm, m.Batch, m.Skip = model.BatchNorm, 4, true }, Law},
		{"tied", func(m *model.Dense) { m.Tied = true }, Matrix},
		{"orthogonal", func(m *model.Dense) { m.Weights = model.OrthogonalWeights }, Matrix},
		{"sparse", func(m *model.Dense) { m.Weights, m.Density = model.SparseWeights, 0.5 }, Matrix},
	} {
		m := square("tanh", 3, 3)
		tt.change(&m)
		if got := Auto(m); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.reason, got, tt.want)
		}
		mustSample(t, mustEngine(t, Auto(m), m), source(t))
	}
}

// TestCost: the cost of a batch is that of one input for each, and more for what the
// inputs have to do with each other; Cost of one input is its number of random values.
func TestCost(t *testing.T) {
	m := square("tanh", 100, 7)
	for k, want := range map[Kind]float64{Law: 700, Shortcut: 700, Matrix: 70_000, Norm: 7} {
		if got := Cost(k, m); got != want {
			t.Errorf("engine %v: cost %v, want %v", k, got, want)
		}
	}
	m.Batch = 17
	for k, want := range map[Kind]float64{Law: 700 * 17 * 3, Matrix: 70_000 * 3} {
		if got := Cost(k, m); got != want {
			t.Errorf("engine %v: cost %v of 17 inputs, want %v", k, got, want)
		}
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
			for _, v := range []float64{s.LogSquare[l], s.LogGradNorm[l], s.Correlation[l], tangent[l], float64(s.Dead[l]), float64(s.Saturated[l])} {
				_ = binary.Write(sum, binary.LittleEndian, math.Float64bits(v)) // a hash takes everything
			}
		}
	}
	return sum.Sum64()
}

// goldens are networks and the digests that they gave when the engines passed the other
// tests of this package.
var goldens = []struct {
	kind    Kind
	phi     string
	weights model.WeightLaw
	bias    float64
	change  func(*model.Dense) // nil for plain networks of one input
	want    uint64
}{
	{Law, "tanh", model.GaussianWeights, 0.1, nil, 0xbbeba3a756d794d7},
	{Law, "gelu", model.GaussianWeights, 0, nil, 0xcb4e9d8dcc39736},
	{Law, "relu", model.GaussianWeights, 0, nil, 0x951328320dc0ca44},
	{Matrix, "tanh", model.GaussianWeights, 0.1, nil, 0x56ad9c677d404bc1},
	{Matrix, "silu", model.UniformWeights, 0, nil, 0x500135c1f5bcdae1},
	{Matrix, "erf", model.RademacherWeights, 0.1, nil, 0xb09e7e05c514f7c8},
	{Matrix, "tanh", model.OrthogonalWeights, 0, nil, 0x2067f31b0116042a},
	{Matrix, "tanh", model.ScaledOrthogonalWeights, 0, nil, 0xad4f8858f01c0a40},
	{Law, "tanh", model.GaussianWeights, 0.1, func(m *model.Dense) { m.Batch, m.Angle, m.InputScale = 2, 0.5, 0.3 }, 0x2c92da50de0092a2},
	{Matrix, "tanh", model.SparseWeights, 0, func(m *model.Dense) { m.Density = 0.3 }, 0xc58cbbc941cde833},
	{Norm, "relu", model.GaussianWeights, 0, nil, 0xde887c54860d2c2f},
	{Norm, "linear", model.GaussianWeights, 0, nil, 0xecf391839d95965a},
	{Law, "tanh", model.GaussianWeights, 0.1, func(m *model.Dense) { m.Batch, m.Angle = 2, 0.5 }, 0xe0dbc044c8be1040},
	{Law, "relu", model.GaussianWeights, 0, func(m *model.Dense) { m.Batch, m.Norm = 19, model.BatchNorm }, 0x20938ca7643e57b1},
	{Law, "gelu", model.GaussianWeights, 0.1, func(m *model.Dense) {
		m.Batch, m.Norm, m.NormAfter, m.Epsilon = 3, model.LayerNorm, true, 1e-5
	}, 0xc46105bb07718ec1},
	{Law, "tanh", model.GaussianWeights, 0, func(m *model.Dense) { m.Batch, m.Skip, m.Alpha, m.Widths = 5, true, 0.7, []int{37, 37, 37, 37} }, 0x8161b3549c40778a},
	{Shortcut, "tanh", model.GaussianWeights, 0.1, func(m *model.Dense) { m.Batch = 3 }, 0x870c7577042c6911},
	{Matrix, "tanh", model.UniformWeights, 0.1, func(m *model.Dense) {
		m.Batch, m.Tied, m.Norm, m.Widths = 4, true, model.RMSNorm, []int{21, 21, 21, 21}
	}, 0x5ed7f308d0bc33e8},
}

// TestGolden: the same seed gives the same bits on every machine, at every level of the
// kernels.
func TestGolden(t *testing.T) {
	defer func(old level.Level) { level.Now = old }(level.Now)
	for at := level.Generic; at <= level.AVX512; at++ {
		t.Run(at.String(), func(t *testing.T) {
			if at > level.Best() {
				t.Skipf("this machine or build has no %v", at)
			}
			level.Now = at
			for _, tt := range goldens {
				m := model.Dense{
					Activation: activation.MustParse(tt.phi), Weights: tt.weights, WeightStd: 1.4, BiasStd: tt.bias, Widths: []int{7, 33, 20, 20, 5},
				}
				if tt.change != nil {
					tt.change(&m)
				}
				if got := digest(t, tt.kind, m); got != tt.want {
					t.Errorf("engine %v, %s: digest %#x, want %#x", tt.kind, m.Canonical(), got, tt.want)
				}
			}
		})
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
