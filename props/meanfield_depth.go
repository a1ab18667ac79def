package props

import (
	"fmt"
	"math"
	"slices"
	"sync"

	"pgregory.net/rapid"

	"gradchain/props/evidence"
	"gradchain/props/internal/gen"
	"gradchain/sim/network"
	"gradchain/theory/meanfield"
)

// Mean field over many layers: the variance on its way to q*, and gradients, whose logarithm
// grows by ½ log χ₁ a layer. Its error is of the order 1/n.

// wide is the first order in 1/n of a number of a network.
type wide func(c networkAt) (meanfield.Wide, error)

var wideSquare = once(func(c networkAt) (meanfield.Wide, error) {
	return meanFieldOf(c).WideSquare(firstVariance(c), c.Depth)
})

// once computes a number once for a network: a claim and its mutants ask for the same.
func once(of wide) wide {
	type answer struct {
		meanfield.Wide
		err error
	}
	var seen sync.Map
	return func(c networkAt) (meanfield.Wide, error) {
		old, ok := seen.Load(c)
		if !ok {
			w, err := of(c)
			old = answer{w, err}
			seen.Store(c, old)
		}
		a := old.(answer)
		return a.Wide, a.err
	}
}

// wideGrowth is that of the growth of log‖gradient‖ per layer on the way back from layer L
// to layer 1.
var wideGrowth = once(func(c networkAt) (meanfield.Wide, error) { return growthFrom(1, c) })

// growthFrom is that of the growth down to another layer.
func growthFrom(layer int, c networkAt) (meanfield.Wide, error) {
	w, err := meanFieldOf(c).WideLogGrowth(firstVariance(c), layer, c.Depth)
	steps := 2 * float64(c.Depth-layer)
	return meanfield.Wide{Limit: w.Limit / steps, Bias: w.Bias / steps, Variance: w.Variance / (steps * steps)}, err
}

// backGrowth is what wideGrowth is about.
func backGrowth(c networkAt, s *network.Sample) float64 {
	return (s.LogGradNorm[1] - s.LogGradNorm[c.Depth]) / float64(c.Depth-1)
}

// within predicts that a median is the limit of infinite width up to slack/n, and notices
// delta standard deviations of a sample, or 1.5 times the slack.
func within(of wide, slack func(networkAt, meanfield.Wide) float64, delta float64, side evidence.Side) predictor[networkAt] {
	return func(c networkAt) (prediction, error) {
		w, err := of(c)
		variance := math.Abs(w.Variance) / float64(c.Width)
		eps := slack(c, w) / float64(c.Width)
		zone := evidence.Zone{Theta0: w.Limit, Eps: eps, Delta: max(2*eps, eps+delta*math.Sqrt(variance)), Side: side}
		return prediction{Zone: zone, Variance: variance}, err
	}
}

// The slacks C of C/n: of a second moment, whose median is off its mean by a part of its
// skewness, for a product of many layers by half of its relative variance; and of the growth per
// layer of the logarithm of a gradient.
func squareSlack(c networkAt, _ meanfield.Wide) float64 {
	w, err := wideSquare(c)
	if err != nil {
		panic("props: " + err.Error())
	}
	return 2*math.Abs(w.Bias) + 0.3*math.Sqrt(w.Variance) + 0.7*w.Variance/w.Limit
}

func growthSlack(c networkAt, w meanfield.Wide) float64 {
	return 2*math.Abs(w.Bias) + 1/float64(c.Depth-1)
}

const (
	squareC = "C/n, C = 2|b| + 0.3s + 0.7s²/limit, where b/n and s²/n are bias and variance to the order 1/n in theory"
	growthC = "C/n, C = 2|b| + 1/(L − 1), where b/n is the bias to the order 1/n in theory"
)

// limitOf changes the limit.
func limitOf(of wide, change func(c networkAt, limit float64) float64) wide {
	return func(c networkAt) (meanfield.Wide, error) {
		w, err := of(c)
		w.Limit = change(c, w.Limit)
		return w, err
	}
}

