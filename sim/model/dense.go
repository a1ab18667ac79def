package model

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"

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
// gradients of its output u·x^L, u uniform on the unit sphere.
type Dense struct {
	// Activation is required.
	Activation activation.Activation
	// Weights is the family of the law of the weights, GaussianWeights by default.
	Weights WeightLaw
	// WeightStd is σ_w, the gain: the standard deviation of a weight times √fan-in.
	// MinStd to MaxStd; required.
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
	// Input is x⁰. None means uniform on the sphere ‖x⁰‖² = n_0, drawn afresh for
	// every network.
	Input []float64
}

// WeightLaw is a family of laws of the weights of a layer.
type WeightLaw int

// The families, scaled to Var(W_ij) = σ_w²/fan-in.
const (
	GaussianWeights   WeightLaw = iota // independent, normal
	UniformWeights                     // independent, uniform
	RademacherWeights                  // independent, ± one value
	// OrthogonalWeights is uniform (Haar) over the matrices with WWᵀ = σ_w²·1, and
	// where fan-in < fan-out over those with WᵀW = σ_w²·(fan-out/fan-in)·1: the rows,
	// then the columns are orthogonal, and E h_i² is that of the other families.
	OrthogonalWeights
)

var weightNames = [...]string{
	GaussianWeights: "gaussian", UniformWeights: "uniform",
	RademacherWeights: "rademacher", OrthogonalWeights: "orthogonal",
}

// String returns the text of the family: "gaussian", "uniform", "rademacher" or
// "orthogonal".
func (w WeightLaw) String() string {
	if !w.valid() {
		return fmt.Sprintf("weights(%d)", int(w))
	}
	return weightNames[w]
}

func (w WeightLaw) valid() bool { return w >= 0 && int(w) < len(weightNames) }

// ParseWeightLaw reads the text of a family. The error lists the families.
func ParseWeightLaw(text string) (WeightLaw, error) {
	if i := slices.Index(weightNames[:], text); i >= 0 {
		return WeightLaw(i), nil
	}
	return 0, fmt.Errorf("weights %q: want gaussian, uniform, rademacher or orthogonal", text)
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
	report(!d.Weights.valid(), "weights %d: want gaussian, uniform, rademacher or orthogonal", int(d.Weights))
	report(!inStds(d.WeightStd), "weight std %v: want %v to %v", d.WeightStd, MinStd, MaxStd)
	report(d.BiasStd != 0 && !inStds(d.BiasStd), "bias std %v: want 0 for no biases, or %v to %v", d.BiasStd, MinStd, MaxStd)
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
	report(len(d.Input) > 0 && len(d.Input) != input, "input of %d numbers: want %d, the width of layer 0", len(d.Input), input)
	for i, x := range d.Input {
		report(!(math.Abs(x) <= math.MaxFloat64), "input[%d] = %v: want a finite number", i, x)
	}
	return errors.Join(errs...)
}

func inStds(std float64) bool { return std >= MinStd && std <= MaxStd }

// canonicalDense has the fields of Dense in alphabetical order of their names.
type canonicalDense struct {
	Activation string    `json:"activation"`
	BiasStd    float64   `json:"bias_std,omitempty"`
	Depth      int       `json:"depth,omitempty"`
	Input      []float64 `json:"input,omitempty"`
	Kind       string    `json:"kind"`
	WeightStd  float64   `json:"weight_std"`
	Weights    string    `json:"weights"`
	Width      int       `json:"width,omitempty"`
	Widths     []int     `json:"widths,omitempty"`
}

// Canonical returns the one text of a valid network: JSON with sorted keys and
// shortest round-trip numbers, equal widths as width and depth, fields without use
// left out. It keys the random streams: networks of the same text are the same
// random network. It panics if the network is not valid.
func (d Dense) Canonical() string {
	if err := d.Validate(); err != nil {
		panic(fmt.Sprintf("model: network not valid: %v", err))
	}
	c := canonicalDense{
		Activation: d.Activation.String(), BiasStd: d.BiasStd, Depth: d.Depth, Input: d.Input, Kind: "dense",
		WeightStd: d.WeightStd, Weights: d.Weights.String(), Width: d.Width, Widths: d.Widths,
	}
	if n := len(d.Widths); n > 0 && slices.Min(d.Widths) == slices.Max(d.Widths) {
		c.Width, c.Depth, c.Widths = d.Widths[0], n-1, nil
	}
	text, err := json.Marshal(c)
	if err != nil {
		panic(fmt.Sprintf("model: %v", err)) // numbers are finite, nothing else can fail
	}
	return string(text)
}
