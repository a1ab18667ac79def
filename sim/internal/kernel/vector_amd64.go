//go:build !purego

package kernel

import (
	"gradchain/sim/internal/kernel/level"
	"gradchain/sim/internal/kernel/xoshiro"
)

var (
	sigmoidSlopes    = versions[slopeFunc]{nil, sigmoidSlopeAVX2, sigmoidSlopeAVX512}
	tanhSlopes       = versions[slopeFunc]{nil, tanhSlopeAVX2, tanhSlopeAVX512}
	softplusSlopes   = versions[slopeFunc]{nil, softplusSlopeAVX2, softplusSlopeAVX512}
	logSigmoidSlopes = versions[slopeFunc]{nil, logSigmoidSlopeAVX2, logSigmoidSlopeAVX512}
	siluSlopes       = versions[slopeFunc]{nil, siluSlopeAVX2, siluSlopeAVX512}
	lecunSlopes      = versions[slopeFunc]{nil, lecunSlopeAVX2, lecunSlopeAVX512}
	gaussianSlopes   = versions[slopeFunc]{nil, gaussianSlopeAVX2, gaussianSlopeAVX512}
	sigmoidValues    = versions[valueFunc]{nil, sigmoidValueAVX2, sigmoidValueAVX512}
	tanhValues       = versions[valueFunc]{nil, tanhValueAVX2, tanhValueAVX512}
	stepSlopes       = versions[stepsFunc]{nil, stepsAVX2, stepsAVX512}
	signeds          = versions[sampleFunc]{nil, signedAVX2, signedAVX512}
	exponentials     = versions[sampleFunc]{nil, exponentialAVX2, exponentialAVX512}
	tangents         = versions[sampleFunc]{nil, tangentAVX2, tangentAVX512}
	normals          = versions[sampleFunc]{nil, normalAVX2, normalAVX512}
	lognormals       = versions[changeFunc]{nil, lognormalAVX2, lognormalAVX512}
	affines          = versions[affineFunc]{nil, affineAVX2, affineAVX512}
	dots             = versions[dotFunc]{nil, dotAVX2, dotAVX512}
	axpys            = versions[axpyFunc]{nil, axpyAVX2, axpyAVX512}
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

// vectorNormals has the functions of sigmoid and tanh, whose scales are 1 and 2.
func vectorNormals(p *LogAccumulator, s *xoshiro.Lanes, scale, sigmaW, sigmaZ float64) bool {
	if level.Now != level.AVX512 {
		return false
	}
	switch scale {
	case 1:
		sigmoidChainAVX512((*[4][width]uint64)(s), &p.m[0], &p.e[0], len(p.m), sigmaW, sigmaZ)
	case 2:
		tanhChainAVX512((*[4][width]uint64)(s), &p.m[0], &p.e[0], len(p.m), sigmaW, sigmaZ)
	default:
		return false
	}
	return true
}