// limitFrom takes the limit of another network.
func limitFrom(of wide, other func(c networkAt) networkAt) wide {
	return func(c networkAt) (meanfield.Wide, error) {
		w, err := of(c)
		if err != nil {
			return w, err
		}
		o, err := of(other(c))
		w.Limit = o.Limit
		return w, err
	}
}

// rootGain is σ_w for σ_w².
func rootGain(c networkAt) networkAt {
	c.WeightStd = math.Sqrt(c.WeightStd)
	return c
}

func withoutBiases(c networkAt) networkAt { return biased(c, 0) }

// layersLess is the network with fewer layers, one at least.
func layersLess(by int) func(networkAt) networkAt {
	return func(c networkAt) networkAt {
		c.Depth = max(1, c.Depth-by)
		return c
	}
}

// contracting are the gains up to which the variance of a network comes to a q* soon, from
// wherever it starts.
func contracting(phi string) float64 {
	switch {
	case phi == "selu":
		return 1.1
	case slices.Contains(unboundedPhi, phi):
		return 1.2
	}
	return mostGain(phi)
}

// drawContracting draws a network of one width whose variance has a q*.
func drawContracting(t *rapid.T, width int) networkAt {
	phi := rapid.SampledFrom(anyPhi).Draw(t, "activation")
	c := dense(phi, gen.Decimals(0.5, contracting(phi), 0.1).Draw(t, "weight_std"), width, 0)
	return biased(c, gen.Decimals(0.3, 1, 0.1).Draw(t, "bias_std"))
}

const contractingWords = anyPhiWords + "; σ_w 0.5 to 3 (sigmoid 6, unbounded φ 1.2, SELU 1.1), σ_b 0.3 to 1"

// settledSquare is the limit for as many layers as it takes.
func settledSquare(c networkAt) (meanfield.Wide, error) {
	q, err := meanFieldOf(c).VarianceAtDepth(firstVariance(c), 400)
	return meanfield.Wide{Limit: (q - c.BiasStd*c.BiasStd) / (c.WeightStd * c.WeightStd)}, err
}

// toFixedPoint predicts that the variance has come to a fixed point, up to what is left of the
// way and C/n.
func toFixedPoint(of wide) predictor[networkAt] {
	return func(c networkAt) (prediction, error) {
		w, err := wideSquare(c)
		if err != nil {
			return prediction{}, err
		}
		end, err := settledSquare(c)
		if err != nil {
			return prediction{}, err
		}
		left := math.Abs(w.Limit - end.Limit)
		wrong, err := of(c)
		w.Limit = wrong.Limit
		n := float64(c.Width)
		return within(func(networkAt) (meanfield.Wide, error) { return w, err }, func(c networkAt, w meanfield.Wide) float64 {
			return squareSlack(c, w) + n*left
		}, 0.4, evidence.Equal)(c)
	}
}

