package props

import (
	"fmt"
	"math"

	"pgregory.net/rapid"

	"gradchain/props/evidence"
	"gradchain/props/internal/gen"
	"gradchain/sim/network"
	"gradchain/theory/gauss"
	"gradchain/theory/normalization"
)

// Layer and RMS normalisation of wide networks, and what no normalisation lets through:
// the scale of the weights.

func drawLayerNorm(t *rapid.T) networkAt {
	phi := rapid.SampledFrom([]string{"relu", "tanh", "gelu", "silu", "sigmoid", "linear"}).Draw(t, "activation")
	norm := rapid.SampledFrom([]string{"layer", "rms"}).Draw(t, "norm")
	std := gen.Decimals(0.1, 10, 0.1).Draw(t, "weight_std")
	return dense(phi, std, gen.Widths(128, 1024).Draw(t, "width"), gen.Depths(4, 10).Draw(t, "depth")).normalized(norm, 0)
}

// growthOfLayerNorm predicts layerGrowth, noticing a standard deviation beyond ε.
func growthOfLayerNorm(side evidence.Side, factor func(c networkAt) (float64, error)) predictor[networkAt] {
	return func(c networkAt) (prediction, error) {
		f, err := factor(c)
		variance := 9 / float64(c.Width*(c.Depth-2))
		eps := 4 / float64(c.Width)
		zone := evidence.Zone{Theta0: math.Log(f), Eps: eps, Delta: 2*eps + math.Sqrt(variance), Side: side}
		return prediction{Zone: zone, Variance: 1.25 * variance}, err
	}
}

func layerNormFactor(c networkAt) (float64, error) {
	return normalization.LayerNormGradientFactor(c.model().Activation)
}

// always1 is that a layer keeps the size of gradients.
func always1(networkAt) (float64, error) { return 1, nil }

const (
	layerNormDomain = "ReLU, tanh, GELU, SiLU, sigmoid, linear; layer or RMS normalisation before φ, ε = 0; one input, width 128 to 1024, depth 4 to 10, σ_w 0.1 to 10"
	layerNormError  = "the limit of infinite width; ε = 4/n: a layer multiplies by a mean over n units of variance at most 9/n, of which E log = log E − ½Var; ≤ 3.1/n measured at n = 64"
)

// layerNormGiven is what is declared of finite widths, and not proved.
var layerNormGiven = []string{"|bias| ≤ 4/n, 1.3 times the most measured", "Var ≤ 1.25·9/n per layer, not proved"}

func layerNormVanishes() *Claim {
	sigmoid := dense("sigmoid", 1, 256, 6).normalized("layer", 0)
	return &Claim{
		ID: "LN", Family: "normalization", Kind: Mean, Expected: evidence.Refuted, Correction: "LN.corrected",
		Sentence: "Layer normalisation before the activation keeps gradients from vanishing, whatever the activation is.",
		Source:   Source{Paper: "a common reading of Ba, Kiros & Hinton 2016, Layer Normalization"}, Unit: "nats per layer", Assumption: layerNormError, Given: layerNormGiven,
		Domain: layerNormDomain, Test: "E of the growth of log ‖∇‖² per layer ≥ 0",
		trial: &sampled[networkAt]{
			draw: drawLayerNorm, always: []networkAt{sigmoid},
			sample: eachNetwork(layerGrowth), predict: growthOfLayerNorm(evidence.AtLeast, always1), command: networkAt.command,
			truth: func(c networkAt) (float64, error) {
				factor, err := layerNormFactor(c)
				return math.Log(factor), err
			},
			mutants: []mutant[networkAt]{{"halved at most", growthOfLayerNorm(evidence.AtLeast, func(networkAt) (float64, error) { return 0.5, nil }), []networkAt{sigmoid}}},
		},
	}
}

func layerNormGrowth() *Claim {
	relu, tanh := dense("relu", 3, 1024, 10).normalized("layer", 0), dense("tanh", 3, 1024, 10).normalized("rms", 0)
	sigmoid, gelu := dense("sigmoid", 3, 1024, 10).normalized("layer", 0), dense("gelu", 3, 1024, 20).normalized("layer", 0)
	wrong := func(factor func(c networkAt) (float64, error)) predictor[networkAt] {
		return growthOfLayerNorm(evidence.Equal, factor)
	}
	return &Claim{
		ID: "LN.corrected", Family: "normalization", Kind: Mean, Expected: evidence.Verified,
		Sentence: "In a wide network layer or RMS normalisation before φ multiplies ‖∇‖² by E φ′²/E φ² per layer, whatever σ_w is: exactly 1 for ReLU, 1.178 for tanh, 1.072 for GELU, 0.153 for the sigmoid.",
		Source:   Source{Paper: "derived: ĥ is standard normal, its Jacobian 1/s less two directions of n"}, Unit: "nats per layer", Assumption: layerNormError, Given: layerNormGiven,
		Domain: layerNormDomain, Test: "E of the growth of log ‖∇‖² per layer = log E φ′²/E φ², z ~ N(0, 1)",
		trial: &sampled[networkAt]{
			draw: drawLayerNorm, always: []networkAt{relu, tanh, sigmoid, gelu},
			sample: eachNetwork(layerGrowth), predict: growthOfLayerNorm(evidence.Equal, layerNormFactor), command: networkAt.command,
			mutants: []mutant[networkAt]{
				{"it keeps gradients for every φ: 1", wrong(always1), []networkAt{tanh, sigmoid}},
				{"as batch normalisation: E φ′²/Var φ", wrong(func(c networkAt) (float64, error) {
					return normalization.BatchNormGradientFactorLimit(c.model().Activation)
				}), []networkAt{relu, gelu, sigmoid}},
				{"σ_w counts: σ_w² E φ′²", wrong(func(c networkAt) (float64, error) {
					slope, _, err := gauss.DerivativeMoment(c.model().Activation, 1, 2)
					return c.WeightStd * c.WeightStd * slope, err
				}), []networkAt{tanh}},
				{"(E φ′)² for E φ′²", wrong(func(c networkAt) (float64, error) {
					factor, err := layerNormFactor(c)
					square, _, _ := gauss.DerivativeMoment(c.model().Activation, 1, 2)
					slope, _, _ := gauss.DerivativeMean(c.model().Activation, 1)
					return factor * slope * slope / square, err
				}), []networkAt{relu, tanh}},
			},
		},
	}
}

