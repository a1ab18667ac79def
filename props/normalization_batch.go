package props

import (
	"context"
	"fmt"
	"math"

	"pgregory.net/rapid"

	"gradchain/props/evidence"
	"gradchain/props/internal/gen"
	"gradchain/sim/network"
	"gradchain/sim/stream"
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
func drawNormalized(activations ...string) func(*rapid.T) networkAt {
	return func(t *rapid.T) networkAt {
		phi := rapid.SampledFrom(activations).Draw(t, "activation")
		batch := rapid.IntRange(8, 16).Draw(t, "batch")
		std := gen.Decimals(0.1, 10, 0.1).Draw(t, "weight_std")
		c := dense(phi, std, gen.Widths(64, 4096/batch).Draw(t, "width"), gen.Depths(4, 6).Draw(t, "depth"))
		return c.normalized("batch", batch)
	}
}

// layerGrowth is the mean of the logarithm of what a layer multiplies ‖∇‖² by. The first
// normalised layer is left out: its input is raw and has another size.
func layerGrowth(c networkAt, s *network.Sample) float64 {
	return 2 * (s.LogGradNorm[2] - s.LogGradNorm[c.Depth]) / float64(c.Depth-2)
}

const (
	batchNormDomain = "before φ, ε = 0; batch 8 to 16, width 64 to 512, depth 4 to 6, σ_w 0.1 to 10"
	batchNormError  = "the limit of infinite width; ε = 2/n: the growth is a mean over n units, so that E log = log E − ½Var, and the Gram matrix of the batch is off by √(B/n); ≤ 1.7/n measured at n = 64. The variance is at most 12/((B−4)n) per layer, for linear (4B−10)/((B−5)(B−2)n) (derived)"
)

// batchNormGiven is what is declared of finite widths, and not proved.
var batchNormGiven = []string{"|bias| ≤ 2/n, 1.2 times the most measured", "Var ≤ 1.25·12/((B−4)n) per layer, not proved but for linear"}

// batchGrowth predicts layerGrowth, noticing a standard deviation beyond ε.
func batchGrowth(side evidence.Side, logFactor func(c networkAt) (float64, error)) predictor[networkAt] {
	return func(c networkAt) (prediction, error) {
		theta, err := logFactor(c)
		variance := 12 / (float64(c.Batch-4) * float64(c.Width*(c.Depth-2)))
		eps := 2 / float64(c.Width)
		zone := evidence.Zone{Theta0: theta, Eps: eps, Delta: 2*eps + math.Sqrt(variance), Side: side}
		return prediction{Zone: zone, Variance: 1.25 * variance}, err
	}
}

// batchFactor is the logarithm of the finite-batch factor of linear and ReLU.
func batchFactor(c networkAt) (float64, error) {
	return normalization.BatchNormLogGradientFactor(c.model().Activation, c.Batch)
}

// logOf is the logarithm of another factor.
func logOf(factor func(batch float64) float64) func(c networkAt) (float64, error) {
	return func(c networkAt) (float64, error) { return math.Log(factor(float64(c.Batch))), nil }
}

func unchanged(float64) float64 { return 1 }

// reluLimit is the factor of ReLU for large batches.
const reluLimit = math.Pi / (math.Pi - 1)

func batchNormLinear() *Claim {
	eight := dense("linear", 1, 1024, 18).normalized("batch", 8)
	wrong := func(factor func(b float64) float64) predictor[networkAt] {
		return batchGrowth(evidence.Equal, logOf(factor))
	}
	return &Claim{
		ID: "BN.linear", Family: "normalization", Kind: Mean, Expected: evidence.Verified,
		Sentence: "In a wide linear network batch normalisation multiplies ‖∇‖² by (B−2)/(B−3) per layer: gradients explode, the more the smaller the batch, whatever σ_w.",
		Source:   yang, Unit: "nats per layer", Assumption: batchNormError, Given: batchNormGiven,
		Domain: "linear, batch normalisation " + batchNormDomain,
		Test:   "E of the growth of log ‖∇‖² per layer = log (B−2)/(B−3)",
		trial: &sampled[networkAt]{
			draw: drawNormalized("linear"), always: []networkAt{eight},
			sample: eachNetwork(layerGrowth), predict: batchGrowth(evidence.Equal, batchFactor), command: networkAt.command,
			mutants: []mutant[networkAt]{
				{"no growth", wrong(unchanged), []networkAt{eight}},
				{"(B−1)/(B−2): the mean is not taken out", wrong(func(b float64) float64 { return (b - 1) / (b - 2) }), []networkAt{eight}},
				{"(B−1)/(B−3): the radial part is kept", wrong(func(b float64) float64 { return (b - 1) / (b - 3) }), []networkAt{eight}},
				{"(B−2)/(B−1): 1/E r² for E 1/r²", wrong(func(b float64) float64 { return (b - 2) / (b - 1) }), []networkAt{eight}},
			},
		},
	}
}

// batchOf is a batch normalised with ReLU.
type batchOf struct {
	Batch int `json:"batch"`
}

// tends checks that the factor lies above a limit, and within 2/(B−3) of it.
func tends(limit float64) func(batchOf) finding {
	return func(c batchOf) finding {
		factor, err := normalization.BatchNormGradientFactor(activation.MustParse("relu"), c.Batch)
		if err != nil {
			panic("props: " + err.Error())
		}
		half := 1 / float64(c.Batch-3)
		return finding{
			Residual: math.Abs(factor - limit - half), Tolerance: half,
			Text: fmt.Sprintf("factor %.9g, limit %.9g", factor, limit),
		}
	}
}

func batchNormLimit() *Claim {
	large := batchOf{1_000_000}
	return &Claim{
		ID: "BN.limit", Family: "normalization", Kind: Deterministic, Expected: evidence.Verified,
		Sentence: "For large batches the growth of ‖∇‖² per layer of a wide batch-normalised ReLU network falls to π/(π−1), no further, as 1/B.",
		Source:   yang, Unit: "factor", Assumption: "none", Domain: "batch 8 to 1,000,000",
		Test: "π/(π−1) ≤ factor ≤ π/(π−1) + 2/(B−3)",
		trial: &exact[batchOf]{
			draw:   func(t *rapid.T) batchOf { return batchOf{rapid.IntRange(8, 1_000_000).Draw(t, "batch")} },
			always: []batchOf{{8}, {1000}, large},
			check:  tends(reluLimit),
			mutants: []exactMutant[batchOf]{
				{"3/2", tends(1.5), []batchOf{large}},
				{"1: large batches do not explode", tends(1), []batchOf{large}},
				{"√ of it: the factor of ‖∇‖", tends(math.Sqrt(reluLimit)), []batchOf{large}},
			},
		},
	}
}

// sampleOnce is one network, a function of the configuration.
func sampleOnce(c networkAt, of string) *network.Sample {
	e, err := network.New(c.kind(), c.model())
	if err != nil {
		panic("props: " + err.Error())
	}
	s := new(network.Sample)
	src := stream.Key{Purpose: "once", Config: of}.Source(stream.Xoshiro)
	if err := e.Sample(context.Background(), src, s); err != nil {
		panic("props: " + err.Error())
	}
	return s
}

// gradientOfTwo checks that the gradient at the input is 0.
func gradientOfTwo(change func(c networkAt) networkAt) func(networkAt) finding {
	return func(c networkAt) finding {
		c = change(c)
		log := sampleOnce(c, canonical(c)).LogGradNorm[0]
		return finding{Residual: math.Exp(log), Tolerance: 1e-13, Text: fmt.Sprintf("log ‖∂/∂x⁰‖ = %.6g", log)}
	}
}

func batchNormTwo() *Claim {
	example := dense("tanh", 1, 8, 3).normalized("batch", 2)
	return &Claim{
		ID: "BN.two", Family: "normalization", Kind: Deterministic, Expected: evidence.Verified,
		Sentence: "A batch of two passes no gradient through batch normalisation: every unit is ±1 whatever the weights are.",
		Source:   Source{Paper: "derived: the Jacobian (√B/r)(I − 11ᵀ/B − uuᵀ) is 0 for B = 2"}, Unit: "gradient",
		Assumption: "ε = 0",
		Domain:     "tanh, ReLU, SiLU, sigmoid; width 1 to 64, depth 1 to 10, σ_w 0.1 to 10, σ_b 0 to 1, explicit and exact-in-law weights",
		Test:       "‖∂(Σu·x^L)/∂x⁰‖ = 0 at B = 2",
		trial: &exact[networkAt]{
			draw: func(t *rapid.T) networkAt {
				phi := rapid.SampledFrom([]string{"tanh", "relu", "silu", "sigmoid"}).Draw(t, "activation")
				c := dense(phi, gen.Decimals(0.1, 10, 0.1).Draw(t, "weight_std"), gen.Widths(1, 64).Draw(t, "width"), gen.Depths(1, 10).Draw(t, "depth"))
				engine := rapid.SampledFrom([]network.Kind{network.Law, network.Matrix}).Draw(t, "engine")
				return biased(c, gen.Decimals(0, 1, 0.1).Draw(t, "bias_std")).normalized("batch", 2).sampledBy(engine)
			},
			most: 4, always: []networkAt{example}, check: gradientOfTwo(func(c networkAt) networkAt { return c }), command: networkAt.command,
			mutants: []exactMutant[networkAt]{
				{"a batch of three too", gradientOfTwo(func(c networkAt) networkAt { return c.normalized("batch", 3) }), []networkAt{example}},
				{"with ε > 0 too", gradientOfTwo(func(c networkAt) networkAt { c.Epsilon = 0.1; return c }), []networkAt{example}},
				{"with layer normalisation too", gradientOfTwo(func(c networkAt) networkAt { return c.normalized("layer", 2) }), []networkAt{example}},
			},
		},
	}
}
