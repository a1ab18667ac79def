package network

import (
	"context"
	"errors"
	"fmt"
	"math"

	"gradchain/sim/internal/kernel"
	"gradchain/sim/internal/kernel/level"
	"gradchain/sim/model"
	"gradchain/sim/stream"
)

// GatedSample is what is measured on one gated network, after the steps 0 … T. Step 0
// is the initial state. The state s is (h, c) of an LSTM, h of a GRU. A logarithm below
// the range of float64 is −Inf.
type GatedSample struct {
	// LogSquare is the natural logarithm of ‖h_t‖²/n; −Inf where h is exactly 0.
	LogSquare []float64
	// LogCell is log(‖c_t‖²/n); of length 0 for a GRU.
	LogCell []float64
	// LogGradNorm is log‖∂(u·h_T)/∂s_t‖, u uniform on the unit sphere; −Inf where it is
	// exactly 0.
	LogGradNorm []float64
	// LogCarousel is the logarithm of ∂c_T/∂c_t along the error carousel alone, the
	// product of the forget gates of the steps t + 1 … T, averaged over the units: the
	// mean of Σ log f. For a GRU it is that of the update gates. −Inf where one is
	// exactly 0.
	LogCarousel []float64
	// Saturated is the number of gates of step t with σ′ < sup σ′/cosh² 2, which is
	// beyond |pre-activation| = 4. Step 0 has none.
	Saturated []int
}

// resize makes room for the steps 0 … depth.
func (s *GatedSample) resize(depth int, c model.Cell) {
	n := depth + 1
	s.LogSquare, s.LogGradNorm = resize(s.LogSquare, n), resize(s.LogGradNorm, n)
	s.LogCarousel, s.Saturated = resize(s.LogCarousel, n), resize(s.Saturated, n)
	s.LogCell = s.LogCell[:0]
	if c == model.LSTM {
		s.LogCell = resize(s.LogCell, n)
	}
}

// Gated samples gated recurrent networks of one model, with explicit weights. All
// numbers have exponents of their own, so that no depth and no bias under- or
// overflows. It is for one goroutine at a time.
type Gated struct {
	model   model.Gated
	weights *tied
	gates   gates
	cell    cell
	normals normals
	steps   []gatedStep
	dh, dc  []number // gradient or tangent
	v       []float64
}

// cell is one step of a cell and its derivative.
type cell interface {
	// forward sets the pre-activations of s, and the state of next.
	forward(s, next *gatedStep)
	// backward turns gradients with respect to the state of next into those of s.
	backward(s, next *gatedStep, dh, dc []number)
	// tangent turns a tangent at s into that at next.
	tangent(s, next *gatedStep, vh, vc []number)
}

// gatedStep is a state and the pre-activations of the step that starts from it.
type gatedStep struct {
	h, c      []number
	gate      [][]float64
	candidate []number
}

// CheckGated returns the error of NewGated.
func CheckGated(m model.Gated) error {
	if err := errors.Join(level.Err, m.Validate()); err != nil {
		return err
	}
	if size := gatedStorage(m); size > MaxStored {
		return fmt.Errorf("%v: %.3g numbers to store: want at most %d", m.Cell, size, MaxStored)
	}
	return nil
}

// NewGated returns an engine for the model. It is an error if the model is not valid
// or if the engine would store too much.
func NewGated(m model.Gated) (*Gated, error) {
	if err := CheckGated(m); err != nil {
		return nil, err
	}
	n := m.Width
	g, err := newGates(n)
	if err != nil {
		return nil, fmt.Errorf("network: %w", err)
	}
	e := &Gated{model: m, weights: newTied(m), gates: g, steps: make([]gatedStep, m.Depth+1), dh: make([]number, n), v: make([]float64, n)}
	e.cell = newGRU(e.weights, g, n)
	if m.Cell == model.LSTM {
		e.cell, e.dc = newLSTM(e.weights, g, n), make([]number, n)
	}
	for t := range e.steps {
		s := &e.steps[t]
		s.h, s.candidate, s.c = make([]number, n), make([]number, n), make([]number, len(e.dc))
		for range m.Cell.Gates() {
			s.gate = append(s.gate, make([]float64, n))
		}
	}
	return e, nil
}

// gatedStorage returns how many float64 an engine stores.
func gatedStorage(m model.Gated) float64 {
	n, k := float64(m.Width), float64(m.Cell.Gates())
	size := float64(m.Depth+1) * (k*n + 2*n + 2*float64(m.StateSize()))
	if m.WeightStd > 0 {
		size += (k + 1) * n * n
	}
	return size
}

