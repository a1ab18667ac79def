package chain

import (
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/num/dual"
	"pgregory.net/rapid"

	"gradchain/theory/activation"
)

// finite draws a weight, a bias or an input of moderate size.
func finite(lo, hi float64) *rapid.Generator[float64] { return rapid.Float64Range(lo, hi) }

// networks draws small networks with inputs and output weights; normalised ones with
// smooth activations, because near a kink two ways to normalise may take two sides.
func networks(t *rapid.T, normalize bool) (n Network, input, u []float64) {
	depth := rapid.IntRange(1, 6).Draw(t, "depth")
	batch := 1
	if normalize {
		batch = rapid.IntRange(3, 6).Draw(t, "batch")
		n.Epsilon = rapid.SampledFrom([]float64{1e-3, 1}).Draw(t, "epsilon")
	}
	n.Normalize = normalize
	all := slices.DeleteFunc(activation.All(), func(a activation.Activation) bool { return normalize && len(a.Kinks()) > 0 })
	n.Activation = rapid.SampledFrom(all).Draw(t, "activation")
	n.Weight = rapid.SliceOfN(finite(-3, 3), depth, depth).Draw(t, "weight")
	n.Bias = rapid.SliceOfN(finite(-1, 1), depth, depth).Draw(t, "bias")
	input = rapid.SliceOfN(finite(-2, 2), batch, batch).Draw(t, "input")
	u = rapid.SliceOfN(finite(-1, 1), batch, batch).Draw(t, "u")
	return n, input, u
}

// forwardMode is the network in dual numbers: the output and its derivative in the
// direction of the dual parts.
func forwardMode(n Network, weight, bias, input []dual.Number, u []float64) dual.Number {
	x := append([]dual.Number(nil), input...)
	for l, w := range weight {
		for i := range x {
			x[i] = dual.Add(dual.Mul(w, x[i]), bias[l])
		}
		if n.Normalize {
			normalizeDual(x, n.Epsilon)
		}
		for i, z := range x {
			x[i] = dual.Number{Real: n.Activation.Phi(z.Real), Emag: z.Emag * n.Activation.DPhi(z.Real)}
		}
	}
	var out dual.Number
	for i := range x {
		out = dual.Add(out, dual.Scale(u[i], x[i]))
	}
	return out
}

func normalizeDual(h []dual.Number, epsilon float64) {
	var mean, square dual.Number
	for _, x := range h {
		mean = dual.Add(mean, dual.Scale(1/float64(len(h)), x))
	}
	for i, x := range h {
		h[i] = dual.Sub(x, mean)
		square = dual.Add(square, dual.Scale(1/float64(len(h)), dual.Mul(h[i], h[i])))
	}
	square.Real += epsilon
	for i := range h {
		h[i] = dual.Mul(h[i], dual.Inv(dual.Sqrt(square)))
	}
}

func duals(x []float64) []dual.Number {
	out := make([]dual.Number, len(x))
	for i, v := range x {
		out[i].Real = v
	}
	return out
}

// TestTrace_dual: back-propagation agrees with forward mode, in every weight, bias
// and input, plain and normalised. The tolerance is 1e-10 of the largest term a
// gradient could be made of, Π max(|w_l|, 1)·max|φ′|/√ε over the layers.
func TestTrace_dual(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, input, u := networks(t, rapid.Bool().Draw(t, "normalize"))
		trace := n.Trace(input, u)
		size := 8.0
		for _, w := range n.Weight {
			size *= math.Max(math.Abs(w), 1) * math.Max(math.Abs(n.Activation.Sup().Value), math.Abs(n.Activation.Inf().Value))
			if n.Normalize {
				size *= 3 / math.Sqrt(n.Epsilon)
			}
		}
		size = math.Max(size, 1)
		weight, bias, in := duals(n.Weight), duals(n.Bias), duals(input)
		for _, part := range []struct {
			name string
			x    []dual.Number
			got  []float64
		}{{"weight", weight, trace.WeightGrad}, {"bias", bias, trace.BiasGrad}, {"input", in, trace.InputGrad}} {
			for i := range part.x {
				part.x[i].Emag = 1
				want := forwardMode(n, weight, bias, in, u)
				part.x[i].Emag = 0
				if diff := math.Abs(part.got[i] - want.Emag); !(diff <= 1e-10*size) {
					t.Errorf("∂/∂%s[%d] = %v, forward mode gives %v", part.name, i, part.got[i], want.Emag)
				}
				if diff := math.Abs(trace.Output - want.Real); !(diff <= 1e-10*size) {
					t.Errorf("output %v, forward mode gives %v", trace.Output, want.Real)
				}
			}
		}
	})
}

// TestTrace_product: the gradient of a plain chain is the product of its factors
// w_l·φ′(h_l), and LogNorm is the sum of their logarithms.
func TestTrace_product(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, input, _ := networks(t, false)
		trace := n.Trace(input, []float64{1})
		product, log := 1.0, 0.0
		for l := range n.Weight {
			product *= trace.Factor[l][0]
			log += logAbs(trace.Factor[l][0])
		}
		if math.Abs(product) > 1e-290 && !(math.Abs(trace.InputGrad[0]/product-1) <= 1e-14) {
			t.Errorf("gradient %v, product %v", trace.InputGrad[0], product)
		}
		if (product == 0 && !math.IsInf(trace.LogNorm, -1) && math.IsInf(log, -1)) || // an exact 0
			(!math.IsInf(log, -1) && !(math.Abs(trace.LogNorm-log) <= 1e-12*(1+math.Abs(log)))) {
			t.Errorf("log norm %v, sum of logs %v", trace.LogNorm, log)
		}
	})
}

