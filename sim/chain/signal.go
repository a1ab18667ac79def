package chain

import (
	"math"

	"gradchain/sim/internal/kernel"
	"gradchain/theory/activation"
)

// A forward signal a = φ(z) leaves the range of float64 on a long chain. Where φ is
// linear to the last bit, near 0 and far out, the signal goes on with an exponent of
// its own; elsewhere φ brings it back into range.
const (
	tiny  = 0x1p-500
	huge  = 0x1p+500
	limit = 500
)

// signal carries forward signals a·2^shift through z = w·a + b, a = φ(z).
type signal struct {
	phi  kernel.Activation
	ends ends
	// signOnly: φ is homogeneous and there are no biases, so that φ′ depends on the
	// sign of the signal only, and only that is carried.
	signOnly bool

	a, shift, z []float64
	mant, exp   []float64 // φ′(z) = mant·2^exp
	next        []float64
}

func newSignal(a activation.Activation, phi kernel.Activation, biased bool) signal {
	return signal{phi: phi, ends: endsOf(a, phi), signOnly: a.Homogeneous() && !biased}
}

// start begins n signals at the inputs.
func (s *signal) start(input []float64) {
	n := len(input)
	for _, p := range []*[]float64{&s.a, &s.shift, &s.z, &s.mant, &s.exp, &s.next} {
		*p = resize(*p, n)
	}
	copy(s.a, input)
	clear(s.shift)
	if s.signOnly {
		for i, a := range s.a {
			s.a[i] = sign(a)
		}
	}
}

// step takes the signals through one layer. b is nil without biases.
func (s *signal) step(w, b []float64) {
	for i, a := range s.a {
		s.z[i] = float64(w[i] * a)
	}
	for i := range b {
		s.z[i] += b[i]
	}
	s.phi.DPhi(s.mant, s.exp, s.z)
	if s.signOnly {
		for i, z := range s.z {
			s.a[i] = sign(z) * sign(s.mant[i]) // φ(z) = z·φ′(z)
		}
		return
	}
	s.phi.Phi(s.next, s.z)
	for i, z := range s.z {
		size := math.Abs(z)
		if s.shift[i] == 0 && size <= huge && (size >= tiny || size == 0) &&
			(s.ends.ratio == nil || math.Abs(s.next[i]) >= tiny || z == 0) {
			continue
		}
		bias := 0.0
		if b != nil {
			bias = b[i]
		}
		s.extreme(i, w[i], bias)
	}
	s.a, s.next = s.next, s.a
}

// extreme redoes element i of a step whose signal is or was outside the range.
func (s *signal) extreme(i int, w, b float64) {
	m, e := math.Frexp(w)
	f, g := math.Frexp(s.a[i])
	m, exponent := float64(m*f), float64(e+g)+s.shift[i] // w·a = m·2^exponent
	z := ldexp(m, exponent)
	if b != 0 && !math.IsInf(z, 0) { // else b is below the last bit
		z += b
		m, e = math.Frexp(z)
		exponent = float64(e)
	}
	s.shift[i] = 0
	switch {
	case math.Abs(z) > huge && s.ends.far[side(m)] != 0:
		s.linear(i, s.ends.far[side(m)], m, exponent)
	case exponent < -limit && m != 0 && s.ends.nearZero:
		s.linear(i, s.ends.near[side(m)], m, exponent)
	default:
		s.evaluate(i, max(-math.MaxFloat64, min(z, math.MaxFloat64)))
	}
}

// linear sets element i to φ(z) = slope·z.
func (s *signal) linear(i int, slope, m, exponent float64) {
	s.mant[i], s.exp[i] = slope, 0
	s.next[i] = float64(slope * m)
	if slope != 0 {
		s.shift[i] = exponent
	}
}

// evaluate sets element i to φ(z), by way of φ′(z) where φ(z) decays below tiny.
func (s *signal) evaluate(i int, z float64) {
	s.z[i] = z
	s.phi.DPhi(s.mant[i:i+1], s.exp[i:i+1], s.z[i:i+1])
	s.phi.Phi(s.next[i:i+1], s.z[i:i+1])
	if s.ends.ratio != nil && z < -1 && math.Abs(s.next[i]) < tiny {
		s.next[i], s.shift[i] = float64(s.mant[i]*s.ends.ratio(z)), s.exp[i]
	}
}

// ldexp is m·2^exponent for any exponent.
func ldexp(m, exponent float64) float64 {
	return math.Ldexp(m, int(max(-5000, min(exponent, 5000))))
}

func sign(x float64) float64 {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	}
	return 0
}

// resize returns a slice of length n, in the memory of x where that suffices.
func resize(x []float64, n int) []float64 {
	if cap(x) < n {
		return make([]float64, n)
	}
	return x[:n]
}
