package machine

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
)

// Xoshiro is a step of xoshiro.Lanes.generic: it returns the next word of every lane.
// With AVX-512 it has exclusive ors of three words of the old state.
func Xoshiro(u Unit, s *[4]Vec) Vec {
	if !u.Wide() {
		return XoshiroBeside(u, s)
	}
	word := u.AddInt(u.Rotate(u.AddInt(s[0], s[3]), 23), s[0])
	shifted := u.Left(s[1], 17)
	const xor3 = 0x96
	old0, old1 := u.Copy(s[0]), u.Copy(s[1])
	emit(func() { VPTERNLOGQ(U8(xor3), s[3], s[1], s[0]) })
	emit(func() { VPTERNLOGQ(U8(xor3), s[2], old0, s[1]) })
	emit(func() { VPTERNLOGQ(U8(xor3), shifted, old0, s[2]) })
	emit(func() { VPXORQ(old1, s[3], s[3]) })
	emit(func() { VPROLQ(U8(45), s[3], s[3]) })
	return word
}

// XoshiroBeside is Xoshiro beside fused multiply-adds, which other operations of three
// operands get in the way of.
func XoshiroBeside(u Unit, s *[4]Vec) Vec {
	word := u.AddInt(u.Rotate(u.AddInt(s[0], s[3]), 23), s[0])
	shifted := u.Left(s[1], 17)
	u.xorTo(s[0], s[2])
	u.xorTo(s[1], s[3])
	u.xorTo(s[2], s[1])
	u.xorTo(s[3], s[0])
	u.xorTo(shifted, s[2])
	if u.Wide() {
		emit(func() { VPROLQ(U8(45), s[3], s[3]) })
		return word
	}
	high, low := u.Left(s[3], 45), u.Right(s[3], 64-45)
	emit(func() { VPOR(high, low, s[3]) })
	return word
}

// xorTo sets y to x ^ y.
func (u Unit) xorTo(x, y Vec) {
	if u.Wide() {
		emit(func() { VPXORQ(x, y, y) })
		return
	}
	emit(func() { VPXOR(x, y, y) })
}
