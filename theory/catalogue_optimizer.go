package theory

import "gradchain/theory/optimizer"

const (
	quadratic  = "convex quadratic with eigenvalues in [μ, L], κ = L/μ, best constant parameters"
	quadSource = "Polyak 1964; Nesterov 2004; Saad 2003"
	chainLoss  = "loss (∏w − 1)²/2 of a width-1 linear chain, all weights at w0"
)

func init() {
	register(
		Quantity{
			Name: "optimizer.gradient_descent.rate", Meaning: "factor per step on the error of gradient descent",
			Formula: "(κ−1)/(κ+1), at the step 2/(L+μ)", Hypotheses: quadratic, Domain: "condition_number > 1",
			Source: quadSource, Accuracy: "relative 1e-12",
			Params: []Param{param.conditionNumber}, Example: Example{"condition_number=10", 0.81818181818181818182},
			evaluate: ofCondition(optimizer.GradientDescentRate),
		},
		Quantity{
			Name: "optimizer.gradient_descent.steps", Meaning: "steps of gradient descent to a relative error",
			Formula: "smallest t with rate^t ≤ tolerance", Hypotheses: quadratic,
			Domain: "condition_number > 1, 0 < tolerance < 1", Source: "elementary", Accuracy: "exact",
			Params:  []Param{param.conditionNumber, param.tolerance},
			Example: Example{"condition_number=10 tolerance=1e-6", 69},
			evaluate: func(a args) (float64, error) {
				return optimizer.GradientDescentSteps(a.real("condition_number"), a.real("tolerance"))
			},
		},
		Quantity{
			Name: "optimizer.heavy_ball.rate", Meaning: "asymptotic factor per step on the error of heavy ball",
			Formula: "(√κ−1)/(√κ+1) = √momentum", Hypotheses: quadratic, Domain: "condition_number > 1",
			Source: quadSource, Accuracy: "relative 1e-12",
			Params: []Param{param.conditionNumber}, Example: Example{"condition_number=10", 0.519493853295915704},
			evaluate: ofCondition(optimizer.HeavyBallRate),
		},
		Quantity{
			Name: "optimizer.heavy_ball.momentum", Meaning: "best momentum of heavy ball", Formula: "((√κ−1)/(√κ+1))²",
			Hypotheses: quadratic, Domain: "condition_number > 1", Source: quadSource, Accuracy: "relative 1e-12",
			Params: []Param{param.conditionNumber}, Example: Example{"condition_number=100", 0.66942148760330578512},
			evaluate: ofCondition(optimizer.HeavyBallMomentum),
		},
		Quantity{
			Name: "optimizer.heavy_ball.steps", Meaning: "steps of heavy ball to a relative error, at the asymptotic rate",
			Formula: "smallest t with rate^t ≤ tolerance", Hypotheses: quadratic,
			Domain: "condition_number > 1, 0 < tolerance < 1", Source: "elementary", Accuracy: "exact",
			Params:  []Param{param.conditionNumber, param.tolerance},
			Example: Example{"condition_number=100 tolerance=1e-6", 69},
			evaluate: func(a args) (float64, error) {
				return optimizer.HeavyBallSteps(a.real("condition_number"), a.real("tolerance"))
			},
		},
		Quantity{
			Name: "optimizer.conjugate_gradient.minimax", Meaning: "least worst-case factor on the error after t Krylov steps",
			Formula: "1/T_t((κ+1)/(κ−1)) = 2r^t/(1+r^(2t)), r = (√κ−1)/(√κ+1)", Hypotheses: quadratic,
			Domain: "condition_number > 1, steps ≥ 0", Source: quadSource, Accuracy: "relative 1e-12",
			Params:   []Param{param.conditionNumber, param.steps},
			Example:  Example{"condition_number=10 steps=10", 0.0028630783882099066906},
			evaluate: ofConditionSteps(optimizer.ConjugateGradientMinimax),
		},
		Quantity{
			Name: "optimizer.conjugate_gradient.bound", Meaning: "usual bound on the error after t steps of conjugate gradients",
			Formula: "2r^t, r = (√κ−1)/(√κ+1)", Hypotheses: quadratic, Domain: "condition_number > 1, steps ≥ 0",
			Source: quadSource, Accuracy: "relative 1e-12",
			Params:   []Param{param.conditionNumber, param.steps},
			Example:  Example{"condition_number=10 steps=10", 0.0028630842555532771422},
			evaluate: ofConditionSteps(optimizer.ConjugateGradientBound),
		},
		Quantity{
			Name: "optimizer.adam.constant_gradient_step", Meaning: "step of Adam in learning rates under a constant gradient, at any step",
			Formula: "|Δ|/lr = |g|/(|g|+ε)", Hypotheses: "bias corrected", Domain: "gradient ≠ 0, epsilon ≥ 0",
			Source: "Kingma & Ba 2015", Accuracy: "relative 1e-12", Params: []Param{param.gradient, param.epsilon},
			Example: Example{"gradient=1e-12 epsilon=1e-8", 0.000099990000999900009999},
			evaluate: func(a args) (float64, error) {
				return optimizer.AdamConstantGradientStep(a.real("gradient"), a.real("epsilon"))
			},
		},
		Quantity{
			Name: "optimizer.adam.max_step", Meaning: "largest step of Adam in learning rates, after one spike following zeros",
			Formula: "(1−β₁)/√(1−β₂)", Domain: "0 ≤ beta1 < 1, 0 ≤ beta2 < 1", Source: "Kingma & Ba 2015, sec. 2.1",
			Accuracy: "relative 1e-12", Params: []Param{param.beta1, param.beta2},
			Example: Example{"beta1=0.9 beta2=0.999", 3.162277660168379332},
			evaluate: func(a args) (float64, error) {
				return optimizer.AdamMaxStep(a.real("beta1"), a.real("beta2"))
			},
		},
		Quantity{
			Name: "optimizer.rmsprop.first_step", Meaning: "first step of RMSProp in learning rates", Formula: "1/√(1−decay)",
			Hypotheses: "no bias correction, ε = 0", Domain: "0 ≤ decay < 1", Source: "Tieleman & Hinton 2012",
			Accuracy: "relative 1e-12", Params: []Param{param.decay}, Example: Example{"decay=0.9", 3.162277660168379332},
			evaluate: func(a args) (float64, error) { return optimizer.RMSPropFirstStep(a.real("decay")) },
		},
		Quantity{
			Name: "optimizer.adagrad.travel", Meaning: "total travel of AdaGrad in learning rates under a constant gradient",
			Formula: "Σ i^(−½), i ≤ steps", Hypotheses: "ε = 0", Domain: "steps ≥ 1",
			Source: "Duchi, Hazan & Singer 2011", Accuracy: "relative 1e-12",
			Params: []Param{param.steps.in(">= 1")}, Example: Example{"steps=10", 5.0209978992926665005},
			evaluate: func(a args) (float64, error) { return optimizer.AdaGradTravel(a.int("steps")) },
		},
		Quantity{
			Name: "optimizer.chain.flow_time", Meaning: "time of gradient flow from w0 to the target",
			Formula: "∫ dw/((1−w^L) w^(L−1)), w0 to target^(1/L)", Hypotheses: chainLoss,
			Domain:   "depth ≥ 1, 0 < target < 1, 0 < w0 < target^(1/depth)",
			Source:   "Saxe, McClelland & Ganguli 2013, eq. (11) for depth 2; Shamir 2018; derived",
			Accuracy: "relative 1e-12", Params: []Param{param.depth, param.w0, param.target.preset("0.5")},
			Example: Example{"depth=10 w0=0.5", 32.144391249983115636},
			evaluate: func(a args) (float64, error) {
				return optimizer.ChainFlowTime(a.int("depth"), a.real("w0"), a.real("target"))
			},
		},
		Quantity{
			Name: "optimizer.chain.gradient", Meaning: "modulus of the gradient of one weight", Formula: "|1−w0^L| w0^(L−1)",
			Hypotheses: chainLoss, Domain: "depth ≥ 1, w0 > 0", Source: "elementary", Accuracy: "relative 1e-12",
			Params: []Param{param.depth, param.w0}, Example: Example{"depth=5 w0=0.5", 0.060546875},
			evaluate: func(a args) (float64, error) { return optimizer.ChainGradient(a.int("depth"), a.real("w0")) },
		},
		Quantity{
			Name: "optimizer.chain.steps", Meaning: "steps of an optimizer to the target", Formula: "first t with ∏w ≥ target",
			Hypotheses: chainLoss + "; float64 recursion; β₁ 0.9, β₂ 0.999, decay 0.9, momentum 0.9",
			Domain:     "depth ≥ 1, w0 > 0, 0 < target < 1, epsilon ≥ 0; error if not reached within max_steps",
			Source:     "derived", Accuracy: "exact for float64 arithmetic, else one step",
			Params: []Param{
				param.optimizer, param.depth, param.w0, param.learningRate,
				param.epsilon.preset("1e-8"), param.target.preset("0.9"), param.maxSteps.preset("2000000"),
			},
			Example:  Example{"optimizer=momentum depth=10 w0=0.5 learning_rate=0.01", 368},
			evaluate: chainSteps,
		},
	)
}

func chainSteps(a args) (float64, error) {
	return optimizer.ChainRun{
		Optimizer:    a.choice("optimizer"),
		Depth:        a.int("depth"),
		W0:           a.real("w0"),
		LearningRate: a.real("learning_rate"),
		Epsilon:      a.real("epsilon"),
		Target:       a.real("target"),
		MaxSteps:     a.int("max_steps"),
	}.Steps()
}

func ofCondition(of func(condition float64) (float64, error)) func(a args) (float64, error) {
	return func(a args) (float64, error) { return of(a.real("condition_number")) }
}

func ofConditionSteps(of func(condition float64, steps int) (float64, error)) func(a args) (float64, error) {
	return func(a args) (float64, error) { return of(a.real("condition_number"), a.int("steps")) }
}
