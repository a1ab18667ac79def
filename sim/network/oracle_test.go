package network

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/num/dual"

	"gradchain/sim/model"
	"gradchain/sim/stream"
	"gradchain/theory/activation"
)

// explicit is a network of explicit weights in linear domain: the definition.
type explicit struct {
	model.Dense
	w, b  [][]float64                    // of layer l at l−1, W_ij at i·fan-in + j
	nudge func(l int, x [][]dual.Number) // changes the signals of a layer
}

// run returns the signals of all layers and inputs, x⁰ among them, on dual numbers. A
// kick changes pre-activations of a layer before anything is done with them.
func (n explicit) run(phi func(dual.Number) dual.Number, x [][]dual.Number, kick func(l int, h [][]dual.Number)) [][][]dual.Number {
	out := [][][]dual.Number{x}
	for l, units := range n.Layers()[1:] {
		at := l
		if n.Tied {
			at = 0
		}
		h := make([][]dual.Number, len(x))
		for j := range x {
			for i := range units {
				sum := dual.Number{Real: n.b[at][i]}
				for k, v := range x[j] {
					sum = dual.Add(sum, dual.Scale(n.w[at][i*len(x[j])+k], v))
				}
				h[j] = append(h[j], sum)
			}
		}
		if kick != nil {
			kick(l+1, h)
		}
		x = n.layer(phi, x, h)
		if n.nudge != nil {
			n.nudge(l+1, x)
		}
		out = append(out, x)
	}
	return out
}

// layer returns what follows the pre-activations.
func (n explicit) layer(phi func(dual.Number) dual.Number, x, h [][]dual.Number) [][]dual.Number {
	if !n.NormAfter {
		h = n.normalize(h)
	}
	for j := range h {
		for i := range h[j] {
			h[j][i] = phi(h[j][i])
		}
	}
	if n.NormAfter {
		h = n.normalize(h)
	}
	for j := range h {
		for i := range h[j] {
			if n.Skip {
				h[j][i] = dual.Add(x[j][i], dual.Scale(n.Alpha, h[j][i]))
			}
		}
	}
	return h
}

// normalize is the normalisation, by its definition.
func (n explicit) normalize(h [][]dual.Number) [][]dual.Number {
	switch n.Norm {
	case model.NoNorm:
		return h
	case model.BatchNorm:
		h = transpose(h)
		for i := range h {
			standardize(h[i], n.Epsilon, true)
		}
		return transpose(h)
	}
	for j := range h {
		standardize(h[j], n.Epsilon, n.Norm == model.LayerNorm)
	}
	return h
}

func transpose(h [][]dual.Number) [][]dual.Number {
	out := make([][]dual.Number, len(h[0]))
	for i := range out {
		for j := range h {
			out[i] = append(out[i], h[j][i])
		}
	}
	return out
}

// standardize sets h to 0 where all are equal and ε is 0.
func standardize(h []dual.Number, epsilon float64, centred bool) {
	per := 1 / float64(len(h))
	var origin, mean, variance dual.Number
	if centred {
		origin = h[0]
	}
	for i, v := range h {
		h[i] = dual.Sub(v, origin)
		mean = dual.Add(mean, dual.Scale(per, h[i]))
	}
	for i, v := range h {
		if centred {
			h[i] = dual.Sub(v, mean)
		}
		variance = dual.Add(variance, dual.Scale(per, dual.Mul(h[i], h[i])))
	}
	variance.Real += epsilon
	factor := dual.Number{}
	if variance.Real > 0 {
		factor = dual.Inv(dual.Sqrt(variance))
	}
	for i, v := range h {
		h[i] = dual.Mul(factor, v)
	}
}

// at returns the inputs as dual numbers.
func (n explicit) at() [][]dual.Number {
	width := n.Layers()[0]
	x := make([][]dual.Number, n.Inputs())
	for j := range x {
		for _, v := range n.Input[j*width : (j+1)*width] {
			x[j] = append(x[j], dual.Number{Real: v})
		}
	}
	return x
}

// output returns Σ_j u_j·x_j.
func output(x [][]dual.Number, u []vector) (out dual.Number) {
	for j := range x {
		for i, v := range x[j] {
			out = dual.Add(out, dual.Scale(u[j].v[i], v))
		}
	}
	return out
}

