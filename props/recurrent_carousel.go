package props

import (
	"context"
	"fmt"
	"math"

	"pgregory.net/rapid"

	"gradchain/props/evidence"
	"gradchain/props/internal/gen"
	"gradchain/sim/network"
	"gradchain/sim/stream"
	theory "gradchain/theory/recurrent"
)

// Random gates: the carousel vanishes slowly, and what explodes goes round it.

var hochreiter = Source{Paper: "Hochreiter & Schmidhuber 1997, Long short-term memory", Eq: "section 3.2, with the forget gate of Gers et al. 2000"}

type gatedNets = []network.GatedSample

type gatedSubject struct {
	engine *network.Gated
	cost   int64
}

func openGated(c gatedAt) (subject[gatedNets], error) {
	e, err := network.NewGated(c.model())
	return gatedSubject{e, int64(network.GatedCost(c.model()))}, err
}

func (s gatedSubject) values() int64 { return s.cost }

func (s gatedSubject) draw(ctx context.Context, src stream.Source, n int, dst *gatedNets) error {
	*dst = room(*dst, n)
	for i := range *dst {
		if err := s.engine.Sample(ctx, src, &(*dst)[i]); err != nil {
			return err
		}
	}
	return nil
}

// eachGated observes one number of every gated network.
func eachGated(number func(c gatedAt, s *network.GatedSample) float64) protocol[gatedAt] {
	return observing(func(c gatedAt) []gatedAt { return []gatedAt{c} }, openGated, func(c gatedAt, samples []gatedNets, dst []float64) []float64 {
		for i := range samples[0] {
			dst = append(dst, number(c, &samples[0][i]))
		}
		return dst
	})
}

// carouselRate is log ∂c_T/∂c_0 along the carousel, per step and unit.
func carouselRate(c gatedAt, s *network.GatedSample) float64 {
	return s.LogCarousel[0] / float64(c.Depth)
}

// gateVariance is the variance of the pre-activations of the gates: of the first step,
// where ‖h_0‖² = n, and of all steps where there are no recurrent weights.
func (c gatedAt) gateVariance() float64 { return c.WeightStd*c.WeightStd + c.BiasStd*c.BiasStd }

// drawRandomGates draws networks whose gates have normal pre-activations.
func drawRandomGates(t *rapid.T) gatedAt {
	c := gatedAt{
		Cell: drawCell(t), Width: gen.Widths(1, 32).Draw(t, "width"),
		BiasStd:    gen.Decimals(0.1, 1.5, 0.1).Draw(t, "bias std"),
		ForgetBias: gen.Decimals(-2, 5, 0.5).Draw(t, "forget bias"),
		Depth:      1,
	}
	if rapid.Bool().Draw(t, "recurrent") {
		c.WeightStd = gen.Decimals(0.1, 1, 0.1).Draw(t, "weight std")
	} else {
		c.Depth = rapid.IntRange(1, 5).Draw(t, "depth")
	}
	return c
}

// carouselMean predicts the mean of carouselRate, noticing 0.05. As log σ has slopes
// between 0 and 1, the variance of one unit is at most that of its pre-activation
// (Chernoff 1981).
func carouselMean(side evidence.Side, rate func(bias, q float64) (float64, error)) predictor[gatedAt] {
	return func(c gatedAt) (prediction, error) {
		q := c.gateVariance()
		theta, err := rate(c.ForgetBias, q)
		return prediction{Zone: evidence.Zone{Theta0: theta, Delta: 0.05, Side: side}, Variance: q / float64(c.Width)}, err
	}
}

// rateOf is a rate that needs no more than the variance.
func rateOf(value float64) func(bias, q float64) (float64, error) {
	return func(float64, float64) (float64, error) { return value, nil }
}

const randomGatesDomain = "LSTM, and GRU with its update gate; width 1 to 32, forget bias −2 to 5, σ_b 0.1 to 1.5; one step with σ_w up to 1 from ‖h_0‖² = n, or up to 5 without recurrent weights"

var wideGates = gatedAt{Cell: "lstm", Width: 16, Depth: 2, BiasStd: 1.5}

