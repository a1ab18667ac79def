package network

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"gradchain/sim/internal/kernel"
	"gradchain/sim/model"
	"gradchain/sim/stream"
	"gradchain/theory/activation"
)

// drawArchitecture gives a network with any of the stages that a layer can have.
func drawArchitecture(t *rapid.T) model.Dense {
	m := square("tanh", rapid.IntRange(1, 5).Draw(t, "width"), rapid.IntRange(1, 12).Draw(t, "depth"))
	m.Activation = rapid.SampledFrom(activation.All()).Draw(t, "activation")
	m.Batch = rapid.IntRange(1, 6).Draw(t, "batch")
	m.Norm = rapid.SampledFrom([]model.Norm{model.NoNorm, model.BatchNorm, model.LayerNorm, model.RMSNorm}).Draw(t, "norm")
	if m.Norm == model.BatchNorm {
		m.Batch = max(m.Batch, 2)
	}
	if m.Norm != model.NoNorm {
		m.NormAfter = rapid.Bool().Draw(t, "after")
		m.Epsilon = rapid.SampledFrom([]float64{0, 0, 5e-324, 1e-5, 1, 1e30}).Draw(t, "epsilon")
	}
	if m.Skip = rapid.Bool().Draw(t, "skip"); m.Skip {
		m.Alpha = rapid.SampledFrom([]float64{0, 1e-30, 0.1, 1, 1e30}).Draw(t, "alpha")
	}
	m.Tied = rapid.IntRange(0, 3).Draw(t, "tied") == 0
	scales := []float64{model.MinStd, 1e-8, 0.3, 1, 1, 4, 1e8, model.MaxStd}
	m.WeightStd = rapid.SampledFrom(scales).Draw(t, "weight std")
	m.BiasStd = rapid.SampledFrom(append(scales, 0, 0, 0)).Draw(t, "bias std")
	return m
}

// drawInput gives inputs that are 0, equal, nearly equal or of any size.
func drawInput(t *rapid.T, m *model.Dense) {
	m.Input = make([]float64, m.Inputs()*m.Width)
	size := rapid.SampledFrom([]float64{0, 5e-324, 1e-300, 1, 1e300}).Draw(t, "size")
	for i := range m.Input {
		m.Input[i] = size * rapid.SampledFrom([]float64{0, 1, 1, -1, 0.5, 1 + 1e-12, 1e-200}).Draw(t, "input")
	}
}

// TestSample_architectureProperty: whatever the architecture and the scales, every
// logarithm is a number or −Inf, a gradient of −Inf stays so on the way down but for the
// skip, correlations are within ±1 or those of a signal of 0, and counts are within B·n.
func TestSample_architectureProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawArchitecture(t)
		if rapid.Bool().Draw(t, "given") {
			drawInput(t, &m)
		}
		kind := rapid.SampledFrom([]Kind{Law, Shortcut, Matrix}).Draw(t, "engine")
		if m.Tied {
			kind = Matrix
		}
		e, err := newDense(kind, m)
		if err != nil {
			t.Fatal(err)
		}
		src := stream.Key{Seed: rapid.Uint64().Draw(t, "seed")}.Source(stream.Xoshiro)
		var s Sample
		tangent := make([]float64, m.Depth+1)
		if err := e.Sample(context.Background(), src, &s); err != nil {
			t.Fatal(err)
		}
		alive := make([]bool, m.Depth+1) // x_1^l and x_2^l are not 0
		for l := range alive {
			x := e.recall(l)
			alive[l] = m.Batch > 1 && x[0].square > 0 && x[1].square > 0
		}
		if err := e.Tangent(context.Background(), src, tangent); err != nil {
			t.Fatal(err)
		}
		for l := range tangent {
			for _, v := range []float64{s.LogSquare[l], s.LogGradNorm[l], tangent[l]} {
				if !(v <= math.MaxFloat64) {
					t.Fatalf("layer %d: log second moment %v, gradient %v, tangent %v", l, s.LogSquare[l], s.LogGradNorm[l], tangent[l])
				}
			}
			if l > 0 && !m.Skip && math.IsInf(s.LogGradNorm[l], -1) && !math.IsInf(s.LogGradNorm[l-1], -1) {
				t.Fatalf("layer %d: gradient 0 above one of %v", l, s.LogGradNorm[l-1])
			}
			if c := s.Correlation[l]; !(math.Abs(c) <= 1) && (alive[l] || !math.IsNaN(c)) {
				t.Fatalf("layer %d: correlation %v", l, c)
			}
			if !(0 <= s.Dead[l] && s.Dead[l] <= s.Saturated[l] && s.Saturated[l] <= m.Batch*m.Width) {
				t.Fatalf("layer %d of %d·%d units: %d dead, %d saturated", l, m.Batch, m.Width, s.Dead[l], s.Saturated[l])
			}
		}
	})
}

