package network

import (
	"math"

	"gradchain/sim/internal/kernel"
	"gradchain/sim/model"
	"gradchain/sim/stream"
)

// conditional has normal weights W_ij ~ N(0, a), a = σ_w²/m, and biases b_i ~ N(0, σ_b²), of
// which it draws no more than the signals and the gradients see (derived, from the
// conditional law of a normal matrix given its products with vectors). A bias is the
// weight of one more input, the constant κ = σ_b/√a: with W̃ = [W, b/κ], x̃ = (x, κ), X̃ the
// matrix of the x̃ of a batch and X̃ = Q R, Q of orthonormal columns,
//
//	forward   H = W̃ X̃ = √a G R, G of independent standard normal elements;
//	backward  given H, W̃ᵀΔ = √a (Q Gᵀ Δ + (1 − QQᵀ) N S), N like G, ΔᵀΔ = SᵀS;
//	tangent   given H, W V = √a (G QᵀṼ + N S′), Ṽ = (V, 0), S′ᵀS′ = Ṽᵀ(1 − QQᵀ)Ṽ.
//
// So a gradient depends on the signal through its components along X, which the
// independent weights of mean field lack.
type conditional struct {
	gain    []float64 // √a of layer l at l−1
	biasStd float64
	normals normals

	products  []products // of the signals that layer l at l−1 took
	x, v      basis      // of signals, and of gradients or tangents
	tail, own []float64
	a, c, mix []float64
	h         [][]float64
	rest      []vector
}

func newConditional(m model.Dense) *conditional {
	g := gains(m)
	return &conditional{gain: g, biasStd: m.BiasStd, products: make([]products, len(g))}
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

// factor finds the basis of the signals x̃ that layer l takes.
func (w *conditional) factor(l int, x []vector) {
	if w.biasStd == 0 {
		w.x.factor(x, nil, &w.products[l-1])
		return
	}
	w.tail = resize(w.tail, len(x))
	for j := range x {
		w.tail[j] = ldexp(w.biasStd/w.gain[l-1], -x[j].exp)
	}
	w.x.factor(x, w.tail, &w.products[l-1])
}

// coefficients returns √a σ_j R_ij of a basis.
func (w *conditional) coefficients(l int, f *basis) []float64 {
	k := len(f.sigma)
	w.mix = resize(w.mix, f.rank()*k)
	for i := range w.mix {
		w.mix[i] = float64(float64(w.gain[l-1]*f.sigma[i%k]) * f.r[i])
	}
	return w.mix
}

func (w *conditional) forward(src stream.Source, l int, h, x []vector) {
	w.products[l-1].known = false
	w.factor(l, x)
	w.normals.mix(src, h, w.coefficients(l, &w.x), w.x.pivot)
	for j, twin := range w.x.twin {
		h[j].exp = x[j].exp
		if twin >= 0 {
			copy(h[j].v, h[twin].v)
		}
	}
}

func (w *conditional) backward(src stream.Source, l int, g []vector, through pass, delta []vector) {
	k := len(delta)
	w.factor(l, through.x)
	w.fresh(src, l, g, delta) // √a N S
	w.a = w.x.coefficients(w.a, g, w.own)
	w.c = w.project(l, through.h, delta)
	for i, along := range w.c {
		w.c[i] = float64(w.gain[l-1]*along) - w.a[i]
	}
	w.x.span(g, nil, w.c[:w.x.rank()*k])
}

// fresh sets g to Wᵀδ for a W of its own. For biases, own has the row of these.
func (w *conditional) fresh(src stream.Source, l int, g, delta []vector) {
	w.v.factor(delta, nil, nil)
	c := w.coefficients(l, &w.v)
	w.normals.mix(src, g, c, w.v.pivot)
	w.own = w.own[:0]
	if w.biasStd > 0 {
		k, rank := len(delta), w.v.rank()
		w.own = resize(w.own, k)
		clear(w.own)
		w.rest = columns(w.rest, 1, rank)
		w.normals.fill(src, w.rest[0].v)
		for i, xi := range w.rest[0].v {
			kernel.Axpy(xi, c[i*k:(i+1)*k], w.own)
		}
	} else {
		w.own = nil
	}
	for j := range g {
		g[j].exp = delta[j].exp
	}
}

// project returns GᵀΔ, by way of the pivots of H.
func (w *conditional) project(l int, h, delta []vector) []float64 {
	k, f := len(delta), &w.x
	w.c = resize(w.c, f.rank()*k)
	w.h = w.h[:0]
	for _, p := range f.pivot {
		w.h = append(w.h, h[p].v)
	}
	f.w = values(f.w, delta)
	kernel.Gram(w.c, w.h, f.w)
	for i, p := range f.pivot {
		scale(w.c[i*k:(i+1)*k], 1/float64(w.gain[l-1]*f.sigma[p]))
	}
	f.solveTransposed(f.rp, w.c, k)
	return w.c
}

func (w *conditional) tangent(src stream.Source, l int, t []vector, through pass, v []vector) {
	k, f := len(v), &w.x
	w.factor(l, through.x)
	w.rest, w.own = duplicate(w.rest, v), resize(w.own, k)
	clear(w.own)
	w.c = resize(w.c, f.rank()*k)
	clear(w.c)
	for range 2 { // a difference of nearly equal vectors is not orthogonal at once
		w.a = f.coefficients(w.a, w.rest, w.own)
		for i, a := range w.a {
			w.c[i] += a
			w.a[i] = -a
		}
		f.span(w.rest, w.own, w.a)
	}
	for j := range w.rest {
		w.rest[j].measure()
		if w.rest[j].square+float64(w.own[j]*w.own[j]) < float64(restFloor*restFloor)*v[j].square {
			w.rest[j].square, w.own[j] = 0, 0 // a combination of the signals
		}
		t[j].exp = v[j].exp
	}
	w.v.factor(w.rest, w.own, nil)
	w.normals.mix(src, t, w.coefficients(l, &w.v), w.v.pivot)
	f.solve(f.rp, w.c, k)
	w.h = w.h[:0]
	for i, p := range f.pivot {
		scale(w.c[i*k:(i+1)*k], 1/f.sigma[p])
		w.h = append(w.h, through.h[p].v)
	}
	f.w = values(f.w, t)
	kernel.Combine(f.w, w.h, w.c)
}

// shortcut is mean field's independence: weights that do not know the signal wherever a
// derivative meets them, and else those of conditional.
type shortcut struct{ *conditional }

func (w shortcut) backward(src stream.Source, l int, g []vector, _ pass, delta []vector) {
	w.fresh(src, l, g, delta)
}

func (w shortcut) tangent(src stream.Source, l int, t []vector, _ pass, v []vector) {
	w.fresh(src, l, t, v)
}
