package kernel

import "gradchain/sim/internal/kernel/level"

// versions are the functions of a kernel for the levels, nil where there is none and
// the scalar code runs. All work on n > 0 elements, a multiple of the width, and return
// how many they have done: fewer if an element is next that only the scalar code does.
type versions[F any] [level.AVX512 + 1]F

type (
	sampleFunc func(dst *float64, bits *uint64, n int) int
	changeFunc func(x *float64, n int) int
	affineFunc func(x *float64, n int, mu, sigma float64) int
	valueFunc  func(dst, z *float64, n int) int
	slopeFunc  func(mant, exp, z *float64, n int) int
	stepsFunc  func(mant, exp, z *float64, n int, lo, hi, below, at, above float64) int
)

// noSlopes leaves all to the scalar code.
var noSlopes versions[slopeFunc]

// whole is the part of n elements that is for a vector unit.
func whole(n int) int { return n &^ (width - 1) }

// scalar returns where the scalar code ends that begins at element i of n, where a
// vector unit has stopped: after one group, or at n if there is no vector unit.
func scalar(i, n int) int {
	if level.Now == level.Generic {
		return n
	}
	return min(i+width, n)
}

// sample runs the version in use, if there is one, and returns the number of values.
func sample(v *versions[sampleFunc], dst []float64, bits []uint64) int {
	f, n := v[level.Now], whole(len(dst))
	if f == nil || n == 0 {
		return 0
	}
	return f(&dst[0], &bits[0], n)
}

// change is sample for a function of the elements of x, in place.
func change(v *versions[changeFunc], x []float64) int {
	f, n := v[level.Now], whole(len(x))
	if f == nil || n == 0 {
		return 0
	}
	return f(&x[0], n)
}

func vectorAffine(x []float64, mu, sigma float64) int {
	f, n := affines[level.Now], whole(len(x))
	if f == nil || n == 0 {
		return 0
	}
	return f(&x[0], n, mu, sigma)
}

// slopes sets mant and exp from z by the version in use, and rare elements by the scalar
// code.
func slopes(v *versions[slopeFunc], mant, exp, z []float64, generic func(mant, exp, z []float64)) {
	same(len(mant), len(z))
	same(len(exp), len(z))
	for i, end := 0, 0; i < len(z); i = end {
		if f, n := v[level.Now], whole(len(z)-i); f != nil && n > 0 {
			i += f(&mant[i], &exp[i], &z[i], n)
		}
		end = scalar(i, len(z))
		generic(mant[i:end], exp[i:end], z[i:end])
	}
}

// values is slopes for a function.
func values(v *versions[valueFunc], dst, z []float64, generic func(dst, z []float64)) {
	same(len(dst), len(z))
	for i, end := 0, 0; i < len(z); i = end {
		if f, n := v[level.Now], whole(len(z)-i); f != nil && n > 0 {
			i += f(&dst[i], &z[i], n)
		}
		end = scalar(i, len(z))
		generic(dst[i:end], z[i:end])
	}
}

// steps is a derivative that is below for z ≤ lo, at in between, and above for z ≥ hi.
type steps struct{ lo, hi, below, at, above float64 }

func (s steps) vector(mant, exp, z []float64) int {
	f, n := stepSlopes[level.Now], whole(len(z))
	if f == nil || n == 0 {
		return 0
	}
	return f(&mant[0], &exp[0], &z[0], n, s.lo, s.hi, s.below, s.at, s.above)
}

// slope sets mant and exp from z, rare elements by the scalar code.
func (s steps) slope(mant, exp, z []float64, generic func(mant, exp, z []float64)) {
	same(len(mant), len(z))
	same(len(exp), len(z))
	for i, end := 0, 0; i < len(z); i = end {
		i += s.vector(mant[i:], exp[i:], z[i:])
		end = scalar(i, len(z))
		generic(mant[i:end], exp[i:end], z[i:end])
	}
}
