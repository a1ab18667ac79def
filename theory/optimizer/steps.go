package optimizer

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gradchain/theory/internal/domain"
)

// ChainRun is one optimizer on the loss (∏w − 1)²/2 of a width-1 linear chain, all of
// whose weights start at W0. They stay equal, so that the run is the recursion of one
// number.
type ChainRun struct {
	// Optimizer is gradient_descent, momentum, adam, rmsprop, adagrad or sign. Momentum
	// adds 0.9 of the last step (no damping, not Nesterov's); adam has β₁ = 0.9,
	// β₂ = 0.999 and the bias correction; rmsprop has decay 0.9.
	Optimizer    string
	Depth        int     // ≥ 1
	W0           float64 // > 0
	LearningRate float64 // > 0
	Epsilon      float64 // added to the root mean square of adam, rmsprop, adagrad; ≥ 0
	Target       float64 // of ∏w, between 0 and 1
	MaxSteps     int     // 1 to MostSteps
}

// The defaults of the catalogue for a ChainRun. The zero values are not replaced by
// them: an epsilon of 0 is a case of its own.
const (
	DefaultEpsilon  = 1e-8
	DefaultTarget   = 0.9
	DefaultMaxSteps = 2_000_000
)

// MostSteps is the largest number of steps of a run, which takes a second or two.
const MostSteps = 20_000_000

// Validate returns the first field that is outside its domain.
func (r ChainRun) Validate() error {
	var names []string
	for _, o := range optimizers {
		names = append(names, o.name)
	}
	return domain.First(
		domain.Check(slices.ContainsFunc(optimizers, r.named), "optimizer", r.Optimizer, "one of "+strings.Join(names, ", ")),
		domain.Integer("depth", r.Depth, 1),
		domain.Positive("w0", r.W0),
		domain.Positive("learning_rate", r.LearningRate),
		domain.NonNegative("epsilon", r.Epsilon),
		domain.Check(0 < r.Target && r.Target < 1, "target", r.Target, "between 0 and 1"),
		domain.Check(1 <= r.MaxSteps && r.MaxSteps <= MostSteps, "max_steps", r.MaxSteps, fmt.Sprintf("from 1 to %d", MostSteps)),
	)
}

// Steps returns the number of steps until ∏w ≥ target, 0 if it starts there (derived).
// The recursion is that of float64, in which squares of gradients below 1e-162 are 0.
// It is an error if the target is not reached within MaxSteps, or if the weights become
// infinite or undefined. A run that has come to rest below the target is not run to its end.
func (r ChainRun) Steps() (float64, error) {
	if err := r.Validate(); err != nil {
		return 0, err
	}
	i := slices.IndexFunc(optimizers, r.named)
	step := optimizers[i].start(r.LearningRate, r.Epsilon)
	w := r.W0
	for t := 0; ; t++ {
		below := power(w, r.Depth-1)
		product := below * w
		switch {
		case math.IsNaN(w) || math.IsInf(w, 0):
			return 0, fmt.Errorf("optimizer %s: the weights are %g after %d steps", r.Optimizer, w, t)
		case product >= r.Target:
			return float64(t), nil
		case t == r.MaxSteps:
			return 0, r.short(product)
		}
		by, rests := step((product - 1) * below)
		if rests && w-by == w {
			return 0, r.short(product)
		}
		w -= by
	}
}

func (r ChainRun) short(product float64) error {
	return fmt.Errorf("optimizer %s: the product is %g after max_steps = %d, want >= target = %g", r.Optimizer, product, r.MaxSteps, r.Target)
}

// rule returns the next step, to be subtracted, from the gradient, and keeps its memory. It
// rests if under the same gradient no later step is larger.
type rule func(gradient float64) (step float64, rests bool)

// optimizer starts a rule.
type optimizer struct {
	name  string
	start func(rate, epsilon float64) rule
}

func (r ChainRun) named(o optimizer) bool { return o.name == r.Optimizer }

var optimizers = []optimizer{
	{"gradient_descent", func(rate, _ float64) rule {
		return func(g float64) (float64, bool) { return rate * g, true }
	}},
	{"momentum", func(rate, _ float64) rule {
		velocity := 0.0
		return func(g float64) (float64, bool) {
			before := velocity
			velocity = 0.9*velocity + g
			return rate * velocity, velocity == before
		}
	}},
	{"adam", adam},
	{"rmsprop", func(rate, epsilon float64) rule {
		square := 0.0
		return func(g float64) (float64, bool) {
			before := square
			square = 0.9*square + (1-0.9)*g*g
			return rate * g / (math.Sqrt(square) + epsilon), square == before
		}
	}},
	{"adagrad", func(rate, epsilon float64) rule {
		sum := 0.0
		return func(g float64) (float64, bool) {
			sum += g * g
			return rate * g / (math.Sqrt(sum) + epsilon), true
		}
	}},
	{"sign", func(rate, _ float64) rule {
		return func(g float64) (float64, bool) {
			if g == 0 {
				return 0, true
			}
			return math.Copysign(rate, g), true
		}
	}},
}

func adam(rate, epsilon float64) rule {
	const beta1, beta2 = 0.9, 0.999
	mean, square := 0.0, 0.0
	left1, left2 := 1.0, 1.0 // β^t
	type memory struct{ mean, square, left1, left2 float64 }
	return func(g float64) (float64, bool) {
		before := memory{mean, square, left1, left2}
		mean = beta1*mean + (1-beta1)*g
		square = beta2*square + (1-beta2)*g*g
		left1 *= beta1
		left2 *= beta2
		step := rate * (mean / (1 - left1)) / (math.Sqrt(square/(1-left2)) + epsilon)
		return step, before == memory{mean, square, left1, left2}
	}
}

// power returns w^n for n ≥ 0 by squaring.
func power(w float64, n int) float64 {
	result := 1.0
	for ; n > 0; n >>= 1 {
		if n&1 == 1 {
			result *= w
		}
		w *= w
	}
	return result
}