// GatedCost returns the number of multiplications in a sample of a valid model, to
// which the time it takes is proportional.
func GatedCost(m model.Gated) float64 {
	const elementwise = 600 // multiplications that a unit costs beside the weights
	n := float64(m.Width)
	if m.WeightStd == 0 {
		return float64(m.Depth) * n * elementwise
	}
	return float64(m.Depth) * n * (elementwise + 2*float64(m.Cell.Gates()+1)*n)
}

// Sample draws a network from src and measures it. It returns early, with the error of
// ctx, when that is done.
func (e *Gated) Sample(ctx context.Context, src stream.Source, dst *GatedSample) error {
	if err := e.forward(ctx, src); err != nil {
		return err
	}
	dst.resize(e.model.Depth, e.model.Cell)
	e.measure(dst)
	e.normals.sphere(src, e.v, 1)
	toNumbers(e.dh, e.v)
	clear(e.dc)
	return e.back(ctx, dst)
}

// forward draws a network and its initial state, and runs it.
func (e *Gated) forward(ctx context.Context, src stream.Source) error {
	e.weights.draw(src, &e.normals)
	e.start(src)
	return e.run(ctx)
}

// start sets the initial state.
func (e *Gated) start(src stream.Source) {
	given := e.model.State
	for _, x := range [][]number{e.steps[0].h, e.steps[0].c} {
		switch {
		case len(x) == 0: // the cell state of a GRU
		case len(given) > 0:
			toNumbers(x, given[:len(x)])
			given = given[len(x):]
		default:
			e.normals.sphere(src, e.v, math.Sqrt(float64(len(x))))
			toNumbers(x, e.v)
		}
	}
}

func (e *Gated) run(ctx context.Context) error {
	for t := range e.model.Depth {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		e.cell.forward(&e.steps[t], &e.steps[t+1])
	}
	return nil
}

// measure sets all of dst but the gradients.
func (e *Gated) measure(dst *GatedSample) {
	logWidth := kernel.Log(float64(e.model.Width))
	for t, s := range e.steps {
		dst.LogSquare[t] = logSquares(e.v, s.h) - logWidth
		if len(s.c) > 0 {
			dst.LogCell[t] = logSquares(e.v, s.c) - logWidth
		}
	}
	dst.Saturated[0], dst.LogCarousel[e.model.Depth] = 0, 0
	for t := e.model.Depth - 1; t >= 0; t-- {
		dst.LogCarousel[t] = dst.LogCarousel[t+1] + e.gates.logMean(e.steps[t].gate[0])
		dst.Saturated[t+1] = 0
		for _, a := range e.steps[t].gate {
			dst.Saturated[t+1] += countSaturated(a)
		}
	}
}

// back propagates the gradient (dh, dc) with respect to the last state.
func (e *Gated) back(ctx context.Context, dst *GatedSample) error {
	dst.LogGradNorm[e.model.Depth] = e.logNorm()
	for t := e.model.Depth - 1; t >= 0; t-- {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		e.cell.backward(&e.steps[t], &e.steps[t+1], e.dh, e.dc)
		dst.LogGradNorm[t] = e.logNorm()
	}
	return nil
}

// logNorm returns the logarithm of the norm of (dh, dc).
func (e *Gated) logNorm() float64 {
	h := logSquares(e.v, e.dh)
	if len(e.dc) == 0 {
		return float64(h * 0.5)
	}
	c := logSquares(e.v, e.dc)
	if h < c {
		h, c = c, h
	}
	if math.IsInf(h, -1) {
		return h
	}
	return float64((h + kernel.Log(1+kernel.Exp(c-h))) * 0.5)
}

// Tangent draws a network and sets dst[t] to log‖(∂s_t/∂s_0)v‖, t = 0 … T, v uniform on
// the unit sphere; −Inf where that is exactly 0. It panics unless dst has length
// T + 1.
func (e *Gated) Tangent(ctx context.Context, src stream.Source, dst []float64) error {
	if len(dst) != e.model.Depth+1 {
		panic("network: one logarithm for each step 0 … T wanted")
	}
	if err := e.forward(ctx, src); err != nil {
		return err
	}
	v := make([]float64, e.model.StateSize())
	e.normals.sphere(src, v, 1)
	toNumbers(e.dh, v[:e.model.Width])
	toNumbers(e.dc, v[e.model.Width:])
	return e.push(ctx, dst)
}

// push carries the tangent (dh, dc) at the first state along.
func (e *Gated) push(ctx context.Context, dst []float64) error {
	dst[0] = e.logNorm()
	for t := range e.model.Depth {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		e.cell.tangent(&e.steps[t], &e.steps[t+1], e.dh, e.dc)
		dst[t+1] = e.logNorm()
	}
	return nil
}
