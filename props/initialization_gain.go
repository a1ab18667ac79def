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
	"gradchain/theory/meanfield"
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
// and C/n, C twice the first order and a part for median and mean.
func deepGrowthOf(rate func(c networkAt) float64) predictor[networkAt] {
	return func(c networkAt) (prediction, error) {
		w, err := deepWide(c)
		steps, n := float64(c.Depth-c.Depth/2), float64(c.Width)
		eps := math.Abs(w.Limit-math.Log(settled(c))/2) + (2*math.Abs(w.Bias)+1/steps)/n
		variance := w.Variance / n
		zone := evidence.Zone{Theta0: rate(c), Eps: eps, Delta: max(1.5*eps, eps+0.7*math.Sqrt(variance))}
		return prediction{Zone: zone, Variance: variance}, err
	}
}

// deepWide is the first order in 1/n of deepGrowth.
var deepWide = once(func(c networkAt) (meanfield.Wide, error) { return growthFrom(c.Depth/2, c) })

// deepTruth is the growth to the order 1/n.
var deepTruth = limitAtWidth(deepWide)

func halfLogChi(c networkAt) float64  { return math.Log(settled(c)) / 2 }
func logChi(c networkAt) float64      { return math.Log(settled(c)) }
func firstLogChi(c networkAt) float64 { return math.Log(chi1(c)) / 2 }
func noGrowth(networkAt) float64      { return 0 }
func linearUnits(c networkAt) float64 { return math.Log(c.WeightStd) }

// halfLogChiQ takes χ_q for χ₁, at q = 1.
func halfLogChiQ(c networkAt) float64 {
	chi, err := meanFieldOf(c).ChiQ(1)
	if err != nil {
		panic("props: " + err.Error())
	}
	return math.Log(chi) / 2
}

// settledDetails shows the growth over the network.
func settledDetails(c networkAt) []string {
	chi := settled(c)
	return []string{fmt.Sprintf("χ₁ = %.6f at q*: %.3g in the norm over %d layers", chi, math.Pow(chi, float64(c.Depth)/2), c.Depth)}
}

const (
	deepTest = "half of the networks have (log‖∇_L/2‖ − log‖∇_L‖)/(L − L/2) above "
	deepC    = "C/n, C = 2|b| + 1/(L − L/2), where b/n is the bias to the order 1/n in theory, and what is left of the way to q*"
	deepEnd  = ", up to C/n; to 0.7 standard deviations"
)

func torchGain() *Claim {
	tanh := recommended("tanh", 512, 20)
	return &Claim{
		ID: "IN.gain", Family: "initialisation", Kind: Median, Expected: evidence.Refuted, Correction: "IN.gain.corrected",
		Plain:    "The gains that frameworks recommend do not keep gradients in deep networks.",
		Why:      "5/3 for tanh makes the network chaotic, 1 for the sigmoid ordered; only those of ReLU and leaky ReLU are critical.",
		See:      []string{"IN.gain.corrected"},
		Sentence: "With the gain recommended for its activation a deep network keeps the scale of its gradients.",
		Source:   Source{Paper: "PyTorch, torch.nn.init.calculate_gain, read as what the gain is for"}, Unit: "nats per layer",
		Assumption: "none",
		Domain:     "tanh (5/3), sigmoid (1), ReLU (√2), leaky ReLU; 512 to 768 units, 50 to 60 layers, no biases",
		Test:       deepTest + "0" + deepEnd,
		trial: &sampled[networkAt]{
			draw:    deeper(drawRecommended, 50, 60),
			always:  []networkAt{tanh},
			sample:  eachNetwork(deepGrowth),
			predict: deepGrowthOf(noGrowth),
			truth:   deepTruth,
			command: withHalf,
			details: settledDetails,
			mutants: []mutant[networkAt]{
				{"φ is linear: the log of the gain", deepGrowthOf(linearUnits), []networkAt{tanh}},
				{"log χ₁ for ½ log χ₁", deepGrowthOf(logChi), []networkAt{tanh}},
				{"χ₁ at layer 1", deepGrowthOf(firstLogChi), []networkAt{tanh}},
			},
		},
	}
}

