//go:build !purego

package kernel

import (
	"gradchain/sim/internal/kernel/level"
	"gradchain/sim/internal/kernel/xoshiro"
)

var (
	sigmoidSlopes = versions[slopeFunc]{nil, sigmoidSlopeAVX2, sigmoidSlopeAVX512}
	tanhSlopes    = versions[slopeFunc]{nil, tanhSlopeAVX2, tanhSlopeAVX512}
	sigmoidValues = versions[valueFunc]{nil, sigmoidValueAVX2, sigmoidValueAVX512}
	tanhValues    = versions[valueFunc]{nil, tanhValueAVX2, tanhValueAVX512}
	signeds       = versions[sampleFunc]{nil, signedAVX2, signedAVX512}
	exponentials  = versions[sampleFunc]{nil, exponentialAVX2, exponentialAVX512}
	tangents      = versions[sampleFunc]{nil, tangentAVX2, tangentAVX512}
	normals       = versions[sampleFunc]{nil, normalAVX2, normalAVX512}
	rademachers   = versions[sampleOfFunc]{nil, rademacherAVX2, rademacherAVX512}
	truncateds    = versions[sampleOfFunc]{nil, truncatedAVX2, truncatedAVX512}
	students      = versions[sampleOfFunc]{nil, studentAVX2, studentAVX512}
	lognormals    = versions[changeFunc]{nil, lognormalAVX2, lognormalAVX512}
	logs          = versions[logFunc]{nil, logsAVX2, logsAVX512}
	affines       = versions[affineFunc]{nil, affineAVX2, affineAVX512}
	axpys         = versions[axpyFunc]{nil, axpyAVX2, axpyAVX512}
)

// Those of the activations that package activation of _asm writes.
var (
	softplusSlopes   = versions[slopeFunc]{nil, softplusSlopeAVX2, softplusSlopeAVX512}
	logSigmoidSlopes = versions[slopeFunc]{nil, logSigmoidSlopeAVX2, logSigmoidSlopeAVX512}
	siluSlopes       = versions[slopeFunc]{nil, siluSlopeAVX2, siluSlopeAVX512}
	geluTanhSlopes   = versions[slopeFunc]{nil, geluTanhSlopeAVX2, geluTanhSlopeAVX512}
	geluSlopes       = versions[slopeFunc]{nil, geluSlopeAVX2, geluSlopeAVX512}
	mishSlopes       = versions[slopeFunc]{nil, mishSlopeAVX2, mishSlopeAVX512}
	lecunSlopes      = versions[slopeFunc]{nil, lecunSlopeAVX2, lecunSlopeAVX512}
	gaussianSlopes   = versions[slopeFunc]{nil, gaussianSlopeAVX2, gaussianSlopeAVX512}
	softsignSlopes   = versions[slopeFunc]{nil, softsignSlopeAVX2, softsignSlopeAVX512}
	arctanSlopes     = versions[slopeFunc]{nil, arctanSlopeAVX2, arctanSlopeAVX512}
	sinSlopes        = versions[slopeFunc]{nil, sinSlopeAVX2, sinSlopeAVX512}
	hardSwishSlopes  = versions[slopeFunc]{nil, hardSwishSlopeAVX2, hardSwishSlopeAVX512}
	softplusValues   = versions[valueFunc]{nil, softplusValueAVX2, softplusValueAVX512}
	logSigmoidValues = versions[valueFunc]{nil, logSigmoidValueAVX2, logSigmoidValueAVX512}
	siluValues       = versions[valueFunc]{nil, siluValueAVX2, siluValueAVX512}
	geluTanhValues   = versions[valueFunc]{nil, geluTanhValueAVX2, geluTanhValueAVX512}
	geluValues       = versions[valueFunc]{nil, geluValueAVX2, geluValueAVX512}
	mishValues       = versions[valueFunc]{nil, mishValueAVX2, mishValueAVX512}
	lecunValues      = versions[valueFunc]{nil, lecunValueAVX2, lecunValueAVX512}
	erfValues        = versions[valueFunc]{nil, erfValueAVX2, erfValueAVX512}
	softsignValues   = versions[valueFunc]{nil, softsignValueAVX2, softsignValueAVX512}
	arctanValues     = versions[valueFunc]{nil, arctanValueAVX2, arctanValueAVX512}
	sinValues        = versions[valueFunc]{nil, sinValueAVX2, sinValueAVX512}
	hardSwishValues  = versions[valueFunc]{nil, hardSwishValueAVX2, hardSwishValueAVX512}
	eluSlopes        = versions[slopeOfFunc]{nil, eluSlopeAVX2, eluSlopeAVX512}
	celuSlopes       = versions[slopeOfFunc]{nil, celuSlopeAVX2, celuSlopeAVX512}
	stepsSlopes      = versions[slopeOfFunc]{nil, stepsSlopeAVX2, stepsSlopeAVX512}
	eluValues        = versions[valueOfFunc]{nil, eluValueAVX2, eluValueAVX512}
	celuValues       = versions[valueOfFunc]{nil, celuValueAVX2, celuValueAVX512}
	leakyValues      = versions[valueOfFunc]{nil, leakyValueAVX2, leakyValueAVX512}
	clipValues       = versions[valueOfFunc]{nil, clipValueAVX2, clipValueAVX512}
	rampValues       = versions[valueOfFunc]{nil, rampValueAVX2, rampValueAVX512}
)

