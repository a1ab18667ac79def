package props

import (
	"pgregory.net/rapid"

	"gradchain/props/evidence"
	"gradchain/props/internal/gen"
	"gradchain/sim/network"
	theory "gradchain/theory/recurrent"
)

// What explodes in a gated network goes round the carousel.

// throughTime is log‖∂(u·h_T)/∂s_0‖, s = (h, c) or h.
func throughTime(_ gatedAt, s *network.GatedSample) float64 { return s.LogGradNorm[0] }

// logGradient predicts its median. The spread, about 3 nats of large weights and 1 of small
// ones, says no more than how many samples are taken.
func logGradient(zone evidence.Zone, spread float64) predictor[gatedAt] {
	return func(gatedAt) (prediction, error) { return prediction{Zone: zone, Variance: spread * spread}, nil }
}

// drawGated draws gated networks with recurrent weights of a gain from least to most.
func drawGated(least, most, step float64) func(*rapid.T) gatedAt {
	return func(t *rapid.T) gatedAt {
		return gatedAt{
			Cell: drawCell(t), Width: gen.Widths(8, 16).Draw(t, "width"), Depth: gen.Depths(20, 40).Draw(t, "depth"),
			WeightStd: gen.Decimals(least, most, step).Draw(t, "weight std"), ForgetBias: gen.Decimals(0, 3, 0.5).Draw(t, "forget bias"),
		}
	}
}

// drawLoud draws those of strong weights, wider and of more steps, so that most explode by much.
func drawLoud(t *rapid.T) gatedAt {
	c := drawGated(10, 20, 0.5)(t)
	c.Width, c.Depth = gen.Widths(16, 24).Draw(t, "units"), gen.Depths(50, 100).Draw(t, "steps")
	return c
}

func gatesPreventExplosion() *Claim {
	loud := gatedAt{Cell: "lstm", Width: 16, Depth: 50, WeightStd: 20, ForgetBias: 1}
	atMost := func(bound float64) predictor[gatedAt] {
		return logGradient(evidence.Zone{Theta0: bound, Delta: 1.5, Side: evidence.AtMost}, 3)
	}
	return &Claim{
		ID: "T8", Family: "recurrent", Kind: Median, Expected: evidence.Refuted, Correction: "T8.corrected",
		Plain:    "Gates do not keep gradients from exploding: they explode through h.",
		Why:      "The carousel is bounded by 1, but the path through the recurrent weights is not.",
		See:      []string{"T8.corrected"},
		Sentence: "Gates keep gradients through time from exploding.",
		Source:   Source{Paper: "common reading of Hochreiter & Schmidhuber 1997, who say it of vanishing and of the carousel"}, Assumption: "explode read as its least: a typical gradient above 1", Unit: "nats",
		Domain: "LSTM and GRU, no biases but the forget bias 0 to 3; σ_w 10 to 20, width 16 to 24, 50 to 100 steps",
		Test:   "the median of log‖∂(u·h_T)/∂s_0‖ is 0 at most, s = (h, c) or h",
		trial: &sampled[gatedAt]{
			draw: drawLoud, always: []gatedAt{loud},
			sample:  eachGated(throughTime),
			predict: atMost(0),
			truth:   func(gatedAt) (float64, error) { return loudest, nil },
			command: gatedAt.command,
			mutants: []mutant[gatedAt]{
				{"in most networks it is less than 1/e", atMost(-1), []gatedAt{loud}},
				{"it falls as gates at their mean do: σ(b)^T", func(c gatedAt) (prediction, error) {
					rate, err := theory.LSTMLogMemory(c.ForgetBias, c.Depth)
					if err != nil {
						return prediction{}, err
					}
					return atMost(rate)(c)
				}, []gatedAt{loud}},
			},
		},
	}
}

// The medians of log‖∂(u·h_T)/∂s_0‖ in 200 networks each of σ_w 10 and 20 were 2.3 and more,
// of σ_w up to 1 −0.6 and less, at width 16, forget biases up to 3 and 20 and 50 steps. They say
// what a check can see, no more.
const loudest, quietest = 1.5, -0.5

func loudGates() *Claim {
	loud, quiet := gatedAt{Cell: "lstm", Width: 16, Depth: 50, WeightStd: 20, ForgetBias: 1}, gatedAt{Cell: "gru", Width: 16, Depth: 20, WeightStd: 0.5, ForgetBias: 1}
	side := func(above func(c gatedAt) bool) predictor[gatedAt] {
		return func(c gatedAt) (prediction, error) {
			zone, spread := evidence.Zone{Delta: 0.3, Side: evidence.AtMost}, 1.0
			if c.WeightStd > 1 {
				zone.Delta, spread = 0.9, 3
			}
			if above(c) {
				zone.Side = evidence.AtLeast
			}
			return logGradient(zone, spread)(c)
		}
	}
	return &Claim{
		ID: "T8.corrected", Family: "recurrent", Kind: Median, Expected: evidence.Verified,
		Plain:    "With gates too the recurrent weights decide: small ones vanish, large ones explode.",
		Why:      "Each gate is at most 1, so what explodes goes round the carousel, through h and the weights.",
		See:      []string{"T8"},
		Sentence: "With gates too it is the recurrent weights that decide: for σ_w up to 1 the typical gradient through time is below 1, for σ_w from 10 on above, because what explodes goes round the carousel, through h and the weights.",
		Source:   Source{Paper: "simulation; along the carousel itself every step multiplies by a gate, at most 1"}, Assumption: "none", Unit: "nats",
		Domain: "LSTM and GRU, no biases but the forget bias 0 to 3; σ_w 0.1 to 1 and 10 to 20, width 8 to 16, 20 to 40 steps",
		Test:   "the median of log‖∂(u·h_T)/∂s_0‖ is 0 at most for σ_w ≤ 1 and at least for σ_w ≥ 10, s = (h, c) or h",
		trial: &sampled[gatedAt]{
			draw: func(t *rapid.T) gatedAt {
				if rapid.Bool().Draw(t, "loud") {
					return drawGated(10, 20, 0.5)(t)
				}
				return drawGated(0.1, 1, 0.1)(t)
			},
			always:  []gatedAt{loud, quiet},
			sample:  eachGated(throughTime),
			predict: side(func(c gatedAt) bool { return c.WeightStd > 1 }),
			truth: func(c gatedAt) (float64, error) {
				if c.WeightStd > 1 {
					return loudest, nil
				}
				return quietest, nil
			},
			command: gatedAt.command,
			mutants: []mutant[gatedAt]{
				{"gates prevent explosion: below 1 always", side(func(gatedAt) bool { return false }), []gatedAt{loud}},
				{"nothing vanishes: above 1 always", side(func(gatedAt) bool { return true }), []gatedAt{quiet}},
				{"the forget bias decides: above 1 for b ≥ 2", side(func(c gatedAt) bool { return c.ForgetBias >= 2 }), []gatedAt{loud}},
			},
		},
	}
}
