package props

import (
	"math"

	"pgregory.net/rapid"

	"gradchain/props/evidence"
	"gradchain/props/internal/gen"
	"gradchain/sim/network"
)

// Sentence S9 in networks of more than one unit a layer.

// sigmoidFor is the same network with the sigmoid for the ReLU.
func sigmoidFor(c networkAt) networkAt {
	c.Activation = "sigmoid"
	return c
}

// lost is log(‖∇₁‖/‖∇_L‖): what reaches layer 1 of the gradient at layer L.
func lost(c networkAt, s *network.Sample) float64 { return s.LogGradNorm[1] - s.LogGradNorm[c.Depth] }

// thousandth is where a gradient has vanished.
var thousandth = math.Log(1e-3)

// reluLost are the mean and the variance of lost in a ReLU network, given that it is alive:
// every layer multiplies ‖∇‖² by (σ_w²/n)·χ²_B, B ~ Bin(n, ½), as in P1.
func reluLost(c networkAt) (mean, variance float64) {
	layers := criticalNetwork("relu", c.Width, c.Depth-1)
	mean, variance = layers.logMoments()
	return mean/2 + float64(c.Depth-1)*math.Log(c.WeightStd*c.WeightStd/2)/2, variance / 4
}

// reluKeeps predicts that at least so much of the gradient is left in the mean.
func reluKeeps(least func(c networkAt) float64) predictor[networkAt] {
	return func(c networkAt) (prediction, error) {
		_, variance := reluLost(c)
		return prediction{Zone: evidence.Zone{Theta0: least(c), Delta: 0.4, Side: evidence.AtLeast}, Variance: 1.25 * variance}, nil
	}
}

func wideReluNever() *Claim {
	slow, he := dense("relu", 1.2, 64, 20), dense("relu", math.Sqrt2, 64, 20)
	of := func(x float64) func(networkAt) float64 { return func(networkAt) float64 { return x } }
	return &Claim{
		ID: "S9.wide", Family: "textbook", Kind: Mean, Expected: evidence.Refuted, Correction: "S9.wide.corrected",
		Plain:    "Only for ordinary weights: for small σ_w ReLU vanishes too, for large σ_w the sigmoid explodes.",
		Why:      "χ₁ is σ_w²/2 for ReLU: below σ_w = √2 it vanishes as well; and the sigmoid explodes above σ_w = 10.15.",
		See:      []string{"S9.wide.corrected", "meanfield.chi_1"},
		Sentence: "In a wide network the sigmoid's gradients vanish and ReLU's do not: over 20 layers and more ReLU's do not fall below a thousandth.",
		Source:   says("read as of weights of any variance"), Unit: "nats",
		Assumption: "none: the variance of independent log χ² is known",
		Domain:     "ReLU, 64 to 256 units, 30 to 40 layers, σ_w 1 to 3, no biases",
		Test:       "E log(‖∇₁‖/‖∇_L‖) ≥ log(1/1000)",
		trial: &sampled[networkAt]{
			draw: func(t *rapid.T) networkAt {
				std := gen.Decimals(1, 3, 0.1).Draw(t, "weight_std")
				return dense("relu", std, gen.Widths(64, 256).Draw(t, "width"), gen.Depths(30, 40).Draw(t, "depth"))
			},
			always: []networkAt{dense("relu", 1, 64, 40)},
			sample: eachNetwork(lost), predict: reluKeeps(of(thousandth)), command: networkAt.command,
			truth: func(c networkAt) (float64, error) { mean, _ := reluLost(c); return mean, nil },
			mutants: []mutant[networkAt]{
				{"not below a tenth", reluKeeps(of(math.Log(0.1))), []networkAt{slow}},
				{"not at all: the slope is 1 or 0", reluKeeps(of(0)), []networkAt{slow, he}},
				{"all units active: log σ_w for ½ log(σ_w²/2) a layer", reluKeeps(func(c networkAt) float64 {
					return float64(c.Depth-1) * math.Log(c.WeightStd)
				}), []networkAt{slow, he}},
			},
		},
	}
}

// drawPair draws a ReLU network, for which there is a sigmoid one of the same weights' law.
func drawPair(least, most float64) func(*rapid.T) networkAt {
	return func(t *rapid.T) networkAt {
		std := gen.Decimals(least, most, 0.1).Draw(t, "weight_std")
		return dense("relu", std, gen.Widths(64, 128).Draw(t, "width"), gen.Depths(20, 40).Draw(t, "depth"))
	}
}

// pairs observes a ReLU network and a sigmoid one together.
func pairs(number func(c networkAt, relu, sigmoid *network.Sample) float64) protocol[networkAt] {
	return networks(func(c networkAt) []networkAt { return []networkAt{c, sigmoidFor(c)} },
		func(c networkAt, samples []nets, dst []float64) []float64 {
			for i := range samples[0] {
				dst = append(dst, number(c, &samples[0][i], &samples[1][i]))
			}
			return dst
		})
}

// sigmoidLost is lost of a wide sigmoid network, a layer.
func sigmoidLost(c networkAt) (float64, error) {
	w, err := meanFieldOf(sigmoidFor(c)).WideLogGrowth(firstVariance(c), 1, c.Depth)
	return w.Limit / 2 / float64(c.Depth-1), err
}

