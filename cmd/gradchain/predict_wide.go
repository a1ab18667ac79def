package main

import (
	"context"
	"errors"
	"math"

	"gradchain/sim/model"
	"gradchain/theory/activation"
	"gradchain/theory/gauss"
)

// wideLayer is what mean-field theory says of a layer of infinite width.
type wideLayer struct {
	logSquare   float64 // of the second moment of the activations x
	mean        float64 // of x, in units of its root mean square
	correlation float64 // E x₁x₂/E x² of two inputs
	logVariance float64 // log q of the pre-activations
	logArgument float64 // log of the variance of what φ is applied to
	logBranch   float64 // log of the mean square factor of a gradient from φ's layer to h
	logGrad     float64 // log E‖∂out/∂h‖², out = u·x of the last layer; at the input and in a residual network, of x

	// inverseSquare is E s⁻⁴/(E s⁻²)² of the deviation s that batch normalisation divides by, 0
	// where that is nothing to the gradient.
	inverseSquare float64

	// argument is P(|φ′| < below) of what φ is applied to, P(φ′ = 0) for below = 0, where
	// that is not normal of variance e^logArgument; else nil.
	argument func(below float64) float64
}

// slopeShare is that of the layer.
func (w wideLayer) slopeShare(a activation.Activation, below float64) float64 {
	if w.argument != nil {
		return w.argument(below)
	}
	return slopeShare(a, w.logArgument, below)
}

// wideNetwork iterates the maps of mean field (Poole et al. 2016; Schoenholz et al.
// 2017), with forward and backward weights independent. A signal x = √p·x̂ is kept as
// log p and numbers without a scale, so that no depth under- or overflows. With weight
// variance σ_w², E x² = p, and z ~ N(0, v):
//
//	q = σ_w² p + σ_b²                        v = q, or q/(q+ε) after a norm
//	p′ = E φ(z)²                             or p + 2α E x E φ + α² E φ² (residual)
//	‖∂out/∂h‖² = α² E φ′(z)²·v/q·‖∂out/∂x‖²   from x^l to x^(l−1): times σ_w², plus 1 (residual)
//
// A norm behind φ divides by E φ², for layer norm by Var φ. Batch normalisation is the
// matter of batchNetwork.
type wideNetwork struct {
	model.Dense
	logBias, logAlpha, logEpsilon float64
	known                         wideMoments // of the last variance
}

func newWideNetwork(m model.Dense) *wideNetwork {
	w := &wideNetwork{
		Dense: m, logBias: 2 * math.Log(m.BiasStd),
		logEpsilon: math.Log(m.Epsilon), known: wideMoments{logVariance: math.NaN()},
	}
	if m.Skip {
		w.logAlpha = math.Log(m.Alpha)
	}
	return w
}

// logWeight is log of σ_w² of layer l, less in an expanding layer of orthogonal weights: both
// ways, as W x and Wᵀδ have the mean squares of independent weights of that variance.
func (w *wideNetwork) logWeight(l int) float64 { return math.Log(w.WeightVariance(l)) }

// layers returns layers 0 … L. It stops with an error where the moments of φ cannot be
// computed, or with that of ctx.
func (w *wideNetwork) layers(ctx context.Context) ([]wideLayer, error) {
	nan := math.NaN()
	out := make([]wideLayer, len(w.Layers()))
	out[0] = wideLayer{logSquare: 2 * math.Log(w.Scale()), logVariance: nan, logArgument: nan, logBranch: nan}
	if w.Angle > 0 {
		out[0].correlation = math.Cos(w.Angle)
	}
	for l := 1; l < len(out); l++ {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		next, err := w.next(l, out[l-1])
		if err != nil {
			return nil, err
		}
		out[l] = next
	}
	w.back(out)
	return out, nil
}

// back fills in the gradients, from that of the output, ‖u‖² = 1 for each input.
func (w *wideNetwork) back(layers []wideLayer) {
	at := math.Log(float64(w.Inputs())) // log‖∂out/∂x‖²
	skip := math.Inf(-1)
	if w.Skip {
		skip = 0
	}
	for l := len(layers) - 1; l > 0; l-- {
		branch := 2*w.logAlpha + layers[l].logBranch
		if layers[l].logGrad = at; !w.Skip {
			layers[l].logGrad += branch
		}
		at += logSum(skip, w.logWeight(l)+branch)
	}
	layers[0].logGrad = at
}

// next is layer l from the one below.
func (w *wideNetwork) next(l int, x wideLayer) (wideLayer, error) {
	weight := w.logWeight(l)
	out := wideLayer{logVariance: logSum(weight+x.logSquare, w.logBias)}
	signal := math.Exp(weight + x.logSquare - out.logVariance) // what is not bias
	c := 1 - (1-x.correlation)*signal
	out.logArgument = out.logVariance
	if w.Norm != model.NoNorm && !w.NormAfter {
		scale := logSum(out.logArgument, w.logEpsilon)
		out.logBranch -= scale
		out.logArgument -= scale
	}
	if err := w.moments(out.logArgument); err != nil {
		return out, err
	}
	m := w.known
	out.logBranch += m.logSlopeSquare
	square, mean, correlation := m.logSquare, m.mean, 0.0
	if w.Inputs() > 1 {
		correlation = m.correlation(c)
	}
	if w.NormAfter {
		if w.Norm != model.RMSNorm { // subtracts the mean
			square += m.logShare
			correlation = (correlation - mean*mean) / math.Exp(m.logShare)
			mean = 0
		}
		scale := logSum(square, w.logEpsilon)
		out.logBranch -= scale
		square -= scale
	}
	w.add(x, &out, wideLayer{logSquare: square + 2*w.logAlpha, mean: mean, correlation: correlation})
	return out, nil
}

