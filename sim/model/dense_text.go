package model

import (
	"encoding/json"
	"fmt"
	"slices"
)

// canonicalDense has the fields of Dense in alphabetical order of their names.
type canonicalDense struct {
	Activation string    `json:"activation"`
	Alpha      *float64  `json:"alpha,omitempty"`
	Angle      float64   `json:"angle,omitempty"`
	Batch      int       `json:"batch,omitempty"`
	BiasStd    float64   `json:"bias_std,omitempty"`
	Density    float64   `json:"density,omitempty"`
	Depth      int       `json:"depth,omitempty"`
	Epsilon    float64   `json:"epsilon,omitempty"`
	Input      []float64 `json:"input,omitempty"`
	InputScale float64   `json:"input_scale,omitempty"`
	Kind       string    `json:"kind"`
	Norm       string    `json:"norm,omitempty"`
	NormAfter  bool      `json:"norm_after,omitempty"`
	Tied       bool      `json:"tied,omitempty"`
	WeightStd  float64   `json:"weight_std"`
	Weights    string    `json:"weights"`
	Width      int       `json:"width,omitempty"`
	Widths     []int     `json:"widths,omitempty"`
}

// Canonical returns the one text of a valid network: JSON with sorted keys and
// shortest round-trip numbers, equal widths as width and depth, fields without use
// left out, alpha for a residual network only, an input scale of 1 left out, and orthogonal
// for orthogonal_scaled where no layer expands. It keys the random streams: networks of
// the same text are the same random network. It panics if the network is not valid.
func (d Dense) Canonical() string {
	if err := d.Validate(); err != nil {
		panic(fmt.Sprintf("model: network not valid: %v", err))
	}
	c := canonicalDense{
		Activation: d.Activation.String(), Angle: d.Angle, BiasStd: d.BiasStd, Density: d.Density, Depth: d.Depth,
		Epsilon: d.Epsilon, Input: d.Input, Kind: "dense", NormAfter: d.NormAfter, Tied: d.Tied,
		WeightStd: d.WeightStd, Weights: d.Weights.String(), Width: d.Width, Widths: d.Widths,
	}
	if d.Scale() != 1 {
		c.InputScale = d.InputScale
	}
	if d.Weights == ScaledOrthogonalWeights && !d.expands() {
		c.Weights = OrthogonalWeights.String()
	}
	if d.Batch > 1 {
		c.Batch = d.Batch
	}
	if d.Norm != NoNorm {
		c.Norm = d.Norm.String()
	}
	if d.Skip {
		c.Alpha = &d.Alpha
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