func carouselConstant() *Claim {
	return &Claim{
		ID: "T7", Family: "recurrent", Kind: Mean, Expected: evidence.Refuted, Correction: "T7.corrected",
		Plain:    "With a forget gate the carousel is a product of numbers below 1: it vanishes too.",
		Why:      "Only a gate of exactly 1 neither grows nor shrinks; a sigmoid never is 1.",
		See:      []string{"T7.corrected"},
		Sentence: "The constant error carousel prevents vanishing: gradients along the cell state of an LSTM neither grow nor shrink.",
		Source:   hochreiter, Assumption: "none", Unit: "nats per step",
		Domain: randomGatesDomain,
		Test:   "E log ∂c_T/∂c_0 ≥ 0 along the carousel",
		trial: &sampled[gatedAt]{
			draw: drawRandomGates, always: []gatedAt{wideGates},
			sample:  eachGated(carouselRate),
			predict: carouselMean(evidence.AtLeast, rateOf(0)),
			truth:   func(c gatedAt) (float64, error) { return theory.LSTMGateLyapunov(c.ForgetBias, c.gateVariance()) },
			command: gatedAt.command,
			mutants: []mutant[gatedAt]{
				{"it grows by a tenth a step", carouselMean(evidence.AtLeast, rateOf(math.Log(1.1))), []gatedAt{wideGates}},
				{"it loses at most a tenth a step", carouselMean(evidence.AtLeast, rateOf(math.Log(0.9))), []gatedAt{wideGates}},
			},
		},
	}
}

func carouselVanishes() *Claim {
	forget := gatedAt{Cell: "gru", Width: 8, Depth: 1, BiasStd: 0.5, WeightStd: 1, ForgetBias: 2}
	return &Claim{
		ID: "T7.corrected", Family: "recurrent", Kind: Mean, Expected: evidence.Verified,
		Plain:    "Random gates forget faster than their mean says.",
		Why:      "E log σ(b + z) is below log E σ(b + z), by Jensen.",
		See:      []string{"T7"},
		Sentence: "With random gates the carousel vanishes too, only slowly: log ∂c_T/∂c_0 falls by −E log σ(b + z) a step, z the random part of a gate's pre-activation, more than the −log E σ(b + z) of its mean.",
		Source:   Source{Paper: "derived", Eq: "law of large numbers over units"}, Assumption: "none", Unit: "nats per step",
		Domain: randomGatesDomain,
		Test:   "E log ∂c_T/∂c_0 per step = E log σ(b + z), to 0.05",
		trial: &sampled[gatedAt]{
			draw: drawRandomGates, always: []gatedAt{wideGates, forget},
			sample:  eachGated(carouselRate),
			predict: carouselMean(evidence.Equal, theory.LSTMGateLyapunov),
			command: gatedAt.command,
			mutants: []mutant[gatedAt]{
				{"Jensen swap: log E σ", carouselMean(evidence.Equal, theory.LSTMGateMeanExponent), []gatedAt{wideGates}},
				{"gates at their mean: log σ(b)", carouselMean(evidence.Equal, func(bias, _ float64) (float64, error) { return theory.LSTMLogMemory(bias, 1) }), []gatedAt{wideGates}},
				{"the forget bias dropped", carouselMean(evidence.Equal, func(_, q float64) (float64, error) { return theory.LSTMGateLyapunov(0, q) }), []gatedAt{forget}},
				{"a constant carousel", carouselMean(evidence.Equal, rateOf(0)), []gatedAt{wideGates, forget}},
			},
		},
	}
}

// drawLoopy draws gated networks with recurrent weights.
func drawLoopy(t *rapid.T) gatedAt {
	return gatedAt{
		Cell: drawCell(t), Width: rapid.IntRange(2, 8).Draw(t, "width"), Depth: gen.Depths(5, 20).Draw(t, "depth"),
		WeightStd: gen.Decimals(0.5, 20, 0.5).Draw(t, "weight std"), ForgetBias: gen.Decimals(0, 5, 0.5).Draw(t, "forget bias"),
	}
}