// logAbs is log|x|. math.Log is wrong for subnormal numbers on amd64.
func logAbs(x float64) float64 {
	fraction, exponent := math.Frexp(math.Abs(x))
	return math.Log(fraction) + float64(exponent)*math.Ln2
}

// TestTrace_deep: LogNorm goes on where the gradient itself has underflowed.
func TestTrace_deep(t *testing.T) {
	n := Network{Activation: activation.MustParse("sigmoid"), Weight: make([]float64, 10_000)}
	for l := range n.Weight {
		n.Weight[l] = 1e-300 // so that every pre-activation is 0 to the last bit, and φ′ = ¼
	}
	trace := n.Trace([]float64{0.5}, []float64{1})
	want := 10_000 * (math.Log(1e-300) - math.Log(4))
	if got := trace.LogNorm; !(math.Abs(got/want-1) <= 1e-13) || trace.InputGrad[0] != 0 {
		t.Errorf("log norm %v, want %v; gradient %v, want 0", got, want, trace.InputGrad[0])
	}
}

// TestTrace_scaleInvariance: batch normalisation at ε = 0 makes the output blind to
// the scale of the weights (Ioffe & Szegedy 2015, section 3.3). Powers of two show it
// without rounding.
func TestTrace_scaleInvariance(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, input, u := networks(t, true)
		n.Epsilon, n.Bias = 0, nil
		for i := range input { // powers of two are exact while nothing underflows
			input[i], u[i] = input[i]+math.Copysign(1, input[i]), u[i]+math.Copysign(1, u[i])
		}
		for l, w := range n.Weight {
			n.Weight[l] = w + math.Copysign(0.5, w)
		}
		exponent := rapid.IntRange(-100, 100).Draw(t, "exponent")
		scaled := n
		scaled.Weight = make([]float64, len(n.Weight))
		for l, w := range n.Weight {
			scaled.Weight[l] = math.Ldexp(w, exponent)
		}
		a, b := n.Trace(input, u), scaled.Trace(input, u)
		if a.Output != b.Output {
			t.Errorf("output %v, with scaled weights %v", a.Output, b.Output)
		}
		for l := range n.Weight {
			if got, want := b.WeightGrad[l], math.Ldexp(a.WeightGrad[l], -exponent); got != want {
				t.Errorf("∂/∂w_%d = %v with weights times 2^%d, want %v", l+1, got, exponent, want)
			}
		}
	})
}

// TestTrace_radial: at ε = 0 the gradient is orthogonal to the weight; at width 1
// that is 0 itself, here to the rounding of terms of the size of the gradient with
// respect to the normalised values.
func TestTrace_radial(t *testing.T) {
	n := Network{Activation: activation.MustParse("tanh"), Weight: []float64{1.5, -0.7, 2.5}, Normalize: true}
	trace := n.Trace([]float64{0.3, -1.1, 0.8, 2.2, -0.4}, []float64{0.1, -0.5, 0.7, 0.2, 0.4})
	for l, g := range trace.WeightGrad {
		if !(math.Abs(g*n.Weight[l]) <= 1e-14) {
			t.Errorf("w_%d·∂/∂w_%d = %v, want 0", l+1, l+1, g*n.Weight[l])
		}
	}
	if !(trace.LogNorm > -10) {
		t.Errorf("log norm %v: the gradient with respect to the input is not 0", trace.LogNorm)
	}
}

// TestTrace_collapse: equal inputs normalise to 0/0, which the trace takes for 0.
func TestTrace_collapse(t *testing.T) {
	n := Network{Activation: activation.MustParse("sigmoid"), Weight: []float64{2, 3}, Normalize: true}
	trace := n.Trace([]float64{1, 1, 1}, []float64{1, 2, 3})
	if trace.Output != 3 || !math.IsInf(trace.LogNorm, -1) {
		t.Errorf("output %v, want σ(0)·(1 + 2 + 3) = 3; log norm %v, want −Inf", trace.Output, trace.LogNorm)
	}
	n.Epsilon = 1e-2 // now ∂ĥ/∂h = 10·(I − 11ᵀ/3), φ′ = ¼
	trace = n.Trace([]float64{1, 1, 1}, []float64{1, 2, 3})
	want := math.Log(2 * 3 * 10 * 10 / 16. * math.Sqrt2)
	if !(math.Abs(trace.LogNorm-want) <= 1e-13) {
		t.Errorf("log norm %v with ε, want %v", trace.LogNorm, want)
	}
}

func TestTrace_panics(t *testing.T) {
	for _, tt := range []struct {
		reason string
		run    func()
	}{
		{"inputs and output weights differ", func() { Network{}.Trace([]float64{1}, nil) }},
		{"weights and biases differ", func() {
			Network{Weight: []float64{1}, Bias: []float64{1, 2}}.Trace(nil, nil)
		}},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", tt.reason)
				}
			}()
			tt.run()
		}()
	}
}
