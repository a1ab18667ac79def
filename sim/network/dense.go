package network

import (
	"context"
	"fmt"
	"math"

	"gradchain/sim/internal/kernel"
	"gradchain/sim/model"
	"gradchain/sim/stream"
)

// weights are the weights and biases of the layers, explicit or not. Every column has an
// exponent of its own, which W x has from x. There are as many columns of x, h, g and
// delta as inputs, and any number of t and v.
type weights interface {
	// forward draws layer l and sets h to W x + b.
	forward(src stream.Source, l int, h, x []vector)
	// backward sets g to Wᵀδ, for the layer l that took x to h, which is its last forward.
	backward(src stream.Source, l int, g []vector, through pass, delta []vector)
	// tangent sets t to W v, for the layer l that took x to h.
	tangent(src stream.Source, l int, t []vector, through pass, v []vector)
}

// pass is what a layer did: h = W x + b.
type pass struct{ x, h []vector }

// dense is the network on the weights of an engine.
type dense struct {
	widths  []int
	inputs  int
	input   *input
	biased  bool
	layer   layer
	weights weights
	normals normals

	h       [][]vector // pre-activations of layer l at l−1
	x       [][]vector // activations of layer l at l, of all layers in a residual network, else of the input
	g, t, s []vector
}

func newDense(k Kind, m model.Dense) (*dense, error) {
	s, err := newLayer(m)
	if err != nil {
		return nil, fmt.Errorf("network: %w", err)
	}
	in, err := newInput(m)
	if err != nil {
		return nil, fmt.Errorf("network: %w", err)
	}
	e := &dense{widths: m.Layers(), inputs: m.Inputs(), input: in, biased: m.BiasStd > 0, layer: s}
	e.h = make([][]vector, len(e.widths)-1)
	e.x = make([][]vector, 1)
	if m.Skip {
		e.x = make([][]vector, len(e.widths))
	}
	if k == Matrix {
		e.weights, err = newMatrix(m)
		return e, err
	}
	w := newConditional(m)
	e.weights = w
	if k == Shortcut {
		e.weights = shortcut{w}
	}
	return e, nil
}

// depth returns L.
func (e *dense) depth() int { return len(e.h) }

// start draws the inputs.
func (e *dense) start(src stream.Source) []vector {
	e.x[0] = columns(e.x[0], e.inputs, e.widths[0])
	e.input.draw(src, e.x[0])
	return e.x[0]
}

// align brings signals to units in which a bias is a number. A signal that is small
// enough to need an exponent is nothing beside a bias.
func (e *dense) align(x []vector) {
	if !e.biased {
		return
	}
	for j := range x {
		if x[j].exp < 0 {
			scale(x[j].v, ldexp(1, x[j].exp))
			x[j].exp = 0
			x[j].measure()
		}
	}
}

// forward draws layer l and computes h^l.
func (e *dense) forward(src stream.Source, l int, x []vector) {
	e.h[l-1] = columns(e.h[l-1], e.inputs, e.widths[l])
	e.weights.forward(src, l, e.h[l-1], x)
}

// act returns x^l, from h^l and, in a residual network, from x, which is x^(l−1). It is
// valid until the next call and readies the derivative of the layer.
func (e *dense) act(l int, x []vector) []vector {
	branch := e.layer.branch(e.h[l-1])
	if !e.layer.skip {
		return branch
	}
	e.x[l] = duplicate(e.x[l], x)
	join(e.x[l], e.layer.alpha, branch)
	return e.x[l]
}

// join adds a·y to settled columns, for settled y.
func join(x []vector, a float64, y []vector) {
	for j := range x {
		x[j].add(a, &y[j])
	}
}

// recall returns x^l, and readies the derivative of layer l.
func (e *dense) recall(l int) []vector {
	switch {
	case l == 0:
		return e.x[0]
	case !e.layer.skip:
		x := e.act(l, nil)
		e.align(x)
		return x
	case e.layer.after:
		e.layer.branch(e.h[l-1])
	default:
		e.layer.prepare(e.h[l-1])
	}
	return e.x[l]
}

