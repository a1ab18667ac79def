package gauss

import (
	"math"

	"gradchain/theory/activation"
	"gradchain/theory/internal/domain"
)

// Moments are the expectations that the mean-field maps of one variance are made of.
type Moments struct {
	Square      float64 // E φ²
	SlopeSquare float64 // E φ′²
	Growth      float64 // d/dq E φ² = E zφφ′/q, right with kinks too (Stein 1981)
}

// NewMoments returns the moments for z ~ N(0, q), relatively accurate to 1e-12 for
// 1e-150 ≤ q ≤ 1e150 and much faster than MeanSquare, which is the second route to
// them: by closed forms, and by a fixed Gauss–Legendre rule on panels that follow the
// scales of φ and of the density. It is an error unless q is positive and finite, or if
// no float64 holds the result.
func NewMoments(a activation.Activation, q float64) (Moments, error) {
	if err := check(a, q); err != nil {
		return Moments{}, err
	}
	m, ok := closedMoments(a, q)
	if !ok {
		m = ruleMoments(a, q)
	}
	_, err := domain.Result("a moment of φ", m.Square+m.SlopeSquare+m.Growth)
	return m, err
}

// closedMoments has the moments of the activations with a closed form.
func closedMoments(a activation.Activation, q float64) (m Moments, ok bool) {
	f, ok := closedForm(a)
	if !ok {
		return Moments{}, false
	}
	m.Square = f.meanSquare(q)
	m.SlopeSquare, _ = f.derivativeMoment(q, 2)
	switch f := f.(type) {
	case leaky:
		m.Growth = m.SlopeSquare
	case sine:
		m.Growth = math.Exp(-2 * q)
	case erf:
		m.Growth = 4 / math.Pi / ((1 + 2*q) * math.Sqrt(1+4*q))
	case clip:
		m.Growth = chi3(f.cut/math.Sqrt(q)) / (f.scale * f.scale)
	}
	return m, true
}

// ruleMoments integrates. The part of φ(0) in E zφφ′ is that of the odd part of φ′, which
// is known without cancellation.
func ruleMoments(a activation.Activation, q float64) Moments {
	sd := math.Sqrt(q)
	var space [12 * legendreOrder]point
	points := halfRule(space[:0], sd, featuresOf(a))
	if a.Odd() {
		return oddMoments(a, sd, points)
	}
	zero, rise, odd := a.Phi(0), increment(a), oddSlope(a)
	var m Moments
	for _, p := range points {
		z := sd * p.u
		up, down := rise(z), rise(-z)
		right, left := a.DPhi(z), a.DPhi(-z)
		m.Square += p.weight * ((zero+up)*(zero+up) + (zero+down)*(zero+down))
		m.SlopeSquare += p.weight * (right*right + left*left)
		m.Growth += p.weight * p.u / sd * (up*right - down*left + zero*odd(z))
	}
	return m
}

// oddMoments are those of odd φ, from one half of the line.
func oddMoments(a activation.Activation, sd float64, points []point) Moments {
	both := func(z float64) (x, slope float64) { return a.Phi(z), a.DPhi(z) }
	if a.Name() == "tanh" { // in half the time
		both = func(z float64) (x, slope float64) {
			x = math.Tanh(z)
			return x, (1 - x) * (1 + x)
		}
	}
	var m Moments
	for _, p := range points {
		x, slope := both(sd * p.u)
		m.Square += 2 * p.weight * x * x
		m.SlopeSquare += 2 * p.weight * slope * slope
		m.Growth += 2 * p.weight * p.u / sd * x * slope
	}
	return m
}

// oddSlope returns φ′(z) − φ′(−z) for the activations with φ(0) ≠ 0, and 0 for the others.
func oddSlope(a activation.Activation) func(z float64) float64 {
	switch a.Name() {
	case "softplus":
		return func(z float64) float64 { return math.Tanh(z / 2) }
	case "log_sigmoid":
		return func(z float64) float64 { return -math.Tanh(z / 2) }
	}
	return func(float64) float64 { return 0 }
}
