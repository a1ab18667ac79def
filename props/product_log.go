package props

import (
	"math"

	"pgregory.net/rapid"

	"gradchain/props/evidence"
	"gradchain/props/internal/gen"
)

// The mean and the variance of log‖Jv‖²: the limit theorem's, and those of any width.

// haninNica is the source of the leading constants.
var haninNica = Source{
	Paper: "Hanin & Nica 2020, Products of many large random matrices and gradients in deep neural networks", Eq: "central limit theorem for log‖Jv‖²",
}

// drawLimit draws deep He-ReLU networks, L/n from ½ to 2, their norms alone sampled.
func drawLimit(least, most, deepest int) func(*rapid.T) normAt {
	return func(t *rapid.T) normAt {
		width := gen.Widths(least, most).Draw(t, "width")
		return signalOf("relu", width, gen.Integers(max(1, min(width/2, deepest/2)), min(2*width, deepest)).Draw(t, "depth"))
	}
}

// perUnit is a multiple of L/n.
func perUnit(factor float64) func(c networkAt, exact float64) float64 {
	return func(c networkAt, _ float64) float64 { return factor * float64(c.Depth) / float64(c.Width) }
}

// limitMean predicts the mean of log‖Jv‖², right to C·L/n², and notices a fifth of 5L/(2n) more.
func limitMean(theta func(c networkAt, exact float64) float64) predictor[normAt] {
	return func(c normAt) (prediction, error) {
		mean, variance := c.logMoments()
		n, depth := float64(c.Width), float64(c.Depth)
		eps := 5.75 * depth / (n * n)
		zone := evidence.Zone{Theta0: theta(c.networkAt, mean), Eps: eps, Delta: eps + 0.5*depth/n}
		return prediction{Zone: zone, Variance: 1.25 * variance}, nil
	}
}

const limitDomain = "He-ReLU, gaussian, no biases, dead networks left out; "

func haninNicaMean() *Claim {
	square := signalOf("relu", 48, 48)
	return &Claim{
		ID: "P2", Family: "product", Kind: Mean, Expected: evidence.Verified,
		Plain:    "In wide networks a typical squared gradient drifts down by 5/(2n) a layer.",
		Why:      "The first term in 1/n of L·E log((2/n)χ²_B); at n = 8 the exact value is 28 % larger.",
		See:      []string{"P2.exact"},
		Sentence: "In a He-ReLU network E log‖Jv‖² = −5L/(2n) as n → ∞.",
		Source:   haninNica, Unit: "nats", Asymptotic: "C·L/n², C = 5.75",
		Assumption: "variance at most 1.25 times that of the exact law, which P1 tests",
		Domain:     limitDomain + "width 24 to 96, L/n from ½ to 2",
		Test:       "|E log‖Jv‖² + 5L/(2n)| ≤ 5.75 L/n², noticing 0.5 L/n more",
		trial: &sampled[normAt]{
			draw: drawLimit(24, 96, 128), always: []normAt{square},
			sample: eachSquare(true, itself), predict: limitMean(perUnit(-2.5)), command: func(c normAt) string { return c.command() },
			truth: func(c normAt) (float64, error) { mean, _ := c.logMoments(); return mean, nil },
			mutants: []mutant[normAt]{
				{"+5L/(2n)", limitMean(perUnit(2.5)), []normAt{square}},
				{"the linear network's −L/n", limitMean(perUnit(-1)), []normAt{square}},
				{"a half forgotten: −5L/n", limitMean(perUnit(-5)), []normAt{square}},
				{"the logarithm of the norm for that of its square: −5L/(4n)", limitMean(perUnit(-1.25)), []normAt{square}},
				{"the mean square is kept, so the logarithm is: 0", limitMean(perUnit(0)), []normAt{square}},
			},
		},
	}
}

// limitVariance predicts the variance of log‖Jv‖², right to C·L/n², and notices 0.2 of it more.
func limitVariance(theta func(c networkAt, exact float64) float64) predictor[normAt] {
	return func(c normAt) (prediction, error) {
		_, variance := c.logMoments()
		n, depth := float64(c.Width), float64(c.Depth)
		eps := 40 * depth / (n * n)
		zone := evidence.Zone{Theta0: theta(c.networkAt, variance), Eps: eps, Delta: eps + depth/n}
		return prediction{Zone: zone, Variance: squareVariance(c)}, nil
	}
}

// squareVariance bounds the variance of the squared deviation of log‖Jv‖². The excess
// kurtosis of one layer is 10.6 at most, for ReLU at width 8; that of L layers is 1/L of it.
func squareVariance(c normAt) float64 {
	_, variance := c.logMoments()
	return 1.25 * (2 + 10.6/float64(c.Depth)) * variance * variance
}