func gatesPreventExplosion() *Claim {
	atMostShare := func(p float64) predictor[gatedAt] {
		return func(gatedAt) (prediction, error) {
			return prediction{Zone: evidence.Zone{Theta0: p, Delta: 0.1, Side: evidence.AtMost}}, nil
		}
	}
	loud := gatedAt{Cell: "lstm", Width: 8, Depth: 20, WeightStd: 20, ForgetBias: 5}
	return &Claim{
		ID: "T8", Family: "recurrent", Kind: Probability, Expected: evidence.Refuted, Correction: "T8.corrected",
		Plain:    "Gates do not keep gradients from exploding: they explode through h.",
		Why:      "The carousel is bounded by 1, but the path through the recurrent weights is not.",
		See:      []string{"T8.corrected"},
		Sentence: "Gates keep gradients through time from exploding.",
		Source:   Source{Paper: "common reading of Hochreiter & Schmidhuber 1997"}, Assumption: "explode read as its least: a gradient above 1 in more than half of the networks", Unit: "probability",
		Domain: "LSTM and GRU, no biases but the forget bias 0 to 5; σ_w 0.5 to 20, width 2 to 8, 5 to 20 steps",
		Test:   "P(‖∂(u·h_T)/∂s_0‖ > 1) ≤ 1/2, s = (h, c) or h",
		trial: &sampled[gatedAt]{
			draw: drawLoopy, always: []gatedAt{loud},
			sample:  eachGated(func(_ gatedAt, s *network.GatedSample) float64 { return bit(s.LogGradNorm[0] > 0) }),
			predict: atMostShare(0.5),
			truth:   func(gatedAt) (float64, error) { return 0.75, nil }, // at least, of loud: 0.777 of 5,000 networks
			command: gatedAt.command,
			mutants: []mutant[gatedAt]{{"in at most a quarter of the networks", atMostShare(0.25), []gatedAt{loud}}},
		},
	}
}

// carouselBound checks that no step makes the gradient grow; of says which gradient.
func carouselBound(of func(s *network.GatedSample) []float64) func(gatedAt) finding {
	return func(c gatedAt) finding {
		logs, worst := of(c.sampleOnce()), math.Inf(-1)
		for t := range c.Depth {
			worst = max(worst, logs[t]-logs[t+1])
		}
		return finding{
			Residual: worst, Tolerance: 8 * ulp * (1 + math.Abs(logs[0])),
			Text: fmt.Sprintf("from step %d back to 0 the log is %.6g, and a step adds up to %.6g", c.Depth, logs[0], worst),
		}
	}
}

func carouselBounded() *Claim {
	loud := gatedAt{Cell: "lstm", Width: 8, Depth: 20, WeightStd: 20, ForgetBias: 5}
	return &Claim{
		ID: "T8.corrected", Family: "recurrent", Kind: Deterministic, Expected: evidence.Verified,
		Plain:    "Along the carousel itself no gradient explodes.",
		Why:      "Each step multiplies it by a gate, at most 1.",
		See:      []string{"T8"},
		Sentence: "Along the carousel no gradient explodes, in any network: every step multiplies it by gates, which are at most 1. What explodes goes through h and the recurrent weights.",
		Source:   gers, Assumption: "none", Unit: "nats",
		Domain: "LSTM and GRU, σ_w 0.5 to 20, forget bias 0 to 5, width 2 to 8, 5 to 20 steps, one random network each",
		Test:   "Σ log f over the steps t + 1 … T falls as t falls, for all t",
		trial: &exact[gatedAt]{
			draw: drawLoopy, most: 4, always: []gatedAt{loud, {Cell: "gru", Width: 3, Depth: 50, WeightStd: 10, ForgetBias: 800}},
			check: carouselBound(func(s *network.GatedSample) []float64 { return s.LogCarousel }), command: gatedAt.command,
			mutants: []exactMutant[gatedAt]{
				{"the whole gradient", carouselBound(func(s *network.GatedSample) []float64 { return s.LogGradNorm }), []gatedAt{loud}},
			},
		},
	}
}
