// Package network samples deep networks: the norms of the signal, of the gradient and
// of a tangent at every layer, as logarithms, so that no depth under- or overflows.
//
// The network and its conventions are those of [model.Dense]. There are three engines
// of the same law:
//
//   - Matrix has explicit weights. It is the definition, O(width²) a layer.
//   - Law samples what normal weights do to B signals and gradients exactly in law,
//     O(width·B²) a layer.
//   - Norm samples the norms of plain linear and relu networks of one input without
//     biases, some ten normal values and, for relu, width/64 words a layer.
//
// Shortcut is Law but for the independence that mean field assumes: weights drawn afresh
// for the way back. Its signals are those of Law, its gradients are not.
//
// The same stream gives the same bits on every machine.
package network

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"gradchain/sim/internal/kernel/level"
	"gradchain/sim/model"
	"gradchain/sim/stream"
)

// Sample is what is measured on one network of B inputs, at layers 0 … L. Layer 0 is the
// input.
type Sample struct {
	// LogSquare is the natural logarithm of the second moment Σ_i‖x_i^l‖²/(B·n_l); −Inf
	// where all signals are exactly 0.
	LogSquare []float64
	// LogGradNorm is log √Σ_i‖∂out/∂h_i^l‖², out = Σ_i u_i·x_i^L, at layer 0 with respect to
	// x_i⁰; −Inf where the gradient is exactly 0. h^l is W x + b, before normalisation, in a
	// residual network that of the branch.
	LogGradNorm []float64
	// LogStreamNorm is log √Σ_i‖∂out/∂x_i^l‖² of a residual network, the gradient at the
	// stream, behind block l; NaN in other networks.
	LogStreamNorm []float64
	// Correlation is the cosine of the angle between x_1^l and x_2^l; NaN for one input
	// and where one of them is 0.
	Correlation []float64
	// Dead is the number of units, of B·n_l, where φ′ is exactly 0; layer 0 has none.
	Dead []int
	// Saturated is the number of units, of B·n_l, with |φ′| < sup|φ′|/cosh² 2, dead ones
	// included: tanh beyond 2, the sigmoid beyond 4. Layer 0 has none.
	Saturated []int
}

// Resize makes room for the layers 0 … depth, whose contents are then undefined.
func (s *Sample) Resize(depth int) {
	n := depth + 1
	s.LogSquare, s.LogGradNorm, s.Correlation = resize(s.LogSquare, n), resize(s.LogGradNorm, n), resize(s.Correlation, n)
	s.LogStreamNorm = resize(s.LogStreamNorm, n)
	s.Dead, s.Saturated = resize(s.Dead, n), resize(s.Saturated, n)
}

// Gradient is LogStreamNorm of a residual network, LogGradNorm of others, at layer l: what
// is alike at all layers, so that its growth from one to the other means something.
func (s *Sample) Gradient(l int) float64 {
	if stream := s.LogStreamNorm[l]; !math.IsNaN(stream) {
		return stream
	}
	return s.LogGradNorm[l]
}

// Engine samples networks of one model. It is for one goroutine at a time.
type Engine interface {
	// Sample draws a network from src and measures it. It returns early, with the
	// error of ctx, when that is done.
	Sample(ctx context.Context, src stream.Source, dst *Sample) error
	// Tangent draws a network and sets dst[l] to log‖(∂x^l/∂x⁰)v‖, l = 0 … L, x^l those of
	// all inputs together and v uniform on the unit sphere; −Inf where that is exactly 0.
	// It panics unless dst has length L + 1.
	Tangent(ctx context.Context, src stream.Source, dst []float64) error
}

// Kind is a kind of engine.
type Kind int

// The kinds of engines.
const (
	Law Kind = iota
	Matrix
	Norm
	Shortcut
)

var kindNames = [...]string{Law: "law", Matrix: "matrix", Norm: "norm", Shortcut: "shortcut"}

// String returns the text of the kind: "law", "matrix", "norm" or "shortcut".
func (k Kind) String() string {
	if k < 0 || int(k) >= len(kindNames) {
		return fmt.Sprintf("engine(%d)", int(k))
	}
	return kindNames[k]
}

