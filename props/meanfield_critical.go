package props

import (
	"fmt"
	"math"
	"slices"

	"pgregory.net/rapid"

	"gradchain/props/evidence"
	"gradchain/props/internal/gen"
	"gradchain/theory/activation"
	"gradchain/theory/figures"
	"gradchain/theory/gauss"
	"gradchain/theory/meanfield"
)

// The critical line χ₁ = 1: what it is good for where the variance runs away from it, and on
// which side of it networks without biases are.

// criticalNet is a network at a point of the critical line: χ₁ = 1 at the fixed point q*.
type criticalNet struct {
	networkAt
	Q float64 `json:"q_star"`
}

// criticalOf is the network of an activation whose χ₁ is 1 at q.
func criticalOf(phi string, q float64, width int) criticalNet {
	a := activation.MustParse(phi)
	weightVar, err := meanfield.CriticalWeightVar(a, q)
	if err != nil {
		panic("props: " + err.Error())
	}
	biasVar, err := meanfield.CriticalBiasVar(a, q)
	if err != nil {
		panic("props: " + err.Error())
	}
	round := func(variance float64) float64 { return figures.Round(math.Sqrt(variance), figures.Model) }
	return criticalNet{biased(dense(phi, round(weightVar), width, 30), round(biasVar)), q}
}

func (c criticalNet) chiQ() float64 {
	chi, err := meanFieldOf(c.networkAt).ChiQ(c.Q)
	if err != nil {
		panic("props: " + err.Error())
	}
	return chi
}

// farther is how many times as far from q* as at layer 1 the variance is above layer L, in
// the logarithm.
func (c criticalNet) farther() float64 {
	first := firstVariance(c.networkAt)
	above, err := meanFieldOf(c.networkAt).VarianceAtDepth(first, c.Depth+1)
	if err != nil {
		panic("props: " + err.Error())
	}
	return math.Abs(math.Log(above/c.Q) / math.Log(first/c.Q))
}

// clear says whether nearly all networks of the width do what one of infinite width does: the
// variance above layer L is 2.5 standard deviations, in the logarithm, from being as far from q*
// as that of layer 1.
func (c criticalNet) clear() bool {
	w, err := wideSquare(c.networkAt)
	if err != nil {
		panic("props: " + err.Error())
	}
	above := varianceAbove(c.networkAt, w.Limit)
	deviation := c.WeightStd * c.WeightStd * math.Sqrt(w.Variance/float64(c.Width)) / above
	margin := math.Abs(math.Log(above/c.Q)) - math.Abs(math.Log(firstVariance(c.networkAt)/c.Q))
	return math.Abs(margin) >= 2.5*deviation
}

// drawCritical draws a critical point, 512 to 1,024 units wide, whose side 30 layers tell:
// the variance starts away from q*, and in infinite width it comes to half of the distance, or
// goes to 1.5 times it, whichever, and the width is large enough to see that.
func drawCritical(activations ...string) func(*rapid.T) criticalNet {
	clear := rapid.Custom(func(t *rapid.T) criticalNet {
		phi := rapid.SampledFrom(activations).Draw(t, "activation")
		q := rapid.SampledFrom([]float64{0.1, 0.2, 0.3, 0.5, 1, 5, 12, 20}).Draw(t, "q_star")
		return criticalOf(phi, q, 64*rapid.IntRange(8, 16).Draw(t, "width/64"))
	}).Filter(func(c criticalNet) bool {
		if math.Abs(math.Log(firstVariance(c.networkAt)/c.Q)) < 0.3 {
			return false // it starts there
		}
		ratio := c.farther()
		return (ratio <= 0.5 || ratio >= 1.5) && c.clear()
	})
	return func(t *rapid.T) criticalNet { return clear.Draw(t, "network") }
}

// nearer observes the event that the variance of layer L + 1 is nearer to the fixed point
// than that of layer 1, in the logarithm.
func nearer(c criticalNet, samples []nets, dst []float64) []float64 {
	before := math.Abs(math.Log(firstVariance(c.networkAt) / c.Q))
	for i := range samples[0] {
		last := varianceAbove(c.networkAt, lastMoment(c.networkAt, &samples[0][i]))
		dst = append(dst, bit(math.Abs(math.Log(last/c.Q)) < before))
	}
	return dst
}

// keeps predicts that the event almost always happens, or almost never.
func keeps(stable func(criticalNet) bool) predictor[criticalNet] {
	return func(c criticalNet) (prediction, error) {
		zone := evidence.Zone{Theta0: 0.9, Delta: 0.2, Side: evidence.AtLeast}
		if !stable(c) {
			zone = evidence.Zone{Theta0: 0.1, Delta: 0.2, Side: evidence.AtMost}
		}
		return prediction{Zone: zone}, nil
	}
}

