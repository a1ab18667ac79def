package props

import (
	"math"
	"slices"

	"pgregory.net/rapid"

	"gradchain/props/evidence"
	"gradchain/props/internal/gen"
	"gradchain/sim/network"
	"gradchain/theory/gauss"
	"gradchain/theory/meanfield"
)

// Mean field at one layer, where it is exact at any width but for one term.

// meanFieldOf returns the limit of infinite width of a plain network.
func meanFieldOf(c networkAt) meanfield.Network {
	return meanfield.Network{
		Activation: c.model().Activation, WeightVar: float64(c.WeightStd * c.WeightStd), BiasVar: float64(c.BiasStd * c.BiasStd),
	}
}

// firstVariance is that of the pre-activations of layer 1: the input has the second
// moment 1.
func firstVariance(c networkAt) float64 {
	return float64(c.WeightStd*c.WeightStd) + float64(c.BiasStd*c.BiasStd)
}

// biased is the network with biases.
func biased(c networkAt, std float64) networkAt {
	c.BiasStd = std
	return c
}

// The activations of the claims about any of them: odd and bounded, bounded, and unbounded.
var (
	oddPhi       = []string{"tanh", "erf", "arctan", "softsign", "hard_tanh", "sin"}
	bumpedPhi    = []string{"gelu", "silu", "mish", "hard_swish"}
	unboundedPhi = append([]string{"relu", "leaky_relu(0.1)", "elu", "selu", "softplus"}, bumpedPhi...)
	anyPhi       = slices.Concat(oddPhi, []string{"sigmoid"}, unboundedPhi)
)

const anyPhiWords = "tanh, erf, arctan, softsign, hard tanh, sin, sigmoid, ReLU, leaky ReLU, ELU, SELU, softplus, GELU, SiLU, mish, hard swish"

// mostGain is the largest σ_w that is drawn: well into chaos.
func mostGain(phi string) float64 {
	switch {
	case slices.Contains(unboundedPhi, phi):
		return 2
	case phi == "sigmoid":
		return 6
	}
	return 3
}

// drawGain draws a plain network with one of the activations, ordered or chaotic.
func drawGain(t *rapid.T, least float64, activations ...string) networkAt {
	phi := rapid.SampledFrom(activations).Draw(t, "activation")
	std := gen.Decimals(least, mostGain(phi), 0.1).Draw(t, "weight_std")
	return biased(dense(phi, std, 0, 0), gen.Decimals(0, 1, 0.1).Draw(t, "bias_std"))
}

// drawLayer draws one layer of up to 64 units.
func drawLayer(activations ...string) func(*rapid.T) networkAt {
	return func(t *rapid.T) networkAt {
		c := drawGain(t, 0.5, activations...)
		c.Width, c.Depth = gen.Widths(1, 64).Draw(t, "width"), 1
		return c
	}
}

// layerMean predicts a mean of known spread, to 0.08 standard deviations.
func layerMean(mean func(c networkAt, s meanfield.Spread) float64, spread func(networkAt) (meanfield.Spread, error)) predictor[networkAt] {
	return func(c networkAt) (prediction, error) {
		s, err := spread(c)
		zone := evidence.Zone{Theta0: mean(c, s), Delta: 0.08 * math.Sqrt(s.Variance)}
		return prediction{Zone: zone, Variance: 1.25 * s.Variance}, err
	}
}

// itsMean is the mean of the theory itself.
func itsMean(_ networkAt, s meanfield.Spread) float64 { return s.Mean }

func squareOfLayer(c networkAt) (meanfield.Spread, error) {
	return meanFieldOf(c).SquareOfLayer(firstVariance(c), c.Width)
}

func gradientOfLayer(c networkAt) (meanfield.Spread, error) {
	return meanFieldOf(c).GradientOfLayer(firstVariance(c), c.Width)
}

// lastMoment is ‖x^L‖²/n, squaredGradient ‖∂/∂x⁰‖².
func lastMoment(c networkAt, s *network.Sample) float64      { return math.Exp(s.LogSquare[c.Depth]) }
func squaredGradient(_ networkAt, s *network.Sample) float64 { return math.Exp(2 * s.LogGradNorm[0]) }

// chi1 is χ₁ at layer 1.
func chi1(c networkAt) float64 {
	chi, err := meanFieldOf(c).Chi1(firstVariance(c))
	if err != nil {
		panic("props: " + err.Error()) // every network drawn has one
	}
	return chi
}

const oneLayerVariance = "the variance is at most 1.25 times the exact one, a sum of moments of φ up to the fourth"

