package props

import (
	"math"

	"pgregory.net/rapid"

	"gradchain/props/evidence"
	"gradchain/props/internal/gen"
	"gradchain/sim/network"
	"gradchain/theory/product"
)

// Sentences S9 and S14 in networks of more than one unit a layer.

// sigmoidFor is the same network with the sigmoid for the ReLU.
func sigmoidFor(c networkAt) networkAt {
	c.Activation = "sigmoid"
	return c
}

// fallen is the event that the gradient is less than a thousandth at layer 1 of what it is at
// layer L.
func fallen(c networkAt, s *network.Sample) bool {
	return !(s.LogGradNorm[1]-s.LogGradNorm[c.Depth] >= math.Log(1e-3))
}

func wideReluVanishesLess() *Claim {
	deep := dense("relu", 1.5, 64, 40)
	pairs := func(zone evidence.Zone) predictor[networkAt] {
		return func(networkAt) (prediction, error) { return prediction{Zone: zone}, nil }
	}
	return &Claim{
		ID: "S9.wide", Family: "textbook", Kind: Probability, Expected: evidence.Verified,
		Sentence: "In a wide network ReLU gradients are less likely to vanish than the sigmoid's: with the same weights' variance the sigmoid's fall below a thousandth over 20 layers and more, and ReLU's do not.",
		Source:   says("χ₁ = σ_w²/2 for ReLU, at most σ_w²/16 for the sigmoid"), Unit: "probability",
		Assumption: "none",
		Domain:     "64 to 256 units, 20 to 40 layers, σ_w 1.4 to 3, no biases",
		Test:       "P(‖∇₁‖ < ‖∇_L‖/1000 for the sigmoid and not for ReLU) ≥ 0.9",
		trial: &sampled[networkAt]{
			draw: func(t *rapid.T) networkAt {
				std := gen.Decimals(1.4, 3, 0.1).Draw(t, "weight_std")
				return dense("relu", std, gen.Widths(64, 256).Draw(t, "width"), gen.Depths(20, 40).Draw(t, "depth"))
			},
			always: []networkAt{deep},
			sample: networks(func(c networkAt) []networkAt { return []networkAt{c, sigmoidFor(c)} },
				func(c networkAt, samples []nets, dst []float64) []float64 {
					for i := range samples[0] {
						dst = append(dst, bit(fallen(c, &samples[1][i]) && !fallen(c, &samples[0][i])))
					}
					return dst
				}),
			predict: pairs(evidence.Zone{Theta0: 0.9, Delta: 0.3, Side: evidence.AtLeast}),
			truth:   func(networkAt) (float64, error) { return 1, nil }, // up to 1e-6
			command: func(c networkAt) string { return c.command() + " && " + sigmoidFor(c).command() },
			mutants: []mutant[networkAt]{
				{"in half of the networks at most", pairs(evidence.Zone{Theta0: 0.5, Delta: 0.3, Side: evidence.AtMost}), []networkAt{deep}},
				{"ReLU's vanish as often", pairs(evidence.Zone{Theta0: 0.1, Delta: 0.3, Side: evidence.AtMost}), []networkAt{deep}},
			},
		},
	}
}

// gradientLaw predicts the exact law of log‖∇₀‖² at a depth, given that it is not 0.
func gradientLaw(depth func(int) int) predictor[networkAt] {
	return func(c networkAt) (prediction, error) {
		l, err := product.LogSquaredNormLaw(c.model().Activation, c.Width, depth(c.Depth))
		if err != nil {
			return prediction{}, err
		}
		return prediction{CDFs: l.CDFs, Eta: l.Bound(), Zone: evidence.Zone{Delta: 0.07}}, nil
	}
}

func wideSpreadGrows() *Claim {
	of := func(phi string, width, depth int) networkAt {
		return criticalNetwork(phi, width, depth).sampledBy(network.Norm)
	}
	relu, linear := of("relu", 16, 20), of("linear", 8, 20)
	return &Claim{
		ID: "S14.wide", Family: "textbook", Kind: Distribution, Expected: evidence.Verified,
		Sentence: "The instability is natural to depth in wide networks too: at the critical variance, where the mean square of the gradient stays, the spread of its logarithm grows as √L, the variance of log‖∇‖² by ψ′(n/2) ≈ 2/n a linear layer and ≈ 5/n a ReLU layer.",
		Source:   says("the law: sums of log χ² (Hanin & Nica 2020), inverted"), Unit: "sup-distance of laws",
		Assumption: "none; for ReLU the law is that of gradients that are not 0",
		Domain:     "linear and ReLU networks at σ_w² = 1 and 2 without biases, 4 to 64 units, 1 to 30 layers, engine norm",
		Test:       "the law of log‖∇₀‖² is the exact one, of variance L·Var log (χ²/n)",
		trial: &sampled[networkAt]{
			draw: func(t *rapid.T) networkAt {
				phi := rapid.SampledFrom([]string{"relu", "linear"}).Draw(t, "activation")
				return of(phi, gen.Widths(4, 64).Draw(t, "width"), gen.Depths(1, 30).Draw(t, "depth"))
			},
			always:  []networkAt{relu, linear},
			sample:  eachAlive(func(_ networkAt, s *network.Sample) float64 { return 2 * s.LogGradNorm[0] }),
			predict: gradientLaw(func(l int) int { return l }),
			command: networkAt.command,
			mutants: []mutant[networkAt]{
				{"the spread of half the depth", gradientLaw(func(l int) int { return l / 2 }), []networkAt{relu, linear}},
				{"no growth: the law of one layer", gradientLaw(func(int) int { return 1 }), []networkAt{relu, linear}},
				{"growth as L: the spread of depth L²", gradientLaw(func(l int) int { return l * l }), []networkAt{relu, linear}},
			},
		},
	}
}
