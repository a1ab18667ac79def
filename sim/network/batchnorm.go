package network

import "gradchain/sim/internal/kernel"

// batch is the memory of batch normalisation, which goes over a strip of units at a
// time.
type batch struct {
	sum, square, inverse [strip]float64
	from, to             [][]float64
	g, v                 []float64 // one unit
}

// negligible is the variance, in units of the largest column, below which a unit counts
// as constant.
const negligible = 0x1p-960

// applyBatch sets y to the normalised h.
func (n *normalizer) applyBatch(h []vector) {
	units := len(h[0].v)
	n.scale, n.exp = resize(n.scale, units), resize(n.exp, 1)
	exp := commonExp(h)
	base := n.base(exp)
	n.exp[0] = -base
	shift, out := exp-base, 0.0
	if shift < -400 { // ε hides the signal
		shift, out = 0, shift
	}
	for first := 0; first < units; first += strip {
		n.strip(h, first, min(first+strip, units), exp)
		n.divide(first, min(first+strip, units), exp, base, shift)
	}
	for j := range n.y {
		n.y[j].exp = out
	}
}

// commonExp returns the exponent of the columns, the largest of those that are not 0.
func commonExp(h []vector) float64 {
	for j := range h {
		if h[j].exp != h[0].exp {
			measure(h)
			return largestExp(h)
		}
	}
	return h[0].exp
}

// strip sets y to h less its mean, in units of 2^exp, and square to its sum of squares.
func (n *normalizer) strip(h []vector, first, end int, exp float64) {
	n.to, n.from = strips(n.to, n.y, first, end), strips(n.from, h, first, end)
	for j := range h {
		if h[j].exp < exp {
			copy(n.to[j], n.from[j])
			scale(n.to[j], ldexp(1, h[j].exp-exp))
			n.from[j] = n.to[j]
		}
	}
	kernel.Center(n.to, n.from, n.square[:end-first])
}

// divide turns what strip has left into y.
func (n *normalizer) divide(first, end int, exp, base, shift float64) {
	inverse := n.inverse[:end-first]
	for i := range inverse {
		s := &n.scale[first+i]
		square := n.square[i] / float64(len(n.y))
		if square < negligible {
			square = 0
		}
		s.set(square, 2*(exp-base), n.epsilon, 2*base)
		s.values = n.distinct(first + i)
		inverse[i] = ldexp(s.inverse, shift)
	}
	for _, y := range n.to {
		kernel.Multiply(y, inverse)
	}
}

// distinct counts the values of a unit.
func (n *normalizer) distinct(i int) clusters {
	y := n.y
	a := y[0].v[i]
	for j := 1; j < len(y); j++ {
		b := y[j].v[i]
		if b == a {
			continue
		}
		for _, c := range y[j+1:] {
			if v := c.v[i]; v != a && v != b {
				return many
			}
		}
		return two
	}
	return one
}

// deriveBatch multiplies g by the derivative.
func (n *normalizer) deriveBatch(g []vector) {
	exp := largestExp(g)
	for j := range g {
		g[j].shift(exp)
	}
	units := len(g[0].v)
	for first := 0; first < units; first += strip {
		n.deriveStrip(g, first, min(first+strip, units))
	}
	for j := range g {
		g[j].exp += n.exp[0]
	}
	settle(g)
}

// deriveStrip multiplies a strip of g by the derivative.
func (n *normalizer) deriveStrip(g []vector, first, end int) {
	n.from, n.to = strips(n.from, n.y, first, end), strips(n.to, g, first, end)
	sum, along, inverse := n.sum[:end-first], n.square[:end-first], n.inverse[:end-first]
	kernel.Moments(sum, along, n.to, n.from)
	per := 1 / float64(len(g))
	hidden := ldexp(per, 2*n.y[0].exp)
	for i, s := range n.scale[first:end] {
		inverse[i] = s.inverse
		if s.values != many || s.inverse == 0 {
			n.unit(g, first+i)
			sum[i], along[i] = 0, 0
			continue
		}
		sum[i], along[i] = float64(sum[i]*per), float64(along[i]*hidden)
	}
	kernel.Derive(n.to, n.from, sum, along, inverse)
}

// unit projects what the derivative leaves of g in a unit of one or two values, but
// does not scale it.
func (n *normalizer) unit(g []vector, i int) {
	n.g, n.v = n.g[:0], n.v[:0]
	for j := range g {
		n.g, n.v = append(n.g, g[j].v[i]), append(n.v, n.y[j].v[i])
	}
	n.scale[i].project(n.g, n.v, n.y[0].exp, true)
	for j := range g {
		g[j].v[i] = n.g[j]
	}
}
