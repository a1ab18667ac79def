package props

import (
	"fmt"
	"math"

	"pgregory.net/rapid"

	"gradchain/props/evidence"
	"gradchain/props/internal/gen"
	"gradchain/sim/network"
	"gradchain/theory/activation"
	"gradchain/theory/initializer"
)

// The gains that are recommended for an activation, and what they do to gradients.

// recommended is a network with the gain of torch.nn.init.calculate_gain.
func recommended(phi string, width, depth int) networkAt {
	gain, err := initializer.TorchGain(activation.MustParse(phi))
	if err != nil {
		panic("props: " + err.Error())
	}
	return dense(phi, gain, width, depth)
}

// drawRecommended draws deep networks with the recommended gains.
func drawRecommended(t *rapid.T) networkAt {
	phi := rapid.SampledFrom([]string{"tanh", "sigmoid", "relu", "leaky_relu(0.1)"}).Draw(t, "activation")
	return recommended(phi, 32*rapid.IntRange(16, 24).Draw(t, "width/32"), 4*rapid.IntRange(5, 9).Draw(t, "depth/4"))
}

// drawSELU draws deep SELU networks at their design point.
func drawSELU(t *rapid.T) networkAt {
	return dense("selu", 1, 32*rapid.IntRange(16, 24).Draw(t, "width/32"), 2*rapid.IntRange(8, 18).Draw(t, "depth/2"))
}

// deepGrowth is the growth of log‖gradient‖ per layer on the way back from layer L to L/2,
// where the variance has come to q*.
func deepGrowth(c networkAt, s *network.Sample) float64 {
	half := c.Depth / 2
	return (s.LogGradNorm[half] - s.LogGradNorm[c.Depth]) / float64(c.Depth-half)
}

// settled is χ₁ at q*; at any q where all are fixed points.
func settled(c networkAt) float64 {
	n := meanFieldOf(c)
	if n.Activation.Homogeneous() {
		return chi1(c)
	}
	q, err := n.FixedPoint()
	if err != nil {
		panic("props: " + err.Error())
	}
	chi, err := n.Chi1(q)
	if err != nil {
		panic("props: " + err.Error())
	}
	return chi
}

// deepGrowthOf predicts deepGrowth from χ₁ at q*. The slack is what is left of the way there,
// and twice the first order in 1/n.
func deepGrowthOf(delta float64, rate func(c networkAt) float64) predictor[networkAt] {
	return func(c networkAt) (prediction, error) {
		half := c.Depth / 2
		w, err := meanFieldOf(c).WideLogGrowth(firstVariance(c), half, c.Depth)
		steps, n := 2*float64(c.Depth-half), float64(c.Width)
		slack := math.Abs(w.Limit/steps-math.Log(settled(c))/2) + 2*math.Abs(w.Bias)/(n*steps)
		zone := evidence.Zone{Theta0: rate(c), Eps: slack, Delta: delta}
		return prediction{Zone: zone, Variance: 1.5 * w.Variance / (n * steps * steps)}, err
	}
}

func halfLogChi(c networkAt) float64  { return math.Log(settled(c)) / 2 }
func noGrowth(networkAt) float64      { return 0 }
func linearUnits(c networkAt) float64 { return math.Log(c.WeightStd) }

// settledDetails shows the growth over the network.
func settledDetails(c networkAt) []string {
	chi := settled(c)
	return []string{fmt.Sprintf("χ₁ = %.6f at q*: %.3g in the norm over %d layers", chi, math.Pow(chi, float64(c.Depth)/2), c.Depth)}
}

const deepTest = "E(log‖∇_L/2‖ − log‖∇_L‖)/(L − L/2) = "

