package props

import (
	"cmp"
	"math"

	"pgregory.net/rapid"

	"gradchain/props/evidence"
	"gradchain/props/internal/gen"
	"gradchain/sim/model"
	"gradchain/sim/network"
)

// The engines: explicit matrices are the definition, the others sample the same law.

// engineAt is a network with an engine that is held against explicit matrices, and what
// is measured in it.
type engineAt struct {
	networkAt
	Of    string  `json:"of"`              // gradient, signal, tangent or correlation; transpose: gradient against tangent
	Delta float64 `json:"delta,omitempty"` // the distance of laws that is to be noticed; 0 means coarse
}

// coarse is the distance of laws noticed at drawn configurations.
const coarse = 0.14

func (c engineAt) delta() float64 { return cmp.Or(c.Delta, coarse) }

// measuredBy observes what the configuration says, after a change to the network: of a
// transposed pair the gradient.
func measuredBy(change func(c networkAt) networkAt) protocol[engineAt] {
	model := func(c engineAt) []networkAt { return []networkAt{change(c.networkAt)} }
	sample := networks(model, func(c engineAt, drawn []nets, dst []float64) []float64 {
		for _, s := range drawn[0] {
			switch c.Of {
			case "signal":
				dst = append(dst, s.LogSquare[c.Depth])
			case "correlation":
				dst = append(dst, s.Correlation[c.Depth])
			default:
				dst = append(dst, s.LogGradNorm[0])
			}
		}
		return dst
	})
	tangent := networkTangents(model, func(_ engineAt, drawn []tangents, dst []float64) []float64 {
		for _, v := range drawn[0] {
			dst = append(dst, v[len(v)-1])
		}
		return dst
	})
	return func(c engineAt) (experiment, error) {
		if c.Of == "tangent" {
			return tangent(c)
		}
		return sample(c)
	}
}

// byMatrix is the same network of explicit matrices.
func byMatrix(c networkAt) networkAt { return c.sampledBy(network.Matrix) }

// rival observes what the configuration is held against: the same of explicit matrices,
// after a change, or of a transposed pair the tangent.
func rival(change func(c networkAt) networkAt) protocol[engineAt] {
	return func(c engineAt) (experiment, error) {
		if c.Of == "transpose" {
			c.Of = "tangent"
		}
		return measuredBy(func(c networkAt) networkAt { return byMatrix(change(c)) })(c)
	}
}

// heldTo predicts that rival has the same law; apart is how far a mutant's is, at least.
func heldTo(change func(c networkAt) networkAt, apart float64) predictor[engineAt] {
	return func(c engineAt) (prediction, error) { return alike(rival(change), apart, c.delta())(c) }
}

func drawEngine(t *rapid.T) engineAt {
	c := engineAt{Of: rapid.SampledFrom([]string{"gradient", "signal", "tangent"}).Draw(t, "of")}
	width := gen.Widths(1, 64).Draw(t, "width")
	depth := gen.Depths(1, max(1, min(4, 2048/(width*width)))).Draw(t, "depth")
	switch rapid.SampledFrom([]string{"norm", "law", "law", "transpose"}).Draw(t, "engine") {
	case "transpose":
		return transposed(t, width, depth)
	case "norm":
		phi := rapid.SampledFrom([]string{"relu", "linear"}).Draw(t, "activation")
		c.networkAt = criticalNetwork(phi, width, depth).sampledBy(network.Norm)
		return c
	}
	if rapid.IntRange(0, 3).Draw(t, "residual") == 0 {
		phi := rapid.SampledFrom([]string{"tanh", "linear", "gelu"}).Draw(t, "residual activation")
		c.networkAt = dense(phi, 1, width, depth).residual(gen.Decimals(0.2, 1, 0.2).Draw(t, "alpha")).sampledBy(network.Law)
		return c
	}
	phi := rapid.SampledFrom([]string{"tanh", "relu", "linear", "gelu", "sigmoid", "selu", "sin"}).Draw(t, "activation")
	c.networkAt = dense(phi, gen.Decimals(0.5, 2, 0.5).Draw(t, "weight_std"), width, depth).sampledBy(network.Law)
	c.BiasStd = rapid.SampledFrom([]float64{0, 0.3}).Draw(t, "bias_std")
	if rapid.Bool().Draw(t, "several") {
		return severalInputs(t, c)
	}
	return c
}

// severalInputs makes it a batch, normalised or not, of smooth φ: a correlation exists.
func severalInputs(t *rapid.T, c engineAt) engineAt {
	c.Activation = rapid.SampledFrom([]string{"tanh", "linear", "gelu"}).Draw(t, "smooth")
	c.Batch = rapid.IntRange(2, 4).Draw(t, "batch")
	c.Width = min(max(c.Width, 2), 16)
	c.Of = rapid.SampledFrom([]string{"gradient", "signal", "correlation"}).Draw(t, "of several")
	c.Norm = rapid.SampledFrom([]string{"", "layer", "rms", "batch"}).Draw(t, "norm")
	if c.Norm != "" {
		c.Epsilon, c.NormAfter = 0.1, rapid.Bool().Draw(t, "norm after")
	}
	return c
}

