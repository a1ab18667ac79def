package chain

import (
	"gradchain/sim/internal/kernel"
	"gradchain/sim/model"
	"gradchain/sim/stream"
)

// forward samples the derivative of a network along the path that its input takes.
type forward struct {
	signal
	weight, bias, input *draw // bias is nil without biases
	product             *kernel.LogAccumulator
	w, b, x             []float64
}

func newForward(m model.Chain) (walker, error) {
	c := &forward{product: kernel.NewLogAccumulator(0)}
	if err := c.init(m); err != nil {
		return nil, err
	}
	return &columns{layers: c}, nil
}

func (c *forward) init(m model.Chain) error {
	phi, err := kernel.NewActivation(m.Activation)
	if err != nil {
		return err
	}
	if c.weight, err = newDraw("weight", m.Weight); err != nil {
		return err
	}
	if c.bias, err = newDraw("bias", m.Bias); err != nil {
		return err
	}
	if c.input, err = newDraw("input", m.Input); err != nil {
		return err
	}
	c.signal = newSignal(m.Activation, phi, c.bias != nil)
	return nil
}

func (c *forward) start(src stream.Source, n int) {
	c.product.Reset(n)
	c.w, c.x = resize(c.w, n), resize(c.x, n)
	if c.bias != nil {
		c.b = resize(c.b, n)
	}
	c.input.fill(src, c.x)
	c.signal.start(c.x)
}

func (c *forward) steps(src stream.Source, n int) {
	for range n {
		c.step(src)
	}
}

func (c *forward) step(src stream.Source) {
	c.weight.fill(src, c.w)
	if c.bias != nil {
		c.bias.fill(src, c.b)
	}
	c.signal.step(c.w, c.b)
	c.product.Multiply(c.w, c.mant, c.exp)
}

func (c *forward) read(dst Paths) { c.product.Logs(dst.LogAbs, dst.Negative) }