func varianceFixedPoint() *Claim {
	above, below := biased(dense("tanh", 2, 512, 8), 0.3), biased(dense("selu", 1.1, 512, 15), 1)
	return &Claim{
		ID: "MF.fixed", Family: "mean field", Kind: Median, Expected: evidence.Verified,
		Plain:    "In wide networks the size of the signal settles at a fixed point.",
		Why:      "Fluctuations fall like 1/n, so the iterated map is followed layer by layer.",
		See:      []string{"meanfield.fixed_point"},
		Sentence: "Where the variance map contracts, the mean square of the units of a wide network comes to that of its fixed point q* = V(q*), from above or from below.",
		Source:   Source{Paper: "Poole et al. 2016, Exponential expressivity in deep neural networks through transient chaos", Eq: "fixed point of the length map"}, Unit: "second moment",
		Asymptotic: squareC + ", and what is left of the way to q*",
		Assumption: "none",
		Domain:     "512 units, 5 to 15 layers; " + contractingWords,
		Test:       "half of the networks have ‖x^L‖²/n above (q* − σ_b²)/σ_w², up to C/n; to 0.4 standard deviations or as much again",
		trial: &sampled[networkAt]{
			draw: func(t *rapid.T) networkAt {
				c := drawContracting(t, 512)
				c.Depth = gen.Depths(5, 15).Draw(t, "depth")
				return c
			},
			always:  []networkAt{above, below},
			sample:  eachNetwork(lastMoment),
			predict: toFixedPoint(settledSquare),
			command: networkAt.command,
			details: chiDetails,
			corners: []mutant[networkAt]{
				{"the biases are left out", toFixedPoint(limitFrom(settledSquare, withoutBiases)), []networkAt{biased(dense("tanh", 2, 512, 8), 1)}},
			},
			mutants: []mutant[networkAt]{
				{"the variance stays where it starts", toFixedPoint(limitFrom(wideSquare, func(c networkAt) networkAt { c.Depth = 1; return c })), []networkAt{above, below}},
				{"σ_w for σ_w²", toFixedPoint(limitFrom(settledSquare, rootGain)), []networkAt{above}},
				{"the variance is q*, not (q* − σ_b²)/σ_w²", toFixedPoint(limitOf(settledSquare, func(c networkAt, x float64) float64 {
					return c.WeightStd*c.WeightStd*x + c.BiasStd*c.BiasStd
				})), []networkAt{above, below}},
			},
		},
	}
}

// limitAtWidth is the mean to the order 1/n, where a claim is a bound or has a slack.
func limitAtWidth(of wide) func(networkAt) (float64, error) {
	return func(c networkAt) (float64, error) {
		w, err := of(c)
		return w.At(c.Width).Mean, err
	}
}

func iteratedMap() *Claim {
	selu, tanh := dense("selu", 1, 64, 4), biased(dense("tanh", 1.5, 128, 3), 0.3)
	return &Claim{
		ID: "MF.depth", Family: "mean field", Kind: Median, Expected: evidence.Verified,
		Plain:    "In wide networks the size of the signal follows the variance map at every layer.",
		Why:      "Fluctuations of the mean square are of order 1/n, so at infinite width it is a number, and the map iterates.",
		See:      []string{"MF.depth.width", "meanfield.variance_map"},
		Sentence: "In wide networks the mean square of the units follows the iterated variance map layer by layer.",
		Source:   Source{Paper: "Poole et al. 2016, Exponential expressivity in deep neural networks through transient chaos", Eq: "iterated length map, a limit theorem"}, Unit: "second moment",
		Asymptotic: squareC,
		Assumption: "none",
		Domain:     "32 to 512 units, 2 to 6 layers; " + anyPhiWords + "; σ_w 0.8 to 3 (sigmoid 6, unbounded φ 2), σ_b 0 to 1",
		Test:       "half of the networks have ‖x^L‖²/n above (V^L(q₁) − σ_b²)/σ_w², q₁ = σ_w² + σ_b², up to C/n; to 0.25 standard deviations or as much again",
		trial: &sampled[networkAt]{
			draw: func(t *rapid.T) networkAt {
				c := drawGain(t, 0.8, anyPhi...)
				c.Width, c.Depth = gen.Widths(32, 512).Draw(t, "width"), gen.Depths(2, 6).Draw(t, "depth")
				return c
			},
			always:  []networkAt{selu, tanh},
			sample:  eachNetwork(lastMoment),
			predict: within(wideSquare, squareSlack, 0.25, evidence.Equal),
			command: networkAt.command,
			corners: []mutant[networkAt]{
				{"one layer too few", within(limitFrom(wideSquare, layersLess(1)), squareSlack, 0.25, evidence.Equal), []networkAt{tanh}},
			},
			mutants: []mutant[networkAt]{
				{"the variance stays that of layer 1", within(limitFrom(wideSquare, func(c networkAt) networkAt { c.Depth = 1; return c }), squareSlack, 0.25, evidence.Equal), []networkAt{tanh}},
				{"σ_w for σ_w²", within(limitFrom(wideSquare, rootGain), squareSlack, 0.25, evidence.Equal), []networkAt{tanh}},
				{"the units are linear: σ_w²(… + σ_b²)", within(limitFrom(wideSquare, func(c networkAt) networkAt { c.Activation = "linear"; return c }), squareSlack, 0.25, evidence.Equal), []networkAt{tanh}},
			},
		},
	}
}

