package network

import (
	"math"

	"gradchain/sim/internal/kernel"
)

// columns returns k vectors of n elements, in the memory of x where that suffices. Their
// contents are undefined.
func columns(x []vector, k, n int) []vector {
	x = resize(x, k)
	for j := range x {
		x[j].v = resize(x[j].v, n)
	}
	return x
}

// values returns the elements of vectors, in the memory of w.
func values(w [][]float64, x []vector) [][]float64 {
	w = w[:0]
	for j := range x {
		w = append(w, x[j].v)
	}
	return w
}

// duplicate sets x to vectors with the contents of y.
func duplicate(x, y []vector) []vector {
	x = columns(x, len(y), len(y[0].v))
	for j := range y {
		copy(x[j].v, y[j].v)
		x[j].exp, x[j].square = y[j].exp, y[j].square
	}
	return x
}

// largestExp is the largest exponent of columns that are not 0.
func largestExp(x []vector) float64 {
	exp := math.Inf(-1)
	for j := range x {
		if x[j].square > 0 {
			exp = max(exp, x[j].exp)
		}
	}
	if math.IsInf(exp, -1) {
		return 0
	}
	return exp
}

// logNorm returns the logarithm of the norm of all columns together, −Inf for 0.
func logNorm(x []vector) float64 {
	all := vector{exp: largestExp(x)}
	for j := range x {
		if x[j].square > 0 {
			all.square += ldexp(x[j].square, 2*(x[j].exp-all.exp))
		}
	}
	return all.logNorm()
}

// add adds a·y to the settled x, for a settled y of the same length.
func (x *vector) add(a float64, y *vector) {
	if y.square == 0 || a == 0 {
		return
	}
	exp := y.exp
	if x.square > 0 {
		exp = max(exp, x.exp)
	}
	x.shift(exp)
	kernel.Axpy(ldexp(a, y.exp-exp), y.v, x.v)
	x.settle()
}

// shift brings a settled x to units of 2^exp.
func (x *vector) shift(exp float64) {
	if x.exp != exp && x.square > 0 {
		scale(x.v, ldexp(1, x.exp-exp))
	}
	x.exp = exp
}

// cosine returns the cosine of the angle between settled vectors, NaN where one is 0.
func cosine(x, y *vector) float64 {
	dot := kernel.Dot(x.v, y.v)
	if x.square == y.square {
		dot /= x.square
	} else {
		dot = dot / math.Sqrt(x.square) / math.Sqrt(y.square)
	}
	if x.square == 0 || y.square == 0 {
		return math.NaN()
	}
	return max(-1, min(dot, 1))
}
