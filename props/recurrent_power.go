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

// drawTiedLinear draws one of weight variance g²/n, g from least to 2.
func drawTiedLinear(least float64, width, steps *rapid.Generator[int]) func(*rapid.T) networkAt {
	return func(t *rapid.T) networkAt {
		c := tiedLinear(width.Draw(t, "width"), steps.Draw(t, "steps"))
		c.WeightStd = gen.Decimals(least, 2, 0.1).Draw(t, "weight std")
		return c
	}
}

// powerNorm observes log‖W^t‖₂.
var powerNorm = networkNorm(oneNetwork, func(_ networkAt, samples []spectra, dst []float64) []float64 {
	for _, logs := range samples[0] {
		dst = append(dst, logs[0])
	}
	return dst
})

// tracyWidom is the median of the law of the largest eigenvalue (Tracy & Widom 1996), β = 1.
const tracyWidom = -1.2685

// edgeTerm is how far the median of log‖W^t‖ is from the limit, to the order n^(−2/3): where
// the density of the squared singular values of t factors ends, at x* = (t+1)^(t+1)/t^t, it is
// (A/π)√(x* − x), A = t^(t−1)/(t+1)^t·√(2/(x*·t(t+1))), and the largest is off x* by Tracy and
// Widom's law times (nA)^(−2/3). For t = 1 that is −0.40 n^(−2/3), the mean −0.38.
func edgeTerm(steps, width int) float64 {
	t := float64(steps)
	end := math.Exp((t+1)*math.Log(t+1) - t*math.Log(t))
	amplitude := math.Exp((t-1)*math.Log(t)-t*math.Log(t+1)) * math.Sqrt(2/(end*t*(t+1)))
	return tracyWidom / (2 * end) * math.Pow(float64(width)*amplitude, -2.0/3)
}

// nextTerm is what the order 1/n adds, and how well that is known: for one factor, where
// ‖W‖² ends at 4n − 2 (Johnstone 2001), to 0.1 n^(−4/3); for more to 0.2 t/n, by simulation.
func nextTerm(steps, width int) (value, eps float64) {
	n, t := float64(width), float64(steps)
	if steps == 1 {
		return -0.25 / n, 0.1 * math.Pow(n, -4.0/3)
	}
	return -0.37 * t / n, 0.2 * t / n
}

// finest is the width up to which the median is held to 0.6 of its edge term; beyond it is
// to 1.2 of it, for the time that takes.
const finest = 40