// TestJacobian_transpose: u·(J v) = (Jᵀu)·v of explicit networks, to 1e-11 of the sum of the
// moduli and 1e-12 of the largest product of norms of gradient and tangent on the way.
func TestJacobian_transpose(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawArchitecture(t)
		m.WeightStd, m.BiasStd = rapid.SampledFrom([]float64{0.5, 1.5}).Draw(t, "σ_w"), rapid.SampledFrom([]float64{0, 0.4}).Draw(t, "σ_b")
		m.Alpha, m.Epsilon = min(m.Alpha, 0.7), min(m.Epsilon, 1)
		if m.Epsilon < 1e-5 {
			m.Epsilon = 0 // where it is all that there is, 1/√ε a layer is no number
		}
		e, err := newDense(Matrix, m)
		if err != nil {
			t.Fatal(err)
		}
		key := stream.Key{Seed: rapid.Uint64().Draw(t, "seed")}
		src := key.Source(stream.Xoshiro)
		if err := e.Sample(context.Background(), src, new(Sample)); err != nil {
			t.Fatal(err)
		}
		e.weights = fixed{e.weights.(*matrix)}
		e.input.given = nil
		for _, x := range e.x[0] {
			e.input.given = append(e.input.given, x.v...)
		}
		s, tangent := new(Sample), make([]float64, m.Depth+1)
		if err := e.Sample(context.Background(), key.Source(stream.PCG), s); err != nil {
			t.Fatal(err)
		}
		back := duplicate(nil, e.g)
		u := e.unit(key.Source(stream.PCG), nil, m.Inputs(), m.Width)
		if err := e.Tangent(context.Background(), key.Source(stream.PCG), tangent); err != nil {
			t.Fatal(err)
		}
		v := e.direction(key.Source(stream.PCG), nil)
		var got, want, size float64
		for j := range u {
			e.g[j].shift(0)
			back[j].shift(0)
			for i := range m.Width {
				got += u[j].v[i] * e.g[j].v[i]
				want += v[j].v[i] * back[j].v[i]
				size += math.Abs(u[j].v[i]*e.g[j].v[i]) + math.Abs(v[j].v[i]*back[j].v[i])
			}
		}
		for l := range m.Depth {
			size = max(size, 0.1*math.Exp(s.LogGradNorm[l+1]+tangent[l]))
		}
		if !(math.Abs(got-want) <= 1e-11*size) {
			t.Fatalf("u·(J v) = %v, (Jᵀu)·v = %v", got, want)
		}
	})
}

// TestBatchNorm_two: of two inputs ±1 is left, which no weight moves: the gradient is
// exactly 0; and so it is where all inputs are one.
func TestBatchNorm_two(t *testing.T) {
	for _, k := range []Kind{Law, Matrix} {
		for _, after := range []bool{false, true} {
			two := square("tanh", 20, 5)
			two.Norm, two.NormAfter, two.Batch = model.BatchNorm, after, 2
			same := two
			same.Batch = 3
			for i := range 60 {
				same.Input = append(same.Input, math.Sqrt(float64(1+i%20)))
			}
			for _, m := range []model.Dense{two, same} {
				s := mustSample(t, mustEngine(t, k, m), source(t))
				for l, g := range s.LogGradNorm {
					if !math.IsInf(g, -1) {
						t.Errorf("engine %v, after %v, %d inputs, layer %d: log gradient norm %v, want -Inf", k, after, m.Batch, l, g)
					}
				}
			}
		}
	}
}

