// Package network samples deep networks: the norms of the signal, of the gradient and
// of a tangent at every layer, as logarithms, so that no depth under- or overflows.
//
// The network and its conventions are those of [model.Dense]. There are three engines
// of the same law:
//
//   - Matrix has explicit weights. It is the definition, O(width²) a layer.
//   - Law samples what normal weights do to one signal and one gradient exactly in
//     law, O(width) a layer.
//   - Norm samples the norms of linear and relu networks without biases, some ten normal
//     values and, for relu, width/64 words a layer.
//
// The same stream gives the same bits on every machine.
package network

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"gradchain/sim/internal/kernel/level"
	"gradchain/sim/model"
	"gradchain/sim/stream"
)

// Sample is what is measured on one network, at layers 0 … L. Layer 0 is the input.
type Sample struct {
	// LogSquare is the natural logarithm of the second moment ‖x^l‖²/n_l; −Inf where
	// the signal is exactly 0.
	LogSquare []float64
	// LogGradNorm is log‖∂(u·x^L)/∂h^l‖, at layer 0 log‖∂(u·x^L)/∂x⁰‖; −Inf where the
	// gradient is exactly 0.
	LogGradNorm []float64
	// Dead is the number of units with φ′(h) exactly 0; layer 0 has none.
	Dead []int
	// Saturated is the number of units with |φ′(h)| < sup|φ′|/cosh² 2, dead ones
	// included: tanh beyond |h| = 2, the sigmoid beyond 4. Layer 0 has none.
	Saturated []int
}

// Resize makes room for the layers 0 … depth, whose contents are then undefined.
func (s *Sample) Resize(depth int) {
	n := depth + 1
	s.LogSquare, s.LogGradNorm = resize(s.LogSquare, n), resize(s.LogGradNorm, n)
	s.Dead, s.Saturated = resize(s.Dead, n), resize(s.Saturated, n)
}

// Engine samples networks of one model. It is for one goroutine at a time.
type Engine interface {
	// Sample draws a network from src and measures it. It returns early, with the
	// error of ctx, when that is done.
	Sample(ctx context.Context, src stream.Source, dst *Sample) error
	// Tangent draws a network and sets dst[l] to log‖(∂x^l/∂x⁰)v‖, l = 0 … L, v uniform
	// on the unit sphere; −Inf where that is exactly 0. It panics unless dst has
	// length L + 1.
	Tangent(ctx context.Context, src stream.Source, dst []float64) error
}

// Kind is a kind of engine.
type Kind int

// The kinds of engines.
const (
	Law Kind = iota
	Matrix
	Norm
)

var kindNames = [...]string{Law: "law", Matrix: "matrix", Norm: "norm"}

// String returns the text of the kind: "law", "matrix" or "norm".
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

// MaxStored bounds the numbers that an engine keeps for the way back: the
// pre-activations of Law, the weights of Matrix. They are 2 GiB.
const MaxStored = 1 << 28

// New returns an engine of the given kind for the model. It is an error if the model
// is not valid, if the kind does not sample it, and if it would store too much.
func New(k Kind, m model.Dense) (Engine, error) {
	if err := errors.Join(level.Err, m.Validate()); err != nil {
		return nil, err
	}
	if k == Norm {
		return newNorm(m)
	}
	if k != Law && k != Matrix {
		return nil, fmt.Errorf("%v: want law, matrix or norm", k)
	}
	if n := Cost(k, m); n > MaxStored {
		return nil, fmt.Errorf("engine %v: %.3g numbers to store: want at most %d", k, n, MaxStored)
	}
	return newDense(k, m)
}

// Cost returns the number of random values in a sample of a valid model, which the
// time it takes is proportional to, for one kind of engine.
func Cost(k Kind, m model.Dense) float64 {
	sum := 0.0
	layers := m.Layers()
	for l, n := range layers[1:] {
		switch k {
		case Matrix:
			sum += float64(n) * float64(layers[l])
		case Law:
			sum += float64(n)
		default:
			sum++
		}
	}
	return sum
}
