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

// haninNica are the sources of the product law and of its leading constants.
var haninNica = Source{
	Paper: "Hanin & Nica 2020, Products of many large random matrices and gradients in deep neural networks", Eq: "central limit theorem for log‖Jv‖²",
}

func normLaw() *Claim {
	exactLaw := func(change func(c networkAt) networkAt) predictor[normAt] {
		return func(c normAt) (prediction, error) {
			l, err := change(c.networkAt).normLaw()
			if err != nil {
				return prediction{}, err
			}
			return prediction{CDFs: l.CDFs, Eta: l.Bound(), Zone: evidence.Zone{Delta: 0.07}}, nil
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
				{"half of the units active in every layer: a linear network of half the width", exactLaw(func(c networkAt) networkAt { return criticalNetwork("linear", c.Width/2, c.Depth) }), []normAt{deep}},
				{"one layer too few", exactLaw(func(c networkAt) networkAt { return criticalNetwork("relu", c.Width, c.Depth-1) }), []normAt{two}},
				{"twice the width", exactLaw(func(c networkAt) networkAt { return criticalNetwork("relu", 2*c.Width, c.Depth) }), []normAt{two}},
			},
		},
	}
}

// meanOf predicts the mean of log‖Jv‖², noticing a fifth of its standard deviation.
func meanOf(theta func(c networkAt, exact float64) float64) predictor[normAt] {
	return func(c normAt) (prediction, error) {
		mean, variance := c.logMoments()
		return prediction{
			Zone:     evidence.Zone{Theta0: theta(c.networkAt, mean), Delta: 0.2 * math.Sqrt(variance)},
			Variance: 1.25 * variance,
		}, nil
	}
}

// perUnit is a multiple of L/n.
func perUnit(factor float64) func(c networkAt, exact float64) float64 {
	return func(c networkAt, _ float64) float64 { return factor * float64(c.Depth) / float64(c.Width) }
}

// squaredDeviation of log‖Jv‖² from its mean.
func squaredDeviation(c normAt) func(x float64) float64 {
	mean, _ := c.logMoments()
	return func(x float64) float64 { return (x - mean) * (x - mean) }
}

// varianceOf predicts the variance of log‖Jv‖², noticing 30 % of it. The excess
// kurtosis of one layer is 10.6 at most, for ReLU at width 8; that of L layers is 1/L of it.
func varianceOf(theta func(c networkAt, exact float64) float64) predictor[normAt] {
	return func(c normAt) (prediction, error) {
		_, variance := c.logMoments()
		return prediction{
			Zone:     evidence.Zone{Theta0: theta(c.networkAt, variance), Delta: 0.3 * variance},
			Variance: 1.25 * (2 + 10.6/float64(c.Depth)) * variance * variance,
		}, nil
	}
}

func exactly(_ networkAt, exact float64) float64 { return exact }

const normDomain = "linear and ReLU at weight variance 1/n and 2/n, gaussian, no biases; width 2 to 256, depth 1 to 50, so that one network of 20 is alive; signal and tangent"

func logMean() *Claim {
	eight := signalOf("relu", 8, 50)
	return &Claim{
		ID: "P2.corrected", Family: "product", Kind: Mean, Expected: evidence.Verified,
		Plain:    "The exact drift of a typical gradient is known at every width.",
		Why:      "E log χ²_k = ψ(k/2) + log 2, averaged over the number of active units.",
		See:      []string{"P2"},
		Sentence: "At any width E log‖Jv‖² = L·E[ψ(B/2) + log(4/n) | B ≥ 1], B ~ Bin(n, ½), for He-ReLU given that no layer is dead, and L·(ψ(n/2) − log(n/2)) for linear: −5L/(2n) and −L/n to leading order only.",
		Source:   Source{Paper: "derived: E log χ²_k = ψ(k/2) + log 2"}, Unit: "nats",
		Assumption: "Var log‖Jv‖² is at most 1.25 times what theory gives; P1 tests the law",
		Domain:     normDomain, Test: "E log‖Jv‖² given alive",
		trial: &sampled[normAt]{
			draw: drawNorm(2, 256, 50), always: []normAt{signalOf("relu", 2, 1), eight, signalOf("linear", 4, 50)},
			sample: eachSquare(true, itself), predict: meanOf(exactly), command: func(c normAt) string { return c.command() },
			mutants: []mutant[normAt]{
				{"leading order: −5L/(2n)", meanOf(perUnit(-2.5)), []normAt{eight}},
				{"the linear network's −L/n", meanOf(perUnit(-1)), []normAt{eight}},
				{"the mean square is kept, so the logarithm is: 0", meanOf(perUnit(0)), []normAt{eight}},
				{"log E‖Jv‖⁴ in place of E log: L·log(1 + 5/n)", meanOf(func(c networkAt, _ float64) float64 {
					return float64(c.Depth) * math.Log1p(5/float64(c.Width))
				}), []normAt{eight}},
			},
		},
	}
}

