package props

import (
	"context"
	"math"

	"pgregory.net/rapid"

	"gradchain/props/evidence"
	"gradchain/props/internal/gen"
	"gradchain/sim/network"
	"gradchain/sim/stream"
	"gradchain/theory/gauss"
	theory "gradchain/theory/recurrent"
	"gradchain/theory/special"
)

// Random gates: the carousel vanishes slowly, and what explodes goes round it.

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

// drawConstantGates draws networks without recurrent weights, whose gates are the same at
// every step.
func drawConstantGates(t *rapid.T) gatedAt {
	return gatedAt{
		Cell: drawCell(t), Width: gen.Widths(8, 32).Draw(t, "width"), Depth: gen.Depths(10, 50).Draw(t, "depth"),
		BiasStd: gen.Decimals(0.1, 1.5, 0.1).Draw(t, "bias std"), ForgetBias: gen.Decimals(1, 2, 0.5).Draw(t, "forget bias"),
	}
}

// drawRandomGates draws networks whose gates have normal pre-activations: one step with
// recurrent weights, or several without.
func drawRandomGates(t *rapid.T) gatedAt {
	c := gatedAt{
		Cell: drawCell(t), Width: gen.Widths(4, 32).Draw(t, "width"),
		BiasStd:    gen.Decimals(0.5, 1.5, 0.1).Draw(t, "bias std"),
		ForgetBias: gen.Decimals(-2, 1, 0.5).Draw(t, "forget bias"),
		Depth:      1,
	}
	if rapid.Bool().Draw(t, "recurrent") {
		c.WeightStd = gen.Decimals(0.1, 1, 0.1).Draw(t, "weight std")
	} else {
		c.Depth = rapid.IntRange(1, 5).Draw(t, "depth")
	}
	return c
}

// gateMoments are the mean and the variance of log σ(b + z), z normal of variance q.
func gateMoments(bias, q float64) (mean, variance float64, err error) {
	if mean, err = theory.LSTMGateLyapunov(bias, q); err != nil {
		return 0, 0, err
	}
	variance, bound := gauss.Expect(func(z float64) float64 {
		off := -special.SoftPlus(-bias-z) - mean
		return off * off
	}, q)
	return mean, variance + bound, nil
}

// carouselMean predicts the mean of carouselRate, a mean over units whose gates are
// independent, so that its variance is known. It notices 0.4 of what Jensen's inequality
// sets between E log σ and log E σ, or delta if that is more.
func carouselMean(side evidence.Side, delta float64, rate func(bias, q float64) (float64, error)) predictor[gatedAt] {
	return func(c gatedAt) (prediction, error) {
		q := c.gateVariance()
		theta, err := rate(c.ForgetBias, q)
		if err != nil {
			return prediction{}, err
		}
		mean, variance, err := gateMoments(c.ForgetBias, q)
		if err != nil {
			return prediction{}, err
		}
		top, err := theory.LSTMGateMeanExponent(c.ForgetBias, q)
		zone := evidence.Zone{Theta0: theta, Delta: max(delta, (top-mean)/2.5), Side: side}
		return prediction{Zone: zone, Variance: 1.01 * variance / float64(c.Width)}, err
	}
}

// rateOf is a rate that needs no more than the variance.
func rateOf(value float64) func(bias, q float64) (float64, error) {
	return func(float64, float64) (float64, error) { return value, nil }
}

// gateAtMean is the rate of gates without their random part.
func gateAtMean(bias, _ float64) (float64, error) { return theory.LSTMLogMemory(bias, 1) }