// TestSample_sameInputs: copies of an input stay copies.
func TestSample_sameInputs(t *testing.T) {
	for _, k := range []Kind{Law, Shortcut, Matrix} {
		for _, bias := range []float64{0, 0.4} {
			m := square("relu", 20, 30)
			m.Batch, m.WeightStd, m.BiasStd = 4, math.Sqrt2, bias
			for i := range 80 {
				m.Input = append(m.Input, math.Cos(float64(i%20)))
			}
			s := mustSample(t, mustEngine(t, k, m), source(t))
			for l, c := range s.Correlation {
				if c != 1 {
					t.Errorf("engine %v, bias %v, layer %d: correlation %v, want 1", k, bias, l, c)
				}
			}
		}
	}
}

// TestSample_angle: the inputs have the angle that is asked for, to rounding, and an odd
// network keeps π.
func TestSample_angle(t *testing.T) {
	for _, width := range []int{1, 2, 3, 500} {
		for _, angle := range []float64{1e-8, 0.1, 1, 3, math.Pi} {
			m := square("tanh", width, 4)
			m.Batch, m.Angle = 2, angle
			if width == 1 && angle != math.Pi {
				if _, err := New(Law, m); err == nil {
					t.Errorf("angle %v at width 1 is no error", angle)
				}
				continue
			}
			s := mustSample(t, mustEngine(t, Law, m), source(t))
			if !(math.Abs(s.Correlation[0]-math.Cos(angle)) <= 1e-15) || !(math.Abs(s.LogSquare[0]) <= 1e-15) {
				t.Errorf("width %d, angle %v: correlation %v, log second moment %v", width, angle, s.Correlation[0], s.LogSquare[0])
			}
			if angle == math.Pi && s.Correlation[4] != -1 {
				t.Errorf("width %d: correlation %v behind 4 layers, want -1", width, s.Correlation[4])
			}
		}
	}
}

// TestSample_inputScale: the input has the root mean square that is asked for, and to the
// first layer an input that is s times as large is weights that are s times as large.
func TestSample_inputScale(t *testing.T) {
	for _, k := range []Kind{Law, Matrix, Norm} {
		for _, scale := range []float64{model.MinStd, 0.3, 1, 50, model.MaxStd} {
			for _, batch := range []int{1, 2} {
				m := square("relu", 12, 1)
				if k != Norm && batch == 2 {
					m.Batch, m.Angle = 2, 0.7
				}
				m.BiasStd = 0
				m.WeightStd = scale
				want := mustSample(t, mustEngine(t, k, m), source(t))
				m.WeightStd, m.InputScale = 1, scale
				got := mustSample(t, mustEngine(t, k, m), source(t))
				if !near12(got.LogSquare[0], 2*math.Log(scale)) || !near12(got.LogSquare[1], want.LogSquare[1]) || !near12(got.LogGradNorm[1], want.LogGradNorm[1]) {
					t.Errorf("engine %v, scale %v, batch %d: %+v, want at layer 1 %+v", k, scale, batch, got, want)
				}
				if m.Batch == 2 && !near12(got.Correlation[0], math.Cos(0.7)) {
					t.Errorf("engine %v, scale %v: correlation %v of the inputs, want %v", k, scale, got.Correlation[0], math.Cos(0.7))
				}
			}
		}
	}
}

// TestNorm_scaleInvariance: the weights' scale a does not reach the signal, and the
// gradient with respect to h is as 1/a; that with respect to the input does not change.
func TestNorm_scaleInvariance(t *testing.T) {
	for _, norm := range []model.Norm{model.BatchNorm, model.LayerNorm, model.RMSNorm} {
		for _, k := range []Kind{Law, Matrix} {
			for _, a := range []float64{model.MinStd, 0.01, 7, model.MaxStd} {
				m := square("tanh", 12, 6)
				m.Norm, m.Batch = norm, 4
				want := mustSample(t, mustEngine(t, k, m), source(t))
				m.WeightStd = a
				got := mustSample(t, mustEngine(t, k, m), source(t))
				for l := range got.LogSquare {
					shift := math.Log(a)
					if l == 0 {
						shift = 0
					}
					if !near12(got.LogSquare[l], want.LogSquare[l]) || !near12(got.LogGradNorm[l], want.LogGradNorm[l]-shift) {
						t.Errorf("%v, engine %v, a = %v, layer %d: %v and %v, want %v and %v", norm, k, a, l,
							got.LogSquare[l], got.LogGradNorm[l], want.LogSquare[l], want.LogGradNorm[l]-shift)
					}
				}
			}
		}
	}
}

