package props

import (
	"math"

	"pgregory.net/rapid"

	"gradchain/props/evidence"
	"gradchain/props/internal/gen"
	"gradchain/sim/network"
	"gradchain/theory/activation"
	"gradchain/theory/product"
)

// The norm of a signal or tangent in a linear or He-ReLU network: every layer multiplies
// its square by χ²_n/n or (2/n)·χ²_B, B ~ Bin(n, ½).

// normAt is a network and what is measured in it: the second moment of the last layer, or
// the square of a tangent there. Both have the same law.
type normAt struct {
	networkAt
	Of string `json:"of"` // signal or tangent
}

// drawNorm draws networks by the engine of norms, of up to deep layers, and by the one
// with units, of a few.
func drawNorm(least, most, deep int) func(*rapid.T) normAt {
	return func(t *rapid.T) normAt {
		phi := rapid.SampledFrom([]string{"relu", "linear"}).Draw(t, "activation")
		engine := rapid.SampledFrom([]network.Kind{network.Norm, network.Law}).Draw(t, "engine")
		of := rapid.SampledFrom([]string{"signal", "tangent"}).Draw(t, "of")
		width, layers := gen.Widths(least, most).Draw(t, "width"), deep
		if engine == network.Law {
			layers = min(layers, 3)
		}
		if phi == "relu" {
			layers = min(layers, aliveDepth(width))
		}
		c := criticalNetwork(phi, width, gen.Depths(1, layers).Draw(t, "depth"))
		return normAt{c.sampledBy(engine), of}
	}
}

// aliveDepth is the largest depth at which a path through ReLU layers of a width, each dead
// with probability 2^−width, is alive in one network of 20.
func aliveDepth(width int) int {
	return int(min(math.Log(20)/-math.Log1p(-math.Exp2(-float64(width))), 1e6))
}

// signalOf is a network of given size, its norms alone sampled.
func signalOf(phi string, width, depth int) normAt {
	return normAt{criticalNetwork(phi, width, depth).sampledBy(network.Norm), "signal"}
}

// eachSquare observes a number of log‖x^L‖²/n, or of log‖Jv‖²; −Inf is left out where
// alive is the condition.
func eachSquare(alive bool, number func(c normAt) func(x float64) float64) protocol[normAt] {
	return func(c normAt) (experiment, error) {
		of := number(c)
		add := func(dst []float64, x float64) []float64 {
			if alive && math.IsInf(x, -1) {
				return dst
			}
			return append(dst, of(x))
		}
		if c.Of == "tangent" {
			return networkTangents(normAt.networks, func(c normAt, drawn []tangents, dst []float64) []float64 {
				for _, v := range drawn[0] {
					dst = add(dst, 2*v[c.Depth])
				}
				return dst
			})(c)
		}
		return networks(normAt.networks, func(c normAt, drawn []nets, dst []float64) []float64 {
			for i := range drawn[0] {
				dst = add(dst, drawn[0][i].LogSquare[c.Depth])
			}
			return dst
		})(c)
	}
}

func (c normAt) networks() []networkAt { return []networkAt{c.networkAt} }

func itself(normAt) func(x float64) float64 { return func(x float64) float64 { return x } }

// logMoments are the mean and the variance of log‖Jv‖², given that it is alive.
func (c networkAt) logMoments() (mean, variance float64) {
	phi := activation.MustParse(c.Activation)
	mean, err := product.LogSquaredNormMean(phi, c.Width, c.Depth)
	if err == nil {
		variance, err = product.LogSquaredNormVariance(phi, c.Width, c.Depth)
	}
	if err != nil {
		panic("props: " + err.Error())
	}
	return mean, variance
}

// normLaw is the exact law of log‖Jv‖², given that it is alive.
func (c networkAt) normLaw() (*product.Law, error) {
	return product.LogSquaredNormLaw(activation.MustParse(c.Activation), c.Width, c.Depth)
}

func normLaw() *Claim {
	exactLaw := func(change func(c networkAt) networkAt) predictor[normAt] {
		return func(c normAt) (prediction, error) {
			l, err := change(c.networkAt).normLaw()
			if err != nil {
				return prediction{}, err
			}
			return prediction{CDFs: l.CDFs, Eta: l.Bound(), Zone: evidence.Zone{Delta: 0.055}}, nil
		}
	}
	two, deep := signalOf("relu", 8, 2), signalOf("relu", 8, 20)
	return &Claim{
		ID: "P1", Family: "product", Kind: Distribution, Expected: evidence.Verified,
		Plain:    "In He-ReLU and linear networks each layer multiplies the squared norm by an independent chi-square.",
		Why:      "Gaussian weights are rotation invariant, so a layer sees the norm of its input only; ReLU keeps each unit with probability ½.",
		See:      []string{"product.log_squared_norm.mean"},
		Sentence: "In a He-ReLU network every layer multiplies ‖x‖², and the square of a tangent, by an independent (2/n)·χ²_B, B ~ Bin(n, ½) the active units; in a linear one by χ²_n/n. The depth and the width decide, the input does not.",
		Source:   Source{Paper: "Hanin & Nica 2020; the law: characteristic function of log χ², inverted"}, Unit: "sup-distance of laws",
		Assumption: "none",
		Domain:     "linear and ReLU at weight variance 1/n and 2/n, gaussian, no biases; width 1 to 64, depth 1 to 10, so that one network of 20 is alive; signal and tangent",
		Test:       "the law of log‖x^L‖²/n, or log‖Jv‖², given that no layer is dead",
		trial: &sampled[normAt]{
			draw:    drawNorm(1, 64, 10),
			always:  []normAt{signalOf("relu", 1, 1), two, deep, {criticalNetwork("relu", 8, 3).sampledBy(network.Law), "tangent"}},
			sample:  eachSquare(true, itself),
			predict: exactLaw(func(c networkAt) networkAt { return c }),
			command: func(c normAt) string { return c.command() },
			mutants: []mutant[normAt]{
				{"all units active: the linear law", exactLaw(func(c networkAt) networkAt { return criticalNetwork("linear", c.Width, c.Depth) }), []normAt{two}},
			},
			corners: []mutant[normAt]{
				{"half of the units active in every layer: a linear network of half the width", exactLaw(func(c networkAt) networkAt { return criticalNetwork("linear", c.Width/2, c.Depth) }), []normAt{deep}},
				{"one layer too few", exactLaw(func(c networkAt) networkAt { return criticalNetwork("relu", c.Width, c.Depth-1) }), []normAt{two}},
				{"one layer too many", exactLaw(func(c networkAt) networkAt { return criticalNetwork("relu", c.Width, c.Depth+1) }), []normAt{two}},
				{"twice the width", exactLaw(func(c networkAt) networkAt { return criticalNetwork("relu", 2*c.Width, c.Depth) }), []normAt{two}},
				{"fully dependent: one layer's logarithm L times", func(c normAt) (prediction, error) {
					one, err := criticalNetwork(c.Activation, c.Width, 1).normLaw()
					if err != nil {
						return prediction{}, err
					}
					return prediction{Eta: one.Bound(), Zone: evidence.Zone{Delta: 0.055}, CDFs: func(dst, x []float64) {
						for i, v := range x {
							dst[i] = one.CDF(v / float64(c.Depth))
						}
					}}, nil
				}, []normAt{deep}},
			},
		},
	}
}
