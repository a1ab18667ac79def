package network

import (
	"context"
	"math"
	"testing"

	"gradchain/sim/internal/kernel"
	"gradchain/sim/model"
	"gradchain/sim/stream"
	"gradchain/theory/activation"
)

// tape keeps the words that it passes on.
type tape struct {
	stream.Source
	words []uint64
}

func (s *tape) Fill(dst []uint64) {
	s.Source.Fill(dst)
	s.words = append(s.words, dst...)
}

// replay hands out words again.
type replay struct{ words []uint64 }

func (s *replay) Fill(dst []uint64) { s.words = s.words[copy(dst, s.words):] }

// completing is the engine Law with words of its own, completing after the way back
// of each layer the weights that Law has not drawn.
type completing struct {
	*conditional
	src stream.Source
	to  *matrix
}

func (c *completing) forward(_ stream.Source, l int, h []float64, x *vector) {
	c.conditional.forward(c.src, l, h, x)
}

func (c *completing) backward(_ stream.Source, l int, g []float64, through pass, delta *vector) {
	recorder := &tape{Source: c.src}
	c.conditional.backward(recorder, l, g, through, delta)
	draws := &replay{recorder.words}
	var d normals
	xi := make([]float64, len(g)+1)
	d.fill(draws, xi[:len(g)])
	if c.biasStd > 0 {
		d.fill(draws, xi[len(g):])
	}
	c.complete(l, through, delta.v, xi)
}

// complete sets W̃ = h x̃ᵀ/‖x̃‖² + H(1 − x̃x̃ᵀ/‖x̃‖²), H the Gaussian matrix of Hᵀδ =
// √a‖δ‖ξ̃ that is otherwise drawn afresh. The last column is that of the bias.
func (c *completing) complete(l int, through pass, delta, xi []float64) {
	gain, n, m := c.gain[l-1], len(through.h), len(through.x.v)
	kappa := math.Ldexp(c.biasStd, -int(through.x.exp)) / gain
	x := append(append([]float64(nil), through.x.v...), kappa)
	xx, dd := kernel.Dot(x, x), kernel.Dot(delta, delta)
	big := make([]float64, n*(m+1))
	var d normals
	d.fill(c.src, big)
	for j := range x {
		sum := 0.0
		for i := range n {
			sum += big[i*(m+1)+j] * delta[i]
		}
		for i := range n {
			big[i*(m+1)+j] += delta[i] * (xi[j]/math.Sqrt(dd) - sum/dd)
		}
	}
	for i := range n {
		row := big[i*(m+1) : (i+1)*(m+1)]
		along := kernel.Dot(row, x)
		for j := range row {
			row[j] += (through.h[i]/gain - along) * x[j] / xx
		}
		copy(c.to.w[l-1][i*m:], row[:m])
		c.to.b[l-1][i] = row[m] * c.biasStd // κ times the last column of √a·H
	}
}

// TestLaw_differential: on identical random numbers, with the weights that Law does
// not draw completed from its own draws, the explicit network has the same signal and
// the same gradient at every layer, to rounding.
func TestLaw_differential(t *testing.T) {
	tests := []struct {
		reason string
		phi    string
		std    float64
		bias   float64
		widths []int
		input  float64 // its scale
	}{
		{"width 1", "tanh", 1.5, 0.3, []int{1, 1, 1, 1}, 1},
		{"width 1 without biases", "tanh", 1.5, 0, []int{1, 1, 1, 1}, 1},
		{"widening", "gelu", 1.2, 0.5, []int{2, 3, 8, 33}, 1},
		{"narrowing", "silu", 1.2, 0.5, []int{40, 9, 3, 1}, 1},
		{"units die", "relu", 1.4, 0.1, []int{16, 16, 16, 16, 16}, 1},
		{"a large bias", "erf", 0.5, 50, []int{8, 8, 8}, 1},
		{"no bias", "sigmoid", 3, 0, []int{8, 8, 8}, 1},
		{"the signal needs an exponent", "tanh", 1e-30, 0, []int{8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8}, 1e-300},
		{"the signal explodes", "selu", 1e30, 1e30, []int{8, 8, 8, 8, 8, 8, 8, 8, 8}, 1e300},
		{"a wide layer", "tanh", 1, 0.1, []int{3, 2000, 3}, 1},
	}
	for _, tt := range tests {
		m := model.Dense{Activation: activation.MustParse(tt.phi), WeightStd: tt.std, BiasStd: tt.bias, Widths: tt.widths}
		m.Input = make([]float64, tt.widths[0])
		for i := range m.Input {
			m.Input[i] = tt.input * math.Cos(float64(i))
		}
		e, err := newDense(Law, m)
		if err != nil {
			t.Fatal(err)
		}
		explicit, w := fix(t, m)
		own := stream.Key{Purpose: tt.reason}.Source(stream.PCG)
		e.weights = &completing{conditional: e.weights.(*conditional), src: own, to: w}
		got, want := mustSample(t, e, source(t)), mustSample(t, explicit, source(t)) // both draw only u
		for l := range got.LogSquare {
			if !near12(got.LogSquare[l], want.LogSquare[l]) || !near12(got.LogGradNorm[l], want.LogGradNorm[l]) {
				t.Errorf("%s, layer %d: log second moment %v, log gradient norm %v, with explicit weights %v, %v",
					tt.reason, l, got.LogSquare[l], got.LogGradNorm[l], want.LogSquare[l], want.LogGradNorm[l])
			}
			if got.Dead[l] != want.Dead[l] || got.Saturated[l] != want.Saturated[l] {
				t.Errorf("%s, layer %d: %d dead, %d saturated, with explicit weights %d, %d",
					tt.reason, l, got.Dead[l], got.Saturated[l], want.Dead[l], want.Saturated[l])
			}
		}
	}
}

