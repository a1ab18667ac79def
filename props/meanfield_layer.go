package props

import (
	"math"

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

// gainRange is σ_w from ordered to chaotic, per activation.
var gainRange = map[string][2]float64{
	"tanh": {0.5, 3}, "erf": {0.5, 3}, "relu": {0.5, 2}, "selu": {0.5, 1.5}, "gelu": {0.5, 2}, "silu": {0.5, 2},
}

// drawGain draws a plain network with one of the activations, ordered or chaotic.
func drawGain(t *rapid.T, activations ...string) networkAt {
	phi := rapid.SampledFrom(activations).Draw(t, "activation")
	std := gen.Decimals(gainRange[phi][0], gainRange[phi][1], 0.1).Draw(t, "weight_std")
	return biased(dense(phi, std, 0, 0), gen.Decimals(0, 1, 0.1).Draw(t, "bias_std"))
}

// drawLayer draws one layer of up to 64 units.
func drawLayer(activations ...string) func(*rapid.T) networkAt {
	return func(t *rapid.T) networkAt {
		c := drawGain(t, activations...)
		c.Width, c.Depth = gen.Widths(1, 64).Draw(t, "width"), 1
		return c
	}
}

// layerMean predicts a mean of known spread, to 0.06 standard deviations.
func layerMean(mean func(c networkAt, s meanfield.Spread) float64, spread func(networkAt) (meanfield.Spread, error)) predictor[networkAt] {
	return func(c networkAt) (prediction, error) {
		s, err := spread(c)
		zone := evidence.Zone{Theta0: mean(c, s), Delta: 0.06 * math.Sqrt(s.Variance)}
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
	return &Claim{
		ID: "MF.variance", Family: "mean field", Kind: Mean, Expected: evidence.Verified,
		Sentence: "The variance map holds at any width: the mean square of the units of a layer is E φ(√q z)², q = σ_w²‖x‖²/n + σ_b².",
		Source:   Source{Paper: "Poole et al. 2016, Exponential expressivity in deep neural networks through transient chaos", Eq: "the length map; exact given the input"}, Unit: "second moment",
		Assumption: oneLayerVariance,
		Domain:     "one layer of 1 to 64 units; tanh, erf, ReLU, SELU, GELU, SiLU; σ_w from 0.5 up to 3, σ_b 0 to 1",
		Test:       "E ‖x¹‖²/n = E φ(√q z)², q = σ_w² + σ_b², to 0.06 standard deviations",
		trial: &sampled[networkAt]{
			draw:    drawLayer("tanh", "erf", "relu", "selu", "gelu", "silu"),
			always:  []networkAt{dense("selu", 1, 1, 1), tanh, relu},
			sample:  eachNetwork(lastMoment),
			predict: layerMean(itsMean, squareOfLayer),
			command: networkAt.command,
			mutants: []mutant[networkAt]{
				{"the biases are left out", layerMean(itsMean, func(c networkAt) (meanfield.Spread, error) { return squareOfLayer(biased(c, 0)) }), []networkAt{tanh}},
				{"the units are linear: the mean square is q", layerMean(func(c networkAt, _ meanfield.Spread) float64 { return firstVariance(c) }, squareOfLayer), []networkAt{tanh, relu}},
				{"φ has mean 0: Var φ", layerMean(func(c networkAt, s meanfield.Spread) float64 {
					return s.Mean - firstVariance(c)/(2*math.Pi)
				}, squareOfLayer), []networkAt{relu}},
			},
		},
	}
}

func independentWeights() *Claim {
	one, wide := dense("tanh", 2, 1, 1), dense("tanh", 2, 64, 1)
	limit := func(c networkAt, _ meanfield.Spread) float64 { return chi1(c) }
	return &Claim{
		ID: "MF.gradient", Family: "mean field", Kind: Mean, Expected: evidence.Refuted, Correction: "MF.gradient.corrected",
		Sentence: "The weights on the way back may be taken as independent of those on the way forward: a layer multiplies the mean squared gradient by χ₁ = σ_w² E φ′², at any width.",
		Source:   Source{Paper: "Schoenholz et al. 2017, Deep Information Propagation, read without the limit of large width", Eq: "section 4"}, Unit: "squared gradient",
		Assumption: oneLayerVariance,
		Domain:     "one layer of 1 to 64 units; tanh, erf, ReLU, SELU, GELU, SiLU; σ_w from 0.5 up to 3, σ_b 0 to 1",
		Test:       "E ‖∂(u·x¹)/∂x⁰‖² = χ₁, to 0.06 standard deviations",
		trial: &sampled[networkAt]{
			draw:    drawLayer("tanh", "erf", "relu", "selu", "gelu", "silu"),
			always:  []networkAt{one},
			sample:  eachNetwork(squaredGradient),
			predict: layerMean(limit, gradientOfLayer),
			command: networkAt.command,
			mutants: []mutant[networkAt]{
				{"the units are linear: σ_w²", layerMean(func(c networkAt, _ meanfield.Spread) float64 { return c.WeightStd * c.WeightStd }, gradientOfLayer), []networkAt{wide}},
				{"σ_w E φ′² for σ_w² E φ′²", layerMean(func(c networkAt, _ meanfield.Spread) float64 { return chi1(c) / c.WeightStd }, gradientOfLayer), []networkAt{wide}},
			},
		},
	}
}

func dependentWeights() *Claim {
	one, biases, wide := dense("tanh", 2, 1, 1), biased(dense("tanh", 1.5, 2, 1), 1.5), dense("tanh", 3, 64, 1)
	swapped := func(c networkAt, s meanfield.Spread) float64 {
		m := float64(c.Width)
		return chi1(c) + (s.Mean-chi1(c))*(m-1)
	}
	return &Claim{
		ID: "MF.gradient.corrected", Family: "mean field", Kind: Mean, Expected: evidence.Verified,
		Sentence: "The weights on the way back are the same ones: at width n a layer multiplies the mean squared gradient by χ₁ + (σ_w²/n)ρ(E z²φ′² − E φ′²), ρ = σ_w²/(σ_w² + σ_b²); for ReLU that is χ₁.",
		Source:   Source{Paper: "derived: given h, the weights along x are h/‖x‖, less the biases", Eq: "normal regression"}, Unit: "squared gradient",
		Assumption: oneLayerVariance,
		Domain:     "one layer of 1 to 64 units; tanh, erf, ReLU, SELU, GELU, SiLU; σ_w from 0.5 up to 3, σ_b 0 to 1",
		Test:       "E ‖∂(u·x¹)/∂x⁰‖² = χ₁ + (σ_w²/n)ρ(E z²φ′² − E φ′²), to 0.06 standard deviations",
		trial: &sampled[networkAt]{
			draw:    drawLayer("tanh", "erf", "relu", "selu", "gelu", "silu"),
			always:  []networkAt{one, biases, wide},
			sample:  eachNetwork(squaredGradient),
			predict: layerMean(itsMean, gradientOfLayer),
			command: networkAt.command,
			mutants: []mutant[networkAt]{
				{"independent weights: χ₁", layerMean(func(c networkAt, _ meanfield.Spread) float64 { return chi1(c) }, gradientOfLayer), []networkAt{one}},
				{"the other sign", layerMean(func(c networkAt, s meanfield.Spread) float64 { return 2*chi1(c) - s.Mean }, gradientOfLayer), []networkAt{one}},
				{"the biases are no part of h: ρ = 1", layerMean(func(c networkAt, s meanfield.Spread) float64 {
					rho := c.WeightStd * c.WeightStd / firstVariance(c)
					return chi1(c) + (s.Mean-chi1(c))/rho
				}, gradientOfLayer), []networkAt{biases}},
				{"all directions but x: 1 − 1/n for 1/n", layerMean(swapped, gradientOfLayer), []networkAt{wide}},
			},
		},
	}
}

func dependenceScaling() *Claim {
	excess := func(power float64) predictor[networkAt] {
		return func(c networkAt) (prediction, error) {
			s, err := gradientOfLayer(c)
			n, chi := float64(c.Width), chi1(c)
			sd := n * math.Sqrt(s.Variance) / chi
			value := n * (s.Mean/chi - 1) * math.Pow(n, 1-power)
			return prediction{Zone: evidence.Zone{Theta0: value, Delta: 0.06 * sd}, Variance: 1.25 * sd * sd}, err
		}
	}
	eight := dense("tanh", 3, 8, 1)
	return &Claim{
		ID: "MF.gradient.scaling", Family: "mean field", Kind: Mean, Expected: evidence.Verified,
		Sentence: "The error of independent weights falls like 1/n: n times the relative error is ρ(E z²φ′²/E φ′² − 1), at every width n.",
		Source:   Source{Paper: "derived; MF.gradient.corrected"}, Unit: "n × relative error",
		Assumption: oneLayerVariance,
		Domain:     "one layer of 1 to 8 units; tanh, erf; σ_w 1.5 to 3, σ_b 0 to 0.5",
		Test:       "E n(‖∂(u·x¹)/∂x⁰‖²/χ₁ − 1) = ρ(E z²φ′²/E φ′² − 1), to 0.06 standard deviations",
		trial: &sampled[networkAt]{
			draw: func(t *rapid.T) networkAt {
				phi := rapid.SampledFrom([]string{"tanh", "erf"}).Draw(t, "activation")
				c := dense(phi, gen.Decimals(1.5, 3, 0.1).Draw(t, "weight_std"), gen.Widths(1, 8).Draw(t, "width"), 1)
				return biased(c, gen.Decimals(0, 0.5, 0.1).Draw(t, "bias_std"))
			},
			always: []networkAt{dense("tanh", 3, 1, 1), eight},
			sample: networks(oneNetwork, func(c networkAt, samples []nets, dst []float64) []float64 {
				n, chi := float64(c.Width), chi1(c)
				for i := range samples[0] {
					dst = append(dst, n*(squaredGradient(c, &samples[0][i])/chi-1))
				}
				return dst
			}),
			predict: excess(1),
			command: networkAt.command,
			mutants: []mutant[networkAt]{
				{"it falls like 1/√n", excess(0.5), []networkAt{eight}},
				{"it falls like 1/n²", excess(2), []networkAt{eight}},
				{"it does not fall", excess(0), []networkAt{eight}},
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
		Sentence: "With weights on the way back that are drawn afresh, as mean field takes them, a layer multiplies the mean squared gradient by exactly χ₁ at any width: nothing else in mean field is wrong at one layer.",
		Source:   Source{Paper: "Schoenholz et al. 2017, Deep Information Propagation", Eq: "section 4, independence of the weights"}, Unit: "squared gradient",
		Assumption: oneLayerVariance,
		Domain:     "one layer of 1 to 64 units, engine shortcut; tanh, erf, ReLU, SELU, GELU, SiLU; σ_w from 0.5 up to 3, σ_b 0 to 1",
		Test:       "E ‖∂(u·x¹)/∂x⁰‖² = χ₁, to 0.06 standard deviations",
		trial: &sampled[networkAt]{
			draw: func(t *rapid.T) networkAt {
				return drawLayer("tanh", "erf", "relu", "selu", "gelu", "silu")(t).sampledBy(network.Shortcut)
			},
			always:  []networkAt{four, wide},
			sample:  eachNetwork(squaredGradient),
			predict: layerMean(itsMean, spread),
			command: networkAt.command,
			mutants: []mutant[networkAt]{
				{"the same weights, as in a network", layerMean(func(c networkAt, _ meanfield.Spread) float64 {
					s, _ := gradientOfLayer(c)
					return s.Mean
				}, spread), []networkAt{four}},
				{"σ_w E φ′² for σ_w² E φ′²", layerMean(func(c networkAt, s meanfield.Spread) float64 { return s.Mean / c.WeightStd }, spread), []networkAt{wide}},
				{"(E φ′)² for E φ′²", layerMean(func(c networkAt, s meanfield.Spread) float64 {
					slope, _, _ := gauss.DerivativeMean(c.model().Activation, firstVariance(c))
					return c.WeightStd * c.WeightStd * slope * slope
				}, spread), []networkAt{wide}},
			},
		},
	}
}
