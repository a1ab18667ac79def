package network

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"

	"gradchain/sim/internal/kernel/level"
	"gradchain/sim/model"
	"gradchain/sim/stream"
	"gradchain/theory/activation"
	"gradchain/theory/product"
)

func mustSpectral(t testing.TB, k Kind, m model.Dense) Spectral {
	t.Helper()
	s, err := NewSpectral(k, m)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// mustCall returns the first k exponents, or singular values, of a stream.
func mustCall(t testing.TB, f func(context.Context, stream.Source, []float64) error, src stream.Source, k int) []float64 {
	t.Helper()
	dst := make([]float64, k)
	if err := f(context.Background(), src, dst); err != nil {
		t.Fatal(err)
	}
	return dst
}

func TestNewSpectral_errors(t *testing.T) {
	for _, tt := range []struct {
		reason string
		kind   Kind
		change func(*model.Dense)
		want   string
	}{
		{"a model that is not valid", Law, func(m *model.Dense) { m.Width = 0 }, "width 0: want 1 to 16777216"},
		{"norm has no Jacobian", Norm, func(*model.Dense) {}, "norm: want law or matrix"},
		{"shortcut is not a network", Shortcut, func(*model.Dense) {}, "shortcut: want law or matrix"},
		{"law needs normal weights", Law, func(m *model.Dense) { m.Weights = model.RademacherWeights },
			"engine law: weights rademacher: want gaussian, or engine matrix"},
		{"law needs independent layers", Law, func(m *model.Dense) { m.Tied = true },
			"engine law: tied weights: want independent layers, or engine matrix"},
		{"one input", Matrix, func(m *model.Dense) { m.Batch = 2 }, "batch 2: want 1, the Jacobian is that at one input"},
		{"too many weights", Matrix, func(m *model.Dense) { m.Width = 1 << 15 },
			"engine matrix: 1.07e+09 weights in layer 1: want at most 268435456"},
	} {
		m := square("tanh", 4, 3)
		tt.change(&m)
		if _, err := NewSpectral(tt.kind, m); err == nil || err.Error() != tt.want {
			t.Errorf("%s: got error %v, want %q", tt.reason, err, tt.want)
		}
	}
}

func TestSpectral_errors(t *testing.T) {
	m := model.Dense{Activation: activation.MustParse("tanh"), WeightStd: 1, Widths: []int{9, 4, 6}}
	s := mustSpectral(t, Matrix, m)
	wide := mustSpectral(t, Law, square("tanh", 1<<15, 1))
	ctx, done := context.WithCancel(context.Background())
	done()
	for _, tt := range []struct {
		reason string
		err    error
		want   string
	}{
		{"no direction", s.Lyapunov(ctx, source(t), nil), "0 exponents: want 1 to 4, the smallest width"},
		{"more than a layer has", s.Lyapunov(ctx, source(t), make([]float64, 5)), "5 exponents: want 1 to 4, the smallest width"},
		{"not all", s.SingularValues(ctx, source(t), make([]float64, 4)),
			"4 singular values: want 6, the smaller of the widths of input and output"},
		{"too large", wide.SingularValues(ctx, source(t), make([]float64, 1<<15)), "32768 tangents: 1.07e+09 numbers to store: want at most 268435456"},
		{"cancelled", s.Lyapunov(ctx, source(t), make([]float64, 4)), "context canceled"},
		{"cancelled", s.SingularValues(ctx, source(t), make([]float64, 6)), "context canceled"},
	} {
		if tt.err == nil || tt.err.Error() != tt.want {
			t.Errorf("%s: got error %v, want %q", tt.reason, tt.err, tt.want)
		}
	}
}

// TestLyapunov_newman: for a linear network of normal weights Σ_l log r_ii has the mean
// L·λ_i, λ_i Newman's exponents, at every depth, since W Q is like W; their sum that of
// log|det|. The variance of each of the independent terms is ψ′((n−i+1)/2)/4. Every check
// fails a correct engine with a probability of 1e-9. It notices an error of an exponent of
// 0.02 (the first) to 0.1 (the last), with 10,000 layers.
func TestLyapunov_newman(t *testing.T) {
	const n, depth = 5, 50
	networks := samples(200)
	trigamma := [n]float64{0.490358, 0.644934, 0.934802, 1.644934, 4.934802} // ψ′(5/2), ψ′(2), …, ψ′(1/2)
	for _, k := range []Kind{Law, Matrix} {
		m := square("linear", n, depth)
		m.WeightStd = 1.3
		s := mustSpectral(t, k, m)
		src, mean, total, spread := source(t), [n]float64{}, 0.0, 0.0
		for range networks {
			for i, v := range mustCall(t, s.Lyapunov, src, n) {
				mean[i] += v / float64(networks*depth)
			}
		}
		for i, got := range mean {
			want, err := product.Lyapunov(n, i+1, product.WeightVar(1.3*1.3))
			if err != nil {
				t.Fatal(err)
			}
			sd := math.Sqrt(trigamma[i] / 4 / float64(networks*depth))
			if !(math.Abs(got-want) <= deviates*sd) {
				t.Errorf("engine %v: exponent %d is %v, want %v within %v", k, i+1, got, want, deviates*sd)
			}
			total, spread = total+got, spread+trigamma[i]/4
		}
		want, err := product.LyapunovSum(n, product.WeightVar(1.3*1.3))
		if err != nil {
			t.Fatal(err)
		}
		if sd := math.Sqrt(spread / float64(networks*depth)); !(math.Abs(total-want) <= deviates*sd) {
			t.Errorf("engine %v: the sum of the exponents is %v, want %v within %v", k, total, want, deviates*sd)
		}
	}
}

// architectures are networks of all kinds, of one input.
func architectures() []model.Dense {
	base := func(phi string) model.Dense {
		return model.Dense{Activation: activation.MustParse(phi), WeightStd: 1.4, BiasStd: 0.3, Width: 6, Depth: 4}
	}
	with := func(phi string, change func(m *model.Dense)) model.Dense {
		m := base(phi)
		change(&m)
		return m
	}
	return []model.Dense{
		base("tanh"), base("gelu_tanh"), base("leaky_relu(0.1)"),
		with("softplus", func(m *model.Dense) { m.Width, m.Depth, m.Widths = 0, 0, []int{4, 7, 5, 6} }),
		with("arctan", func(m *model.Dense) { m.Width, m.Depth, m.Widths = 0, 0, []int{7, 5, 8, 4} }),
		with("tanh", func(m *model.Dense) { m.Norm = model.LayerNorm }),
		with("tanh", func(m *model.Dense) { m.Norm, m.Epsilon = model.LayerNorm, 0.1 }),
		with("silu", func(m *model.Dense) { m.Norm, m.NormAfter = model.LayerNorm, true }),
		with("sigmoid", func(m *model.Dense) { m.Norm = model.RMSNorm }),
		with("tanh", func(m *model.Dense) { m.Norm, m.NormAfter, m.Epsilon = model.RMSNorm, true, 1e-3 }),
		with("tanh", func(m *model.Dense) { m.Skip, m.Alpha = true, 0.7 }),
		with("gelu_tanh", func(m *model.Dense) { m.Skip, m.Alpha, m.Norm = true, 0.5, model.LayerNorm }),
		with("tanh", func(m *model.Dense) { m.Tied = true }),
		with("sigmoid", func(m *model.Dense) { m.Tied, m.Skip, m.Alpha = true, true, 1 }),
	}
}

// TestSingularValues_automaticDifferentiation compares every architecture with the SVD
// of its Jacobian by dual numbers, to 1e-13 of the largest singular value.
func TestSingularValues_automaticDifferentiation(t *testing.T) {
	models := architectures()
	for phi := range duals {
		m := square(phi, 5, 3)
		m.WeightStd, m.BiasStd = 1.5, 0.3
		models = append(models, m)
	}
	for _, m := range models {
		e, n, _ := smallNetwork(t, m)
		rows, columns := e.widths[e.depth()], e.widths[0]
		jacobian := mat.NewDense(rows, columns, nil)
		for j := range columns {
			x := n.at()
			x[0][j].Emag = 1
			layers := n.run(duals[m.Activation.String()], x, nil)
			for i, v := range layers[len(layers)-1][0] {
				jacobian.Set(i, j, v.Emag)
			}
		}
		var svd mat.SVD
		if !svd.Factorize(jacobian, mat.SVDNone) {
			t.Fatal("gonum does not converge")
		}
		want := svd.Values(nil)
		s := &spectral{layers: &tangents{dense: e}, widths: e.widths}
		for i, got := range mustSingularValues(t, s) {
			if !(math.Abs(math.Exp(got)-want[i]) <= 1e-13*want[0]) {
				t.Errorf("%s: singular value %d is %v, want %v", m.Canonical(), i+1, math.Exp(got), want[i])
			}
		}
	}
}

// TestSpectral_volume: on one stream, all exponents together are the logarithm of the
// volume, the sum of those of the singular values, and the first few are at most that
// of the largest few (Horn 1950).
func TestSpectral_volume(t *testing.T) {
	for _, m := range architectures() {
		for _, k := range []Kind{Law, Matrix} {
			n := slices.Min(m.Layers())
			if m.Tied && k == Law || n < m.Layers()[0] {
				continue
			}
			s := mustSpectral(t, k, m)
			exponents := mustCall(t, s.Lyapunov, source(t), n)
			values := mustCall(t, s.SingularValues, source(t), n)
			sum, most := 0.0, 0.0
			for i := range exponents {
				sum, most = sum+exponents[i], most+values[i]
				if !(sum <= most+1e-12) {
					t.Errorf("engine %v %s: %d exponents sum to %v, above %v", k, m.Canonical(), i+1, sum, most)
				}
			}
			if !(sum == most || math.Abs(sum-most) <= 1e-11) {
				t.Errorf("engine %v %s: the exponents sum to %v, the singular values to %v", k, m.Canonical(), sum, most)
			}
		}
	}
}

// spectra are samples of the first exponents and of the extreme singular values.
type spectra [5][]float64

func drawSpectra(t *testing.T, s Spectral, m model.Dense, phase string, n int) (out spectra) {
	layers := m.Layers()
	count := min(layers[0], layers[len(layers)-1])
	src := stream.Key{Purpose: t.Name(), Config: m.Canonical(), Phase: phase}.Source(stream.Xoshiro)
	for range n {
		exponents := mustCall(t, s.Lyapunov, src, 3)
		values := mustCall(t, s.SingularValues, src, count)
		for i, v := range append(exponents, values[0], values[count-1]) {
			out[i] = append(out[i], v)
		}
	}
	return out
}

// sensitive is a network whose tangents are well seen to depend on its signal.
func sensitive() model.Dense {
	m := square("tanh", 3, 60)
	m.WeightStd = 1.4
	return m
}

// TestSpectral_lawIsMatrix: exponents and singular values have one law in both engines.
// Every comparison of two samples of 600 fails equal ones with probability 1e-9 at most,
// and notices distribution functions that differ by 0.55 with probability 1 − 1e-9.
func TestSpectral_lawIsMatrix(t *testing.T) {
	n := samples(600)
	all := architectures()
	for _, m := range []model.Dense{sensitive(), all[0], all[3], all[6], all[10]} {
		a := drawSpectra(t, mustSpectral(t, Law, m), m, "law", n)
		b := drawSpectra(t, mustSpectral(t, Matrix, m), m, "matrix", n)
		for i := range a {
			if d := ks(a[i], b[i]); !(d <= 2*dkw(n)) {
				t.Errorf("%s: statistic %d: distance %.4f of two samples of %d, want at most %.4f", m.Canonical(), i, d, n, 2*dkw(n))
			}
		}
	}
}

// TestSpectral_mutant: the comparison of TestSpectral_lawIsMatrix, with as many samples of
// the first exponent, refutes weights that the tangents see as if they were independent
// of the signal. They are at a distance of 0.39.
func TestSpectral_mutant(t *testing.T) {
	const n = 600
	m := sensitive()
	var got [2][]float64
	for i, k := range []Kind{Law, Shortcut} {
		e, err := newDense(k, m)
		if err != nil {
			t.Fatal(err)
		}
		s := &spectral{layers: &tangents{dense: e}, widths: e.widths}
		src := stream.Key{Purpose: t.Name(), Phase: k.String()}.Source(stream.Xoshiro)
		for range n {
			got[i] = append(got[i], mustCall(t, s.Lyapunov, src, 1)[0])
		}
	}
	if d := ks(got[0], got[1]); !(d > 2*dkw(n)) {
		t.Errorf("distance %.4f of two samples of %d, want more than %.4f", d, n, 2*dkw(n))
	}
}

// TestSpectral_isometry: orthogonal layers stretch all directions alike, and a branch
// that is 0 none.
func TestSpectral_isometry(t *testing.T) {
	const n, depth = 12, 200
	m := square("linear", n, depth)
	m.Weights, m.WeightStd = model.OrthogonalWeights, 1.3
	s := mustSpectral(t, Matrix, m)
	for _, got := range [][]float64{mustCall(t, s.SingularValues, source(t), n), mustCall(t, s.Lyapunov, source(t), n)} {
		for i, v := range got {
			if !(math.Abs(v-depth*math.Log(1.3)) <= 1e-12*depth) {
				t.Errorf("orthogonal layers: value %d is %v, want %v", i, v, depth*math.Log(1.3))
			}
		}
	}
	m = square("tanh", n, depth)
	m.Skip = true
	for _, k := range []Kind{Law, Matrix} {
		s := mustSpectral(t, k, m)
		for _, got := range [][]float64{mustCall(t, s.SingularValues, source(t), n), mustCall(t, s.Lyapunov, source(t), n)} {
			if !slices.Equal(got, make([]float64, n)) {
				t.Errorf("engine %v, α = 0: %v, want all 0", k, got)
			}
		}
	}
}

// TestSpectral_dead: layer normalisation takes two directions, the mean and the size, RMS
// normalisation one; ε leaves a little of the size. relu takes all, in the end. The width
// is also that at which rounding errors could pass for a direction.
func TestSpectral_dead(t *testing.T) {
	for _, tt := range []struct {
		reason string
		phi    string
		width  int
		depth  int
		change func(m *model.Dense)
		alive  int
	}{
		{"layer", "tanh", 6, 30, func(m *model.Dense) { m.Norm = model.LayerNorm }, 4},
		{"layer, wide", "tanh", 60, 2, func(m *model.Dense) { m.Norm = model.LayerNorm }, 58},
		{"layer after", "tanh", 6, 30, func(m *model.Dense) { m.Norm, m.NormAfter = model.LayerNorm, true }, 4},
		{"layer with epsilon", "tanh", 6, 30, func(m *model.Dense) { m.Norm, m.Epsilon = model.LayerNorm, 1e-5 }, 5},
		{"rms", "tanh", 6, 30, func(m *model.Dense) { m.Norm = model.RMSNorm }, 5},
		{"rms, wide", "erf", 60, 2, func(m *model.Dense) { m.Norm, m.NormAfter = model.RMSNorm, true }, 59},
		{"residual", "relu", 10, 50, func(m *model.Dense) { m.Skip, m.Alpha, m.Norm = true, 0.5, model.LayerNorm }, 10},
		{"relu", "relu", 4, 300, func(*model.Dense) {}, 0},
		{"no biases, odd", "tanh", 10, 300, func(m *model.Dense) { m.WeightStd = 0.01 }, 10},
	} {
		m := square(tt.phi, tt.width, tt.depth)
		tt.change(&m)
		for _, k := range []Kind{Law, Matrix} {
			s := mustSpectral(t, k, m)
			for _, got := range [][]float64{mustCall(t, s.SingularValues, source(t), tt.width), mustCall(t, s.Lyapunov, source(t), tt.width)} {
				alive := 0
				for _, v := range got {
					if !math.IsInf(v, -1) {
						alive++
					}
					if !(v < 1e6) {
						t.Errorf("engine %v %s: logarithm %v", k, tt.reason, v)
					}
				}
				if alive != tt.alive {
					t.Errorf("engine %v %s: %d directions alive, want %d: %v", k, tt.reason, alive, tt.alive, got)
				}
			}
		}
	}
}

// TestSpectral_deep: at depth 10,000 nothing leaves the range of float64, and the
// exponents of a tanh network far below σ_w = 1 are those of a linear one.
func TestSpectral_deep(t *testing.T) {
	const n, depth = 3, 10_000
	m := square("tanh", n, depth)
	m.WeightStd = 1e-3
	for _, k := range []Kind{Law, Matrix} {
		s := mustSpectral(t, k, m)
		exponents, values := mustCall(t, s.Lyapunov, source(t), n), mustCall(t, s.SingularValues, source(t), n)
		for i := range exponents {
			want, err := product.Lyapunov(n, i+1, product.WeightVar(1e-6))
			if err != nil {
				t.Fatal(err)
			}
			// the deviation of a layer is at most 1.2, that of 10,000 below 0.012
			if !(math.Abs(exponents[i]/depth-want) <= deviates*0.012) || !(math.Abs(values[i]-exponents[i]) <= 30) {
				t.Errorf("engine %v: exponent %d times depth is %v, log singular value %v, want about %v", k, i+1, exponents[i], values[i], want*depth)
			}
		}
	}
}

// TestSpectral_extreme: no gain makes a NaN or +Inf, and at width 1 the exponent and
// the singular value are one number.
func TestSpectral_extreme(t *testing.T) {
	for _, phi := range []string{"tanh", "linear", "relu", "sigmoid", "gelu", "softplus", "hard_tanh"} {
		for _, std := range []float64{model.MinStd, 1e-3, 100, model.MaxStd} {
			for _, width := range []int{1, 4} {
				m := square(phi, width, 6)
				m.WeightStd, m.BiasStd = std, std
				s := mustSpectral(t, Matrix, m)
				exponents, values := mustCall(t, s.Lyapunov, source(t), width), mustCall(t, s.SingularValues, source(t), width)
				for i := range values {
					if !(exponents[i] <= math.MaxFloat64) || !(values[i] <= math.MaxFloat64) {
						t.Errorf("%s, gain %v, width %d: exponents %v, singular values %v", phi, std, width, exponents, values)
					}
				}
				if a, b := exponents[0], values[0]; width == 1 && a != b && !(math.Abs(a-b) <= 1e-13*math.Abs(a)) {
					t.Errorf("%s, gain %v: exponent %v, singular value %v", phi, std, a, b)
				}
			}
		}
	}
}

// TestSpectral_levels: all levels of the kernels give the same bits, and what an engine
// sampled before leaves no trace.
func TestSpectral_levels(t *testing.T) {
	defer func(old level.Level) { level.Now = old }(level.Now)
	for _, k := range []Kind{Law, Matrix} {
		m := model.Dense{Activation: activation.MustParse("gelu"), WeightStd: 1.4, BiasStd: 0.1, Widths: []int{21, 37, 19, 26}}
		s := mustSpectral(t, k, m)
		var want []float64
		for l := level.Generic; l <= level.Best(); l++ {
			level.Now = l
			got := append(mustCall(t, s.Lyapunov, source(t), 19), mustCall(t, s.SingularValues, source(t), 21)...)
			if want == nil {
				want = got
			}
			if !slices.Equal(got, want) {
				t.Errorf("engine %v: level %v gives %v, generic %v", k, l, got, want)
			}
		}
	}
}

func BenchmarkSpectral(b *testing.B) {
	for _, tt := range []struct {
		kind                 Kind
		width, depth, number int
	}{{Law, 1024, 50, 8}, {Law, 100_000, 2, 8}, {Matrix, 256, 50, 8}, {Matrix, 64, 50, 64}, {Matrix, 256, 10, 256}} {
		m := square("tanh", tt.width, tt.depth)
		s := mustSpectral(b, tt.kind, m)
		of, call := "lyapunov", s.Lyapunov
		if tt.number == tt.width {
			of, call = "singular_values", s.SingularValues
		}
		b.Run(fmt.Sprintf("of=%s/engine=%v/width=%d/depth=%d/number=%d", of, tt.kind, tt.width, tt.depth, tt.number), func(b *testing.B) {
			src := source(b)
			b.ReportAllocs()
			for b.Loop() {
				mustCall(b, call, src, tt.number)
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*tt.depth), "µs/layer")
		})
	}
}
