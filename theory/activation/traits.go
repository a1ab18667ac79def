package activation

import (
	"math"
	"slices"
)

// traits is what is known of an activation besides its values.
type traits struct {
	sup, inf    Extremum // of φ′
	min         Extremum // inf of φ
	max         float64  // sup of φ
	left, right Tail
	kinks       []float64
	odd         bool
	homogeneous bool
}

// Extremum is a supremum or infimum: its value, and the point where it is
// attained, or the limit point (a one-sided limit, or ±Inf) where it is not.
type Extremum struct {
	Value, At float64
	Attained  bool
	Unique    bool // attained at that point only
}

// attained, unique and limit are the three kinds of Extremum.
func attained(value, at float64) Extremum { return Extremum{value, at, true, false} }
func unique(value, at float64) Extremum   { return Extremum{value, at, true, true} }
func limit(value, at float64) Extremum    { return Extremum{value, at, false, false} }

// TailKind says how φ′ behaves far out.
type TailKind int

// The kinds of tail, from the fastest decay to none.
const (
	Zero        TailKind = iota // φ′ is exactly 0 from some point on
	Cubic                       // decays like e^(−c|z|³)
	Gaussian                    // decays like e^(−cz²)
	Exponential                 // decays like e^(−c|z|)
	Polynomial                  // decays like a power of |z|
	Constant                    // tends to a number other than 0
	Oscillating                 // does not converge
)

// String returns the kind in lower case.
func (k TailKind) String() string {
	names := [...]string{"zero", "cubic", "gaussian", "exponential", "polynomial", "constant", "oscillating"}
	if k < 0 || int(k) >= len(names) {
		panic("activation: unknown tail kind")
	}
	return names[k]
}

// Tail is the leading behaviour of φ′ at one end:
//
//	φ′(z) ~ Coefficient·|z|^Power·exp(−Rate[0]|z| − Rate[1]z² − Rate[2]|z|³)
//
// Coefficient is 0 for the kind Zero and NaN for the kind Oscillating.
type Tail struct {
	Kind               TailKind
	Coefficient, Power float64
	Rate               [3]float64
}

// LogAbs returns the logarithm of the modulus of the leading behaviour at |z|.
func (t Tail) LogAbs(z float64) float64 {
	z = math.Abs(z)
	log := math.Log(math.Abs(t.Coefficient))
	if t.Power != 0 {
		log += t.Power * math.Log(z)
	}
	return log - z*(t.Rate[0]+z*(t.Rate[1]+z*t.Rate[2]))
}

func constantTail(value float64) Tail { return Tail{Kind: Constant, Coefficient: value} }

func exponentialTail(coefficient, power, rate float64) Tail {
	return Tail{Exponential, coefficient, power, [3]float64{rate}}
}

// Sup returns the supremum of φ′, whose modulus with that of Inf gives the
// Lipschitz constant.
func (a Activation) Sup() Extremum { return a.shape.traits().sup }

// Inf returns the infimum of φ′.
func (a Activation) Inf() Extremum { return a.shape.traits().inf }

// Minimum returns the infimum of φ, which may be −Inf.
func (a Activation) Minimum() Extremum { return a.shape.traits().min }

// Range returns infimum and supremum of φ.
func (a Activation) Range() (lo, hi float64) {
	t := a.shape.traits()
	return t.min.Value, t.max
}

// Tail returns the behaviour of φ′ as z → +∞ for a positive sign, −∞ for a
// negative one. It panics for sign 0.
func (a Activation) Tail(sign int) Tail {
	switch t := a.shape.traits(); {
	case sign > 0:
		return t.right
	case sign < 0:
		return t.left
	}
	panic("activation: tail needs a sign")
}

// Kinks returns, in ascending order, the points where φ is not smooth: φ′ or a
// higher derivative jumps. Everywhere else φ is analytic on the real line.
func (a Activation) Kinks() []float64 { return slices.Clone(a.shape.traits().kinks) }

// Odd reports whether φ(−z) = −φ(z).
func (a Activation) Odd() bool { return a.shape.traits().odd }

// Homogeneous reports whether φ(cz) = cφ(z) for all c > 0.
func (a Activation) Homogeneous() bool { return a.shape.traits().homogeneous }

// Monotone reports whether φ is nondecreasing.
func (a Activation) Monotone() bool { return a.shape.traits().inf.Value >= 0 }

// HasDeadZone reports whether φ′ = 0 on a set of positive measure. That is then an
// end of the line.
func (a Activation) HasDeadZone() bool {
	t := a.shape.traits()
	return t.left.Kind == Zero || t.right.Kind == Zero
}
