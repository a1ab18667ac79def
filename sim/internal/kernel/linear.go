package kernel

import (
	"math"

	"gradchain/sim/internal/kernel/level"
)

type axpyFunc func(a float64, x, y *float64, n int)

// Dot returns Σ x[i]·y[i]. Element i goes to partial sum i mod 8 by a fused
// multiply-add, in ascending order; the partial sums j and j+4 are added, then those 2
// apart, then the last two. The error is at most (n/8 + 4)·2^−53·Σ|x[i]·y[i]|, if
// nothing under- or overflows. It panics unless the lengths are equal.
func Dot(x, y []float64) float64 {
	if len(x) != len(y) {
		panic("kernel: lengths of vectors differ")
	}
	var s vector
	n := vectorDot(x, y, &s)
	genericDot(x[n:], y[n:], &s)
	return s.sum()
}

// sum adds the partial sums.
func (s *vector) sum() float64 {
	return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]))
}

// genericDot adds to the partial sums.
func genericDot(x, y []float64, s *vector) {
	s0, s1, s2, s3, s4, s5, s6, s7 := s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7]
	for ; len(x) >= width && len(y) >= width; x, y = x[width:], y[width:] {
		s0 = math.FMA(x[0], y[0], s0)
		s1 = math.FMA(x[1], y[1], s1)
		s2 = math.FMA(x[2], y[2], s2)
		s3 = math.FMA(x[3], y[3], s3)
		s4 = math.FMA(x[4], y[4], s4)
		s5 = math.FMA(x[5], y[5], s5)
		s6 = math.FMA(x[6], y[6], s6)
		s7 = math.FMA(x[7], y[7], s7)
	}
	*s = vector{s0, s1, s2, s3, s4, s5, s6, s7}
	for i, v := range x {
		s[i] = math.FMA(v, y[i], s[i])
	}
}

// SquaredNorm returns Σ x[i]², as Dot does.
func SquaredNorm(x []float64) float64 { return Dot(x, x) }

// Axpy adds a·x[i] to y[i] by a fused multiply-add, for every i. It panics unless the
// lengths are equal.
func Axpy(a float64, x, y []float64) {
	if len(x) != len(y) {
		panic("kernel: lengths of vectors differ")
	}
	n := 0
	if f := axpys[level.Now]; f != nil && len(x) >= width {
		n = whole(len(x))
		f(a, &x[0], &y[0], n)
	}
	for i, v := range x[n:] {
		y[n+i] = math.FMA(a, v, y[n+i])
	}
}
