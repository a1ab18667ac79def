package network

import (
	"math"
	"slices"

	"gradchain/sim/internal/kernel"
)

// spread is what long columns are apart in memory, so that the same elements of columns
// whose length is a power of two are not in the same sets of a cache: 0.61 of the 512
// numbers that a first-level cache has in each way.
const spread = 312

// columns returns k vectors of n elements, in the memory of x where that suffices. Their
// contents are undefined.
func columns(x []vector, k, n int) []vector {
	x = resize(x, k)
	if !slices.ContainsFunc(x, func(c vector) bool { return cap(c.v) < n }) {
		for j := range x {
			x[j].v = x[j].v[:n]
		}
		return x
	}
	stride := n
	if n > spread {
		stride += spread
	}
	all := make([]float64, k*stride)
	for j := range x {
		x[j].v, all = all[:n:n], all[stride:]
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

// strips returns the elements first … end − 1 of vectors, in the memory of w.
func strips(w [][]float64, x []vector, first, end int) [][]float64 {
	w = w[:0]
	for j := range x {
		w = append(w, x[j].v[first:end])
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

// measure sets square of columns of one length.
func measure(x []vector) {
	const size = 32
	var w [size][]float64
	var squares [size]float64
	for first := 0; first < len(x); first += size {
		part := x[first:min(first+size, len(x))]
		kernel.SquaredNorms(squares[:len(part)], values(w[:0], part))
		for j := range part {
			part[j].square = squares[j]
		}
	}
}

// settle settles columns of one length.
func settle(x []vector) {
	measure(x)
	for j := range x {
		x[j].bound()
	}
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
