package props

import (
	"math"

	"pgregory.net/rapid"

	"gradchain/props/evidence"
	"gradchain/props/internal/gen"
)

// Sentence S9 at width 1: a ReLU path is open or dead.

// drawRelu draws forward ReLU chains with weights symmetric about 0.
func drawRelu(minDepth, maxDepth int) func(*rapid.T) chainAt {
	return func(t *rapid.T) chainAt {
		weight := gen.Scaled(gen.Decimals(0.5, 3, 0.1).Draw(t, "scale")).Draw(t, "weight")
		return forward("relu", weight.String(), rapid.IntRange(minDepth, maxDepth).Draw(t, "depth"))
	}
}

// vanished is the threshold of a vanished gradient, log 1e-8.
var vanished = math.Log(1e-8)

// asSigmoid is the same chain with the sigmoid for the ReLU.
func asSigmoid(c chainAt) chainAt {
	c.Activation = "sigmoid"
	return c
}

func reluVanishesLess() *Claim {
	deep, shallow := forward("relu", "normal(sigma=2)", 5), forward("relu", "normal(sigma=2)", 1)
	difference := func(theta float64) predictor[chainAt] {
		return func(chainAt) (prediction, error) {
			// A difference of two indicators lies in [−1, 1].
			return prediction{Zone: evidence.Zone{Theta0: theta, Delta: 0.1, Side: evidence.AtMost}, Variance: 1}, nil
		}
	}
	return &Claim{
		ID: "S9", Family: "textbook", Kind: Mean, Expected: evidence.Refuted, Correction: "S9.corrected",
		Sentence: "A ReLU path is less likely than a sigmoid path to vanish (read at width 1).",
		Source:   says(""), Assumption: "none: a difference of indicators has variance at most 1", Unit: "probability",
		Domain: "forward chains of width 1 without bias, normal, uniform, Laplace, Cauchy weights, depth 1 to 10",
		Test:   "P(|G_L| < 1e-8 for ReLU) − P(|G_L| < 1e-8 for sigmoid) ≤ 0",
		trial: &sampled[chainAt]{
			draw:   drawRelu(1, 10),
			always: []chainAt{deep},
			sample: chains(func(c chainAt) []chainAt { return []chainAt{c, asSigmoid(c)} },
				func(_ chainAt, paths []paths, dst []float64) []float64 {
					for i, relu := range paths[0].LogAbs {
						dst = append(dst, bit(relu < vanished)-bit(paths[1].LogAbs[i] < vanished))
					}
					return dst
				}),
			predict: difference(0),
			truth:   func(chainAt) (float64, error) { return 0.5, nil }, // at depth 1: half of the ReLU paths, and 2e-8 of the sigmoid's
			command: func(c chainAt) string { return c.command() + " && " + asSigmoid(c).command() },
			mutants: []mutant[chainAt]{{"less likely by a quarter", difference(-0.25), []chainAt{shallow}}},
		},
	}
}

func reluSurvival() *Claim {
	survival := func(p func(depth int) float64) predictor[chainAt] {
		return func(c chainAt) (prediction, error) {
			p0 := p(c.Depth)
			delta := 0.1 * math.Pow(2, -float64(c.Depth))
			return prediction{Zone: evidence.Zone{Theta0: p0, Delta: delta, Side: evidence.Equal}}, nil
		}
	}
	power := func(shift int) func(int) float64 {
		return func(depth int) float64 { return math.Pow(2, -float64(depth+shift)) }
	}
	three := forward("relu", "normal(sigma=1)", 3)
	return &Claim{
		ID: "S9.corrected", Family: "textbook", Kind: Probability, Expected: evidence.Verified,
		Sentence: "At width 1 a ReLU path survives L layers with probability 2^−L and is exactly dead otherwise.",
		Source:   Source{Paper: "symmetric weights, no bias: each pre-activation is positive with probability 1/2"}, Unit: "probability",
		Assumption: "none",
		Domain:     "forward chains of width 1 without bias, normal, uniform, Laplace, Cauchy weights, depth 1 to 8",
		Test:       "P(G_L ≠ 0) = 2^−L, to 10 % of it",
		trial: &sampled[chainAt]{
			draw:    drawRelu(1, 8),
			always:  []chainAt{forward("relu", "normal(sigma=1)", 1), three},
			sample:  chains(oneChain, atLeast(func(chainAt) float64 { return -math.MaxFloat64 })),
			predict: survival(power(0)),
			command: chainAt.command,
			mutants: []mutant[chainAt]{
				{"the first layer is never dead: 2^−(L−1)", survival(power(-1)), []chainAt{three}},
				{"one layer too many: 2^−(L+1)", survival(power(1)), []chainAt{three}},
				{"half of the paths survive at every depth", survival(func(int) float64 { return 0.5 }), []chainAt{three}},
			},
		},
	}
}

func reluGivenSurvival() *Claim {
	given := func(theta func(lyapunov float64) float64) predictor[chainAt] {
		return func(c chainAt) (prediction, error) {
			weights := independent("linear", c.Weight, c.Depth)
			return lyapunovMean(func(_ chainAt, l float64) float64 { return theta(l) })(weights)
		}
	}
	three := forward("relu", "normal(sigma=1)", 3)
	return &Claim{
		ID: "S9.survivors", Family: "textbook", Kind: Mean, Expected: evidence.Verified,
		Sentence: "Given that it survives, a ReLU path is a linear one: E log|G_L|/L = E log|w|, without the sigmoid's loss of at least log 4 a layer.",
		Source:   Source{Paper: "symmetric weights, no bias: |w| and its sign are independent"}, Unit: "nats per layer",
		Assumption: "Var log|G_L| is at most 1.25 times what theory gives",
		Domain:     "forward chains of width 1 without bias, normal, uniform, Laplace, Cauchy weights, depth 1 to 4",
		Test:       "E(log|G_L| | alive)/L = E log|w|",
		trial: &sampled[chainAt]{
			draw:   drawRelu(1, 4),
			always: []chainAt{forward("relu", "normal(sigma=1)", 1), three},
			sample: chains(oneChain, func(c chainAt, paths []paths, dst []float64) []float64 {
				for _, x := range paths[0].LogAbs {
					if !math.IsInf(x, -1) {
						dst = append(dst, x/float64(c.Depth))
					}
				}
				return dst
			}),
			predict: given(func(l float64) float64 { return l }),
			command: chainAt.command,
			mutants: []mutant[chainAt]{
				{"halved by the dead ones: E log|w| − ln 2", given(func(l float64) float64 { return l - math.Ln2 }), []chainAt{three}},
				{"He's factor √2 is free: E log|w| + ln 2 / 2", given(func(l float64) float64 { return l + math.Ln2/2 }), []chainAt{three}},
				{"the sigmoid's loss: E log|w| − log 4", given(func(l float64) float64 { return l - math.Log(4) }), []chainAt{three}},
			},
		},
	}
}
