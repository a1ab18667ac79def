package props

import (
	"math"

	"pgregory.net/rapid"

	"gradchain/props/evidence"
	"gradchain/props/internal/gen"
)

// The second moment of the squared singular values, (1/n) tr (JJᵀ)², of linear and ReLU
// networks, exactly at any width.
//
// Given the signal so far, the signs of h = Wx are independent of |h| and of the spectrum
// that they cut out of WMWᵀ, M = JJᵀ so far, since W has the law of SW for every diagonal
// S of signs. So a layer is M ← σ_w² P W M Wᵀ P with P on k units, k ~ Bin(n, ½) for ReLU
// and n for linear, independent of all before, and the mean of a zonal polynomial Z_κ is
// multiplied by a number (James 1964, equations 21 to 24):
//
//	gaussian    (σ_w²/n)^|κ| E Z_κ(1_k)
//	orthogonal  σ_w^2|κ| E Z_κ(1_k)/Z_κ(1_n)

// zonal is a multiple of the zonal polynomial of a partition.
type zonal struct {
	weight    float64
	partition []int
}

// squareTrace and its square are the power sums (tr M²) and (tr M²)² in zonal polynomials.
var (
	squareTrace       = []zonal{{1. / 3, []int{2}}, {-1. / 3, []int{1, 1}}}
	squareTraceSquare = []zonal{
		{1. / 105, []int{4}}, {-2. / 63, []int{3, 1}}, {7. / 90, []int{2, 2}}, {-4. / 45, []int{2, 1, 1}}, {1. / 30, []int{1, 1, 1, 1}},
	}
)

// atIdentity is Z_κ of the k×k identity.
func (z zonal) atIdentity(k int) float64 {
	product := 1.0
	for i, part := range z.partition {
		for j := range part {
			product *= float64(k + 2*j - i)
		}
	}
	return product
}

func (z zonal) order() (sum float64) {
	for _, part := range z.partition {
		sum += float64(part)
	}
	return sum
}

// activeUnits is the law of the number of active units of a layer.
func (c networkAt) activeUnits() []float64 {
	law := make([]float64, c.Width+1)
	if c.Activation == "linear" {
		law[c.Width] = 1
		return law
	}
	law[0] = math.Ldexp(1, -c.Width)
	for k := range c.Width {
		law[k+1] = law[k] * float64(c.Width-k) / float64(k+1)
	}
	return law
}

// traceMean is the mean of a symmetric polynomial of JJᵀ.
func (c networkAt) traceMean(polynomial []zonal) float64 {
	sum := 0.0
	for _, z := range polynomial {
		start, mean := z.atIdentity(c.Width), 0.0
		if start == 0 { // more parts than dimensions
			continue
		}
		for k, p := range c.activeUnits() {
			mean += p * z.atIdentity(k)
		}
		factor := math.Pow(c.WeightStd, 2*z.order()) * mean
		if c.Weights == "orthogonal" {
			factor /= start
		} else {
			factor /= math.Pow(float64(c.Width), z.order())
		}
		sum += z.weight * start * math.Pow(factor, float64(c.Depth))
	}
	return sum
}

// with is the network with weights of another law.
func (c networkAt) with(weights string) networkAt {
	c.Weights = weights
	return c
}

// eachSpread observes (1/n) tr (JJᵀ)², one more than the variance of the spectrum where
// its mean is 1.
var eachSpread = networkSingularValues(oneNetwork, func(c networkAt, drawn []spectra, dst []float64) []float64 {
	for _, logs := range drawn[0] {
		sum := 0.0
		for _, log := range logs {
			sum += math.Exp(4 * log)
		}
		dst = append(dst, sum/float64(c.Width))
	}
	return dst
})

// spread predicts (1/n) E tr (JJᵀ)², noticing 0.4 of its standard deviations, and less at
// small widths, which cost less.
func spread(side evidence.Side, theta func(c networkAt, exact float64) float64) predictor[networkAt] {
	return func(c networkAt) (prediction, error) {
		n := float64(c.Width)
		mean := c.traceMean(squareTrace) / n
		variance := max(c.traceMean(squareTraceSquare)/(n*n)-mean*mean, 1e-6)
		zone := evidence.Zone{Theta0: theta(c, mean), Delta: min(0.4, 0.04*n) * math.Sqrt(variance), Side: side}
		return prediction{Zone: zone, Variance: 1.25 * variance}, nil
	}
}

// limitSpread is the limit of infinite width of (1/n) tr (JJᵀ)².
func limitSpread(c networkAt, _ float64) float64 {
	perLayer := 0.0
	if c.Weights != "orthogonal" {
		perLayer++
	}
	if c.Activation == "relu" {
		perLayer++
	}
	return 1 + perLayer*float64(c.Depth)
}

const spreadVariance = "the variance is at most 1.25 times the exact one, from zonal polynomials up to the fourth order"

