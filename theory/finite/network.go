package finite

import (
	"context"
	"math"

	"gradchain/theory/activation"
)

// Norm is a normalisation of the units of a layer, for every input on its own.
type Norm int

// The normalisations.
const (
	None  Norm = iota
	RMS        // divides by the root mean square
	Layer      // subtracts the mean and divides by the standard deviation
)

// Network is a random network of one input, x^l = φ(h^l) or x^(l−1) + α·φ(h^l), h = Wx + b,
// of independent weights.
type Network struct {
	Activation activation.Activation
	Widths     []int     // n_0 … n_L
	WeightVars []float64 // fan-in·Var(W_ij) of layers 1 … L
	BiasVar    float64
	Start      float64 // ‖x⁰‖²/n_0
	Residual   bool
	Alpha      float64 // of a residual network
	Norm       Norm
	After      bool // behind φ
	Epsilon    float64
	// Excess is the kurtosis of a weight less 3: 0 of normal weights.
	Excess float64
	// Orthogonal says that the weights keep lengths, or multiply all by σ_w.
	Orthogonal bool
}

// Correction is how a square that is measured on a network of finite width differs from its
// limit s, to the first order in 1/width: E square = s(1 + Mean), and Var square = s²·Variance
// with the variances of the layers' factors added up, as the mean of log square needs it.
type Correction struct {
	Mean, Variance float64
	// Layers estimates what the squares of the layers' terms and of the spread of the signal
	// leave to the order 1/width².
	Layers float64
}

// Log is what the mean of the logarithm of the square is off from log s.
func (c Correction) Log() float64 { return c.Mean - c.Variance/2 }

// Rest estimates what Log leaves to the order 1/width², for a square that has a part of the
// relative size Mean along one direction too, of which log(1 + Mean·ζ²), ζ normal, is off
// Mean by (3/2)Mean².
func (c Correction) Rest() float64 { return 1.5*c.Mean*c.Mean + c.Layers }

// Corrections are those of a network by layer 0 … L.
type Corrections struct {
	Square   []Correction // of ‖x^l‖²
	Gradient []Correction // of ‖∂out/∂h^l‖², at layer 0 and in a residual network of ‖∂out/∂x^l‖²
	// Stream has the offsets of log‖∂out/∂x^l‖² in a residual network, with what the part along
	// the signal grows by, however large it becomes; nil in others.
	Stream []Offset
	// LogMeanSquare is log E‖∂out/∂x⁰‖² with that part, up to a factor 1 + O(L/n).
	LogMeanSquare float64
}

// Of returns the corrections of a network (derived; delta method). It stops with the error of
// ctx.
func Of(ctx context.Context, n Network) (Corrections, error) {
	w := walk{Network: n, table: table{n.Activation, map[int]moments{}}}
	L := len(n.Widths) - 1
	out := Corrections{Square: make([]Correction, L+1), Gradient: make([]Correction, L+1)}
	if n.Residual {
		out.Stream = make([]Offset, L+1)
	}
	layers := make([]layer, L+1)
	x := signal{logP: math.Log(n.Start), mm: 1 / float64(n.Widths[0]), fourth: 3}
	for l := 1; l <= L; l++ {
		if ctx.Err() != nil {
			return out, ctx.Err()
		}
		layers[l], x = w.layer(l, x)
		out.Square[l] = Correction{x.biasP, x.pp, x.layers}
	}
	w.back(layers, x, &out)
	return out, ctx.Err()
}

// walk is a network with its moments.
type walk struct {
	Network
	table table
}