// near12 compares logarithms: 1e-11 absolutely, which is 1e-11 relative for what they
// are of, or 1e-14 relative where they are large. NaN is near nothing.
func near12(a, b float64) bool {
	return a == b || math.Abs(a-b) <= max(1e-11, 1e-14*math.Abs(a))
}

// TestLaw_tangentDifferential: the same for W v, one layer, with H v⊥ = √a‖v⊥‖ξ, in
// every component.
func TestLaw_tangentDifferential(t *testing.T) {
	for _, bias := range []float64{0, 0.7} {
		for _, widths := range [][]int{{1, 1}, {2, 5}, {7, 3}, {64, 64}} {
			m := model.Dense{Activation: activation.MustParse("linear"), WeightStd: 1.3, BiasStd: bias, Widths: widths}
			w, err := newConditional(m)
			if err != nil {
				t.Fatal(err)
			}
			var d normals
			src := source(t)
			x, v := &vector{v: make([]float64, widths[0])}, &vector{v: make([]float64, widths[0])}
			d.fill(src, x.v)
			d.fill(src, v.v)
			x.settle()
			v.settle()
			h, got, xi := make([]float64, widths[1]), make([]float64, widths[1]), make([]float64, widths[1])
			w.forward(src, 1, h, x)
			recorder := &tape{Source: src}
			w.tangent(recorder, 1, got, pass{x, h}, v)
			d.fill(&replay{recorder.words}, xi)
			// e = v⊥/‖v⊥‖ ⊥ x̃ takes H e = √a ξ; W̃ ṽ = h (x̃·ṽ)/‖x̃‖² + H e‖v⊥‖
			gain := w.gain[0]
			tilde := append(append([]float64(nil), x.v...), bias/gain)
			across := append(append([]float64(nil), v.v...), 0)
			c := kernel.Dot(across, tilde) / kernel.Dot(tilde, tilde)
			kernel.Axpy(-c, tilde, across)
			length := math.Sqrt(kernel.Dot(across, across))
			for i := range got {
				want := h[i]*c + gain*xi[i]*length
				if !(math.Abs(got[i]-want) <= 1e-13*(math.Abs(h[i]*c)+gain*length*math.Abs(xi[i])+1e-3)) {
					t.Errorf("widths %v, bias %v: (W v)_%d = %v, want %v", widths, bias, i, got[i], want)
				}
			}
		}
	}
}

// TestMatrix_orthogonal: WWᵀ = σ_w²·1, or WᵀW = σ_w²·(fan-out/fan-in)·1.
func TestMatrix_orthogonal(t *testing.T) {
	for _, widths := range [][]int{{1, 1}, {5, 5}, {9, 4}, {4, 9}, {64, 64}, {1, 7}, {7, 1}} {
		e, err := newDense(Matrix, model.Dense{
			Activation: activation.MustParse("linear"), Weights: model.OrthogonalWeights, WeightStd: 1.5, Widths: widths,
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := e.Sample(context.Background(), source(t), new(Sample)); err != nil {
			t.Fatal(err)
		}
		w := e.weights.(*matrix)
		m, n := widths[0], widths[1]
		for i := range min(n, m) {
			for k := range min(n, m) {
				got, want := 0.0, 0.0
				for j := range max(n, m) {
					if n <= m {
						got += w.gain[0] * w.w[0][i*m+j] * w.gain[0] * w.w[0][k*m+j]
					} else {
						got += w.gain[0] * w.w[0][j*m+i] * w.gain[0] * w.w[0][j*m+k]
					}
				}
				if i == k {
					want = 2.25 * max(1, float64(n)/float64(m))
				}
				if !(math.Abs(got-want) <= 1e-12) {
					t.Fatalf("widths %v: entry %d, %d of the Gram matrix is %v, want %v", widths, i, k, got, want)
				}
			}
		}
	}
}
