package optimizer

import (
	"fmt"
	"math"
	"math/big"
	"strings"
	"testing"

	"gradchain/theory/internal/decimal"

	"gradchain/theory/internal/reference"
	"pgregory.net/rapid"
)

func drawCondition(t *rapid.T) float64 {
	return 1 + math.Exp(rapid.Float64Range(-20, 20).Draw(t, "log_excess"))
}

// Steps are minimal: rate^t ≤ tolerance < rate^(t−1), in 512-bit arithmetic.
func TestSteps_minimal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		condition := drawCondition(t)
		tolerance := math.Exp(-math.Exp(rapid.Float64Range(-20, 6).Draw(t, "log_log_tolerance")))
		if tolerance == 1 {
			return
		}
		root := new(big.Float).Sqrt(decimal.Value(condition))
		for _, tc := range []struct {
			x     *big.Float
			steps float64
		}{
			{decimal.Value(condition), reference.Value(t)(GradientDescentSteps(condition, tolerance))},
			{root, reference.Value(t)(HeavyBallSteps(condition, tolerance))},
		} {
			one := big.NewFloat(1)
			rate := new(big.Float).Sub(tc.x, one)
			rate.Quo(rate, new(big.Float).Add(tc.x, one))
			want := decimal.Value(tolerance)
			if decimal.Power(rate, int(tc.steps)).Cmp(want) > 0 {
				t.Fatalf("κ = %v: rate^%v is above %v", condition, tc.steps, tolerance)
			}
			if decimal.Power(rate, int(tc.steps)-1).Cmp(want) <= 0 {
				t.Fatalf("κ = %v: rate^(%v−1) is not above %v", condition, tc.steps, tolerance)
			}
		}
	})
}

// Equalities that rounding would hide.
func TestSteps_ties(t *testing.T) {
	for _, tc := range []struct {
		condition, tolerance, want float64
		reason                     string
	}{
		{3, 0.125, 3, "½³"},
		{3, math.Ldexp(1, -30), 30, "½³⁰, whose shortest text is a little less"},
		{19, 0.81, 2, "0.9², whose float64 is a little less"},
		{19, 0.3486784401, 10, "0.9¹⁰"},
		{199, 0.970299, 3, "0.99³"},
		{1 + 1e-9, 0.5, 1, "one step at least"},
		{1e29, 0.999999999999999, 50000000000001, "a rounding of the tolerance is 10¹³ steps"},
		{3e20, 0.9999999999999, 15000001, "15,000,000.00000075 steps, of which each is within a rounding"},
	} {
		reference.Near(t, tc.reason, reference.Value(t)(GradientDescentSteps(tc.condition, tc.tolerance)), tc.want, 0)
	}
	reference.Near(t, "root of 361", reference.Value(t)(HeavyBallSteps(361, 0.81)), 2, 0)
}

// The minimax factor is 1/T_t((κ+1)/(κ−1)) by the three-term recursion of the
// Chebyshev polynomials, and the usual bound is at most twice as large.
func TestConjugateGradient_chebyshev(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		condition := 1 + math.Exp(rapid.Float64Range(-5, 8).Draw(t, "log_excess"))
		steps := rapid.IntRange(0, 60).Draw(t, "steps")
		x := (condition + 1) / (condition - 1)
		last, polynomial := x, 1.0 // T_−1 = T_1
		for range steps {
			last, polynomial = polynomial, 2*x*polynomial-last
		}
		minimax := reference.Value(t)(ConjugateGradientMinimax(condition, steps))
		bound := reference.Value(t)(ConjugateGradientBound(condition, steps))
		// a relative error κ/(κ−1) ulp of x is magnified by (log T_t)′ = t·(κ+1)/(2√κ) at
		// most, and the recursion adds t² ulp
		n := float64(steps)
		ulps := n*condition/(condition-1)*(condition+1)/math.Sqrt(condition) + n*n + 2
		reference.Near(t, "minimax", minimax, 1/polynomial, 4e-16*ulps/polynomial)
		if !(minimax <= bound && bound <= 2*minimax) {
			t.Fatalf("minimax %v, bound %v", minimax, bound)
		}
	})
}

// Gradient descent is heavy ball at the square of the condition number.
func TestRates_square(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		root := 1 + math.Exp(rapid.Float64Range(-3, 20).Draw(t, "log_excess"))
		slow, fast := reference.Value(t)(GradientDescentRate(root)), reference.Value(t)(HeavyBallRate(root*root))
		reference.Near(t, "rate", fast, slow, 1e-14*slow)
		reference.Near(t, "momentum", reference.Value(t)(HeavyBallMomentum(root*root)), slow*slow, 2e-14*slow*slow)
	})
}

