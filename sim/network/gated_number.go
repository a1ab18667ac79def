package network

import (
	"math"

	"gradchain/sim/internal/kernel"
)

// number is m·2^e: 1 ≤ |m| < 2 and a whole e, or the zero number. Beyond 2^53 e has a
// rounding error of its own. A number has its own exponent because units of a gated
// cell pass on what they hold separately: beside one whose gate is open, another may
// decay by e^−800 a step and yet count in the end.
type number struct{ m, e float64 }

// numberOf returns m·2^e for a finite m.
func numberOf(m, e float64) number {
	if math.Abs(m) < 0x1p-1022 {
		m, e = m*0x1p64, e-64
	}
	if m == 0 || e < -math.MaxFloat64 {
		return number{}
	}
	const field = 0x7ff << 52
	bits := math.Float64bits(m)
	return number{math.Float64frombits(bits&^field | 1023<<52), e + float64(int(bits>>52&0x7ff)-1023)}
}

// mul returns x·y.
func (x number) mul(y number) number { return numberOf(float64(x.m*y.m), x.e+y.e) }

// add returns x + y.
func (x number) add(y number) number {
	if y.m == 0 || x.m != 0 && x.e >= y.e {
		x, y = y, x
	}
	if x.m == 0 {
		return y
	}
	return numberOf(y.m+times(x.m, x.e-y.e), y.e)
}

// sub returns x − y.
func (x number) sub(y number) number { return x.add(number{-y.m, y.e}) }

// float returns the nearest finite float64.
func (x number) float() float64 {
	if math.Abs(x.e) <= 1022 {
		return times(x.m, x.e)
	}
	return max(-math.MaxFloat64, min(ldexp(x.m, x.e), math.MaxFloat64))
}

// shared sets v to x·2^−e for the largest exponent e, which it returns. What is below
// 2^−1022 of the largest number is 0.
func shared(v []float64, x []number) (e float64) {
	e = math.Inf(-1)
	for _, a := range x {
		if a.m != 0 {
			e = max(e, a.e)
		}
	}
	for i, a := range x {
		v[i] = 0
		if a.m != 0 {
			v[i] = times(a.m, a.e-e)
		}
	}
	return max(e, -math.MaxFloat64)
}

// logSquares returns log Σx², −Inf for 0. v is for its own use.
func logSquares(v []float64, x []number) float64 {
	e := shared(v, x)
	square := kernel.Dot(v, v)
	if square == 0 {
		return math.Inf(-1)
	}
	return kernel.Log(square) + float64(e*(2*math.Ln2))
}

// toNumbers sets x to v.
func toNumbers(x []number, v []float64) {
	for i, a := range v {
		x[i] = numberOf(a, 0)
	}
}