func torchGainCorrected() *Claim {
	tanh, sigmoid, relu := recommended("tanh", 512, 20), recommended("sigmoid", 512, 20), recommended("relu", 512, 20)
	return &Claim{
		ID: "IN.gain.corrected", Family: "initialisation", Kind: Median, Expected: evidence.Verified,
		Plain:    "How gradients grow with a recommended gain follows from χ₁ at its fixed point.",
		Why:      "Growth is ½ log χ₁ a layer: +0.095 for tanh with 5/3, −1.44 for the sigmoid with 1.",
		See:      []string{"meanfield.chi_1"},
		Sentence: "Gradients grow by ½ log χ₁ a layer whatever the gain is for: with 5/3 tanh is chaotic, χ₁ = 1.2098 at q* = 1.1785; with 1 the sigmoid's vanish, χ₁ = 0.0557; ReLU and leaky ReLU are critical.",
		Source:   Source{Paper: "Schoenholz et al. 2017, Deep Information Propagation; the numbers are derived"}, Unit: "nats per layer",
		Asymptotic: deepC, Assumption: "none",
		Domain: "tanh (5/3), sigmoid (1), ReLU (√2), leaky ReLU; 512 to 768 units, 20 to 36 layers, no biases",
		Test:   deepTest + "½ log χ₁(q*)" + deepEnd,
		trial: &sampled[networkAt]{
			draw:    drawRecommended,
			always:  []networkAt{tanh, sigmoid, relu},
			sample:  eachNetwork(deepGrowth),
			predict: deepGrowthOf(halfLogChi),
			command: networkAt.command,
			details: settledDetails,
			mutants: []mutant[networkAt]{
				{"the scale is kept", deepGrowthOf(noGrowth), []networkAt{tanh, sigmoid}},
				{"φ is linear: the log of the gain", deepGrowthOf(linearUnits), []networkAt{tanh, relu}},
				{"log χ₁ for ½ log χ₁", deepGrowthOf(logChi), []networkAt{tanh, sigmoid}},
				{"χ₁ at layer 1", deepGrowthOf(firstLogChi), []networkAt{tanh, sigmoid}},
			},
		},
	}
}

func torchGainSeparates() *Claim {
	deep := twoInputs(recommended("tanh", 256, 30), 0.1)
	return &Claim{
		ID: "IN.tanh", Family: "initialisation", Kind: Median, Expected: evidence.Verified,
		Plain:    "With gain 5/3 a deep tanh network forgets that inputs were alike.",
		Why:      "In the chaotic phase without biases the stable fixed point of the correlation is 0.",
		See:      []string{"MF.cstar"},
		Sentence: "With the gain 5/3 a deep tanh network takes the nearest inputs apart until they are orthogonal: c* = 0.",
		Source:   Source{Paper: "Poole et al. 2016, Exponential expressivity in deep neural networks through transient chaos, the chaotic phase; the number is derived"}, Unit: "cosine",
		Asymptotic: "C/n, C = 12", Assumption: "none",
		Domain: "tanh with the gain 5/3, 256 units, 15 to 30 layers, no biases; two inputs at an angle of 0.1 to 0.4",
		Test:   "half of the networks have cos∠(x₁, x₂) at layer L above that of the iterated map, up to C/n; to 0.15",
		trial: &sampled[networkAt]{
			draw: func(t *rapid.T) networkAt {
				return twoInputs(recommended("tanh", 256, gen.Depths(15, 30).Draw(t, "depth")), gen.Decimals(0.1, 0.4, 0.1).Draw(t, "angle"))
			},
			always:  []networkAt{deep},
			sample:  eachNetwork(func(c networkAt, s *network.Sample) float64 { return s.Correlation[c.Depth] }),
			predict: separates(itsCosine),
			command: networkAt.command,
			mutants: []mutant[networkAt]{
				{"they stay near", separates(ofLayer(firstLayer)), []networkAt{deep}},
				{"they come together", separates(cosineAt(1)), []networkAt{deep}},
			},
			corners: []mutant[networkAt]{
				{"half of the layers", separates(ofLayer(func(c networkAt) int { return c.Depth / 2 })), []networkAt{deep}},
				{"orthogonal at once", separates(cosineAt(0)), []networkAt{twoInputs(recommended("tanh", 256, 15), 0.1)}},
			},
		},
	}
}

