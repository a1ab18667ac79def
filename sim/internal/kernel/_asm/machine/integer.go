package machine

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
)

// AddInt returns x + y of integers.
func (u Unit) AddInt(x Vec, y Op) Vec { return u.binary(VPADDQ, VPADDQ_BCST, x, y) }

// SubInt returns x − y of integers.
func (u Unit) SubInt(x Vec, y Op) Vec { return u.binary(VPSUBQ, VPSUBQ_BCST, x, y) }

// three is an instruction of AVX2 alone.
func three(f func(x, y, z Op)) instruction { return func(o ...Op) { f(o[0], o[1], o[2]) } }

// And returns the bits that x and y share.
func (u Unit) And(x Vec, y Op) Vec {
	if u.Wide() {
		return u.binary(VPANDQ, VPANDQ_BCST, x, y)
	}
	return u.binary(three(VPAND), nil, x, y)
}

// Or returns the bits of x and y.
func (u Unit) Or(x Vec, y Op) Vec {
	if u.Wide() {
		return u.binary(VPORQ, VPORQ_BCST, x, y)
	}
	return u.binary(three(VPOR), nil, x, y)
}

// Xor returns the bits that differ.
func (u Unit) Xor(x Vec, y Op) Vec {
	if u.Wide() {
		return u.binary(VPXORQ, VPXORQ_BCST, x, y)
	}
	return u.binary(three(VPXOR), nil, x, y)
}

// Insert returns x with the bits of mask replaced by those of value.
func (u Unit) Insert(x Vec, mask, value Const) Vec {
	if !u.Wide() {
		return u.Or(u.And(x, ^mask), value)
	}
	y, z := u.Copy(x), u.Load(value)
	u.apply(func(o ...Op) { VPTERNLOGQ(append([]Op{U8(0xd8)}, o...)...) },
		func(o ...Op) { VPTERNLOGQ_BCST(append([]Op{U8(0xd8)}, o...)...) }, mask, z, y)
	return y
}

// Right shifts zeros in from the left.
func (u Unit) Right(x Vec, n uint8) Vec {
	y := u.New()
	emit(func() { VPSRLQ(U8(n), x, y) })
	return y
}

// Left shifts zeros in from the right.
func (u Unit) Left(x Vec, n uint8) Vec {
	y := u.New()
	emit(func() { VPSLLQ(U8(n), x, y) })
	return y
}

// Rotate rotates to the left.
func (u Unit) Rotate(x Vec, n uint8) Vec {
	if u.Wide() {
		y := u.New()
		emit(func() { VPROLQ(U8(n), x, y) })
		return y
	}
	return u.Or(u.Left(x, n), u.Right(x, 64-n))
}

// Float returns signed integers as numbers, rounded to nearest. AVX2 lacks the
// conversion: there the halves are numbers with an exponent, and their sum rounds once.
func (u Unit) Float(x Vec) Vec {
	y := u.New()
	if u.Wide() {
		emit(func() { VCVTQQ2PD(x, y) })
		return y
	}
	const high, low = 0x4530000080000000, 0x4330000000000000 // 2^84 + 2^63, and 2^52
	hi := u.Sub(u.Xor(u.Right(x, 32), Const(high)), F(0x1p84+0x1p63+0x1p52))
	lo := u.Load(Const(low))
	emit(func() { VPBLENDD(U8(0xaa), lo, x, y) })
	return u.Add(hi, y)
}

// Small returns integers in [0, 2^52) as numbers.
func (u Unit) Small(x Vec) Vec { return u.Sub(u.Or(x, F(0x1p52)), F(0x1p52)) }

// Halves returns the lower halves of x and y, and the upper halves, with AVX-512.
func (u Unit) Halves(x, y Vec) (lower, upper Vec) {
	lower, upper = u.New(), u.New()
	emit(func() { VSHUFF64X2(U8(0x44), y, x, lower) })
	emit(func() { VSHUFF64X2(U8(0xee), y, x, upper) })
	return lower, upper
}
