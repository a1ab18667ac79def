package gauss

import (
	"math"

	"gradchain/theory/activation"
)

// expansion is the Hermite–Mehler expansion at one variance: with a_n = E φ(√q u)h_n(u)
// for the orthonormal Hermite polynomials h_n of a standard normal u,
//
//	E φφ = Σ a_n² c^n,  q E φ′φ′ = Σ n a_n² c^(n−1)
//
// (Mehler 1866; Daniely, Frostig & Singer 2016). The coefficients give both for every
// correlation and are computed as far as the correlations asked for need them. What
// E φ² and q E φ′² leave bounds the terms that are missing.
type expansion struct {
	odd           bool
	points        []hermitePoint
	squares       []float64 // a_n²
	tail, dtail   float64   // E φ² − Σ a_n², q E φ′² − Σ n a_n², not below their rounding
	floor, dfloor float64
}

// hermitePoint is a node u > 0 of the rule with the values there.
type hermitePoint struct {
	u, even, odd float64 // φ(√q u) ± φ(−√q u), times the weight
	h, before    float64 // h_n and h_(n−1)
}

// strips are the half-widths of the strip around the real axis in which φ is analytic and
// moderate: the distance of the nearest pole, or for entire functions one where they are
// as easy.
var strips = map[string]float64{
	"sigmoid": math.Pi, "softplus": math.Pi, "log_sigmoid": math.Pi, "silu": math.Pi,
	"tanh": math.Pi / 2, "lecun_tanh": 3 * math.Pi / 4, "mish": 3 * math.Pi / 4,
	"arctan": 1, "gelu": 4, "gelu_tanh": 1,
}

// maxTerms ends an expansion that does not converge: then |c| is near 1, and φ has a kink
// or √q is large against its scale.
const maxTerms = 1024

// newExpansion returns the expansion with no coefficient yet.
func newExpansion(a activation.Activation, q float64, m Moments) *expansion {
	e := &expansion{
		odd: a.Odd(), squares: make([]float64, 0, 64), tail: m.Square, dtail: q * m.SlopeSquare,
		floor: 4 * ulp * m.Square, dfloor: 4 * ulp * q * m.SlopeSquare,
	}
	sd := math.Sqrt(q)
	even, rise := evenPart(a), increment(a)
	nodes := hermiteRule(a, sd)
	e.points = make([]hermitePoint, len(nodes))
	for i, p := range nodes {
		z := sd * p.u
		point := hermitePoint{u: p.u, odd: p.weight * (rise(z) - rise(-z)), h: 1}
		if !e.odd {
			point.even = 2 * p.weight * even(z)
		}
		e.points[i] = point
	}
	return e
}

// hermiteRule returns the rule for φ(√q u)h_n(u), n < maxTerms, with h_n of a frequency
// of at most √n. For analytic φ it is the trapezoidal rule, which is right if its own
// frequency leaves both that and what φ has.
func hermiteRule(a activation.Activation, sd float64) []point {
	strip, analytic := strips[a.Name()]
	frequency := 40*sd/strip + 10
	if !analytic || frequency > 2*math.Sqrt(maxTerms)+10 {
		f := featuresOf(a)
		for u := hermitePanel; u < ruleEnd; u += hermitePanel {
			f.breaks = append(f.breaks, u*sd)
		}
		return halfRule(nil, sd, f)
	}
	count := math.Ceil(ruleEnd * frequency / (2 * math.Pi))
	step := ruleEnd / count
	points := make([]point, int(count))
	for i := range points { // the middles of the steps, so that 0 is no node
		u := step * (float64(i) + 0.5)
		points[i] = point{u, step * math.Exp(-u*u/2) / math.Sqrt(2*math.Pi)}
	}
	return points
}

// hermitePanel is the width of a panel that holds three waves of the last h_n.
const hermitePanel = 0.6

// extend appends the next coefficient.
func (e *expansion) extend() {
	n := float64(len(e.squares))
	var a float64
	if len(e.squares)%2 == 1 {
		for i := range e.points {
			a += e.points[i].odd * e.points[i].h
		}
	} else if !e.odd {
		for i := range e.points {
			a += e.points[i].even * e.points[i].h
		}
	}
	root, next := math.Sqrt(n), 1/math.Sqrt(n+1)
	for i := range e.points {
		p := &e.points[i]
		p.h, p.before = (p.u*p.h-root*p.before)*next, p.h
	}
	e.squares = append(e.squares, a*a)
	e.tail = max(e.tail-a*a, e.floor)
	e.dtail = max(e.dtail-n*a*a, e.dfloor)
}

