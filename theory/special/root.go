package special

import (
	"fmt"
	"math"
)

// ulp is the spacing of float64 just above 1.
const ulp = 0x1p-52

// Brent returns a zero of f between a and b, where f must have opposite signs or
// a zero, accurate to the last places of the zero (Brent 1973, ch. 4). It is an
// error if f(a) and f(b) have the same sign, or if f returns NaN on the way.
func Brent(f func(x float64) float64, a, b float64) (float64, error) {
	fa, fb := f(a), f(b)
	if !(fa <= 0 && fb >= 0 || fa >= 0 && fb <= 0) {
		return math.NaN(), fmt.Errorf("no sign change: f(%v) = %v and f(%v) = %v, need opposite signs", a, fa, b, fb)
	}
	if fa == 0 {
		return a, nil
	}
	// b is the best estimate, a the one before it, and [b, c] the bracket.
	c, fc := a, fa
	s := steps{last: b - a, before: b - a}
	for fb != 0 {
		if (fb > 0) == (fc > 0) {
			c, fc = a, fa
			s = steps{last: b - a, before: b - a}
		}
		if math.Abs(fc) < math.Abs(fb) {
			a, b, c = b, c, b
			fa, fb, fc = fb, fc, fb
		}
		tol := ulp*math.Abs(b) + math.SmallestNonzeroFloat64
		half := c/2 - b/2
		if math.Abs(half) <= tol {
			return b, nil
		}
		s.next([3]float64{a, b, c}, [3]float64{fa, fb, fc}, half, tol)
		a, fa = b, fb
		if math.Abs(s.last) > tol {
			b += s.last
		} else {
			b += math.Copysign(tol, half)
		}
		if fb = f(b); math.IsNaN(fb) {
			return math.NaN(), fmt.Errorf("f(%v) is NaN inside the bracket", b)
		}
	}
	return b, nil
}

// steps holds the last two steps of Brent's iteration.
type steps struct{ last, before float64 }

// next replaces the steps by the interpolated step from x[1], or by the bisection
// to half if the interpolated one leaves the bracket or shrinks too slowly.
func (s *steps) next(x, f [3]float64, half, tol float64) {
	if math.Abs(s.before) < tol || math.Abs(f[0]) <= math.Abs(f[1]) {
		*s = steps{half, half}
		return
	}
	var p, q float64
	r := f[1] / f[0]
	if x[0] == x[2] { // secant
		p, q = 2*half*r, 1-r
	} else { // inverse quadratic
		u, v := f[0]/f[2], f[1]/f[2]
		p = r * (2*half*u*(u-v) - (x[1]-x[0])*(v-1))
		q = (u - 1) * (v - 1) * (r - 1)
	}
	if p > 0 {
		q = -q
	} else {
		p = -p
	}
	if 2*p < min(3*half*q-math.Abs(tol*q), math.Abs(s.before*q)) {
		*s = steps{p / q, s.last}
	} else {
		*s = steps{half, half}
	}
}
