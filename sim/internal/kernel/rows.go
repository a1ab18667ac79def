package kernel

import "math"

// Center sets the columns of y, which may be x, to those of x less their mean, and
// square[k] to Σ y[j][k]². The mean is that of the differences from the first column, so
// that it is exact for equal columns and good to rounding of the differences for others:
//
//	d_j = x[j][k] − x[0][k],  y[j][k] = d_j − (d_0 + d_1 + …)·(1/len(x)).
//
// The squares are added by fused multiply-adds in the order of the columns. It panics
// unless all columns and square have one length, and x and y one number of columns.
func Center(y, x [][]float64, square []float64) {
	n := sameRows(y, x, square)
	if len(x) == 0 {
		clear(square)
		return
	}
	per := 1 / float64(len(x))
	for k := vectorCenter(y, x, per, square, n); k < n; k++ {
		first, sum, squares := x[0][k], 0.0, 0.0
		for _, c := range x {
			sum += c[k] - first
		}
		mean := float64(sum * per)
		for j, c := range x {
			d := c[k] - first - mean
			y[j][k], squares = d, math.FMA(d, d, squares)
		}
		square[k] = squares
	}
}

// Moments sets sum[k] to Σ x[j][k], and along[k] to Σ x[j][k]·y[j][k] by fused
// multiply-adds, both in the order of the columns. It panics unless all columns, sum and
// along have one length, and x and y one number of columns.
func Moments(sum, along []float64, x, y [][]float64) {
	n := sameRows(y, x, sum, along)
	for k := vectorMoments(y, x, sum, along, n); k < n; k++ {
		s, a := 0.0, 0.0
		for j, c := range x {
			s += c[k]
			a = math.FMA(c[k], y[j][k], a)
		}
		sum[k], along[k] = s, a
	}
}

// Derive sets x[j][k] to inverse[k]·((x[j][k] − mean[k]) − along[k]·y[j][k]), with a fused
// multiply-add. It panics unless all columns, mean, along and inverse have one length,
// and x and y one number of columns.
func Derive(x, y [][]float64, mean, along, inverse []float64) {
	n := sameRows(y, x, mean, along, inverse)
	for k := vectorDerive(y, x, mean, along, inverse, n); k < n; k++ {
		for j, c := range x {
			c[k] = float64(math.FMA(-along[k], y[j][k], c[k]-mean[k]) * inverse[k])
		}
	}
}

// Multiply multiplies x[i] by y[i], for every i. It panics unless the lengths are equal.
func Multiply(x, y []float64) {
	same(len(x), len(y))
	for i := vectorElements(x, y); i < len(x); i++ {
		x[i] = float64(x[i] * y[i])
	}
}

// Count returns how many elements are 0, and of how many the modulus is below limit.
func Count(x []float64, limit float64) (zero, below int) {
	zero, below = vectorCount(x, limit)
	for _, v := range x[vectorLength(len(x)):] {
		if v == 0 {
			zero++
		}
		if math.Abs(v) < limit {
			below++
		}
	}
	return zero, below
}

// sameRows panics unless all columns have one length, which it returns, and the panels
// one number of columns.
func sameRows(y, x [][]float64, columns ...[]float64) int {
	same(len(x), len(y))
	samePanels(len(x)*len(y), x, y)
	n := len(columns[0])
	for _, c := range columns {
		same(len(c), n)
	}
	if len(x) > 0 {
		same(len(x[0]), n)
	}
	return n
}