// separates is cosineNear with the slack of more layers.
func separates(value func(networkAt) (float64, error)) predictor[networkAt] {
	return func(c networkAt) (prediction, error) {
		cosine, err := value(c)
		n := float64(c.Width)
		return prediction{Zone: evidence.Zone{Theta0: cosine, Eps: 12 / n, Delta: 0.15}, Variance: 7 / n}, err
	}
}

func seluNever() *Claim {
	selu := dense("selu", 1, 512, 20)
	return &Claim{
		ID: "IN.selu", Family: "initialisation", Kind: Median, Expected: evidence.Refuted, Correction: "IN.selu.corrected",
		Plain:    "SELU networks keep their signal, but gradients still explode slowly.",
		Why:      "The design fixes mean and variance of the signal; χ₁ = 1.0716 at that point is above 1.",
		See:      []string{"IN.selu.corrected"},
		Sentence: "In self-normalising networks vanishing and exploding gradients are impossible.",
		Source:   Source{Paper: "Klambauer, Unterthiner, Mayr & Hochreiter 2017, Self-Normalizing Neural Networks, read at initialisation as no exponential growth", Eq: "abstract; theorems 2 and 3"}, Unit: "nats per layer",
		Assumption: "none",
		Domain:     "SELU, LeCun normal weights (σ_w = 1), no biases; 512 to 768 units, 80 to 100 layers",
		Test:       deepTest + "0" + deepEnd,
		trial: &sampled[networkAt]{
			draw:    deeper(drawSELU, 80, 100),
			always:  []networkAt{selu},
			sample:  eachNetwork(deepGrowth),
			predict: deepGrowthOf(noGrowth),
			truth:   deepTruth,
			command: withHalf,
			details: settledDetails,
			mutants: []mutant[networkAt]{
				{"log χ₁ for ½ log χ₁", deepGrowthOf(logChi), []networkAt{selu}},
				{"the other sign: −½ log χ₁", deepGrowthOf(func(c networkAt) float64 { return -halfLogChi(c) }), []networkAt{selu}},
				{"χ_q for χ₁", deepGrowthOf(halfLogChiQ), []networkAt{selu}},
			},
		},
	}
}

func seluGrows() *Claim {
	selu := dense("selu", 1, 512, 20)
	return &Claim{
		ID: "IN.selu.corrected", Family: "initialisation", Kind: Median, Expected: evidence.Verified,
		Plain:    "At SELU's design point gradients grow by 3.5 % a layer.",
		Why:      "½ log χ₁ = 0.0346, a thousandfold in the mean square over 100 layers.",
		See:      []string{"IN.selu"},
		Sentence: "At SELU's design point, LeCun normal weights and q* = 1, the variance is stable, χ_q = 0.7826, but gradients grow by ½ log χ₁ = 0.0346 a layer, χ₁ = 1.0716: a thousandfold in the mean square over 100 layers.",
		Source:   Source{Paper: "derived: λ² E selu′² at q = 1; the theorems of Klambauer et al. 2017 bound the variance of the signal"}, Unit: "nats per layer",
		Asymptotic: deepC, Assumption: "none",
		Domain: "SELU, LeCun normal weights (σ_w = 1), no biases; 512 to 768 units, 16 to 36 layers",
		Test:   deepTest + "½ log χ₁(1)" + deepEnd,
		trial: &sampled[networkAt]{
			draw:    drawSELU,
			always:  []networkAt{selu},
			sample:  eachNetwork(deepGrowth),
			predict: deepGrowthOf(halfLogChi),
			command: networkAt.command,
			details: settledDetails,
			mutants: []mutant[networkAt]{
				{"no growth", deepGrowthOf(noGrowth), []networkAt{selu}},
				{"log χ₁ for ½ log χ₁", deepGrowthOf(logChi), []networkAt{selu}},
				{"χ_q for χ₁", deepGrowthOf(halfLogChiQ), []networkAt{selu}},
			},
		},
	}
}
