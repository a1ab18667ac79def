package props

import (
	"math"

	"pgregory.net/rapid"

	"gradchain/props/evidence"
	"gradchain/props/internal/gen"
	"gradchain/theory/gauss"
)

// Where all singular values are equal, and how near to that wide networks come.

// eachAllEqual observes the event that all logarithms of singular values are L log of value,
// up to rounding.
func eachAllEqual(c networkAt) (experiment, error) {
	want := math.Log(c.WeightStd) * float64(c.Depth)
	tolerance := 64 * ulp * float64(c.Depth*c.Width+10) * (1 + math.Abs(math.Log(c.WeightStd)))
	return networkSingularValues(oneNetwork, func(_ networkAt, drawn []spectra, dst []float64) []float64 {
		for _, logs := range drawn[0] {
			off := max(math.Abs(logs[0]-want), math.Abs(logs[len(logs)-1]-want))
			dst = append(dst, bit(off <= tolerance))
		}
		return dst
	})(c)
}

// every predicts that the event happens in every network.
func every(networkAt) (prediction, error) {
	return prediction{Zone: evidence.Zone{Theta0: 1, Delta: 0.2, Side: evidence.AtLeast}}, nil
}

// inPart predicts that it does in some of them at most.
func inPart(networkAt) (prediction, error) {
	return prediction{Zone: evidence.Zone{Theta0: 0.5, Delta: 0.3, Side: evidence.AtMost}}, nil
}

func orthogonalLinear() *Claim {
	example := dense("linear", 1.5, 8, 10).with("orthogonal")
	return &Claim{
		ID: "ISO.linear", Family: "isometry", Kind: Probability, Expected: evidence.Verified,
		Plain:    "In linear networks of orthogonal weights all gradients keep their size, at any depth.",
		Why:      "A product of orthogonal matrices is orthogonal.",
		See:      []string{"ISO"},
		Sentence: "In a linear network of orthogonal weights all singular values of the Jacobian are σ_w^L: gradients of every direction grow alike, at any depth and width.",
		Source:   Source{Paper: "Saxe, McClelland & Ganguli 2014, Exact solutions to the nonlinear dynamics of learning in deep linear neural networks", Eq: "section 3"}, Unit: "probability",
		Assumption: "none", Domain: "linear, orthogonal weights; width 1 to 12, depth 1 to 30, σ_w 0.1 to 10, σ_b 0 to 1",
		Test: "P(the logarithms of the largest and of the smallest singular value = L log σ_w, within rounding) = 1; one network in which they are not refutes",
		trial: &sampled[networkAt]{
			draw: func(t *rapid.T) networkAt {
				c := dense("linear", gen.Decimals(0.1, 10, 0.1).Draw(t, "weight_std"), gen.Widths(1, 12).Draw(t, "width"), gen.Depths(1, 30).Draw(t, "depth"))
				return biased(c, gen.Decimals(0, 1, 0.1).Draw(t, "bias_std")).with("orthogonal")
			},
			always: []networkAt{example, dense("linear", 1, 12, 200).with("orthogonal")},
			sample: eachAllEqual, predict: every, command: networkAt.command,
			truth:   func(networkAt) (float64, error) { return 1, nil },
			mutants: []mutant[networkAt]{{"in half of the networks at most", inPart, []networkAt{example}}},
		},
	}
}

// pennington is the source of the spectrum of wide networks.
var pennington = Source{Paper: "Pennington, Schoenholz & Ganguli 2017, Resurrecting the sigmoid in deep learning through dynamical isometry", Eq: "equation 22, layer by layer"}

// spectralVariance is the limit of the variance of the squared singular values over their mean:
// a layer adds E φ′⁴/(E φ′²)² with gaussian weights, and 1 less with orthogonal ones.
func spectralVariance(c networkAt, layer func(c networkAt, q float64) float64) float64 {
	q, sum := firstVariance(c), 0.0
	for range c.Depth {
		sum += layer(c, q)
		var err error
		if q, err = meanFieldOf(c).VarianceMap(q); err != nil {
			panic("props: " + err.Error())
		}
	}
	return sum
}