// powerMedian predicts the median of log‖W^t‖₂ as a limit, with so many times its edge term.
func powerMedian(limit func(c networkAt) (float64, error), terms float64) predictor[networkAt] {
	return func(c networkAt) (prediction, error) {
		theta, err := limit(c)
		edge := edgeTerm(c.Depth, c.Width)
		next, eps := nextTerm(c.Depth, c.Width)
		part := 0.6
		if c.Width > finest {
			part = 1.2
		}
		zone := evidence.Zone{Theta0: theta + terms*(edge+next), Eps: eps, Delta: eps - part*edge, Side: evidence.Equal}
		return prediction{Zone: zone, Variance: edge * edge}, err
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

// atMostPower predicts that the median is at most a bound, noticing 0.3 more.
func atMostPower(bound func(c networkAt) (float64, error)) predictor[networkAt] {
	return func(c networkAt) (prediction, error) {
		theta, err := bound(c)
		edge := edgeTerm(c.Depth, c.Width)
		return prediction{Zone: evidence.Zone{Theta0: theta, Delta: 0.3, Side: evidence.AtMost}, Variance: 2 * edge * edge}, err
	}
}

func radiusOne() *Claim {
	five, ten := tiedLinear(100, 5), tiedLinear(100, 10)
	return &Claim{
		ID: "T9", Family: "recurrent", Kind: Median, Expected: evidence.Refuted, Correction: "T9.corrected",
		Plain:    "Powers of a random matrix are larger than its spectral radius says.",
		Why:      "A random matrix is far from normal: its norm is twice its spectral radius.",
		See:      []string{"T9.corrected"},
		Sentence: "At weight variance g²/n the spectral radius of a recurrent W is g, so gradients change by at most g^t in t steps.",
		Source:   Source{Paper: "common reading of the circular law"}, Unit: "nats",
		Assumption: "none", Domain: "h ← Wh, W gaussian of variance g²/n, the same at every step; g 1 to 2, width 50 to 100, 5 to 10 steps",
		Test: "the median of log‖W^t‖₂ is t·log g at most",
		trial: &sampled[networkAt]{
			draw: drawTiedLinear(1, gen.Widths(50, 100), gen.Depths(5, 10)), always: []networkAt{five},
			sample: powerNorm, predict: atMostPower(eachStep(1)), command: withSpectrum,
			truth: func(c networkAt) (float64, error) {
				limit, err := logPowerNorm(c)
				next, _ := nextTerm(c.Depth, c.Width)
				return limit + edgeTerm(c.Depth, c.Width) + next, err
			},
			mutants: []mutant[networkAt]{
				{"it shrinks by a tenth a step", atMostPower(eachStep(0.9)), []networkAt{five}},
				{"as W shrinks a random direction: t·log g − t/(2n)", atMostPower(func(c networkAt) (float64, error) {
					log, err := eachStep(1)(c)
					return log - float64(c.Depth)/float64(2*c.Width), err
				}), []networkAt{five}},
				{"up to a factor of 2", atMostPower(func(c networkAt) (float64, error) {
					log, err := eachStep(1)(c)
					return log + math.Ln2, err
				}), []networkAt{ten}},
			},
		},
	}
}

// withSpectrum shows singular values too: the largest is the norm.
func withSpectrum(c networkAt) string { return c.command() + " --singular-values" }

func gaussianPower() *Claim {
	one, four, wide, widest := tiedLinear(14, 1), tiedLinear(24, 4), tiedLinear(200, 1), tiedLinear(400, 1)
	return &Claim{
		ID: "T9.corrected", Family: "recurrent", Kind: Median, Expected: evidence.Verified,
		Plain:    "The norm of the t-th power exceeds that of the spectral radius by √((t+1)^(t+1)/t^t).",
		Why:      "Powers of one Gaussian matrix have the singular values of products of independent ones as n → ∞.",
		See:      []string{"T9"},
		Sentence: "Powers of one Gaussian matrix of spectral radius g exceed g^t: ‖W^t‖ → g^t √((t+1)^(t+1)/t^t) as n → ∞ (2, 2.598, 3.079, … at g = 1), as for a product of t independent ones, from below as n^(−2/3): log‖W‖ ≈ log 2g − 0.38 n^(−2/3).",
		Source:   Source{Paper: "Alexeev, Götze & Tikhomirov 2010, On the asymptotic distribution of singular values of powers of random matrices; the edge: Johnstone 2001, Liu, Wang & Zhang 2016 for independent factors"}, Unit: "nats",
		Assumption: "the edge of independent factors for the powers of one",
		Given:      []string{"|bias beyond the terms n^(−2/3) and −0.37 t/n| ≤ 0.2 t/n for t > 1, 0.1 n^(−4/3) for t = 1, twice the most measured"},
		Domain:     "h ← Wh, W gaussian of variance g²/n, the same at every step; g 0.5 to 2, width 14 to 32, 1 to 3 steps, and widths 200 and 400",
		Test:       "the median of log‖W^t‖₂ = t·log g + ½((t+1)·log(t+1) − t·log t) less its term in n^(−2/3), to 0.6 of that term (1.2 at widths 200 and 400)",
		trial: &sampled[networkAt]{
			draw: drawTiedLinear(0.5, rapid.IntRange(14, 32), gen.Depths(1, 3)), always: []networkAt{one, four, wide, widest},
			sample: powerNorm, predict: powerMedian(logPowerNorm, 1), command: withSpectrum,
			mutants: []mutant[networkAt]{
				{"the limit itself, without the term in n^(−2/3)", powerMedian(logPowerNorm, 0), []networkAt{one, four}},
				{"the spectral radius: g^t", powerMedian(eachStep(1), 1), []networkAt{one, four, wide}},
				{"√σ² for σ: half the limit's logarithm", powerMedian(func(c networkAt) (float64, error) {
					log, err := logPowerNorm(c)
					return log / 2, err
				}, 1), []networkAt{one, wide}},
			},
			corners: []mutant[networkAt]{
				{"the norm of W at every step: (2g)^t", powerMedian(eachStep(2), 1), []networkAt{four}},
				{"one step more", powerMedian(func(c networkAt) (float64, error) {
					c.Depth++
					return logPowerNorm(c)
				}, 1), []networkAt{one, four}},
				{"twice the term", powerMedian(logPowerNorm, 2), []networkAt{one}},
			},
		},
	}
}
