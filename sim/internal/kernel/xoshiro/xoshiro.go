// Package xoshiro steps 8 interleaved xoshiro256++ generators (Blackman & Vigna 2021).
package xoshiro

import "math/bits"

// Width is the number of generators: as many as an AVX-512 vector holds.
const Width = 8

// Lanes is the state: Lanes[k][j] is state word k of generator j.
type Lanes [4][Width]uint64

// Fill writes the next words, word i from generator i mod 8. It panics unless their
// number is a multiple of 8.
func (s *Lanes) Fill(dst []uint64) {
	if len(dst)%Width != 0 {
		panic("xoshiro: words are no multiple of 8")
	}
	if n := s.vector(dst); n < len(dst) {
		s.generic(dst[n:])
	}
}

// generic is two lanes at a time: the state of both stays in registers, and their
// chains of dependent operations overlap.
func (s *Lanes) generic(dst []uint64) {
	for j := 0; j < Width; j += 2 {
		a0, a1, a2, a3 := s[0][j], s[1][j], s[2][j], s[3][j]
		b0, b1, b2, b3 := s[0][j+1], s[1][j+1], s[2][j+1], s[3][j+1]
		for i := j; i < len(dst)-1; i += Width {
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
		s[0][j], s[1][j], s[2][j], s[3][j] = a0, a1, a2, a3
		s[0][j+1], s[1][j+1], s[2][j+1], s[3][j+1] = b0, b1, b2, b3
	}
}