func haninNicaVariance() *Claim {
	wide := signalOf("relu", 96, 20)
	return &Claim{
		ID: "P3", Family: "product", Kind: Mean, Expected: evidence.Verified,
		Plain:    "In wide networks the log of the squared gradient spreads with variance 5L/n.",
		Why:      "The first term in 1/n; the exact variance has trigamma functions and the spread of the active units.",
		See:      []string{"P3.exact"},
		Sentence: "In a He-ReLU network Var log‖Jv‖² = 5L/n as n → ∞.",
		Source:   haninNica, Unit: "nats²", Asymptotic: "C·L/n², C = 40",
		Assumption: "excess kurtosis at most 1.25 times that of the exact law, which P1 tests",
		Domain:     limitDomain + "width 64 to 256, depth 10 to 20",
		Test:       "|E(log‖Jv‖² − E log‖Jv‖²)² − 5L/n| ≤ 40 L/n², noticing L/n more",
		trial: &sampled[normAt]{
			draw: drawLimit(64, 256, 20), always: []normAt{wide},
			sample: eachSquare(true, squaredDeviation), predict: limitVariance(perUnit(5)), command: func(c normAt) string { return c.command() },
			truth: func(c normAt) (float64, error) { _, variance := c.logMoments(); return variance, nil },
			mutants: []mutant[normAt]{
				{"the linear network's 2L/n", limitVariance(perUnit(2)), []normAt{wide}},
				{"the logarithm of the norm for that of its square: 5L/(4n)", limitVariance(perUnit(1.25)), []normAt{wide}},
				{"a half forgotten: 10L/n", limitVariance(perUnit(10)), []normAt{wide}},
				{"it does not grow with depth: 5/n", limitVariance(func(c networkAt, _ float64) float64 { return 5 / float64(c.Width) }), []normAt{wide}},
				{"fully dependent layers: 5L²/n", limitVariance(func(c networkAt, _ float64) float64 {
					return 5 * float64(c.Depth*c.Depth) / float64(c.Width)
				}), []normAt{wide}},
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

// squaredDeviation of log‖Jv‖² from its mean.
func squaredDeviation(c normAt) func(x float64) float64 {
	mean, _ := c.logMoments()
	return func(x float64) float64 { return (x - mean) * (x - mean) }
}

// varianceOf predicts the variance of log‖Jv‖², noticing a quarter of it.
func varianceOf(theta func(c networkAt, exact float64) float64) predictor[normAt] {
	return func(c normAt) (prediction, error) {
		_, variance := c.logMoments()
		return prediction{
			Zone:     evidence.Zone{Theta0: theta(c.networkAt, variance), Delta: 0.25 * variance},
			Variance: squareVariance(c),
		}, nil
	}
}

func exactly(_ networkAt, exact float64) float64 { return exact }

const normDomain = "linear and ReLU at weight variance 1/n and 2/n, gaussian, no biases; width 2 to 256, depth 1 to 50, so that one network of 20 is alive; signal and tangent"

func logMean() *Claim {
	eight := signalOf("relu", 8, 50)
	return &Claim{
		ID: "P2.exact", Family: "product", Kind: Mean, Expected: evidence.Verified,
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
				{"+5L/(2n)", meanOf(perUnit(2.5)), []normAt{eight}},
				{"the mean square is kept, so the logarithm is: 0", meanOf(perUnit(0)), []normAt{eight}},
			},
			corners: []mutant[normAt]{
				{"leading order: −5L/(2n)", meanOf(perUnit(-2.5)), []normAt{eight}},
				{"the linear network's −L/n", meanOf(perUnit(-1)), []normAt{eight}},
				{"log E‖Jv‖⁴ in place of E log: L·log(1 + 5/n)", meanOf(func(c networkAt, _ float64) float64 {
					return float64(c.Depth) * math.Log1p(5/float64(c.Width))
				}), []normAt{eight}},
				{"one layer less", meanOf(func(c networkAt, exact float64) float64 {
					return exact * float64(c.Depth-1) / float64(c.Depth)
				}), []normAt{signalOf("relu", 2, 1)}},
			},
		},
	}
}

func logVariance() *Claim {
	eight := signalOf("relu", 8, 20)
	return &Claim{
		ID: "P3.exact", Family: "product", Kind: Mean, Expected: evidence.Verified,
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
				{"the logarithm of the norm for that of its square: a quarter", varianceOf(func(_ networkAt, exact float64) float64 { return exact / 4 }), []normAt{eight}},
				{"the other activation's: 2L/n for 5L/n", varianceOf(func(c networkAt, exact float64) float64 {
					if c.Activation == "relu" {
						return perUnit(2)(c, exact)
					}
					return perUnit(5)(c, exact)
				}), []normAt{eight}},
			},
			corners: []mutant[normAt]{
				{"leading order: 5L/n", varianceOf(perUnit(5)), []normAt{eight}},
				{"the number of active units does not vary: L·ψ′(n/4)", varianceOf(func(c networkAt, _ float64) float64 {
					_, variance := criticalNetwork("linear", c.Width/2, c.Depth).logMoments()
					return variance
				}), []normAt{eight}},
				{"it grows as L²", varianceOf(func(c networkAt, exact float64) float64 { return exact * float64(c.Depth) }), []normAt{eight}},
			},
		},
	}
}
