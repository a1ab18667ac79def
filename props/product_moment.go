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
		Domain:     "linear and ReLU at weight variance 1/n and 2/n, gaussian, no biases; width 24 to 72, depth n/20 to n/12; signal and tangent",
		Test:       "E‖Jv‖⁴, to a tenth of it",
		trial: &sampled[normAt]{
			draw: func(t *rapid.T) normAt {
				c := drawNorm(24, 72, 1)(t)
				c.Depth = gen.Integers((c.Width+19)/20, c.Width/12).Draw(t, "layers")
				return c
			},
			always: []normAt{relu, linear},
			sample: eachSquare(false, squared), predict: fourthMoment(exact),
			command: func(c normAt) string { return c.command() },
			mutants: []mutant[normAt]{
				{"the other activation's: 1 + 2/n for 1 + 5/n", fourthMoment(func(c networkAt) float64 {
					if c.Activation == "relu" {
						return growth(2)(c)
					}
					return growth(5)(c)
				}), []normAt{relu, linear}},
			},
			corners: []mutant[normAt]{
				{"no growth", fourthMoment(growth(0)), []normAt{relu}},
				{"1 + 1/n for linear: 1/n for 2/n", fourthMoment(growth(1)), []normAt{signalOf("linear", 128, 24)}},
				{"1 + 4/n for ReLU: that the active units vary forgotten", fourthMoment(growth(4)), []normAt{signalOf("relu", 512, 86)}},
				{"one layer's", fourthMoment(func(c networkAt) float64 { return 1 + 5/float64(c.Width) }), []normAt{relu}},
			},
		},
	}
}

// shareAt is a deep He-ReLU network and a number of standard deviations from the mean of its
// log‖Jv‖².
type shareAt struct {
	normAt
	Deviations float64 `json:"deviations"`
}

// drawMany draws He-ReLU networks of 900 units and more.
func drawMany(t *rapid.T) shareAt {
	width := gen.Widths(32, 96).Draw(t, "width")
	c := signalOf("relu", width, gen.Integers((900+width-1)/width, 40).Draw(t, "depth"))
	return shareAt{c, float64(rapid.IntRange(-1, 1).Draw(t, "deviations"))}
}

// belowDeviations observes whether log‖Jv‖² is below so many deviations.
func belowDeviations(c shareAt) (experiment, error) {
	mean, variance := c.logMoments()
	end := mean + c.Deviations*math.Sqrt(variance)
	return eachSquare(true, func(normAt) func(x float64) float64 {
		return func(x float64) float64 { return bit(x <= end) }
	})(c.normAt)
}

func logNormal() *Claim {
	clt := func(change func(c networkAt, mean, variance float64) (float64, float64)) predictor[shareAt] {
		return func(c shareAt) (prediction, error) {
			mean, variance := c.logMoments()
			end := mean + c.Deviations*math.Sqrt(variance)
			center, square := change(c.networkAt, mean, variance)
			near := 0.4 / math.Sqrt(float64(c.Width*c.Depth))
			return prediction{Zone: evidence.Zone{
				Theta0: special.NormCDF((end - center) / math.Sqrt(square)), Eps: near, Delta: near + 0.05, Side: evidence.Equal,
			}}, nil
		}
	}
	deep := signalOf("relu", 32, 40)
	center, side := shareAt{deep, 0}, shareAt{deep, 1}
	return &Claim{
		ID: "P5", Family: "product", Kind: Probability, Expected: evidence.Verified,
		Plain:    "With many units in all, the squared norm is lognormal.",
		Why:      "The central limit theorem for the sum of the logarithms of L layers; what is left is a skewness of order 1/√(nL).",
		See:      []string{"P5.rate"},
		Sentence: "In a He-ReLU network ‖Jv‖² is lognormal as the number of units nL → ∞.",
		Source:   haninNica, Unit: "probability", Asymptotic: "C/√(nL), C = 0.4", Assumption: "none; with the exact mean and variance",
		Domain: limitDomain + "width 32 to 96, depth up to 40, 900 units and more; −1, 0 and 1 standard deviations",
		Test:   "|P(log‖Jv‖² ≤ mean + z deviations) − Φ(z)| ≤ 0.4/√(nL), noticing 0.05 more",
		trial: &sampled[shareAt]{
			draw: drawMany, always: []shareAt{center, side, {deep, -1}},
			sample:  belowDeviations,
			predict: clt(func(_ networkAt, mean, variance float64) (float64, float64) { return mean, variance }),
			command: func(c shareAt) string { return c.command() },
			mutants: []mutant[shareAt]{
				{"around 0", clt(func(_ networkAt, _, variance float64) (float64, float64) { return 0, variance }), []shareAt{center}},
				{"of the linear network's variance, 2L/n", clt(func(c networkAt, mean, _ float64) (float64, float64) {
					return mean, 2 * float64(c.Depth) / float64(c.Width)
				}), []shareAt{side}},
			},
			corners: []mutant[shareAt]{
				{"of the linear network's mean, −L/n", clt(func(c networkAt, _, variance float64) (float64, float64) {
					return -float64(c.Depth) / float64(c.Width), variance
				}), []shareAt{center}},
				{"the logarithm of the norm for that of its square", clt(func(_ networkAt, mean, variance float64) (float64, float64) {
					return mean / 2, variance / 4
				}), []shareAt{center}},
				{"variance for deviation", clt(func(_ networkAt, mean, variance float64) (float64, float64) {
					return mean, variance * variance
				}), []shareAt{side}},
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
		ID: "P5.rate", Family: "product", Kind: Deterministic, Expected: evidence.Verified,
		Plain:    "The law of the log squared norm comes near a normal one at a rate of one over the root of all units.",
		Why:      "The central limit theorem with its rate: the number of independent terms is depth times width.",
		See:      []string{"P5"},
		Sentence: "The exact law of log‖Jv‖² comes near the normal one of its mean and variance as the number of units grows: for He-ReLU and linear networks the two are at most 0.4/√(nL) apart.",
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
