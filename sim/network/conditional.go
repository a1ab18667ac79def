package network

import (
	"errors"
	"math"

	"gradchain/sim/internal/kernel"
	"gradchain/sim/model"
	"gradchain/sim/stream"
)

// conditional has normal weights W_ij ~ N(0, a), a = σ_w²/m, and biases b_i ~ N(0, σ_b²), of
// which it draws no more than the signal and the gradient see (derived, from the
// conditional law of a normal matrix given its product with a vector). A bias is the
// weight of one more input, the constant κ = σ_b/√a: with W̃ = [W, b/κ] and x̃ = (x, κ)
//
//	forward   h = W̃ x̃ has i.i.d. entries N(0, s²), s² = a‖x̃‖² = a‖x‖² + σ_b²;
//	backward  given h, W̃ᵀδ = x̃ (h·δ)/‖x̃‖² + (1 − x̃x̃ᵀ/‖x̃‖²) √a‖δ‖ ξ̃, ξ̃ standard normal;
//	tangent   given h, W v = c h + √a ‖ṽ − c x̃‖ ξ, ṽ = (v, 0), c = x·v/‖x̃‖².
//
// So a gradient depends on the signal through its component along x, which the
// independent weights of mean field lack.
type conditional struct {
	gain    []float64 // √a of layer l at l−1
	biasStd float64
	normals normals
}

func newConditional(m model.Dense) (*conditional, error) {
	if m.Weights != model.GaussianWeights {
		return nil, errors.New("engine law: weights " + m.Weights.String() + ": want gaussian, or engine matrix")
	}
	return &conditional{gain: gains(m), biasStd: m.BiasStd}, nil
}

// gains returns σ_w/√fan-in of the layers 1 … L.
func gains(m model.Dense) []float64 {
	widths := m.Layers()
	out := make([]float64, len(widths)-1)
	for l := range out {
		out[l] = m.WeightStd / math.Sqrt(float64(widths[l]))
	}
	return out
}

// square returns s² and its parts √a and σ_b, in units of x.
func (w *conditional) square(l int, x *vector) (s2, gain, bias float64) {
	gain, bias = w.gain[l-1], ldexp(w.biasStd, -x.exp)
	return float64(float64(gain*gain)*x.square) + float64(bias*bias), gain, bias
}

func (w *conditional) forward(src stream.Source, l int, h []float64, x *vector) {
	s2, _, _ := w.square(l, x)
	w.normals.fill(src, h)
	scale(h, math.Sqrt(s2))
}

func (w *conditional) backward(src stream.Source, l int, g []float64, through pass, delta *vector) {
	s2, gain, bias := w.square(l, through.x)
	norm := math.Sqrt(delta.square)
	w.normals.fill(src, g) // ξ
	own := float64(gain * kernel.Dot(through.x.v, g))
	if bias > 0 {
		var last [1]float64
		w.normals.fill(src, last[:])
		own += float64(bias * last[0])
	}
	along := 0.0
	if s2 > 0 {
		along = float64(float64(gain*gain)*(kernel.Dot(through.h, delta.v)-float64(norm*own))) / s2
	}
	across := float64(gain * norm)
	x := through.x.v[:len(g)]
	for i, xi := range g {
		g[i] = float64(across*xi) + float64(along*x[i])
	}
}

func (w *conditional) tangent(src stream.Source, l int, t []float64, through pass, v *vector) {
	s2, gain, bias := w.square(l, through.x)
	along := 0.0
	if s2 > 0 {
		along = float64(float64(gain*gain)*kernel.Dot(through.x.v, v.v)) / s2
	}
	rest := 0.0 // ‖v − along·x‖²: a difference of squares would cancel
	for i, x := range through.x.v {
		d := v.v[i] - float64(along*x)
		rest += float64(d * d)
	}
	w.normals.fill(src, t)
	across := math.Sqrt(float64(float64(gain*gain)*rest) + float64(float64(along*bias)*float64(along*bias)))
	for i, xi := range t {
		t[i] = float64(across*xi) + float64(along*through.h[i])
	}
}
