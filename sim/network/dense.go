package network

import (
	"context"
	"fmt"
	"math"

	"gradchain/sim/internal/kernel"
	"gradchain/sim/model"
	"gradchain/sim/stream"
)

// weights are the weights and biases of the layers, explicit or not. Vectors of one
// layer share their exponent.
type weights interface {
	// forward draws layer l and sets h to W x + b, in units of x.exp.
	forward(src stream.Source, l int, h []float64, x *vector)
	// backward sets g to Wᵀδ in units of delta.exp, for the layer l that took x to h.
	backward(src stream.Source, l int, g []float64, through pass, delta *vector)
	// tangent sets t to W v in units of v.exp, for the layer l that took x to h.
	tangent(src stream.Source, l int, t []float64, through pass, v *vector)
}

// pass is what a layer did: h = W x + b, in units of x.exp.
type pass struct {
	x *vector
	h []float64
}

// dense is the network on the weights of an engine.
type dense struct {
	widths  []int
	input   []float64
	biased  bool
	signal  *signal
	weights weights
	normals normals

	h       [][]float64 // pre-activations of layer l at l−1, in units of 2^exp
	exp     []float64
	x0      vector
	x, g, t vector
}

func newDense(k Kind, m model.Dense) (*dense, error) {
	s, err := newSignal(m.Activation)
	if err != nil {
		return nil, fmt.Errorf("network: %w", err)
	}
	e := &dense{widths: m.Layers(), input: m.Input, biased: m.BiasStd > 0, signal: s}
	e.h, e.exp = make([][]float64, len(e.widths)-1), make([]float64, len(e.widths)-1)
	e.x0.v = make([]float64, e.widths[0])
	if k == Law {
		e.weights, err = newConditional(m)
	} else {
		e.weights, err = newMatrix(m)
	}
	return e, err
}

// depth returns L.
func (e *dense) depth() int { return len(e.h) }

// start draws the input.
func (e *dense) start(src stream.Source) {
	e.x0.exp = 0
	if e.input != nil {
		copy(e.x0.v, e.input)
	} else {
		e.normals.sphere(src, e.x0.v, math.Sqrt(float64(e.widths[0])))
	}
	e.x0.settle()
	e.align(&e.x0)
}

// align brings a signal to units in which a bias is a number. A signal that is small
// enough to need an exponent is nothing beside a bias.
func (e *dense) align(x *vector) {
	if !e.biased || x.exp >= 0 {
		return
	}
	for i, v := range x.v {
		x.v[i] = ldexp(v, x.exp)
	}
	x.exp, x.square = 0, kernel.Dot(x.v, x.v)
}

// act returns x^l, from h^l, which layer l + 1 takes. It is valid until the next call.
func (e *dense) act(l int) *vector {
	if l == 0 {
		return &e.x0
	}
	e.x.v = resize(e.x.v, e.widths[l])
	e.signal.activate(&e.x, e.h[l-1], e.exp[l-1])
	return &e.x
}

// forward draws layer l and computes h^l.
func (e *dense) forward(src stream.Source, l int, x *vector) {
	e.h[l-1] = resize(e.h[l-1], e.widths[l])
	e.weights.forward(src, l, e.h[l-1], x)
	e.exp[l-1] = x.exp
}

// Sample implements [Engine].
func (e *dense) Sample(ctx context.Context, src stream.Source, dst *Sample) error {
	dst.Resize(e.depth())
	e.start(src)
	x := &e.x0
	for l := range e.widths {
		if l > 0 {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			e.forward(src, l, x)
			x = e.act(l)
		}
		dst.LogSquare[l] = logSquare(x)
		e.align(x)
	}
	e.g.v = resize(e.g.v, len(x.v))
	e.normals.sphere(src, e.g.v, 1)
	e.g.exp = 0
	return e.back(ctx, src, dst)
}

// logSquare returns log(‖x‖²/n).
func logSquare(x *vector) float64 {
	n := vector{v: x.v, exp: x.exp, square: x.square / float64(len(x.v))}
	return 2 * n.logNorm()
}

// back propagates the gradient g with respect to x^L.
func (e *dense) back(ctx context.Context, src stream.Source, dst *Sample) error {
	for l := e.depth(); l > 0; l-- {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		dst.Dead[l], dst.Saturated[l] = e.signal.backward(&e.g, e.h[l-1], e.exp[l-1])
		dst.LogGradNorm[l] = e.g.logNorm()
		x := e.act(l - 1)
		e.align(x)
		e.t.v = resize(e.t.v, len(x.v))
		e.weights.backward(src, l, e.t.v, pass{x, e.h[l-1]}, &e.g)
		e.t.exp = e.g.exp
		e.t.settle()
		e.g, e.t = e.t, e.g
	}
	dst.LogGradNorm[0], dst.Dead[0], dst.Saturated[0] = e.g.logNorm(), 0, 0
	return nil
}

// Tangent implements [Engine].
func (e *dense) Tangent(ctx context.Context, src stream.Source, dst []float64) error {
	if len(dst) != len(e.widths) {
		panic("network: one logarithm for each layer 0 … L wanted")
	}
	e.start(src)
	e.g.v = resize(e.g.v, e.widths[0])
	e.normals.sphere(src, e.g.v, 1)
	e.g.exp = 0
	e.g.settle()
	dst[0] = 0
	x := &e.x0
	for l := 1; l <= e.depth(); l++ {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		e.forward(src, l, x)
		e.t.v = resize(e.t.v, e.widths[l])
		e.weights.tangent(src, l, e.t.v, pass{x, e.h[l-1]}, &e.g)
		e.t.exp = e.g.exp
		e.signal.backward(&e.t, e.h[l-1], e.exp[l-1])
		e.g, e.t = e.t, e.g
		dst[l] = e.g.logNorm()
		x = e.act(l)
		e.align(x)
	}
	return nil
}
