package props

import (
	"math"
	"strings"

	"pgregory.net/rapid"

	"gradchain/props/evidence"
	"gradchain/props/internal/gen"
	"gradchain/theory/gauss"
	"gradchain/theory/normalization"
)

// Layer and RMS normalisation of wide networks.

func drawLayerNorm(t *rapid.T) networkAt {
	phi := rapid.SampledFrom(append([]string{"linear"}, anyPhi...)).Draw(t, "activation")
	norm := rapid.SampledFrom([]string{"layer", "rms"}).Draw(t, "norm")
	std := gen.Decimals(0.1, 10, 0.1).Draw(t, "weight_std")
	return dense(phi, std, gen.Widths(256, 1024).Draw(t, "width"), gen.Depths(4, 12).Draw(t, "depth")).normalized(norm, 0)
}

// growthOfLayerNorm predicts layerGrowth, noticing 0.35 standard deviations beyond C/n.
func growthOfLayerNorm(side evidence.Side, factor func(c networkAt) (float64, error)) predictor[networkAt] {
	return func(c networkAt) (prediction, error) {
		f, err := factor(c)
		variance := 9 / float64(c.Width*(c.Depth-2))
		eps := 4 / float64(c.Width)
		zone := evidence.Zone{Theta0: math.Log(f), Eps: eps, Delta: eps + 0.35*math.Sqrt(variance), Side: side}
		return prediction{Zone: zone, Variance: variance}, err
	}
}

func layerNormFactor(c networkAt) (float64, error) {
	return normalization.LayerNormGradientFactor(c.model().Activation)
}

// factorAt is one factor for every φ.
func factorAt(factor float64) func(networkAt) (float64, error) {
	return func(networkAt) (float64, error) { return factor, nil }
}

// rootOf is the factor of the norm.
func rootOf(factor func(c networkAt) (float64, error)) func(c networkAt) (float64, error) {
	return func(c networkAt) (float64, error) {
		f, err := factor(c)
		return math.Sqrt(f), err
	}
}

// asBatchNorm takes the factor of batch normalisation of large batches.
func asBatchNorm(c networkAt) (float64, error) {
	return normalization.BatchNormGradientFactorLimit(c.model().Activation)
}

const (
	layerNormDomain = anyPhiWords + ", linear; layer or RMS normalisation before φ, ε = 0; one input, width 256 to 1,024, depth 4 to 12, σ_w 0.1 to 10"
	layerNormC      = "C/n, C = 4: a layer multiplies by a mean over n units, whose logarithm is less than that of its mean"
	layerNormEnd    = ", up to C/n; to 0.35 standard deviations"
)

func layerNormVanishes() *Claim {
	sigmoid, relu := dense("sigmoid", 1, 256, 6).normalized("layer", 0), dense("relu", 1, 1024, 12).normalized("layer", 0)
	atLeast := func(factor func(c networkAt) (float64, error)) predictor[networkAt] {
		return growthOfLayerNorm(evidence.AtLeast, factor)
	}
	return &Claim{
		ID: "LN", Family: "normalization", Kind: Median, Expected: evidence.Refuted, Correction: "LN.corrected",
		Plain:    "Layer normalisation does not keep sigmoid gradients from vanishing.",
		Why:      "It fixes the size of the pre-activations, not the slopes: E φ′²/E φ² is 0.153 for the sigmoid.",
		See:      []string{"LN.corrected"},
		Sentence: "Layer normalisation before the activation keeps gradients from vanishing, whatever the activation is.",
		Source:   Source{Paper: "nobody's: a common belief; Ba, Kiros & Hinton 2016, Layer Normalization, find training more stable"}, Unit: "nats per layer", Assumption: "none",
		Domain: strings.Replace(layerNormDomain, "4 to 12", "10 to 20", 1), Test: batchNormTest + "0" + layerNormEnd,
		trial: &sampled[networkAt]{
			draw: deeper(drawLayerNorm, 10, 20), always: []networkAt{sigmoid},
			sample: eachNetwork(layerGrowth), predict: atLeast(factorAt(1)), command: withSecond,
			truth: func(c networkAt) (float64, error) {
				factor, err := layerNormFactor(c)
				return math.Log(factor), err
			},
			mutants: []mutant[networkAt]{
				{"it is at least 1.178, as for tanh", atLeast(factorAt(1.178)), []networkAt{relu}},
				{"it is at least π/(π−1), as for batch normalisation and ReLU", atLeast(factorAt(reluLimit)), []networkAt{relu}},
			},
			corners: []mutant[networkAt]{
				{"it is at least E φ′²/Var φ, as for batch normalisation", atLeast(asBatchNorm), []networkAt{relu}},
			},
		},
	}
}

func layerNormGrowth() *Claim {
	relu, tanh := dense("relu", 3, 1024, 10).normalized("layer", 0), dense("tanh", 3, 1024, 10).normalized("rms", 0)
	sigmoid, gelu := dense("sigmoid", 3, 1024, 10).normalized("layer", 0), dense("gelu", 3, 1024, 20).normalized("layer", 0)
	equal := func(factor func(c networkAt) (float64, error)) predictor[networkAt] {
		return growthOfLayerNorm(evidence.Equal, factor)
	}
	return &Claim{
		ID: "LN.corrected", Family: "normalization", Kind: Median, Expected: evidence.Verified,
		Plain:    "Under layer normalisation the growth per layer depends on the activation only.",
		Why:      "Normalised pre-activations are standard normal, and dividing by their size cancels σ_w.",
		See:      []string{"LN"},
		Sentence: "In a wide network layer or RMS normalisation before φ multiplies ‖∇‖² by E φ′²/E φ² per layer, whatever σ_w is: exactly 1 for ReLU, 1.178 for tanh, 1.072 for GELU, 0.153 for the sigmoid.",
		Source:   Source{Paper: "derived: ĥ is standard normal, its Jacobian 1/s less two directions of n"}, Unit: "nats per layer",
		Asymptotic: layerNormC, Assumption: "none",
		Domain: layerNormDomain, Test: batchNormTest + "log E φ′²/E φ², z ~ N(0, 1)" + layerNormEnd,
		trial: &sampled[networkAt]{
			draw: drawLayerNorm, always: []networkAt{relu, tanh, sigmoid, gelu},
			sample: eachNetwork(layerGrowth), predict: equal(layerNormFactor), command: networkAt.command,
			mutants: []mutant[networkAt]{
				{"it keeps gradients for every φ: 1", equal(factorAt(1)), []networkAt{tanh, sigmoid}},
				{"as batch normalisation: E φ′²/Var φ", equal(asBatchNorm), []networkAt{relu, gelu, sigmoid}},
				{"σ_w counts: σ_w² E φ′²", equal(func(c networkAt) (float64, error) {
					slope, _, err := gauss.DerivativeMoment(c.model().Activation, 1, 2)
					return c.WeightStd * c.WeightStd * slope, err
				}), []networkAt{tanh}},
			},
			corners: []mutant[networkAt]{
				{"that of ‖∇‖: the root", equal(rootOf(layerNormFactor)), []networkAt{tanh, sigmoid}},
				{"(E φ′)² for E φ′²", equal(func(c networkAt) (float64, error) {
					factor, err := layerNormFactor(c)
					square, _, _ := gauss.DerivativeMoment(c.model().Activation, 1, 2)
					slope, _, _ := gauss.DerivativeMean(c.model().Activation, 1)
					return factor * slope * slope / square, err
				}), []networkAt{relu, tanh}},
			},
		},
	}
}
