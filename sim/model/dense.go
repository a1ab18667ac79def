package model

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"gradchain/theory/activation"
)

// The limits of a dense network. Inside them no pre-activation leaves the range in
// which package network works.
const (
	MaxWidth  = 1 << 24
	MaxLayers = 1_000_000
	MinStd    = 1e-30
	MaxStd    = 1e30
)

// Dense is a fully connected network of random weights,
//
//	h^l = W^l x^(l−1) + b^l,  x^l = φ(h^l),  l = 1 … L,
//
// with Var(W_ij) = σ_w²/fan-in and normal biases of standard deviation σ_b, and the
// gradients of its output u·x^L, u uniform on the unit sphere. Its fields make it
//
//   - normalised: φ(norm(h^l)), or norm(φ(h^l)) after the activation;
//   - residual: x^l = x^(l−1) + α·branch, the branch any of these;
//   - recurrent: the same W and b at every step l, no input after step 0.
//
// A batch of B inputs passes through the same network. Its output is Σ_i u_i·x_i^L, each
// u_i independent, and norms are over the whole batch.
type Dense struct {
	// Activation is required.
	Activation activation.Activation
	// Weights is the family of the law of the weights, GaussianWeights by default.
	Weights WeightLaw
	// WeightStd is σ_w, the gain: the standard deviation of a weight times √fan-in; of
	// orthogonal weights, what they multiply lengths by. MinStd to MaxStd; required.
	WeightStd float64
	// BiasStd is σ_b: 0, no biases, or MinStd to MaxStd.
	BiasStd float64
	// Width is the number of units of every layer, the input among them, 1 to
	// MaxWidth; 0 where Widths has them.
	Width int
	// Depth is the number of weight layers L, 1 to MaxLayers; 0 where Widths says it.
	Depth int
	// Widths are n_0 … n_L, n_0 that of the input, instead of Width and Depth.
	Widths []int
	// Batch is the number of inputs B, 1 to MaxBatch; 0 means 1.
	Batch int
	// Angle between the two inputs of a batch of 2, in radians, above 0 and at most π.
	// 0 means independent inputs.
	Angle float64
	// Input is x⁰, for a batch one input after the other. None means uniform on the
	// sphere ‖x⁰‖² = s²·n_0, s the InputScale, drawn afresh for every network.
	Input []float64
	// InputScale is the root mean square s of the numbers of a drawn input, MinStd to
	// MaxStd; 0 means 1.
	InputScale float64
	// Density is the probability that a sparse weight is not 0, above 0 and at most 1;
	// 0 for all other families.
	Density float64
	// Norm is the normalisation of every layer, none by default.
	Norm Norm
	// NormAfter puts it behind the activation.
	NormAfter bool
	// Epsilon is added to the variance, or mean square, by which Norm divides. At 0
	// what has no variance is set to 0.
	Epsilon float64
	// Skip makes the network residual. Its widths are equal.
	Skip bool
	// Alpha is α of a residual network, MinStd to MaxStd, or 0 for a branch that is
	// initialised to zero: then the Jacobian is the identity.
	Alpha float64
	// Tied makes the network recurrent. Its widths are equal.
	Tied bool
}

// MaxBatch bounds the number of inputs.
const MaxBatch = 1 << 12

// Inputs returns the number of inputs of a valid network.
func (d Dense) Inputs() int { return max(d.Batch, 1) }

// Scale returns the root mean square of a drawn input of a valid network.
func (d Dense) Scale() float64 {
	if d.InputScale == 0 {
		return 1
	}
	return d.InputScale
}

// Layers returns the widths n_0 … n_L of a valid network.
func (d Dense) Layers() []int {
	if len(d.Widths) > 0 {
		return slices.Clone(d.Widths)
	}
	return slices.Repeat([]int{d.Width}, d.Depth+1)
}

