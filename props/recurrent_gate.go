package props

import (
	"context"
	"fmt"
	"math"

	"pgregory.net/rapid"

	"gradchain/props/evidence"
	"gradchain/props/internal/gen"
	"gradchain/sim/model"
	"gradchain/sim/network"
	"gradchain/sim/stream"
	theory "gradchain/theory/recurrent"
	"gradchain/theory/special"
)

// The error carousel: what forget gates do to gradients through time.

var gers = Source{Paper: "Gers, Schmidhuber & Cummins 2000, Learning to forget: continual prediction with LSTM", Eq: "section 3"}

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

func (c gatedAt) command() string {
	return fmt.Sprintf("gradchain simulate lstm --cell %s --weight-std %v --bias-std %v --forget-bias %v --width %d --depth %d",
		c.Cell, c.WeightStd, c.BiasStd, c.ForgetBias, c.Width, c.Depth)
}

func drawCell(t *rapid.T) string { return rapid.SampledFrom([]string{"lstm", "gru"}).Draw(t, "cell") }

// sampleOnce is one network, a function of the configuration.
func (c gatedAt) sampleOnce() *network.GatedSample {
	e, err := network.NewGated(c.model())
	if err != nil {
		panic("props: " + err.Error())
	}
	s := new(network.GatedSample)
	src := stream.Key{Purpose: "recurrent", Config: c.model().Canonical()}.Source(stream.Xoshiro)
	if err := e.Sample(context.Background(), src, s); err != nil {
		panic("props: " + err.Error())
	}
	return s
}

// gateProduct checks the log of the product of constant forget gates.
func gateProduct(claimed func(c gatedAt) float64) func(gatedAt) finding {
	return func(c gatedAt) finding {
		got, want := c.sampleOnce().LogCarousel[0], claimed(c)
		return finding{
			Residual: math.Abs(got - want), Tolerance: 8 * float64(c.Depth) * ulp * (1 + math.Abs(want)),
			Text: fmt.Sprintf("log ∂c_T/∂c_0 along the carousel %.9g, claimed %.9g", got, want),
		}
	}
}

// forgets is T·log σ(b).
func forgets(c gatedAt) float64 { return -float64(c.Depth) * special.SoftPlus(-c.ForgetBias) }

func forgetProduct() *Claim {
	zero, one := gatedAt{Cell: "lstm", Depth: 100, Width: 2}, gatedAt{Cell: "lstm", Depth: 100, Width: 2, ForgetBias: 1}
	halves := func(c gatedAt) finding { // and half of it is left after the half-life
		life, err := theory.LSTMHalfLife(c.ForgetBias)
		if err != nil {
			panic("props: " + err.Error())
		}
		f := gateProduct(forgets)(c)
		f.Residual = max(f.Residual, math.Abs(life*forgets(c)/float64(c.Depth)+math.Ln2))
		return f
	}
	return &Claim{
		ID: "T5", Family: "recurrent", Kind: Deterministic, Expected: evidence.Verified,
		Plain:    "With constant forget gates the memory of an LSTM halves after a known number of steps.",
		Why:      "Along the carousel the gradient is the product of the forget gates, σ(b)^T.",
		See:      []string{"T6"},
		Sentence: "Along the error carousel of an LSTM the gradient is the product of the forget gates: with constant gates σ(b)^T, so 2^−T at b = 0 and 0.731^T at b = 1, with half-life log 2/log(1 + e^−b).",
		Source:   gers, Assumption: "no recurrent weights, so that gates are constant", Unit: "nats",
		Domain: "LSTM, and GRU with its update gate; b from −20 to 20, with ±700 always tried; 1 to 500 steps",
		Test:   "Σ log f_t of the engine = T·log σ(b), to rounding",
		trial: &exact[gatedAt]{
			draw: func(t *rapid.T) gatedAt {
				return gatedAt{
					Cell: drawCell(t), Width: 2, Depth: gen.Depths(1, 500).Draw(t, "depth"),
					ForgetBias: gen.Decimals(-20, 20, 0.1).Draw(t, "forget bias"),
				}
			},
			most: 4, command: gatedAt.command,
			always: []gatedAt{zero, one, {Cell: "gru", Depth: 100, Width: 1}, {Cell: "lstm", Depth: 50, Width: 1, ForgetBias: -700}, {Cell: "gru", Depth: 50, Width: 1, ForgetBias: 700}},
			check:  halves,
			mutants: []exactMutant[gatedAt]{
				{"the gate's derivative for the gate: 4^−T", gateProduct(func(c gatedAt) float64 {
					return float64(c.Depth) * -(special.SoftPlus(-c.ForgetBias) + special.SoftPlus(c.ForgetBias))
				}), []gatedAt{zero, one}},
				{"the carousel is constant", gateProduct(func(gatedAt) float64 { return 0 }), []gatedAt{zero, one}},
				{"one gate less", gateProduct(func(c gatedAt) float64 { c.Depth--; return forgets(c) }), []gatedAt{zero}},
				{"the bias of the opposite sign", gateProduct(func(c gatedAt) float64 { c.ForgetBias = -c.ForgetBias; return forgets(c) }), []gatedAt{one}},
			},
		},
	}
}

// spanAt is a time span to be remembered.
type spanAt struct {
	Steps int `json:"steps"`
}

// remembered checks what a forget gate of the given bias keeps over the span.
func remembered(bias func(steps float64) float64, log func(steps float64) float64) func(spanAt) finding {
	return func(c spanAt) finding {
		steps := float64(c.Steps)
		f := gateProduct(func(gatedAt) float64 { return log(steps) })(gatedAt{Cell: "lstm", Width: 1, Depth: c.Steps, ForgetBias: bias(steps)})
		f.Residual = max(f.Residual, -2*math.Ln2-log(steps), log(steps)+1) // from 1/4 to 1/e
		return f
	}
}

func chronoMemory() *Claim {
	chrono := func(steps float64) float64 { return math.Log(steps - 1) }
	kept := func(steps float64) float64 { return steps * math.Log1p(-1/steps) }
	span := []spanAt{{2}, {3}, {1000}}
	return &Claim{
		ID: "T6", Family: "recurrent", Kind: Deterministic, Expected: evidence.Verified,
		Plain:    "A forget bias of the log of the time span keeps a third of the gradient over it.",
		Why:      "σ(log(T − 1)) = 1 − 1/T, and (1 − 1/T)^T tends to 1/e.",
		See:      []string{"T5"},
		Sentence: "The chrono forget bias log(T − 1) remembers over T steps: what is left is (1 − 1/T)^T, between 1/4 and 1/e, and tends to 1/e.",
		Source:   Source{Paper: "Tallec & Ollivier 2018, Can recurrent neural networks warp time?", Eq: "section 3, the upper end of its random bias"}, Assumption: "no recurrent weights, so that gates are constant", Unit: "nats",
		Domain: "T from 2 to 2000",
		Test:   "Σ log f_t of the engine = T·log(1 − 1/T), to rounding, and from log 1/4 to −1",
		trial: &exact[spanAt]{
			draw: func(t *rapid.T) spanAt { return spanAt{gen.Depths(2, 2000).Draw(t, "steps")} },
			most: 8, always: span, check: remembered(chrono, kept),
			mutants: []exactMutant[spanAt]{
				{"bias log T", remembered(math.Log, kept), span},
				{"exactly 1/e", remembered(chrono, func(float64) float64 { return -1 }), span},
				{"a bias of 1 for every T", remembered(func(float64) float64 { return 1 }, kept), span},
			},
		},
	}
}