func alwaysKept(criticalNet) bool         { return true }
func neverKept(criticalNet) bool          { return false }
func contracts(c criticalNet) bool        { return c.chiQ() < 1 }
func contractsNot(c criticalNet) bool     { return !contracts(c) }
func kept(c criticalNet) (float64, error) { return bit(c.farther() < 1), nil }

// criticalDetails shows the fixed point.
func criticalDetails(c criticalNet) []string {
	first := firstVariance(c.networkAt)
	rms := func(q float64) float64 {
		return math.Sqrt(max(0, q-c.BiasStd*c.BiasStd)) / c.WeightStd
	}
	low, high := min(first, c.Q*c.Q/first), max(first, c.Q*c.Q/first)
	return []string{
		fmt.Sprintf("q* = %.4g, q₁ = %.4g, χ₁ = 1, χ_q = %.4g at q*", c.Q, first, c.chiQ()),
		fmt.Sprintf("nearer to q* is rms x of the last layer between %.4g and %.4g", rms(low), rms(high)),
	}
}

func ofCritical(c criticalNet) []networkAt { return []networkAt{c.networkAt} }

// criticalPhi are activations with critical points at q* > 0.
var criticalPhi = slices.Concat(oddPhi, []string{"elu", "selu"}, bumpedPhi)

const criticalWords = "critical networks of 512 to 1,024 units and 30 layers; tanh, erf, arctan, softsign, hard tanh, sin, ELU, SELU, GELU, SiLU, mish, hard swish; q* 0.1 to 20 and not within a factor 1.35 of the input's variance, where 30 layers of infinite width come to half of the distance from q* or go to 1.5 times it, 2.5 standard deviations of the width or more from keeping it"

func criticalKeeps() *Claim {
	gelu, tanh := criticalOf("gelu", 0.2, 1024), criticalOf("tanh", 0.2, 1024)
	return &Claim{
		ID: "MF.critical", Family: "mean field", Kind: Probability, Expected: evidence.Refuted, Correction: "MF.critical.corrected",
		Plain:    "At the edge of chaos some activations do not keep their signal: it runs away.",
		Why:      "χ₁ = 1 says nothing of χ_q; for GELU and SiLU at small q* it is above 1, and the fixed point repels.",
		See:      []string{"meanfield.chi_q"},
		Sentence: "At its edge of chaos, χ₁ = 1 at q*, a deep network keeps its variance: it comes nearer to q* with depth.",
		Source:   Source{Paper: "Hayou, Doucet & Rousseau 2019, On the Impact of the Activation Function on Deep Neural Networks Training, read for every activation and every point of the line"}, Unit: "probability",
		Assumption: "none",
		Domain:     criticalWords,
		Test:       "P(|log(q_L+1/q*)| < |log(q₁/q*)|) ≥ 0.9",
		trial: &sampled[criticalNet]{
			draw:    drawCritical(criticalPhi...),
			always:  []criticalNet{gelu},
			sample:  networks(ofCritical, nearer),
			predict: keeps(alwaysKept),
			truth:   kept,
			command: func(c criticalNet) string { return c.command() },
			details: criticalDetails,
			mutants: []mutant[criticalNet]{
				{"it never keeps it", keeps(neverKept), []criticalNet{tanh}},
				{"if and only if χ_q > 1", keeps(contractsNot), []criticalNet{tanh}},
				{"if and only if q* > 1", keeps(func(c criticalNet) bool { return c.Q > 1 }), []criticalNet{tanh}},
			},
		},
	}
}

func criticalStable() *Claim {
	gelu, silu, tanh, high := criticalOf("gelu", 0.2, 1024), criticalOf("silu", 1, 1024), criticalOf("tanh", 0.2, 1024), criticalOf("gelu", 20, 1024)
	return &Claim{
		ID: "MF.critical.corrected", Family: "mean field", Kind: Probability, Expected: evidence.Verified,
		Plain:    "The signal stays at a critical point only if χ_q is below 1 there.",
		Why:      "χ_q is the slope of the variance map: above 1 a small deviation grows at every layer.",
		See:      []string{"MF.critical"},
		Sentence: "At the edge of chaos the variance comes to q* if and only if χ_q < 1 there; the low critical points of GELU (q* < 3.56), SiLU (q* < 14.3), mish and hard swish are unstable and it runs away from them, upwards or downwards.",
		Source:   Source{Paper: "Roberts, Yaida & Hanin 2021, The Principles of Deep Learning Theory", Eq: "chapter 5, half-stable points"}, Unit: "probability",
		Assumption: "none",
		Domain:     criticalWords,
		Test:       "P(|log(q_L+1/q*)| < |log(q₁/q*)|) ≥ 0.9 where χ_q < 1, and ≤ 0.1 where χ_q > 1",
		trial: &sampled[criticalNet]{
			draw:    drawCritical(criticalPhi...),
			always:  []criticalNet{gelu, silu, tanh, high},
			sample:  networks(ofCritical, nearer),
			predict: keeps(contracts),
			truth:   kept,
			command: func(c criticalNet) string { return c.command() },
			details: criticalDetails,
			mutants: []mutant[criticalNet]{
				{"it always comes to q*", keeps(alwaysKept), []criticalNet{gelu, silu}},
				{"it never does", keeps(neverKept), []criticalNet{tanh, high}},
				{"if and only if χ_q > 1", keeps(contractsNot), []criticalNet{tanh, gelu}},
				{"never for GELU", keeps(func(c criticalNet) bool { return c.Activation != "gelu" && contracts(c) }), []criticalNet{high}},
			},
		},
	}
}