// The functions here do whole groups at the beginning of arrays and return how many
// elements they have done: 0 where the level in use has no version.

func vectorPairs(a, b []float64, bits []uint64) int {
	groups := len(a) / width
	if groups == 0 {
		return 0
	}
	switch level.Now {
	case level.AVX512:
		pairsAVX512(&a[0], &b[0], &bits[0], groups)
	case level.AVX2:
		pairsAVX2(&a[0], &b[0], &bits[0], groups)
	default:
		return 0
	}
	return width * groups
}

func vectorMultiply(m, e, w, mant, exp []float64) int {
	n := len(m) &^ (width - 1)
	if n == 0 {
		return 0
	}
	switch level.Now {
	case level.AVX512:
		return multiplyAVX512(&m[0], &e[0], &w[0], &mant[0], &exp[0], n)
	case level.AVX2:
		return multiplyAVX2(&m[0], &e[0], &w[0], &mant[0], &exp[0], n)
	}
	return 0
}

func vectorScale(m, e, x []float64) int {
	n := len(m) &^ (width - 1)
	if n == 0 {
		return 0
	}
	switch level.Now {
	case level.AVX512:
		return scaleAVX512(&m[0], &e[0], &x[0], n)
	case level.AVX2:
		return scaleAVX2(&m[0], &e[0], &x[0], n)
	}
	return 0
}

// vectorDot returns how many elements it has added to the partial sums.
func vectorDot(x, y []float64, s *vector) int {
	n := whole(len(x))
	if n == 0 {
		return 0
	}
	switch level.Now {
	case level.AVX512:
		dotAVX512(&x[0], &y[0], n, (*[width]float64)(s))
	case level.AVX2:
		dotAVX2(&x[0], &y[0], n, (*[width]float64)(s))
	default:
		return 0
	}
	return n
}

// vectorGram adds to the sums of at most tile columns on either side. All columns have
// end elements or more.
func vectorGram(x, y [][]float64, from, end int, sums *sumTile) {
	switch level.Now {
	case level.AVX512:
		gramAVX512(&x[0], &y[0], len(x), len(y), from, end, sums)
	case level.AVX2:
		gramAVX2(&x[0], &y[0], len(x), len(y), from, end, sums)
	}
}