// transposed is a linear network of weights that only explicit matrices have: tied or
// sparse. There a gradient Jᵀu has the law of a tangent Jv, for Wᵀ has that of W.
func transposed(t *rapid.T, width, depth int) engineAt {
	c := engineAt{dense("linear", 1, width, depth).sampledBy(network.Matrix), "transpose", 0}
	c.Tied = rapid.Bool().Draw(t, "tied")
	if !c.Tied || rapid.Bool().Draw(t, "sparse") {
		c.Weights, c.Density = model.SparseWeights.String(), gen.Decimals(0.2, 0.8, 0.2).Draw(t, "density")
	}
	return c
}

// distance is that of the laws of log‖Jv‖² in two linear networks, the second of which
// has weights too large by a factor.
func distance(a, b networkAt, factor float64) float64 {
	own, err := a.normLaw()
	if err != nil {
		panic("props: " + err.Error())
	}
	other, err := b.normLaw()
	if err != nil {
		panic("props: " + err.Error())
	}
	shift := 2 * float64(b.Depth) * math.Log(factor)
	return prediction{CDFs: own.CDFs}.distance(prediction{CDFs: func(dst, x []float64) {
		for i, v := range x {
			dst[i] = other.CDF(v - shift)
		}
	}})
}

// repeatedApart is the distance of the laws of L·log w² and of the sum of L independent ones.
func repeatedApart(c networkAt) float64 {
	c.Tied = false
	sum, err := c.normLaw()
	if err != nil {
		panic("props: " + err.Error())
	}
	depth := float64(c.Depth)
	c.Depth = 1
	one, err := c.normLaw()
	if err != nil {
		panic("props: " + err.Error())
	}
	return prediction{CDFs: sum.CDFs}.distance(prediction{CDFs: func(dst, x []float64) {
		for i, v := range x {
			dst[i] = one.CDF(v / depth)
		}
	}})
}

func engines() *Claim {
	const fine = 0.04
	linear := engineAt{criticalNetwork("linear", 8, 4).sampledBy(network.Law), "tangent", fine}
	single := engineAt{dense("linear", 1, 1, 1).sampledBy(network.Law), "tangent", 0}
	small := engineAt{criticalNetwork("relu", 4, 3).sampledBy(network.Norm), "gradient", fine}
	saturating := engineAt{dense("tanh", 1.5, 1, 2).sampledBy(network.Law), "gradient", 0}
	tied := engineAt{tiedLinear(1, 4).sampledBy(network.Matrix), "transpose", 0}
	const gain = 1.025
	same := func(c networkAt) networkAt { return c }
	amplified := func(c networkAt) networkAt {
		c.WeightStd *= gain
		return c
	}
	deeper := func(c networkAt) networkAt {
		c.Depth++
		return c
	}
	rademacher := func(c networkAt) networkAt {
		c.Weights = model.RademacherWeights.String()
		return c
	}
	independent := func(c networkAt) networkAt {
		c.Tied = false
		return c
	}
	return &Claim{
		ID: "P6", Family: "product", Kind: TwoSample, Expected: evidence.Verified,
		Plain:    "The fast ways of sampling a network have exactly the law of explicit weight matrices.",
		Why:      "Given what a layer's signals have seen, a Gaussian matrix is still Gaussian on the rest, so it never has to be drawn.",
		See:      []string{"P1"},
		Sentence: "Explicit weight matrices, sampling conditional on what the signals have seen at O(n) a layer, and for linear and ReLU the norms alone at O(1) a layer, give gradients, signals, tangents and correlations of the same law.",
		Source:   Source{Paper: "derived: a gaussian matrix given W·x is gaussian on what is orthogonal to x; Hanin & Nica 2020 for the norms"}, Unit: "sup-distance of laws",
		Assumption: "none",
		Domain:     "seven activations, width 1 to 64, depth 1 to 4, σ_w 0.5 to 2, σ_b 0 or 0.3, residual or not, batches of up to 4 inputs, normalised before or after φ or not; linear and ReLU at the critical variance for the norms; linear with tied or sparse weights, gradients against tangents",
		Test:       "two samples, one of explicit matrices: log gradient norm at the input, log second moment at the output, log norm of a tangent, cosine of two inputs; to 0.14, and to 0.04 at two configurations",
		trial: &sampled[engineAt]{
			draw:    drawEngine,
			always:  []engineAt{linear, single, small, saturating, tied, {dense("tanh", 2, 4, 4).sampledBy(network.Law), "gradient", 0}},
			sample:  measuredBy(same),
			predict: heldTo(same, 0),
			command: func(c engineAt) string { return c.command() + " && " + byMatrix(c.networkAt).command() },
			mutants: []mutant[engineAt]{
				{"a gain 2.5 % too large in every layer", heldTo(amplified, distance(linear.networkAt, linear.networkAt, gain)), []engineAt{linear}},
				{"one layer too many", heldTo(deeper, distance(single.networkAt, deeper(single.networkAt), 1)), []engineAt{single}},
				// 10⁶ samples of each are 0.278 apart, their radius 0.004 at 99.9 % together
				{"weights drawn afresh on the way back: mean field's independence", func(c engineAt) (prediction, error) {
					return alike(measuredBy(func(c networkAt) networkAt { return c.sampledBy(network.Shortcut) }), 0.27, c.delta())(c)
				}, []engineAt{saturating}},
				// A normal number is below its standard deviation with probability
				// erf(1/√2) = 0.683, and a Rademacher weight never.
				{"Rademacher weights of the same variance", heldTo(rademacher, math.Erf(1/math.Sqrt2)), []engineAt{single}},
				{"tied weights drawn afresh in every layer", heldTo(independent, repeatedApart(tied.networkAt)), []engineAt{tied}},
			},
		},
	}
}
