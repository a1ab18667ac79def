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
	logFunc    func(dst, m, e *float64, n int) int

	// With parameters.
	sampleOfFunc func(dst *float64, bits *uint64, n int, p params) int
	valueOfFunc  func(dst, z *float64, n int, p params) int
	slopeOfFunc  func(mant, exp, z *float64, n int, p params) int
)

// params are the parameters of a law or an activation, in the order that its kernels say.
type params = [5]float64

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

// samplesOf sets dst by the version in use, and rare elements by the scalar code.
func samplesOf(v *versions[sampleOfFunc], p params, dst []float64, bits []uint64, generic func([]float64, []uint64)) {
	f, words := v[level.Now], len(bits)/max(1, lanes(len(dst))) // of one value
	for i, end := 0, 0; i < len(dst); i = end {
		if n := whole(len(dst) - i); f != nil && n > 0 {
			i += f(&dst[i], &bits[words*i], n, p)
		}
		end = scalar(i, len(dst))
		generic(dst[i:end], bits[words*i:])
	}
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
	f := v[level.Now]
	for i, end := 0, 0; i < len(z); i = end {
		if n := whole(len(z) - i); f != nil && n > 0 {
			i += f(&mant[i], &exp[i], &z[i], n)
		}
		end = scalar(i, len(z))
		generic(mant[i:end], exp[i:end], z[i:end])
	}
}

// slopesOf is slopes with parameters.
func slopesOf(v *versions[slopeOfFunc], p params, mant, exp, z []float64, generic func(mant, exp, z []float64)) {
	same(len(mant), len(z))
	same(len(exp), len(z))
	f := v[level.Now]
	for i, end := 0, 0; i < len(z); i = end {
		if n := whole(len(z) - i); f != nil && n > 0 {
			i += f(&mant[i], &exp[i], &z[i], n, p)
		}
		end = scalar(i, len(z))
		generic(mant[i:end], exp[i:end], z[i:end])
	}
}

// values is slopes for a function.
func values(v *versions[valueFunc], dst, z []float64, generic func(dst, z []float64)) {
	same(len(dst), len(z))
	f := v[level.Now]
	for i, end := 0, 0; i < len(z); i = end {
		if n := whole(len(z) - i); f != nil && n > 0 {
			i += f(&dst[i], &z[i], n)
		}
		end = scalar(i, len(z))
		generic(dst[i:end], z[i:end])
	}
}

// valuesOf is values with parameters.
func valuesOf(v *versions[valueOfFunc], p params, dst, z []float64, generic func(dst, z []float64)) {
	same(len(dst), len(z))
	f := v[level.Now]
	for i, end := 0, 0; i < len(z); i = end {
		if n := whole(len(z) - i); f != nil && n > 0 {
			i += f(&dst[i], &z[i], n, p)
		}
		end = scalar(i, len(z))
		generic(dst[i:end], z[i:end])
	}
}
