package props

import (
	"math"

	"pgregory.net/rapid"

	"gradchain/props/evidence"
	"gradchain/props/internal/gen"
	theory "gradchain/theory/recurrent"
)

// Powers of one Gaussian matrix: the transient that random recurrent weights bring along.

// tiedLinear is h ← Wh with one Gaussian W of variance 1/n: the circular law puts its
// eigenvalues into the unit disk.
func tiedLinear(width, steps int) networkAt {
	c := criticalNetwork("linear", width, steps)
	c.Tied = true
	return c
}

// drawTiedLinear draws one of weight variance g²/n.
func drawTiedLinear(t *rapid.T) networkAt {
	c := tiedLinear(rapid.IntRange(14, 26).Draw(t, "width"), gen.Depths(1, 5).Draw(t, "steps"))
	c.WeightStd = gen.Decimals(0.5, 2, 0.1).Draw(t, "weight std")
	return c
}

// powerNorm observes log‖W^t‖₂.
var powerNorm = networkSingularValues(oneNetwork, func(_ networkAt, samples []spectra, dst []float64) []float64 {
	for _, logs := range samples[0] {
		dst = append(dst, logs[0])
	}
	return dst
})

// edge is the size of what is left of the limit at a finite width: the distance of the
// largest singular value from the edge of the spectrum is of order n^(−2/3) (Tracy &
// Widom 1996), here t powers of it.
func edge(c networkAt) float64 {
	return 0.6 * float64(c.Depth) / math.Pow(float64(c.Width), 2.0/3)
}

// powerMean predicts E log‖W^t‖ up to edge, noticing 0.3 more.
func powerMean(side evidence.Side, log func(c networkAt) (float64, error)) predictor[networkAt] {
	return func(c networkAt) (prediction, error) {
		theta, err := log(c)
		return prediction{Zone: evidence.Zone{Theta0: theta, Eps: edge(c), Delta: edge(c) + 0.3, Side: side}, Variance: edge(c) * edge(c)}, err
	}
}

func logPowerNorm(c networkAt) (float64, error) {
	norm, err := theory.GaussianPowerNorm(c.Depth, c.WeightStd)
	return math.Log(norm), err
}

// eachStep is the logarithm of a norm multiplied by factor·g at every step.
func eachStep(factor float64) func(c networkAt) (float64, error) {
	return func(c networkAt) (float64, error) { return float64(c.Depth) * math.Log(factor*c.WeightStd), nil }
}

const (
	tiedDomain   = "h ← Wh, W gaussian of variance g²/n, the same at every step; g 0.5 to 2, width 14 to 26, 1 to 5 steps"
	tiedVariance = "the limit n → ∞ holds to 0.6·t/n^(2/3), and Var log‖W^t‖ is at most the square of that (0.86 and 0.72 of these are the most measured)"
)

// tiedGiven is what is declared of finite widths, and not proved.
var tiedGiven = []string{"|bias| ≤ 0.6·t/n^(2/3), 1.16 times the most measured", "Var ≤ (0.6·t/n^(2/3))², 1.4 times the most measured"}

func radiusOne() *Claim {
	five := tiedLinear(26, 5)
	return &Claim{
		ID: "T9", Family: "recurrent", Kind: Mean, Expected: evidence.Refuted, Correction: "T9.corrected",
		Plain:    "Powers of a random matrix are larger than its spectral radius says.",
		Why:      "A random matrix is far from normal: its norm is twice its spectral radius.",
		See:      []string{"T9.corrected"},
		Sentence: "At weight variance g²/n the spectral radius of a recurrent W is g, so gradients change by at most g^t in t steps.",
		Source:   Source{Paper: "common reading of the circular law"}, Unit: "nats",
		Assumption: tiedVariance, Given: tiedGiven, Domain: tiedDomain,
		Test: "E log‖W^t‖₂ ≤ t·log g",
		trial: &sampled[networkAt]{
			draw: drawTiedLinear, always: []networkAt{five},
			sample: powerNorm, predict: powerMean(evidence.AtMost, eachStep(1)), command: networkAt.command,
			truth: logPowerNorm,
			mutants: []mutant[networkAt]{
				{"it shrinks by a tenth a step", powerMean(evidence.AtMost, eachStep(0.9)), []networkAt{five}},
			},
		},
	}
}

func gaussianPower() *Claim {
	five := tiedLinear(26, 5)
	return &Claim{
		ID: "T9.corrected", Family: "recurrent", Kind: Mean, Expected: evidence.Verified,
		Plain:    "The norm of the t-th power exceeds that of the spectral radius by √((t+1)^(t+1)/t^t).",
		Why:      "Powers of one Gaussian matrix have the singular values of products of independent ones as n → ∞.",
		See:      []string{"T9"},
		Sentence: "Powers of one Gaussian matrix of spectral radius g exceed g^t: ‖W^t‖ → g^t √((t+1)^(t+1)/t^t) as n → ∞ (2, 2.598, 3.079, … at g = 1), as for a product of t independent ones.",
		Source:   Source{Paper: "Alexeev, Götze & Tikhomirov 2010, On the asymptotic distribution of singular values of powers of random matrices"}, Unit: "nats",
		Assumption: tiedVariance, Given: tiedGiven, Domain: tiedDomain,
		Test: "E log‖W^t‖₂ = t·log g + ½((t+1)·log(t+1) − t·log t), to 0.3 more than the finite width explains",
		trial: &sampled[networkAt]{
			draw: drawTiedLinear, always: []networkAt{five, tiedLinear(14, 1)},
			sample: powerNorm, predict: powerMean(evidence.Equal, logPowerNorm), command: networkAt.command,
			mutants: []mutant[networkAt]{
				{"the spectral radius: g^t", powerMean(evidence.Equal, eachStep(1)), []networkAt{five}},
				{"the norm of W at every step: (2g)^t", powerMean(evidence.Equal, eachStep(2)), []networkAt{five}},
			},
		},
	}
}
