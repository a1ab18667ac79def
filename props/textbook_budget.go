package props

import (
	"fmt"
	"math"
	"slices"

	"pgregory.net/rapid"

	"gradchain/props/evidence"
	"gradchain/props/internal/gen"
	"gradchain/theory/activation"
	"gradchain/theory/law"
	"gradchain/theory/quad"
)

// The budget theorem: a width-1 chain of monotone bounded activations is a
// monotone map of an interval into one of length at most 1 (2 for tanh), so its
// derivative has a bounded integral, whatever the weights.

// budgetAt is a network of bounded monotone activations.
type budgetAt struct {
	Activation string    `json:"activation"`
	Weights    []float64 `json:"weights"`
	Biases     []float64 `json:"biases"`
}

// domain is the interval of inputs, which contains the range of φ.
func (c budgetAt) domain() (lo, hi float64) { return activation.MustParse(c.Activation).Range() }

// at returns a_l and da_l/da_0 for input x, for l up to depth.
func (c budgetAt) at(phi activation.Activation, x float64, depth int) (a, slope float64) {
	a, slope = x, 1
	for l, w := range c.Weights[:depth] {
		h := w*a + c.Biases[l]
		a, slope = phi.Phi(h), slope*w*phi.DPhi(h)
	}
	return a, slope
}

// grid returns inputs in ascending order, crowding from both sides around those that
// put a pre-activation to 0, where φ is steepest: the derivative lives there. Every
// a_l is monotone, so there is one for each layer at most.
func (c budgetAt) grid(phi activation.Activation) []float64 {
	lo, hi := c.domain()
	xs := []float64{lo, hi}
	for l := range c.Weights {
		centre := c.steepest(phi, l)
		xs = append(xs, centre)
		for step := (hi - lo) / 4; step > 1e-13; step /= 4 {
			xs = append(xs, max(lo, centre-step), min(hi, centre+step))
		}
	}
	slices.Sort(xs)
	return slices.Compact(xs)
}

// steepest is the input at which the pre-activation of layer l+1 is nearest to 0.
func (c budgetAt) steepest(phi activation.Activation, l int) float64 {
	from, to := c.domain()
	h := func(x float64) float64 {
		a, _ := c.at(phi, x, l)
		return c.Weights[l]*a + c.Biases[l]
	}
	if first, last := h(from), h(to); first*last > 0 {
		if math.Abs(first) < math.Abs(last) {
			return from
		}
		return to
	}
	for range 60 {
		if middle := (from + to) / 2; h(from)*h(middle) <= 0 {
			to = middle
		} else {
			from = middle
		}
	}
	return from
}

// rounding bounds the error of a_L.
func (c budgetAt) rounding(phi activation.Activation) float64 {
	off := 0.0
	for l, w := range c.Weights {
		w, b := math.Abs(w), math.Abs(c.Biases[l])
		off = phi.Sup().Value*(w*off+4*ulp*(w+b)) + 4*ulp
	}
	return off
}

// spent checks that a_L is monotone on the grid, so that its derivative spends exactly
// |a_L(hi) − a_L(lo)|; that this is at most most times the length of the interval; and
// that the integral of |da_L/da_0| by quadrature is no more, beyond its bound. (It may
// be less: a quadrature can miss a spike.)
func spent(most float64) func(budgetAt) finding {
	return func(c budgetAt) finding {
		phi, depth := activation.MustParse(c.Activation), len(c.Weights)
		xs := c.grid(phi)
		lo, hi := xs[0], xs[len(xs)-1]
		up, down := 0.0, 0.0
		last, _ := c.at(phi, lo, depth)
		for _, x := range xs[1:] {
			a, _ := c.at(phi, x, depth)
			up, down, last = up+max(a-last, 0), down+max(last-a, 0), a
		}
		way, back := math.Abs(up-down), min(up, down)
		integral, bound := quad.Integrate(func(x float64) float64 {
			_, slope := c.at(phi, x, depth)
			return math.Abs(slope)
		}, xs, 1e-7)
		return finding{
			Residual:  max(way-most*(hi-lo), back, integral-way-bound),
			Tolerance: 2 * float64(len(xs)) * c.rounding(phi),
			Text:      fmt.Sprintf("∫|da_L/da_0| = %.6g ± %.1g, |a_L(%v) − a_L(%v)| = %.6g, budget %.3g", integral, bound, hi, lo, way, most*(hi-lo)),
		}
	}
}

// spentBy is the check for another activation on the same interval.
func spentBy(name string) func(budgetAt) finding {
	return func(c budgetAt) finding { return spent(1)(budgetAt{name, c.Weights, c.Biases}) }
}

