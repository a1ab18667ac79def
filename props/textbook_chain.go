package props

import (
	"fmt"
	"math"

	"pgregory.net/rapid"

	"gradchain/props/evidence"
	"gradchain/props/internal/gen"
	"gradchain/sim/chain"
	"gradchain/theory/activation"
)

// Sentences S1 and S2: the derivative of a chain is a product, and what that
// does to the update of an early layer.

// explicitAt is a width-1 network with explicit weights and one input.
type explicitAt struct {
	Activation string    `json:"activation"`
	Weights    []float64 `json:"weights"`
	Biases     []float64 `json:"biases"`
	Input      float64   `json:"input"`
}

func (n explicitAt) network() chain.Network {
	return chain.Network{Activation: activation.MustParse(n.Activation), Weight: n.Weights, Bias: n.Biases}
}

// trace runs the network from input x.
func (n explicitAt) trace(x float64) chain.Trace {
	return n.network().Trace([]float64{x}, []float64{1})
}

// drawExplicit draws a network whose pre-activations keep away from kinks, where
// a derivative is a convention.
func drawExplicit(t *rapid.T) explicitAt {
	return rapid.Custom(func(t *rapid.T) explicitAt {
		depth := gen.Depths(1, 6).Draw(t, "depth")
		return explicitAt{
			Activation: gen.Activations("tanh", "sigmoid", "relu", "leaky_relu(0.1)", "softplus", "gelu", "silu", "arctan", "sin", "erf").Draw(t, "activation").String(),
			Weights:    rapid.SliceOfN(gen.Decimals(-2, 2, 0.1), depth, depth).Draw(t, "weights"),
			Biases:     rapid.SliceOfN(gen.Decimals(-1, 1, 0.1), depth, depth).Draw(t, "biases"),
			Input:      gen.Decimals(-2, 2, 0.1).Draw(t, "input"),
		}
	}).Filter(explicitAt.smooth).Draw(t, "network")
}

// smooth reports whether every pre-activation is a hundredth or more from every kink.
func (n explicitAt) smooth() bool {
	kinks := activation.MustParse(n.Activation).Kinks()
	for _, h := range n.trace(n.Input).PreAct {
		for _, k := range kinks {
			if math.Abs(h[0]-k) < 0.01 {
				return false
			}
		}
	}
	return true
}

// secant is da_L/da_0 without any derivative: central differences at h and h/2,
// extrapolated (Richardson 1911), with the change of the last step and the
// rounding of the differences as error.
func (n explicitAt) secant() (slope, bound float64) {
	const h = 0x1p-12
	output := func(x float64) float64 { return n.trace(x).Output }
	difference := func(h float64) float64 { return (output(n.Input+h) - output(n.Input-h)) / (2 * h) }
	wide, narrow := difference(h), difference(h/2)
	slope = (4*narrow - wide) / 3
	size := max(math.Abs(output(n.Input)), 1)
	return slope, math.Abs(slope-narrow) + 64*float64(len(n.Weights)+1)*ulp*size/h
}

// derivative checks, as multiples of what rounding allows, that the derivative
// found by back-propagation is the claimed product and the slope of the chain.
func derivative(product func(t chain.Trace, n explicitAt) float64) func(explicitAt) finding {
	return func(n explicitAt) finding {
		t := n.trace(n.Input)
		p := product(t, n)
		back := t.InputGrad[0]
		slope, bound := n.secant()
		rounding := 8*float64(len(n.Weights)+1)*ulp*math.Abs(back) + tiny
		return finding{
			Residual:  max(math.Abs(back-p)/rounding, math.Abs(slope-p)/bound),
			Tolerance: 1,
			Text:      fmt.Sprintf("back-propagation %.6g, product %.6g, slope of the chain %.6g ± %.1g", back, p, slope, bound),
		}
	}
}

// factors is Π w_l·φ′(h_l).
func factors(t chain.Trace, _ explicitAt) float64 {
	p := 1.0
	for _, f := range t.Factor {
		p *= f[0]
	}
	return p
}

func chainRule() *Claim {
	three := explicitAt{"tanh", []float64{1.5, -0.5, 2}, []float64{0.1, 0.2, -0.3}, 0.5}
	return &Claim{
		ID: "S1", Family: "textbook", Kind: Deterministic, Expected: evidence.Verified,
		Plain:    "Along one path the gradient is the product of all weights times all slopes.",
		Why:      "The chain rule: a_l = φ(w_l a_{l−1} + b_l) gives ∂a_l/∂a_{l−1} = w_l φ′(z_l), and derivatives of a composition multiply.",
		See:      []string{"chain.log_product.typical"},
		Sentence: "With one neuron per layer the local derivative along the path is weight × activation derivative, and the back-propagated derivative is their product.",
		Source:   says("the chain rule"), Assumption: "none", Unit: "multiples of rounding",
		Domain: "ten activations, 1 to 6 layers, |w| ≤ 2, |b| ≤ 1, |input| ≤ 2, pre-activations 0.01 away from kinks",
		Test:   "back-propagated ∂a_L/∂a_0 = Π w φ′(h), and both equal the slope of the chain by extrapolated differences",
		trial: &exact[explicitAt]{
			draw:   drawExplicit,
			always: []explicitAt{three, {"sigmoid", []float64{1}, []float64{0}, 0}, {"relu", []float64{1, 1, 1}, []float64{0, 0, 0}, 1}},
			check:  derivative(factors),
			mutants: []exactMutant[explicitAt]{
				{"the weights alone", derivative(func(_ chain.Trace, n explicitAt) float64 {
					p := 1.0
					for _, w := range n.Weights {
						p *= w
					}
					return p
				}), []explicitAt{three}},
				{"one layer too few", derivative(func(t chain.Trace, n explicitAt) float64 {
					return factors(t, n) / t.Factor[0][0]
				}), []explicitAt{three}},
				{"φ′ at the activation in place of the pre-activation", derivative(func(t chain.Trace, n explicitAt) float64 {
					p, phi := 1.0, activation.MustParse(n.Activation)
					for l, w := range n.Weights {
						p *= w * phi.DPhi(t.Act[l+1][0])
					}
					return p
				}), []explicitAt{three}},
				{"a sum in place of the product", derivative(func(t chain.Trace, _ explicitAt) float64 {
					sum := 0.0
					for _, f := range t.Factor {
						sum += f[0]
					}
					return sum
				}), []explicitAt{three}},
			},
		},
	}
}