func varianceMap() *Claim {
	relu, tanh := dense("relu", 1.5, 64, 1), biased(dense("tanh", 2, 64, 1), 1)
	at := func(of func(networkAt) networkAt) func(networkAt, meanfield.Spread) float64 {
		return func(c networkAt, _ meanfield.Spread) float64 {
			s, err := squareOfLayer(of(c))
			if err != nil {
				panic("props: " + err.Error())
			}
			return s.Mean
		}
	}
	return &Claim{
		ID: "MF.variance", Family: "mean field", Kind: Mean, Expected: evidence.Verified,
		Plain:    "One layer turns the size of its input into that of its output by a known formula, at any width.",
		Why:      "Given the input, pre-activations are independent Gaussians of a known variance.",
		See:      []string{"meanfield.variance_map"},
		Sentence: "The variance map holds at any width: the mean square of the units of a layer is E φ(√q z)², q = σ_w²‖x‖²/n + σ_b².",
		Source:   Source{Paper: "Poole et al. 2016, Exponential expressivity in deep neural networks through transient chaos", Eq: "the length map; exact given the input"}, Unit: "second moment",
		Assumption: oneLayerVariance,
		Domain:     "one layer of 1 to 64 units; " + anyPhiWords + "; σ_w from 0.5 up to 3 (unbounded φ 2, sigmoid 6), σ_b 0 to 1",
		Test:       "E ‖x¹‖²/n = E φ(√q z)², q = σ_w² + σ_b², to 0.08 standard deviations",
		trial: &sampled[networkAt]{
			draw:    drawLayer(anyPhi...),
			always:  []networkAt{dense("selu", 1, 1, 1), tanh, relu},
			sample:  eachNetwork(lastMoment),
			predict: layerMean(itsMean, squareOfLayer),
			command: networkAt.command,
			corners: []mutant[networkAt]{
				{"the biases are left out", layerMean(at(func(c networkAt) networkAt { return biased(c, 0) }), squareOfLayer), []networkAt{tanh}},
			},
			mutants: []mutant[networkAt]{
				{"the units are linear: the mean square is q", layerMean(func(c networkAt, _ meanfield.Spread) float64 { return firstVariance(c) }, squareOfLayer), []networkAt{tanh, relu}},
				{"σ_w for σ_w²", layerMean(at(func(c networkAt) networkAt { c.WeightStd = math.Sqrt(c.WeightStd); return c }), squareOfLayer), []networkAt{tanh, relu}},
				{"twice σ_w², as for ReLU", layerMean(at(func(c networkAt) networkAt { c.WeightStd *= math.Sqrt2; return c }), squareOfLayer), []networkAt{tanh, relu}},
				{"φ has mean 0: Var φ", layerMean(func(c networkAt, s meanfield.Spread) float64 {
					mean, _, err := gauss.Mean(c.model().Activation, firstVariance(c))
					if err != nil {
						panic("props: " + err.Error())
					}
					return s.Mean - mean*mean
				}, squareOfLayer), []networkAt{relu}},
			},
		},
	}
}

// drawSaturating draws a layer of few units in which the weights' memory counts.
func drawSaturating(t *rapid.T) networkAt {
	phi := rapid.SampledFrom(oddPhi).Draw(t, "activation")
	c := dense(phi, gen.Decimals(1.5, 3, 0.1).Draw(t, "weight_std"), gen.Widths(1, 8).Draw(t, "width"), 1)
	return biased(c, gen.Decimals(0, 1.5, 0.5).Draw(t, "bias_std"))
}

// memory is by how much the squared gradient of one unit is off χ₁: σ_w²ρ(E z²φ′² − E φ′²).
func memory(c networkAt) float64 {
	c.Width = 1
	s, err := gradientOfLayer(c)
	if err != nil {
		panic("props: " + err.Error())
	}
	return s.Mean - chi1(c)
}

// upTo predicts that the mean squared gradient is a limit up to C/n, C = 1.5·|memory|.
func upTo(limit func(c networkAt) float64) predictor[networkAt] {
	return func(c networkAt) (prediction, error) {
		s, err := gradientOfLayer(c)
		eps := 1.5 * math.Abs(memory(c)) / float64(c.Width)
		zone := evidence.Zone{Theta0: limit(c), Eps: eps, Delta: max(1.5*eps, eps+0.06*math.Sqrt(s.Variance))}
		return prediction{Zone: zone, Variance: 1.25 * s.Variance}, err
	}
}

