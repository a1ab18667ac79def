package chain

import (
	"gradchain/sim/internal/kernel"
	"gradchain/sim/model"
	"gradchain/sim/stream"
	"gradchain/theory/law"
)

// independent samples the factors w·φ′(z) with w and z independent.
type independent struct {
	phi            kernel.Activation
	weight, preAct *draw // preAct is nil for the linear activation
	pair           *pair // instead of both where both are normal
	product        *kernel.LogAccumulator
	w, z           []float64
	mant, exp      []float64
}

func newIndependent(m model.Chain) (walker, error) {
	phi, err := kernel.NewActivation(m.Activation)
	if err != nil {
		return nil, err
	}
	c := &independent{phi: phi, product: kernel.NewLogAccumulator(0), pair: newPair(m.Weight, m.PreActivation)}
	if c.weight, err = newDraw("weight", m.Weight); err != nil {
		return nil, err
	}
	if c.preAct, err = newDraw("preactivation", m.PreActivation); err != nil {
		return nil, err
	}
	return &columns{layers: c}, nil
}

func (c *independent) start(_ stream.Source, n int) {
	c.product.Reset(n)
	for _, p := range []*[]float64{&c.w, &c.z, &c.mant, &c.exp} {
		*p = resize(*p, n)
	}
}

func (c *independent) steps(src stream.Source, n int) {
	if c.pair != nil && c.fused(src, n) {
		return
	}
	for range n {
		c.step(src)
	}
}

func (c *independent) step(src stream.Source) {
	switch {
	case c.pair != nil:
		c.pair.fill(src, c.w, c.z)
	case c.preAct == nil:
		c.weight.fill(src, c.w)
		c.product.Scale(c.w)
		return
	default:
		c.weight.fill(src, c.w)
		c.preAct.fill(src, c.z)
	}
	c.phi.DPhi(c.mant, c.exp, c.z)
	c.product.Multiply(c.w, c.mant, c.exp)
}

// fused is n whole steps in one kernel, for centred normal values from a stream that a
// kernel can go on with.
func (c *independent) fused(src stream.Source, n int) bool {
	s := stream.Lanes(src)
	return s != nil && c.pair.mu == [2]float64{} &&
		c.product.Normals(s, n, c.phi, kernel.Sigmas{W: c.pair.sigma[0], Z: c.pair.sigma[1]})
}

func (c *independent) read(dst Paths) { c.product.Logs(dst.LogAbs, dst.Negative) }

// pair draws two normal values at a time, one Box–Muller pair.
type pair struct {
	mu, sigma [2]float64
	bits      []uint64
}

// newPair returns nil unless both laws are normal.
func newPair(a, b law.Law) *pair {
	if a.Name() != "normal" || b.Name() != "normal" {
		return nil
	}
	var p pair
	for i, l := range []law.Law{a, b} {
		args := l.Args() // sigma, or mu and sigma
		p.sigma[i] = args[len(args)-1]
		if len(args) == 2 {
			p.mu[i] = args[0]
		}
	}
	return &p
}

func (p *pair) fill(src stream.Source, a, b []float64) {
	words := 2 * lanes(len(a))
	if cap(p.bits) < words {
		p.bits = make([]uint64, words)
	}
	src.Fill(p.bits[:words])
	kernel.NormalPairs(a, b, p.bits[:words])
	kernel.Affine(a, p.mu[0], p.sigma[0])
	kernel.Affine(b, p.mu[1], p.sigma[1])
}
