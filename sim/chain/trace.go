package chain

import (
	"fmt"
	"math"

	"gradchain/theory/activation"
)

// Network is a chain of width 1 with explicit weights, run on a batch of inputs:
//
//	h_l = w_l·x_{l−1} + b_l,  x_l = φ(h_l),  l = 1 … L
//
// and with Normalize x_l = φ(ĥ_l), ĥ_l = (h_l − mean)/√(var + Epsilon) over the batch
// (Ioffe & Szegedy 2015). It is the definition that the engines sample, in linear
// domain, written for comparison and not for speed.
type Network struct {
	Activation activation.Activation
	Weight     []float64 // w_1 … w_L
	Bias       []float64 // b_1 … b_L; nil means none
	Normalize  bool
	Epsilon    float64 // at least 0
}

// Trace is everything a Network computes on a batch x_1 … x_B, and the gradients of
// its output Σ u_i·x_i^L.
type Trace struct {
	Act    [][]float64 // Act[l][i] = x_i^l for l = 0 … L; Act[0] is the input
	PreAct [][]float64 // PreAct[l−1][i] = h_i^l
	Normal [][]float64 // Normal[l−1][i] = ĥ_i^l, what φ is applied to; PreAct itself without normalisation
	Factor [][]float64 // Factor[l−1][i] = w_l·φ′(h_i^l); nil with normalisation, which couples the batch
	Output float64

	InputGrad  []float64   // ∂Output/∂x_i^0
	PreActGrad [][]float64 // PreActGrad[l−1][i] = ∂Output/∂h_i^l
	WeightGrad []float64   // ∂Output/∂w_l at l−1
	BiasGrad   []float64   // ∂Output/∂b_l at l−1
	LogNorm    float64     // log‖InputGrad‖, natural, also where InputGrad underflows; −Inf if it is exactly 0
}

// Trace runs the network forward and back. A single input with u = {1} gives the
// plain chain, Output = a_L and InputGrad = ∂a_L/∂a_0. It panics if input and u, or
// weights and biases, differ in length.
//
// Where a batch has variance 0 and Epsilon is 0, normalisation is 0/0: the trace
// takes ĥ = 0 and a gradient of 0.
func (n Network) Trace(input, u []float64) Trace {
	if len(input) != len(u) || len(n.Bias) != 0 && len(n.Bias) != len(n.Weight) {
		panic(fmt.Sprintf("chain: %d inputs with %d output weights, %d weights with %d biases",
			len(input), len(u), len(n.Weight), len(n.Bias)))
	}
	t := Trace{Act: [][]float64{input}}
	inverse := make([]float64, len(n.Weight)) // 1/√(var + ε) of each layer
	for l, w := range n.Weight {
		h := make([]float64, len(input))
		for i, x := range t.Act[l] {
			h[i] = float64(w*x) + n.bias(l)
		}
		normal := h
		if n.Normalize {
			normal, inverse[l] = normalize(h, n.Epsilon)
		}
		x := make([]float64, len(input))
		for i, z := range normal {
			x[i] = n.Activation.Phi(z)
		}
		t.PreAct, t.Normal, t.Act = append(t.PreAct, h), append(t.Normal, normal), append(t.Act, x)
		if !n.Normalize {
			t.Factor = append(t.Factor, n.factors(w, h))
		}
	}
	for i, x := range t.Act[len(n.Weight)] {
		t.Output += float64(u[i] * x)
	}
	n.backward(&t, u, inverse)
	return t
}

func (n Network) bias(l int) float64 {
	if len(n.Bias) == 0 {
		return 0
	}
	return n.Bias[l]
}

func (n Network) factors(w float64, h []float64) []float64 {
	f := make([]float64, len(h))
	for i, z := range h {
		f[i] = w * n.Activation.DPhi(z)
	}
	return f
}

// normalize returns ĥ and 1/√(var + ε), both 0 where they are 0/0.
func normalize(h []float64, epsilon float64) (normal []float64, inverse float64) {
	mean, variance := 0.0, 0.0
	for _, x := range h {
		mean += x / float64(len(h))
	}
	for _, x := range h {
		variance += float64((x-mean)*(x-mean)) / float64(len(h))
	}
	normal = make([]float64, len(h))
	if variance+epsilon == 0 {
		return normal, 0
	}
	inverse = 1 / math.Sqrt(variance+epsilon)
	for i, x := range h {
		normal[i] = (x - mean) * inverse
	}
	return normal, inverse
}

// backward is back-propagation (Rumelhart, Hinton & Williams 1986). The gradient is
// g·2^exponent, so that it neither under- nor overflows on the way.
func (n Network) backward(t *Trace, u, inverse []float64) {
	g := append([]float64(nil), u...)
	exponent := 0
	t.WeightGrad, t.BiasGrad = make([]float64, len(n.Weight)), make([]float64, len(n.Weight))
	t.PreActGrad = make([][]float64, len(n.Weight))
	for l := len(n.Weight) - 1; l >= 0; l-- {
		for i, z := range t.Normal[l] {
			g[i] *= n.Activation.DPhi(z)
		}
		if n.Normalize {
			normalizeBack(g, t.Normal[l], inverse[l])
		}
		t.PreActGrad[l] = make([]float64, len(g))
		for i, d := range g { // d = ∂Output/∂h_i
			t.PreActGrad[l][i] = math.Ldexp(d, exponent)
			t.WeightGrad[l] += math.Ldexp(d*t.Act[l][i], exponent)
			t.BiasGrad[l] += math.Ldexp(d, exponent)
			g[i] = d * n.Weight[l]
		}
		shift, _ := rescale(g)
		exponent += shift
	}
	square := 0.0
	t.InputGrad = make([]float64, len(g))
	for i, d := range g {
		square += float64(d * d)
		t.InputGrad[i] = math.Ldexp(d, exponent)
	}
	t.LogNorm = math.Log(square)/2 + float64(float64(exponent)*math.Ln2)
}

// normalizeBack turns g = ∂/∂ĥ into ∂/∂h = (g − mean(g) − ĥ·mean(g·ĥ))/√(var + ε)
// (Ioffe & Szegedy 2015, section 3).
func normalizeBack(g, normal []float64, inverse float64) {
	mean, slope := 0.0, 0.0
	for i, d := range g {
		mean += d / float64(len(g))
		slope += float64(d*normal[i]) / float64(len(g))
	}
	for i := range g {
		g[i] = (g[i] - mean - float64(normal[i]*slope)) * inverse
	}
}

// rescale divides g by a power of two that brings its largest element near 1, and
// returns the exponent. It reports whether g has an element other than 0.
func rescale(g []float64) (exponent int, ok bool) {
	largest := 0.0
	for _, d := range g {
		largest = max(largest, math.Abs(d))
	}
	if !(largest > 0 && largest <= math.MaxFloat64) {
		return 0, largest != 0
	}
	exponent = max(-1000, min(math.Ilogb(largest), 1000)) // so that the power is a number
	power := math.Ldexp(1, -exponent)
	for i := range g {
		g[i] *= power
	}
	return exponent, true
}