// gradient returns the norm of the gradient at layer l, by one dual number for each
// pre-activation of each input.
func (n explicit) gradient(phi func(dual.Number) dual.Number, l int, u []vector) float64 {
	sum := 0.0
	for j := range n.Inputs() {
		for i := range n.Layers()[l] {
			x := n.at()
			if l == 0 {
				x[j][i].Emag = 1
			}
			layers := n.run(phi, x, func(layer int, h [][]dual.Number) {
				if layer == l {
					h[j][i].Emag = 1
				}
			})
			d := output(layers[len(layers)-1], u).Emag
			sum += d * d
		}
	}
	return rootOf(sum)
}

// stream returns the norm of the gradient at the signals of layer l.
func (n explicit) stream(phi func(dual.Number) dual.Number, l int, u []vector) float64 {
	sum := 0.0
	for j := range n.Inputs() {
		for i := range n.Layers()[l] {
			bump := func(layer int, x [][]dual.Number) {
				if layer == l {
					x[j][i].Emag = 1
				}
			}
			x := n.at()
			bump(0, x)
			n.nudge = bump
			layers := n.run(phi, x, nil)
			d := output(layers[len(layers)-1], u).Emag
			sum += d * d
		}
	}
	return rootOf(sum)
}

// rootOf returns the root of a sum of squares, 0 where that is 0 but for rounding: terms of
// order 1 cancel to some 2^−53 each, fused with their sums or not, and leave 2e-28; the
// least sum of the tests that is not 0 is 3e-11.
func rootOf(sum float64) float64 {
	if sum < 1e-26 {
		return 0
	}
	return math.Sqrt(sum)
}

// smallNetwork is a network of the given activation with weights set by a stream, as
// engine and as definition, and the u that the engine draws.
func smallNetwork(t *testing.T, m model.Dense) (*dense, explicit, []vector) {
	t.Helper()
	if m.Input == nil {
		for i := range m.Inputs() * m.Layers()[0] {
			m.Input = append(m.Input, 1.2*math.Sin(float64(1+3*i)))
		}
	}
	if err := m.Validate(); err != nil {
		t.Fatal(err)
	}
	e, w := fix(t, m)
	n := explicit{Dense: m, b: w.b}
	var d normals
	src := stream.Key{Purpose: "weights", Config: m.Canonical()}.Source(stream.Xoshiro)
	for l := range w.w {
		d.fill(src, w.w[l])
		d.fill(src, w.b[l])
		scale(w.b[l], m.BiasStd)
		n.w = append(n.w, slices.Clone(w.w[l]))
		scale(n.w[l], m.WeightStd/math.Sqrt(float64(m.Layers()[l])))
	}
	widths := m.Layers()
	u := e.unit(source(t), nil, m.Inputs(), widths[len(widths)-1]) // the first that the engine draws from this stream
	return e, n, u
}

// plain is a network of the given activation of unequal widths.
func plain(phi string) model.Dense {
	return model.Dense{
		Activation: activation.MustParse(phi), WeightStd: 1.5, BiasStd: 0.3, Widths: []int{3, 5, 6, 4}, Input: []float64{0.3, -1.1, 0.7},
	}
}

// duals are activations on dual numbers, by their definitions.
var duals = map[string]func(z dual.Number) dual.Number{
	"linear":  func(z dual.Number) dual.Number { return z },
	"tanh":    dual.Tanh,
	"sin":     dual.Sin,
	"arctan":  dual.Atan,
	"sigmoid": logistic,
	"silu":    func(z dual.Number) dual.Number { return dual.Mul(z, logistic(z)) },
	"softplus": func(z dual.Number) dual.Number {
		return dual.Log(dual.Add(dual.Number{Real: 1}, dual.Exp(z)))
	},
	"mish": func(z dual.Number) dual.Number {
		return dual.Mul(z, dual.Tanh(dual.Log(dual.Add(dual.Number{Real: 1}, dual.Exp(z)))))
	},
	"gelu_tanh": func(z dual.Number) dual.Number {
		cube := dual.Mul(z, dual.Mul(z, z))
		y := dual.Scale(math.Sqrt(2/math.Pi), dual.Add(z, dual.Scale(0.044715, cube)))
		return dual.Mul(z, logistic(dual.Scale(2, y)))
	},
	"relu":            func(z dual.Number) dual.Number { return halves(z, 0) },
	"leaky_relu(0.1)": func(z dual.Number) dual.Number { return halves(z, 0.1) },
	"elu(1)": func(z dual.Number) dual.Number {
		if z.Real > 0 {
			return z
		}
		return dual.Add(dual.Exp(z), dual.Number{Real: -1})
	},
}

func logistic(z dual.Number) dual.Number {
	return dual.Inv(dual.Add(dual.Number{Real: 1}, dual.Exp(dual.Scale(-1, z))))
}

func halves(z dual.Number, slope float64) dual.Number {
	if z.Real > 0 {
		return z
	}
	return dual.Scale(slope, z)
}

