package props

import (
	"fmt"
	"math"

	"pgregory.net/rapid"

	"gradchain/props/evidence"
	"gradchain/props/internal/gen"
	"gradchain/theory/activation"
	"gradchain/theory/product"
	"gradchain/theory/special"
)

// fourthMoment predicts E‖Jv‖⁴, noticing a tenth of it; its square is the eighth moment.
func fourthMoment(theta func(c networkAt) float64) predictor[normAt] {
	return func(c normAt) (prediction, error) {
		phi := activation.MustParse(c.Activation)
		fourth, err := product.NormMoment(phi, c.Width, c.Depth, 4)
		if err != nil {
			return prediction{}, err
		}
		eighth, err := product.NormMoment(phi, c.Width, c.Depth, 8)
		if err != nil {
			return prediction{}, err
		}
		_, variance := c.logMoments()
		return prediction{
			Zone:     evidence.Zone{Theta0: theta(c.networkAt), Delta: 0.1 * fourth},
			Variance: 1.25 * (eighth - fourth*fourth),
		}, evidence.CheckMoment(2, variance, 1000) // fewer samples than any budget here
	}
}

// growth is (1 + factor/n)^L.
func growth(factor float64) func(c networkAt) float64 {
	return func(c networkAt) float64 { return math.Pow(1+factor/float64(c.Width), float64(c.Depth)) }
}

// squared is ‖Jv‖⁴.
func squared(normAt) func(x float64) float64 {
	return func(x float64) float64 { return math.Exp(2 * x) }
}

func normMoment() *Claim {
	relu, linear := signalOf("relu", 24, 2), signalOf("linear", 24, 2)
	exact := func(c networkAt) float64 {
		if c.Activation == "linear" {
			return growth(2)(c)
		}
		return growth(5)(c)
	}
	return &Claim{
		ID: "P4", Family: "product", Kind: Mean, Expected: evidence.Verified,
		Plain:    "The mean square stays 1 while fourth moments grow exponentially in depth over width.",
		Why:      "The fourth moment of a chi-square factor is 1 + 5/n for ReLU and 1 + 2/n for linear, and independent factors multiply.",
		See:      []string{"P1"},
		Sentence: "While E‖Jv‖² stays 1, the fourth moment grows: E‖Jv‖⁴ = (1 + 5/n)^L for He-ReLU and (1 + 2/n)^L for linear, dead paths counted as 0.",
		Source:   Source{Paper: "Hanin 2018, Which neural net architectures give rise to exploding and vanishing gradients?", Eq: "the constants derived"}, Unit: "moment",
		Assumption: "Var ‖Jv‖⁴ is at most 1.25 times what the eighth moment gives; the depth is at most n/12, so that the moment is seen in samples",
		Domain:     "linear and ReLU at weight variance 1/n and 2/n, gaussian, no biases; width 16 to 128, depth 1 to n/12; signal and tangent",
		Test:       "E‖Jv‖⁴, to a tenth of it",
		trial: &sampled[normAt]{
			draw: func(t *rapid.T) normAt {
				c := drawNorm(16, 128, 1)(t)
				c.Depth = gen.Depths(1, max(1, c.Width/12)).Draw(t, "layers")
				return c
			},
			always: []normAt{relu, linear},
			sample: eachSquare(false, squared), predict: fourthMoment(exact),
			command: func(c normAt) string { return c.command() },
			mutants: []mutant[normAt]{
				{"1 + 2/n for ReLU", fourthMoment(growth(2)), []normAt{relu}},
				{"1 + 5/n for linear", fourthMoment(growth(5)), []normAt{linear}},
				{"no growth", fourthMoment(growth(0)), []normAt{relu}},
				{"one layer's", fourthMoment(func(c networkAt) float64 { return 1 + 5/float64(c.Width) }), []normAt{relu}},
			},
		},
	}
}

// normal is the normal law of a mean and a variance, as a prediction.
func normal(mean, variance, delta float64) prediction {
	deviation := math.Sqrt(variance)
	return prediction{Zone: evidence.Zone{Delta: delta}, CDFs: func(dst, x []float64) {
		for i, v := range x {
			dst[i] = special.NormCDF((v - mean) / deviation)
		}
	}}
}