// TestNorm_epsilon: where ε hides the mean square, RMS normalisation is a division by
// √ε.
func TestNorm_epsilon(t *testing.T) {
	const epsilon, depth = 1e30, 60
	for _, k := range []Kind{Law, Matrix} {
		m := square("tanh", 8, depth)
		m.Batch, m.WeightStd = 2, 1/math.Sqrt(epsilon)
		want := mustSample(t, mustEngine(t, k, m), source(t))
		m.WeightStd, m.Norm, m.Epsilon = 1, model.RMSNorm, epsilon
		got := mustSample(t, mustEngine(t, k, m), source(t))
		for l := range got.LogSquare {
			shift := math.Log(epsilon) / 2
			if l == 0 {
				shift = 0
			}
			if !near12(got.LogSquare[l], want.LogSquare[l]) || !near12(got.LogGradNorm[l], want.LogGradNorm[l]-shift) {
				t.Fatalf("engine %v, layer %d: %v and %v, want %v and %v", k, l,
					got.LogSquare[l], got.LogGradNorm[l], want.LogSquare[l], want.LogGradNorm[l]-shift)
			}
		}
	}
}

// TestNormalizer_invariance: normalised columns and units have mean 0 and mean square 1,
// and the derivative leaves nothing along 1 and y, at a large common mean too.
func TestNormalizer_invariance(t *testing.T) {
	for _, kind := range []model.Norm{model.BatchNorm, model.LayerNorm, model.RMSNorm} {
		h, g := randomPanel(source(t), 7, 300), randomPanel(stream.Key{}.Source(stream.PCG), 7, 300)
		for j := range h {
			for i := range h[j].v {
				h[j].v[i] += 1000
			}
			h[j].settle()
		}
		n, y := newNormalizer(kind, 0), columns(nil, 7, 300)
		n.apply(y, h)
		n.derive(g)
		if kind == model.BatchNorm {
			y, g = turned(y), turned(g)
		}
		for j := range y {
			ones := slices.Repeat([]float64{1}, len(y[j].v))
			size := float64(len(ones))
			mean, square := kernel.Dot(ones, y[j].v)/size, kernel.Dot(y[j].v, y[j].v)/size
			if kind != model.RMSNorm && !(math.Abs(mean) <= 1e-14) || !(math.Abs(square-1) <= 1e-13) {
				t.Errorf("%v: mean %v, mean square %v", kind, mean, square)
			}
			along, across := kernel.Dot(g[j].v, y[j].v), kernel.Dot(g[j].v, ones)
			if kind != model.RMSNorm && !(math.Abs(across) <= 1e-12) || !(math.Abs(along) <= 1e-12) {
				t.Errorf("%v: derivative %v along 1, %v along y", kind, across, along)
			}
		}
	}
}

// turned makes units of columns.
func turned(x []vector) []vector {
	out := columns(nil, len(x[0].v), len(x))
	for i := range out {
		for j := range x {
			out[i].v[j] = x[j].v[i]
		}
	}
	return out
}

