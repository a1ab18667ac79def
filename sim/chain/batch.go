package chain

import (
	"context"
	"math"

	"gradchain/sim/internal/kernel"
	"gradchain/sim/model"
	"gradchain/sim/stream"
	"gradchain/theory/law"
)

// weightsAhead is the number of layers whose weights are drawn at a time.
const weightsAhead = 64

// batchNet is one network on a batch of inputs: with or without normalisation.
type batchNet interface {
	// start begins at the inputs x and the output weights u.
	start(x, u []float64)
	// step adds a layer.
	step(w, b float64)
	// logNorm returns the log norm of the gradient with respect to the inputs of
	// Σ u_i·x_i at the present depth.
	logNorm() float64
}

// batch walks a block network by network, each with its own inputs, weights and
// output weights. What is drawn does not depend on the network.
type batch struct {
	net                        batchNet
	depth                      int
	weight, bias, input, gauss *draw
	x, u                       []float64
	w, b                       [weightsAhead]float64
	norms                      []float64 // of one path, by depth
	logs                       []float64 // by depth, then path
	out                        Paths
}

func newBatch(m model.Chain) (walker, error) {
	phi, err := kernel.NewActivation(m.Activation)
	if err != nil {
		return nil, err
	}
	c := &batch{depth: m.Depth, x: make([]float64, m.Batch), u: make([]float64, m.Batch)}
	for _, d := range []struct {
		field string
		law   law.Law
		to    **draw
	}{
		{"weight", m.Weight, &c.weight}, {"bias", m.Bias, &c.bias}, {"input", m.Input, &c.input},
		{"output weights", law.MustParse("normal(1)"), &c.gauss},
	} {
		if *d.to, err = newDraw(d.field, d.law); err != nil {
			return nil, err
		}
	}
	if m.Kind == model.Normalized {
		c.net = newNormalized(phi, m.Batch, math.Sqrt(m.Epsilon))
	} else {
		c.net = &plain{signal: newSignal(m.Activation, phi, c.bias != nil), product: kernel.NewLogAccumulator(m.Batch)}
	}
	return c, nil
}

func (c *batch) walk(ctx context.Context, src stream.Source, paths int, at []int, visit func(i int, p Paths)) error {
	c.logs = resize(c.logs, len(at)*paths)
	for j := range paths {
		if err := c.path(ctx, src, at); err != nil {
			return err
		}
		for i, log := range c.norms {
			c.logs[i*paths+j] = log
		}
	}
	c.out.Resize(paths)
	clear(c.out.Negative)
	for i := range at {
		copy(c.out.LogAbs, c.logs[i*paths:])
		visit(i, c.out)
	}
	return nil
}

// path samples one network and sets norms to its log norms at the given depths. It
// draws the weights of all layers of the model, also beyond the last depth asked for:
// the next network must not depend on that.
func (c *batch) path(ctx context.Context, src stream.Source, at []int) error {
	c.input.fill(src, c.x)
	c.gauss.fill(src, c.u)
	unit(c.u)
	c.net.start(c.x, c.u)
	c.norms = c.norms[:0]
	for l := range c.depth {
		if l%weightsAhead == 0 {
			if l%cancelEvery == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			c.weight.fill(src, c.w[:])
			if c.bias != nil {
				c.bias.fill(src, c.b[:])
			}
		}
		if len(c.norms) == len(at) {
			continue
		}
		c.net.step(c.w[l%weightsAhead], c.b[l%weightsAhead])
		if l+1 == at[len(c.norms)] {
			c.norms = append(c.norms, c.net.logNorm())
		}
	}
	return nil
}

// unit divides u by its norm: a uniform direction, if the elements are normal.
func unit(u []float64) {
	square := 0.0
	for _, v := range u {
		square += float64(v * v)
	}
	norm := math.Sqrt(square)
	for i, v := range u {
		u[i] = v / norm
	}
}

// plain is the network without normalisation: every input has a path of its own.
type plain struct {
	signal
	product *kernel.LogAccumulator
	w, b    []float64
	paths   Paths
}

func (p *plain) start(x, u []float64) {
	p.product.Reset(len(x))
	p.product.Scale(u)
	p.w, p.b = resize(p.w, len(x)), resize(p.b, len(x))
	p.paths.Resize(len(x))
	p.signal.start(x)
}

func (p *plain) step(w, b float64) {
	for i := range p.w {
		p.w[i], p.b[i] = w, b
	}
	p.signal.step(p.w, p.b)
	p.product.Multiply(p.w, p.mant, p.exp)
}

// logNorm is ½·log Σ exp(2·log|g_i|).
func (p *plain) logNorm() float64 {
	p.product.Logs(p.paths.LogAbs, p.paths.Negative)
	largest := math.Inf(-1)
	for _, x := range p.paths.LogAbs {
		largest = max(largest, x)
	}
	if math.IsInf(largest, -1) {
		return largest
	}
	sum := 0.0
	for _, x := range p.paths.LogAbs {
		sum += kernel.Exp(max(2*(x-largest), -700))
	}
	return largest + float64(kernel.Log(sum)/2)
}
