package model

import (
	"encoding/json"
	"fmt"
)

// canonical has the fields of Chain in alphabetical order of their names, the laws
// and the activation as their canonical texts.
type canonical struct {
	Activation    string  `json:"activation"`
	Batch         int     `json:"batch,omitempty"`
	Bias          string  `json:"bias,omitempty"`
	Depth         int     `json:"depth"`
	Epsilon       float64 `json:"epsilon,omitempty"`
	Input         string  `json:"input,omitempty"`
	Kind          string  `json:"kind"`
	PreActivation string  `json:"preactivation,omitempty"`
	Weight        string  `json:"weight"`
}

// Canonical returns the one text of a valid chain: JSON with sorted keys and
// shortest round-trip numbers, defaults in place, fields without use left out. It
// keys the random streams: chains of the same text sample the same paths. It panics
// if the chain is not valid.
func (c Chain) Canonical() string {
	if err := c.Validate(); err != nil {
		panic(fmt.Sprintf("model: chain not valid: %v", err))
	}
	c = c.WithDefaults()
	text, err := json.Marshal(canonical{
		Activation: c.Activation.String(), Batch: c.Batch, Bias: c.Bias.String(), Depth: c.Depth,
		Epsilon: c.Epsilon, Input: c.Input.String(), Kind: c.Kind.String(),
		PreActivation: c.PreActivation.String(), Weight: c.Weight.String(),
	})
	if err != nil {
		panic(fmt.Sprintf("model: %v", err)) // numbers are finite, nothing else can fail
	}
	return string(text)
}
