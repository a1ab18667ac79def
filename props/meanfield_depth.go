package props

import (
	"fmt"
	"math"

	"pgregory.net/rapid"

	"gradchain/props/evidence"
	"gradchain/props/internal/gen"
	"gradchain/sim/network"
	"gradchain/theory/gauss"
	"gradchain/theory/meanfield"
)

// Mean field over many layers: the variance on its way to q*, and gradients, whose logarithm
// grows by ½ log χ₁ a layer. Its error is of the order 1/n.

// wide is the first order in 1/n of a number of a network.
type wide func(c networkAt) (meanfield.Wide, error)

func wideSquare(c networkAt) (meanfield.Wide, error) {
	return meanFieldOf(c).WideSquare(firstVariance(c), c.Depth)
}

// wideGrowth is that of the growth of log‖gradient‖ per layer on the way back from layer L
// to layer 1.
func wideGrowth(c networkAt) (meanfield.Wide, error) {
	w, err := meanFieldOf(c).WideLogGrowth(firstVariance(c), 1, c.Depth)
	steps := 2 * float64(c.Depth-1)
	return meanfield.Wide{Limit: w.Limit / steps, Bias: w.Bias / steps, Variance: w.Variance / (steps * steps)}, err
}

// backGrowth is what wideGrowth is about.
func backGrowth(c networkAt, s *network.Sample) float64 {
	return (s.LogGradNorm[1] - s.LogGradNorm[c.Depth]) / float64(c.Depth-1)
}

// wideLimit predicts that a mean is the one of infinite width, up to twice the first order, and
// that it is so to delta.
func wideLimit(of wide, delta func(meanfield.Wide) float64) predictor[networkAt] {
	return func(c networkAt) (prediction, error) {
		w, err := of(c)
		at := w.At(c.Width)
		zone := evidence.Zone{Theta0: w.Limit, Eps: 2 * math.Abs(at.Mean-w.Limit), Delta: delta(w)}
		return prediction{Zone: zone, Variance: 1.5 * at.Variance}, err
	}
}

// What is declared of the orders beyond 1/n, and not proved.
var (
	givenBias      = "|E − limit| ≤ 2·(its 1/n term), not proved"
	givenVariance  = "Var ≤ 1.5·(its 1/n term), not proved"
	wideGiven      = []string{givenBias, givenVariance}
	wideSpread     = []string{givenVariance}
	twoDepthsGiven = []string{"the 1/n² term of E ≤ 0.3·(its 1/n term), not proved", givenVariance}
)

const wideAssumption = "ε is twice the term of the order 1/n in theory; the variance is at most 1.5 times that of the order 1/n"

// partOfLimit is a discrepancy in parts of the limit.
func partOfLimit(part float64) func(meanfield.Wide) float64 {
	return func(w meanfield.Wide) float64 { return part * math.Abs(w.Limit) }
}

// nats is a discrepancy of its own.
func nats(delta float64) func(meanfield.Wide) float64 {
	return func(meanfield.Wide) float64 { return delta }
}

// atDepth is the same network at another depth.
func atDepth(of wide, depth func(networkAt) int) wide {
	return func(c networkAt) (meanfield.Wide, error) {
		c.Depth = depth(c)
		return of(c)
	}
}

// contracting are the gains between which the variance of every network comes to a q* soon.
var contracting = map[string][2]float64{
	"tanh": {0.5, 3}, "erf": {0.5, 3}, "relu": {0.5, 1.2}, "selu": {0.5, 1.1}, "gelu": {0.5, 1.2}, "silu": {0.5, 1.2},
}

// drawContracting draws a network of one width whose variance has a q*.
func drawContracting(t *rapid.T, width int) networkAt {
	phi := rapid.SampledFrom([]string{"tanh", "erf", "relu", "selu", "gelu", "silu"}).Draw(t, "activation")
	c := dense(phi, gen.Decimals(contracting[phi][0], contracting[phi][1], 0.1).Draw(t, "weight_std"), width, 0)
	return biased(c, gen.Decimals(0.3, 1, 0.1).Draw(t, "bias_std"))
}