// vectorCombine adds to at most tile columns y; stride is the number of columns y that
// c is for.
func vectorCombine(y, x [][]float64, c []float64, stride, from, end int) {
	switch level.Now {
	case level.AVX512:
		combineAVX512(&y[0], &x[0], &c[0], len(y), len(x), stride, from, end)
	case level.AVX2:
		combineAVX2(&y[0], &x[0], &c[0], len(y), len(x), stride, from, end)
	}
}

// vectorSquares adds to the sums of at most tile columns the squares of their first
// elements, and returns of how many.
func vectorSquares(x [][]float64, sums *[tile][width]float64) int {
	n := vectorLength(len(x[0]))
	if n == 0 {
		return 0
	}
	if level.Now == level.AVX512 {
		squaresAVX512(&x[0], len(x), n, sums)
	} else {
		squaresAVX2(&x[0], len(x), n, sums)
	}
	return n
}

// vectorProduct is vectorCombine for columns y of zeros.
func vectorProduct(y, x [][]float64, c []float64, stride, from, end int) {
	switch level.Now {
	case level.AVX512:
		productAVX512(&y[0], &x[0], &c[0], len(y), len(x), stride, from, end)
	case level.AVX2:
		productAVX2(&y[0], &x[0], &c[0], len(y), len(x), stride, from, end)
	}
}

// vectorCenter, vectorMoments and vectorDerive return how many of n rows they have done.

func vectorCenter(y, x [][]float64, per float64, square []float64, n int) int {
	if n = vectorLength(n); n == 0 || len(x) == 0 {
		return 0
	}
	if level.Now == level.AVX512 {
		centerAVX512(&y[0], &x[0], len(x), per, &square[0], n)
	} else {
		centerAVX2(&y[0], &x[0], len(x), per, &square[0], n)
	}
	return n
}

func vectorMoments(y, x [][]float64, sum, along []float64, n int) int {
	if n = vectorLength(n); n == 0 || len(x) == 0 {
		return 0
	}
	if level.Now == level.AVX512 {
		momentsAVX512(&y[0], &x[0], len(x), &sum[0], &along[0], n)
	} else {
		momentsAVX2(&y[0], &x[0], len(x), &sum[0], &along[0], n)
	}
	return n
}

func vectorDerive(y, x [][]float64, mean, along, inverse []float64, n int) int {
	if n = vectorLength(n); n == 0 || len(x) == 0 {
		return 0
	}
	if level.Now == level.AVX512 {
		deriveAVX512(&y[0], &x[0], len(x), &mean[0], &along[0], &inverse[0], n)
	} else {
		deriveAVX2(&y[0], &x[0], len(x), &mean[0], &along[0], &inverse[0], n)
	}
	return n
}

// vectorElements returns how many products it has done.
func vectorElements(x, y []float64) int {
	n := vectorLength(len(x))
	if n == 0 {
		return 0
	}
	if level.Now == level.AVX512 {
		elementsAVX512(&x[0], &y[0], n)
	} else {
		elementsAVX2(&x[0], &y[0], n)
	}
	return n
}

// vectorCount counts the first vectorLength(len(x)) elements.
func vectorCount(x []float64, limit float64) (zero, below int) {
	n := vectorLength(len(x))
	if n == 0 {
		return 0, 0
	}
	if level.Now == level.AVX512 {
		return countAVX512(&x[0], limit, n)
	}
	return countAVX2(&x[0], limit, n)
}

// vectorNormals has the functions of sigmoid and tanh, whose scales are 1 and 2.
func vectorNormals(p *LogAccumulator, s *xoshiro.Lanes, n int, scale float64, sigma Sigmas) bool {
	if level.Now != level.AVX512 {
		return false
	}
	switch scale {
	case 1:
		sigmoidChainAVX512((*[4][width]uint64)(s), &p.m[0], &p.e[0], len(p.m), n, sigma.W, sigma.Z)
	case 2:
		tanhChainAVX512((*[4][width]uint64)(s), &p.m[0], &p.e[0], len(p.m), n, sigma.W, sigma.Z)
	default:
		return false
	}
	return true
}