// meanSlope is E φ′ at layer 1.
func meanSlope(c networkAt) float64 {
	slope, _, err := gauss.DerivativeMean(c.model().Activation, firstVariance(c))
	if err != nil {
		panic("props: " + err.Error())
	}
	return slope
}

func independentWeights() *Claim {
	wide, chaotic := dense("tanh", 2, 64, 1), dense("erf", 3, 64, 1)
	return &Claim{
		ID: "MF.gradient", Family: "mean field", Kind: Mean, Expected: evidence.Verified,
		Plain:    "In wide networks backward weights act as if independent; the error falls like 1/n.",
		Why:      "Of the n components of a weight row one is tied to the pre-activation.",
		See:      []string{"MF.gradient.width"},
		Sentence: "In wide networks the weights on the way back may be taken as independent of those on the way forward: a layer multiplies the mean squared gradient by χ₁ = σ_w² E φ′².",
		Source:   Source{Paper: "Schoenholz et al. 2017, Deep Information Propagation", Eq: "section 4"}, Unit: "squared gradient",
		Asymptotic: "C/n at every width n, C = 1.5·σ_w²ρ|E z²φ′² − E φ′²|, ρ = σ_w²/(σ_w² + σ_b²)",
		Assumption: oneLayerVariance,
		Domain:     "one layer of 8 to 128 units; " + anyPhiWords + "; σ_w from 0.5 up to 3 (unbounded φ 2, sigmoid 6), σ_b 0 to 1",
		Test:       "|E ‖∂(u·x¹)/∂x⁰‖² − χ₁| ≤ C/n, to C/2n or 0.06 standard deviations",
		trial: &sampled[networkAt]{
			draw: func(t *rapid.T) networkAt {
				c := drawGain(t, 0.5, anyPhi...)
				c.Width, c.Depth = gen.Widths(8, 128).Draw(t, "width"), 1
				return c
			},
			always:  []networkAt{dense("tanh", 2, 8, 1)},
			sample:  eachNetwork(squaredGradient),
			predict: upTo(chi1),
			truth: func(c networkAt) (float64, error) {
				s, err := gradientOfLayer(c)
				return s.Mean, err
			},
			command: networkAt.command,
			mutants: []mutant[networkAt]{
				{"the units are linear: σ_w²", upTo(func(c networkAt) float64 { return c.WeightStd * c.WeightStd }), []networkAt{wide}},
				{"σ_w E φ′² for σ_w² E φ′²", upTo(func(c networkAt) float64 { return chi1(c) / c.WeightStd }), []networkAt{wide}},
				{"√χ₁, the factor of the norm", upTo(func(c networkAt) float64 { return math.Sqrt(chi1(c)) }), []networkAt{chaotic}},
				{"(E φ′)² for E φ′²", upTo(func(c networkAt) float64 {
					slope := meanSlope(c)
					return c.WeightStd * c.WeightStd * slope * slope
				}), []networkAt{wide}},
			},
		},
	}
}