// fixedAt is a network whose variance has the fixed point q, a part of it from biases.
type fixedAt struct {
	Activation string  `json:"activation"`
	Q          float64 `json:"q"`
	BiasPart   float64 `json:"bias_part,omitempty"` // σ_b²/q
}

// moments of the activation at q.
func (c fixedAt) moments() gauss.Moments {
	m, err := gauss.NewMoments(activation.MustParse(c.Activation), c.Q)
	if err != nil {
		panic("props: " + err.Error())
	}
	return m
}

// chi1 is χ₁ at the fixed point: σ_w² = (q − σ_b²)/E φ².
func (c fixedAt) chi1() float64 {
	m := c.moments()
	return c.Q * (1 - c.BiasPart) / m.Square * m.SlopeSquare
}

// chiAtLeast checks χ₁ ≥ bound.
func chiAtLeast(bound func(fixedAt) float64) func(fixedAt) finding {
	return func(c fixedAt) finding {
		chi, least := c.chi1(), bound(c)
		return finding{
			Residual: least - chi, Tolerance: 1e-11 * max(chi, least),
			Text: fmt.Sprintf("χ₁ = %.12g, at least %.12g wanted", chi, least),
		}
	}
}

// drawFixed draws fixed points over ten decades.
func drawFixed(biases bool, activations ...string) func(*rapid.T) fixedAt {
	return func(t *rapid.T) fixedAt {
		c := fixedAt{Activation: rapid.SampledFrom(activations).Draw(t, "activation")}
		c.Q = gen.Decade(rapid.IntRange(-60, 40).Draw(t, "decades"))
		if biases {
			c.BiasPart = float64(rapid.IntRange(0, 99).Draw(t, "percent")) / 100
		}
		return c
	}
}

// varianceShare is the bound (1 − σ_b²/q)Var φ/E φ² of χ₁.
func varianceShare(c fixedAt) float64 {
	variance, _, err := gauss.Variance(activation.MustParse(c.Activation), c.Q)
	if err != nil {
		panic("props: " + err.Error())
	}
	return (1 - c.BiasPart) * variance / c.moments().Square
}

func neverOrdered() *Claim {
	ordered, chaotic := dense("tanh", 0.9, 512, 10), dense("tanh", 2, 512, 10)
	atLeast := func(change func(c networkAt, growth float64) float64) predictor[networkAt] {
		return within(limitOf(wideGrowth, change), growthSlack, 0.5, evidence.AtLeast)
	}
	return &Claim{
		ID: "MF.odd", Family: "mean field", Kind: Median, Expected: evidence.Refuted, Correction: "MF.odd.corrected",
		Plain:    "Not always: where the signal itself dies, an odd network is in the ordered phase.",
		Why:      "At q* = 0 the factor is σ_w² φ′(0)², below 1 for tanh at σ_w < 1.",
		See:      []string{"MF.odd.corrected"},
		Sentence: "Without biases a network of odd φ is never in the ordered phase: its gradients do not vanish.",
		Source:   Source{Paper: "nobody's: the Gaussian Poincaré inequality (Chernoff 1981), E φ² ≤ q E φ′², read without its condition q* > 0"}, Unit: "nats per layer",
		Assumption: "none",
		Domain:     "256 to 1,024 units, 10 to 20 layers, no biases; tanh, erf, arctan, softsign, hard tanh, sin; σ_w 0.5 to 3",
		Test:       "half of the networks have (log‖∇₁‖ − log‖∇_L‖)/(L − 1) ≥ 0, up to C/n; to 0.5 standard deviations or as much again",
		trial: &sampled[networkAt]{
			draw: func(t *rapid.T) networkAt {
				phi := rapid.SampledFrom(oddPhi).Draw(t, "activation")
				std := gen.Decimals(0.5, 3, 0.1).Draw(t, "weight_std")
				return dense(phi, std, gen.Widths(256, 1024).Draw(t, "width"), gen.Depths(10, 20).Draw(t, "depth"))
			},
			always:  []networkAt{ordered},
			sample:  eachNetwork(backGrowth),
			predict: atLeast(nothing),
			truth:   limitAtWidth(wideGrowth),
			command: networkAt.command,
			details: chiDetails,
			mutants: []mutant[networkAt]{
				{"they grow by log σ_w, as in a linear network", atLeast(ofLinear), []networkAt{chaotic}},
				{"they grow by log χ₁ for ½ log χ₁", atLeast(twice), []networkAt{chaotic}},
			},
		},
	}
}