// equalWeights is a chain whose weights are all equal, without biases.
type equalWeights struct {
	Activation string  `json:"activation"`
	Weight     float64 `json:"weight"`
	Input      float64 `json:"input"`
	Depth      int     `json:"depth"`
}

// logUpdate is log|∂a_L/∂w_1|, to which the update of the first layer is
// proportional, with the rounding it may carry.
func (c equalWeights) logUpdate() (log, rounding float64) {
	weights := make([]float64, c.Depth)
	for l := range weights {
		weights[l] = c.Weight
	}
	n := chain.Network{Activation: activation.MustParse(c.Activation), Weight: weights}
	t := n.Trace([]float64{c.Input}, []float64{1})
	// ∂a_L/∂a_0 = w_1·∂a_L/∂h_1 and ∂a_L/∂w_1 = a_0·∂a_L/∂h_1
	log = t.LogNorm - math.Log(c.Weight) + math.Log(c.Input)
	return log, 8 * ulp * (float64(c.Depth) + math.Abs(log) + 1)
}

// firstUpdate checks the two extremes: (¼)^L·w^(L−1)·a₀ bounds the sigmoid chain
// from above, w^(L−1)·a₀ is the ReLU chain.
func firstUpdate(small, large func(c equalWeights) float64) func(equalWeights) finding {
	return func(c equalWeights) finding {
		log, rounding := c.logUpdate()
		f := finding{Tolerance: rounding}
		if c.Activation == "sigmoid" {
			bound := small(c)
			f.Residual = log - bound
			f.Text = fmt.Sprintf("|∂a_L/∂w_1| = %s, at most %s", power10(log), power10(bound))
		} else {
			bound := large(c)
			f.Residual = bound - log
			f.Text = fmt.Sprintf("|∂a_L/∂w_1| = %s, at least %s", power10(log), power10(bound))
		}
		return f
	}
}

func updates() *Claim {
	power := func(perLayer float64) func(equalWeights) float64 {
		return func(c equalWeights) float64 {
			return math.Log(c.Input) + float64(c.Depth-1)*math.Log(c.Weight) + float64(c.Depth)*math.Log(perLayer)
		}
	}
	vanishing, exploding := equalWeights{"sigmoid", 1, 1, 1000}, equalWeights{"relu", 2, 1, 1000}
	return &Claim{
		ID: "S2", Family: "textbook", Kind: Deterministic, Expected: evidence.Verified,
		Plain:    "Both happen: the update of layer 1 can be as small or as large as you like.",
		Why:      "With equal weights the factor is the same at every layer, so the product is geometric: below 1/4 a layer for a sigmoid with |w| ≤ 1, at least 2 a layer for a ReLU chain with w ≥ 2.",
		See:      []string{"S1"},
		Sentence: "The update of an early layer can be negligibly small or increasingly large.",
		Source:   says("witnesses: equal weights"), Assumption: "none", Unit: "log of the derivative",
		Domain: "sigmoid chains with 0.1 ≤ w ≤ 1 and ReLU chains with 2 ≤ w ≤ 10, inputs 0.1 to 1, depth 1 to 10,000",
		Test:   "|∂a_L/∂w_1| ≤ 4^−L·w^(L−1)·a_0 for the sigmoid, ≥ w^(L−1)·a_0 for the ReLU, on the log scale",
		trial: &exact[equalWeights]{
			draw: func(t *rapid.T) equalWeights {
				c := equalWeights{Input: gen.Decimals(0.1, 1, 0.1).Draw(t, "input"), Depth: gen.Depths(1, 10_000).Draw(t, "depth")}
				if c.Activation = rapid.SampledFrom([]string{"sigmoid", "relu"}).Draw(t, "activation"); c.Activation == "sigmoid" {
					c.Weight = gen.Decimals(0.1, 1, 0.1).Draw(t, "weight")
				} else {
					c.Weight = gen.Decimals(2, 10, 0.1).Draw(t, "weight")
				}
				return c
			},
			always:  []equalWeights{vanishing, exploding, {"sigmoid", 1, 1, 1}, {"relu", 2, 1, 1}},
			check:   firstUpdate(power(0.25), power(1)),
			command: equalWeights.command,
			mutants: []exactMutant[equalWeights]{
				{"the sigmoid loses a factor 5 a layer", firstUpdate(power(0.2), power(1)), []equalWeights{vanishing}},
				{"the ReLU gains a factor 3 a layer", firstUpdate(power(0.25), power(1.5)), []equalWeights{exploding}},
				{"depth 1 grows by 4 already", firstUpdate(power(0.25), func(equalWeights) float64 { return math.Log(4) }),
					[]equalWeights{{"relu", 2, 1, 1}}},
			},
		},
	}
}

// command shows the chain's gradient, which has the same factors.
func (c equalWeights) command() string {
	at := forward(c.Activation, fmt.Sprintf("constant(value=%v)", c.Weight), c.Depth)
	at.Input = fmt.Sprintf("constant(value=%v)", c.Input)
	return at.command()
}