func varianceFixedPoint() *Claim {
	above, below := biased(dense("tanh", 2, 512, 3), 0.3), biased(dense("selu", 1.1, 512, 6), 1)
	return &Claim{
		ID: "MF.fixed", Family: "mean field", Kind: Mean, Expected: evidence.Verified,
		Sentence: "In wide networks the mean square of the units follows the iterated variance map layer by layer, from above or from below, to where q* = V(q*).",
		Source:   Source{Paper: "Poole et al. 2016, Exponential expressivity in deep neural networks through transient chaos", Eq: "iterated length map"}, Unit: "second moment",
		Assumption: wideAssumption, Given: wideGiven,
		Domain: "512 units, 1 to 20 layers; tanh, erf, ReLU, SELU, GELU, SiLU; gains with χ_q < 1, σ_b 0.3 to 1",
		Test:   "E ‖x^L‖²/n = (V^L(q₁) − σ_b²)/σ_w², q₁ = σ_w² + σ_b², to 5 %",
		trial: &sampled[networkAt]{
			draw: func(t *rapid.T) networkAt {
				c := drawContracting(t, 512)
				c.Depth = gen.Depths(1, 20).Draw(t, "depth")
				return c
			},
			always:  []networkAt{above, below},
			sample:  eachNetwork(lastMoment),
			predict: wideLimit(wideSquare, partOfLimit(0.05)),
			command: networkAt.command,
			mutants: []mutant[networkAt]{
				{"the variance stays where it starts", wideLimit(atDepth(wideSquare, func(networkAt) int { return 1 }), partOfLimit(0.05)), []networkAt{above, below}},
				{"half of the layers", wideLimit(atDepth(wideSquare, func(c networkAt) int { return (c.Depth + 1) / 2 }), partOfLimit(0.05)), []networkAt{below}},
				{"q* at once", wideLimit(atDepth(wideSquare, func(networkAt) int { return 200 }), partOfLimit(0.05)), []networkAt{below}},
			},
		},
	}
}

// approach predicts that the variance comes down to q* at least by the power χ_q^(speed·(L−1)).
func approach(speed float64) predictor[networkAt] {
	return func(c networkAt) (prediction, error) {
		n := meanFieldOf(c)
		q, err := n.FixedPoint()
		if err != nil {
			return prediction{}, err
		}
		chi, err := n.ChiQ(q)
		bound := q + (firstVariance(c)-q)*math.Pow(chi, speed*float64(c.Depth))
		top := (bound - c.BiasStd*c.BiasStd) / (c.WeightStd * c.WeightStd)
		if err != nil {
			return prediction{}, err
		}
		w, err := wideSquare(c)
		zone := evidence.Zone{Theta0: top, Delta: 0.02, Side: evidence.AtMost}
		return prediction{Zone: zone, Variance: 1.5 * w.At(c.Width).Variance}, err
	}
}

func varianceRate() *Claim {
	slow := biased(dense("tanh", 1.1, 64, 4), 0.1)
	return &Claim{
		ID: "MF.rate", Family: "mean field", Kind: Mean, Expected: evidence.Verified,
		Sentence: "The variance comes down to q* at the depth scale ξ_q = −1/log χ_q or faster, at any width: E q_l ≤ q* + (q₁ − q*)e^(−(l−1)/ξ_q).",
		Source:   Source{Paper: "Schoenholz et al. 2017, Deep Information Propagation; the bound is derived: V is concave and lies below its tangent at q*, and E V(q) ≤ V(E q)", Eq: "section 3"}, Unit: "second moment",
		Assumption: "the variance is at most 1.5 times that of the order 1/n", Given: wideSpread,
		Domain: "4 to 64 units, 1 to 10 layers; tanh, erf; σ_w 1.1 to 3, σ_b 0.1 to 1; from above",
		Test:   "E ‖x^L‖²/n ≤ (q* + (q₁ − q*)χ_q^L − σ_b²)/σ_w²",
		trial: &sampled[networkAt]{
			draw: func(t *rapid.T) networkAt {
				phi := rapid.SampledFrom([]string{"tanh", "erf"}).Draw(t, "activation")
				c := dense(phi, gen.Decimals(1.1, 3, 0.1).Draw(t, "weight_std"), gen.Widths(4, 64).Draw(t, "width"), gen.Depths(1, 10).Draw(t, "depth"))
				return biased(c, gen.Decimals(0.1, 1, 0.1).Draw(t, "bias_std"))
			},
			always:  []networkAt{slow},
			sample:  eachNetwork(lastMoment),
			predict: approach(1),
			truth: func(c networkAt) (float64, error) {
				w, err := wideSquare(c)
				return w.At(c.Width).Mean, err
			},
			command: networkAt.command,
			mutants: []mutant[networkAt]{
				{"four times as fast", approach(4), []networkAt{slow}},
				{"q* at once", approach(math.Inf(1)), []networkAt{slow}},
			},
		},
	}
}

