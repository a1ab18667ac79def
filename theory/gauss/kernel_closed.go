package gauss

import (
	"math"

	"gradchain/theory/activation"
	"gradchain/theory/quad"
)

// kernelForm is an activation whose two-point expectations have a closed form, or one as
// an integral of elementary functions.
type kernelForm interface {
	kernel(q, c float64) float64
	derivativeKernel(q, c float64) float64
}

// closedKernel returns the form of an activation that has one.
func closedKernel(a activation.Activation) (f kernelForm, ok bool) {
	if a.Name() == "relu6" {
		return ramp{kinks: []kink{{0, 1}, {6, -1}}}, true
	}
	switch f, _ := closedForm(a); f := f.(type) {
	case clip:
		slope := 1 / f.scale
		return ramp{kinks: []kink{{-f.cut, slope}, {f.cut, -slope}}, mean: f.shift, cut: f.cut, slope: slope}, true
	case kernelForm:
		return f, true
	}
	return nil, false
}

// kernel is the arc-cosine kernel (Cho & Saul 2009): E relu(u)relu(v) is
// q(sin θ − θ cos θ)/2π for c = −cos θ.
func (f leaky) kernel(q, c float64) float64 {
	d := 1 - f.slope
	return q * (d*d*sineMinus(angle(-c))/(2*math.Pi) + f.slope*c)
}

// derivativeKernel has P(u > 0, v > 0) = θ/2π.
func (f leaky) derivativeKernel(_, c float64) float64 {
	d := 1 - f.slope
	return d*d*angle(-c)/(2*math.Pi) + f.slope
}

// angle returns arccos c, relatively accurate near c = 1.
func angle(c float64) float64 { return 2 * math.Atan2(math.Sqrt(1-c), math.Sqrt(1+c)) }

// sineMinus returns sin x − x cos x for 0 ≤ x ≤ π, relatively accurate near 0.
func sineMinus(x float64) float64 {
	if x > 1 {
		return math.Sin(x) - x*math.Cos(x)
	}
	sum, term := 0.0, x // Σ (−1)^(k+1) 2k x^(2k+1)/(2k+1)!
	for k := 2.0; k < 24; k += 2 {
		term *= x / k * x / (k + 1)
		sum += k * term
		term = -term
	}
	return sum
}

// Approach returns 1 − (1 − E φφ/E φ²)/(1 − c), the part of the distance d = 1 − c of two
// inputs from each other that one layer takes away, for a homogeneous φ and 0 < d ≤ 2,
// relatively accurate near 0. With slopes 1 and s it is (1−s)²/(1+s²)·(sin θ − θ cos θ)/πd
// at the angle θ (Cho & Saul 2009). It is not ok for other φ.
func Approach(a activation.Activation, d float64) (value float64, ok bool) {
	f, _ := closedForm(a)
	leak, ok := f.(leaky)
	if !ok {
		return 0, false
	}
	theta := 2 * math.Atan2(math.Sqrt(d), math.Sqrt(2-d))
	kink := (1 - leak.slope) * (1 - leak.slope) / (1 + leak.slope*leak.slope)
	return kink * sineMinus(theta) / (math.Pi * d), true
}

// kernel is the arcsine kernel (Williams 1997), as an arctangent: arcsin is steep at 1.
func (erf) kernel(q, c float64) float64 {
	return 2 / math.Pi * math.Atan2(2*q*c, erfRoot(q, c))
}

func (erf) derivativeKernel(q, c float64) float64 { return 4 / math.Pi / erfRoot(q, c) }

// erfRoot returns √((1+2q)² − (2qc)²).
func erfRoot(q, c float64) float64 {
	return math.Sqrt(1+4*q) * math.Hypot(1, 2*q/math.Sqrt(1+4*q)*math.Sqrt((1-c)*(1+c)))
}

// kernel is e^−q sinh qc.
func (sine) kernel(q, c float64) float64 {
	x := math.Abs(c)
	return math.Copysign(-math.Exp(-q*(1-x))*math.Expm1(-2*q*x)/2, c)
}

// derivativeKernel is e^−q cosh qc.
func (sine) derivativeKernel(q, c float64) float64 {
	return (math.Exp(-q*(1-c)) + math.Exp(-q*(1+c))) / 2
}

// kink is a point where φ′ jumps.
type kink struct{ at, jump float64 }

// ramp is a piecewise linear φ. Its two-point expectations start at the correlation −1
// with 0; or, if cut is set, at 0, for a φ that is odd but for its mean and has φ′ =
// slope inside ±cut and 0 outside.
//
// By Price's theorem (Price 1958) d²/dc² E φφ = q d/dc E φ′φ′ = q²E φ″φ″, where φ″ is
// made of δ functions: for c = −cos β, d/dβ E φ′φ′ is ridge.
type ramp struct {
	kinks            []kink
	mean, cut, slope float64
}

// start returns the angle β and the value of E φ′φ′ where the integrals begin.
func (f ramp) start(q float64) (beta, inside float64) {
	if f.cut == 0 {
		return 0, 0
	}
	inside = f.slope * math.Erf(f.cut/math.Sqrt(2*q))
	return math.Pi / 2, inside * inside
}

// ridge returns Σ j_i j_k exp(−(k_i² + 2 k_i k_k cos β + k_k²)/(2q sin²β))/2π, where the
// jumps add up to 0, so that 1 may be taken off the exponentials.
func (f ramp) ridge(q, beta float64) float64 {
	sin, cos := math.Sincos(beta / 2)
	var sum float64
	for _, a := range f.kinks {
		for _, b := range f.kinks {
			plus, minus := (a.at+b.at)/sin, (a.at-b.at)/cos
			sum += a.jump * b.jump * math.Expm1(-(plus*plus+minus*minus)/(8*q))
		}
	}
	return sum / (2 * math.Pi)
}

// integrate returns the integral of g·ridge from the start to β, where ridge varies on
// the scale 1/√q at 0 and π.
func (f ramp) integrate(q, beta float64, g func(t float64) float64) float64 {
	from, _ := f.start(q)
	if !(from < beta) {
		return 0
	}
	ends := []float64{from}
	for t := beta / 2; t > from && t*math.Sqrt(q) > 1; t /= 4 {
		ends = append(ends, t)
	}
	for t := math.Pi / 8; t*math.Sqrt(q) > 1; t /= 4 {
		if from < math.Pi-t && math.Pi-t < beta {
			ends = append(ends, math.Pi-t)
		}
	}
	value, _ := quad.Integrate(func(t float64) float64 { return g(t) * f.ridge(q, t) }, ascending(append(ends, beta)), target)
	return value
}

func (f ramp) kernel(q, c float64) float64 {
	if f.cut > 0 && c < 0 {
		return 2*f.mean*f.mean - f.kernel(q, -c)
	}
	beta := angle(-c)
	_, inside := f.start(q)
	rest := f.integrate(q, beta, func(t float64) float64 { // times c + cos t
		return 2 * math.Sin((beta+t)/2) * math.Sin((beta-t)/2)
	})
	return f.mean*f.mean + q*(c*inside+rest)
}

func (f ramp) derivativeKernel(q, c float64) float64 {
	if f.cut > 0 && c < 0 {
		c = -c
	}
	_, inside := f.start(q)
	return inside + f.integrate(q, angle(-c), func(float64) float64 { return 1 })
}