func haninNicaMean() *Claim {
	eight := signalOf("relu", 8, 50)
	return &Claim{
		ID: "P2", Family: "product", Kind: Mean, Expected: evidence.Refuted, Correction: "P2.corrected",
		Plain:    "−5L/(2n) is right for wide networks only; narrow ones shrink faster.",
		Why:      "It is the first term in 1/n of L·E log((2/n)χ²_B); at n = 8 the exact value is 28 % larger.",
		See:      []string{"product.log_squared_norm.mean"},
		Sentence: "In a He-ReLU network E log‖Jv‖² = −5L/(2n), at every width.",
		Source:   haninNica, Unit: "nats", Assumption: "the constants of the limit n, L → ∞ read as exact; variance at most 1.25 times what theory gives",
		Domain: "He-ReLU, gaussian, no biases; width 2 to 64, depth 1 to 50, so that one network of 20 is alive", Test: "E log‖Jv‖² given alive = −5L/(2n)",
		trial: &sampled[normAt]{
			draw: reluOnly(2, 64, 50), always: []normAt{eight},
			sample: eachSquare(true, itself), predict: meanOf(perUnit(-2.5)), command: func(c normAt) string { return c.command() },
			truth:   func(c normAt) (float64, error) { mean, _ := c.logMoments(); return mean, nil },
			mutants: []mutant[normAt]{{"+5L/(2n)", meanOf(perUnit(2.5)), []normAt{eight}}},
		},
	}
}

// reluOnly draws He-ReLU networks, their norms alone sampled.
func reluOnly(least, most, deep int) func(*rapid.T) normAt {
	return func(t *rapid.T) normAt {
		width := gen.Widths(least, most).Draw(t, "width")
		return signalOf("relu", width, gen.Depths(1, min(deep, aliveDepth(width))).Draw(t, "depth"))
	}
}

func logVariance() *Claim {
	eight := signalOf("relu", 8, 20)
	return &Claim{
		ID: "P3.corrected", Family: "product", Kind: Mean, Expected: evidence.Verified,
		Plain:    "The exact spread of the log gradient is known at every width.",
		Why:      "Var log χ²_k = ψ′(k/2), and the law of total variance over the active units.",
		See:      []string{"P3"},
		Sentence: "At any width Var log‖Jv‖² = L·(E[ψ′(B/2) | B ≥ 1] + Var[ψ(B/2) | B ≥ 1]) for He-ReLU given that no layer is dead, and L·ψ′(n/2) for linear: 5L/n and 2L/n to leading order only.",
		Source:   Source{Paper: "derived: Var log χ²_k = ψ′(k/2), and the law of total variance"}, Unit: "nats²",
		Assumption: "the excess kurtosis of log‖Jv‖² is at most 1.25 times that of the law; P1 tests the law",
		Domain:     normDomain, Test: "E(log‖Jv‖² − E log‖Jv‖²)² given alive",
		trial: &sampled[normAt]{
			draw: drawNorm(2, 256, 50), always: []normAt{signalOf("relu", 2, 1), eight, signalOf("linear", 4, 20)},
			sample: eachSquare(true, squaredDeviation), predict: varianceOf(exactly), command: func(c normAt) string { return c.command() },
			mutants: []mutant[normAt]{
				{"leading order: 5L/n", varianceOf(perUnit(5)), []normAt{eight}},
				{"the linear network's 2L/n", varianceOf(perUnit(2)), []normAt{eight}},
				{"the number of active units does not vary: L·ψ′(n/4)", varianceOf(func(c networkAt, _ float64) float64 {
					_, variance := criticalNetwork("linear", c.Width/2, c.Depth).logMoments()
					return variance
				}), []normAt{eight}},
				{"it grows as L²", varianceOf(func(c networkAt, exact float64) float64 { return exact * float64(c.Depth) }), []normAt{eight}},
			},
		},
	}
}

func haninNicaVariance() *Claim {
	eight := signalOf("relu", 8, 20)
	return &Claim{
		ID: "P3", Family: "product", Kind: Mean, Expected: evidence.Refuted, Correction: "P3.corrected",
		Plain:    "5L/n is right for wide networks only; narrow ones spread more.",
		Why:      "It is the first term in 1/n; the exact variance has trigamma functions and the spread of the active units.",
		See:      []string{"product.log_squared_norm.variance"},
		Sentence: "In a He-ReLU network Var log‖Jv‖² = 5L/n, at every width.",
		Source:   haninNica, Unit: "nats²", Assumption: "the constants of the limit n, L → ∞ read as exact; excess kurtosis at most 1.25 times that of the law",
		Domain: "He-ReLU, gaussian, no biases; width 2 to 64, depth 1 to 50, so that one network of 20 is alive", Test: "E(log‖Jv‖² − E log‖Jv‖²)² given alive = 5L/n",
		trial: &sampled[normAt]{
			draw: reluOnly(2, 64, 50), always: []normAt{eight},
			sample: eachSquare(true, squaredDeviation), predict: varianceOf(perUnit(5)), command: func(c normAt) string { return c.command() },
			truth:   func(c normAt) (float64, error) { _, variance := c.logMoments(); return variance, nil },
			mutants: []mutant[normAt]{{"2L/n", varianceOf(perUnit(2)), []normAt{eight}}},
		},
	}
}
