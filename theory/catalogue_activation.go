package theory

import (
	"errors"
	"math"
	"slices"
	"strings"

	"gradchain/theory/activation"
	"gradchain/theory/gauss"
	"gradchain/theory/internal/domain"
)

const (
	fewUlps  = "a few units in the last place; next to a sign change absolutely"
	gaussian = "z ~ N(0, q)"
)

func init() {
	register(
		Quantity{
			Name: "activation.value", Meaning: "activation at one pre-activation", Formula: "φ(z)",
			Domain: "z real", Source: "definition", Accuracy: fewUlps,
			Params:  []Param{param.activation, param.z},
			Example: Example{"activation=arctan z=0.4", 0.3805063771123648863},
			evaluate: func(a args) (float64, error) {
				return a.activation("activation").Phi(a.real("z")), nil
			},
		},
		Quantity{
			Name: "activation.derivative", Meaning: "derivative of the activation", Formula: "φ′(z)",
			Domain: "z real", Source: "definition", Accuracy: fewUlps,
			Special: []string{"at a kink the one-sided derivative of smaller modulus: relu has 0 at 0"},
			Params:  []Param{param.activation, param.z},
			Example: Example{"activation=arctan z=-0.6", 0.73529411764705882353},
			evaluate: func(a args) (float64, error) {
				return a.activation("activation").DPhi(a.real("z")), nil
			},
		},
		Quantity{
			Name: "activation.log_abs_derivative", Meaning: "log modulus of the derivative, finite where φ′ underflows",
			Formula: "log|φ′(z)|", Domain: "φ′(z) ≠ 0", Source: "definition", Accuracy: fewUlps,
			Params:   []Param{param.activation, param.z},
			Example:  Example{"activation=softsign z=3", -2.7725887222397812377},
			evaluate: logAbsDerivative,
		},
		Quantity{
			Name: "activation.derivative_sup", Meaning: "supremum of the derivative, attained or not", Formula: "sup φ′",
			Domain: "any activation", Source: "elementary", Accuracy: fewUlps,
			Special:  []string{"SELU has λα = 1.758…, not λ", "hard_swish has 3/2, above silu"},
			Params:   []Param{param.activation},
			Example:  Example{"activation=gelu", 1.1289041451851547863},
			evaluate: extremum(activation.Activation.Sup),
		},
		Quantity{
			Name: "activation.derivative_inf", Meaning: "infimum of the derivative, attained or not", Formula: "inf φ′",
			Domain: "any activation", Source: "elementary", Accuracy: fewUlps,
			Special:  []string{"gelu and silu have 1 − sup φ′"},
			Params:   []Param{param.activation},
			Example:  Example{"activation=silu", -0.099839320128866917},
			evaluate: extremum(activation.Activation.Inf),
		},
		Quantity{
			Name: "activation.derivative_argmax", Meaning: "where the derivative is largest", Formula: "argmax φ′",
			Domain: "sigmoid, tanh, lecun_tanh, softsign, arctan, erf, gelu, gelu_tanh, silu, mish: there it is one point",
			Source: "elementary", Accuracy: "relative 1e-12",
			Params:  []Param{param.activation},
			Example: Example{"activation=silu", 2.3993572805154676678},
			evaluate: place(activation.Activation.Sup,
				"sigmoid", "tanh", "lecun_tanh", "softsign", "arctan", "erf", "gelu", "gelu_tanh", "silu", "mish"),
		},
		Quantity{
			Name: "activation.derivative_argmin", Meaning: "where the derivative is smallest", Formula: "argmin φ′",
			Domain: "gelu, gelu_tanh, silu, mish: there it is one point", Source: "elementary", Accuracy: "relative 1e-12",
			Params:   []Param{param.activation},
			Example:  Example{"activation=gelu", -math.Sqrt2},
			evaluate: place(activation.Activation.Inf, "gelu", "gelu_tanh", "silu", "mish"),
		},
		Quantity{
			Name: "activation.min", Meaning: "minimum of the activation", Formula: "min φ",
			Domain: "gelu, gelu_tanh, silu, mish, hard_swish", Source: "elementary", Accuracy: "relative 1e-12",
			Params:   []Param{param.activation},
			Example:  Example{"activation=hard_swish", -0.375},
			evaluate: minimum(func(e activation.Extremum) float64 { return e.Value }),
		},
		Quantity{
			Name: "activation.argmin", Meaning: "where the activation is smallest", Formula: "argmin φ",
			Domain: "gelu, gelu_tanh, silu, mish, hard_swish", Source: "elementary", Accuracy: "relative 1e-12",
			Params:   []Param{param.activation},
			Example:  Example{"activation=silu", -1.2784645427610737951},
			evaluate: minimum(func(e activation.Extremum) float64 { return e.At }),
		},
		Quantity{
			Name: "activation.selu_constant", Meaning: "constant of SELU, to full precision",
			Formula: "α, λ with E φ = 0 and E φ² = 1 for z ~ N(0, 1)", Domain: "alpha or lambda",
			Source: "Klambauer, Unterthiner, Mayr & Hochreiter 2017, eq. (14)", Accuracy: "relative 1e-12",
			Params:  []Param{param.constant},
			Example: Example{"constant=lambda", 1.0507009873554804934},
			evaluate: func(a args) (float64, error) {
				return activation.SELUConstant(a.choice("constant"))
			},
		},
		Quantity{
			Name: "activation.derivative_tail_ratio", Meaning: "derivative over its leading tail, in [1/4, 1)",
			Formula: "σ′(z)e^|z| or tanh′(z)e^(2|z|)/4", Domain: "sigmoid or tanh, z real",
			Source: "elementary", Accuracy: "relative 1e-12",
			Special: []string{"1/4 at z = 0, and 1 to rounding from |z| = 38 on"},
			Params:  []Param{param.activation, param.z},
			Example: Example{"activation=sigmoid z=10", 0.99990920632356161393},
			evaluate: func(a args) (float64, error) {
				return a.activation("activation").DerivativeTailRatio(a.real("z"))
			},
		},
		Quantity{
			Name: "activation.gaussian.mean", Meaning: "mean activation", Formula: "E φ(z)", Hypotheses: gaussian,
			Domain: "q > 0", Source: "definition", Accuracy: "1e-12 of E|φ|",
			Special: []string{"0 for odd φ"}, Params: []Param{param.activation, param.q},
			Example:  Example{"activation=elu(1) q=1", 0.16052057226655604962},
			evaluate: overGaussian(gauss.Mean),
		},
		Quantity{
			Name: "activation.gaussian.mean_square", Meaning: "mean square activation", Formula: "E φ(z)²",
			Hypotheses: gaussian, Domain: "q > 0", Source: "definition", Accuracy: "relative 1e-12",
			Params:   []Param{param.activation, param.q},
			Example:  Example{"activation=erf q=1", 0.46455905439753997851},
			evaluate: overGaussian(gauss.MeanSquare),
		},
		Quantity{
			Name: "activation.gaussian.variance", Meaning: "variance of the activation", Formula: "Var φ(z)",
			Hypotheses: gaussian, Domain: "q > 0", Source: "definition", Accuracy: "relative 1e-12",
			Params:   []Param{param.activation, param.q},
			Example:  Example{"activation=relu6 q=0.6", 0.20450703414485747898},
			evaluate: overGaussian(gauss.Variance),
		},
		Quantity{
			Name: "activation.gaussian.derivative_mean", Meaning: "mean derivative", Formula: "E φ′(z) = E zφ(z)/q",
			Hypotheses: gaussian, Domain: "q > 0", Source: "definition; Stein 1981", Accuracy: "1e-12 of E|φ′|",
			Special:  []string{"1/2 for gelu, gelu_tanh, silu and hard_swish"},
			Params:   []Param{param.activation, param.q},
			Example:  Example{"activation=sigmoid q=1", 0.20662096414190703726},
			evaluate: overGaussian(gauss.DerivativeMean),
		},
		Quantity{
			Name: "activation.gaussian.derivative_moment", Meaning: "moment of the derivative; order 2 is that of χ₁",
			Formula: "E|φ′(z)|^order", Hypotheses: gaussian, Domain: "q > 0, order > 0", Source: "definition",
			Accuracy: "relative 1e-12",
			Params:   []Param{param.activation, param.q, param.order.in("> 0")},
			Example:  Example{"activation=tanh q=0.25 order=2", 0.71737986160310994868},
			evaluate: func(a args) (float64, error) {
				value, _, err := gauss.DerivativeMoment(a.activation("activation"), a.real("q"), a.real("order"))
				return value, err
			},
		},
		Quantity{
			Name: "activation.gaussian.log_derivative_mean", Meaning: "mean log modulus of the derivative",
			Formula: "E log|φ′(z)|", Hypotheses: gaussian,
			Domain: "q > 0; φ′ not zero on a set of positive measure", Source: "definition", Accuracy: "1e-12 of E|log|φ′||",
			Params:   []Param{param.activation, param.q},
			Example:  Example{"activation=sigmoid q=4", -2.135428776102766567},
			evaluate: overGaussian(gauss.LogDerivativeMean),
		},
		Quantity{
			Name: "activation.gaussian.log_derivative_variance", Meaning: "variance of the log modulus of the derivative",
			Formula: "Var log|φ′(z)|", Hypotheses: gaussian,
			Domain: "q > 0; φ′ not zero on a set of positive measure", Source: "definition", Accuracy: "relative 1e-12",
			Params:   []Param{param.activation, param.q},
			Example:  Example{"activation=sigmoid q=25", 7.7155310411956087653},
			evaluate: overGaussian(gauss.LogDerivativeVariance),
		},
	)
}