// firstOrder predicts a mean with its first order in 1/n, which is right to 0.3 of itself.
func firstOrder(of wide, scale float64) predictor[networkAt] {
	return func(c networkAt) (prediction, error) {
		w, err := of(c)
		at := w.At(c.Width)
		first := math.Abs(at.Mean - w.Limit)
		zone := evidence.Zone{
			Theta0: w.Limit + scale*(at.Mean-w.Limit), Eps: 0.3 * first, Delta: max(0.6*first, 0.12*math.Sqrt(at.Variance)),
		}
		return prediction{Zone: zone, Variance: 1.5 * at.Variance}, err
	}
}

// drawNarrow draws narrow networks of a few layers, of activations for which the order 1/n² is
// small.
func drawNarrow(least int) func(*rapid.T) networkAt {
	return func(t *rapid.T) networkAt {
		phi := rapid.SampledFrom([]string{"tanh", "erf", "selu"}).Draw(t, "activation")
		std := gen.Decimals(1, contracting[phi][1], 0.1).Draw(t, "weight_std")
		c := dense(phi, std, gen.Widths(least, 32).Draw(t, "width"), gen.Depths(2, 6).Draw(t, "depth"))
		return biased(c, gen.Decimals(0, 0.5, 0.1).Draw(t, "bias_std"))
	}
}

func anyWidth() *Claim {
	selu := dense("selu", 1, 8, 8)
	literal := func(of wide) predictor[networkAt] {
		return func(c networkAt) (prediction, error) {
			p, err := firstOrder(of, 0)(c)
			p.Zone.Eps = 0
			return p, err
		}
	}
	return &Claim{
		ID: "MF.depth", Family: "mean field", Kind: Mean, Expected: evidence.Refuted, Correction: "MF.depth.corrected",
		Sentence: "The iterated variance map gives the mean square of the units at any depth and any width.",
		Source:   Source{Paper: "Poole et al. 2016, Exponential expressivity in deep neural networks through transient chaos, read without the limit of large width", Eq: "iterated length map"}, Unit: "second moment",
		Assumption: "the variance is at most 1.5 times that of the order 1/n", Given: wideSpread,
		Domain: "8 to 32 units, 2 to 6 layers; tanh, erf, SELU; σ_w 1 to 3 (SELU 1.1), σ_b 0 to 0.5; SELU of 8 units and 8 layers",
		Test:   "E ‖x^L‖²/n = (V^L(q₁) − σ_b²)/σ_w²",
		trial: &sampled[networkAt]{
			draw:    drawNarrow(8),
			always:  []networkAt{selu},
			sample:  eachNetwork(lastMoment),
			predict: literal(wideSquare),
			command: networkAt.command,
			mutants: []mutant[networkAt]{
				{"a gain of 5 % a layer", literal(func(c networkAt) (meanfield.Wide, error) {
					w, err := wideSquare(c)
					w.Limit *= math.Pow(1.05, float64(c.Depth))
					return w, err
				}), []networkAt{selu}},
			},
		},
	}
}

