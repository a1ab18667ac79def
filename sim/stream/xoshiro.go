package stream

import (
	"math/rand/v2"

	lane "gradchain/sim/internal/kernel/xoshiro"
)

// lanes is the number of interleaved generators.
const lanes = lane.Width

// xoshiro is 8 interleaved xoshiro256++ generators (Blackman & Vigna 2021): word i of
// the sequence comes from lane i mod 8.
//
// Why xoshiro256++: it is adds, rotations, shifts and exclusive ors only, which every
// vector unit has, it passes the known batteries, all 64 bits of a word are good, and
// its period is 2^256 − 1. Why 8 lanes: the step of a lane is a chain of dependent
// operations, so one generator cannot be vectorised, and 8 can, as one AVX-512 vector
// or two AVX2 vectors per state word. Each lane is keyed on its own with 256 bits from
// ChaCha8 rather than by jumping ahead, so that the lanes of different keys are as
// independent as those of one: among 2^48 lanes of 2^48 words each, some two overlap
// with probability 2^-111. A lane is the fixed point 0 with probability 2^-256.
type xoshiro struct {
	s    lane.Lanes
	rest [lanes]uint64 // words of the last group not yet handed out
	left int           // how many, at the end of rest
}

func newXoshiro(key *rand.ChaCha8) *xoshiro {
	x := new(xoshiro)
	for k := range x.s {
		for j := range x.s[k] {
			x.s[k][j] = key.Uint64()
		}
	}
	return x
}

// Fill implements Source.
func (x *xoshiro) Fill(dst []uint64) {
	n := copy(dst, x.rest[lanes-x.left:])
	x.left -= n
	dst = dst[n:]
	whole := len(dst) &^ (lanes - 1)
	x.s.Fill(dst[:whole])
	if tail := dst[whole:]; len(tail) > 0 {
		x.s.Fill(x.rest[:])
		x.left = lanes - copy(tail, x.rest[:])
	}
}

// Lanes returns the generators of a source of the family Xoshiro that is at a multiple
// of 8 words, and nil for any other: a kernel may go on with the sequence from there.
func Lanes(s Source) *lane.Lanes {
	if x, ok := s.(*xoshiro); ok && x.left == 0 {
		return &x.s
	}
	return nil
}