// growthWith predicts the growth per layer of the logarithm of a gradient.
func growthWith(change func(c networkAt, growth float64) float64, delta float64) predictor[networkAt] {
	return within(limitOf(wideGrowth, change), growthSlack, delta, evidence.Equal)
}

func same(_ networkAt, x float64) float64     { return x }
func twice(_ networkAt, x float64) float64    { return 2 * x }
func nothing(networkAt, float64) float64      { return 0 }
func ofLinear(c networkAt, _ float64) float64 { return math.Log(c.WeightStd) }

func gradientGrowth() *Claim {
	chaotic, ordered := biased(dense("tanh", 2, 512, 10), 0.3), biased(dense("gelu", 1, 512, 10), 0.3)
	return &Claim{
		ID: "MF.chi1", Family: "mean field", Kind: Median, Expected: evidence.Verified,
		Plain:    "In wide networks one number, χ₁, says whether gradients vanish or explode.",
		Why:      "E‖∇‖² is multiplied by σ_w² E φ′² a layer, the weights on the way back taken as independent.",
		See:      []string{"meanfield.chi_1"},
		Sentence: "In wide networks gradients grow by the factor √χ₁ a layer on the way back: they vanish in the ordered phase, χ₁ < 1, and explode in the chaotic one, χ₁ > 1.",
		Source:   Source{Paper: "Schoenholz et al. 2017, Deep Information Propagation", Eq: "section 4, gradients"}, Unit: "nats per layer",
		Asymptotic: growthC,
		Assumption: "none",
		Domain:     "256 to 1,024 units, 3 to 20 layers; " + contractingWords,
		Test:       "half of the networks have (log‖∇₁‖ − log‖∇_L‖)/(L − 1) above the mean of ½ log χ₁(q_l) over l = 1 … L−1, up to C/n; to 0.5 standard deviations or as much again",
		trial: &sampled[networkAt]{
			draw: func(t *rapid.T) networkAt {
				c := drawContracting(t, gen.Widths(256, 1024).Draw(t, "width"))
				c.Depth = gen.Depths(3, 20).Draw(t, "depth")
				return c
			},
			always:  []networkAt{chaotic, ordered},
			sample:  eachNetwork(backGrowth),
			predict: growthWith(same, 0.5),
			command: networkAt.command,
			details: chiDetails,
			corners: []mutant[networkAt]{
				{"χ₁ at layer 1", growthWith(func(c networkAt, _ float64) float64 { return math.Log(chi1(c)) / 2 }, 0.5), []networkAt{chaotic}},
			},
			mutants: []mutant[networkAt]{
				{"log χ₁ for ½ log χ₁", growthWith(twice, 0.5), []networkAt{chaotic, ordered}},
				{"the norm neither grows nor decays", growthWith(nothing, 0.5), []networkAt{chaotic, ordered}},
				{"φ is linear: log σ_w", growthWith(ofLinear, 0.5), []networkAt{chaotic, ordered}},
				{"σ_w E φ′² for σ_w² E φ′²", growthWith(func(c networkAt, x float64) float64 { return x - math.Log(c.WeightStd)/2 }, 0.5), []networkAt{chaotic}},
			},
		},
	}
}

// chiDetails says in which phase a network is.
func chiDetails(c networkAt) []string {
	n := meanFieldOf(c)
	q, err := n.FixedPoint()
	if err != nil {
		return []string{err.Error()}
	}
	chi, _ := n.Chi1(q)
	return []string{fmt.Sprintf("q* = %.4g, χ₁ = %.4g there", q, chi)}
}
