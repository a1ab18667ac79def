//go:build !amd64 || purego

package xoshiro

// vector fills dst and returns the number of words, 0 without a vector unit.
func (*Lanes) vector([]uint64) int { return 0 }
