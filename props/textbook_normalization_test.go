package props

import (
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"

	"gradchain/props/internal/gen"
)

// scaledGradients checks that weights a·w have the gradients of w times
// preAct(a) with respect to the pre-activations and, with ε → a²ε, times
// weight(a) with respect to the weights. a is a power of two, and so are the
// ratios: nothing is rounded, and the check allows no difference.
func scaledGradients(preAct, weight func(a float64) float64) func(batchAt) finding {
	return func(c batchAt) finding {
		a := c.Scale
		worst, text := 0.0, "all gradients scale"
		compare := func(what string, got, want, ratio float64) {
			if off := math.Abs(got - want*ratio); !(off <= worst) {
				worst, text = off, fmt.Sprintf("∂/∂%s = %.6g becomes %.6g at a = %v, want %.6g", what, want, got, a, want*ratio)
			}
		}
		before, after := c.trace(1, 0, 0), c.trace(a, 0, 0)
		for l := range before.PreActGrad {
			for i, g := range before.PreActGrad[l] {
				compare("h", after.PreActGrad[l][i], g, preAct(a))
			}
		}
		before, after = c.trace(1, 0, c.Epsilon), c.trace(a, 0, c.Epsilon*a*a)
		for l, g := range before.WeightGrad {
			compare("w", after.WeightGrad[l], g, weight(a))
		}
		return finding{Residual: worst, Text: text}
	}
}

// TestBatch_gradientScales: gradients of a normalised chain scale as 1/a when its weights
// are scaled by a (Ioffe & Szegedy 2015, section 3.3): ∂/∂h(aw) = (1/a)·∂/∂h(w) at ε = 0, and
// ∂/∂w(aw, a²ε) = (1/a)·∂/∂w(w, ε), bit for bit. At ε = 0 the gradient of a single weight is 0,
// for only its sign matters. Other powers of a are seen.
func TestBatch_gradientScales(t *testing.T) {
	power := func(n float64) func(a float64) float64 {
		return func(a float64) float64 { return math.Pow(a, n) }
	}
	check := scaledGradients(power(-1), power(-1))
	example := batchAt{Activation: "sigmoid", Weights: []float64{1, -2}, Inputs: []float64{-1, 0.5, 1, 2}, Scale: 4, Epsilon: 0.5}
	rapid.Check(t, func(rt *rapid.T) {
		c := drawBatch(rt, rapid.Map(rapid.IntRange(-6, 6), func(k int) float64 { return math.Ldexp(1, k) }))
		c.Epsilon = gen.Decimals(0.01, 2, 0.01).Draw(rt, "epsilon")
		if f := check(c); f.violated() {
			rt.Fatalf("%s: %s", canonical(c), f.Text)
		}
	})
	if f := check(example); f.violated() {
		t.Errorf("%s: %s", canonical(example), f.Text)
	}
	for name, wrong := range map[string]func(batchAt) finding{
		"gradients do not change": scaledGradients(power(0), power(0)),
		"∂/∂h scales as a":        scaledGradients(power(1), power(-1)),
		"∂/∂w scales as 1/a²":     scaledGradients(power(-1), power(-2)),
	} {
		if !wrong(example).violated() {
			t.Errorf("%s: not seen", name)
		}
	}
}