// Sample implements [Engine].
func (e *dense) Sample(ctx context.Context, src stream.Source, dst *Sample) error {
	dst.Resize(e.depth())
	x := e.start(src)
	for l, n := range e.widths {
		if l > 0 {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			e.forward(src, l, x)
			x = e.act(l, x)
		}
		dst.LogSquare[l] = float64(2*logNorm(x)) - kernel.Log(float64(e.inputs)*float64(n))
		dst.Correlation[l] = math.NaN()
		if e.inputs > 1 {
			dst.Correlation[l] = cosine(&x[0], &x[1])
		}
		e.align(x)
	}
	e.g = e.unit(src, e.g, e.inputs, len(x[0].v))
	return e.back(ctx, src, dst)
}

// unit returns k independent points of the unit sphere.
func (e *dense) unit(src stream.Source, x []vector, k, n int) []vector {
	x = columns(x, k, n)
	for j := range x {
		e.normals.sphere(src, x[j].v, 1)
		x[j].exp = 0
		x[j].settle()
	}
	return x
}

// back propagates the gradient g with respect to x^L.
func (e *dense) back(ctx context.Context, src stream.Source, dst *Sample) error {
	for l := e.depth(); l > 0; l-- {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		dst.LogStreamNorm[l] = math.NaN()
		if e.layer.skip {
			e.s = duplicate(e.s, e.g)
			dst.LogStreamNorm[l] = logNorm(e.s)
			e.shrink(e.g)
		}
		dst.Dead[l], dst.Saturated[l] = e.layer.backward(e.g)
		dst.LogGradNorm[l] = logNorm(e.g)
		x := e.recall(l - 1)
		e.t = columns(e.t, e.inputs, e.widths[l-1])
		e.weights.backward(src, l, e.t, pass{x, e.h[l-1]}, e.g)
		if e.layer.blind {
			forget(e.t, x)
		}
		settle(e.t)
		if e.layer.skip {
			join(e.t, 1, e.s)
		}
		e.g, e.t = e.t, e.g
	}
	dst.LogGradNorm[0], dst.Dead[0], dst.Saturated[0] = logNorm(e.g), 0, 0
	dst.LogStreamNorm[0] = math.NaN()
	if e.layer.skip {
		dst.LogStreamNorm[0] = dst.LogGradNorm[0]
	}
	return nil
}

// shrink multiplies g by α.
func (e *dense) shrink(g []vector) {
	for j := range g {
		scale(g[j].v, e.layer.alpha)
	}
	settle(g)
}

// advance draws layer l, takes the signal x^(l−1) to x^l, which it returns, and sets t to
// the tangents there that v is at x^(l−1). With one input v has any number of columns;
// with several, column j is one at input j mod B.
func (e *dense) advance(src stream.Source, l int, x, t, v []vector) []vector {
	e.forward(src, l, x)
	if e.layer.blind {
		forget(v, x)
	}
	e.weights.tangent(src, l, t, pass{x, e.h[l-1]}, v)
	settle(t)
	next := e.act(l, x)
	e.layer.forward(t)
	if e.layer.skip {
		e.shrink(t)
		join(t, 1, v)
	}
	e.align(next)
	return next
}

// Tangent implements [Engine].
func (e *dense) Tangent(ctx context.Context, src stream.Source, dst []float64) error {
	if len(dst) != len(e.widths) {
		panic("network: one logarithm for each layer 0 … L wanted")
	}
	x := e.start(src)
	e.align(x)
	e.g = e.direction(src, e.g)
	dst[0] = 0
	for l := 1; l <= e.depth(); l++ {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		e.t = columns(e.t, e.inputs, e.widths[l])
		x = e.advance(src, l, x, e.t, e.g)
		e.g, e.t = e.t, e.g
		dst[l] = logNorm(e.g)
	}
	return nil
}

// direction returns a point of the unit sphere of all inputs together.
func (e *dense) direction(src stream.Source, v []vector) []vector {
	v = columns(v, e.inputs, e.widths[0])
	sum := 0.0
	for j := range v {
		e.normals.fill(src, v[j].v)
		v[j].exp = 0
		v[j].measure()
		sum += v[j].square
	}
	for j := range v {
		scale(v[j].v, 1/math.Sqrt(sum))
		v[j].settle()
	}
	return v
}
