package props

import (
	"fmt"
	"math"
	"slices"

	"pgregory.net/rapid"

	"gradchain/props/evidence"
	"gradchain/props/internal/gen"
	"gradchain/sim/chain"
	"gradchain/theory/activation"
)

// Sentence S13 at width 1: a batch of inputs through one chain, normalised over
// the batch before each activation. What it does exactly.

// batchAt is a normalised network on a batch, and what is done to it: its
// weights times Scale, its pre-activations plus Shift.
type batchAt struct {
	Activation string    `json:"activation"`
	Weights    []float64 `json:"weights"`
	Inputs     []float64 `json:"inputs"`
	Scale      float64   `json:"scale"`
	Shift      float64   `json:"shift,omitempty"`
	Epsilon    float64   `json:"epsilon,omitempty"`
}

// trace runs the batch with weights times scale and every bias at shift.
func (c batchAt) trace(scale, shift, epsilon float64) chain.Trace {
	n := chain.Network{Activation: activation.MustParse(c.Activation), Normalize: true, Epsilon: epsilon}
	for _, w := range c.Weights {
		n.Weight, n.Bias = append(n.Weight, w*scale), append(n.Bias, shift)
	}
	return n.Trace(c.Inputs, c.outputs())
}

// outputs are the weights of the output, one for each input, all different.
func (c batchAt) outputs() []float64 {
	u := make([]float64, len(c.Inputs))
	for i := range u {
		u[i] = 1 / float64(i+1)
	}
	return u
}

// drawBatch draws batches of distinct inputs and weights that are not 0.
func drawBatch(t *rapid.T, scale *rapid.Generator[float64]) batchAt {
	depth := gen.Depths(1, 5).Draw(t, "depth")
	weight := gen.Decimals(-3, 3, 0.1).Filter(func(w float64) bool { return w != 0 })
	return batchAt{
		Activation: gen.Activations("sigmoid", "tanh", "softplus", "leaky_relu(0.1)", "arctan").Draw(t, "activation").String(),
		Weights:    rapid.SliceOfN(weight, depth, depth).Draw(t, "weights"),
		Inputs:     rapid.SliceOfNDistinct(gen.Decimals(-2, 2, 0.1), 3, 8, rapid.ID[float64]).Draw(t, "inputs"),
		Scale:      scale.Draw(t, "scale"),
	}
}

func standardDeviation(x []float64) float64 {
	mean, square := 0.0, 0.0
	for _, v := range x {
		mean += v / float64(len(x))
	}
	for _, v := range x {
		square += (v - mean) * (v - mean) / float64(len(x))
	}
	return math.Sqrt(square)
}

func largest(x []float64) float64 {
	return max(math.Abs(slices.Max(x)), math.Abs(slices.Min(x)))
}

// tolerance bounds how far rounding alone can take the outputs of two runs
// apart. A layer turns a deviation δ of its inputs x, and the rounding of x and
// of a shift, into one of (2 + √B)(δ + rounding)/sd(x) in ĥ, and φ multiplies that
// by at most sup|φ′|.
func (c batchAt) tolerance(t chain.Trace, shift float64) float64 {
	phi := activation.MustParse(c.Activation)
	lipschitz := max(math.Abs(phi.Sup().Value), math.Abs(phi.Inf().Value))
	batch, off := float64(len(c.Inputs)), 0.0
	for l, w := range c.Weights {
		x := t.Act[l]
		rounding := 8 * batch * ulp * (largest(x) + math.Abs(shift/w))
		off = lipschitz*(2+math.Sqrt(batch))*(off+rounding)/standardDeviation(x) + 8*ulp*largest(t.Act[l+1])
	}
	return off
}

// sameOutput checks that changed has the outputs of the network itself.
func sameOutput(changed func(c batchAt) chain.Trace) func(batchAt) finding {
	return func(c batchAt) finding {
		t := c.trace(1, 0, 0)
		got, want := changed(c).Act[len(c.Weights)], t.Act[len(c.Weights)]
		worst := 0.0
		for i := range want {
			worst = max(worst, math.Abs(got[i]-want[i]))
		}
		return finding{
			Residual: worst, Tolerance: 2 * c.tolerance(t, c.Shift/min(c.Scale, 1)),
			Text: fmt.Sprintf("outputs %.6g before and %.6g after", want, got),
		}
	}
}