func neverOrderedCorrected() *Claim {
	odd := append([]string{"lecun_tanh", "linear"}, oddPhi...)
	return &Claim{
		ID: "MF.odd.corrected", Family: "mean field", Kind: Deterministic, Expected: evidence.Verified,
		Plain:    "For odd activations without biases gradients do not vanish where the signal lives.",
		Why:      "Gaussian Poincaré inequality: Var φ ≤ q E φ′², and an odd φ has no mean.",
		See:      []string{"MF.poincare"},
		Sentence: "Without biases, for odd φ, χ₁ ≥ 1 at every fixed point q* > 0: in the ordered phase q* = 0, so where the signal lives gradients do not vanish in the mean square.",
		Source:   Source{Paper: "derived: Gaussian Poincaré inequality (Chernoff 1981), E φ² = Var φ ≤ q E φ′²"}, Unit: "χ₁",
		Assumption: "none",
		Domain:     "tanh, erf, arctan, softsign, LeCun's tanh, hard tanh, sin, linear; q* from 1e-6 to 1e4",
		Test:       "χ₁ = q E φ′²/E φ² ≥ 1, within 1e-11",
		trial: &exact[fixedAt]{
			draw:   drawFixed(false, odd...),
			always: []fixedAt{{"linear", 1, 0}, {"tanh", 1e-6, 0}, {"hard_tanh", 1e4, 0}, {"sin", 1e4, 0}},
			check:  chiAtLeast(func(fixedAt) float64 { return 1 }),
			mutants: []exactMutant[fixedAt]{
				{"with biases too", chiAtLeast(func(fixedAt) float64 { return 1 }), []fixedAt{{"tanh", 1, 0.5}}},
				{"for φ that is not odd", chiAtLeast(func(fixedAt) float64 { return 1 }), []fixedAt{{"sigmoid", 0.264687, 0}, {"softplus", 1, 0}}},
				{"χ₁ ≤ 1", func(c fixedAt) finding {
					return finding{Residual: c.chi1() - 1, Tolerance: 1e-11 * c.chi1()}
				}, []fixedAt{{"tanh", 1, 0}}},
				{"χ₁ ≥ 1.01", chiAtLeast(func(fixedAt) float64 { return 1.01 }), []fixedAt{{"tanh", 1e-6, 0}}},
			},
		},
	}
}

func poincare() *Claim {
	return &Claim{
		ID: "MF.poincare", Family: "mean field", Kind: Deterministic, Expected: evidence.Verified,
		Plain:    "Only biases and a non-zero mean activation can make mean square gradients decay.",
		Why:      "Gaussian Poincaré inequality at the fixed point q* = σ_w² E φ² + σ_b².",
		See:      []string{"MF.odd"},
		Sentence: "Gradients decay in the mean square by no more than biases and a mean of φ make them: χ₁ ≥ (1 − σ_b²/q*) Var φ/E φ² at every fixed point.",
		Source:   Source{Paper: "derived: Gaussian Poincaré inequality (Chernoff 1981), Var φ ≤ q E φ′²"}, Unit: "χ₁",
		Assumption: "none",
		Domain:     anyPhiWords + "; q* from 1e-6 to 1e4, σ_b²/q* 0 to 0.99",
		Test:       "χ₁ = (q − σ_b²)E φ′²/E φ² ≥ (1 − σ_b²/q)Var φ/E φ², within 1e-11",
		trial: &exact[fixedAt]{
			draw:   drawFixed(true, anyPhi...),
			always: []fixedAt{{"relu", 1, 0}, {"sigmoid", 0.264687, 0}, {"gelu", 1e4, 0.99}},
			check:  chiAtLeast(varianceShare),
			mutants: []exactMutant[fixedAt]{
				{"the mean does not count: 1 − σ_b²/q", chiAtLeast(func(c fixedAt) float64 { return 1 - c.BiasPart }), []fixedAt{{"sigmoid", 0.264687, 0}}},
				{"the biases do not count: Var φ/E φ²", chiAtLeast(func(c fixedAt) float64 {
					c.BiasPart = 0
					return varianceShare(c)
				}), []fixedAt{{"tanh", 1, 0.5}}},
				{"the other way", func(c fixedAt) finding {
					least := varianceShare(c)
					return finding{Residual: c.chi1() - least, Tolerance: 1e-11 * least}
				}, []fixedAt{{"relu", 1, 0}}},
			},
		},
	}
}