func budget() *Claim {
	steep := budgetAt{"sigmoid", []float64{20, 20}, []float64{-10, -10}}
	return &Claim{
		ID: "B1.corrected", Family: "textbook", Kind: Deterministic, Expected: evidence.Verified,
		Plain:    "Averaged over inputs, the gradient of a sigmoid or tanh chain never exceeds 1, for any weights.",
		Why:      "The integral of the derivative of a monotone function is the difference of its end values, which saturation bounds.",
		See:      []string{"B1.measure"},
		Sentence: "Over inputs uniform on [0, 1] in a sigmoid chain of width 1, or on [−1, 1] in a tanh chain, the mean of |∂a_L/∂a_0| is at most 1 for any weights, biases and depth, because a_L is monotone: the integral is |a_L(hi) − a_L(lo)| (budget theorem).",
		Source:   Source{Paper: "derived: a composition of monotone maps is monotone"}, Assumption: "none", Unit: "length",
		Domain: "sigmoid on [0, 1] and tanh on [−1, 1], 1 to 5 layers, |w| ≤ 30, |b| ≤ 30",
		Test:   "a_L monotone on a grid that crowds where φ is steep, ∫|∂a_L/∂a_0| by quadrature ≤ |a_L(hi) − a_L(lo)| ≤ hi − lo",
		trial: &exact[budgetAt]{
			draw: func(t *rapid.T) budgetAt {
				depth := gen.Depths(1, 5).Draw(t, "depth")
				return budgetAt{
					Activation: gen.Activations("sigmoid", "tanh").Draw(t, "activation").String(),
					Weights:    rapid.SliceOfN(gen.Decimals(-30, 30, 0.5), depth, depth).Draw(t, "weights"),
					Biases:     rapid.SliceOfN(gen.Decimals(-30, 30, 0.5), depth, depth).Draw(t, "biases"),
				}
			},
			most:   1,
			always: []budgetAt{steep, {"tanh", []float64{30}, []float64{0}}, {"sigmoid", []float64{1}, []float64{0}}},
			check:  spent(1),
			mutants: []exactMutant[budgetAt]{
				{"half the budget", spent(0.5), []budgetAt{steep}},
				{"a budget of tanh(w/4) for every w, one layer's at w = 4", spent(math.Tanh(1)), []budgetAt{steep}},
				{"chains of sin, which are not monotone", spentBy("sin"), []budgetAt{steep}},
			},
		},
	}
}

// thresholdAt is a chain and a level M.
type thresholdAt struct {
	Chain chainAt `json:"chain"`
	Level float64 `json:"level"`
}

// constantLayer is a layer of one weight, on inputs from −½ to ½.
func constantLayer(weight float64) chainAt {
	c := forward("sigmoid", gen.Law("constant(value=%v)", weight).String(), 1)
	c.Input = "uniform(a=0.5)"
	return c
}

func budgetMeasure() *Claim {
	rare := func(of func(level float64) float64) predictor[thresholdAt] {
		return func(c thresholdAt) (prediction, error) {
			return prediction{Zone: evidence.Zone{Theta0: of(c.Level), Delta: 0.03, Side: evidence.AtMost}}, nil
		}
	}
	single := thresholdAt{constantLayer(8), 1.5}
	return &Claim{
		ID: "B1.measure", Family: "textbook", Kind: Probability, Expected: evidence.Verified,
		Plain:    "Large gradients of such a chain occupy at most a share 1/M of the inputs.",
		Why:      "The mean over inputs is at most 1, and Markov's inequality does the rest.",
		See:      []string{"B1.corrected"},
		Sentence: "Large weights make gradients in a sigmoid chain of width 1 rare, not large: P(|∂a_L/∂a_0| ≥ M) ≤ 1/M for an input uniform on an interval of length 1.",
		Source:   Source{Paper: "derived: the budget theorem and Markov's inequality"}, Assumption: "none", Unit: "probability",
		Domain: "forward sigmoid chains, weights of scale 1 to 100 of five laws, biases up to scale 10, depth 1 to 50, M from 1.1 to 10",
		Test:   "P(|∂a_L/∂a_0| ≥ M) ≤ 1/M",
		trial: &sampled[thresholdAt]{
			draw: func(t *rapid.T) thresholdAt {
				if rapid.Bool().Draw(t, "deep") {
					return thresholdAt{largeChain(t), gen.Decimals(1.1, 10, 0.1).Draw(t, "level")}
				}
				// One layer of a weight that makes the event as likely as it gets, or nearly.
				level := gen.Decimals(1.2, 5, 0.1).Draw(t, "level")
				return thresholdAt{constantLayer(level * gen.Decimals(5, 12, 0.5).Draw(t, "weight")), level}
			},
			always: []thresholdAt{single},
			sample: chains(func(c thresholdAt) []chainAt { return []chainAt{c.Chain} },
				func(c thresholdAt, paths []paths, dst []float64) []float64 {
					level := math.Log(c.Level)
					for _, x := range paths[0].LogAbs {
						dst = append(dst, bit(x >= level))
					}
					return dst
				}),
			predict: rare(func(m float64) float64 { return 1 / m }),
			truth: func(c thresholdAt) (float64, error) {
				if w := law.MustParse(c.Chain.Weight); c.Chain.Depth == 1 && w.Name() == "constant" && c.Chain.Bias == "" {
					return steepShare(w.Args()[0], c.Level), nil
				}
				return math.NaN(), nil // unknown
			},
			command: func(c thresholdAt) string { return c.Chain.command() },
			mutants: []mutant[thresholdAt]{
				{"the fourth moment's bound: 1/M⁴", rare(func(m float64) float64 { return math.Pow(m, -4) }), []thresholdAt{single}},
				{"1/(4M): sup σ′ in the bound", rare(func(m float64) float64 { return 1 / (4 * m) }), []thresholdAt{single}},
				{"never", rare(func(float64) float64 { return 1e-9 }), []thresholdAt{single}},
			},
		},
	}
}

// steepShare is the share of a uniform input on (−½, ½) at which one sigmoid layer
// has w·σ′(w·a) ≥ m: with s = σ(1 − σ) = m/w, |w·a| ≤ log((1+r)/(1−r)), r = √(1 − 4s).
func steepShare(w, m float64) float64 {
	r := math.Sqrt(max(0, 1-4*m/w))
	return min(1, 2*2*math.Atanh(r)/w)
}