// The steps of Adam in a run of its own: a constant gradient, at any step, and a spike
// after zeros; both are invariant under scaling of the gradients at ε = 0.
func TestAdam_simulated(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := math.Exp(rapid.Float64Range(-30, 30).Draw(t, "log_gradient"))
		epsilon := math.Exp(rapid.Float64Range(-30, 0).Draw(t, "log_epsilon"))
		steps := rapid.IntRange(1, 200).Draw(t, "steps")
		rule := adam(1, epsilon)
		var last float64
		for range steps {
			last, _ = rule(-g)
		}
		want := reference.Value(t)(AdamConstantGradientStep(-g, epsilon))
		reference.Near(t, "step", -last, want, 1e-12*want)
		scale := math.Exp2(float64(rapid.IntRange(-50, 50).Draw(t, "log2_scale")))
		reference.Near(t, "scaled step", reference.Value(t)(AdamConstantGradientStep(g*scale, epsilon*scale)), want, 1e-15)
	})
	spike := adam(1, 0)
	for range 50_000 { // until the bias correction is over
		spike(math.SmallestNonzeroFloat64) // whose square is 0
	}
	largest, _ := spike(1)
	reference.Near(t, "spike", largest, reference.Value(t)(AdamMaxStep(0.9, 0.999)), 1e-12)
	rms := reference.Value(t)(RMSPropFirstStep(0.9))
	for _, o := range optimizers {
		if o.name == "rmsprop" {
			step, _ := o.start(1, 0)(1e-3)
			reference.Near(t, "rmsprop", step, rms, 1e-15*rms)
		}
	}
}

// Without ε, adam, rmsprop and adagrad take the same steps under scaled gradients.
func TestAdaptive_scaleInvariant(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		gradients := rapid.SliceOfN(rapid.Float64Range(0.01, 10), 1, 30).Draw(t, "gradients")
		scale := math.Exp2(float64(rapid.IntRange(-100, 100).Draw(t, "log2_scale")))
		for _, o := range optimizers[2:] {
			plain, scaled := o.start(0.1, 0), o.start(0.1, 0)
			for i, g := range gradients {
				want, _ := plain(g)
				got, _ := scaled(scale * g)
				reference.Near(t, o.name, got, want, 1e-15*math.Abs(want))
				if i == 0 && !(want > 0) {
					t.Fatalf("%s: first step %v", o.name, want)
				}
			}
		}
	})
}

// The travel of adagrad is the sum of its steps.
func TestAdaGradTravel_simulated(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		steps := rapid.IntRange(1, 20_000).Draw(t, "steps")
		sum := 0.0
		for i := range steps {
			sum += 1 / math.Sqrt(float64(i+1))
		}
		reference.Near(t, "travel", reference.Value(t)(AdaGradTravel(steps)), sum, 1e-13*sum)
	})
}

// The gradient by a central difference of the loss, as all weights move together.
func TestChainGradient_difference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		depth := rapid.IntRange(1, 40).Draw(t, "depth")
		w0 := rapid.Float64Range(0.5, 1.2).Draw(t, "w0")
		l := float64(depth)
		loss := func(w float64) float64 { d := math.Pow(w, l) - 1; return d * d / 2 }
		h := 1e-6
		slope := math.Abs(loss(w0+h)-loss(w0-h)) / (2 * h) / l
		// third derivatives up to L³ times the size of the loss, rounding of the loss / h
		size := 1 + math.Pow(w0, 2*l)
		reference.Near(t, "gradient", reference.Value(t)(ChainGradient(depth, w0)), slope, size*(h*h*l*l*l*10+1e-15/h))
	})
}

// Gradient flow by the classical Runge–Kutta method in 2000 steps of the time from the
// quadrature ends at the target.
func TestChainFlowTime_ode(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		depth := rapid.IntRange(1, 12).Draw(t, "depth")
		target := rapid.Float64Range(0.05, 0.9).Draw(t, "target")
		l := float64(depth)
		end := math.Pow(target, 1/l)
		w := end * rapid.Float64Range(0.7, 0.99).Draw(t, "start")
		time := reference.Value(t)(ChainFlowTime(depth, w, target))
		velocity := func(w float64) float64 { return (1 - math.Pow(w, l)) * math.Pow(w, l-1) }
		const steps = 2000
		h := time / steps
		for range steps {
			k1 := velocity(w)
			k2 := velocity(w + h/2*k1)
			k3 := velocity(w + h/2*k2)
			k4 := velocity(w + h*k3)
			w += h / 6 * (k1 + 2*k2 + 2*k3 + k4)
		}
		reference.Near(t, "w at that time", w, end, 1e-7)
	})
}

