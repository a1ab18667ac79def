// Package model says what is sampled: plain structs with documented zero values, a
// check of every field, and a canonical text that keys the random streams.
package model

import (
	"errors"
	"fmt"
	"math"

	"gradchain/theory/activation"
	"gradchain/theory/law"
)

// MaxDepth is the largest depth of a chain. At 25 ns a step one path of that depth
// takes seconds.
const MaxDepth = 100_000_000

// MaxStored bounds the batch, and depth times batch of a normalized chain: its
// back-propagation keeps the normalised pre-activations of all layers, here 32 MiB.
const MaxStored = 1 << 22

// Chain is a random chain of width 1, and the gradient G of its output with respect
// to its input.
//
// The gradient of one input is the product of the factors w_l·φ′(z_l), l = 1 … Depth.
// A batch of inputs x_1 … x_B shares the weights; its gradient is the one of
// Σ u_i·x_i^L with respect to the batch, u a random unit vector, and |G| its norm.
type Chain struct {
	// Kind is Independent by default.
	Kind Kind
	// Activation is required.
	Activation activation.Activation
	// Weight is the law of every w; required. It may be a mixture, with an atom at 0 where the
	// chain is not normalized; the other laws may not.
	Weight law.Law
	// PreActivation is the law of every z of an independent chain. The zero Law means
	// normal(sigma=1). The linear activation makes no use of it.
	PreActivation law.Law
	// Bias is the law of every b of a forward or normalized chain. The zero Law means
	// no biases.
	Bias law.Law
	// Input is the law of every input of a forward or normalized chain, drawn
	// independently. The zero Law means constant(value=1) for one input and
	// normal(sigma=1) for a batch.
	Input law.Law
	// Batch is the number of inputs: at least 2 for a normalized chain. A forward
	// chain with a batch is the normalized one left unnormalised, on the same draws;
	// 0 means one input and its derivative with its sign.
	Batch int
	// Epsilon is added to the batch variance of a normalized chain. 0 is exact
	// normalisation.
	Epsilon float64
	// Depth is the number of weight layers, 1 to MaxDepth; required.
	Depth int
}

// mostOutside is the probability of a draw outside the range of float64 that no
// simulation would notice.
const mostOutside = 1e-15

// outside is the probability that a draw is no normal number, 0 for the zero Law.
// Such a draw would be cut to the range, and its logarithm with it.
func outside(l law.Law) float64 {
	if l.Name() == "" {
		return 0
	}
	const least = 0x1p-1022
	sum := 0.0
	for _, part := range l.Parts() {
		if part.Law.Zero() == 0 {
			sum += part.Weight * (part.Law.AbsCDF(least) + part.Law.AbsSurvival(math.MaxFloat64))
		}
	}
	return sum
}

// WithDefaults returns the chain with every default in place, so that two chains
// mean the same exactly when they are equal with their defaults.
func (c Chain) WithDefaults() Chain {
	if c.Kind == Independent {
		switch {
		case c.Activation.Name() == "linear":
			c.PreActivation = law.Law{}
		case c.PreActivation.Name() == "":
			c.PreActivation = law.MustParse("normal(sigma=1)")
		}
		return c
	}
	if c.Input.Name() == "" {
		c.Input = law.MustParse("constant(value=1)")
		if c.Batch > 0 {
			c.Input = law.MustParse("normal(sigma=1)")
		}
	}
	return c
}

// Validate reports everything that is wrong with the chain, one joined error a
// field: the field, its value and what would be right.
func (c Chain) Validate() error {
	var errs []error
	report := func(bad bool, format string, args ...any) {
		if bad {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	report(!c.Kind.valid(), "kind %d: want independent, forward or normalized", int(c.Kind))
	report(c.Activation.Name() == "", "activation missing: want a name such as tanh")
	report(c.Weight.Name() == "", "weight missing: want a law such as normal(sigma=1)")
	report(c.Depth < 1 || c.Depth > MaxDepth, "depth %d: want 1 to %d", c.Depth, MaxDepth)
	report(!(c.Epsilon >= 0 && c.Epsilon <= math.MaxFloat64), "epsilon %v: want a finite number that is at least 0", c.Epsilon)
	report(c.Batch < 0, "batch %d: want at least 0", c.Batch)
	report(c.Batch > MaxStored, "batch %d: want at most %d", c.Batch, MaxStored)
	p := outside(c.Weight)
	report(p > mostOutside, "weight %v: it is outside the range of float64, 2.2e-308 to 1.8e308, with probability %.2g; want a law inside", c.Weight, p)
	for _, other := range []struct {
		field string
		law   law.Law
	}{{"preactivation", c.PreActivation}, {"bias", c.Bias}, {"input", c.Input}} {
		report(other.law.Name() == "mixture", "%s %v: want one law such as normal(sigma=1), a mixture is for the weights", other.field, other.law)
	}
	report(c.Kind == Normalized && c.Weight.Zero() > 0,
		"weight %v: w = 0 makes all inputs of a batch equal, which can't be normalised; want a law without an atom at 0", c.Weight)
	if c.Kind != Independent {
		report(c.PreActivation.Name() != "", "preactivation %v: a %v chain computes its own, leave it out", c.PreActivation, c.Kind)
	}
	if c.Kind != Normalized {
		report(c.Epsilon > 0, "epsilon %v: only a normalized chain has one, leave it out", c.Epsilon)
	}
	switch c.Kind {
	case Independent:
		report(c.Bias.Name() != "", "bias %v: an independent chain has none, leave it out", c.Bias)
		report(c.Input.Name() != "", "input %v: an independent chain has none, leave it out", c.Input)
		report(c.Batch > 0, "batch %d: an independent chain has none, leave it out", c.Batch)
	case Forward:
		report(c.Batch == 1, "batch 1: want at least 2, or 0 for one input")
	case Normalized:
		report(c.Batch >= 0 && c.Batch < 2, "batch %d: a normalized chain needs at least 2", c.Batch)
		report(c.Batch >= 2 && c.Batch <= MaxStored && c.Depth >= 1 && c.Depth <= MaxDepth && c.Batch*c.Depth > MaxStored,
			"depth %d times batch %d: want at most %d", c.Depth, c.Batch, MaxStored)
	}
	return errors.Join(errs...)
}