func normalizationScale() *Claim {
	scaled := func(c batchAt) chain.Trace { return c.trace(c.Scale, c.Shift, 0) }
	example := batchAt{Activation: "sigmoid", Weights: []float64{1, -2}, Inputs: []float64{-1, 0.5, 1, 2}, Scale: 10, Shift: 3}
	single := example // over two sigmoid layers two signs cancel
	single.Weights = []float64{1}
	return &Claim{
		ID: "S13", Family: "textbook", Kind: Deterministic, Expected: evidence.Verified,
		Plain:    "The scale of the weights no longer matters, and units stay out of saturation.",
		Why:      "Normalisation divides by the spread of the batch, which scales with the weights: BN(aWx) = BN(Wx).",
		See:      []string{"S13.wide.gradient", "S13.saturation"},
		Sentence: "Batch normalisation helps: the output of a normalised chain does not depend on the scale of its weights nor on a shift of its pre-activations; a negative scale flips the sign of that layer's ĥ.",
		Source:   Source{Paper: "Ioffe & Szegedy 2015, Batch Normalization", Eq: "section 3.3, BN(aWx) = BN(Wx)"}, Unit: "output",
		Assumption: "ε = 0, where it is exact",
		Domain:     "five activations, 1 to 5 layers, |w| ≤ 3, batches of 3 to 8 distinct inputs, scales 0.01 to 100, shifts up to 5",
		Test:       "x_i^L unchanged by w → a·w and b → b + c, ĥ of layer 1 negated by w → −w, within rounding",
		trial: &exact[batchAt]{
			draw: func(t *rapid.T) batchAt {
				c := drawBatch(t, gen.Decimals(0.01, 100, 0.01))
				c.Shift = gen.Decimals(-5, 5, 0.1).Draw(t, "shift")
				return c
			},
			most:   4,
			always: []batchAt{example},
			check: func(c batchAt) finding {
				f, negated := sameOutput(scaled)(c), c.trace(-1, 0, 0).Normal[0]
				for i, h := range c.trace(1, 0, 0).Normal[0] {
					if negated[i] != -h { // exact: rounding does not see signs
						f.Residual, f.Text = math.Inf(1), fmt.Sprintf("ĥ = %v becomes %v under w → −w", h, negated[i])
					}
				}
				return f
			},
			mutants: []exactMutant[batchAt]{
				{"without normalisation", sameOutput(func(c batchAt) chain.Trace {
					n := chain.Network{Activation: activation.MustParse(c.Activation)}
					for _, w := range c.Weights {
						n.Weight = append(n.Weight, w*c.Scale)
					}
					return n.Trace(c.Inputs, c.outputs())
				}), []batchAt{example}},
				{"at ε = 0.01 too", sameOutput(func(c batchAt) chain.Trace { return c.trace(c.Scale, c.Shift, 0.01) }), []batchAt{example}},
				{"whatever the sign of the scale", sameOutput(func(c batchAt) chain.Trace { return c.trace(-c.Scale, c.Shift, 0) }), []batchAt{single}},
			},
		},
	}
}

// outOfSaturation checks at every layer that normal, ĥ or a mutant of it, has
// mean square at most 1, none beyond most(B), and at most B/t² beyond t.
func outOfSaturation(values func(t chain.Trace, l int) []float64, most func(batch float64) float64) func(batchAt) finding {
	return func(c batchAt) finding {
		t, f := c.trace(c.Scale, c.Shift, c.Epsilon), finding{Residual: math.Inf(-1), Tolerance: 1}
		batch := float64(len(c.Inputs))
		for l := range c.Weights {
			h, square := values(t, l), 0.0
			for _, v := range h {
				square += v * v / batch
			}
			rounding := 16 * batch * ulp * (1 + largest(t.PreAct[l])/max(standardDeviation(t.PreAct[l]), tiny))
			excess := max(square-1, largest(h)/most(batch)-1) / rounding
			for _, level := range []float64{1.5, 2, 3} {
				beyond := 0.0
				for _, v := range h {
					beyond += bit(math.Abs(v) > level*(1+rounding))
				}
				if beyond > batch/(level*level) {
					excess = math.Inf(1)
				}
			}
			if excess > f.Residual {
				f.Residual = excess
				f.Text = fmt.Sprintf("layer %d: mean square %.6g, largest %.6g of at most %.6g", l+1, square, largest(h), most(batch))
			}
		}
		return f
	}
}

func normalizationSaturation() *Claim {
	normal := func(t chain.Trace, l int) []float64 { return t.Normal[l] }
	samuelson := func(batch float64) float64 { return math.Sqrt(batch - 1) }
	outlier := batchAt{Activation: "sigmoid", Weights: []float64{3}, Inputs: []float64{0, 0, 0, 0, 0, 0, 0, 10}, Scale: 10}
	return &Claim{
		ID: "S13.saturation", Family: "textbook", Kind: Deterministic, Expected: evidence.Verified,
		Plain:    "However large the weights, no normalised unit is beyond √(B−1), and few are beyond 2.",
		Why:      "A normalised batch has mean 0 and mean square 1: Samuelson's and Chebyshev's inequalities bound its largest values.",
		See:      []string{"S13"},
		Sentence: "Batch normalisation keeps pre-activations out of saturation: mean square at most 1, none beyond √(B−1), at most a share 1/t² beyond t, for any weights.",
		Source:   Source{Paper: "Samuelson 1968, How deviant can you be?; Chebyshev's inequality"}, Assumption: "none", Unit: "multiples of rounding",
		Domain: "five activations, 1 to 5 layers, |w| ≤ 300, batches of 3 to 8 inputs, ε up to 1, shifts up to 5",
		Test:   "mean ĥ² ≤ 1, max|ĥ| ≤ √(B−1), #{|ĥ| > t} ≤ B/t² at every layer, within rounding",
		trial: &exact[batchAt]{
			draw: func(t *rapid.T) batchAt {
				c := drawBatch(t, gen.Decimals(0.1, 100, 0.1))
				c.Shift = gen.Decimals(-5, 5, 0.1).Draw(t, "shift")
				c.Epsilon = gen.Decimals(0, 1, 0.01).Draw(t, "epsilon")
				return c
			},
			most:   4,
			always: []batchAt{outlier},
			check:  outOfSaturation(normal, samuelson),
			mutants: []exactMutant[batchAt]{
				{"the raw pre-activations", outOfSaturation(func(t chain.Trace, l int) []float64 { return t.PreAct[l] }, samuelson), []batchAt{outlier}},
				{"none beyond 2", outOfSaturation(normal, func(float64) float64 { return 2 }), []batchAt{outlier}},
				{"√(B−2) for √(B−1)", outOfSaturation(normal, func(b float64) float64 { return math.Sqrt(b - 2) }), []batchAt{outlier}},
			},
		},
	}
}
