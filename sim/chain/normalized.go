package chain

import (
	"math"

	"gradchain/sim/internal/kernel"
)

// normalized is the network with batch normalisation. The gradient goes back through
// all its layers, so it keeps their normalised pre-activations.
type normalized struct {
	phi         kernel.Activation
	rootEpsilon float64
	x, u        []float64
	normal      []float64 // ĥ of layer l at l·B
	layers      []normLayer
	g           []float64
	mant, exp   []float64
}

func newNormalized(phi kernel.Activation, batch int, rootEpsilon float64) *normalized {
	n := &normalized{phi: phi, rootEpsilon: rootEpsilon}
	for _, p := range []*[]float64{&n.x, &n.u, &n.g, &n.mant, &n.exp} {
		*p = make([]float64, batch)
	}
	return n
}

func (n *normalized) start(x, u []float64) {
	copy(n.x, x)
	copy(n.u, u)
	n.normal, n.layers = n.normal[:0], n.layers[:0]
}

func (n *normalized) step(w, _ float64) {
	at := len(n.normal)
	n.normal = append(n.normal, n.x...)
	hat := n.normal[at:]
	n.layers = append(n.layers, normalizeBatch(hat, n.x, w, n.rootEpsilon))
	n.phi.Phi(n.x, hat)
}

// logNorm is back-propagation. The gradient is g·2^exponent.
func (n *normalized) logNorm() float64 {
	copy(n.g, n.u)
	exponent := 0
	for l := len(n.layers) - 1; l >= 0; l-- {
		hat := n.normal[l*len(n.g):][:len(n.g)]
		n.phi.DPhi(n.mant, n.exp, hat)
		for i := range n.g {
			n.g[i] *= n.mant[i]
			if n.exp[i] != 0 {
				n.g[i] = ldexp(n.g[i], n.exp[i])
			}
		}
		n.layers[l].back(n.g, hat)
		shift, ok := rescale(n.g)
		if !ok {
			return math.Inf(-1)
		}
		exponent += shift
	}
	square := 0.0
	for _, v := range n.g {
		square += float64(v * v)
	}
	return float64(kernel.Log(square)/2) + float64(float64(exponent)*math.Ln2)
}
