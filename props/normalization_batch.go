package props

import (
	"math"
	"sync"

	"pgregory.net/rapid"

	"gradchain/props/evidence"
	"gradchain/props/internal/gen"
	"gradchain/sim/network"
	"gradchain/theory/activation"
	"gradchain/theory/normalization"
)

// Batch normalisation in wide networks: what a layer multiplies ‖∇‖² by.

// yang is the source of the growth of gradients with batch normalisation.
var yang = Source{Paper: "Yang, Pennington, Rao, Sohl-Dickstein & Schoenholz 2019, A Mean Field Theory of Batch Normalization", Eq: "re-derived"}

// normalized is the same network with a normalisation before φ.
func (c networkAt) normalized(norm string, batch int) networkAt {
	c.Norm, c.Batch = norm, batch
	return c
}

// drawNormalized draws batch-normalised networks that are wide for their batch.
func drawNormalized(least, most int, activations ...string) func(*rapid.T) networkAt {
	return func(t *rapid.T) networkAt {
		phi := rapid.SampledFrom(activations).Draw(t, "activation")
		batch := gen.Integers(least, most).Draw(t, "batch")
		std := gen.Decimals(0.1, 10, 0.1).Draw(t, "weight_std")
		c := dense(phi, std, gen.Widths(min(128, 2048/batch), 2048/batch).Draw(t, "width"), gen.Depths(4, 6).Draw(t, "depth"))
		return c.normalized("batch", batch)
	}
}

// layerGrowth is the mean of the logarithm of what a layer multiplies ‖∇‖² by. The first
// normalised layer is left out: its input is raw and has another size.
func layerGrowth(c networkAt, s *network.Sample) float64 {
	return 2 * (s.LogGradNorm[2] - s.LogGradNorm[c.Depth]) / float64(c.Depth-2)
}

const (
	batchNormDomain = "before φ, ε = 0; width 128 to 2048/batch, depth 4 to 6, σ_w 0.1 to 10"
	batchNormC      = "C/n, C = 1 + 6/(B − 4): the growth is the logarithm of a mean over n units, and the Gram matrix of the batch is off by √(B/n)"
	batchNormTest   = "half of the networks have a growth of log ‖∇‖² per layer above "
	batchNormEnd    = ", up to C/n; to half a standard deviation"
)

// batchGrowth predicts layerGrowth, noticing half a standard deviation beyond C/n.
func batchGrowth(side evidence.Side, logFactor func(c networkAt) (float64, error)) predictor[networkAt] {
	return func(c networkAt) (prediction, error) {
		theta, err := logFactor(c)
		free := float64(c.Batch - 4)
		variance := 12 / (free * float64(c.Width*(c.Depth-2)))
		eps := (1 + 6/free) / float64(c.Width)
		zone := evidence.Zone{Theta0: theta, Eps: eps, Delta: eps + 0.5*math.Sqrt(variance), Side: side}
		return prediction{Zone: zone, Variance: variance}, err
	}
}

var batchFactors sync.Map // by activation and batch

// batchFactor is the logarithm of the factor of infinite width: of the gradient A·1 + C·11ᵀ
// over the batch, with C = −A/B behind a norm.
func batchFactor(c networkAt) (float64, error) {
	type key struct {
		phi   string
		batch int
	}
	if old, ok := batchFactors.Load(key{c.Activation, c.Batch}); ok {
		return old.(float64), nil
	}
	layer, err := normalization.NewBatchLayer(c.model().Activation, c.Batch)
	if err != nil {
		return 0, err
	}
	m, err := layer.Moments(math.Inf(1))
	if err != nil {
		return 0, err
	}
	b := float64(c.Batch)
	log := math.Log((m.Alone - m.Common/b) / ((b - 1) * m.Spread))
	batchFactors.Store(key{c.Activation, c.Batch}, log)
	return log, nil
}

// factorWith is that of another activation.
func factorWith(phi string) func(c networkAt) (float64, error) {
	return func(c networkAt) (float64, error) {
		c.Activation = phi
		return batchFactor(c)
	}
}

