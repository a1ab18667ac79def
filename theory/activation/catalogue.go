package activation

import (
	"math"

	"gradchain/theory/internal/decimal"
)

// spec is one name and its parameter.
type spec struct {
	name      string
	param     string   // "" without parameter
	also      []string // what frameworks call the parameter
	preset    float64  // NaN without default
	framework float64  // what frameworks have where there is no default
	domain    string
	allowed   func(x float64) bool // called with finite values only
	build     func(arg float64) shape
}

// specs lists the activations in the order of the catalogue.
var specs = []spec{
	plain("linear", leaky{1}),
	plain("sigmoid", sigmoid{}),
	plain("tanh", tanh{1, 1, 1}),
	plain("erf", erf{}),
	plain("arctan", arctan{}),
	plain("sin", sine{}),
	plain("softsign", softsign{}),
	plain("relu", ramp{lo: 0, hi: math.Inf(1), scale: 1}),
	plain("relu6", ramp{lo: 0, hi: 6, scale: 1}),
	plain("hard_tanh", ramp{lo: -1, hi: 1, scale: 1}),
	plain("softplus", softplus{1}),
	plain("log_sigmoid", softplus{-1}),
	plain("lecun_tanh", tanh{1.7159, 2, 3}),
	{
		name: "leaky_relu", param: "slope", also: []string{"negative_slope", "alpha"}, preset: math.NaN(), framework: 0.01, domain: "slope finite",
		allowed: func(float64) bool { return true },
		build:   func(slope float64) shape { return leaky{slope} },
	},
	{
		name: "elu", param: "alpha", preset: 1, domain: "alpha > 0", allowed: positive,
		build: func(alpha float64) shape { return exponential{1, alpha, 1, 0} },
	},
	{
		name: "celu", param: "alpha", preset: 1, domain: "alpha > 0", allowed: positive,
		build: func(alpha float64) shape { return exponential{1, alpha, alpha, decimal.Rest(alpha)} },
	},
	plain("selu", exponential{seluLambda, seluAlpha, 1, 0}),
	plain("gelu", gelu{}),
	plain("gelu_tanh", gated{k: gateScale, c: gateCubic}),
	plain("silu", gated{k: double{hi: 1}}),
	plain("mish", mish{}),
	plain("hard_swish", hardSwish{}),
	plain("hard_sigmoid_torch", ramp{lo: -3, hi: 3, shift: 3, scale: 6}),
	plain("hard_sigmoid_keras", ramp{lo: -2.5, hi: 2.5, shift: 2.5, scale: 5}),
}

func plain(name string, s shape) spec {
	return spec{name: name, build: func(float64) shape { return s }}
}

func positive(x float64) bool { return x > 0 }
