package chain

import (
	"fmt"
	"math"
	"testing"

	"gradchain/sim/model"
	"gradchain/theory/activation"
	"gradchain/theory/law"
)

// chainOf builds a model from texts.
func chainOf(kind model.Kind, phi, weight, other string, depth int) model.Chain {
	m := model.Chain{Kind: kind, Activation: activation.MustParse(phi), Weight: law.MustParse(weight), Depth: depth}
	if other != "" && kind == model.Independent {
		m.PreActivation = law.MustParse(other)
	} else if other != "" {
		m.Bias = law.MustParse(other)
	}
	return m
}

// sample runs the engine on the stream of the tests.
func sample(t testing.TB, m model.Chain, n int) Paths {
	t.Helper()
	e, err := New(m)
	if err != nil {
		t.Fatal(err)
	}
	var p Paths
	p.Resize(n)
	e.Sample(testSource(m), p)
	return p
}

// TestIndependent_differential: the engine against the naive product of the same
// numbers.
func TestIndependent_differential(t *testing.T) {
	type config struct {
		reason, phi, weight, preAct string
		depth                       int
	}
	configs := []config{
		{"depth one", "sigmoid", "normal(1)", "", 1},
		{"the linear domain ends at depth 538", "sigmoid", "constant(1)", "constant(0.001)", 2000},
		{"weights all equal", "tanh", "constant(-1.25)", "normal(2)", 300},
		{"weights with infinite mean", "tanh", "cauchy(1)", "", 1000},
		{"saturation: z in the thousands", "sigmoid", "normal(1)", "normal(1000)", 500},
		{"saturation, Gaussian tails", "erf", "normal(1)", "normal(1000)", 100},
		{"polynomial tails", "softsign", "lognormal(0,1)", "cauchy(1000)", 500},
		{"paths die", "relu", "normal(1)", "", 6},
		{"paths of one layer that die", "hard_tanh", "normal(1)", "normal(3)", 1},
		{"one law for both, shifted", "tanh", "normal(0.5,2)", "normal(-1,0.5)", 400},
		{"two different laws", "leaky_relu(-0.5)", "rademacher(3)", "uniform(2)", 700},
		{"a derivative of both signs", "sin", "normal(2)", "uniform(10)", 300},
		{"a mixture of weights", "tanh", "mixture(0.5,normal(1),0.3,uniform(2),0.2,student_t(3))", "", 300},
		{"weights that are 0", "gelu", "mixture(0.95,normal(1),0.05,constant(0))", "", 20},
		{"weights that are 0, no pre-activation", "linear", "mixture(0.95,cauchy(1),0.05,constant(0))", "", 20},
		{"deep", "sigmoid", "normal(1)", "", 10_000},
		{"deep, no pre-activation", "linear", "normal(1)", "", 10_000},
		{"deep, explodes", "linear", "cauchy(50)", "", 10_000},
	}
	for _, phi := range activation.All() {
		configs = append(configs, config{"every activation", phi.String(), "normal(1.5)", "normal(3)", 50})
	}
	for _, w := range law.All() {
		configs = append(configs, config{"every law of weights", "tanh", w.String(), "", 50})
		configs = append(configs, config{"every law of pre-activations", "tanh", "normal(1)", w.String(), 50})
	}
	for _, c := range configs {
		m := chainOf(model.Independent, c.phi, c.weight, c.preAct, c.depth)
		n := 24
		got := sample(t, m, n)
		for i, factors := range independentFactors(t, m, n) {
			want := multiply(factors, m.Activation)
			if wrong := want.wrong(got.LogAbs[i], got.Negative[i]); wrong != "" {
				t.Errorf("%s (%s), path %d: %s: got %v %v, want %+v",
					c.reason, m.Canonical(), i, wrong, got.LogAbs[i], got.Negative[i], want)
			}
		}
	}
}

