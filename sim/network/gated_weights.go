package network

import (
	"math"

	"gradchain/sim/internal/kernel"
	"gradchain/sim/model"
	"gradchain/sim/stream"
)

// tied has the square weight matrices and the biases of a gated cell, the same at
// every step: those of the gates, that which keeps first, and last the candidate's.
type tied struct {
	gain    float64 // σ_w/√n; the weights are drawn with variance 1, and not at all for 0
	biasStd float64
	forget  float64 // mean of the first bias, possibly infinite
	w       [][]float64
	b       [][]float64
	v, g    []float64
}

func newTied(m model.Gated) *tied {
	n, k := m.Width, m.Cell.Gates()+1
	t := &tied{
		gain: m.WeightStd / math.Sqrt(float64(n)), biasStd: m.BiasStd, forget: m.ForgetBias,
		w: make([][]float64, k), b: make([][]float64, k), v: make([]float64, n), g: make([]float64, n),
	}
	for i := range t.w {
		t.b[i] = make([]float64, n)
		if t.gain > 0 {
			t.w[i] = make([]float64, n*n)
		}
	}
	return t
}

// draw draws all weights, then all biases.
func (t *tied) draw(src stream.Source, d *normals) {
	for _, w := range t.w {
		d.fill(src, w)
	}
	for k, b := range t.b {
		if t.biasStd > 0 {
			d.fill(src, b)
			scale(b, t.biasStd)
		}
		for i := range b {
			if t.biasStd == 0 {
				b[i] = 0
			}
			if k == 0 {
				b[i] += t.forget
			}
		}
	}
}

// multiply sets dst to W_k x.
func (t *tied) multiply(k int, dst, x []number) {
	if t.gain == 0 {
		clear(dst)
		return
	}
	exp, n := shared(t.v, x), len(x)
	for i := range dst {
		dst[i] = numberOf(float64(t.gain*kernel.Dot(t.v, t.w[k][i*n:(i+1)*n])), exp)
	}
}

// transpose adds W_kᵀ x to dst.
func (t *tied) transpose(k int, dst, x []number) {
	if t.gain == 0 {
		return
	}
	exp, n := shared(t.v, x), len(x)
	clear(t.g)
	for i, v := range t.v {
		kernel.Axpy(v, t.w[k][i*n:(i+1)*n], t.g)
	}
	for j, g := range t.g {
		dst[j] = dst[j].add(numberOf(float64(t.gain*g), exp))
	}
}

// gate sets a to the pre-activations W_k x + b_k of a gate, which need not be finite.
func (t *tied) gate(k int, a []float64, wx, x []number) {
	t.multiply(k, wx, x)
	for i, b := range t.b[k] {
		a[i] = wx[i].float() + b
	}
}

// candidate sets a to the pre-activations W_k x + b_k of the candidate.
func (t *tied) candidate(k int, a, x []number) {
	t.multiply(k, a, x)
	for i, b := range t.b[k] {
		a[i] = a[i].add(numberOf(b, 0))
	}
}
