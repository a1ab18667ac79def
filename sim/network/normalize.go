package network

import (
	"math"

	"gradchain/sim/internal/kernel"
	"gradchain/sim/model"
)

// normalizer is a normalisation y = (h − mean)/s, s² = variance + ε, over the units of a
// column, or over the columns of a unit (batch), and its derivative
//
//	∂y/∂h = (P − y yᵀ/n)/s,  P v = v − mean(v),
//
// which is symmetric (Ioffe & Szegedy 2015, section 3). RMS normalisation has no mean:
// P = 1. Where s = 0, y and the derivative are 0.
type normalizer struct {
	kind    model.Norm
	epsilon float64

	y     []vector // the last result
	exp   []float64
	scale []scaling // of a column, or of a unit
	batch
}

// scaling is 1/s = inverse·2^exp, with a common exp in a batch.
type scaling struct {
	inverse float64
	radial  float64 // ε/s²: what the derivative along y has beside P
	values  clusters
}

// clusters says how many distinct values h has.
type clusters uint8

const (
	one clusters = iota + 1 // none but the mean: y = 0
	two                     // y is determined by the sizes of the clusters, or of the one beside 0 for RMS
	many
)

func newNormalizer(kind model.Norm, epsilon float64) *normalizer {
	if kind == model.NoNorm {
		return nil
	}
	return &normalizer{kind: kind, epsilon: epsilon}
}

// apply sets y, which may be h, to the normalised h, not settled. It keeps y for derive.
func (n *normalizer) apply(y, h []vector) {
	n.y = y
	if n.kind == model.BatchNorm {
		n.applyBatch(h)
		return
	}
	n.scale, n.exp = resize(n.scale, len(h)), resize(n.exp, len(h))
	for j := range h {
		n.column(j, &h[j])
	}
}

// derive multiplies the columns of g, each times those of y, by the derivative.
func (n *normalizer) derive(g []vector) {
	for first := 0; first < len(g); first += len(n.y) {
		part := g[first : first+len(n.y)]
		if n.kind == model.BatchNorm {
			n.deriveBatch(part)
			continue
		}
		for j := range part {
			n.scale[j].project(part[j].v, n.y[j].v, n.y[j].exp, n.kind == model.LayerNorm)
			scale(part[j].v, n.scale[j].inverse)
			part[j].exp += n.exp[j]
			part[j].settle()
		}
	}
}

// base returns the exponent of the units in which s is a number, for h in units of
// 2^exp.
func (n *normalizer) base(exp float64) float64 {
	if math.Abs(exp) <= 100 {
		return 0
	}
	if n.epsilon > 0 {
		return max(exp, math.Floor(float64(math.Ilogb(n.epsilon))/2))
	}
	return exp
}

// column normalises one column.
func (n *normalizer) column(j int, h *vector) {
	y, s := &n.y[j], &n.scale[j]
	copy(y.v, h.v)
	y.exp = h.exp
	y.settle()
	if n.kind == model.LayerNorm {
		center(y.v)
	}
	s.values = distinct(y.v, n.kind == model.RMSNorm)
	base := n.base(y.exp)
	s.set(float64(kernel.Dot(y.v, y.v)/float64(len(y.v))), 2*(y.exp-base), n.epsilon, 2*base)
	shift := y.exp - base
	n.exp[j], y.exp = -base, 0
	if shift < -400 { // ε hides the signal
		y.exp, shift = shift, 0
	}
	scale(y.v, ldexp(s.inverse, shift))
}

// set sets 1/s for s² = square·2^exp + ε·2^−base.
func (s *scaling) set(square, exp, epsilon, base float64) {
	if square > 0 || epsilon > 0 {
		eps := ldexp(epsilon, -base)
		sum := ldexp(square, exp) + eps
		if sum > 0 {
			s.inverse, s.radial = 1/math.Sqrt(sum), eps/sum
			return
		}
	}
	s.inverse, s.radial = 0, 0
}

// center takes the mean out of v, by way of the differences from its first element, so
// that it is good to rounding of these, and exact for equal elements.
func center(v []float64) {
	first, sum := v[0], 0.0
	for i, x := range v {
		v[i] = x - first
		sum += v[i]
	}
	mean := sum / float64(len(v))
	for i := range v {
		v[i] -= mean
	}
}

// distinct counts the values of v, 0 not among them with zero, and compares exactly:
// equal numbers stay equal through a layer.
func distinct(v []float64, zero bool) clusters {
	first, second := 0.0, 0.0
	if !zero {
		first = v[0]
	}
	seen := one
	for _, x := range v {
		switch {
		case x == first || seen == two && x == second:
		case seen == one:
			second, seen = x, two
		default:
			return many
		}
	}
	return seen
}

// project takes out of g what the derivative at y·2^exp does, which is then to be scaled.
func (s *scaling) project(g, y []float64, exp float64, centred bool) {
	if s.inverse == 0 {
		clear(g)
		return
	}
	switch {
	case s.values == one && !centred:
	case s.values == one:
		subtractMean(g, y, y[0])
	case s.values == two:
		s.split(g, y, centred)
	default:
		if centred {
			subtract(g)
		}
		kernel.Axpy(-ldexp(kernel.Dot(g, y)/float64(len(y)), 2*exp), y, g)
	}
}

// split is project for two values of y, which span with 1 all that is constant on the
// clusters. Without that part g is exactly 0 in a cluster of one, as it should be.
func (s *scaling) split(g, y []float64, centred bool) {
	first := y[0]
	if !centred {
		for _, v := range y {
			if first == 0 {
				first = v
			}
		}
		if first == 0 {
			return // y has underflowed
		}
		along := float64(subtractMean(g, y, first) / first)
		kernel.Axpy(float64(s.radial*along), y, g)
		return
	}
	for _, v := range y {
		if v != first {
			along := (subtractMean(g, y, first) - subtractMean(g, y, v)) / (first - v)
			kernel.Axpy(float64(s.radial*along), y, g)
			return
		}
	}
	subtractMean(g, y, first) // y has underflowed
}

// subtractMean takes the mean over the cluster where y has the given value from that
// part of g, and returns it.
func subtractMean(g, y []float64, value float64) float64 {
	sum, n := 0.0, 0.0
	for i, v := range y {
		if v == value {
			sum += g[i]
			n++
		}
	}
	mean := sum / n
	for i, v := range y {
		if v == value {
			g[i] -= mean
		}
	}
	return mean
}

// subtract takes the mean out of g.
func subtract(g []float64) {
	sum := 0.0
	for _, v := range g {
		sum += v
	}
	mean := sum / float64(len(g))
	for i := range g {
		g[i] -= mean
	}
}
