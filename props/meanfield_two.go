package props

import (
	"math"

	"pgregory.net/rapid"

	"gradchain/props/evidence"
	"gradchain/props/internal/gen"
	"gradchain/sim/network"
	"gradchain/theory/figures"
	"gradchain/theory/gauss"
)

// Mean field of two inputs: the correlation map, its fixed point c* and the depth scale on
// which angles change.

// twoInputs is the network on two inputs at an angle.
func twoInputs(c networkAt, angle float64) networkAt {
	c.Batch, c.Angle = 2, angle
	return c
}

// firstCorrelation is that of the pre-activations of layer 1.
func firstCorrelation(c networkAt) float64 {
	q := firstVariance(c)
	return 1 - c.WeightStd*c.WeightStd*(1-math.Cos(c.Angle))/q
}

// overlap is x₁·x₂/n of layer 1, up to the difference of ‖x₁‖ and ‖x₂‖.
func overlap(_ networkAt, s *network.Sample) float64 {
	return s.Correlation[1] * math.Exp(s.LogSquare[1])
}

// kernelAt predicts the overlap from the kernel of φ.
func kernelAt(value func(c networkAt, k *gauss.Kernel) float64) predictor[networkAt] {
	return func(c networkAt) (prediction, error) {
		k, err := gauss.NewKernel(c.model().Activation, firstVariance(c))
		if err != nil {
			return prediction{}, err
		}
		s, err := squareOfLayer(c)
		// x₁·x₂/n has the variance E φ(u)²φ(v)²/n − … ≤ E φ⁴/n; half of (‖x₁‖ − ‖x₂‖)²/n has at
		// most the mean Var φ²/(n E φ²) to the order 1/n.
		zone := evidence.Zone{Theta0: value(c, k), Eps: s.Variance / s.Mean, Delta: 0.03 * s.Mean}
		fourth := s.Variance + s.Mean*s.Mean/float64(c.Width)
		return prediction{Zone: zone, Variance: 1.25 * fourth}, err
	}
}

func correlationMap() *Claim {
	relu, tanh := twoInputs(dense("relu", 1.4, 512, 1), 1), twoInputs(biased(dense("tanh", 2, 512, 1), 1), 1)
	return &Claim{
		ID: "MF.correlation", Family: "mean field", Kind: Mean, Expected: evidence.Verified,
		Sentence: "The correlation map: two inputs at an angle θ overlap after a layer by E φ(u)φ(v), where u and v have the variance q = σ_w² + σ_b² and the covariance σ_w² cos θ + σ_b².",
		Source:   Source{Paper: "Poole et al. 2016, Exponential expressivity in deep neural networks through transient chaos", Eq: "the correlation map; exact given the inputs (Cho & Saul 2009 for ReLU)"}, Unit: "overlap",
		Assumption: "ε = Var φ²/(n E φ²) for taking the mean of ‖x₁‖² and ‖x₂‖² for ‖x₁‖‖x₂‖; the variance is at most 1.25 E φ⁴/n",
		Given:      []string{"|bias| ≤ Var φ²/(n E φ²), to the order 1/n only", "Var ≤ 1.25·E φ⁴/n, to the order 1/n only"},
		Domain:     "one layer of 512 units; tanh, erf, ReLU, SELU, GELU, SiLU; σ_w from 0.5 up to 3, σ_b 0 to 1; θ 0.1 to 3.1",
		Test:       "E cos∠(x₁, x₂)(‖x₁‖² + ‖x₂‖²)/2n = E φ(u)φ(v), to 3 % of E φ²",
		trial: &sampled[networkAt]{
			draw: func(t *rapid.T) networkAt {
				c := drawGain(t, "tanh", "erf", "relu", "selu", "gelu", "silu")
				c.Width, c.Depth = 512, 1
				return twoInputs(c, gen.Decimals(0.1, 3.1, 0.1).Draw(t, "angle"))
			},
			always:  []networkAt{relu, tanh},
			sample:  eachNetwork(overlap),
			predict: kernelAt(func(c networkAt, k *gauss.Kernel) float64 { return k.Value(firstCorrelation(c)) }),
			command: networkAt.command,
			mutants: []mutant[networkAt]{
				{"the angle stays", kernelAt(func(c networkAt, k *gauss.Kernel) float64 { return math.Cos(c.Angle) * k.Square }), []networkAt{relu, tanh}},
				{"the biases are left out", kernelAt(func(c networkAt, k *gauss.Kernel) float64 { return k.Value(math.Cos(c.Angle)) }), []networkAt{tanh}},
				{"the units are independent: (E φ)²", kernelAt(func(_ networkAt, k *gauss.Kernel) float64 { return k.Value(0) }), []networkAt{relu, tanh}},
			},
		},
	}
}

// cosineOf is the cosine of infinite width of layer depth.
func cosineOf(c networkAt, depth int) (float64, error) {
	return meanFieldOf(c).SignalCosine(firstVariance(c), firstCorrelation(c), depth)
}

// cosineNear predicts the cosine at layer L, at a depth that may be another one.
func cosineNear(depth func(networkAt) int) predictor[networkAt] {
	return func(c networkAt) (prediction, error) {
		value, err := cosineOf(c, depth(c))
		n := float64(c.Width)
		zone := evidence.Zone{Theta0: value, Eps: 10 / n, Delta: 0.1}
		return prediction{Zone: zone, Variance: 8 / n}, err
	}
}

func itsDepth(c networkAt) int { return c.Depth }

