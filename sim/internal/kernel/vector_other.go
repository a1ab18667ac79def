//go:build !amd64 || purego

package kernel

import "gradchain/sim/internal/kernel/xoshiro"

var (
	sigmoidSlopes, tanhSlopes, softplusSlopes, logSigmoidSlopes, siluSlopes versions[slopeFunc]
	geluTanhSlopes, geluSlopes, mishSlopes, lecunSlopes, gaussianSlopes     versions[slopeFunc]
	softsignSlopes, arctanSlopes, sinSlopes, hardSwishSlopes                versions[slopeFunc]
	sigmoidValues, tanhValues, softplusValues, logSigmoidValues, siluValues versions[valueFunc]
	geluTanhValues, geluValues, mishValues, lecunValues, erfValues          versions[valueFunc]
	softsignValues, arctanValues, sinValues, hardSwishValues                versions[valueFunc]
	eluSlopes, celuSlopes, stepsSlopes                                      versions[slopeOfFunc]
	eluValues, celuValues, leakyValues, clipValues, rampValues              versions[valueOfFunc]
	signeds, exponentials, tangents, normals                                versions[sampleFunc]
	rademachers, truncateds, students                                       versions[sampleOfFunc]
	lognormals                                                              versions[changeFunc]
	logs                                                                    versions[logFunc]
	affines                                                                 versions[affineFunc]
	axpys                                                                   versions[axpyFunc]
)

// The functions of vector_amd64.go, which do nothing here.

func vectorPairs(_, _ []float64, _ []uint64) int { return 0 }

func vectorMultiply(_, _, _, _, _ []float64) int { return 0 }

func vectorScale(_, _, _ []float64) int { return 0 }

func vectorDot(_, _ []float64, _ *vector) int { return 0 }

func vectorGram(_, _ [][]float64, _, _ int, _ *sumTile) {}

func vectorCombine(_, _ [][]float64, _ []float64, _, _, _ int) {}

func vectorSquares([][]float64, *[tile][width]float64) int { return 0 }

func vectorProduct(_, _ [][]float64, _ []float64, _, _, _ int) {}

func vectorCenter(_, _ [][]float64, _ float64, _ []float64, _ int) int { return 0 }

func vectorMoments(_, _ [][]float64, _, _ []float64, _ int) int { return 0 }

func vectorDerive(_, _ [][]float64, _, _, _ []float64, _ int) int { return 0 }

func vectorElements(_, _ []float64) int { return 0 }

func vectorCount([]float64, float64) (zero, below int) { return 0, 0 }

func vectorNormals(*LogAccumulator, *xoshiro.Lanes, int, float64, Sigmas) bool { return false }