// halfOf is that of the norm for its square.
func halfOf(logFactor func(c networkAt) (float64, error)) func(c networkAt) (float64, error) {
	return func(c networkAt) (float64, error) {
		x, err := logFactor(c)
		return x / 2, err
	}
}

// logOf is the logarithm of another factor.
func logOf(factor func(batch float64) float64) func(c networkAt) (float64, error) {
	return func(c networkAt) (float64, error) { return math.Log(factor(float64(c.Batch))), nil }
}

func unchanged(float64) float64 { return 1 }

func batchNormLinear() *Claim {
	eight, six := dense("linear", 1, 512, 10).normalized("batch", 8), dense("linear", 1, 1024, 20).normalized("batch", 6)
	wrong := func(factor func(b float64) float64) predictor[networkAt] {
		return batchGrowth(evidence.Equal, logOf(factor))
	}
	return &Claim{
		ID: "BN.linear", Family: "normalization", Kind: Median, Expected: evidence.Verified,
		Plain:    "Even linear networks explode under batch normalisation, by (B−2)/(B−3) a layer.",
		Why:      "E 1/r² of a chi-square of B − 1 degrees of freedom, the spread of a batch.",
		See:      []string{"BN.limit"},
		Sentence: "In a wide linear network batch normalisation multiplies ‖∇‖² by (B−2)/(B−3) per layer: gradients explode, the more the smaller the batch, whatever σ_w.",
		Source:   yang, Unit: "nats per layer", Asymptotic: batchNormC, Assumption: "none",
		Domain: "linear, batch normalisation of batches of 6 to 16 " + batchNormDomain,
		Test:   batchNormTest + "log (B−2)/(B−3)" + batchNormEnd,
		trial: &sampled[networkAt]{
			draw: drawNormalized(6, 16, "linear"), always: []networkAt{eight},
			sample: eachNetwork(layerGrowth), predict: batchGrowth(evidence.Equal, batchFactor), command: networkAt.command,
			mutants: []mutant[networkAt]{
				{"no growth", wrong(unchanged), []networkAt{eight}},
				{"(B−1)/(B−3): the radial part is kept", wrong(func(b float64) float64 { return (b - 1) / (b - 3) }), []networkAt{eight}},
				{"(B−2)/(B−1): 1/E r² for E 1/r²", wrong(func(b float64) float64 { return (b - 2) / (b - 1) }), []networkAt{eight}},
			},
			corners: []mutant[networkAt]{
				{"that of ‖∇‖: the root", batchGrowth(evidence.Equal, halfOf(batchFactor)), []networkAt{eight}},
				{"(B−1)/(B−2): the mean is not taken out", wrong(func(b float64) float64 { return (b - 1) / (b - 2) }), []networkAt{six}},
			},
		},
	}
}

// reluLimit is the factor of ReLU for large batches.
const reluLimit = math.Pi / (math.Pi - 1)

// largeBatch predicts layerGrowth of ReLU from a limit of large batches, to 2/(B − 3) of the
// factor and C/n.
func largeBatch(limit float64) predictor[networkAt] {
	return func(c networkAt) (prediction, error) {
		p, err := batchGrowth(evidence.Equal, func(c networkAt) (float64, error) {
			return math.Log(limit + 1/float64(c.Batch-3)), nil
		})(c)
		half := math.Log1p(1 / (limit * float64(c.Batch-3)))
		p.Zone.Eps += half
		p.Zone.Delta += half + 0.3*math.Sqrt(p.Variance)
		return p, err
	}
}

