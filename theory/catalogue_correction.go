package theory

import (
	"gradchain/theory/activation"
	"gradchain/theory/correction"
)

const windowDomain = "sigmoid, tanh, arctan, erf or softsign"

func init() {
	register(
		Quantity{
			Name: "correction.zero_bias_ceiling.value", Meaning: "ceiling C of |w|φ′(wa) ≤ C/|a|, whatever the weight",
			Formula: "C = max_u u φ′(u)", Hypotheses: "zero bias", Domain: "sigmoid, tanh, lecun_tanh, arctan, erf or softsign",
			Source: "derived", Accuracy: "relative 1e-12",
			Params: []Param{param.activation}, Example: Example{"activation=tanh", 0.44774320469430284918},
			evaluate: ofActivation(correction.ZeroBiasCeiling),
		},
		Quantity{
			Name: "correction.zero_bias_ceiling.argmax", Meaning: "the u at which u φ′(u) is largest",
			Formula: "φ′(u) + uφ″(u) = 0", Domain: "sigmoid, tanh, lecun_tanh, arctan, erf or softsign",
			Source: "derived", Accuracy: "relative 1e-12",
			Special: []string{"sigmoid: u tanh(u/2) = 1", "arctan and softsign: 1", "erf: 1/√2"},
			Params:  []Param{param.activation}, Example: Example{"activation=tanh", 0.77170231920910422398},
			evaluate: ofActivation(correction.ZeroBiasArgmax),
		},
		Quantity{
			Name: "correction.gain_window.width", Meaning: "length of the inputs a at which one factor is at least 1, any bias b",
			Formula: "|{a : |w φ′(wa + b)| ≥ 1}| = 2z/|w| with φ′(z) = 1/|w|", Domain: windowDomain + "; |w| sup φ′ ≥ 1",
			Source: "Nielsen 2015, ch. 5, eq. (123) for sigmoid", Accuracy: "relative 1e-12",
			Special: []string{"0 at |w| sup φ′ = 1: one point"},
			Params:  []Param{param.activation, param.w},
			Example: Example{"activation=sigmoid w=10", 0.41268741377911210935},
			evaluate: func(a args) (float64, error) {
				return correction.GainWindow(a.activation("activation"), a.real("w"))
			},
		},
		Quantity{
			Name: "correction.gain_window.max_width", Meaning: "largest gain window over all weights",
			Formula: "2 max_u u φ′(u)", Domain: windowDomain, Source: "Nielsen 2015, ch. 5; identity derived",
			Accuracy: "relative 1e-12",
			Params:   []Param{param.activation}, Example: Example{"activation=sigmoid", 0.44774320469430284918},
			evaluate: ofActivation(correction.GainWindowMaximum),
		},
		Quantity{
			Name: "correction.gain_window.argmax", Meaning: "|w| with the largest gain window",
			Formula: "1/φ′(u), u the argmax of u φ′(u)", Domain: windowDomain, Source: "Nielsen 2015, ch. 5; identity derived",
			Accuracy: "relative 1e-12",
			Params:   []Param{param.activation}, Example: Example{"activation=sigmoid", 6.8941510322729280142},
			evaluate: ofActivation(correction.GainWindowArgmax),
		},
		Quantity{
			Name:    "correction.budget.single_layer",
			Meaning: "mean over a ~ U(0,1) of the derivative of σ(w(a − ½)): the budget of one layer, below 1",
			Formula: "σ(w/2) − σ(−w/2) = tanh(w/4)", Domain: "w > 0", Source: "derived", Accuracy: "relative 1e-12",
			Params: []Param{param.w.in("> 0")}, Example: Example{"w=4", 0.76159415595576488812},
			evaluate: func(a args) (float64, error) { return correction.SingleLayerBudget(a.real("w")) },
		},
		Quantity{
			Name: "correction.sigmoid_product_bound", Meaning: "bound on the gradient of a width-1 sigmoid chain",
			Formula: "(|w|/4)^L", Hypotheses: "all weights ±w", Domain: "w real, depth ≥ 0", Source: "elementary, from sup σ′ = ¼",
			Accuracy: "relative 1e-12", Special: []string{"1 at depth 0"},
			Params:  []Param{param.w, param.depth.in(">= 0")},
			Example: Example{"w=3.99 depth=1000", 0.081828456399977837124},
			evaluate: func(a args) (float64, error) {
				return correction.SigmoidProductBound(a.real("w"), a.int("depth"))
			},
		},
	)
}

// ofActivation evaluates a quantity whose only parameter is the activation.
func ofActivation(of func(activation.Activation) (float64, error)) func(a args) (float64, error) {
	return func(a args) (float64, error) { return of(a.activation("activation")) }
}
