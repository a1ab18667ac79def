package gauss

import (
	"math"

	"gradchain/theory/activation"
)

// Kernel has the two-point expectations of an activation at one variance as functions of
// the correlation: (u, v) is Gaussian and centred, u and v of variance q and correlation
// c. It keeps what it has computed and must not be used by two goroutines at a time.
//
// Values are relatively accurate to 1e-11 for 1e-12 ≤ q ≤ 1e6, next to a zero of the
// quantity absolutely in units of E φ² and E φ′². There are three routes: closed forms,
// the Hermite–Mehler expansion, and quadrature over the plane.
type Kernel struct {
	Moments
	activation activation.Activation
	q          float64
	form       kernelForm
	expansion  *expansion
}

// NewKernel returns the kernel of φ at the variance q. It is an error unless q is positive
// and finite, or if no float64 holds E φ².
func NewKernel(a activation.Activation, q float64) (*Kernel, error) {
	m, err := NewMoments(a, q)
	if err != nil {
		return nil, err
	}
	k := &Kernel{Moments: m, activation: a, q: q}
	k.form, _ = closedKernel(a)
	return k, nil
}

// Value returns E φ(u)φ(v) for −1 ≤ c ≤ 1. It panics for other c.
func (k *Kernel) Value(c float64) float64 {
	if k.form != nil && inside(c) {
		return k.form.kernel(k.q, c)
	}
	value, _, ok := k.fast(c)
	if !ok {
		value = newPlane(k.activation, k.activation.Phi, k.q).value(c)
	}
	return value
}

// Slope returns E φ′(u)φ′(v), which is the derivative of Value over q (Price 1958). It
// panics unless −1 ≤ c ≤ 1.
func (k *Kernel) Slope(c float64) float64 {
	if k.form != nil && inside(c) {
		return k.form.derivativeKernel(k.q, c)
	}
	_, slope, ok := k.fast(c)
	if !ok {
		slope = newPlane(k.activation, k.activation.DPhi, k.q).value(c)
	}
	return slope
}

func inside(c float64) bool { return -1 < c && c < 1 }

// Both returns Value and Slope, in the time of one of them where there is no need of
// quadrature over the plane.
func (k *Kernel) Both(c float64) (value, slope float64) {
	value, slope, ok := k.fast(c)
	if !ok {
		value, slope = k.Value(c), k.Slope(c)
	}
	return value, slope
}

// fast returns both by any route but the plane. It is not ok if there is none.
func (k *Kernel) fast(c float64) (value, slope float64, ok bool) {
	switch {
	case !(-1 <= c && c <= 1):
		panic("gauss: correlation is not in [-1, 1]")
	case c == 1:
		return k.Square, k.SlopeSquare, true
	case k.form != nil:
		return k.form.kernel(k.q, c), k.form.derivativeKernel(k.q, c), true
	case c == -1:
		value, slope = k.mirrored()
		return value, slope, true
	}
	if k.expansion == nil {
		k.expansion = newExpansion(k.activation, k.q, k.Moments)
	}
	value, slope, ok = k.expansion.sum(c)
	return value, slope / k.q, ok
}

// mirrored returns E φ(z)φ(−z) and E φ′(z)φ′(−z).
func (k *Kernel) mirrored() (value, slope float64) {
	sd := math.Sqrt(k.q)
	for _, p := range halfRule(nil, sd, featuresOf(k.activation)) {
		z := sd * p.u
		value += 2 * p.weight * k.activation.Phi(z) * k.activation.Phi(-z)
		slope += 2 * p.weight * k.activation.DPhi(z) * k.activation.DPhi(-z)
	}
	return value, slope
}
