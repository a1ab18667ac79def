package special

import "math"

// golden is the smaller section of the unit interval, (3 − √5)/2.
var golden = (3 - math.Sqrt(5)) / 2

// MaximizeBracketed returns the place and the value of the maximum of f, which
// must be unimodal on [a, b], by golden sections. Values of f near the maximum
// agree to rounding, so the place is good to about 1e-8 relatively and no better;
// where the derivative is known, its zero by Brent is.
//
// Special cases are:
//
//	MaximizeBracketed(f, a, b) = NaN, NaN if f returns NaN
//	MaximizeBracketed(f, a, b) panics unless a < b, both finite
func MaximizeBracketed(f func(x float64) float64, a, b float64) (at, value float64) {
	if !(a < b) || math.IsInf(b-a, 0) {
		panic("special: maximum needs a finite interval a < b")
	}
	x := a + golden*(b-a)
	y := b - golden*(b-a)
	fx, fy := f(x), f(y)
	for b-a > 1e-9*(math.Abs(x)+math.Abs(y))+math.SmallestNonzeroFloat64 {
		if math.IsNaN(fx) || math.IsNaN(fy) {
			return math.NaN(), math.NaN()
		}
		if fx >= fy {
			b, y, fy = y, x, fx
			x = a + golden*(b-a)
			fx = f(x)
		} else {
			a, x, fx = x, y, fy
			y = b - golden*(b-a)
			fy = f(y)
		}
		if x >= y { // reused points drift away from the sections
			x, y = a+golden*(b-a), b-golden*(b-a)
			fx, fy = f(x), f(y)
			if x >= y {
				break
			}
		}
	}
	if fx >= fy {
		return x, fx
	}
	return y, fy
}