func correlationFixedPoint() *Claim {
	apart, together := twoInputs(biased(dense("tanh", 2.5, 256, 10), 0.3), 0.1), twoInputs(biased(dense("tanh", 1, 256, 6), 0.3), 1.5)
	return &Claim{
		ID: "MF.cstar", Family: "mean field", Kind: Mean, Expected: evidence.Verified,
		Sentence: "In wide networks the angle of two inputs follows the iterated correlation map to its fixed point c*: 1 in the ordered phase, where all inputs come together, below 1 in the chaotic one, where the nearest come apart.",
		Source:   Source{Paper: "Poole et al. 2016, Exponential expressivity in deep neural networks through transient chaos; Schoenholz et al. 2017", Eq: "iterated correlation map"}, Unit: "cosine",
		Assumption: "the bias is at most 10/n and the variance 8/n: the largest seen in simulation were 5/n and 5/n",
		Given:      []string{"|bias| ≤ 10/n, twice the most measured", "Var ≤ 8/n, 1.6 times the most measured"},
		Domain:     "256 units, 1 to 10 layers; tanh, erf, ReLU, SELU, GELU, SiLU; gains with χ_q < 1, σ_b 0.3 to 1; θ 0.1 to 3.1",
		Test:       "E cos∠(x₁, x₂) at layer L is that of the iterated map, to 0.1",
		trial: &sampled[networkAt]{
			draw: func(t *rapid.T) networkAt {
				c := drawContracting(t, 256)
				c.Depth = gen.Depths(1, 10).Draw(t, "depth")
				return twoInputs(c, gen.Decimals(0.1, 3.1, 0.1).Draw(t, "angle"))
			},
			always:  []networkAt{apart, together},
			sample:  eachNetwork(func(c networkAt, s *network.Sample) float64 { return s.Correlation[c.Depth] }),
			predict: cosineNear(itsDepth),
			command: networkAt.command,
			details: chiDetails,
			mutants: []mutant[networkAt]{
				{"the angle stays that of layer 1", cosineNear(func(networkAt) int { return 1 }), []networkAt{apart, together}},
				{"twice the layers", cosineNear(func(c networkAt) int { return 2 * c.Depth }), []networkAt{apart}},
				{"all inputs come together, cosine 1", func(c networkAt) (prediction, error) {
					p, err := cosineNear(itsDepth)(c)
					p.Zone.Theta0 = 1
					return p, err
				}, []networkAt{apart}},
			},
		},
	}
}

// angleRate predicts the growth of the logarithm of a small angle per layer.
func angleRate(change func(c networkAt, rate float64) float64) predictor[networkAt] {
	return func(c networkAt) (prediction, error) {
		first, err := cosineOf(c, 1)
		if err != nil {
			return prediction{}, err
		}
		last, err := cosineOf(c, c.Depth)
		steps, n := float64(c.Depth-1), float64(c.Width)
		rate := figures.Round(math.Log((1-last)/(1-first))/(2*steps), 6) // the digits that correlations near 1 leave
		rate = change(c, rate)
		return prediction{Zone: evidence.Zone{Theta0: rate, Eps: 4 / n, Delta: 0.03}, Variance: 4 / (n * steps)}, err
	}
}

func correlationScale() *Claim {
	chaotic, ordered := twoInputs(biased(dense("tanh", 2, 512, 5), 0.3), 0.1), twoInputs(biased(dense("silu", 1, 512, 8), 0.5), 0.1)
	return &Claim{
		ID: "MF.xi_c", Family: "mean field", Kind: Mean, Expected: evidence.Verified,
		Sentence: "The depth scale of angles: in wide networks a small angle of two inputs grows by √χ₁ a layer as gradients do, and shrinks to 0 at the depth scale ξ_c = −1/log χ₁ of its square in the ordered phase.",
		Source:   Source{Paper: "Schoenholz et al. 2017, Deep Information Propagation", Eq: "section 3, ξ_c"}, Unit: "nats per layer",
		Assumption: "the bias is at most 4/n and the variance 4/(n(L − 1)): the largest seen in simulation were 2.2/n and 2.7/(n(L − 1))",
		Given:      []string{"|bias| ≤ 4/n, 1.8 times the most measured", "Var ≤ 4/(n(L − 1)), 1.5 times the most measured"},
		Domain:     "512 units, 3 to 8 layers; tanh, erf, ReLU, SELU, GELU, SiLU; gains with χ_q < 1, σ_b 0.3 to 1; θ = 0.1",
		Test:       "E log((1 − cos∠)_L/(1 − cos∠)₁)/2(L − 1) is that of the iterated map, to 0.03",
		trial: &sampled[networkAt]{
			draw: func(t *rapid.T) networkAt {
				c := drawContracting(t, 512)
				c.Depth = gen.Depths(3, 8).Draw(t, "depth")
				return twoInputs(c, 0.1)
			},
			always: []networkAt{chaotic, ordered},
			sample: eachNetwork(func(c networkAt, s *network.Sample) float64 {
				return math.Log((1-s.Correlation[c.Depth])/(1-s.Correlation[1])) / (2 * float64(c.Depth-1))
			}),
			predict: angleRate(func(_ networkAt, rate float64) float64 { return rate }),
			command: networkAt.command,
			details: chiDetails,
			mutants: []mutant[networkAt]{
				{"the rate of its square: log χ₁", angleRate(func(_ networkAt, rate float64) float64 { return 2 * rate }), []networkAt{chaotic, ordered}},
				{"angles stay", angleRate(func(networkAt, float64) float64 { return 0 }), []networkAt{chaotic, ordered}},
				{"φ is linear: log σ_w", angleRate(func(c networkAt, _ float64) float64 { return math.Log(c.WeightStd) }), []networkAt{chaotic, ordered}},
			},
		},
	}
}
