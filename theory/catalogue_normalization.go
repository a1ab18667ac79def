package theory

import (
	"gradchain/theory/activation"
	"gradchain/theory/normalization"
)

const (
	wideInit        = "wide net at initialization"
	batchDomain     = "activation linear or relu; batch ≥ 4"
	yangBatchNorm   = "Yang, Pennington, Rao, Sohl-Dickstein & Schoenholz 2019, re-derived"
	normalizeTwelve = "relative 1e-12"
)

var (
	batchSize = Param{Name: "batch", Kind: Integer, Meaning: "batch size B", Domain: ">= 4"}
	variance  = Param{Name: "variance", Kind: Real, Meaning: "variance of the unit over the batch", Domain: ">= 0"}
	threshold = Param{Name: "threshold", Kind: Real, Meaning: "level of |z|", Domain: ">= 0"}
)

func init() {
	register(
		Quantity{
			Name: "normalization.batch_norm.gradient_factor", Meaning: "growth of E‖∇‖² per batch-normalized layer",
			Formula:    "linear (B−2)/(B−3); relu B·T/((B−1)(B−3)(½−K)), T = (B−3)/2 + 1/B + ((B−1)/B)(P+K), K and P the arc-cosine kernels at −1/(B−1)",
			Hypotheses: wideInit, Domain: batchDomain, Source: yangBatchNorm, Accuracy: normalizeTwelve,
			Special: []string{"relu: π/(π−1) as batch → ∞"}, Params: []Param{param.activation, batchSize},
			Example:  Example{"activation=relu batch=8", 1.7881899766587481291},
			evaluate: ofBatch(normalization.BatchNormGradientFactor),
		},
		Quantity{
			Name: "normalization.batch_norm.log_gradient_factor", Meaning: "log of that growth", Formula: "log of the gradient factor",
			Hypotheses: wideInit, Domain: batchDomain, Source: yangBatchNorm, Accuracy: normalizeTwelve,
			Params: []Param{param.activation, batchSize}, Example: Example{"activation=relu batch=32", 0.41999426720620402649},
			evaluate: ofBatch(normalization.BatchNormLogGradientFactor),
		},
		Quantity{
			Name: "normalization.batch_norm.gradient_factor_limit", Meaning: "growth of E‖∇‖² per batch-normalized layer, batch → ∞",
			Formula: "E φ′(z)²/Var φ(z), z ~ N(0,1)", Hypotheses: wideInit, Domain: "any activation", Source: "derived",
			Accuracy: normalizeTwelve, Special: []string{"≥ 1 by Poincaré's inequality, 1 for linear only", "relu: π/(π−1)"},
			Params: []Param{param.activation}, Example: Example{"activation=relu", 1.46694220692425986},
			evaluate: ofActivation(normalization.BatchNormGradientFactorLimit),
		},
		Quantity{
			Name: "normalization.batch_norm.output_rms", Meaning: "root mean square of a batch-normalized unit", Formula: "√(v/(v+ε))",
			Domain: "variance ≥ 0, epsilon ≥ 0, not both 0", Source: "elementary", Accuracy: normalizeTwelve,
			Params:  []Param{variance, param.epsilon.as("ε, added to the variance")},
			Example: Example{"variance=1 epsilon=1e-5", 0.9999950000374996875},
			evaluate: func(a args) (float64, error) {
				return normalization.OutputRMS(a.real("variance"), a.real("epsilon"))
			},
		},
		Quantity{
			Name: "normalization.batch_norm.saturation_probability", Meaning: "part of the batch-normalized units beyond a threshold",
			Formula: "P(|z| > threshold), z ~ N(0,1)", Hypotheses: wideInit, Domain: "threshold ≥ 0", Source: "elementary",
			Accuracy: normalizeTwelve, Params: []Param{threshold}, Example: Example{"threshold=4", 0.000063342483666239842508},
			evaluate: func(a args) (float64, error) { return normalization.SaturationProbability(a.real("threshold")) },
		},
		Quantity{
			Name: "normalization.layer_norm.gradient_factor", Meaning: "growth of E‖∇‖² per layer with layer norm before φ",
			Formula: "E φ′(z)²/E φ(z)², z ~ N(0,1)", Hypotheses: wideInit, Domain: "any activation", Source: "derived",
			Accuracy: normalizeTwelve, Special: []string{"1 for linear, relu and leaky_relu", "sigmoid: 0.15, gradients vanish"},
			Params: []Param{param.activation}, Example: Example{"activation=tanh", 1.1778072323041796233},
			evaluate: ofActivation(normalization.LayerNormGradientFactor),
		},
		Quantity{
			Name: "normalization.layer_norm.jacobian_square", Meaning: "squared Frobenius norm of the Jacobian of layer norm, times the variance",
			Formula: "‖std·J‖_F² = width − 2", Hypotheses: "ε = 0", Domain: "width ≥ 3", Source: "derived", Accuracy: "exact",
			Params: []Param{param.width.in(">= 3")}, Example: Example{"width=7", 5},
			evaluate: func(a args) (float64, error) { return normalization.LayerNormJacobianSquare(a.int("width")) },
		},
		Quantity{
			Name: "normalization.rms_norm.jacobian_square", Meaning: "squared Frobenius norm of the Jacobian of RMS norm, times the mean square",
			Formula: "‖rms·J‖_F² = width − 1", Hypotheses: "ε = 0", Domain: "width ≥ 2", Source: "derived", Accuracy: "exact",
			Params: []Param{param.width.in(">= 2")}, Example: Example{"width=7", 6},
			evaluate: func(a args) (float64, error) { return normalization.RMSNormJacobianSquare(a.int("width")) },
		},
	)
}

func ofBatch(of func(a activation.Activation, batch int) (float64, error)) func(a args) (float64, error) {
	return func(a args) (float64, error) { return of(a.activation("activation"), a.int("batch")) }
}
