package network

import (
	"math"

	"gradchain/sim/internal/kernel"
	"gradchain/theory/activation"
)

// saturation is the fraction of sup|φ′| below which a unit is saturated: 1/cosh² 2,
// so that tanh is beyond |h| = 2 and the sigmoid beyond |h| = 4.
const saturation = 0.070650824853164468

// signal applies φ and φ′ to pre-activations h·2^exp of any size.
type signal struct {
	phi         kernel.Activation
	homogeneous bool
	flat        bool       // φ′ has two values, of exponent 0
	zeroAtZero  bool       // φ(0) = 0
	far         [2]float64 // φ(z) = far·z for z → −∞ and z → ∞, 0 where φ is not linear there
	decay       decay
	saturated   float64 // |φ′| below which a unit is saturated
	mant, exp   []float64
}

func newSignal(a activation.Activation) (*signal, error) {
	phi, err := kernel.NewActivation(a)
	if err != nil {
		return nil, err
	}
	s := &signal{
		phi: phi, homogeneous: a.Homogeneous(), flat: a.Homogeneous(), zeroAtZero: a.Phi(0) == 0, decay: decayOf(a),
		saturated: float64(saturation * max(math.Abs(a.Sup().Value), math.Abs(a.Inf().Value))),
	}
	for i, sign := range []float64{-1, 1} {
		var slope, exp [1]float64
		phi.DPhi(slope[:], exp[:], []float64{sign * 0x1p1000})
		if a.Tail(int(sign)).Kind == activation.Constant {
			s.far[i] = slope[0]
		}
		s.flat = s.flat && exp[0] == 0 && math.Abs(slope[0]) <= tall
	}
	return s, nil
}

// Where h·2^exp has exp < −near, φ is linear there to the last bit, since ‖h‖ is at
// most 2^400. Beyond 2^far it is linear or constant.
const (
	near = 500
	far  = 1000
)

// argument returns what to apply φ′ to, and φ too unless h·2^exp is very large or
// very small: h itself, or h·2^exp in z, clipped to the range of float64.
func (s *signal) argument(z, h []float64, exp float64) []float64 {
	if exp == 0 || s.homogeneous {
		return h
	}
	exp = max(exp, -near)
	for i, x := range h {
		z[i] = max(-math.MaxFloat64, min(ldexp(x, exp), math.MaxFloat64))
	}
	return z
}

// activate sets the columns of x to φ of those of h.
func (s *signal) activate(x, h []vector) {
	for j := range x {
		s.apply(&x[j], h[j].v, h[j].exp)
	}
	if s.decay.ratio == nil {
		settle(x)
		return
	}
	for j := range x {
		from := x[j].exp
		x[j].settle()
		if from == 0 && (x[j].exp < 0 || x[j].square == 0) {
			s.decayed(&x[j], h[j].v, h[j].exp)
		}
	}
}

// apply sets x to φ(h·2^exp), not settled.
func (s *signal) apply(x *vector, h []float64, exp float64) {
	s.phi.Phi(x.v, s.argument(x.v, h, exp))
	x.exp = 0
	switch {
	case s.homogeneous:
		x.exp = exp
	case exp < -near && s.zeroAtZero:
		x.exp = exp + near
	case exp > 0:
		s.linear(x, h, exp)
	}
}

// linear redoes an x = φ(h·2^exp) that has elements beyond 2^far on a side where φ is
// linear; all others count for nothing beside them, but need not be dead.
func (s *signal) linear(x *vector, h []float64, exp float64) {
	limit, beyond := ldexp(1, far-exp), false
	for _, v := range h {
		beyond = beyond || math.Abs(v) > limit && s.far[side(v)] != 0
	}
	if !beyond {
		return
	}
	for i, v := range h {
		if math.Abs(v) > limit && s.far[side(v)] != 0 {
			x.v[i] = float64(s.far[side(v)] * v)
		} else {
			x.v[i] = ldexp(x.v[i], -exp)
		}
	}
	x.exp = exp
}

