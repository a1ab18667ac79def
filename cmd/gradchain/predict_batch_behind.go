package main

import (
	"context"
	"fmt"
	"math"

	"gradchain/sim/model"
	"gradchain/theory/normalization"
)

// behindNetwork is a network with batch normalisation behind the activation, in the limit of
// infinite width. What all inputs share of h has over the batch a mean of variance mean: that of
// the inputs' sum and of the biases at the first layer, and in a residual network at all; else
// that of the biases, because a normalised batch has sum 0.
type behindNetwork struct {
	*wideNetwork
	layer *normalization.BehindLayer
	// linear is for how much gradients scatter.
	linear *normalization.BatchLayer
	b      float64
	known  []behindKnown
	// nodes are log a of a Chebyshev rule between the ends of a deep residual network.
	nodes []float64
}

// behindKnown are moments that have been computed, with where.
type behindKnown struct {
	logA, mean float64
	normalization.BehindMoments
}

// mostBehind is the number of layers whose moments are computed one by one. A residual network
// of more has them interpolated in log a, where they are analytic for |Im log a| < π/2: in n
// points over a range r to about 2^−n for r = 4.
const mostBehind, behindNodes = 20, 16

func newBehindNetwork(m model.Dense) (*behindNetwork, error) {
	layer, err := normalization.NewBehindLayer(m.Activation, m.Inputs())
	if err != nil {
		return nil, err
	}
	linear, err := normalization.NewBatchLayer(linearActivation, m.Inputs())
	if err != nil {
		return nil, err
	}
	return &behindNetwork{wideNetwork: newWideNetwork(m), layer: layer, linear: linear, b: float64(m.Inputs())}, nil
}

// layers returns layers 0 … L, with a gradient of NaN where its mean square is infinite.
func (n *behindNetwork) layers(ctx context.Context) ([]wideLayer, error) {
	nan := math.NaN()
	out := make([]wideLayer, len(n.Layers()))
	kept := make([]normalization.BehindMoments, len(out))
	scale, bias := n.Scale()*n.Scale(), n.BiasStd*n.BiasStd
	c, apart := 0.0, 1.0 // 1 − c
	if n.Angle > 0 {
		half := math.Sin(n.Angle / 2)
		c, apart = math.Cos(n.Angle), 2*half*half
	}
	out[0] = wideLayer{logSquare: math.Log(scale), correlation: c, logVariance: nan, logArgument: nan, logBranch: nan}
	// The spread Δ = E x² − E x₁x₂, and E of the square of the mean over the batch.
	spread, mean := scale*apart, scale*max(0, 1+(n.b-1)*c)/n.b
	for l := 1; l < len(out); l++ {
		weight := n.WeightVariance(l)
		a, common := weight*spread, weight*mean+bias
		m, err := n.moments(ctx, a, common)
		if err != nil {
			return nil, fmt.Errorf("layer %d: %w", l, err)
		}
		kept[l] = m
		gain := m.Share * n.b / (n.b - 1)
		if n.Skip {
			spread += n.Alpha * n.Alpha * gain
		} else {
			spread, mean = gain, 0
		}
		square := mean + spread*(n.b-1)/n.b
		out[l] = wideLayer{logSquare: math.Log(square), correlation: 1 - spread/square, logBranch: nan}
		if m.Diagonal > 0 && !math.IsInf(m.Diagonal, 1) && !(n.Skip && n.Alpha == 0) {
			// as if φ(h) were Gaussian of a variance with that share
			like, err := n.linear.Moments(min(m.Share/(1-m.Share), 1e30))
			if err != nil {
				return nil, err
			}
			out[l].inverseSquare = like.InverseSquare
		}
		out[l].logVariance = math.Log(common + a*(n.b-1)/n.b)
		out[l].logArgument = out[l].logVariance
	}
	n.backward(out, kept)
	return out, nil
}

// moments computes those at a and mean, unless it has for nearly the same.
func (n *behindNetwork) moments(ctx context.Context, a, mean float64) (normalization.BehindMoments, error) {
	if depth := len(n.Layers()) - 1; n.Skip && depth > mostBehind {
		return n.between(ctx, a, mean, depth)
	}
	logA := math.Log(a)
	for _, k := range n.known {
		if k.mean == mean && math.Abs(k.logA-logA) <= 1e-9 {
			return k.BehindMoments, nil
		}
	}
	if len(n.known) == mostBehind {
		return normalization.BehindMoments{}, fmt.Errorf("with batch normalisation behind the activation more than %d layers that differ take too long", mostBehind)
	}
	m, err := n.layer.Moments(ctx, a, mean, n.Epsilon)
	if err == nil {
		n.known = append(n.known, behindKnown{logA, mean, m})
	}
	return m, err
}

// between interpolates between the first a, which is the smallest, and the largest that a
// residual network of a depth can have.
func (n *behindNetwork) between(ctx context.Context, a, mean float64, depth int) (normalization.BehindMoments, error) {
	if n.nodes == nil {
		lo, hi := math.Log(a), math.Log(a+math.Exp(n.logWeight(1)+2*n.logAlpha)*float64(depth)*n.b/(n.b-1))
		for i := range behindNodes {
			logA := lo + (hi-lo)*(1-math.Cos(math.Pi*(float64(i)+0.5)/behindNodes))/2
			m, err := n.layer.Moments(ctx, math.Exp(logA), mean, n.Epsilon)
			if err != nil {
				return m, err
			}
			n.nodes, n.known = append(n.nodes, logA), append(n.known, behindKnown{logA, mean, m})
		}
	}
	var sum normalization.BehindMoments
	total, sign := 0.0, 1.0
	for i, k := range n.known { // the barycentric formula
		distance := math.Log(a) - k.logA
		if distance == 0 {
			return k.BehindMoments, nil
		}
		weight := sign * math.Sin(math.Pi*(float64(i)+0.5)/behindNodes) / distance
		sum.Share += weight * k.Share
		sum.Diagonal += weight * k.Diagonal
		sum.Off += weight * k.Off
		total, sign = total+weight, -sign
	}
	return normalization.BehindMoments{Share: sum.Share / total, Diagonal: sum.Diagonal / total, Off: sum.Off / total}, nil
}

// backward fills in the gradients. Of a gradient with covariance A·1 + C·11ᵀ between the inputs
// the norm takes C out.
func (n *behindNetwork) backward(layers []wideLayer, kept []normalization.BehindMoments) {
	logA, ratio := 0.0, 0.0 // log A and C/A
	for l := len(layers) - 1; l > 0; l-- {
		k := kept[l]
		logGrad := logA + 2*n.logAlpha + math.Log(n.b*k.Diagonal)
		if math.IsInf(logGrad, 1) {
			logGrad = math.NaN()
		}
		if layers[l].logGrad = logGrad; n.Skip {
			layers[l].logGrad = logA + math.Log(n.b*(1+ratio))
		}
		alone := n.logWeight(l) + logA + 2*n.logAlpha + math.Log(k.Diagonal-k.Off)
		if math.IsInf(alone, 1) {
			alone = math.NaN()
		}
		off := k.Off / (k.Diagonal - k.Off)
		if k.Diagonal == 0 {
			off = 0
		}
		if !n.Skip {
			logA, ratio = alone, off
			continue
		}
		next := logSum(logA, alone)
		ratio = ratio*math.Exp(logA-next) + off*math.Exp(alone-next)
		logA = next
	}
	layers[0].logGrad = logA + math.Log(n.b*(1+ratio))
}