// ParseKind reads the text of a kind. The error lists the kinds.
func ParseKind(text string) (Kind, error) {
	if k := slices.Index(kindNames[:], text); k >= 0 {
		return Kind(k), nil
	}
	return 0, fmt.Errorf("engine %q: want %s", text, strings.Join(kindNames[:], ", "))
}

// Auto returns Law for a model that it samples, else Matrix.
func Auto(m model.Dense) Kind {
	if suits(Law, m) == nil {
		return Law
	}
	return Matrix
}

// MaxStored bounds the numbers that an engine keeps for the way back: the
// pre-activations, in a residual network the activations too, the weights of Matrix, and
// for a batch in the others the products of the signals. They are 2 GiB.
const MaxStored = 1 << 28

// New returns an engine of the given kind for the model. It is an error if the model
// is not valid, if the kind does not sample it, and if it would store too much.
func New(k Kind, m model.Dense) (Engine, error) {
	if err := errors.Join(level.Err, m.Validate()); err != nil {
		return nil, err
	}
	switch k {
	case Norm:
		return newNorm(m)
	case Law, Shortcut, Matrix:
		if err := suits(k, m); err != nil {
			return nil, err
		}
		if n := stored(k, m); n > MaxStored {
			return nil, fmt.Errorf("engine %v: %.3g numbers to store: want at most %d", k, n, MaxStored)
		}
		return newDense(k, m)
	}
	return nil, fmt.Errorf("%v: want law, matrix, norm or shortcut", k)
}

// suits returns an error if the law of the weights is not one of the kind.
func suits(k Kind, m model.Dense) error {
	switch {
	case k != Matrix && m.Weights != model.GaussianWeights:
		return fmt.Errorf("engine %v: weights %v: want gaussian, or engine matrix", k, m.Weights)
	case k != Matrix && m.Tied:
		return fmt.Errorf("engine %v: tied weights: want independent layers, or engine matrix", k)
	}
	return nil
}

// stored returns the number of values that an engine keeps.
func stored(k Kind, m model.Dense) float64 {
	units, rest, inputs := 0.0, 0.0, float64(m.Inputs())
	layers := m.Layers()
	for l, n := range layers[1:] {
		units += float64(n)
		switch fanIn := float64(layers[l]); {
		case k == Matrix && (l == 0 || !m.Tied):
			rest += float64(float64(n) * fanIn)
		case k != Matrix && inputs > 1 && inputs <= fanIn+1:
			rest += float64(inputs * inputs)
		}
	}
	if m.Skip {
		units *= 2
	}
	return float64(units*inputs) + rest
}

// perStored is the memory in bytes of an engine for each number that it keeps, with what it
// makes on the way and what waits for the garbage collector: the largest seen, in a dense
// network of one layer after the other.
const perStored = 24

// Bytes returns the memory that an engine of a valid model takes, roughly.
func Bytes(k Kind, m model.Dense) float64 {
	const vectors = 8 // of the widest layer at a time
	return perStored*stored(k, m) + 8*vectors*float64(slices.Max(m.Layers()))*float64(m.Inputs())
}

// GatedBytes is Bytes for a gated network.
func GatedBytes(m model.Gated) float64 { return perStored * gatedStorage(m) }

// Cost returns the time that a sample of a valid model takes in one kind of engine, in
// units of that of a random value, roughly: it is the number of these, and for a batch
// what is done with them.
func Cost(k Kind, m model.Dense) float64 {
	sum, inputs := 0.0, float64(m.Inputs())
	layers := m.Layers()
	for l, n := range layers[1:] {
		fanIn := float64(layers[l])
		switch k {
		case Matrix:
			sum += float64(float64(n) * fanIn * (1 + (inputs-1)/8))
		case Norm:
			sum++
		default:
			rank := min(inputs, fanIn+1)
			sum += float64(float64(n) * inputs * (1 + (rank-1)/8))
		}
	}
	return sum
}