// add sets out to the branch, for a residual network to x plus the branch.
func (w *wideNetwork) add(x wideLayer, out *wideLayer, branch wideLayer) {
	if !w.Skip {
		out.logSquare, out.mean, out.correlation = branch.logSquare, branch.mean, branch.correlation
		return
	}
	largest := max(x.logSquare, branch.logSquare)
	a, b := math.Exp((x.logSquare-largest)/2), math.Exp((branch.logSquare-largest)/2)
	cross := 2 * x.mean * a * branch.mean * b
	square := a*a + b*b + cross
	out.logSquare = largest + math.Log(square)
	out.mean = (x.mean*a + branch.mean*b) / math.Sqrt(square)
	out.correlation = (x.correlation*a*a + branch.correlation*b*b + cross) / square
}

// logSum is log(e^a + e^b).
func logSum(a, b float64) float64 {
	hi, lo := max(a, b), min(a, b)
	if math.IsInf(lo, -1) {
		return hi
	}
	return hi + math.Log1p(math.Exp(lo-hi))
}

// wideMoments are moments of φ(z), z ~ N(0, v).
type wideMoments struct {
	logVariance    float64 // log v
	logSquare      float64 // log E φ²
	mean           float64 // E φ/√(E φ²)
	logShare       float64 // log(Var φ/E φ²)
	logSlopeSquare float64 // log E φ′²
	correlation    func(c float64) float64
}

// The variances between which moments are computed with φ itself; φ is linear on
// either side of 0 for smaller ones, and for larger ones if it tends to be.
const smallestVariance, largestVariance = 1e-100, 1e100

// moments computes the moments at a variance, unless it did so last.
func (w *wideNetwork) moments(logVariance float64) (err error) {
	if math.Abs(logVariance-w.known.logVariance) <= 1e-14 {
		return nil
	}
	switch a := w.Activation; {
	case a.Homogeneous():
		w.known = twoSlopes(a.DPhi(-1), a.DPhi(1), logVariance)
	case logVariance < math.Log(smallestVariance) && a.Phi(0) == 0:
		tiny := 1e-200
		w.known = twoSlopes(a.Phi(-tiny)/-tiny, a.Phi(tiny)/tiny, logVariance)
	case logVariance > math.Log(largestVariance) && (endSlope(a, -1) != 0 || endSlope(a, 1) != 0):
		w.known = twoSlopes(endSlope(a, -1), endSlope(a, 1), logVariance)
	default:
		mean := w.Skip || w.NormAfter
		w.known, err = momentsAt(a, math.Exp(logVariance), mean)
		w.known.logVariance = logVariance
	}
	return err
}

// endSlope is the limit of φ′ at one end if it is a number other than 0, else 0.
func endSlope(a activation.Activation, sign int) float64 {
	if tail := a.Tail(sign); tail.Kind == activation.Constant {
		return tail.Coefficient
	}
	return 0
}

// momentsAt are the moments of any φ; mean and share take time, and are 0 unless centred.
func momentsAt(a activation.Activation, v float64, centred bool) (wideMoments, error) {
	m, err := gauss.NewMoments(a, v)
	if err != nil {
		return wideMoments{}, err
	}
	var mean, variance float64
	if centred {
		var errs [2]error
		mean, _, errs[0] = gauss.Mean(a, v)
		variance, _, errs[1] = gauss.Variance(a, v)
		if err := errors.Join(errs[:]...); err != nil {
			return wideMoments{}, err
		}
	}
	var kernel *gauss.Kernel
	return wideMoments{
		logSquare: math.Log(m.Square), mean: mean / math.Sqrt(m.Square), logShare: math.Log(variance / m.Square),
		logSlopeSquare: math.Log(m.SlopeSquare),
		correlation: func(c float64) float64 {
			if kernel == nil {
				if kernel, err = gauss.NewKernel(a, v); err != nil {
					return math.NaN()
				}
			}
			return kernel.Value(max(-1, min(c, 1))) / m.Square
		},
	}, nil
}

// twoSlopes are the moments of a φ with one slope below 0 and one above: with s₁, s₂
// their sum and difference, φ = (s₁ z + s₂ |z|)/2.
func twoSlopes(below, above, logVariance float64) wideMoments {
	square := (below*below + above*above) / 2
	mean := (above - below) / math.Sqrt(2*math.Pi)
	return wideMoments{
		logVariance: logVariance, logSquare: logVariance + math.Log(square), mean: mean / math.Sqrt(square),
		logShare: math.Log1p(-mean * mean / square), logSlopeSquare: math.Log(square),
		correlation: func(c float64) float64 {
			c = max(-1, min(c, 1))
			// E|uv| = (2/π)(√(1−c²) + c asin c), E u|v| = 0 (Cho & Saul 2009).
			odd, even := (above+below)/2, (above-below)/2
			return (odd*odd*c + even*even*(2/math.Pi)*(math.Sqrt(1-c*c)+c*math.Asin(c))) / square
		},
	}
}