func logNormal() *Claim {
	clt := func(delta float64, change func(mean, variance float64) (float64, float64)) predictor[normAt] {
		return func(c normAt) (prediction, error) {
			mean, variance := change(c.logMoments())
			return normal(mean, variance, delta), nil
		}
	}
	deep := signalOf("relu", 32, 20)
	return &Claim{
		ID: "P5", Family: "product", Kind: Distribution, Expected: evidence.Refuted, Correction: "P5.corrected",
		Plain:    "The squared norm is only nearly lognormal, and less so the narrower the network.",
		Why:      "A finite sum of log chi-squares is skewed; only its limit is normal.",
		See:      []string{"P5.corrected"},
		Sentence: "In a He-ReLU network ‖Jv‖² is lognormal.",
		Source:   haninNica, Unit: "sup-distance of laws", Assumption: "the limit n, L → ∞ read as exact, with the exact mean and variance",
		Domain: "He-ReLU, gaussian, no biases; width 2 to 64, depth 1 to 50, so that one network of 20 is alive",
		Test:   "log‖Jv‖² given alive is normal, to 0.05",
		trial: &sampled[normAt]{
			draw: reluOnly(2, 64, 50), always: []normAt{deep, signalOf("relu", 8, 1)},
			sample:  eachSquare(true, itself),
			predict: clt(0.05, func(mean, variance float64) (float64, float64) { return mean, variance }),
			command: func(c normAt) string { return c.command() },
			mutants: []mutant[normAt]{
				{"around 0", clt(0.05, func(_, variance float64) (float64, float64) { return 0, variance }), []normAt{deep}},
				{"of half the variance", clt(0.05, func(mean, variance float64) (float64, float64) { return mean, variance / 2 }), []normAt{deep}},
			},
		},
	}
}

// sizeAt is a size of a linear or He-ReLU network.
type sizeAt struct {
	Activation string `json:"activation"`
	Width      int    `json:"width"`
	Depth      int    `json:"depth"`
}

// fromNormal checks that the law of log‖Jv‖² lies within bound of the normal one.
func fromNormal(bound func(width, depth float64) float64) func(sizeAt) finding {
	return func(c sizeAt) finding {
		n := criticalNetwork(c.Activation, c.Width, c.Depth)
		l, err := n.normLaw()
		if err != nil {
			panic("props: " + err.Error())
		}
		mean, variance := n.logMoments()
		const points = 600
		distance := 0.0
		for i := range points { // from −6 to 6 standard deviations
			z := -6 + 12*float64(i)/(points-1)
			distance = max(distance, math.Abs(l.CDF(mean+z*math.Sqrt(variance))-special.NormCDF(z)))
		}
		most := bound(float64(c.Width), float64(c.Depth))
		return finding{
			Residual: distance - most, Tolerance: l.Bound(),
			Text: fmt.Sprintf("distance %.4g from the normal law, bound %.4g", distance, most),
		}
	}
}

func nearNormal() *Claim {
	root := func(factor float64) func(width, depth float64) float64 {
		return func(width, depth float64) float64 { return factor / math.Sqrt(width*depth) }
	}
	relu, linear := sizeAt{"relu", 8, 10}, sizeAt{"linear", 8, 10}
	return &Claim{
		ID: "P5.corrected", Family: "product", Kind: Deterministic, Expected: evidence.Verified,
		Plain:    "The log of the squared norm comes near a normal law at a rate of one over the root of all units.",
		Why:      "The central limit theorem with its rate: the number of independent terms is depth times width.",
		See:      []string{"P5"},
		Sentence: "log‖Jv‖² comes near the normal law of its mean and variance as the number of units grows: for He-ReLU and linear networks the two are at most 0.4/√(nL) apart.",
		Source:   Source{Paper: "derived: the exact law of P1; its skewness is of order 1/√(nL)"}, Unit: "sup-distance of laws",
		Assumption: "P1: the exact law",
		Domain:     "linear and ReLU at weight variance 1/n and 2/n; width 2 to 256, depth 1 to 50",
		Test:       "the largest difference of the two distribution functions at 600 points",
		trial: &exact[sizeAt]{
			draw: func(t *rapid.T) sizeAt {
				return sizeAt{
					rapid.SampledFrom([]string{"relu", "linear"}).Draw(t, "activation"),
					gen.Widths(2, 256).Draw(t, "width"), gen.Depths(1, 50).Draw(t, "depth"),
				}
			},
			most:   2,
			always: []sizeAt{relu, linear, {"relu", 2, 1}, {"relu", 6, 1}, {"relu", 256, 50}, {"linear", 2, 1}},
			check:  fromNormal(root(0.4)),
			mutants: []exactMutant[sizeAt]{
				{"a tenth of that", fromNormal(root(0.04)), []sizeAt{relu, linear}},
				{"as 1/(nL)", fromNormal(func(width, depth float64) float64 { return 0.4 / (width * depth) }), []sizeAt{relu, linear}},
				{"lognormal at any width and depth", fromNormal(root(0)), []sizeAt{relu, linear}},
			},
			command: func(c sizeAt) string { return signalOf(c.Activation, c.Width, c.Depth).command() },
		},
	}
}
