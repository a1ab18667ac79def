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

// kernelAt predicts the overlap from the kernel of φ. ‖x₁‖² + ‖x₂‖² is taken for 2‖x₁‖‖x₂‖, which
// costs at most Var φ²/(n E φ²) in the mean to the order 1/n; the spread is at most √(E φ⁴/n).
func kernelAt(value func(c networkAt, k *gauss.Kernel) float64) predictor[networkAt] {
	return func(c networkAt) (prediction, error) {
		k, err := gauss.NewKernel(c.model().Activation, firstVariance(c))
		if err != nil {
			return prediction{}, err
		}
		s, err := squareOfLayer(c)
		n := float64(c.Width)
		fourth := s.Variance + s.Mean*s.Mean/n
		eps := s.Variance/s.Mean + math.Sqrt(fourth/n)/2
		zone := evidence.Zone{Theta0: value(c, k), Eps: eps, Delta: max(2*eps, eps+0.18*math.Sqrt(fourth))}
		return prediction{Zone: zone, Variance: fourth}, err
	}
}

func correlationMap() *Claim {
	relu, tanh := twoInputs(dense("relu", 1.4, 512, 1), 1), twoInputs(biased(dense("tanh", 2, 512, 1), 1), 1)
	return &Claim{
		ID: "MF.correlation", Family: "mean field", Kind: Median, Expected: evidence.Verified,
		Plain:    "One layer turns the angle of two inputs into another by a known formula.",
		Why:      "Two Gaussian pre-activations of known covariance, and the two-point kernel of φ.",
		See:      []string{"meanfield.correlation_map"},
		Sentence: "The correlation map: two inputs at an angle θ overlap after a wide layer by E φ(u)φ(v), where u and v have the variance q = σ_w² + σ_b² and the covariance σ_w² cos θ + σ_b².",
		Source:   Source{Paper: "Poole et al. 2016, Exponential expressivity in deep neural networks through transient chaos", Eq: "the correlation map (Cho & Saul 2009 for ReLU)"}, Unit: "overlap",
		Asymptotic: "C/n, C = Var φ²/E φ² + √(E φ⁴)/2",
		Assumption: "none",
		Domain:     "one layer of 256 to 1,024 units; " + anyPhiWords + "; σ_w 1.5 to 3 (sigmoid 6, unbounded φ 2), σ_b 0 to 1; θ 0.5 to 2.5",
		Test:       "half of the networks have cos∠(x₁, x₂)(‖x₁‖² + ‖x₂‖²)/2n above E φ(u)φ(v), up to C/n; to 0.18 √(E φ⁴/n) or as much again",
		trial: &sampled[networkAt]{
			draw: func(t *rapid.T) networkAt {
				c := drawGain(t, 1.5, anyPhi...)
				c.Width, c.Depth = gen.Widths(256, 1024).Draw(t, "width"), 1
				return twoInputs(c, gen.Decimals(0.5, 2.5, 0.1).Draw(t, "angle"))
			},
			always:  []networkAt{relu, tanh},
			sample:  eachNetwork(overlap),
			predict: kernelAt(func(c networkAt, k *gauss.Kernel) float64 { return k.Value(firstCorrelation(c)) }),
			command: networkAt.command,
			corners: []mutant[networkAt]{
				{"the biases are left out", kernelAt(func(c networkAt, k *gauss.Kernel) float64 { return k.Value(math.Cos(c.Angle)) }), []networkAt{tanh}},
			},
			mutants: []mutant[networkAt]{
				{"the angle stays", kernelAt(func(c networkAt, k *gauss.Kernel) float64 { return math.Cos(c.Angle) * k.Square }), []networkAt{relu, tanh}},
				{"the units are independent: (E φ)²", kernelAt(func(_ networkAt, k *gauss.Kernel) float64 { return k.Value(0) }), []networkAt{relu, tanh}},
				{"half of the angle", kernelAt(func(c networkAt, k *gauss.Kernel) float64 {
					c.Angle /= 2
					return k.Value(firstCorrelation(c))
				}), []networkAt{relu, tanh}},
			},
		},
	}
}

// cosineOf is the cosine of infinite width of layer depth.
func cosineOf(c networkAt, depth int) (float64, error) {
	return meanFieldOf(c).SignalCosine(firstVariance(c), firstCorrelation(c), depth)
}

// cosineNear predicts the cosine at layer L from one of infinite width.
func cosineNear(value func(networkAt) (float64, error)) predictor[networkAt] {
	return func(c networkAt) (prediction, error) {
		cosine, err := value(c)
		n := float64(c.Width)
		return prediction{Zone: evidence.Zone{Theta0: cosine, Eps: 10 / n, Delta: 0.06}, Variance: 4 / n}, err
	}
}

// itsCosine is that of the iterated map at layer L.
func itsCosine(c networkAt) (float64, error) { return cosineOf(c, c.Depth) }

// cosineAt is a cosine whatever the network is.
func cosineAt(value float64) func(networkAt) (float64, error) {
	return func(networkAt) (float64, error) { return value, nil }
}

