package machine

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
)

// The operations here are of AVX-512 alone.

// Repeated is a number in memory, in all lanes.
type Repeated struct{ Mem }

// Parameter returns a parameter in all lanes, which stays in memory.
func Parameter(name string) Repeated {
	p, err := Param(name).Resolve()
	if err != nil {
		panic(err)
	}
	return Repeated{p.Addr}
}

// Scale returns m·2^k in one rounding.
func (u Unit) Scale(m, k Vec) Vec { return u.binary(VSCALEFPD, nil, m, k) }

// FloatUnsigned returns unsigned integers as numbers, rounded to nearest.
func (u Unit) FloatUnsigned(x Vec) Vec { return unary(u, VCVTUQQ2PD, x) }

// Round returns the nearest integer, the even one of two, −0 for 0 from below.
func (u Unit) Round(x Vec) Vec {
	return unary(u, func(o ...Op) { VRNDSCALEPD(append([]Op{U8(0)}, o...)...) }, x)
}

// Exponent returns ⌊log₂|x|⌋ of a finite x that is not 0.
func (u Unit) Exponent(x Vec) Vec { return unary(u, VGETEXPPD, x) }

// Fraction returns x·2^−⌊log₂|x|⌋ of a finite x that is not 0.
func (u Unit) Fraction(x Vec) Vec {
	return unary(u, func(o ...Op) { VGETMANTPD(append([]Op{U8(0)}, o...)...) }, x)
}

func unary(u Unit, f instruction, x Vec) Vec {
	y := u.New()
	emit(func() { f(x, y) })
	return y
}

// FNMSub returns −x·y − z in one rounding, in the register of x.
func (u Unit) FNMSub(x Vec, y Op, z Vec) Vec {
	u.apply(VFNMSUB132PD, VFNMSUB132PD_BCST, y, z, x)
	return x
}

// FNMSubTo returns −x·y − z in one rounding, in the register of z.
func (u Unit) FNMSubTo(x Vec, y Op, z Vec) Vec {
	u.apply(VFNMSUB231PD, VFNMSUB231PD_BCST, y, x, z)
	return z
}

// Endless returns the mask of ±Inf and NaN.
func (u Unit) Endless(x Vec) Mask {
	m := K()
	emit(func() { VFPCLASSPDZ(U8(0x99), x, m) })
	return m
}

// NoBit returns the mask where bit n is not set.
func (u Unit) NoBit(x Vec, n uint8) Mask {
	m := K()
	u.apply(VPTESTNMQ, VPTESTNMQ_BCST, Const(1)<<n, x, m)
	return m
}

// SelectXor returns x ^ y where the mask is set, and no elsewhere.
func (u Unit) SelectXor(m Mask, x, y, no Vec) Vec {
	z := u.Copy(no)
	emit(func() { VPXORQ(y, x, m, z) })
	return z
}

// SelectAbs returns |x| where the mask is set, and no elsewhere.
func (u Unit) SelectAbs(m Mask, x, no Vec) Vec {
	z := u.Copy(no)
	u.apply(VPANDQ, VPANDQ_BCST, ^Sign, x, m, z)
	return z
}
