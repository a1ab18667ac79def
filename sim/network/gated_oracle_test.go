package network

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/num/dual"

	"gradchain/sim/model"
	"gradchain/theory/recurrent"
)

// affineDual returns W x + b on dual numbers.
func (t *tied) affineDual(k int, x []dual.Number) []dual.Number {
	out := make([]dual.Number, len(x))
	for i := range out {
		out[i].Real = t.b[k][i]
		for j, v := range x {
			if t.gain > 0 {
				out[i] = dual.Add(out[i], dual.Scale(t.gain*t.w[k][i*len(x)+j], v))
			}
		}
	}
	return out
}

func dualLogistic(z dual.Number) dual.Number {
	return dual.Inv(dual.Add(dual.Number{Real: 1}, dual.Exp(dual.Scale(-1, z))))
}

// lstmDual is a step of an LSTM by its equations, on the state (h, c).
func (t *tied) lstmDual(s []dual.Number) []dual.Number {
	n := len(s) / 2
	f, i, o, g := t.affineDual(0, s[:n]), t.affineDual(1, s[:n]), t.affineDual(2, s[:n]), t.affineDual(3, s[:n])
	next := make([]dual.Number, 2*n)
	for j := range n {
		next[n+j] = dual.Add(dual.Mul(dualLogistic(f[j]), s[n+j]), dual.Mul(dualLogistic(i[j]), dual.Tanh(g[j])))
		next[j] = dual.Mul(dualLogistic(o[j]), dual.Tanh(next[n+j]))
	}
	return next
}

// gruDual is a step of a GRU by its equations.
func (t *tied) gruDual(h []dual.Number) []dual.Number {
	z, r, inner := t.affineDual(0, h), t.affineDual(1, h), make([]dual.Number, len(h))
	for j, x := range h {
		inner[j] = dual.Mul(dualLogistic(r[j]), x)
	}
	n, next := t.affineDual(2, inner), make([]dual.Number, len(h))
	for j, x := range h {
		keep := dualLogistic(z[j])
		next[j] = dual.Add(dual.Mul(keep, x), dual.Mul(dual.Sub(dual.Number{Real: 1}, keep), dual.Tanh(n[j])))
	}
	return next
}

// TestGated_automaticDifferentiation: on weights that the engine has drawn, the moments
// and gradients of every step and the tangents against dual numbers, to 1e-12
// relatively.
func TestGated_automaticDifferentiation(t *testing.T) {
	for _, m := range []model.Gated{
		{Cell: model.LSTM, Width: 5, Depth: 7, WeightStd: 1.5, BiasStd: 0.3, ForgetBias: 1},
		{Cell: model.LSTM, Width: 4, Depth: 3, WeightStd: 1, State: []float64{1, 2, -1, 0, 0.5, -3, 0, 0.1}},
		{Cell: model.LSTM, Width: 3, Depth: 4, BiasStd: 1},
		{Cell: model.LSTM, Width: 1, Depth: 1, WeightStd: 2, BiasStd: 1},
		{Cell: model.GRU, Width: 5, Depth: 7, WeightStd: 1.5, BiasStd: 0.3, ForgetBias: 1},
		{Cell: model.GRU, Width: 4, Depth: 3, WeightStd: 3, State: []float64{1, 2, -1, 0}},
		{Cell: model.GRU, Width: 1, Depth: 2, WeightStd: 2, BiasStd: 1},
	} {
		e, src := mustGated(t, m)
		if err := e.forward(t.Context(), src); err != nil {
			t.Fatal(err)
		}
		g := given{Depth: m.Depth, W: [][][]float64{make([][]float64, m.Width)}, U: make([]float64, m.Width), V: make([]float64, m.StateSize())}
		e.normals.fill(src, g.U)
		e.normals.fill(src, g.V)
		got, tangent := g.grad(t, e), g.tangent(t, e)
		step := e.weights.gruDual
		if m.Cell == model.LSTM {
			step = e.weights.lstmDual
		}
		// norms at step to of the derivative of from … to along v, and of the state
		run := func(from, to int, v func(i int) float64) []dual.Number {
			var s []dual.Number
			for i, x := range append(append([]number(nil), e.steps[from].h...), e.steps[from].c...) {
				s = append(s, dual.Number{Real: x.float(), Emag: v(i)})
			}
			for range to - from {
				s = step(s)
			}
			return s
		}
		for at := range m.Depth + 1 {
			gradient, square, push := 0.0, 0.0, 0.0
			for j := range m.StateSize() {
				d := 0.0
				for i, x := range run(at, m.Depth, func(i int) float64 { return float64(b2i(i == j)) })[:m.Width] {
					d += g.U[i] * x.Emag
				}
				gradient += d * d
			}
			for i, x := range run(0, at, func(i int) float64 { return g.V[i] }) {
				push += x.Emag * x.Emag
				if i < m.Width {
					square += x.Real * x.Real / float64(m.Width)
				}
			}
			for _, c := range []struct {
				name      string
				got, want float64
			}{
				{"second moment", got.LogSquare[at], math.Log(square)},
				{"gradient norm", got.LogGradNorm[at], math.Log(gradient) / 2},
				{"tangent", tangent[at], math.Log(push) / 2},
			} {
				if !(math.Abs(c.got-c.want) <= 1e-12) {
					t.Errorf("%v, step %d: log %s %v, want %v", m, at, c.name, c.got, c.want)
				}
			}
		}
	}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// TestGated_constantGates: without recurrence a gate is a constant σ(b) and its product
// exact: 2^−T at b = 0, 0.731^T at b = 1, 1/e with the chrono bias. Without biases the
// candidate is 0, so c and, of a GRU, h are that product times what they were; of an
// LSTM, u·h_T has the gradient f^T·½·tanh′(c_T) u.
func TestGated_constantGates(t *testing.T) {
	chrono, err := recurrent.ChronoBias(1000)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		reason string
		bias   float64
		depth  int
		want   float64 // T log σ(b), where another source has it
	}{
		{"one step", 0, 1, -math.Ln2},
		{"2^−T", 0, 10_000, -10_000 * math.Ln2},
		{"Gers' bias of 1: 2.5e-14 after 100 steps", 1, 100, -31.32616875182228},
		{"chrono: (1 − 1/T)^T", chrono, 1000, 1000 * math.Log1p(-1e-3)},
		{"σ underflows", -800, 1000, -8e5},
		{"1 − σ underflows", 800, 1000, 0},
		{"between", 40, 1000, -1000 * math.Exp(-40)},
	} {
		for _, cell := range []model.Cell{model.LSTM, model.GRU} {
			for _, width := range []int{1, 3} {
				s := mustGatedSample(t, model.Gated{Cell: cell, Width: width, Depth: tt.depth, ForgetBias: tt.bias})
				theory, err := recurrent.LSTMLogMemory(tt.bias, tt.depth)
				if err != nil {
					t.Fatal(err)
				}
				near := func(name string, got, want float64) {
					t.Helper()
					if !(math.Abs(got-want) <= 2e-12*(1+math.Abs(want))) {
						t.Errorf("%s, %v of width %d: %s %v, want %v", tt.reason, cell, width, name, got, want)
					}
				}
				near("theory", theory, tt.want)
				near("carousel", s.LogCarousel[0], tt.want)
				near("half the carousel", s.LogCarousel[tt.depth/2], tt.want*float64(tt.depth-tt.depth/2)/float64(tt.depth))
				if cell == model.GRU {
					near("‖h‖²", s.LogSquare[tt.depth], 2*tt.want)
					near("gradient", s.LogGradNorm[0], tt.want)
					continue
				}
				near("‖c‖²", s.LogCell[tt.depth], 2*tt.want)
				if tt.want < -50 { // tanh is linear
					near("‖h‖²", s.LogSquare[tt.depth], 2*tt.want-2*math.Ln2)
					near("gradient", s.LogGradNorm[0], tt.want-math.Ln2)
				} else if width == 1 { // |c_0| = 1
					kept := math.Exp(tt.want)
					near("‖h‖²", s.LogSquare[tt.depth], 2*math.Log(math.Tanh(kept)/2))
					near("gradient", s.LogGradNorm[0], tt.want-math.Ln2-2*math.Log(math.Cosh(kept)))
				}
			}
		}
	}
}