// TestSample_automaticDifferentiation: signal and gradient norms at every layer, and
// the tangent, against dual numbers, to 1e-12 relatively, for every activation.
func TestSample_automaticDifferentiation(t *testing.T) {
	for phi := range duals {
		differentiate(t, phi, plain(phi))
	}
}

// TestSample_architectures: the same for every stage that a layer can have.
func TestSample_architectures(t *testing.T) {
	for name, change := range map[string]func(*model.Dense){
		"a batch":               func(m *model.Dense) { m.Batch = 3 },
		"residual":              func(m *model.Dense) { m.Skip, m.Alpha = true, 0.7 },
		"residual, no branch":   func(m *model.Dense) { m.Skip = true },
		"recurrent":             func(m *model.Dense) { m.Tied = true },
		"recurrent residual":    func(m *model.Dense) { m.Tied, m.Skip, m.Alpha, m.Batch = true, true, 0.7, 2 },
		"batch norm of 2":       func(m *model.Dense) { m.Norm, m.Batch, m.Epsilon = model.BatchNorm, 2, 0.01 },
		"batch norm of 3":       func(m *model.Dense) { m.Norm, m.Batch = model.BatchNorm, 3 },
		"batch norm of 5, ε":    func(m *model.Dense) { m.Norm, m.Batch, m.Epsilon = model.BatchNorm, 5, 0.1 },
		"layer norm":            func(m *model.Dense) { m.Norm = model.LayerNorm },
		"layer norm of 2, ε":    func(m *model.Dense) { m.Norm, m.Batch, m.Epsilon = model.LayerNorm, 2, 0.1 },
		"rms norm":              func(m *model.Dense) { m.Norm = model.RMSNorm },
		"rms norm of 2, ε":      func(m *model.Dense) { m.Norm, m.Batch, m.Epsilon = model.RMSNorm, 2, 0.1 },
		"all at once":           func(m *model.Dense) { m.Norm, m.Batch, m.Skip, m.Alpha, m.Tied = model.BatchNorm, 4, true, 2, true },
		"layer norm, recurrent": func(m *model.Dense) { m.Norm, m.Tied, m.Skip, m.Alpha = model.LayerNorm, true, true, 0.5 },
		"a large ε":             func(m *model.Dense) { m.Norm, m.Batch, m.Epsilon = model.BatchNorm, 3, 10 },
		"two inputs that are one": func(m *model.Dense) {
			m.Norm, m.Batch = model.BatchNorm, 3
			m.Input = []float64{1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 0, 1, 0, 2, -1}
		},
	} {
		for _, phi := range []string{"tanh", "relu", "gelu_tanh", "sigmoid"} {
			for _, after := range []bool{false, true} {
				m := square(phi, 5, 3)
				m.WeightStd, m.BiasStd = 1.5, 0.3
				change(&m)
				if after && m.Norm == model.NoNorm {
					continue
				}
				m.NormAfter = after
				differentiate(t, fmt.Sprintf("%s, %s, after %v", name, phi, after), m)
			}
		}
	}
}

// differentiate compares signals, gradients and tangents with dual numbers.
func differentiate(t *testing.T, reason string, m model.Dense) {
	t.Helper()
	e, n, u := smallNetwork(t, m)
	f := duals[m.Activation.String()]
	got := mustSample(t, e, source(t))
	layers := n.run(f, n.at(), nil)
	for l, x := range layers {
		moment, norms := 0.0, [2]float64{}
		for j := range x {
			for _, v := range x[j] {
				moment += v.Real * v.Real / float64(len(x)*len(x[j]))
				if j < 2 {
					norms[j] += v.Real * v.Real
				}
			}
		}
		check(t, fmt.Sprintf("%s: log second moment at %d", reason, l), got.LogSquare[l], math.Log(moment))
		check(t, fmt.Sprintf("%s: log gradient norm at %d", reason, l), got.LogGradNorm[l], math.Log(n.gradient(f, l, u)))
		if m.Skip {
			check(t, fmt.Sprintf("%s: log gradient norm at the stream at %d", reason, l), got.LogStreamNorm[l], math.Log(n.stream(f, l, u)))
		} else if !math.IsNaN(got.LogStreamNorm[l]) || got.Gradient(l) != got.LogGradNorm[l] {
			t.Errorf("%s: a stream of gradient %v", reason, got.LogStreamNorm[l])
		}
		if len(x) > 1 {
			dot := 0.0
			for i, v := range x[0] {
				dot += v.Real * x[1][i].Real
			}
			if norms[0]*norms[1] > 0 {
				check(t, fmt.Sprintf("%s: correlation at %d", reason, l), got.Correlation[l], dot/math.Sqrt(norms[0]*norms[1]))
			} else if !math.IsNaN(got.Correlation[l]) {
				t.Errorf("%s: correlation %v with a signal of 0", reason, got.Correlation[l])
			}
		} else if !math.IsNaN(got.Correlation[l]) {
			t.Errorf("%s: correlation %v of one input", reason, got.Correlation[l])
		}
	}
	tangent(t, reason, e, n, f)
}

