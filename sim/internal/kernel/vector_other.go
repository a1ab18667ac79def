//go:build !amd64 || purego

package kernel

import "gradchain/sim/internal/kernel/xoshiro"

var (
	sigmoidSlopes, tanhSlopes, softplusSlopes, logSigmoidSlopes versions[slopeFunc]
	siluSlopes, lecunSlopes, gaussianSlopes                     versions[slopeFunc]
	sigmoidValues, tanhValues                                   versions[valueFunc]
	stepSlopes                                                  versions[stepsFunc]
	signeds, exponentials, tangents, normals                    versions[sampleFunc]
	lognormals                                                  versions[changeFunc]
	affines                                                     versions[affineFunc]
	dots                                                        versions[dotFunc]
	axpys                                                       versions[axpyFunc]
)

// The functions of vector_amd64.go, which do nothing here.

func vectorPairs(_, _ []float64, _ []uint64) int { return 0 }

func vectorMultiply(_, _, _, _, _ []float64) int { return 0 }

func vectorScale(_, _, _ []float64) int { return 0 }

func vectorNormals(*LogAccumulator, *xoshiro.Lanes, float64, float64, float64) bool { return false }