// TestResidual_linear: E‖x^L‖² = (1 + α²σ_w²)^L ‖x⁰‖² and E‖∂/∂x⁰‖² = (1 + α²σ_w²)^L, to 6.11
// standard errors of 4,000 networks, 6 % or less.
func TestResidual_linear(t *testing.T) {
	n := samples(4_000)
	for _, k := range []Kind{Law, Matrix} {
		m := square("linear", 24, 10)
		m.Skip, m.Alpha, m.WeightStd = true, 0.3, 1.2
		e, src := mustEngine(t, k, m), source(t)
		want := math.Pow(1+0.09*1.44, 10)
		var x [2][]float64
		for range n {
			s := mustSample(t, e, src)
			x[0], x[1] = append(x[0], math.Exp(s.LogSquare[10])), append(x[1], math.Exp(2*s.LogGradNorm[0]))
		}
		for i, name := range []string{"signal", "gradient"} {
			mean, variance, _ := moments(x[i])
			if d := deviates * math.Sqrt(variance/float64(n)); !(math.Abs(mean-want) <= d) || !(d < 4*want/math.Sqrt(float64(n))) {
				t.Errorf("engine %v: mean squared %s %v, want %v within %v", k, name, mean, want, d)
			}
		}
	}
}

// TestResidual_noBranch: with α = 0 the Jacobian is 1.
func TestResidual_noBranch(t *testing.T) {
	for _, k := range []Kind{Law, Matrix} {
		m := square("tanh", 9, 5)
		m.Skip, m.BiasStd, m.Norm = true, 0.3, model.LayerNorm
		s := mustSample(t, mustEngine(t, k, m), source(t))
		for l := range s.LogSquare {
			want := math.Inf(-1)
			if l == 0 {
				want = 0
			}
			if !(math.Abs(s.LogSquare[l]) <= 1e-15) || s.LogGradNorm[l] != want && !(math.Abs(s.LogGradNorm[l]-want) <= 1e-15) {
				t.Errorf("engine %v, layer %d: log second moment %v, gradient %v", k, l, s.LogSquare[l], s.LogGradNorm[l])
			}
		}
	}
}

// TestResidual_explodes: at α = 1 a linear network grows by log 2 a layer, less what the
// fluctuations take; signal and gradient stay logarithms.
func TestResidual_explodes(t *testing.T) {
	const depth, width = 10_000, 64
	m := square("linear", width, depth)
	m.Skip, m.Alpha = true, 1
	s := mustSample(t, mustEngine(t, Law, m), source(t))
	// log‖x + Wx‖²/‖x‖² has mean log 2 − (variance)/2 + …, variance 6/(4n)
	want := depth * (math.Log(2) - 3.0/(4*width))
	d := deviates*math.Sqrt(depth*1.5/width) + depth*4.0/(width*width)
	for name, got := range map[string]float64{"signal": s.LogSquare[depth], "gradient": 2 * s.LogGradNorm[0]} {
		if !(math.Abs(got-want) <= d) {
			t.Errorf("log squared %s %v, want %v within %v", name, got, want, d)
		}
	}
}

// TestSample_largestBatch: 4,096 inputs of few units depend on few of them.
func TestSample_largestBatch(t *testing.T) {
	if testing.Short() {
		t.Skip("samples batches of 4,096")
	}
	for _, norm := range []model.Norm{model.NoNorm, model.BatchNorm} {
		m := square("tanh", 3, 3)
		m.Batch, m.Norm, m.BiasStd = model.MaxBatch, norm, 0.1
		s := mustSample(t, mustEngine(t, Law, m), source(t))
		for l := range s.LogSquare {
			if !(math.Abs(s.LogSquare[l]) < 5) || !(math.Abs(s.LogGradNorm[l]) < 20) {
				t.Errorf("%v, layer %d: log second moment %v, gradient %v", norm, l, s.LogSquare[l], s.LogGradNorm[l])
			}
		}
	}
}

// TestSample_batchZero: inputs of 0 beside others.
func TestSample_batchZero(t *testing.T) {
	for _, k := range []Kind{Law, Matrix} {
		for _, norm := range []model.Norm{model.NoNorm, model.BatchNorm, model.LayerNorm, model.RMSNorm} {
			m := square("relu", 3, 2)
			m.Batch, m.Norm, m.Input = 3, norm, []float64{0, 0, 0, 1, 2, 3, 0, 0, 0}
			s := mustSample(t, mustEngine(t, k, m), source(t))
			if !math.IsNaN(s.Correlation[0]) || math.IsNaN(s.LogGradNorm[0]) || math.IsNaN(s.LogSquare[2]) {
				t.Errorf("engine %v, %v: %v", k, norm, fmt.Sprintf("%+v", s))
			}
		}
	}
}
