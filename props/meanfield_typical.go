package props

import (
	"math"

	"pgregory.net/rapid"

	"gradchain/props/evidence"
	"gradchain/props/internal/gen"
)

// The logarithm of a gradient at finite width: χ₁ is a mean square, and a typical gradient
// falls behind it.

// drawTypical draws networks of a few layers.
func drawTypical(least, most int, activations ...string) func(*rapid.T) networkAt {
	return func(t *rapid.T) networkAt {
		phi := rapid.SampledFrom(activations).Draw(t, "activation")
		std, bias := contracting[phi], 0.3
		if phi == "gelu" || phi == "silu" { // the order 1/n² is large where q* is small
			std[1], bias = 1, 0.7
		}
		c := dense(phi, gen.Decimals(std[0], std[1], 0.1).Draw(t, "weight_std"), gen.Widths(least, most).Draw(t, "width"), rapid.IntRange(2, 5).Draw(t, "depth"))
		return biased(c, gen.Decimals(bias, 1, 0.1).Draw(t, "bias_std"))
	}
}

// typical predicts the growth of log‖gradient‖ per layer with scale times the first order in
// 1/n. The next order is that of its square, or a part of it.
func typical(scale float64) predictor[networkAt] {
	return func(c networkAt) (prediction, error) {
		w, err := wideGrowth(c)
		at := w.At(c.Width)
		first := at.Mean - w.Limit
		size := math.Abs(first)
		zone := evidence.Zone{
			Theta0: w.Limit + scale*first, Eps: size * max(0.15, 6*size), Delta: max(0.6*size, 0.08*math.Sqrt(at.Variance)),
		}
		return prediction{Zone: zone, Variance: 1.5 * at.Variance}, err
	}
}

// typicalLimit predicts the growth of infinite width.
func typicalLimit(add float64) predictor[networkAt] {
	return func(c networkAt) (prediction, error) {
		w, err := wideGrowth(c)
		sd := math.Sqrt(w.At(c.Width).Variance)
		return prediction{Zone: evidence.Zone{Theta0: w.Limit + add, Delta: 0.1 * sd}, Variance: 2 * sd * sd}, err
	}
}

func typicalGradient() *Claim {
	eight := biased(dense("tanh", 2, 8, 5), 0.3)
	return &Claim{
		ID: "MF.typical", Family: "mean field", Kind: Mean, Expected: evidence.Refuted, Correction: "MF.typical.corrected",
		Sentence: "The logarithm of a gradient grows by ½ log χ₁ a layer at any width.",
		Source:   Source{Paper: "Schoenholz et al. 2017, Deep Information Propagation, read for typical gradients without the limit of large width", Eq: "section 4"}, Unit: "nats per layer",
		Assumption: "the variance is at most twice that of the order 1/n",
		Given:      []string{"Var ≤ 2·(its 1/n term), not proved"},
		Domain:     "8 to 32 units, 2 to 5 layers; tanh, erf, SELU, GELU, SiLU; gains with χ_q < 1, σ_b 0.3 to 1 (GELU, SiLU: σ_w up to 1, σ_b from 0.7)",
		Test:       "E(log‖∇₁‖ − log‖∇_L‖)/(L − 1) = the mean of ½ log χ₁(q_l), to 0.1 standard deviations",
		trial: &sampled[networkAt]{
			draw:    drawTypical(8, 32, "tanh", "erf", "selu", "gelu", "silu"),
			always:  []networkAt{eight},
			sample:  eachNetwork(backGrowth),
			predict: typicalLimit(0),
			command: networkAt.command,
			mutants: []mutant[networkAt]{{"½ log χ₁ and 0.1 more", typicalLimit(0.1), []networkAt{biased(dense("tanh", 2, 32, 5), 0.3)}}},
		},
	}
}

func typicalCorrected() *Claim {
	tanh, relu := biased(dense("tanh", 2, 64, 4), 0.3), biased(dense("relu", 1.2, 64, 4), 0.3)
	return &Claim{
		ID: "MF.typical.corrected", Family: "mean field", Kind: Mean, Expected: evidence.Verified,
		Sentence: "At width n the logarithm of a gradient grows by ½ log χ₁ + κ/2n a layer: κ = −(3 E φ′⁴/(E φ′²)² − 1)/2 by the logarithm of a sum over units, −5/2 for ReLU, and what the fluctuations of q and the weights' memory of the signal add.",
		Source:   Source{Paper: "derived: delta method; Hanin & Nica 2020 for ReLU, Products of Many Large Random Matrices and Gradients in Deep Neural Networks"}, Unit: "nats per layer",
		Assumption: "the order 1/n² is at most 6(κ/2n)² or 0.15|κ|/2n; the variance is at most 1.5 times that of the order 1/n",
		Given:      []string{"the 1/n² term of E ≤ max(6(κ/2n)², 0.15|κ|/2n), not proved", givenVariance},
		Domain:     "64 to 96 units, 2 to 5 layers; tanh, erf, ReLU, SELU, GELU, SiLU; gains with χ_q < 1, σ_b 0.3 to 1 (GELU, SiLU: σ_w up to 1, σ_b from 0.7)",
		Test:       "E(log‖∇₁‖ − log‖∇_L‖)/(L − 1) = the mean of ½ log χ₁(q_l) + κ_l/2n",
		trial: &sampled[networkAt]{
			draw:    drawTypical(64, 96, "tanh", "erf", "relu", "selu", "gelu", "silu"),
			always:  []networkAt{tanh, relu},
			sample:  eachNetwork(backGrowth),
			predict: typical(1),
			command: networkAt.command,
			details: chiDetails,
			mutants: []mutant[networkAt]{
				{"no correction: ½ log χ₁", typical(0), []networkAt{tanh, relu}},
				{"twice the correction", typical(2), []networkAt{tanh, relu}},
				{"the other sign", typical(-1), []networkAt{tanh, relu}},
			},
		},
	}
}