func wideReluKeepsMore() *Claim {
	small, large := dense("relu", 0.5, 64, 30), dense("relu", 2, 64, 30)
	gap := func(zone evidence.Zone) predictor[networkAt] {
		return func(networkAt) (prediction, error) { return prediction{Zone: zone, Variance: 0.01}, nil }
	}
	atLeast := func(factor float64) predictor[networkAt] {
		return gap(evidence.Zone{Theta0: math.Log(factor), Delta: 0.05, Side: evidence.AtLeast})
	}
	return &Claim{
		ID: "S9.wide.corrected", Family: "textbook", Kind: Median, Expected: evidence.Verified,
		Plain:    "In wide networks ReLU keeps more of the gradient than the sigmoid at every weight scale.",
		Why:      "The mean square of the slope is ½ for ReLU and at most 1/16 for the sigmoid, so the ratio of the factors is at least √8 as σ_w → 0.",
		See:      []string{"meanfield.chi_1"},
		Sentence: "In a wide network ReLU keeps more of the gradient than the sigmoid, whatever σ_w: a factor 2.5 a layer or more, √8 as σ_w → 0. It vanishes for σ_w < √2, the sigmoid's for σ_w < 10.15; above, both explode.",
		Source:   says("χ₁ = σ_w²/2 for ReLU, at most σ_w²/16 for the sigmoid"), Unit: "nats per layer",
		Assumption: "none",
		Domain:     "64 to 128 units, 20 to 40 layers, σ_w 0.1 to 20, no biases",
		Test:       "the median of (log(‖∇₁‖/‖∇_L‖) of ReLU − that of the sigmoid)/(L − 1) is log 2.5 or more",
		trial: &sampled[networkAt]{
			draw:   drawPair(0.1, 20),
			always: []networkAt{small, dense("relu", 14, 64, 40)},
			sample: pairs(func(c networkAt, relu, sigmoid *network.Sample) float64 {
				return (lost(c, relu) - lost(c, sigmoid)) / float64(c.Depth-1)
			}),
			predict: atLeast(2.5),
			truth: func(c networkAt) (float64, error) {
				sigmoid, err := sigmoidLost(c)
				return math.Log(c.WeightStd*c.WeightStd/2)/2 - sigmoid, err
			},
			command: func(c networkAt) string { return c.command() + " && " + sigmoidFor(c).command() },
			mutants: []mutant[networkAt]{
				{"the ratio of the steepest slopes: 4", atLeast(4), []networkAt{small}},
				{"χ₁ for √χ₁: 8", atLeast(8), []networkAt{small, large}},
				{"no more than the sigmoid: 1", gap(evidence.Zone{Delta: 0.05, Side: evidence.AtMost}), []networkAt{small, large}},
			},
			corners: []mutant[networkAt]{
				{"at most √8", gap(evidence.Zone{Theta0: math.Log(8) / 2, Delta: 0.05, Side: evidence.AtMost}), []networkAt{large}},
			},
		},
	}
}

func wideReluRange() *Claim {
	deep := dense("relu", 1.5, 64, 40)
	share := func(zone evidence.Zone) predictor[networkAt] {
		return func(networkAt) (prediction, error) { return prediction{Zone: zone}, nil }
	}
	return &Claim{
		ID: "S9.wide.range", Family: "textbook", Kind: Probability, Expected: evidence.Verified,
		Plain:    "For σ_w from 1.4 to 3 sigmoid gradients vanish and ReLU gradients do not.",
		Why:      "There χ₁ of ReLU is at least 1 and that of the sigmoid at most 9/16.",
		See:      []string{"S9.wide"},
		Sentence: "In a wide network of σ_w from 1.4 to 3, and there, the sigmoid's gradients fall below a thousandth over 20 layers and more, and ReLU's do not.",
		Source:   says("χ₁ = σ_w²/2 for ReLU, at most σ_w²/16 for the sigmoid"), Unit: "probability",
		Assumption: "none",
		Domain:     "64 to 128 units, 20 to 40 layers, σ_w 1.4 to 3, no biases",
		Test:       "P(‖∇₁‖ < ‖∇_L‖/1000 for the sigmoid and not for ReLU) ≥ 0.9",
		trial: &sampled[networkAt]{
			draw:   drawPair(1.4, 3),
			always: []networkAt{deep},
			sample: pairs(func(c networkAt, relu, sigmoid *network.Sample) float64 {
				return bit(lost(c, sigmoid) < thousandth && !(lost(c, relu) < thousandth))
			}),
			predict: share(evidence.Zone{Theta0: 0.9, Delta: 0.2, Side: evidence.AtLeast}),
			truth:   func(networkAt) (float64, error) { return 1, nil }, // up to 1e-6
			command: func(c networkAt) string { return c.command() + " && " + sigmoidFor(c).command() },
			mutants: []mutant[networkAt]{
				{"in half of the networks at most", share(evidence.Zone{Theta0: 0.5, Delta: 0.2, Side: evidence.AtMost}), []networkAt{deep}},
				{"ReLU's vanish as often", share(evidence.Zone{Theta0: 0.1, Delta: 0.2, Side: evidence.AtMost}), []networkAt{deep}},
			},
		},
	}
}