func anyIsometry() *Claim {
	eight, two := criticalNetwork("relu", 8, 3).with("orthogonal"), criticalNetwork("relu", 16, 2).with("orthogonal")
	return &Claim{
		ID: "ISO", Family: "isometry", Kind: Mean, Expected: evidence.Refuted, Correction: "ISO.corrected",
		Plain:    "Orthogonal weights give isometry in linear networks only: ReLU spoils it.",
		Why:      "The slopes of φ are not all equal, and each layer of unequal slopes spreads the singular values.",
		See:      []string{"ISO.corrected"},
		Sentence: "Orthogonal weights of the critical gain give dynamical isometry: all singular values of the Jacobian are 1, whatever the activation is.",
		Source:   Source{Paper: "nobody's: the wrong generalisation of Saxe, McClelland & Ganguli 2014, who say it of linear networks"}, Unit: "(1/n) tr (JJᵀ)²",
		Assumption: spreadVariance,
		Domain:     "linear and ReLU, orthogonal weights, σ_w = 1 and √2, no biases; width 16 to 32, depth 2 to 4", Test: "(1/n) E tr (JJᵀ)² ≤ 1, what it is without spread",
		trial: &sampled[networkAt]{
			draw: func(t *rapid.T) networkAt {
				phi := rapid.SampledFrom([]string{"linear", "relu"}).Draw(t, "activation")
				return criticalNetwork(phi, gen.Widths(16, 32).Draw(t, "width"), gen.Depths(2, 4).Draw(t, "depth")).with("orthogonal")
			},
			always: []networkAt{two}, sample: eachSpread, command: withSpectrum,
			predict: spread(evidence.AtMost, func(networkAt, float64) float64 { return 1 }),
			truth:   func(c networkAt) (float64, error) { return c.traceMean(squareTrace) / float64(c.Width), nil },
			mutants: []mutant[networkAt]{
				{"half of the values are 0: at most 1 + L/2", spread(evidence.AtMost, func(c networkAt, _ float64) float64 { return 1 + float64(c.Depth)/2 }), []networkAt{eight}},
			},
			corners: []mutant[networkAt]{
				{"at most 2 at any depth", spread(evidence.AtMost, func(networkAt, float64) float64 { return 2 }), []networkAt{eight}},
			},
		},
	}
}

func spectralSpread() *Claim {
	two, gaussian := criticalNetwork("linear", 2, 1).with("gaussian"), criticalNetwork("relu", 8, 1).with("gaussian")
	one, three := criticalNetwork("relu", 8, 1).with("orthogonal"), criticalNetwork("relu", 10, 3).with("orthogonal")
	wrong := func(theta func(c networkAt, exact float64) float64) predictor[networkAt] {
		return spread(evidence.Equal, theta)
	}
	return &Claim{
		ID: "ISO.corrected", Family: "isometry", Kind: Mean, Expected: evidence.Verified,
		Plain:    "How the singular values spread is known for Gaussian and orthogonal weights.",
		Why:      "Moments of products of random matrices: S-transforms for wide networks, zonal polynomials at width n.",
		See:      []string{"isometry.spectral_variance"},
		Sentence: "Only linear networks are isometries by orthogonal weights. At critical gain the squared singular values have mean 1 and variance L for gaussian linear, 2L for gaussian ReLU and L for orthogonal ReLU networks as n → ∞, and at width n what the means of zonal polynomials give.",
		Source:   Source{Paper: "Pennington, Schoenholz & Ganguli 2017, Resurrecting the sigmoid in deep learning through dynamical isometry", Eq: "the limit; width n derived from James 1964, zonal polynomials"}, Unit: "(1/n) tr (JJᵀ)²",
		Assumption: spreadVariance,
		Domain:     "linear gaussian, ReLU gaussian and orthogonal, σ_w² = 1 and 2, no biases; width 1 to 10, depth 1 to 2, orthogonal to 4",
		Test:       "(1/n) E tr (JJᵀ)², by the singular values of J = the exact mean, from 0.04 standard deviations at width 1 to 0.4 at 10",
		trial: &sampled[networkAt]{
			draw: func(t *rapid.T) networkAt {
				width := gen.Widths(1, 10).Draw(t, "width")
				if rapid.Bool().Draw(t, "orthogonal") {
					return criticalNetwork("relu", width, gen.Depths(1, 4).Draw(t, "depth")).with("orthogonal")
				}
				phi := rapid.SampledFrom([]string{"linear", "relu"}).Draw(t, "activation")
				return criticalNetwork(phi, width, gen.Depths(1, 2).Draw(t, "depth")).with("gaussian")
			},
			always: []networkAt{two, gaussian, one, three}, sample: eachSpread, command: withSpectrum,
			predict: wrong(func(_ networkAt, exact float64) float64 { return exact }),
			corners: []mutant[networkAt]{
				{"infinite width at width 2: L + 1", wrong(limitSpread), []networkAt{two}},
				{"weights do not matter: gaussian for orthogonal", wrong(func(c networkAt, _ float64) float64 { return limitSpread(c.with("gaussian"), 0) }), []networkAt{one}},
				{"it does not grow with depth", wrong(func(networkAt, float64) float64 { return 2 }), []networkAt{three}},
			},
			mutants: []mutant[networkAt]{
				{"isometry: 1", wrong(func(networkAt, float64) float64 { return 1 }), []networkAt{two, gaussian, one, three}},
				{"ReLU costs nothing: the linear network's", wrong(func(c networkAt, _ float64) float64 {
					c.Activation = "linear"
					return limitSpread(c, 0)
				}), []networkAt{gaussian, one}},
			},
		},
	}
}