func logAbsDerivative(a args) (float64, error) {
	phi, z := a.activation("activation"), a.real("z")
	log := phi.LogAbsDPhi(z)
	if math.IsInf(log, -1) && phi.DPhi(z) == 0 && phi.HasDeadZone() {
		return 0, errors.New("φ′(z) = 0, which has no logarithm; want z outside the dead zone")
	}
	return log, nil
}

// extremum evaluates the value of an extremum.
func extremum(of func(activation.Activation) activation.Extremum) func(a args) (float64, error) {
	return func(a args) (float64, error) { return of(a.activation("activation")).Value, nil }
}

// place evaluates the point of an extremum, for the activations where it is the only one.
func place(of func(activation.Activation) activation.Extremum, names ...string) func(a args) (float64, error) {
	return func(a args) (float64, error) {
		phi := a.activation("activation")
		return of(phi).At, among(phi, names)
	}
}

// minimum evaluates a part of the minimum of φ.
func minimum(part func(activation.Extremum) float64) func(a args) (float64, error) {
	return func(a args) (float64, error) {
		phi := a.activation("activation")
		return part(phi.Minimum()), among(phi, []string{"gelu", "gelu_tanh", "silu", "mish", "hard_swish"})
	}
}

// overGaussian evaluates an expectation over z ~ N(0, q).
func overGaussian(of func(activation.Activation, float64) (value, bound float64, err error)) func(a args) (float64, error) {
	return func(a args) (float64, error) {
		value, _, err := of(a.activation("activation"), a.real("q"))
		return value, err
	}
}

// among is an error unless the activation has one of the names.
func among(phi activation.Activation, names []string) error {
	return domain.Check(slices.Contains(names, phi.Name()), "activation", phi, strings.Join(names, " or "))
}