func anyWidthCorrected() *Claim {
	selu := dense("selu", 0.9, 16, 16)
	return &Claim{
		ID: "MF.depth.corrected", Family: "mean field", Kind: Mean, Expected: evidence.Verified,
		Sentence: "At width n the mean square of the units is off the iterated map by b_L/n: at every layer the fluctuation of q adds half its variance times the curvature of the map, b′ = V′b + ½V″v, v′ = V′²v + σ_w⁴ Var φ².",
		Source:   Source{Paper: "derived: delta method, as in Roberts, Yaida & Hanin 2021, The Principles of Deep Learning Theory", Eq: "chapter 5"}, Unit: "second moment",
		Assumption: "the order 1/n² is at most 0.3 of b_L/n; the variance is at most 1.5 times that of the order 1/n",
		Given:      twoDepthsGiven,
		Domain:     "16 to 32 units, 2 to 6 layers; tanh, erf, SELU; σ_w 1 to 3 (SELU 1.1), σ_b 0 to 0.5; SELU of 16 units and 16 layers",
		Test:       "E ‖x^L‖²/n = (V^L(q₁) − σ_b²)/σ_w² + b_L/n",
		trial: &sampled[networkAt]{
			draw:    drawNarrow(16),
			always:  []networkAt{selu},
			sample:  eachNetwork(lastMoment),
			predict: firstOrder(wideSquare, 1),
			command: networkAt.command,
			mutants: []mutant[networkAt]{
				{"no correction", firstOrder(wideSquare, 0), []networkAt{selu}},
				{"the other sign", firstOrder(wideSquare, -1), []networkAt{selu}},
				{"without the half: twice the correction", firstOrder(wideSquare, 2), []networkAt{selu}},
			},
		},
	}
}

func gradientGrowth() *Claim {
	chaotic, ordered := biased(dense("tanh", 2, 512, 10), 0.3), biased(dense("gelu", 1, 512, 10), 0.3)
	per := func(change func(c networkAt, growth float64) float64) predictor[networkAt] {
		return wideLimit(func(c networkAt) (meanfield.Wide, error) {
			w, err := wideGrowth(c)
			w.Limit = change(c, w.Limit)
			return w, err
		}, nats(0.02))
	}
	return &Claim{
		ID: "MF.chi1", Family: "mean field", Kind: Mean, Expected: evidence.Verified,
		Sentence: "In wide networks gradients grow by the factor √χ₁ a layer on the way back: they vanish in the ordered phase, χ₁ < 1, and explode in the chaotic one, χ₁ > 1.",
		Source:   Source{Paper: "Schoenholz et al. 2017, Deep Information Propagation", Eq: "section 4, gradients"}, Unit: "nats per layer",
		Assumption: wideAssumption, Given: wideGiven,
		Domain: "512 units, 3 to 20 layers; tanh, erf, ReLU, SELU, GELU, SiLU; gains with χ_q < 1, σ_b 0.3 to 1",
		Test:   "E(log‖∇₁‖ − log‖∇_L‖)/(L − 1) = the mean of ½ log χ₁(q_l) over l = 1 … L−1, to 0.02",
		trial: &sampled[networkAt]{
			draw: func(t *rapid.T) networkAt {
				c := drawContracting(t, 512)
				c.Depth = gen.Depths(3, 20).Draw(t, "depth")
				return c
			},
			always:  []networkAt{chaotic, ordered},
			sample:  eachNetwork(backGrowth),
			predict: wideLimit(wideGrowth, nats(0.02)),
			command: networkAt.command,
			details: chiDetails,
			mutants: []mutant[networkAt]{
				{"log χ₁ for ½ log χ₁", per(func(_ networkAt, g float64) float64 { return 2 * g }), []networkAt{chaotic, ordered}},
				{"the norm neither grows nor decays", per(func(networkAt, float64) float64 { return 0 }), []networkAt{chaotic, ordered}},
				{"φ is linear: log σ_w", per(func(c networkAt, _ float64) float64 { return math.Log(c.WeightStd) }), []networkAt{chaotic, ordered}},
				{"E log|φ′| for ½ log E φ′²", per(logSlope), []networkAt{chaotic}},
			},
		},
	}
}

// logSlope is log σ_w + E log|φ′| at q*, a Jensen swap.
func logSlope(c networkAt, _ float64) float64 {
	q, _ := meanFieldOf(c).FixedPoint()
	mean, _, err := gauss.LogDerivativeMean(c.model().Activation, q)
	if err != nil {
		panic("props: " + err.Error())
	}
	return math.Log(c.WeightStd) + mean
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
