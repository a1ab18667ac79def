package props

import (
	"math"

	"pgregory.net/rapid"

	"gradchain/props/evidence"
	"gradchain/props/internal/gen"
)

// The logarithm of a gradient at finite width: χ₁ is a mean square, and a typical gradient
// falls behind it.

func typicalGradient() *Claim {
	chaotic, ordered := biased(dense("tanh", 3, 256, 5), 0.3), biased(dense("silu", 1, 256, 5), 0.5)
	return &Claim{
		ID: "MF.typical", Family: "mean field", Kind: Median, Expected: evidence.Verified,
		Plain:    "In wide networks a typical gradient grows as χ₁ says; the difference falls like 1/n.",
		Why:      "The mean of a logarithm differs from the logarithm of the mean by half the relative variance, which falls like 1/n.",
		See:      []string{"MF.typical.width"},
		Sentence: "χ₁, the mean square of a layer's Jacobian, is also what is typical as networks get wide: the logarithm of a gradient grows by ½ log χ₁ a layer.",
		Source:   Source{Paper: "Schoenholz et al. 2017, Deep Information Propagation", Eq: "section 4, a limit theorem"}, Unit: "nats per layer",
		Asymptotic: growthC,
		Assumption: "none",
		Domain:     "32 to 512 units, 2 to 6 layers; " + anyPhiWords + "; σ_w 0.5 to 3 (sigmoid 6, unbounded φ 2), σ_b 0 to 1",
		Test:       "half of the networks have (log‖∇₁‖ − log‖∇_L‖)/(L − 1) above the mean of ½ log χ₁(q_l), up to C/n; to 0.15 standard deviations or as much again",
		trial: &sampled[networkAt]{
			draw: func(t *rapid.T) networkAt {
				c := drawGain(t, 0.5, anyPhi...)
				c.Width, c.Depth = gen.Widths(32, 512).Draw(t, "width"), gen.Depths(2, 6).Draw(t, "depth")
				return c
			},
			always:  []networkAt{chaotic, ordered},
			sample:  eachNetwork(backGrowth),
			predict: growthWith(same, 0.15),
			command: networkAt.command,
			corners: []mutant[networkAt]{
				{"E φ′ for √E φ′²", growthWith(func(c networkAt, _ float64) float64 { return math.Log(c.WeightStd * math.Abs(meanSlope(c))) }, 0.15), []networkAt{chaotic}},
				{"σ_w E φ′² for σ_w² E φ′²", growthWith(func(c networkAt, x float64) float64 { return x - math.Log(c.WeightStd)/2 }, 0.15), []networkAt{chaotic}},
			},
			mutants: []mutant[networkAt]{
				{"log χ₁ for ½ log χ₁", growthWith(twice, 0.15), []networkAt{chaotic, ordered}},
				{"φ is linear: log σ_w", growthWith(ofLinear, 0.15), []networkAt{chaotic, ordered}},
			},
		},
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

// givenVariance is what is declared of the orders beyond 1/n, and not proved.
const givenVariance = "Var ≤ 1.5·(its 1/n term), not proved"

// drawTypical draws networks of a few layers in which the order 1/n² is small: it is not where
// q* is.
func drawTypical(t *rapid.T) networkAt {
	phi := rapid.SampledFrom([]string{"tanh", "erf", "relu", "selu", "gelu", "silu"}).Draw(t, "activation")
	most, bias := contracting(phi), 0.3
	if phi == "gelu" || phi == "silu" {
		most, bias = 1, 0.7
	}
	c := dense(phi, gen.Decimals(0.5, most, 0.1).Draw(t, "weight_std"), gen.Widths(64, 96).Draw(t, "width"), rapid.IntRange(2, 5).Draw(t, "depth"))
	return biased(c, gen.Decimals(bias, 1, 0.1).Draw(t, "bias_std"))
}

func typicalWidth() *Claim {
	tanh, relu := biased(dense("tanh", 2, 64, 4), 0.3), biased(dense("relu", 1.2, 64, 4), 0.3)
	return &Claim{
		ID: "MF.typical.width", Family: "mean field", Kind: Mean, Expected: evidence.Verified,
		Plain:    "The correction of the typical growth at width n is known to first order.",
		Why:      "The logarithm of a sum over n units, the fluctuation of q, and the weights' memory of the signal.",
		See:      []string{"MF.typical"},
		Sentence: "At width n the logarithm of a gradient grows by ½ log χ₁ + κ/2n a layer: κ = −(3 E φ′⁴/(E φ′²)² − 1)/2 by the logarithm of a sum over units, −5/2 for ReLU, and what the fluctuations of q and the weights' memory of the signal add.",
		Source:   Source{Paper: "derived: delta method; Hanin & Nica 2020 for ReLU, Products of Many Large Random Matrices and Gradients in Deep Neural Networks"}, Unit: "nats per layer",
		Assumption: "the order 1/n² is at most 6(κ/2n)² or 0.15|κ|/2n; the variance is at most 1.5 times that of the order 1/n",
		Given:      []string{"|E − (its 1/n order)| ≤ max(0.15, 6|κ|/2n)·|κ|/2n, not proved", givenVariance},
		Domain:     "64 to 96 units, 2 to 5 layers; tanh, erf, ReLU, SELU, GELU, SiLU; gains with χ_q < 1, σ_b 0.3 to 1 (GELU, SiLU: σ_w up to 1, σ_b from 0.7)",
		Test:       "E(log‖∇₁‖ − log‖∇_L‖)/(L − 1) = the mean of ½ log χ₁(q_l) + κ_l/2n",
		trial: &sampled[networkAt]{
			draw:    drawTypical,
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
