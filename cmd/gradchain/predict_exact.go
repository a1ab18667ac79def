package main

import (
	"math"

	"gradchain/sim/model"
	"gradchain/theory/product"
	"gradchain/theory/residual"
	"gradchain/theory/special"
)

// exactLayer is what is known of a layer at its width, over the networks where signal
// and gradient are not 0. NaN is not known.
type exactLayer struct {
	logSquare float64 // mean of log(‖x‖²/n)
	logGrad   float64 // mean of log‖∂out/∂h‖; of the input and in a residual network, log‖∂out/∂x‖
	variance  float64 // of that
	dead      float64 // share of the units with φ′ = 0, over all networks
}

// factor is the law of what a layer of fresh weights of variance 1/n does to a squared
// norm, as mean and variance of its logarithm.
type factor struct{ mean, variance float64 }

func (f factor) plus(g factor) factor { return factor{f.mean + g.mean, f.variance + g.variance} }

// productLaw has the factors of a linear or relu network by width, which it computes
// once.
type productLaw struct {
	model.Dense
	known map[int]factor // of φ(h), and of φ′(h)∘g
	plain map[int]factor // of h, and of Wᵀδ
	err   error
}

// gaussianFactor is the law of (1/n) χ²_n, which a linear layer multiplies by.
func (p *productLaw) gaussianFactor(n int) factor {
	if f, ok := p.plain[n]; ok || p.err != nil {
		return f
	}
	linear := linearActivation
	var f factor
	if f.mean, p.err = product.LogSquaredNormMean(linear, n, 1); p.err == nil {
		f.variance, p.err = product.LogSquaredNormVariance(linear, n, 1)
	}
	p.plain[n] = f
	return f
}

// activeFactor is the law of (1/n) χ²_B, B ~ Bin(n, ½), for relu, given B > 0.
func (p *productLaw) activeFactor(n int) factor {
	if p.Activation.Name() == "linear" {
		return p.gaussianFactor(n)
	}
	if f, ok := p.known[n]; ok || p.err != nil {
		return f
	}
	var f factor
	if f.mean, p.err = product.LogSquaredNormMean(p.Activation, n, 1); p.err == nil {
		f.mean -= math.Ln2
		f.variance, p.err = product.LogSquaredNormVariance(p.Activation, n, 1)
	}
	p.known[n] = f
	return f
}

// layers returns layers 0 … L of a linear or relu network with Gaussian weights and no
// biases. The signs of the pre-activations are fair coins, independent of all norms
// (Hanin & Nica 2020), so that from the output back
//
//	‖φ′(h^L)∘u‖² ~ χ²_B/χ²_n,   B active units of n = n_L
//	‖∂out/∂h^l‖² ~ ‖∂out/∂h^(l+1)‖²·(σ_w²/n) χ²_B,   n = n_l
//	‖∂out/∂x^0‖² ~ ‖∂out/∂h^1‖²·(σ_w²/n) χ²_n,   n = n_0
//
// with independent factors. At the output the chi-squares share their first B terms:
// log(χ²_B/χ²_n), where the ratio does not depend on χ²_n, has the difference of means
// and of variances.
func (p *productLaw) layers() ([]exactLayer, error) {
	widths := p.Layers()
	out := make([]exactLayer, len(widths))
	weight := 2 * math.Log(p.WeightStd)
	relu := p.Activation.Name() == "relu"
	forward, alive := factor{2 * math.Log(p.Scale()), 0}, 1.0
	out[0].logSquare = forward.mean
	for l, n := range widths {
		if l == 0 {
			continue
		}
		forward = forward.plus(factor{weight, 0}).plus(p.activeFactor(n))
		out[l].logSquare = forward.mean
		if relu {
			out[l].dead = 1 - alive/2
			alive *= 1 - math.Ldexp(1, -n)
		}
	}
	last := len(widths) - 1
	top, all := p.activeFactor(widths[last]), p.gaussianFactor(widths[last])
	back := factor{top.mean - all.mean, top.variance - all.variance}
	for l := last; l > 0; l-- {
		out[l].logGrad, out[l].variance = back.mean/2, back.variance/4
		step := p.activeFactor(widths[l-1])
		if l == 1 {
			step = p.gaussianFactor(widths[0])
		}
		back = back.plus(factor{weight, 0}).plus(step)
	}
	out[0].logGrad, out[0].variance = back.mean/2, back.variance/4
	return out, p.err
}

// orthogonalLayers are those of a linear network of orthogonal weights. A layer from m to
// n units multiplies a length by σ_w where it is square; where n < m it keeps of ‖x‖² the
// part in a random n-dimensional subspace, of the law Beta(n/2, (m−n)/2), and of ‖δ‖² all;
// where n > m the other way round. The subspaces of the layers are independent.
func orthogonalLayers(m model.Dense) []exactLayer {
	widths := m.Layers()
	out := make([]exactLayer, len(widths))
	out[0].logSquare = 2 * math.Log(m.Scale())
	gain := func(l int) float64 { // of the longer side
		square := m.WeightVariance(l)
		return math.Log(square) + math.Log(max(1, float64(widths[l])/float64(widths[l-1])))
	}
	for l := 1; l < len(widths); l++ {
		in, n := widths[l-1], widths[l]
		out[l].logSquare = out[l-1].logSquare + gain(l) + part(n, in).mean + math.Log(float64(in)/float64(n))
	}
	back := factor{}
	for l := len(widths) - 1; l >= 0; l-- {
		out[l].logGrad, out[l].variance = back.mean/2, back.variance/4
		if l > 0 {
			back = back.plus(factor{gain(l), 0}).plus(part(widths[l-1], widths[l]))
		}
	}
	return out
}

// part is the law of the share of a squared length that n coordinates of m hold, n < m;
// all of it for n ≥ m.
func part(n, m int) factor {
	if n >= m {
		return factor{}
	}
	a, b := float64(n)/2, float64(m)/2
	return factor{special.Digamma(a) - special.Digamma(b), special.Trigamma(a) - special.Trigamma(b)}
}

// linearResidual are the layers of x + αWx with Gaussian weights and no biases: blocks
// 1 + aW with a = ασ_w.
func linearResidual(m model.Dense) ([]exactLayer, error) {
	widths := m.Layers()
	block, err := residual.LogSquaredNormMean(widths[0], 1, residual.Scale(m.Alpha*m.WeightStd))
	if err != nil {
		return nil, err
	}
	out := make([]exactLayer, len(widths))
	for l := range out {
		back := block * float64(len(widths)-1-l)
		out[l] = exactLayer{logSquare: 2*math.Log(m.Scale()) + block*float64(l), logGrad: back / 2, variance: math.NaN()}
	}
	return out, nil
}
