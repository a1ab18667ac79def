package stream

import (
	"math/bits"
	"math/rand/v2"
)

// lanes is the number of interleaved generators: as many as an AVX-512 vector holds.
const lanes = 8

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
	s    [4][lanes]uint64 // s[k][j] is state word k of lane j
	rest [lanes]uint64    // words of the last group not yet handed out
	left int              // how many, at the end of rest
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
	x.groups(dst[:whole])
	if tail := dst[whole:]; len(tail) > 0 {
		x.groups(x.rest[:])
		x.left = lanes - copy(tail, x.rest[:])
	}
}

// groups fills dst, whose length is a multiple of 8, two lanes at a time: the state of
// both stays in registers, and their chains of dependent operations overlap.
func (x *xoshiro) groups(dst []uint64) {
	for j := 0; j < lanes; j += 2 {
		a0, a1, a2, a3 := x.s[0][j], x.s[1][j], x.s[2][j], x.s[3][j]
		b0, b1, b2, b3 := x.s[0][j+1], x.s[1][j+1], x.s[2][j+1], x.s[3][j+1]
		for i := j; i < len(dst)-1; i += lanes {
			dst[i] = bits.RotateLeft64(a0+a3, 23) + a0
			dst[i+1] = bits.RotateLeft64(b0+b3, 23) + b0
			t, u := a1<<17, b1<<17
			a2 ^= a0
			b2 ^= b0
			a3 ^= a1
			b3 ^= b1
			a1 ^= a2
			b1 ^= b2
			a0 ^= a3
			b0 ^= b3
			a2 ^= t
			b2 ^= u
			a3 = bits.RotateLeft64(a3, 45)
			b3 = bits.RotateLeft64(b3, 45)
		}
		x.s[0][j], x.s[1][j], x.s[2][j], x.s[3][j] = a0, a1, a2, a3
		x.s[0][j+1], x.s[1][j+1], x.s[2][j+1], x.s[3][j+1] = b0, b1, b2, b3
	}
}