// scaledAt is a normalised network, and a power of 2 by which its weights and biases are
// multiplied.
type scaledAt struct {
	networkAt
	Power int `json:"power"`
}

// by is the network with its weights multiplied by a, and ε by epsilon.
func (c scaledAt) by(a, epsilon float64) networkAt {
	n := c.networkAt
	n.WeightStd *= a
	n.BiasStd *= a
	n.Epsilon *= epsilon
	return n
}

// scalesOut checks that with weights a·w signals and counts are those of w, gradients with
// respect to the pre-activations times gain(a), and at the input the same; ε times epsilon(a).
func scalesOut(gain, epsilon func(a float64) float64, change func(c networkAt) networkAt) func(scaledAt) finding {
	return func(c scaledAt) finding {
		a := math.Ldexp(1, c.Power)
		key := canonical(c)
		before, after := sampleOnce(change(c.by(1, 1)), key), sampleOnce(change(c.by(a, epsilon(a))), key)
		worst, text := 0.0, "signals and gradients scale"
		compare := func(what string, l int, got, want float64) {
			if off := math.Abs(got-want) / (1 + math.Abs(want)); got != want && !(off <= worst) {
				worst, text = off, fmt.Sprintf("%s %d: %.9g becomes %.9g", what, l, want, got)
			}
		}
		for l := range c.Depth + 1 {
			compare("log second moment of layer", l, after.LogSquare[l], before.LogSquare[l])
			compare("saturated units of layer", l, float64(after.Saturated[l]), float64(before.Saturated[l]))
			shift := math.Log(gain(a))
			if l == 0 {
				shift = 0
			}
			compare("log gradient (times a) at layer", l, after.LogGradNorm[l]-shift, before.LogGradNorm[l])
		}
		return finding{Residual: worst, Tolerance: 1e-11, Text: text}
	}
}

func weightScale() *Claim {
	inverse := func(a float64) float64 { return 1 / a }
	square := func(a float64) float64 { return a * a }
	constant := func(float64) float64 { return 1 }
	same := func(c networkAt) networkAt { return c }
	example := scaledAt{dense("tanh", 1, 16, 5).normalized("batch", 6), 3}
	example.Epsilon, example.BiasStd = 0.5, 1
	return &Claim{
		ID: "BN.scale", Family: "normalization", Kind: Deterministic, Expected: evidence.Verified,
		Sentence: "Normalisation takes the scale of the weights away: signals, saturation and the gradient at the input do not depend on σ_w, and gradients with respect to pre-activations scale as 1/σ_w at every layer.",
		Source:   Source{Paper: "Ioffe & Szegedy 2015, Batch Normalization", Eq: "section 3.3, BN(aWx) = BN(Wx)"}, Unit: "relative difference",
		Assumption: "biases scale as a, ε as a²",
		Domain:     "tanh, ReLU, SiLU, sigmoid; batch, layer and RMS normalisation; width 3 to 64, depth 1 to 10, batch 3 to 8, ε 0 or up to 1, σ_b 0 to 1; a from 2^−20 to 2^20",
		Test:       "the same network with weights w and a·w: second moments, saturated units and ‖∂/∂x⁰‖ equal, ‖∂/∂h^l‖ times 1/a, within 1e-11",
		trial: &exact[scaledAt]{
			draw: func(t *rapid.T) scaledAt {
				phi := rapid.SampledFrom([]string{"tanh", "relu", "silu", "sigmoid"}).Draw(t, "activation")
				c := dense(phi, gen.Decimals(0.5, 3, 0.5).Draw(t, "weight_std"), gen.Widths(3, 64).Draw(t, "width"), gen.Depths(1, 10).Draw(t, "depth"))
				c = c.normalized(rapid.SampledFrom([]string{"batch", "layer", "rms"}).Draw(t, "norm"), rapid.IntRange(3, 8).Draw(t, "batch"))
				c.BiasStd, c.Epsilon = gen.Decimals(0, 1, 0.5).Draw(t, "bias_std"), gen.Decimals(0, 1, 0.25).Draw(t, "epsilon")
				engine := rapid.SampledFrom([]network.Kind{network.Law, network.Matrix}).Draw(t, "engine")
				return scaledAt{c.sampledBy(engine), rapid.IntRange(-20, 20).Draw(t, "power")}
			},
			most: 2, always: []scaledAt{example}, check: scalesOut(inverse, square, same),
			command: func(c scaledAt) string { return c.command() },
			mutants: []exactMutant[scaledAt]{
				{"gradients do not change", scalesOut(constant, square, same), []scaledAt{example}},
				{"gradients scale as a", scalesOut(func(a float64) float64 { return a }, square, same), []scaledAt{example}},
				{"ε stays", scalesOut(inverse, constant, same), []scaledAt{example}},
				{"without normalisation", scalesOut(inverse, square, func(c networkAt) networkAt {
					c.Norm, c.Epsilon = "", 0
					return c
				}), []scaledAt{example}},
				{"normalised behind φ", scalesOut(inverse, square, func(c networkAt) networkAt {
					c.NormAfter = true
					return c
				}), []scaledAt{example}},
			},
		},
	}
}