// TestForward_differential: the engine against the naive network on the same numbers.
// Two ways to compute φ differ in the last bit, and the chain carries that on, so the
// bound is wider: 1e-7 of the logarithm, which is far below the effect of any mutant.
func TestForward_differential(t *testing.T) {
	type config struct {
		reason, phi, weight, bias string
		depth                     int
	}
	configs := []config{
		{"depth one", "tanh", "normal(1)", "", 1},
		{"a mixture of weights", "tanh", "mixture(0.5,normal(3),0.5,laplace(1))", "normal(1)", 200},
		{"weights that are 0, with a bias", "silu", "mixture(0.9,normal(3),0.1,constant(0))", "normal(1)", 20},
		{"signal and gradient vanish", "tanh", "normal(0.5)", "", 3000},
		{"signal and gradient explode", "leaky_relu(0.5)", "normal(30)", "", 10_000},
		{"signal vanishes, homogeneous", "leaky_relu(-0.3)", "normal(1)", "", 10_000},
		{"signal of both orders of magnitude, linear", "linear", "cauchy(1)", "", 5000},
		{"homogeneous with a bias explodes", "leaky_relu(0.5)", "normal(8)", "normal(1)", 3000},
		{"relu with biases", "relu", "normal(2)", "normal(3)", 4},
		{"a kink at 0 decides while the signal vanishes", "elu(0.3)", "normal(1)", "", 4000},
		{"explodes on one side, saturates on the other", "selu", "normal(20)", "", 3000},
		{"unbounded below", "log_sigmoid", "normal(20)", "normal(1)", 3000},
		{"softplus explodes", "softplus", "normal(20)", "", 2000},
		{"decays below float64", "silu", "normal(1000)", "", 6},
		{"decays below float64", "mish", "normal(1000)", "", 6},
		{"decays below float64", "gelu", "normal(60)", "", 6},
		{"decays below float64", "gelu_tanh", "normal(60)", "", 6},
		{"hard swish dies or explodes", "hard_swish", "normal(20)", "", 10},
		{"large weights", "sigmoid", "normal(50)", "normal(10)", 500},
		{"weights all equal", "softsign", "constant(3)", "", 500},
	}
	for _, phi := range activation.All() {
		configs = append(configs, config{"every activation", phi.String(), "normal(1.5)", "", 40},
			config{"every activation, biased", phi.String(), "normal(1.5)", "normal(0.5)", 40})
	}
	alive := 0
	for _, c := range configs {
		m := chainOf(model.Forward, c.phi, c.weight, c.bias, c.depth)
		n := 24
		got := sample(t, m, n)
		for i, factors := range forwardFactors(t, m, n) {
			want := multiply(factors, m.Activation)
			want.bound += 1e-7 * (1 + math.Abs(want.log))
			if wrong := want.wrong(got.LogAbs[i], got.Negative[i]); wrong != "" {
				t.Errorf("%s (%s), path %d: %s: got %v %v, want %+v",
					c.reason, m.Canonical(), i, wrong, got.LogAbs[i], got.Negative[i], want)
				break
			}
			if !math.IsInf(want.log, -1) {
				alive++
			}
		}
	}
	if alive < 500 {
		t.Errorf("only %d paths alive: the test has lost its power", alive)
	}
}

// TestDifferential_mutants: the comparison refutes engines that are wrong in the ways
// engines go wrong. A mutant gets the numbers of the oracle.
func TestDifferential_mutants(t *testing.T) {
	m := chainOf(model.Independent, "sigmoid", "normal(1)", "normal(1)", 1000)
	const n = 16
	paths := independentFactors(t, m, n)
	type result struct {
		log      float64
		negative bool
	}
	log := func(factors []factor) result {
		e := multiply(factors, m.Activation)
		return result{e.log, e.negative}
	}
	mutants := []struct {
		name   string
		result func(i int) result
	}{
		{"the last factor dropped", func(i int) result { return log(paths[i][1:]) }},
		{"samples duplicated", func(i int) result { return log(paths[i&^1]) }},
		{"the same weight at every layer", func(i int) result {
			same := append([]factor(nil), paths[i]...)
			for l := range same {
				same[l].w = same[0].w
			}
			return log(same)
		}},
		{"accumulated in float32", func(i int) result {
			sum := float32(0)
			for _, f := range paths[i] {
				sum += float32(math.Log(math.Abs(f.w * m.Activation.DPhi(f.z))))
			}
			return result{float64(sum), log(paths[i]).negative}
		}},
		{"multiplied in the linear domain", func(i int) result {
			product := 1.0
			for _, f := range paths[i] {
				product *= f.w * m.Activation.DPhi(f.z)
			}
			return result{math.Log(math.Abs(product)), product < 0}
		}},
		{"σ in place of σ²: the pre-activation halved", func(i int) result {
			half := append([]factor(nil), paths[i]...)
			for l := range half {
				half[l].z /= math.Sqrt2
			}
			return log(half)
		}},
		{"the sign lost", func(i int) result { return result{log(paths[i]).log, false} }},
		{"derivative as σ − σ² in float32", func(i int) result {
			sum, negative := 0.0, false
			for _, f := range paths[i] {
				s := 1 / (1 + float32(math.Exp(-f.z)))
				x := f.w * float64(s-s*s)
				sum, negative = sum+math.Log(math.Abs(x)), negative != (x < 0)
			}
			return result{sum, negative}
		}},
	}
	for _, mutant := range mutants {
		killed := ""
		for i := range paths {
			got := mutant.result(i)
			if wrong := multiply(paths[i], m.Activation).wrong(got.log, got.negative); wrong != "" {
				killed = fmt.Sprintf("path %d: %s", i, wrong)
				break
			}
		}
		if killed == "" {
			t.Errorf("mutant %q survives", mutant.name)
		}
	}
}
