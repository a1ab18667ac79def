package props

import (
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
	Of string `json:"of"` // gradient, signal, tangent or correlation
}

// measuredBy observes what the configuration says, after a change to the network.
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

func drawEngine(t *rapid.T) engineAt {
	c := engineAt{Of: rapid.SampledFrom([]string{"gradient", "signal", "tangent"}).Draw(t, "of")}
	width, depth := gen.Widths(1, 12).Draw(t, "width"), gen.Depths(1, 4).Draw(t, "depth")
	if rapid.Bool().Draw(t, "norm") {
		phi := rapid.SampledFrom([]string{"relu", "linear"}).Draw(t, "activation")
		c.networkAt = criticalNetwork(phi, width, depth).sampledBy(network.Norm)
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
	c.Width = max(c.Width, 2)
	c.Of = rapid.SampledFrom([]string{"gradient", "signal", "correlation"}).Draw(t, "of several")
	c.Norm = rapid.SampledFrom([]string{"", "layer", "rms", "batch"}).Draw(t, "norm")
	if c.Norm != "" {
		c.Epsilon = 0.1
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

func engines() *Claim {
	const delta = 0.14
	linear := engineAt{criticalNetwork("linear", 8, 4).sampledBy(network.Law), "tangent"}
	single := engineAt{dense("linear", 1, 1, 1).sampledBy(network.Law), "tangent"}
	small := engineAt{criticalNetwork("relu", 4, 3).sampledBy(network.Norm), "gradient"}
	saturating := engineAt{dense("tanh", 1.5, 1, 2).sampledBy(network.Law), "gradient"}
	const gain = 1.1
	amplified := func(c networkAt) networkAt {
		c.WeightStd *= gain
		return byMatrix(c)
	}
	deeper := func(c networkAt) networkAt {
		c.Depth++
		return byMatrix(c)
	}
	rademacher := func(c networkAt) networkAt {
		c.Weights = model.RademacherWeights.String()
		return byMatrix(c)
	}
	return &Claim{
		ID: "P6", Family: "product", Kind: TwoSample, Expected: evidence.Verified,
		Plain:    "The fast ways of sampling a network have exactly the law of explicit weight matrices.",
		Why:      "Given what a layer's signals have seen, a Gaussian matrix is still Gaussian on the rest, so it never has to be drawn.",
		See:      []string{"P1"},
		Sentence: "Explicit weight matrices, sampling conditional on what the signals have seen at O(n) a layer, and for linear and ReLU the norms alone at O(1) a layer, give gradients, signals, tangents and correlations of the same law.",
		Source:   Source{Paper: "derived: a gaussian matrix given W·x is gaussian on what is orthogonal to x; Hanin & Nica 2020 for the norms"}, Unit: "sup-distance of laws",
		Assumption: "none",
		Domain:     "seven activations, width 1 to 12, depth 1 to 4, σ_w 0.5 to 2, σ_b 0 or 0.3, batches of up to 4 inputs, normalised or not; linear and ReLU at the critical variance for the norms",
		Test:       "two samples, one of explicit matrices: log gradient norm at the input, log second moment at the output, log norm of a tangent, cosine of two inputs",
		trial: &sampled[engineAt]{
			draw:    drawEngine,
			always:  []engineAt{linear, single, small, saturating, {dense("tanh", 2, 4, 4).sampledBy(network.Law), "gradient"}},
			sample:  measuredBy(func(c networkAt) networkAt { return c }),
			predict: alike(measuredBy(byMatrix), 0, delta),
			command: func(c engineAt) string { return c.command() + " && " + byMatrix(c.networkAt).command() },
			mutants: []mutant[engineAt]{
				{"a gain 10 % too large in every layer", alike(measuredBy(amplified), distance(linear.networkAt, linear.networkAt, gain), delta), []engineAt{linear}},
				{"one layer too many", alike(measuredBy(deeper), distance(single.networkAt, deeper(single.networkAt), 1), delta), []engineAt{single}},
				// 10⁶ samples of each are 0.278 apart, their radius 0.004 at 99.9 % together
				{"weights drawn afresh on the way back: mean field's independence", alike(measuredBy(func(c networkAt) networkAt {
					return c.sampledBy(network.Shortcut)
				}), 0.27, delta), []engineAt{saturating}},
				// A normal number is below its standard deviation with probability
				// erf(1/√2) = 0.683, and a Rademacher weight never.
				{"Rademacher weights of the same variance", alike(measuredBy(rademacher), math.Erf(1/math.Sqrt2), delta), []engineAt{single}},
			},
		},
	}
}