// Times add up along the way, to any place on it.
func TestChainFlowTime_additive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		depth := rapid.IntRange(1, 1000).Draw(t, "depth")
		l := float64(depth)
		target := -math.Expm1(-math.Exp(rapid.Float64Range(-5, 3).Draw(t, "log_gap")))
		w0 := math.Pow(target, 1/l) * math.Exp(-math.Exp(rapid.Float64Range(-10, 3).Draw(t, "log_way"))/l)
		middle := math.Pow(w0, l/2) * math.Sqrt(target)
		whole := reference.Value(t)(ChainFlowTime(depth, w0, target))
		first := reference.Value(t)(ChainFlowTime(depth, w0, middle))
		second := reference.Value(t)(ChainFlowTime(depth, math.Pow(middle, 1/l), target))
		// the rounding of the root is magnified by L and by 1/way
		tol := 1e-12 + 1e-15*l/math.Log(target/math.Pow(w0, l))
		reference.Near(t, "sum", first+second, whole, tol*whole)
	})
}

// A small step makes gradient descent the flow.
func TestChainRun_flow(t *testing.T) {
	const rate = 1e-4
	for depth := 1; depth <= 8; depth++ {
		run := ChainRun{Optimizer: "gradient_descent", Depth: depth, W0: 0.5, LearningRate: rate, Target: 0.4, MaxSteps: 10_000_000}
		if depth == 1 {
			run.W0 = 0.1
		}
		steps := reference.Value(t)(run.Steps())
		time := reference.Value(t)(ChainFlowTime(depth, run.W0, run.Target))
		// Euler's method is off by rate/2 times a total variation of log velocity below 10.
		reference.Near(t, "time", steps*rate, time, 6*rate)
	}
}

func TestChainRun_start(t *testing.T) {
	run := ChainRun{Optimizer: "adam", Depth: 3, W0: 0.99, LearningRate: 0.01, Target: 0.9, MaxSteps: 1}
	reference.Near(t, "steps from beyond the target", reference.Value(t)(run.Steps()), 0, 0)
}

// A run that rests below its target ends there, for every rule, with the error of its last
// step; no rule rests while it moves.
func TestChainRun_rests(t *testing.T) {
	for _, o := range optimizers {
		run := ChainRun{Optimizer: o.name, Depth: 1_000_000_000, W0: 0.5, LearningRate: 0.01, Epsilon: 1e-8, Target: 0.9, MaxSteps: 1_000_000}
		step, last, steps := o.start(run.LearningRate, run.Epsilon), -1.0, 0
		for ; steps < run.MaxSteps; steps++ {
			by, rests := step(0)
			if rests && by == 0 {
				break
			}
			last = by
		}
		if steps > 900_000 || last > 0 {
			t.Errorf("%s: a gradient of 0 moves by %v, and rests after %d steps", o.name, last, steps)
		}
		want := fmt.Sprintf("optimizer %s: the product is 0 after max_steps = 1000000, want >= target = 0.9", o.name)
		if _, err := run.Steps(); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", o.name, err, want)
		}
	}
	run := ChainRun{Optimizer: "gradient_descent", Depth: 2, W0: 0.5, LearningRate: 1e-18, Target: 0.9, MaxSteps: MostSteps}
	if _, err := run.Steps(); err == nil || !strings.Contains(err.Error(), "the product is 0.25 after max_steps = 20000000") {
		t.Errorf("steps below the rounding of the weight: %v", err)
	}
}

// Errors name the parameter, its value and its domain.
func TestErrors(t *testing.T) {
	run := ChainRun{Optimizer: "adam", Depth: 3, W0: 0.5, LearningRate: 0.01, Target: 0.9, MaxSteps: 10}
	with := func(change func(r *ChainRun)) func() (float64, error) {
		r := run
		change(&r)
		return r.Steps
	}
	for _, tc := range []struct {
		call func() (float64, error)
		want string
	}{
		{with(func(r *ChainRun) { r.MaxSteps = MostSteps + 1 }), "max_steps = 20000001, want max_steps from 1 to 20000000"},
		{func() (float64, error) { return GradientDescentRate(1) }, "condition_number = 1, want condition_number > 1"},
		{func() (float64, error) { return HeavyBallSteps(2, 1) }, "tolerance = 1, want tolerance between 0 and 1"},
		{func() (float64, error) { return AdamConstantGradientStep(0, 0) }, "gradient = 0, want gradient real and not 0"},
		{func() (float64, error) { return AdamMaxStep(0.9, math.NaN()) }, "beta2 = NaN, want beta2 >= 0 and < 1"},
		{func() (float64, error) { return ChainFlowTime(3, 0.9, 0.5) }, "w0 = 0.9, want w0 < target^(1/depth)"},
		{with(func(r *ChainRun) { r.Optimizer = "newton" }), "optimizer = newton, want optimizer one of gradient_descent, momentum, adam"},
		{with(func(r *ChainRun) { r.Target = 0 }), "target = 0, want target between 0 and 1"},
		{with(func(r *ChainRun) {}), "after max_steps = 10, want >= target = 0.9"},
		{with(func(r *ChainRun) { r.Optimizer, r.Depth = "rmsprop", 1000 }), "the weights are +Inf after 1 steps"},
	} {
		if _, err := tc.call(); err == nil || !strings.Contains(err.Error(), tc.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("error %v, want %q", err, tc.want)
		}
	}
}