func torchGain() *Claim {
	tanh, relu := recommended("tanh", 512, 20), recommended("relu", 512, 20)
	return &Claim{
		ID: "IN.gain", Family: "initialisation", Kind: Mean, Expected: evidence.Refuted, Correction: "IN.gain.corrected",
		Sentence: "With the gain recommended for its activation a deep network keeps the scale of its gradients.",
		Source:   Source{Paper: "PyTorch, torch.nn.init.calculate_gain, read as what the gain is for"}, Unit: "nats per layer",
		Assumption: wideAssumption, Given: wideGiven,
		Domain: "tanh (5/3), sigmoid (1), ReLU (√2), leaky ReLU; 512 to 768 units, 20 to 36 layers, no biases",
		Test:   deepTest + "0, to 0.02",
		trial: &sampled[networkAt]{
			draw:    drawRecommended,
			always:  []networkAt{tanh},
			sample:  eachNetwork(deepGrowth),
			predict: deepGrowthOf(0.02, noGrowth),
			command: networkAt.command,
			details: settledDetails,
			mutants: []mutant[networkAt]{{"it grows by 5 % a layer", deepGrowthOf(0.02, func(networkAt) float64 { return 0.05 }), []networkAt{relu}}},
		},
	}
}

func torchGainCorrected() *Claim {
	tanh, sigmoid, relu := recommended("tanh", 512, 20), recommended("sigmoid", 512, 20), recommended("relu", 512, 20)
	return &Claim{
		ID: "IN.gain.corrected", Family: "initialisation", Kind: Mean, Expected: evidence.Verified,
		Sentence: "Gradients grow by ½ log χ₁ a layer whatever the gain is for: with 5/3 tanh is chaotic, χ₁ = 1.2098 at q* = 1.1785; with 1 the sigmoid's vanish, χ₁ = 0.0557; ReLU and leaky ReLU are critical.",
		Source:   Source{Paper: "Schoenholz et al. 2017, Deep Information Propagation; the numbers are derived"}, Unit: "nats per layer",
		Assumption: wideAssumption, Given: wideGiven,
		Domain: "tanh (5/3), sigmoid (1), ReLU (√2), leaky ReLU; 512 to 768 units, 20 to 36 layers, no biases",
		Test:   deepTest + "½ log χ₁(q*), to 0.02",
		trial: &sampled[networkAt]{
			draw:    drawRecommended,
			always:  []networkAt{tanh, sigmoid, relu},
			sample:  eachNetwork(deepGrowth),
			predict: deepGrowthOf(0.02, halfLogChi),
			command: networkAt.command,
			details: settledDetails,
			mutants: []mutant[networkAt]{
				{"the scale is kept", deepGrowthOf(0.02, noGrowth), []networkAt{tanh, sigmoid}},
				{"φ is linear: the log of the gain", deepGrowthOf(0.02, linearUnits), []networkAt{tanh, relu}},
				{"log χ₁ for ½ log χ₁", deepGrowthOf(0.02, func(c networkAt) float64 { return math.Log(settled(c)) }), []networkAt{tanh, sigmoid}},
				{"χ₁ at layer 1", deepGrowthOf(0.02, func(c networkAt) float64 { return math.Log(chi1(c)) / 2 }), []networkAt{tanh, sigmoid}},
			},
		},
	}
}

func torchGainSeparates() *Claim {
	deep := twoInputs(recommended("tanh", 256, 30), 0.1)
	return &Claim{
		ID: "IN.tanh", Family: "initialisation", Kind: Mean, Expected: evidence.Verified,
		Sentence: "With the gain 5/3 a deep tanh network takes the nearest inputs apart until they are orthogonal: c* = 0.",
		Source:   Source{Paper: "Poole et al. 2016, Exponential expressivity in deep neural networks through transient chaos, the chaotic phase; the number is derived"}, Unit: "cosine",
		Assumption: "the bias is at most 20/n and the variance 15/n: the largest seen in simulation were 8/n and 7/n",
		Given:      []string{"|bias| ≤ 20/n, 2.5 times the most measured", "Var ≤ 15/n, twice the most measured"},
		Domain:     "tanh with the gain 5/3, 256 units, 1 to 30 layers, no biases; two inputs at an angle of 0.1 to 1.5",
		Test:       "E cos∠(x₁, x₂) at layer L is that of the iterated map, to 0.2",
		trial: &sampled[networkAt]{
			draw: func(t *rapid.T) networkAt {
				return twoInputs(recommended("tanh", 256, gen.Depths(1, 30).Draw(t, "depth")), gen.Decimals(0.1, 1.5, 0.1).Draw(t, "angle"))
			},
			always:  []networkAt{deep},
			sample:  eachNetwork(func(c networkAt, s *network.Sample) float64 { return s.Correlation[c.Depth] }),
			predict: separates(itsDepth),
			command: networkAt.command,
			mutants: []mutant[networkAt]{
				{"they stay near", separates(func(networkAt) int { return 1 }), []networkAt{deep}},
				{"half of the layers", separates(func(c networkAt) int { return c.Depth / 2 }), []networkAt{deep}},
			},
		},
	}
}