// decayed redoes an x = φ(h·2^exp) that has underflowed because φ decays.
func (s *signal) decayed(x *vector, h []float64, exp float64) {
	n := len(h)
	s.mant, s.exp = resize(s.mant, n), resize(s.exp, n)
	z := s.argument(x.v, h, exp)
	s.phi.DPhi(s.mant, s.exp, z)
	largest := math.Inf(-1)
	for i, v := range z {
		if s.decay.has(v) {
			s.mant[i] = float64(s.mant[i] * s.decay.ratio(v))
		} else {
			s.phi.Phi(s.mant[i:i+1], z[i:i+1])
			s.exp[i] = 0
		}
		if s.mant[i] != 0 {
			largest = max(largest, s.exp[i]+float64(math.Ilogb(s.mant[i])))
		}
	}
	if math.IsInf(largest, -1) {
		largest = 0
	}
	for i, m := range s.mant {
		x.v[i] = ldexp(m, s.exp[i]-largest)
	}
	x.exp = largest
	x.settle()
}

// backward turns the gradient g with respect to φ(h) into that with respect to h,
// g∘φ′(h·2^exp), not settled, and counts the units that are dead and saturated.
func (s *signal) backward(g *vector, h []float64, exp float64) (dead, saturated int) {
	if s.flat {
		return s.steps(g, h)
	}
	n := len(h)
	s.mant, s.exp = resize(s.mant, n), resize(s.exp, n)
	s.phi.DPhi(s.mant, s.exp, s.argument(s.mant, h, exp))
	dead, _ = kernel.Count(s.mant, 0)
	if !s.slopes(g.v[:n]) {
		s.phi.DPhi(s.mant, s.exp, s.argument(s.mant, h, exp))
		return s.scaled(g)
	}
	_, saturated = kernel.Count(s.mant, s.saturated)
	kernel.Multiply(g.v[:n], s.mant)
	return dead, saturated
}

// steps is backward for a φ′ of two values.
func (s *signal) steps(g *vector, h []float64) (dead, saturated int) {
	s.mant, s.exp = resize(s.mant, chunk), resize(s.exp, chunk)
	for first := 0; first < len(h); first += chunk {
		end := min(first+chunk, len(h))
		slopes := s.mant[:end-first]
		s.phi.DPhi(slopes, s.exp[:end-first], h[first:end])
		zero, below := kernel.Count(slopes, s.saturated)
		dead, saturated = dead+zero, saturated+below
		kernel.Multiply(g.v[first:end], slopes)
	}
	return dead, saturated
}

// Slopes are numbers where their mantissas are within 2^tall; where all that g meets are
// below 2^low they get an exponent of their own.
const (
	tall = 0x1p300
	low  = -200
)

// slopes sets mant to the slopes as numbers. It reports false where they are too far from
// 1 for that.
func (s *signal) slopes(g []float64) bool {
	mant, exp := s.mant, s.exp[:len(s.mant)]
	g = g[:len(mant)]
	largest := math.Inf(-1)
	for i, m := range mant {
		e := exp[i]
		if e > largest && g[i] != 0 && m != 0 {
			largest = e
		}
		if !(math.Abs(m) <= tall) {
			return false
		}
		mant[i] = times(m, e)
	}
	return largest > low || math.IsInf(largest, -1)
}

// scaled is backward with slopes of any size, from their mantissas and exponents.
func (s *signal) scaled(g *vector) (dead, saturated int) {
	largest := math.Inf(-1)
	for i, m := range s.mant {
		if math.Abs(m) > tall { // far out, where φ′ is |h|·e^−|h|
			shift := float64(math.Ilogb(min(math.Abs(m), math.MaxFloat64)))
			m = ldexp(max(-math.MaxFloat64, min(m, math.MaxFloat64)), -shift)
			s.mant[i], s.exp[i] = m, s.exp[i]+shift
		}
		if m == 0 {
			dead++
		}
		if times(math.Abs(m), s.exp[i]) < s.saturated {
			saturated++
		}
		if g.v[i] != 0 && m != 0 {
			largest = max(largest, s.exp[i])
		}
	}
	if largest > low || math.IsInf(largest, -1) {
		largest = 0
	}
	for i, m := range s.mant {
		g.v[i] = float64(g.v[i] * times(m, s.exp[i]-largest))
	}
	g.exp += largest
	return dead, saturated
}

// side is the index of the sign of z in far.
func side(z float64) int {
	if z < 0 {
		return 0
	}
	return 1
}
