package network

import (
	"context"
	"math"
	"testing"

	"gonum.org/v1/gonum/num/dual"

	"gradchain/sim/model"
	"gradchain/sim/stream"
	"gradchain/theory/activation"
)

// explicit is a small network of explicit weights in linear domain: the definition.
type explicit struct {
	widths []int
	w      [][]float64 // W_ij of layer l at l−1, at i·fan-in + j
	b      [][]float64
}

// output returns u·x^L on dual numbers, from an activation x of layer l.
func (n explicit) output(phi func(dual.Number) dual.Number, l int, x []dual.Number, u []float64) (out dual.Number) {
	for ; l < len(n.w); l++ {
		x = n.layer(phi, l, x)
	}
	for i, v := range x {
		out = dual.Add(out, dual.Scale(u[i], v))
	}
	return out
}

func (n explicit) layer(phi func(dual.Number) dual.Number, l int, x []dual.Number) []dual.Number {
	next := make([]dual.Number, n.widths[l+1])
	for i := range next {
		h := dual.Number{Real: n.b[l][i]}
		for j, v := range x {
			h = dual.Add(h, dual.Scale(n.w[l][i*len(x)+j], v))
		}
		next[i] = phi(h)
	}
	return next
}

// smallNetwork is a network of the given activation with weights set by a stream, as
// engine and as definition, and the u that the engine draws.
func smallNetwork(t *testing.T, phi string) (*dense, explicit, []float64) {
	m := model.Dense{Activation: activation.MustParse(phi), WeightStd: 1.5, BiasStd: 0.3, Widths: []int{3, 5, 6, 4}, Input: []float64{0.3, -1.1, 0.7}}
	e, w := fix(t, m)
	n := explicit{widths: m.Widths, b: w.b}
	var d normals
	src := stream.Key{Purpose: "weights " + phi}.Source(stream.Xoshiro)
	for l := range w.w {
		d.fill(src, w.w[l])
		d.fill(src, w.b[l])
		scale(w.b[l], m.BiasStd)
		n.w = append(n.w, append([]float64(nil), w.w[l]...))
		scale(n.w[l], 1.5/math.Sqrt(float64(m.Widths[l])))
	}
	u := make([]float64, 4)
	d.sphere(source(t), u, 1) // the first that the engine draws from this stream
	return e, n, u
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
// the tangent, against dual numbers, to 1e-12 relatively.
func TestSample_automaticDifferentiation(t *testing.T) {
	for phi, f := range duals {
		e, n, u := smallNetwork(t, phi)
		got := mustSample(t, e, source(t))
		x := make([]dual.Number, len(e.input))
		for j, v := range e.input {
			x[j].Real = v
		}
		for l := range e.widths {
			moment, gradient := 0.0, 0.0
			for j := range x {
				moment += x[j].Real * x[j].Real / float64(len(x))
				x[j].Emag = 1 // ∂x_j; at l > 0 times φ′(h_j) it is ∂h_j
				if l > 0 {
					h := dual.Number{Real: e.h[l-1][j], Emag: 1}
					x[j].Emag = f(h).Emag
				}
				d := n.output(f, l, x, u).Emag
				gradient += d * d
				x[j].Emag = 0
			}
			if want := math.Log(moment); got.LogSquare[l] != want && !(math.Abs(got.LogSquare[l]-want) <= 1e-12) {
				t.Errorf("%s, layer %d: log second moment %v, want %v", phi, l, got.LogSquare[l], want)
			}
			if want := math.Log(gradient) / 2; got.LogGradNorm[l] != want && !(math.Abs(got.LogGradNorm[l]-want) <= 1e-12) {
				t.Errorf("%s, layer %d: log gradient norm %v, want %v", phi, l, got.LogGradNorm[l], want)
			}
			if l < len(n.w) {
				x = n.layer(f, l, x)
			}
		}
		tangent(t, e, n, f)
	}
}

// tangent compares the tangent of the engine with the derivative along v.
func tangent(t *testing.T, e *dense, n explicit, f func(dual.Number) dual.Number) {
	got := make([]float64, len(e.widths))
	if err := e.Tangent(context.Background(), source(t), got); err != nil {
		t.Fatal(err)
	}
	v := make([]float64, len(e.input))
	e.normals.sphere(source(t), v, 1)
	x := make([]dual.Number, len(v))
	for j := range x {
		x[j] = dual.Number{Real: e.input[j], Emag: v[j]}
	}
	for l := range got {
		sum := 0.0
		for _, d := range x {
			sum += d.Emag * d.Emag
		}
		if want := math.Log(sum) / 2; got[l] != want && !(math.Abs(got[l]-want) <= 1e-12) {
			t.Errorf("layer %d: log tangent %v, want %v", l, got[l], want)
		}
		if l < len(n.w) {
			x = n.layer(f, l, x)
		}
	}
}

// TestSample_finiteDifferences: the gradient with respect to the input of every
// activation, by central differences of the definition with φ of package activation.
// Steps of 1e-5 are good to 1e-8 of the largest element away from kinks.
func TestSample_finiteDifferences(t *testing.T) {
	for _, a := range activation.All() {
		e, n, u := smallNetwork(t, a.String())
		got := mustSample(t, e, source(t)).LogGradNorm[0]
		phi := func(z dual.Number) dual.Number { return dual.Number{Real: a.Phi(z.Real)} }
		sum := 0.0
		for j := range e.input {
			var value [2]float64
			for side, step := range []float64{-1e-5, 1e-5} {
				x := make([]dual.Number, len(e.input))
				for i, v := range e.input {
					x[i].Real = v
				}
				x[j].Real += step
				value[side] = n.output(phi, 0, x, u).Real
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