// slopeKurtosis is E φ′⁴/(E φ′²)².
func slopeKurtosis(c networkAt, q float64) float64 {
	second, fourth := slopeMoment(c, q, 2), slopeMoment(c, q, 4)
	return fourth / second / second
}

func slopeMoment(c networkAt, q, order float64) float64 {
	value, _, err := gauss.DerivativeMoment(c.model().Activation, q, order)
	if err != nil {
		panic("props: " + err.Error())
	}
	return value
}

// eachVariance observes the variance of the squared singular values over their mean, n Σs⁴/(Σs²)²
// − 1, in a form. A network that is dead counts as the most spread, n − 1.
func eachVariance(form func(variance float64) float64) protocol[networkAt] {
	return networkSingularValues(oneNetwork, func(c networkAt, drawn []spectra, dst []float64) []float64 {
		for _, logs := range drawn[0] {
			if math.IsInf(logs[0], -1) {
				dst = append(dst, form(float64(c.Width-1)))
				continue
			}
			squares, fourths := 0.0, 0.0
			for _, log := range logs {
				square := math.Exp(2 * (log - logs[0]))
				squares += square
				fourths += square * square
			}
			dst = append(dst, form(float64(c.Width)*fourths/(squares*squares)-1))
		}
		return dst
	})
}

// spreadOf predicts the variance up to C/n of itself, C = 3.
func spreadOf(layer func(c networkAt, q float64) float64) predictor[networkAt] {
	return func(c networkAt) (prediction, error) {
		n := float64(c.Width)
		right, value := spectralVariance(c, slopeKurtosis), spectralVariance(c, layer)
		eps, sd := 3/n*right, 1.5*right/math.Sqrt(n)
		return prediction{Zone: evidence.Zone{Theta0: value, Eps: eps, Delta: eps + 0.5*sd}, Variance: sd * sd}, nil
	}
}

func gaussianSpread() *Claim {
	tanh, linear := dense("tanh", 2, 24, 4).with("gaussian"), dense("linear", 1, 24, 4).with("gaussian")
	return &Claim{
		ID: "ISO.gaussian", Family: "isometry", Kind: Median, Expected: evidence.Verified,
		Plain:    "With Gaussian weights no activation gives isometry.",
		Why:      "A Gaussian matrix alone has squared singular values of variance 1, and layers add up.",
		See:      []string{"ISO.corrected"},
		Sentence: "No activation makes a wide network of gaussian weights an isometry: the squared singular values over their mean have the variance Σ_l E φ′⁴/(E φ′²)², which is at least L.",
		Source:   pennington, Unit: "variance", Asymptotic: "C/n of itself, C = 3", Assumption: "none",
		Domain: anyPhiWords + ", linear; gaussian weights, σ_w 0.5 to 2, σ_b 0 to 1; width 14 to 20, depth 1 to 4",
		Test:   "half of the networks have n Σs⁴/(Σs²)² − 1 above Σ_l E φ′⁴/(E φ′²)² ≥ L, up to C/n; to half a standard deviation",
		trial: &sampled[networkAt]{
			draw: func(t *rapid.T) networkAt {
				phi := rapid.SampledFrom(append([]string{"linear"}, anyPhi...)).Draw(t, "activation")
				std := gen.Decimals(0.5, 2, 0.1).Draw(t, "weight_std")
				c := dense(phi, std, rapid.IntRange(14, 20).Draw(t, "width"), gen.Depths(1, 4).Draw(t, "depth"))
				return biased(c, gen.Decimals(0, 1, 0.1).Draw(t, "bias_std")).with("gaussian")
			},
			always: []networkAt{linear, tanh}, sample: eachVariance(itselfOf), predict: spreadOf(slopeKurtosis), command: networkAt.command,
			mutants: []mutant[networkAt]{
				{"as with orthogonal weights: L less", spreadOf(func(c networkAt, q float64) float64 { return slopeKurtosis(c, q) - 1 }), []networkAt{linear, tanh}},
				{"an isometry: 0", spreadOf(func(networkAt, float64) float64 { return 0 }), []networkAt{linear, tanh}},
			},
			corners: []mutant[networkAt]{
				{"φ does not count: L", spreadOf(func(networkAt, float64) float64 { return 1 }), []networkAt{dense("tanh", 2, 40, 3).with("gaussian")}},
				{"2L, as with ReLU", spreadOf(func(networkAt, float64) float64 { return 2 }), []networkAt{linear}},
				{"one layer's for all", spreadOf(func(c networkAt, q float64) float64 { return slopeKurtosis(c, q) / float64(c.Depth) }), []networkAt{linear, tanh}},
			},
		},
	}
}