// sum returns E φφ and q E φ′φ′. It is not ok if maxTerms do not suffice for a relative
// error of 1e-14, in units of the sums of moduli.
func (e *expansion) sum(c float64) (value, slope float64, ok bool) {
	const accuracy = 1e-14
	var abs, dabs float64
	power, before := 1.0, 0.0 // c^n and c^(n−1)
	for n := 0; n < maxTerms; n++ {
		if n == len(e.squares) {
			if e.tail*math.Abs(power) <= accuracy*abs && e.dtail*math.Abs(before) <= accuracy*dabs {
				return value, slope, true
			}
			e.extend()
		}
		term, dterm := e.squares[n]*power, float64(n)*e.squares[n]*before
		value, abs = value+term, abs+math.Abs(term)
		slope, dabs = slope+dterm, dabs+math.Abs(dterm)
		power, before = power*c, power
		if math.Abs(before) < 0x1p-80 {
			return value, slope, true
		}
	}
	return 0, 0, false
}

// Contraction returns Σ a_n² S_n and Σ a_n² (S_n − n c^(n−1)), S_n = 1 + c + … + c^(n−1), for
// the coefficients a_n of the Hermite–Mehler expansion and 0 ≤ c ≤ 1: the chord
// (E φ² − E φφ)/(1 − c) of the kernel, and by how much it is steeper than the tangent
// q E φ′φ′. No term is negative, so that the bend keeps its digits next to c = 1. It is not
// ok where φ is not smooth or too many terms are needed.
func (k *Kernel) Contraction(c float64) (chord, bend float64, ok bool) {
	squares := k.squares()
	sum, lag, power, before := 0.0, 0.0, 1.0, 0.0 // S_n, S_n − n c^(n−1), c^n, c^(n−1)
	for n, square := range squares {
		chord += square * sum
		bend += square * lag
		lag += float64(n) * before * (1 - c)
		sum = 1 + c*sum
		power, before = power*c, power
	}
	return chord, bend, len(squares) > 0 && 0 <= c && c <= 1
}

// Shortfall returns Σ a_n² (n − S_n), by how much the chord of Contraction is less steep at c
// than the tangent q E φ′² at 1. No term is negative, so that it keeps its digits next to c = 1.
// It is not ok where Contraction is not.
func (k *Kernel) Shortfall(c float64) (value float64, ok bool) {
	squares := k.squares()
	sum, short := 0.0, 0.0 // S_n, n − S_n
	for _, square := range squares {
		value += square * short
		short += (1 - c) * sum
		sum = 1 + c*sum
	}
	return value, len(squares) > 0 && 0 <= c && c <= 1
}

// Excess returns q E φ′² − E φ² = Σ (n−1) a_n² without the linear part of φ, which cancels
// in the difference and leaves nothing of it for small q. It is not ok where φ is not smooth
// or too many terms are needed.
func (k *Kernel) Excess() (value float64, ok bool) {
	squares := k.squares()
	for n, square := range squares {
		value += float64(n-1) * square
	}
	return value, len(squares) > 0
}

// squares returns the a_n² of a smooth φ until they are negligible; none if maxTerms are not.
func (k *Kernel) squares() []float64 {
	name := k.activation.Name()
	if _, analytic := strips[name]; !analytic && name != "erf" && name != "sin" {
		return nil
	}
	if k.expansion == nil {
		k.expansion = newExpansion(k.activation, k.q, k.Moments)
	}
	const negligible, inRow, accuracy = 1e-17, 4, 1e-13
	e := k.expansion
	whole := k.q * k.SlopeSquare
	for n, small := 0, 0; n < maxTerms; n++ {
		if n == len(e.squares) {
			e.extend()
		}
		if small++; float64(n)*e.squares[n] > negligible*whole {
			small = 0
		}
		if small >= inRow && n > 2*inRow && e.dtail <= accuracy*whole {
			return e.squares[:n+1]
		}
	}
	return nil
}
