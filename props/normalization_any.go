package props

import (
	"fmt"
	"math"

	"pgregory.net/rapid"

	"gradchain/props/evidence"
	"gradchain/props/internal/gen"
	"gradchain/theory/activation"
	"gradchain/theory/gauss"
	"gradchain/theory/normalization"
)

// Batch normalisation with any activation.

// gainAt is an activation behind a normalisation with a learned gain.
type gainAt struct {
	Activation string  `json:"activation"`
	Gain       float64 `json:"gain"`
}

// largeBatch is the growth of ‖∇‖² per layer for large batches, γ²E φ′(γz)²/size of φ(γz).
func (c gainAt) largeBatch(size func(activation.Activation, float64) (value, bound float64, err error)) float64 {
	a, q := activation.MustParse(c.Activation), c.Gain*c.Gain
	slope, _, err := gauss.DerivativeMoment(a, q, 2)
	if err != nil {
		panic("props: " + err.Error())
	}
	below, _, err := size(a, q)
	if err != nil {
		panic("props: " + err.Error())
	}
	return q * slope / below
}

// explodes checks that the growth is at least so much.
func explodes(least float64, size func(activation.Activation, float64) (value, bound float64, err error)) func(gainAt) finding {
	return func(c gainAt) finding {
		growth := c.largeBatch(size)
		return finding{
			Residual: least - growth, Tolerance: 1e-11 * growth,
			Text: fmt.Sprintf("growth %.9g, claimed ≥ %.9g", growth, least),
		}
	}
}

func batchNormPoincare() *Claim {
	relu, linear := gainAt{"relu", 1}, gainAt{"linear", 1}
	return &Claim{
		ID: "BN.poincare", Family: "normalization", Kind: Deterministic, Expected: evidence.Verified,
		Sentence: "Batch normalisation makes gradients explode for every φ but the affine ones: for large batches a layer multiplies ‖∇‖² by E φ′²/Var φ ≥ 1, and no weight variance and no gain changes that.",
		Source:   Source{Paper: "derived: Yang et al. 2019 for large batches; Gaussian Poincaré inequality (Chernoff 1981)"}, Unit: "factor per layer",
		Assumption: "none",
		Domain:     "tanh, erf, ReLU, leaky ReLU, SELU, ELU, GELU, SiLU, sigmoid, softplus, sin, linear; gain γ from 0.01 to 100",
		Test:       "γ²E φ′(γz)²/Var φ(γz) ≥ 1, within 1e-11",
		trial: &exact[gainAt]{
			draw: func(t *rapid.T) gainAt {
				phi := gen.Activations("tanh", "erf", "relu", "leaky_relu(0.1)", "selu", "elu(1)", "gelu", "silu", "sigmoid", "softplus", "sin", "linear")
				return gainAt{phi.Draw(t, "activation").String(), gen.Decade(rapid.IntRange(-20, 20).Draw(t, "decades"))}
			},
			always: []gainAt{linear, relu, {"sigmoid", 1}, {"tanh", 0.01}, {"sin", 100}},
			check:  explodes(1, gauss.Variance),
			mutants: []exactMutant[gainAt]{
				{"at least 1.01", explodes(1.01, gauss.Variance), []gainAt{linear, {"tanh", 0.01}}},
				{"the mean of φ is not taken out: E φ²", explodes(1, gauss.MeanSquare), []gainAt{{"sigmoid", 1}}},
				{"at most 1", func(c gainAt) finding {
					growth := c.largeBatch(gauss.Variance)
					return finding{Residual: growth - 1, Tolerance: 1e-11 * growth}
				}, []gainAt{relu}},
			},
		},
	}
}

// largeBatchFactor is the logarithm of the factor for large batches.
func largeBatchFactor(c networkAt) (float64, error) {
	factor, err := normalization.BatchNormGradientFactorLimit(c.model().Activation)
	return math.Log(factor), err
}

func batchNormAny() *Claim {
	tanh, silu := dense("tanh", 1, 512, 10).normalized("batch", 16), dense("silu", 1, 512, 10).normalized("batch", 16)
	wrong := func(logFactor func(c networkAt) (float64, error)) predictor[networkAt] {
		return batchGrowth(evidence.AtLeast, logFactor)
	}
	return &Claim{
		ID: "BN.any", Family: "normalization", Kind: Mean, Expected: evidence.Verified,
		Sentence: "With any φ a wide batch-normalised layer multiplies ‖∇‖² by E φ′²/Var φ at least: small batches make it worse.",
		Source:   Source{Paper: "derived for large batches from Yang et al. 2019; that it is a bound for small ones is observed"}, Unit: "nats per layer",
		Assumption: batchNormError, Given: batchNormGiven,
		Domain: "tanh, GELU, SiLU, sigmoid, ReLU; batch normalisation " + batchNormDomain,
		Test:   "E of the growth of log ‖∇‖² per layer ≥ log E φ′²/Var φ",
		trial: &sampled[networkAt]{
			draw: drawNormalized("tanh", "gelu", "silu", "sigmoid", "relu"), always: []networkAt{tanh, silu},
			sample: eachNetwork(layerGrowth), predict: batchGrowth(evidence.AtLeast, largeBatchFactor), command: networkAt.command,
			truth: func(c networkAt) (float64, error) { // at most, for tanh and SiLU
				limit, err := largeBatchFactor(c)
				return limit + 1.6/float64(c.Batch), err
			},
			mutants: []mutant[networkAt]{
				{"π/(π−1) for every φ", wrong(logOf(func(float64) float64 { return reluLimit })), []networkAt{tanh, silu}},
				{"what ReLU has at that batch", wrong(func(c networkAt) (float64, error) {
					return normalization.BatchNormLogGradientFactor(activation.MustParse("relu"), c.Batch)
				}), []networkAt{tanh, silu}},
			},
		},
	}
}
