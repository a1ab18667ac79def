package theory

import (
	"gradchain/theory/activation"
	"gradchain/theory/product"
)

const (
	squareGaussian = "independent square matrices of i.i.d. N(0, entry_std²) or N(0, weight_var/width) entries"
	criticalNet    = "equal widths, zero bias, Gaussian weights at the critical weight_var (1 for linear, 2 for relu), v fixed"
	criticalDomain = "activation linear or relu, width ≥ 1"
	zeroBias       = "zero bias, symmetric weights"
	productTwelve  = "relative 1e-12; next to a zero to the rounding of the parameters"
	smallAngle     = "angle θ → 0, one He-ReLU layer, given at least 2 active units"
)

// entryStd and weightVar are the alternatives for the size of the entries.
var entryStd, weightVar = param.entryStd.or(param.weightVar), param.weightVar.or(param.entryStd)

func init() {
	register(
		Quantity{
			Name: "product.lyapunov", Meaning: "i-th largest Lyapunov exponent of a product of Gaussian matrices",
			Formula: "½(log 2 + ψ((n−i+1)/2)) + log σ", Hypotheses: squareGaussian,
			Domain: "width ≥ 1, 1 ≤ index ≤ width", Source: "Newman 1986; Cohen & Newman 1984; Forrester 2013",
			Accuracy: productTwelve, Params: []Param{param.width, entryStd, weightVar, param.index.preset("1")},
			Example: Example{"width=3 entry_std=1", 0.36481857726926091499},
			evaluate: func(a args) (float64, error) {
				return product.Lyapunov(a.int("width"), a.int("index"), scaleOf(a))
			},
		},
		Quantity{
			Name: "product.lyapunov_sum", Meaning: "sum of all Lyapunov exponents", Formula: "E log|det W|",
			Hypotheses: squareGaussian, Domain: "width ≥ 1", Source: "Newman 1986; Cohen & Newman 1984; Forrester 2013",
			Accuracy: productTwelve, Params: []Param{param.width, entryStd, weightVar},
			Example: Example{"width=8 entry_std=1", 3.7244706737272018909},
			evaluate: func(a args) (float64, error) {
				return product.LyapunovSum(a.int("width"), scaleOf(a))
			},
		},
		Quantity{
			Name: "product.log_squared_norm.mean", Meaning: "mean log squared norm of a Jacobian-vector product, depth layers",
			Formula:    "E log‖Jv‖²; per layer ψ(n/2) − log(n/2), or E[ψ(B/2) + log(4/n) | B ≥ 1], B ~ Bin(n, ½)",
			Hypotheses: criticalNet + "; relu: given at least one active unit per layer", Domain: criticalDomain + ", depth ≥ 1",
			Source: "derived; Hanin & Nica 2020 to leading order, −5/(2n)", Accuracy: productTwelve,
			Params:   []Param{param.activation, param.width, param.depth.preset("1")},
			Example:  Example{"activation=linear width=4", -0.27036284546147817002},
			evaluate: ofNetwork(product.LogSquaredNormMean),
		},
		Quantity{
			Name:       "product.log_squared_norm.variance",
			Meaning:    "variance of the log squared norm of a Jacobian-vector product, depth layers",
			Formula:    "Var log‖Jv‖²; per layer ψ′(n/2), or E ψ′(B/2) + Var ψ(B/2) given B ≥ 1, B ~ Bin(n, ½)",
			Hypotheses: criticalNet + "; relu: given at least one active unit per layer", Domain: criticalDomain + ", depth ≥ 1",
			Source: "derived; Hanin & Nica 2020 to leading order, 5/n", Accuracy: productTwelve,
			Params:   []Param{param.activation, param.width, param.depth.preset("1")},
			Example:  Example{"activation=linear width=2", 1.6449340668482264365},
			evaluate: ofNetwork(product.LogSquaredNormVariance),
		},
		Quantity{
			Name: "product.moment_exponent", Meaning: "growth rate of a moment of the norm", Formula: "(1/L) log E‖Jv‖^order",
			Hypotheses: criticalNet + "; dead paths count as 0",
			Domain:     criticalDomain + "; order > −width for linear, > 0 for relu", Source: "derived; Hanin 2018 for order 4",
			Accuracy: productTwelve, Special: []string{"0 at order 2"},
			Params:  []Param{param.activation, param.width, param.order},
			Example: Example{"activation=relu width=30 order=6", 0.43753782799615844271},
			evaluate: func(a args) (float64, error) {
				return product.MomentExponent(a.activation("activation"), a.int("width"), a.real("order"))
			},
		},
		Quantity{
			Name: "product.norm_moment", Meaning: "moment of the norm of a Jacobian-vector product", Formula: "E‖Jv‖^order",
			Hypotheses: criticalNet + "; dead paths count as 0",
			Domain:     criticalDomain + ", depth ≥ 1; order > −width for linear, > 0 for relu",
			Source:     "derived; Hanin 2018 for order 4", Accuracy: productTwelve,
			Special: []string{"order 2 is 1", "order 4 is (1+2/n)^L for linear, (1+5/n)^L for relu"},
			Params:  []Param{param.activation, param.width, param.depth, param.order},
			Example: Example{"activation=linear width=64 depth=64 order=4", 7.1662761527882192686},
			evaluate: func(a args) (float64, error) {
				return product.NormMoment(a.activation("activation"), a.int("width"), a.int("depth"), a.real("order"))
			},
		},
		Quantity{
			Name: "product.alive_probability", Meaning: "probability that no layer has all its ReLU units off",
			Formula: "(1 − 2^−n)^L", Hypotheses: zeroBias, Domain: "width ≥ 1, depth ≥ 1", Source: "derived",
			Accuracy: "relative 1e-12", Params: []Param{param.width, param.depth},
			Example:  Example{"width=1 depth=20", 9.5367431640625e-7},
			evaluate: ofShape(product.AliveProbability),
		},
		Quantity{
			Name: "product.dead_probability", Meaning: "probability that some layer has all its ReLU units off, accurate when tiny",
			Formula: "1 − (1 − 2^−n)^L", Hypotheses: zeroBias, Domain: "width ≥ 1, depth ≥ 1", Source: "derived",
			Accuracy: "relative 1e-12", Params: []Param{param.width, param.depth},
			Example:  Example{"width=128 depth=1", 2.9387358770557187699e-39},
			evaluate: ofShape(product.DeadProbability),
		},
		Quantity{
			Name: "product.trace_second_moment", Meaning: "second moment of the squared singular values of a product",
			Formula:    "(1/n) E tr (JJᵀ)² = [(n+2)(1+2/n)^L − (n−1)(1−1/n)^L]/3",
			Hypotheses: "J a product of depth width×width matrices of i.i.d. N(0, 1/width) entries",
			Domain:     "width ≥ 1, depth ≥ 1", Source: "derived (Wick)", Accuracy: "relative 1e-12",
			Special: []string{"tends to L + 1 as width → ∞"},
			Params:  []Param{param.width, param.depth}, Example: Example{"width=64 depth=64", 149.99335835221876817},
			evaluate: ofShape(product.TraceSecondMoment),
		},
		Quantity{
			Name: "product.exceedance.normal_approximation", Meaning: "probability that the gradient grew, in normal approximation",
			Formula:    "P(‖Jv‖² > 1) with log‖Jv‖² normal of its exact mean and variance",
			Hypotheses: criticalNet + "; relu: given at least one active unit per layer", Domain: criticalDomain + ", depth ≥ 1",
			Source: "Hanin & Nica 2020 (central limit)", Accuracy: "relative 1e-12 of the approximation",
			Params:   []Param{param.activation, param.width, param.depth},
			Example:  Example{"activation=relu width=64 depth=64", 0.13268901916281017917},
			evaluate: ofNetwork(product.ExceedanceNormalApproximation),
		},
		Quantity{
			Name: "product.angle_contraction.rate", Meaning: "rate at which the angle of two inputs closes",
			Formula:    "ρ(n) = −E log(sin²θ′/sin²θ) = E[ψ(k/2) − ψ((k−1)/2) | k ≥ 2], k ~ Bin(n, ½)",
			Hypotheses: smallAngle, Domain: "width ≥ 2", Source: "derived; Jakub & Nica 2023 for the leading 2/n",
			Accuracy: "relative 1e-12", Params: []Param{param.width.in(">= 2")}, Example: Example{"width=4", 1.0144439166690610779},
			evaluate: func(a args) (float64, error) { return product.AngleContractionRate(a.int("width")) },
		},
		Quantity{
			Name: "product.angle_contraction.variance", Meaning: "variance of that log contraction",
			Formula: "Var log(sin²θ′/sin²θ), about 8/n", Hypotheses: smallAngle, Domain: "width ≥ 2", Source: "derived",
			Accuracy: "relative 1e-12", Params: []Param{param.width.in(">= 2")}, Example: Example{"width=64", 0.13353771718873017668},
			evaluate: func(a args) (float64, error) { return product.AngleContractionVariance(a.int("width")) },
		},
	)
}

func scaleOf(a args) product.Scale {
	if a.has("entry_std") {
		return product.EntryStd(a.real("entry_std"))
	}
	return product.WeightVar(a.real("weight_var"))
}

// ofNetwork evaluates a quantity of a network of that activation, width and depth.
func ofNetwork(of func(a activation.Activation, width, depth int) (float64, error)) func(a args) (float64, error) {
	return func(a args) (float64, error) {
		return of(a.activation("activation"), a.int("width"), a.int("depth"))
	}
}

// ofShape evaluates a quantity of a network of that width and depth.
func ofShape(of func(width, depth int) (float64, error)) func(a args) (float64, error) {
	return func(a args) (float64, error) { return of(a.int("width"), a.int("depth")) }
}