func carouselConstant() *Claim {
	sixteen := gatedAt{Cell: "lstm", Width: 16, Depth: 10, BiasStd: 1.5}
	at := func(rate float64) predictor[gatedAt] { return carouselMean(evidence.AtLeast, 0.02, rateOf(rate)) }
	return &Claim{
		ID: "T7", Family: "recurrent", Kind: Mean, Expected: evidence.Refuted, Correction: "T7.corrected",
		Plain:    "With a forget gate the carousel is a product of numbers below 1: it vanishes too.",
		Why:      "Only a gate of exactly 1 neither grows nor shrinks; a sigmoid never is 1.",
		See:      []string{"T7.corrected"},
		Sentence: "The LSTM of today prevents vanishing: along its cell state, with a forget gate, gradients neither grow nor shrink.",
		Source: Source{
			Paper: "common reading of Hochreiter & Schmidhuber 1997, Long short-term memory, whose carousel has weight 1 and does what it says",
			Eq:    "for the cell with the forget gate of Gers, Schmidhuber & Cummins 2000",
		},
		Assumption: "none: gates of different units are independent", Unit: "nats per step",
		Domain: "LSTM, and GRU with its update gate; width 8 to 32, forget bias 1 to 2, σ_b 0.1 to 1.5, no recurrent weights, 10 to 50 steps",
		Test:   "E log ∂c_T/∂c_0 along the carousel, a step, ≥ 0",
		trial: &sampled[gatedAt]{
			draw: drawConstantGates, always: []gatedAt{sixteen},
			sample:  eachGated(carouselRate),
			predict: at(0),
			truth:   func(c gatedAt) (float64, error) { return theory.LSTMGateLyapunov(c.ForgetBias, c.gateVariance()) },
			command: gatedAt.command,
			mutants: []mutant[gatedAt]{
				{"it grows by a tenth a step", at(math.Log(1.1)), []gatedAt{sixteen}},
				{"it loses at most a twentieth a step", at(math.Log(0.95)), []gatedAt{sixteen}},
			},
			corners: []mutant[gatedAt]{
				{"it loses no more than gates at their mean: log σ(b)", carouselMean(evidence.AtLeast, 0.02, gateAtMean), []gatedAt{sixteen}},
			},
		},
	}
}

func carouselVanishes() *Claim {
	wide, forget := gatedAt{Cell: "lstm", Width: 16, Depth: 2, BiasStd: 1.5}, gatedAt{Cell: "gru", Width: 8, Depth: 1, BiasStd: 0.5, WeightStd: 1, ForgetBias: 1}
	narrow := gatedAt{Cell: "lstm", Width: 16, Depth: 2, BiasStd: 0.5}
	equal := func(rate func(bias, q float64) (float64, error)) predictor[gatedAt] {
		return carouselMean(evidence.Equal, 0, rate)
	}
	return &Claim{
		ID: "T7.corrected", Family: "recurrent", Kind: Mean, Expected: evidence.Verified,
		Plain:    "Random gates forget faster than their mean says.",
		Why:      "E log σ(b + z) is below log E σ(b + z), by Jensen.",
		See:      []string{"T7"},
		Sentence: "With forget gates the carousel vanishes too, only slowly: log ∂c_T/∂c_0 falls by −E log σ(b + z) a step, z the random part of a gate's pre-activation, more than the −log E σ(b + z) of its mean. With the weight 1 of 1997, b = ∞, it is constant.",
		Source:   Source{Paper: "derived", Eq: "law of large numbers over units"}, Assumption: "none: gates of different units are independent", Unit: "nats per step",
		Domain: "LSTM, and GRU with its update gate; width 4 to 32, forget bias −2 to 1, σ_b 0.5 to 1.5; one step with σ_w up to 1 from ‖h_0‖² = n, or up to 5 without recurrent weights",
		Test:   "E log ∂c_T/∂c_0 per step = E log σ(b + z), to 0.4 of log E σ − E log σ",
		trial: &sampled[gatedAt]{
			draw: drawRandomGates, always: []gatedAt{wide, forget},
			sample:  eachGated(carouselRate),
			predict: equal(theory.LSTMGateLyapunov),
			command: gatedAt.command,
			mutants: []mutant[gatedAt]{
				{"Jensen swap: log E σ", equal(theory.LSTMGateMeanExponent), []gatedAt{wide}},
				{"a constant carousel", equal(rateOf(0)), []gatedAt{wide, forget}},
				{"the gate's derivative for the gate: log σ′", equal(func(bias, q float64) (float64, error) {
					up, err := theory.LSTMGateLyapunov(bias, q)
					if err != nil {
						return 0, err
					}
					down, err := theory.LSTMGateLyapunov(-bias, q)
					return up + down, err
				}), []gatedAt{wide, forget}},
			},
			corners: []mutant[gatedAt]{
				{"gates at their mean: log σ(b)", equal(gateAtMean), []gatedAt{wide}},
				{"the forget bias dropped", equal(func(_, q float64) (float64, error) { return theory.LSTMGateLyapunov(0, q) }), []gatedAt{forget}},
				{"the bias of the opposite sign", equal(func(bias, q float64) (float64, error) { return theory.LSTMGateLyapunov(-bias, q) }), []gatedAt{forget}},
				{"σ for σ²: gates of variance √q", equal(func(bias, q float64) (float64, error) { return theory.LSTMGateLyapunov(bias, math.Sqrt(q)) }), []gatedAt{narrow}},
			},
		},
	}
}