// ofLayer is that of another layer.
func ofLayer(depth func(networkAt) int) func(networkAt) (float64, error) {
	return func(c networkAt) (float64, error) { return cosineOf(c, depth(c)) }
}

func firstLayer(networkAt) int { return 1 }

func correlationFixedPoint() *Claim {
	apart, together := twoInputs(biased(dense("tanh", 2.5, 512, 10), 0.3), 0.1), twoInputs(biased(dense("tanh", 1, 512, 6), 0.3), 1.5)
	return &Claim{
		ID: "MF.cstar", Family: "mean field", Kind: Median, Expected: evidence.Verified,
		Plain:    "In the ordered phase all inputs become alike, in the chaotic one nearby inputs part.",
		Why:      "c = 1 is a fixed point of the correlation map of slope χ₁: stable for χ₁ < 1, unstable for χ₁ > 1.",
		See:      []string{"meanfield.correlation_fixed_point"},
		Sentence: "In wide networks with biases the angle of two inputs follows the iterated correlation map towards its fixed point c*: 1 in the ordered phase, where inputs come together, below 1 in the chaotic one, where the nearest come apart.",
		Source:   Source{Paper: "Poole et al. 2016, Exponential expressivity in deep neural networks through transient chaos; Schoenholz et al. 2017", Eq: "iterated correlation map"}, Unit: "cosine",
		Asymptotic: "C/n, C = 10",
		Assumption: "none",
		Domain:     "512 units, 2 to 10 layers; " + contractingWords + "; θ 1 to 3",
		Test:       "half of the networks have cos∠(x₁, x₂) at layer L above that of the iterated map, up to C/n; to 0.06",
		trial: &sampled[networkAt]{
			draw: func(t *rapid.T) networkAt {
				c := drawContracting(t, 512)
				c.Depth = gen.Depths(2, 10).Draw(t, "depth")
				return twoInputs(c, gen.Decimals(1, 3, 0.1).Draw(t, "angle"))
			},
			always:  []networkAt{apart, together},
			sample:  eachNetwork(func(c networkAt, s *network.Sample) float64 { return s.Correlation[c.Depth] }),
			predict: cosineNear(itsCosine),
			command: networkAt.command,
			details: chiDetails,
			corners: []mutant[networkAt]{
				{"twice the layers", cosineNear(ofLayer(func(c networkAt) int { return 2 * c.Depth })), []networkAt{apart}},
				{"all inputs come together, cosine 1", cosineNear(cosineAt(1)), []networkAt{apart}},
			},
			mutants: []mutant[networkAt]{
				{"the angle stays that of layer 1", cosineNear(ofLayer(firstLayer)), []networkAt{apart, together}},
				{"the angle stays that of the inputs", cosineNear(func(c networkAt) (float64, error) { return math.Cos(c.Angle), nil }), []networkAt{apart, together}},
				{"all inputs come apart, cosine 0", cosineNear(cosineAt(0)), []networkAt{together}},
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

// untilOne cuts the layers in which the two inputs are the same but for a part of 1e-9, which
// rounding hides, but for the first three.
func untilOne(c networkAt) networkAt {
	for ; c.Depth > 3; c.Depth-- {
		if last, err := cosineOf(c, c.Depth); err == nil && 1-last >= 1e-9 {
			break
		}
	}
	return c
}

func correlationScale() *Claim {
	chaotic, ordered := twoInputs(biased(dense("tanh", 2, 512, 5), 0.3), 0.1), twoInputs(biased(dense("silu", 1, 512, 8), 0.5), 0.1)
	return &Claim{
		ID: "MF.xi_c", Family: "mean field", Kind: Median, Expected: evidence.Verified,
		Plain:    "Small angles between inputs change at the same rate as gradients.",
		Why:      "A small angle is a tangent, and tangents grow by √χ₁ a layer like gradients.",
		See:      []string{"meanfield.xi_c"},
		Sentence: "The depth scale of angles: in wide networks a small angle of two inputs grows by √χ₁ a layer as gradients do, and shrinks to 0 at the depth scale ξ_c = −1/log χ₁ of its square in the ordered phase.",
		Source:   Source{Paper: "Schoenholz et al. 2017, Deep Information Propagation", Eq: "section 3, ξ_c"}, Unit: "nats per layer",
		Asymptotic: "C/n, C = 4",
		Assumption: "none",
		Domain:     "512 units, 3 to 8 layers; " + contractingWords + "; θ = 0.1",
		Test:       "half of the networks have log((1 − cos∠)_L/(1 − cos∠)₁)/2(L − 1) above that of the iterated map, up to C/n; to 0.03",
		trial: &sampled[networkAt]{
			draw: func(t *rapid.T) networkAt {
				c := drawContracting(t, 512)
				c.Depth = gen.Depths(3, 8).Draw(t, "depth")
				return untilOne(twoInputs(c, 0.1))
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
				{"σ_w for σ_w²", angleRate(func(c networkAt, rate float64) float64 { return rate - math.Log(c.WeightStd)/2 }), []networkAt{chaotic}},
				{"φ is linear: log σ_w", angleRate(func(c networkAt, _ float64) float64 { return math.Log(c.WeightStd) }), []networkAt{chaotic, ordered}},
			},
		},
	}
}
