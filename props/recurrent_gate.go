package props

import (
	"fmt"

	"pgregory.net/rapid"

	"gradchain/sim/model"
)

// The error carousel: what forget gates do to gradients through time.

// gatedAt is a gated recurrent network: what gradchain simulate lstm takes, in its
// words.
type gatedAt struct {
	BiasStd    float64 `json:"bias_std,omitempty"`
	Cell       string  `json:"cell"` // lstm or gru
	Depth      int     `json:"depth"`
	ForgetBias float64 `json:"forget_bias,omitempty"`
	WeightStd  float64 `json:"weight_std,omitempty"`
	Width      int     `json:"width"`
}

func (c gatedAt) model() model.Gated {
	cell, err := model.ParseCell(c.Cell)
	if err != nil {
		panic("props: " + err.Error())
	}
	return model.Gated{Cell: cell, Width: c.Width, Depth: c.Depth, WeightStd: c.WeightStd, BiasStd: c.BiasStd, ForgetBias: c.ForgetBias}
}

// command shows the carousel and the medians too.
func (c gatedAt) command() string {
	return fmt.Sprintf("gradchain simulate lstm --cell %s --weight-std %v --bias-std %v --forget-bias %v --width %d --depth %d --details",
		c.Cell, c.WeightStd, c.BiasStd, c.ForgetBias, c.Width, c.Depth)
}

func drawCell(t *rapid.T) string { return rapid.SampledFrom([]string{"lstm", "gru"}).Draw(t, "cell") }