// TestGated_randomGates: without recurrence the gates of a step are independent with
// normal pre-activations, and the mean of log f over n units is E log σ(b + z) within
// 6.11 of its standard errors, of at most √(q/n) since log σ has slopes below 1: a
// correct engine fails with probability below 1e-9 each.
func TestGated_randomGates(t *testing.T) {
	const n = 20_000
	for _, tt := range []struct{ bias, std float64 }{{0, 1}, {1, 1}, {-3, 0.1}, {5, 3}} {
		for _, cell := range []model.Cell{model.LSTM, model.GRU} {
			want, err := recurrent.LSTMGateLyapunov(tt.bias, tt.std*tt.std)
			if err != nil {
				t.Fatal(err)
			}
			s := mustGatedSample(t, model.Gated{Cell: cell, Width: n, Depth: 2, BiasStd: tt.std, ForgetBias: tt.bias})
			if got, d := s.LogCarousel[0]/2, 6.11*tt.std/math.Sqrt(n); !(math.Abs(got-want) <= d) {
				t.Errorf("%v, bias %v, std %v: mean log gate %v, want %v within %v", cell, tt.bias, tt.std, got, want, d)
			}
		}
	}
}

// TestGated_draw: the weights have variance σ_w²/n, and all biases mean 0 but that of
// the gate that keeps, within 6.11 standard errors.
func TestGated_draw(t *testing.T) {
	const n = 100
	m := model.Gated{Cell: model.LSTM, Width: n, Depth: 1, WeightStd: 1.7, BiasStd: 0.4, ForgetBias: 3}
	e, src := mustGated(t, m)
	if err := e.forward(t.Context(), src); err != nil {
		t.Fatal(err)
	}
	within := func(name string, got, want, err float64) {
		t.Helper()
		if !(math.Abs(got-want) <= 6.11*err) {
			t.Errorf("%s %v, want %v within %v", name, got, want, 6.11*err)
		}
	}
	for k, w := range e.weights.w {
		square, mean := 0.0, 0.0
		for _, x := range w {
			square += x * e.weights.gain * x * e.weights.gain
		}
		for _, b := range e.weights.b[k] {
			mean += b / n
		}
		within("σ_w²", square/n, 1.7*1.7, 1.7*1.7*math.Sqrt(2.0/n/n))
		within("mean bias", mean, []float64{3, 0, 0, 0}[k], 0.4/math.Sqrt(n))
	}
	state := logSquares(e.v, e.steps[0].h) + logSquares(e.v, e.steps[0].c)
	within("log ‖h_0‖²‖c_0‖²", state, 2*math.Log(n), 1e-15)
}