func dependentWeights() *Claim {
	one, biases, wide := dense("tanh", 2, 1, 1), biased(dense("tanh", 1.5, 1, 1), 1.5), dense("tanh", 3, 64, 1)
	return &Claim{
		ID: "MF.gradient.width", Family: "mean field", Kind: Mean, Expected: evidence.Verified,
		Plain:    "At width n the growth of one layer has a known correction; for ReLU it is 0.",
		Why:      "Of n components of a weight row, one is tied to the pre-activation: E z²φ′² replaces E φ′² there.",
		See:      []string{"MF.gradient"},
		Sentence: "The weights on the way back are the same ones: at width n a layer multiplies the mean squared gradient by χ₁ + (σ_w²/n)ρ(E z²φ′² − E φ′²), ρ = σ_w²/(σ_w² + σ_b²); for ReLU that is χ₁.",
		Source:   Source{Paper: "derived: given h, the weights along x are h/‖x‖, less the biases", Eq: "normal regression"}, Unit: "squared gradient",
		Assumption: oneLayerVariance,
		Domain:     "one layer: of 1 to 8 units, " + "odd φ (tanh, erf, arctan, softsign, hard tanh, sin), σ_w 1.5 to 3, σ_b 0 to 1.5; of 1 to 64 units, also sigmoid, ReLU, leaky ReLU, ELU, SELU, softplus, GELU, SiLU, mish and hard swish, σ_w from 0.5",
		Test:       "E ‖∂(u·x¹)/∂x⁰‖² = χ₁ + (σ_w²/n)ρ(E z²φ′² − E φ′²), to 0.08 standard deviations",
		trial: &sampled[networkAt]{
			draw: func(t *rapid.T) networkAt {
				if rapid.IntRange(0, 4).Draw(t, "any") == 4 {
					return drawLayer(anyPhi...)(t)
				}
				return drawSaturating(t)
			},
			always:  []networkAt{one, biases, wide, dense("relu", 1.5, 1, 1)},
			sample:  eachNetwork(squaredGradient),
			predict: layerMean(itsMean, gradientOfLayer),
			command: networkAt.command,
			corners: []mutant[networkAt]{
				{"the biases are no part of h: ρ = 1", layerMean(func(c networkAt, s meanfield.Spread) float64 {
					rho := c.WeightStd * c.WeightStd / firstVariance(c)
					return chi1(c) + (s.Mean-chi1(c))/rho
				}, gradientOfLayer), []networkAt{biases}},
			},
			mutants: []mutant[networkAt]{
				{"independent weights: χ₁", layerMean(func(c networkAt, _ meanfield.Spread) float64 { return chi1(c) }, gradientOfLayer), []networkAt{one}},
				{"the other sign", layerMean(func(c networkAt, s meanfield.Spread) float64 { return 2*chi1(c) - s.Mean }, gradientOfLayer), []networkAt{one}},
				{"E z²φ′² for E z²φ′² − E φ′²", layerMean(func(c networkAt, s meanfield.Spread) float64 {
					rho := c.WeightStd * c.WeightStd / firstVariance(c)
					return s.Mean + rho*chi1(c)/float64(c.Width)
				}, gradientOfLayer), []networkAt{one}},
				{"all directions but x: 1 − 1/n for 1/n", layerMean(func(c networkAt, s meanfield.Spread) float64 {
					return chi1(c) + (s.Mean-chi1(c))*float64(c.Width-1)
				}, gradientOfLayer), []networkAt{wide}},
			},
		},
	}
}

func shortcutEngine() *Claim {
	four, wide := dense("tanh", 2, 4, 1).sampledBy(network.Shortcut), dense("tanh", 2, 64, 1).sampledBy(network.Shortcut)
	spread := func(c networkAt) (meanfield.Spread, error) {
		return meanFieldOf(c).ShortcutOfLayer(firstVariance(c), c.Width)
	}
	return &Claim{
		ID: "MF.shortcut", Family: "mean field", Kind: Mean, Expected: evidence.Verified,
		Plain:    "Independent backward weights are the only thing that mean field gets wrong at one layer.",
		Why:      "With weights drawn afresh on the way back, the factor is χ₁ exactly.",
		See:      []string{"MF.gradient"},
		Sentence: "With weights on the way back that are drawn afresh, as mean field takes them, a layer multiplies the mean squared gradient by exactly χ₁ at any width, in the mean: nothing else in mean field is wrong at one layer.",
		Source:   Source{Paper: "Schoenholz et al. 2017, Deep Information Propagation", Eq: "section 4, independence of the weights"}, Unit: "squared gradient",
		Assumption: oneLayerVariance,
		Domain:     "one layer of 1 to 64 units, engine shortcut; " + anyPhiWords + "; σ_w from 0.5 up to 3 (unbounded φ 2, sigmoid 6), σ_b 0 to 1",
		Test:       "E ‖∂(u·x¹)/∂x⁰‖² = χ₁, to 0.08 standard deviations",
		trial: &sampled[networkAt]{
			draw: func(t *rapid.T) networkAt {
				return drawLayer(anyPhi...)(t).sampledBy(network.Shortcut)
			},
			always:  []networkAt{four, wide},
			sample:  eachNetwork(squaredGradient),
			predict: layerMean(itsMean, spread),
			command: networkAt.command,
			corners: []mutant[networkAt]{
				{"the same weights, as in a network", layerMean(func(c networkAt, _ meanfield.Spread) float64 {
					s, _ := gradientOfLayer(c)
					return s.Mean
				}, spread), []networkAt{four}},
			},
			mutants: []mutant[networkAt]{
				{"σ_w E φ′² for σ_w² E φ′²", layerMean(func(c networkAt, s meanfield.Spread) float64 { return s.Mean / c.WeightStd }, spread), []networkAt{wide}},
				{"(E φ′)² for E φ′²", layerMean(func(c networkAt, s meanfield.Spread) float64 {
					slope := meanSlope(c)
					return c.WeightStd * c.WeightStd * slope * slope
				}, spread), []networkAt{wide}},
			},
		},
	}
}