// Validate reports everything that is wrong with the network, one joined error a
// field: the field, its value and what would be right.
func (d Dense) Validate() error {
	var errs []error
	report := func(bad bool, format string, args ...any) {
		if bad {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	report(d.Activation.Name() == "", "activation missing: want a name such as tanh")
	report(!d.Weights.valid(), "weights %d: want %s", int(d.Weights), strings.Join(weightNames[:], ", "))
	report(!inStds(d.WeightStd), "weight std %v: want %v to %v, in units of 1/√fan-in", d.WeightStd, MinStd, MaxStd)
	report(d.BiasStd != 0 && !inStds(d.BiasStd), "bias std %v: want 0 for no biases, or %v to %v, not in units of 1/√fan-in", d.BiasStd, MinStd, MaxStd)
	input := d.Width
	if len(d.Widths) == 0 {
		report(d.Width < 1 || d.Width > MaxWidth, "width %d: want 1 to %d", d.Width, MaxWidth)
		report(d.Depth < 1 || d.Depth > MaxLayers, "depth %d: want 1 to %d", d.Depth, MaxLayers)
	} else {
		input = d.Widths[0]
		report(d.Width != 0, "width %d: widths has them, leave it out", d.Width)
		report(d.Depth != 0, "depth %d: widths says it, leave it out", d.Depth)
		report(len(d.Widths) < 2 || len(d.Widths) > MaxLayers+1, "%d widths: want n_0 … n_L, 2 to %d", len(d.Widths), MaxLayers+1)
		for l, n := range d.Widths {
			report(n < 1 || n > MaxWidth, "widths[%d] = %d: want 1 to %d", l, n, MaxWidth)
		}
	}
	report(d.Angle != 0 && d.Angle != math.Pi && input == 1, "angle %v with one unit: there are only 0 and π", d.Angle)
	inputs := min(d.Inputs(), MaxBatch)
	report(d.InputScale != 0 && !inStds(d.InputScale), "input scale %v: want %v to %v", d.InputScale, MinStd, MaxStd)
	report(d.InputScale != 0 && len(d.Input) > 0, "input scale %v with an input: want one of the two", d.InputScale)
	report(len(d.Input) > 0 && len(d.Input) != inputs*input, "input of %d numbers: want %d, the width of layer 0 for each of %d inputs", len(d.Input), inputs*input, inputs)
	for i, x := range d.Input {
		report(!(math.Abs(x) <= math.MaxFloat64), "input[%d] = %v: want a finite number", i, x)
	}
	d.architecture(report)
	return errors.Join(errs...)
}

// architecture reports what is wrong with all that makes a network more than a plain
// one.
func (d Dense) architecture(report func(bad bool, format string, args ...any)) {
	report(d.Batch < 0 || d.Batch > MaxBatch, "batch %d: want 1 to %d", d.Batch, MaxBatch)
	report(d.Angle != 0 && !(d.Angle > 0 && d.Angle <= math.Pi), "angle %v: want above 0 and at most π", d.Angle)
	report(d.Angle != 0 && d.Batch != 2, "angle with batch %d: it is between the inputs of a batch of 2", d.Inputs())
	report(d.Angle != 0 && len(d.Input) > 0, "angle with an input: want one of the two")
	sparse := d.Weights == SparseWeights
	report(sparse && !(d.Density > 0 && d.Density <= 1), "density %v: want above 0 and at most 1", d.Density)
	report(!sparse && d.Density != 0, "density %v: weights are %v, not sparse", d.Density, d.Weights)
	report(!d.Norm.valid(), "norm %d: want %s", int(d.Norm), strings.Join(normNames[:], ", "))
	report(d.Norm == BatchNorm && d.Inputs() < 2, "batch %d: batch normalisation wants at least 2 inputs", d.Inputs())
	report(d.NormAfter && d.Norm == NoNorm, "norm after the activation: no norm is given")
	report(!(d.Epsilon >= 0 && d.Epsilon <= MaxStd), "epsilon %v: want 0 to %v", d.Epsilon, MaxStd)
	report(d.Epsilon > 0 && d.Norm == NoNorm, "epsilon %v: no norm is given", d.Epsilon)
	report(d.Skip && d.Alpha != 0 && !inStds(d.Alpha), "alpha %v: want 0, or %v to %v", d.Alpha, MinStd, MaxStd)
	report(!d.Skip && d.Alpha != 0, "alpha %v: the network is not residual", d.Alpha)
	equal := len(d.Widths) == 0 || slices.Min(d.Widths) == slices.Max(d.Widths)
	report(d.Skip && !equal, "widths %v: a residual network has equal ones", d.Widths)
	report(d.Tied && !equal, "widths %v: a recurrent network has equal ones", d.Widths)
}

func inStds(std float64) bool { return std >= MinStd && std <= MaxStd }
