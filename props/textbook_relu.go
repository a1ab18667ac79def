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

// sigmoidVanishes is about the share of vanished sigmoid paths: log|G_L| as normal, with
// σ′ a tenth of a nat below its largest value. It says what the check can see, no more.
func sigmoidVanishes(c chainAt) (float64, error) {
	weights := independent("linear", c.Weight, 1).factor()
	mean, err := weights.Lyapunov()
	if err != nil {
		return 0, err
	}
	variance, err := weights.LogVariance()
	z := (vanished - float64(c.Depth)*(mean-math.Log(4)-0.1)) / math.Sqrt(float64(c.Depth)*variance)
	return math.Erfc(-z/math.Sqrt2) / 2, err
}

func reluVanishesLess() *Claim {
	deep := forward("relu", "normal(sigma=2)", 5)
	difference := func(theta float64) predictor[chainAt] {
		return func(chainAt) (prediction, error) {
			// A difference of two indicators lies in [−1, 1].
			return prediction{Zone: evidence.Zone{Theta0: theta, Delta: 0.1, Side: evidence.AtMost}, Variance: 1}, nil
		}
	}
	return &Claim{
		ID: "S9", Family: "textbook", Kind: Mean, Expected: evidence.Refuted, Correction: "S9.corrected",
		Plain:    "One ReLU path dies with probability 1 − 2^−L. Wide ReLU networks vanish less.",
		Why:      "At width 1 a single negative pre-activation makes the whole gradient exactly 0, a coin toss at every layer; a sigmoid's slope is small but never 0.",
		See:      []string{"S9.survivors", "S9.wide"},
		Sentence: "A ReLU path is less likely than a sigmoid path to vanish (read at width 1).",
		Source:   says(""), Assumption: "none: a difference of indicators has variance at most 1", Unit: "probability",
		Domain: "forward chains of width 1 without bias, normal, uniform, Laplace, Cauchy weights, depth 6 to 10",
		Test:   "P(|G_L| < 1e-8 for ReLU) − P(|G_L| < 1e-8 for sigmoid) ≤ 0",
		trial: &sampled[chainAt]{
			draw:   drawRelu(6, 10),
			always: []chainAt{deep},
			sample: chains(func(c chainAt) []chainAt { return []chainAt{c, asSigmoid(c)} },
				func(_ chainAt, paths []paths, dst []float64) []float64 {
					for i, relu := range paths[0].LogAbs {
						dst = append(dst, bit(relu < vanished)-bit(paths[1].LogAbs[i] < vanished))
					}
					return dst
				}),
			predict: difference(0),
			truth: func(c chainAt) (float64, error) {
				dead := 1 - math.Pow(2, -float64(c.Depth))
				sigmoid, err := sigmoidVanishes(c)
				return dead - sigmoid, err
			},
			command: func(c chainAt) string { return c.command() + " && " + asSigmoid(c).command() },
			mutants: []mutant[chainAt]{
				{"less likely by a quarter", difference(-0.25), []chainAt{deep}},
				{"as likely as that one layer is dead: by a half", difference(0.5), []chainAt{deep}},
			},
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
		Plain:    "At width 1 half of the ReLU paths die at every layer, exactly.",
		Why:      "With symmetric weights and no bias the sign of each pre-activation is a fair coin, independent of the layers before.",
		See:      []string{"product.alive_probability"},
		Sentence: "At width 1 a ReLU path survives L layers with probability 2^−L and is exactly dead otherwise.",
		Source:   Source{Paper: "symmetric weights, no bias: each pre-activation is positive with probability 1/2"}, Unit: "probability",
		Assumption: "none",
		Domain:     "forward chains of width 1 without bias, normal, uniform, Laplace, Cauchy weights, depth 1 to 7",
		Test:       "P(G_L ≠ 0) = 2^−L, to 10 % of it",
		trial: &sampled[chainAt]{
			draw:    drawRelu(1, 7),
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
	// The law of a linear chain of the same weights, of other depth or shifted a layer.
	given := func(depth func(int) int, shift float64) predictor[chainAt] {
		return func(c chainAt) (prediction, error) {
			weights := independent("linear", c.Weight, depth(c.Depth))
			l, err := weights.product().Law()
			if err != nil {
				return prediction{}, err
			}
			cdfs := func(dst, x []float64) {
				moved := make([]float64, len(x))
				for i, v := range x {
					moved[i] = v - shift*float64(weights.Depth)
				}
				l.CDFs(dst, moved)
			}
			return prediction{CDFs: cdfs, Eta: l.Bound(), Zone: evidence.Zone{Delta: 0.04}}, nil
		}
	}
	same := func(l int) int { return l }
	three := forward("relu", "normal(sigma=1)", 3)
	return &Claim{
		ID: "S9.survivors", Family: "textbook", Kind: Distribution, Expected: evidence.Verified,
		Plain:    "A ReLU path that survives is as good as a linear one; a sigmoid path loses a factor 4 or more at each layer.",
		Why:      "On surviving paths every slope is 1, so |G_L| = Π|w_l|; the sigmoid multiplies by at most 1/4 besides.",
		See:      []string{"S9"},
		Sentence: "Given that it survives, a ReLU path is a linear one: log|G_L| has the law of Σ log|w|, without the sigmoid's loss of at least log 4 a layer.",
		Source:   Source{Paper: "symmetric weights, no bias: |w| and its sign are independent"}, Unit: "sup-distance of laws",
		Assumption: "none",
		Domain:     "forward chains of width 1 without bias, normal, uniform, Laplace, Cauchy weights, depth 1 to 4",
		Test:       "the law of log|G_L|, given G_L ≠ 0, is the exact one of a linear chain",
		trial: &sampled[chainAt]{
			draw:   drawRelu(1, 4),
			always: []chainAt{forward("relu", "normal(sigma=1)", 1), three},
			sample: chains(oneChain, func(_ chainAt, paths []paths, dst []float64) []float64 {
				for _, x := range paths[0].LogAbs {
					if !math.IsInf(x, -1) {
						dst = append(dst, x)
					}
				}
				return dst
			}),
			predict: given(same, 0),
			command: chainAt.command,
			mutants: []mutant[chainAt]{
				{"halved by the dead ones: E log|w| − ln 2", given(same, -math.Ln2), []chainAt{three}},
				{"He's factor √2 is free: E log|w| + ln 2 / 2", given(same, math.Ln2/2), []chainAt{three}},
				{"the sigmoid's loss: E log|w| − log 4", given(same, -math.Log(4)), []chainAt{three}},
				{"the first layer does not count", given(func(l int) int { return max(l-1, 1) }, 0), []chainAt{three}},
				{"one layer more", given(func(l int) int { return l + 1 }, 0), []chainAt{three}},
			},
		},
	}
}
