package main

import (
	"context"
	"errors"
	"fmt"
	"math"

	"gradchain/sim/model"
	"gradchain/theory/normalization"
)

// batchNetwork is batch normalisation of a batch of B inputs in the limit of infinite width
// (Yang et al. 2019; derived anew). Signals and gradients of a unit over the batch are
// exchangeable: a signal has E x² = p, E x and the spread Δ = E x² − E x₁x₂, a gradient the
// covariance A·1 + C·11ᵀ. A norm in front of φ leaves of h = Wx + b what has the variance
// a = σ_w² Δ: it makes the moments of package normalization at a/ε. With ν of a layer, what
// goes back to x is
//
//	A ← A + σ_w² ν,  C ← C − σ_w² ν/B     residual; else without the A and C on the right
type batchNetwork struct {
	*wideNetwork
	table *normalization.BatchTable
	b     float64 // B
}

// batchLayer is what batchNetwork keeps of a layer besides.
type batchLayer struct {
	logSpread float64 // log Δ of x
	logScale  float64 // log(a+ε)
	moments   normalization.BatchMoments
}

// batchLimit returns the layers in the limit of infinite width, or why there are none.
func batchLimit(ctx context.Context, m model.Dense) ([]wideLayer, error) {
	if len(m.Input) > 0 {
		return nil, errors.New("the inputs are given: with batch normalisation it is known where all pairs of them are alike")
	}
	if m.NormAfter {
		n, err := newBehindNetwork(m)
		if err != nil {
			return nil, err
		}
		return n.layers(ctx)
	}
	n, err := newBatchNetwork(m)
	if err != nil {
		return nil, err
	}
	return n.layers(ctx)
}

func newBatchNetwork(m model.Dense) (*batchNetwork, error) {
	table, err := normalization.NewBatchTable(m.Activation, m.Inputs())
	if err != nil {
		return nil, err
	}
	return &batchNetwork{wideNetwork: newWideNetwork(m), table: table, b: float64(m.Inputs())}, nil
}

// layers returns layers 0 … L, with a gradient of NaN where its mean square is infinite.
func (n *batchNetwork) layers(ctx context.Context) ([]wideLayer, error) {
	nan := math.NaN()
	out := make([]wideLayer, len(n.Layers()))
	kept := make([]batchLayer, len(out))
	out[0] = wideLayer{correlation: math.Cos(n.Angle), logVariance: nan, logArgument: nan, logBranch: nan}
	kept[0].logSpread = 2*math.Log(math.Sin(n.Angle/2)) + math.Ln2
	if n.Angle == 0 {
		out[0].correlation, kept[0].logSpread = 0, 0
	}
	out[0].logSquare = 2 * math.Log(n.Scale())
	kept[0].logSpread += out[0].logSquare
	for l := 1; l < len(out); l++ {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err := n.forward(n.logWeight(l), &out[l], &kept[l], out[l-1], kept[l-1].logSpread); err != nil {
			return nil, err
		}
	}
	n.backward(out, kept)
	return out, nil
}

// forward sets a layer from the one before, log σ_w² being logWeight.
func (n *batchNetwork) forward(logWeight float64, out *wideLayer, keep *batchLayer, x wideLayer, logSpread float64) error {
	logA := logWeight + logSpread
	m, logScale, err := n.table.Moments(logA - n.logEpsilon)
	if err != nil {
		return err
	}
	keep.moments, keep.logScale = m, logSum(logA, n.logEpsilon)
	if m.Alone > 0 && !math.IsInf(m.Alone, 1) && !(n.Skip && n.Alpha == 0) {
		out.inverseSquare = m.InverseSquare
	}
	out.logVariance = logSum(logWeight+x.logSquare, n.logBias)
	out.logBranch = math.NaN()
	out.argument = n.argument(logA - n.logEpsilon)
	branch := wideLayer{logSquare: math.Log(m.Square), mean: m.Mean / math.Sqrt(m.Square)}
	if n.Activation.Phi(0) == 0 {
		branch.logSquare += logScale
	}
	branch.logSquare += 2 * n.logAlpha
	keep.logSpread = math.Log(m.Spread) + logScale + 2*n.logAlpha
	if n.Skip {
		keep.logSpread = logSum(keep.logSpread, logSpread)
	}
	n.add(x, out, branch)
	out.correlation = 1 - math.Exp(keep.logSpread-out.logSquare)
	return nil
}

// backward fills in the gradients, from that of the output: A = 1 and C = 0, the gradients
// of the inputs being independent there.
func (n *batchNetwork) backward(layers []wideLayer, kept []batchLayer) {
	logA, ratio := 0.0, 0.0 // log A and C/A
	for l := len(layers) - 1; l > 0; l-- {
		k := kept[l]
		logTrace := logA + 2*n.logAlpha + math.Log(k.moments.Alone+ratio*k.moments.Common) - k.logScale
		if math.IsInf(logTrace, 1) {
			logTrace = math.NaN()
		}
		if layers[l].logGrad = logTrace; n.Skip {
			layers[l].logGrad = n.logNorm(logA, ratio)
		}
		logNu := n.logWeight(l) + logTrace - math.Log(n.b-1)
		if !n.Skip {
			logA, ratio = logNu, -1/n.b
			continue
		}
		next := logSum(logA, logNu)
		ratio = ratio*math.Exp(logA-next) - math.Exp(logNu-next)/n.b
		logA = next
	}
	layers[0].logGrad = n.logNorm(logA, ratio)
}

// logNorm is log E‖∂out/∂x‖² over the batch, its trace B(A + C).
func (n *batchNetwork) logNorm(logA, ratio float64) float64 { return logA + math.Log(n.b*(1+ratio)) }

// argument returns the share of the units with |φ′| below a number, or with φ′ = 0.
func (n *batchNetwork) argument(logTau float64) func(below float64) float64 {
	return func(below float64) float64 {
		layer, err := normalization.NewBatchLayer(n.Activation, n.Inputs())
		if err != nil {
			return math.NaN()
		}
		tau := math.Exp(max(logTau, -200))
		end := math.Sqrt(n.b-1) * (1 + 1e-9)
		return slopeShareOf(n.Activation, below, end, func(lo, hi float64) float64 {
			return survival(layer, tau, lo, n.b) - survival(layer, tau, hi, n.b)
		})
	}
}

// survival is P(y > z), NaN at an atom, which rounding puts on either side.
func survival(layer *normalization.BatchLayer, tau, z, batch float64) float64 {
	switch {
	case math.IsInf(z, -1):
		return 1
	case math.IsInf(z, 1):
		return 0
	case batch == 2 && tau > 1e15 && math.Abs(math.Abs(z)-1) < 1e-6:
		return math.NaN()
	}
	p, err := layer.Survival(tau, z)
	if err != nil {
		return math.NaN()
	}
	return p
}

// batchSource says whose limit it is.
func batchSource(m model.Dense) string {
	return fmt.Sprintf("batch normalisation of a batch of %d (Yang et al. 2019; derived anew)", m.Inputs())
}