// check compares logarithms to 2e-12. Both may be −Inf.
func check(t *testing.T, reason string, got, want float64) {
	t.Helper()
	if got != want && !(math.Abs(got-want) <= 2e-12) {
		t.Errorf("%s: %v, want %v", reason, got, want)
	}
}

// tangent compares the tangent of the engine with the derivative along v.
func tangent(t *testing.T, reason string, e *dense, n explicit, f func(dual.Number) dual.Number) {
	t.Helper()
	got := make([]float64, len(e.widths))
	if err := e.Tangent(context.Background(), source(t), got); err != nil {
		t.Fatal(err)
	}
	v := e.direction(source(t), nil)
	x := n.at()
	for j := range x {
		for i := range x[j] {
			x[j][i].Emag = v[j].v[i]
		}
	}
	for l, x := range n.run(f, x, nil) {
		sum := 0.0
		for j := range x {
			for _, d := range x[j] {
				sum += d.Emag * d.Emag
			}
		}
		check(t, fmt.Sprintf("%s: log tangent at %d", reason, l), got[l], math.Log(rootOf(sum)))
	}
}

// TestSample_finiteDifferences: the gradient with respect to the input of every
// activation, by central differences of the definition with φ of package activation.
// Steps of 1e-5 are good to 1e-8 of the largest element away from kinks.
func TestSample_finiteDifferences(t *testing.T) {
	for _, a := range activation.All() {
		e, n, u := smallNetwork(t, plain(a.String()))
		got := mustSample(t, e, source(t)).LogGradNorm[0]
		phi := func(z dual.Number) dual.Number { return dual.Number{Real: a.Phi(z.Real)} }
		sum := 0.0
		for j := range e.input.given {
			var value [2]float64
			for side, step := range []float64{-1e-5, 1e-5} {
				x := n.at()
				x[0][j].Real += step
				value[side] = output(n.run(phi, x, nil)[3], u).Real
			}
			d := (value[1] - value[0]) / 2e-5
			sum += d * d
		}
		if want := math.Log(sum) / 2; got != want && !(math.Abs(got-want) <= 1e-7) {
			t.Errorf("%v: log gradient norm %v, by differences %v", a, got, want)
		}
	}
}

// TestSample_decay: units at the end where φ decays, of which φ and φ′ underflow.
// log φ(z)² and log φ′(z) by mpmath 1.3 at 60 to 2000 digits, from the definitions.
func TestSample_decay(t *testing.T) {
	for _, tt := range []struct {
		phi                 string
		z, square, gradient float64
	}{
		{"sigmoid", -800, -1600.0, -800.0},
		{"softplus", -800, -1600.0, -800.0},
		{"log_sigmoid", 800, -1600.0, -800.0},
		{"silu", -800, -1586.6307765446641454, -793.31663905423372533},
		{"mish", -800, -1586.6307765446641454, -793.31663905423372533},
		{"gelu", -100, -10001.838077016433995, -4996.3138683422189135},
		{"gelu_tanh", -30, -3942.1038312534329659, -1965.7829218255002529},
	} {
		e, w := fix(t, model.Dense{Activation: activation.MustParse(tt.phi), WeightStd: 1, Widths: []int{1, 2, 1}, Input: []float64{1}})
		copy(w.w[0], []float64{tt.z, tt.z}) // twice, so that log ‖x‖²/n is that of one
		copy(w.w[1], []float64{math.Sqrt2, 0})
		got := mustSample(t, e, source(t))
		if !near12(got.LogSquare[1], tt.square) {
			t.Errorf("%s(%v): log second moment %v, want %v", tt.phi, tt.z, got.LogSquare[1], tt.square)
		}
		// W² = (1, 0): only one unit has a gradient, φ′(0)·φ′(z)
		want := math.Log(math.Abs(activation.MustParse(tt.phi).DPhi(0))) + tt.gradient
		if !near12(got.LogGradNorm[1], want) {
			t.Errorf("%s(%v): log gradient norm %v, want %v", tt.phi, tt.z, got.LogGradNorm[1], want)
		}
	}
}
