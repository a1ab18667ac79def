package network

import "gradchain/sim/model"

// layer is what follows h = W x + b: x^l = branch, or x^(l−1) + α·branch, with the branch
// φ(norm(h)) or norm(φ(h)).
type layer struct {
	signal *signal
	norm   *normalizer // nil for none
	after  bool
	skip   bool
	alpha  float64
	blind  bool // to the scale of each signal that it takes

	argument []vector // what φ is applied to, h or z
	z        []vector // the normalised h
	y        []vector // the branch
}

func newLayer(m model.Dense) (layer, error) {
	s, err := newSignal(m.Activation)
	if err != nil {
		return layer{}, err
	}
	byColumn := m.Norm == model.LayerNorm || m.Norm == model.RMSNorm
	return layer{
		signal: s, norm: newNormalizer(m.Norm, m.Epsilon), after: m.NormAfter, skip: m.Skip, alpha: m.Alpha,
		blind: byColumn && m.Epsilon == 0 && m.BiasStd == 0 && !m.Skip && (!m.NormAfter || s.homogeneous),
	}, nil
}

// prepare readies the derivative of a layer that has no normalisation after φ.
func (s *layer) prepare(h []vector) {
	s.argument = h
	if s.norm != nil && !s.after {
		s.z = columns(s.z, len(h), len(h[0].v))
		s.norm.apply(s.z, h)
		s.argument = s.z
	}
}

// branch returns the branch, and readies its derivative. Both are valid until the next
// call.
func (s *layer) branch(h []vector) []vector {
	s.prepare(h)
	s.y = columns(s.y, len(h), len(h[0].v))
	s.signal.activate(s.y, s.argument)
	if s.norm != nil && s.after {
		s.norm.apply(s.y, s.y)
		settle(s.y)
	}
	return s.y
}

// backward turns the gradient with respect to the branch into that with respect to h,
// and counts the units that are dead and saturated.
func (s *layer) backward(g []vector) (dead, saturated int) {
	if s.norm != nil && s.after {
		s.norm.derive(g)
	}
	dead, saturated = s.slope(g)
	if s.norm != nil && !s.after {
		s.norm.derive(g)
	}
	return dead, saturated
}

// forward turns tangents at h into those at the branch.
func (s *layer) forward(t []vector) {
	if s.norm != nil && !s.after {
		s.norm.derive(t)
	}
	s.slope(t)
	if s.norm != nil && s.after {
		s.norm.derive(t)
	}
}

// slope multiplies g, of as many columns as there are inputs, or several times that, by
// φ′.
func (s *layer) slope(g []vector) (dead, saturated int) {
	for j := range g {
		a := &s.argument[j%len(s.argument)]
		d, n := s.signal.backward(&g[j], a.v, a.exp)
		dead, saturated = dead+d, saturated+n
	}
	settle(g)
	return dead, saturated
}

// forget clears what gradients or tangents g at signals x have along a signal of one unit
// alone, in which a layer that is blind to its scale has no derivative. In any other signal
// that direction is one of many, but with ReLU the unit is all that is alive, and rounding
// must not stand for the gradient.
func forget(g, x []vector) {
	for j := range x {
		i := lone(x[j].v)
		for k := j; i >= 0 && k < len(g); k += len(x) {
			g[k].v[i] = 0
			g[k].settle()
		}
	}
}

// lone returns the place of the only element of x that is not 0, −1 if there is none.
func lone(x []float64) int {
	at := -1
	for i, v := range x {
		switch {
		case v == 0:
		case at >= 0:
			return -1
		default:
			at = i
		}
	}
	return at
}
