package props

import (
	"fmt"
	"math"

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

// criticalAt is a network at the critical point of its activation with those biases.
func criticalAt(phi string, biasStd float64, width, depth int) networkAt {
	p, err := meanfield.CriticalPoint(activation.MustParse(phi), biasStd*biasStd)
	if err != nil {
		panic("props: " + err.Error())
	}
	return biased(dense(phi, figures.Round(math.Sqrt(p.WeightVar), figures.Model), width, depth), biasStd)
}

// criticalPoint of a network that criticalAt made.
func criticalPoint(c networkAt) meanfield.Critical {
	p, err := meanfield.CriticalPoint(activation.MustParse(c.Activation), c.BiasStd*c.BiasStd)
	if err != nil {
		panic("props: " + err.Error())
	}
	return p
}

// The critical points by their χ_q, which lets 30 layers tell: |χ_q − 1| ≥ 0.045, and q₁ is not
// beside q*.
var (
	stablePoints = map[string][]float64{
		"tanh": {0.1, 0.2, 0.5, 1}, "erf": {0.1, 0.2, 0.5}, "elu": {0.1, 0.2}, "selu": {0.2},
	}
	unstablePoints = map[string][]float64{"gelu": {0.1, 0.2}, "silu": {0.1, 0.2, 0.3, 0.5}}
)

// drawCritical draws one of the critical points, 512 to 1,024 units wide, 30 layers deep.
func drawCritical(points ...map[string][]float64) func(*rapid.T) networkAt {
	return func(t *rapid.T) networkAt {
		var names []string
		all := map[string][]float64{}
		for _, name := range []string{"tanh", "erf", "elu", "selu", "gelu", "silu"} {
			for _, p := range points {
				if p[name] != nil {
					names, all[name] = append(names, name), p[name]
				}
			}
		}
		phi := rapid.SampledFrom(names).Draw(t, "activation")
		width := 64 * rapid.IntRange(8, 16).Draw(t, "width/64")
		return criticalAt(phi, rapid.SampledFrom(all[phi]).Draw(t, "bias_std"), width, 30)
	}
}

// nearer observes the event that the variance of layer L + 1 is nearer to the fixed point
// than that of layer 1, in the logarithm.
func nearer(c networkAt, samples []nets, dst []float64) []float64 {
	q := criticalPoint(c).Variance
	before := math.Abs(math.Log(firstVariance(c) / q))
	for i := range samples[0] {
		last := c.WeightStd*c.WeightStd*lastMoment(c, &samples[0][i]) + c.BiasStd*c.BiasStd
		dst = append(dst, bit(math.Abs(math.Log(last/q)) < before))
	}
	return dst
}

// keeps predicts that the event almost always happens, or almost never.
func keeps(stable func(networkAt) bool) predictor[networkAt] {
	return func(c networkAt) (prediction, error) {
		zone := evidence.Zone{Theta0: 0.9, Delta: 0.3, Side: evidence.AtLeast}
		if !stable(c) {
			zone = evidence.Zone{Theta0: 0.1, Delta: 0.3, Side: evidence.AtMost}
		}
		return prediction{Zone: zone}, nil
	}
}

func alwaysKept(networkAt) bool         { return true }
func neverKept(networkAt) bool          { return false }
func contracts(c networkAt) bool        { return criticalPoint(c).ChiQ < 1 }
func contractsNot(c networkAt) bool     { return !contracts(c) }
func kept(c networkAt) (float64, error) { return bit(contracts(c)), nil }

// criticalDetails shows the fixed point.
func criticalDetails(c networkAt) []string {
	p := criticalPoint(c)
	return []string{fmt.Sprintf("q* = %.4g, q₁ = %.4g, χ₁ = 1, χ_q = %.4g at q*", p.Variance, firstVariance(c), p.ChiQ)}
}

func criticalKeeps() *Claim {
	gelu, tanh := criticalAt("gelu", 0.2, 1024, 30), criticalAt("tanh", 0.2, 1024, 30)
	return &Claim{
		ID: "MF.critical", Family: "mean field", Kind: Probability, Expected: evidence.Refuted, Correction: "MF.critical.corrected",
		Sentence: "At its edge of chaos, χ₁ = 1, a deep network keeps its variance: it comes nearer to the fixed point q* from layer to layer.",
		Source:   Source{Paper: "Hayou, Doucet & Rousseau 2019, On the Impact of the Activation Function on Deep Neural Networks Training, read for every activation"}, Unit: "probability",
		Assumption: "none",
		Domain:     "critical networks of 512 to 1,024 units and 30 layers; tanh, erf, ELU, SELU, GELU, SiLU; σ_b 0.1 to 1",
		Test:       "P(|log(q_L+1/q*)| < |log(q₁/q*)|) ≥ 0.9",
		trial: &sampled[networkAt]{
			draw:    drawCritical(stablePoints, unstablePoints),
			always:  []networkAt{gelu},
			sample:  networks(oneNetwork, nearer),
			predict: keeps(alwaysKept),
			truth:   kept,
			command: networkAt.command,
			details: criticalDetails,
			mutants: []mutant[networkAt]{{"it never keeps it", keeps(neverKept), []networkAt{tanh}}},
		},
	}
}

func criticalStable() *Claim {
	gelu, silu, tanh := criticalAt("gelu", 0.2, 1024, 30), criticalAt("silu", 0.5, 1024, 30), criticalAt("tanh", 0.2, 1024, 30)
	return &Claim{
		ID: "MF.critical.corrected", Family: "mean field", Kind: Probability, Expected: evidence.Verified,
		Sentence: "At the edge of chaos the variance comes to q* if and only if χ_q < 1 there; the low critical points of GELU (q* < 3.56) and SiLU (q* < 14.3) are unstable and it runs away from them, upwards or downwards.",
		Source:   Source{Paper: "Roberts, Yaida & Hanin 2021, The Principles of Deep Learning Theory", Eq: "chapter 5, half-stable points"}, Unit: "probability",
		Assumption: "none",
		Domain:     "critical networks of 512 to 1,024 units and 30 layers; tanh, erf, ELU, SELU, GELU, SiLU; σ_b 0.1 to 1, χ_q not within 0.045 of 1",
		Test:       "P(|log(q_L+1/q*)| < |log(q₁/q*)|) ≥ 0.9 where χ_q < 1, and ≤ 0.1 where χ_q > 1",
		trial: &sampled[networkAt]{
			draw:    drawCritical(stablePoints, unstablePoints),
			always:  []networkAt{gelu, silu, tanh},
			sample:  networks(oneNetwork, nearer),
			predict: keeps(contracts),
			truth:   kept,
			command: networkAt.command,
			details: criticalDetails,
			mutants: []mutant[networkAt]{
				{"it always comes to q*", keeps(alwaysKept), []networkAt{gelu, silu}},
				{"it never does", keeps(neverKept), []networkAt{tanh}},
				{"if and only if χ_q > 1", keeps(contractsNot), []networkAt{tanh, gelu}},
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
	odd := []string{"tanh", "erf", "arctan", "softsign", "lecun_tanh", "hard_tanh", "sin", "linear"}
	return &Claim{
		ID: "MF.odd", Family: "mean field", Kind: Deterministic, Expected: evidence.Verified,
		Sentence: "Without biases a network of odd φ is never in the ordered phase: χ₁ ≥ 1 at every fixed point q* > 0, so where the signal lives gradients do not vanish in the mean square.",
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
		Sentence: "Gradients decay in the mean square by no more than biases and a mean of φ make them: χ₁ ≥ (1 − σ_b²/q*) Var φ/E φ² at every fixed point.",
		Source:   Source{Paper: "derived: Gaussian Poincaré inequality (Chernoff 1981), Var φ ≤ q E φ′²"}, Unit: "χ₁",
		Assumption: "none",
		Domain:     "tanh, erf, ReLU, SELU, GELU, SiLU, ELU, sigmoid, softplus; q* from 1e-6 to 1e4, σ_b²/q* 0 to 0.99",
		Test:       "χ₁ = (q − σ_b²)E φ′²/E φ² ≥ (1 − σ_b²/q)Var φ/E φ², within 1e-11",
		trial: &exact[fixedAt]{
			draw:   drawFixed(true, "tanh", "erf", "relu", "selu", "gelu", "silu", "elu", "sigmoid", "softplus"),
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