// separates is cosineNear with the slack of more layers.
func separates(depth func(networkAt) int) predictor[networkAt] {
	return func(c networkAt) (prediction, error) {
		value, err := cosineOf(c, depth(c))
		n := float64(c.Width)
		return prediction{Zone: evidence.Zone{Theta0: value, Eps: 20 / n, Delta: 0.2}, Variance: 15 / n}, err
	}
}

func seluNever() *Claim {
	selu := dense("selu", 1, 512, 20)
	return &Claim{
		ID: "IN.selu", Family: "initialisation", Kind: Mean, Expected: evidence.Refuted, Correction: "IN.selu.corrected",
		Sentence: "In self-normalising networks exploding and vanishing gradients will never be observed.",
		Source:   Source{Paper: "Klambauer, Unterthiner, Mayr & Hochreiter 2017, Self-Normalizing Neural Networks, read at initialisation as no exponential growth", Eq: "appendix, theorems 2 and 3"}, Unit: "nats per layer",
		Assumption: wideAssumption, Given: wideGiven,
		Domain: "SELU, LeCun normal weights (σ_w = 1), no biases; 512 to 768 units, 16 to 36 layers",
		Test:   deepTest + "0, to 0.01",
		trial: &sampled[networkAt]{
			draw:    drawSELU,
			always:  []networkAt{selu},
			sample:  eachNetwork(deepGrowth),
			predict: deepGrowthOf(0.01, noGrowth),
			command: networkAt.command,
			details: settledDetails,
			mutants: []mutant[networkAt]{{"they vanish as tanh's with σ_w = 1/2", deepGrowthOf(0.01, func(networkAt) float64 { return -math.Ln2 }), []networkAt{selu}}},
		},
	}
}

func seluGrows() *Claim {
	selu := dense("selu", 1, 512, 20)
	return &Claim{
		ID: "IN.selu.corrected", Family: "initialisation", Kind: Mean, Expected: evidence.Verified,
		Sentence: "At SELU's design point, LeCun normal weights and q* = 1, the variance is stable, χ_q = 0.7826, but gradients grow by ½ log χ₁ = 0.0346 a layer, χ₁ = 1.0716: a thousandfold in the mean square over 100 layers.",
		Source:   Source{Paper: "derived: λ² E selu′² at q = 1; the theorems of Klambauer et al. 2017 bound the variance of the signal"}, Unit: "nats per layer",
		Assumption: wideAssumption, Given: wideGiven,
		Domain: "SELU, LeCun normal weights (σ_w = 1), no biases; 512 to 768 units, 16 to 36 layers",
		Test:   deepTest + "½ log χ₁(1), to 0.01",
		trial: &sampled[networkAt]{
			draw:    drawSELU,
			always:  []networkAt{selu},
			sample:  eachNetwork(deepGrowth),
			predict: deepGrowthOf(0.01, halfLogChi),
			command: networkAt.command,
			details: settledDetails,
			mutants: []mutant[networkAt]{
				{"no growth", deepGrowthOf(0.01, noGrowth), []networkAt{selu}},
				{"log χ₁ for ½ log χ₁", deepGrowthOf(0.01, func(c networkAt) float64 { return math.Log(settled(c)) }), []networkAt{selu}},
				{"χ_q for χ₁", deepGrowthOf(0.01, func(c networkAt) float64 {
					chi, err := meanFieldOf(c).ChiQ(1)
					if err != nil {
						panic("props: " + err.Error())
					}
					return math.Log(chi) / 2
				}), []networkAt{selu}},
			},
		},
	}
}
