package props

import (
	"pgregory.net/rapid"

	"gradchain/props/evidence"
	"gradchain/props/internal/gen"
	"gradchain/sim/network"
	"gradchain/theory/product"
)

// Sentence S14 in networks of more than one unit a layer.

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
		Plain:    "Wide networks too: the log of the gradient norm spreads like the root of depth over width.",
		Why:      "Each layer multiplies the squared norm by a chi-square over its degrees of freedom, whose logarithm has a variance of order 1/n.",
		See:      []string{"product.log_squared_norm.variance"},
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
