//go:build !purego

package xoshiro

import "gradchain/sim/internal/kernel/level"

// vector fills dst and returns the number of words, 0 without a vector unit.
func (s *Lanes) vector(dst []uint64) int {
	if len(dst) == 0 {
		return 0
	}
	switch level.Now {
	case level.AVX512:
		fillAVX512((*[4][Width]uint64)(s), &dst[0], len(dst)/Width)
	case level.AVX2:
		fillAVX2((*[4][Width]uint64)(s), &dst[0], len(dst)/Width)
	default:
		return 0
	}
	return len(dst)
}
