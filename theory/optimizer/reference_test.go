package optimizer

import (
	"testing"

	"gradchain/theory/internal/reference"
)

var functions = map[string]reference.Function{
	"optimizer.gradient_descent.rate": func(p reference.Params) (float64, error) {
		return GradientDescentRate(p.Float("condition_number"))
	},
	"optimizer.gradient_descent.steps": func(p reference.Params) (float64, error) {
		return GradientDescentSteps(p.Float("condition_number"), p.Float("tolerance"))
	},
	"optimizer.heavy_ball.rate": func(p reference.Params) (float64, error) {
		return HeavyBallRate(p.Float("condition_number"))
	},
	"optimizer.heavy_ball.momentum": func(p reference.Params) (float64, error) {
		return HeavyBallMomentum(p.Float("condition_number"))
	},
	"optimizer.heavy_ball.steps": func(p reference.Params) (float64, error) {
		return HeavyBallSteps(p.Float("condition_number"), p.Float("tolerance"))
	},
	"optimizer.conjugate_gradient.minimax": func(p reference.Params) (float64, error) {
		return ConjugateGradientMinimax(p.Float("condition_number"), p.Int("steps"))
	},
	"optimizer.conjugate_gradient.bound": func(p reference.Params) (float64, error) {
		return ConjugateGradientBound(p.Float("condition_number"), p.Int("steps"))
	},
	"optimizer.adam.constant_gradient_step": func(p reference.Params) (float64, error) {
		return AdamConstantGradientStep(p.Float("gradient"), p.Float("epsilon"))
	},
	"optimizer.adam.max_step": func(p reference.Params) (float64, error) {
		return AdamMaxStep(p.Float("beta1"), p.Float("beta2"))
	},
	"optimizer.rmsprop.first_step": func(p reference.Params) (float64, error) {
		return RMSPropFirstStep(p.Float("decay"))
	},
	"optimizer.adagrad.travel": func(p reference.Params) (float64, error) {
		return AdaGradTravel(p.Int("steps"))
	},
	"optimizer.chain.flow_time": func(p reference.Params) (float64, error) {
		return ChainFlowTime(p.Int("depth"), p.Float("w0"), p.FloatOr("target", 0.5))
	},
	"optimizer.chain.gradient": func(p reference.Params) (float64, error) {
		return ChainGradient(p.Int("depth"), p.Float("w0"))
	},
	"optimizer.chain.steps": func(p reference.Params) (float64, error) {
		return ChainRun{
			Optimizer:    p.Text("optimizer"),
			Depth:        p.Int("depth"),
			W0:           p.Float("w0"),
			LearningRate: p.Float("learning_rate"),
			Epsilon:      p.FloatOr("epsilon", DefaultEpsilon),
			Target:       p.FloatOr("target", DefaultTarget),
			MaxSteps:     p.IntOr("max_steps", DefaultMaxSteps),
		}.Steps()
	},
}

// The values of other sources, at their own tolerances.
func TestGolden(t *testing.T) {
	reference.Check(t, "testdata/golden.jsonl", 0, functions)
}

// Our own values, mpmath 1.3 at 60 digits (testdata/reference.py), to 1e-12; step
// counts of the float64 recursion to one step.
func TestReference(t *testing.T) {
	reference.Check(t, "testdata/reference.jsonl", 1e-12, functions)
}