func itselfOf(x float64) float64 { return x }

// smallSpread predicts the logarithm of the variance of small signals.
func smallSpread(layer func(q float64) float64) predictor[networkAt] {
	return func(c networkAt) (prediction, error) {
		n := float64(c.Width)
		value := math.Log(spectralVariance(c, func(_ networkAt, q float64) float64 { return layer(q) }))
		eps := 7/n + 10*firstVariance(c)
		zone := evidence.Zone{Theta0: value, Eps: eps, Delta: eps + 1.2/math.Sqrt(n)}
		return prediction{Zone: zone, Variance: 2.25 / n}, nil
	}
}

func smallSignals() *Claim {
	tiny := biased(dense("tanh", 0.06, 18, 5), 0.05).with("orthogonal")
	return &Claim{
		ID: "ISO.sigmoidal", Family: "isometry", Kind: Median, Expected: evidence.Verified,
		Plain:    "Tanh-like networks of orthogonal weights can be nearly isometric at small signals.",
		Why:      "At small variance q the slopes are all near φ′(0); their spread is of order q².",
		See:      []string{"isometry.spectral_variance"},
		Sentence: "Sigmoidal networks of orthogonal weights come as near to isometry as wanted: the squared singular values over their mean have the variance 8Σ_l q_l² to leading order, if the variance q of the pre-activations is small enough.",
		Source:   pennington, Unit: "log variance", Asymptotic: "7/n + 10q in the logarithm", Assumption: "none",
		Domain: "tanh, erf, arctan; orthogonal weights, σ_w 0.02 to 0.06, σ_b 0.05 to 0.08; width 14 to 18, depth 2 to 5",
		Test:   "half of the networks have log(n Σs⁴/(Σs²)² − 1) above log 8Σq_l², up to 7/n + 10q; to 1.2/√n",
		trial: &sampled[networkAt]{
			draw: func(t *rapid.T) networkAt {
				phi := rapid.SampledFrom([]string{"tanh", "erf", "arctan"}).Draw(t, "activation")
				c := dense(phi, gen.Decimals(0.02, 0.06, 0.01).Draw(t, "weight_std"), rapid.IntRange(14, 18).Draw(t, "width"), gen.Depths(2, 5).Draw(t, "depth"))
				return biased(c, gen.Decimals(0.05, 0.08, 0.01).Draw(t, "bias_std")).with("orthogonal")
			},
			always: []networkAt{tiny}, sample: eachVariance(math.Log), predict: smallSpread(func(q float64) float64 { return 8 * q * q }), command: networkAt.command,
			mutants: []mutant[networkAt]{
				{"2q²: φ′ for φ′²", smallSpread(func(q float64) float64 { return 2 * q * q }), []networkAt{tiny}},
				{"8q", smallSpread(func(q float64) float64 { return 8 * q }), []networkAt{tiny}},
				{"1 + 8q², as with gaussian weights", smallSpread(func(q float64) float64 { return 1 + 8*q*q }), []networkAt{tiny}},
			},
			corners: []mutant[networkAt]{
				{"4q²: the curvature of φ′ for that of φ′²", smallSpread(func(q float64) float64 { return 4 * q * q }), []networkAt{biased(dense("tanh", 0.06, 48, 3), 0.05).with("orthogonal")}},
			},
		},
	}
}