func batchNormLimit() *Claim {
	large := dense("relu", 1, 128, 6).normalized("batch", 64)
	return &Claim{
		ID: "BN.limit", Family: "normalization", Kind: Median, Expected: evidence.Verified,
		Plain:    "Large batches do not remove the explosion of ReLU networks: 1.467 a layer is left.",
		Why:      "For infinite batches the factor is E φ′²/Var φ = ½/(½ − 1/2π).",
		See:      []string{"S13.wide.gradient"},
		Sentence: "For large batches the growth of ‖∇‖² per layer of a wide batch-normalised ReLU network falls to π/(π−1), no further, as 1/B.",
		Source:   yang, Unit: "nats per layer",
		Asymptotic: "the factor to π/(π−1) … π/(π−1) + 2/(B − 3), and " + batchNormC,
		Assumption: "none", Domain: "ReLU, batch normalisation before φ, ε = 0; batch 16 to 48, width 64 to 96, depth 4 to 5, σ_w 0.1 to 10",
		Test: batchNormTest + "log (π/(π−1) + (1 ± 1)/(B − 3)), up to C/n; to 0.8 standard deviations",
		trial: &sampled[networkAt]{
			draw: func(t *rapid.T) networkAt {
				std := gen.Decimals(0.1, 10, 0.1).Draw(t, "weight_std")
				c := dense("relu", std, gen.Widths(64, 96).Draw(t, "width"), gen.Depths(4, 5).Draw(t, "depth"))
				return c.normalized("batch", gen.Integers(16, 48).Draw(t, "batch"))
			},
			always: []networkAt{large},
			sample: eachNetwork(layerGrowth), predict: largeBatch(reluLimit), truth: batchFactor, command: networkAt.command,
			mutants: []mutant[networkAt]{
				{"1: large batches do not explode", largeBatch(1), []networkAt{large}},
				{"√ of it: the factor of ‖∇‖", largeBatch(math.Sqrt(reluLimit)), []networkAt{large}},
				{"2: E φ′²/E φ² without the mean", largeBatch(2), []networkAt{large}},
			},
		},
	}
}

// largeBatchFactor is the logarithm of the factor for large batches.
func largeBatchFactor(c networkAt) (float64, error) {
	factor, err := normalization.BatchNormGradientFactorLimit(activation.MustParse(c.Activation))
	return math.Log(factor), err
}

func batchNormAny() *Claim {
	tanh, silu := dense("tanh", 1, 512, 10).normalized("batch", 8), dense("silu", 1, 512, 10).normalized("batch", 8)
	return &Claim{
		ID: "BN.any", Family: "normalization", Kind: Median, Expected: evidence.Verified,
		Plain:    "Smaller batches make the explosion under batch normalisation worse.",
		Why:      "The factor of infinite batches is a lower bound at every batch size that was tried.",
		See:      []string{"BN.poincare"},
		Sentence: "With any φ a wide batch-normalised layer multiplies ‖∇‖² by an expectation over the sphere of B − 1 dimensions, which is more than the E φ′²/Var φ of large batches: batches of few inputs, 4 or more, make it worse.",
		Source:   yang, Unit: "nats per layer", Asymptotic: batchNormC, Assumption: "none",
		Domain: anyPhiWords + "; batch normalisation of batches of 6 to 16 " + batchNormDomain,
		Test:   batchNormTest + "log (E tr(JD²J) − E|JD1|²/B)/((B−1)·½E(φ(y₁) − φ(y₂))²)" + batchNormEnd,
		trial: &sampled[networkAt]{
			draw: drawNormalized(6, 16, anyPhi...), always: []networkAt{tanh, silu},
			sample: eachNetwork(layerGrowth), predict: batchGrowth(evidence.Equal, batchFactor), command: networkAt.command,
			mutants: []mutant[networkAt]{
				{"that of large batches, E φ′²/Var φ", batchGrowth(evidence.Equal, largeBatchFactor), []networkAt{tanh, silu}},
				{"that of ‖∇‖: the root", batchGrowth(evidence.Equal, halfOf(batchFactor)), []networkAt{tanh, silu}},
				{"what ReLU has at that batch", batchGrowth(evidence.Equal, factorWith("relu")), []networkAt{tanh, silu}},
			},
			corners: []mutant[networkAt]{
				{"φ is linear: (B−2)/(B−3)", batchGrowth(evidence.Equal, factorWith("linear")), []networkAt{silu}},
			},
		},
	}
}