// manySteps predicts the median of carouselRate with recurrent weights over several steps.
// The pre-activation of a gate has variance σ_w²‖h_t‖²/n + σ_b², ‖h_0‖² = n, and later
// |h| < 1: each step falls at a rate between that of σ_b² alone and that of σ_w² + σ_b².
// Weights that are the same at every step make h depend on them, to the order 1/n.
func manySteps(scale float64, rate func(bias, q float64) (float64, error)) predictor[gatedAt] {
	return func(c gatedAt) (prediction, error) {
		low, high := c.BiasStd*c.BiasStd, c.gateVariance()
		slow, err := rate(c.ForgetBias, low)
		if err != nil {
			return prediction{}, err
		}
		fast, err := rate(c.ForgetBias, high)
		if err != nil {
			return prediction{}, err
		}
		_, variance, err := gateMoments(c.ForgetBias, high)
		eps := (slow-fast)/2 + c.WeightStd*c.WeightStd/float64(c.Width)
		zone := evidence.Zone{Theta0: scale * (slow + fast) / 2, Eps: eps, Delta: eps + 0.1}
		return prediction{Zone: zone, Variance: variance / float64(c.Width)}, err
	}
}

func carouselSteps() *Claim {
	ten := gatedAt{Cell: "lstm", Width: 16, Depth: 10, BiasStd: 1, WeightStd: 0.5}
	return &Claim{
		ID: "T7.steps", Family: "recurrent", Kind: Median, Expected: evidence.Verified,
		Plain:    "With recurrent weights too the carousel forgets slowly, at a rate between two known ones.",
		Why:      "h only widens the spread of the gates: it adds at most σ_w² to the variance σ_b² of their arguments.",
		See:      []string{"T7.corrected"},
		Sentence: "With recurrent weights too the carousel vanishes slowly over many steps: it falls by between −E log σ(b + z) of z of the variance σ_b² and that of σ_w² + σ_b² a step.",
		Source:   Source{Paper: "derived", Eq: "‖h_0‖² = n and |h_t| < 1 later; log σ is concave"}, Unit: "nats per step",
		Assumption: "the dependence of h on the weights moves the rate by at most σ_w²/n",
		Given:      []string{"|bias of tied weights| ≤ σ_w²/n a step, not proved"},
		Domain:     "LSTM; width 8 to 32, 2 to 20 steps, σ_w 0.1 to 1, σ_b 0.5 to 1.5, forget bias −2 to 0.5",
		Test:       "the median of log ∂c_T/∂c_0 per step lies between E log σ(b + z) of the two variances, noticing 0.1 more",
		trial: &sampled[gatedAt]{
			draw: func(t *rapid.T) gatedAt {
				return gatedAt{
					Cell: "lstm", Width: gen.Widths(8, 32).Draw(t, "width"), Depth: gen.Depths(2, 20).Draw(t, "depth"),
					WeightStd: gen.Decimals(0.1, 1, 0.1).Draw(t, "weight std"), BiasStd: gen.Decimals(0.5, 1.5, 0.1).Draw(t, "bias std"),
					ForgetBias: gen.Decimals(-2, 0.5, 0.5).Draw(t, "forget bias"),
				}
			},
			always:  []gatedAt{ten},
			sample:  eachGated(carouselRate),
			predict: manySteps(1, theory.LSTMGateLyapunov),
			command: gatedAt.command,
			mutants: []mutant[gatedAt]{
				{"a constant carousel", manySteps(0, theory.LSTMGateLyapunov), []gatedAt{ten}},
				{"twice as fast: the output gate on the way", manySteps(2, theory.LSTMGateLyapunov), []gatedAt{ten}},
				{"half as fast", manySteps(0.5, theory.LSTMGateLyapunov), []gatedAt{ten}},
			},
		},
	}
}
