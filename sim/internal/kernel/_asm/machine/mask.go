package machine

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Mask has a bit for each lane: an opmask register with AVX-512, and the sign bits of a
// vector with AVX2.
type Mask = reg.Register

// Predicates of Compare. All but NotLess and NotEqual are false for NaN.
const (
	Less     = 0x11
	NotLess  = 0x15
	Equal    = 0x00
	NotEqual = 0x04
	AtLeast  = 0x1d
	AtMost   = 0x12
	Greater  = 0x1e
)

// Compare returns the mask of x predicate y.
func (u Unit) Compare(predicate uint8, x Vec, y Op) Mask {
	if u.Wide() {
		m := K()
		u.apply(func(o ...Op) { VCMPPD(append([]Op{U8(predicate)}, o...)...) },
			func(o ...Op) { VCMPPD_BCST(append([]Op{U8(predicate)}, o...)...) }, y, x, m)
		return m
	}
	m := u.New()
	u.apply(func(o ...Op) { VCMPPD(append([]Op{U8(predicate)}, o...)...) }, nil, y, x, m)
	return m
}

// Below returns the mask of x < limit for unsigned integers.
func (u Unit) Below(x Vec, limit uint64) Mask {
	if u.Wide() {
		m := K()
		u.apply(func(o ...Op) { VPCMPUQ(append([]Op{U8(1)}, o...)...) },
			func(o ...Op) { VPCMPUQ_BCST(append([]Op{U8(1)}, o...)...) }, Const(limit), x, m)
		return m
	}
	m := u.New()
	flipped, bound := u.Xor(x, Sign), u.Load(Const(limit)^Sign)
	emit(func() { VPCMPGTQ(flipped, bound, m) })
	return m
}

// Bit returns the mask of bit n.
func (u Unit) Bit(x Vec, n uint8) Mask {
	if u.Wide() {
		m := K()
		u.apply(VPTESTMQ, VPTESTMQ_BCST, Const(1)<<n, x, m)
		return m
	}
	if n == 63 {
		return x
	}
	return u.Left(x, 63-n)
}

// Select returns yes where the mask is set, and no elsewhere. With AVX-512 that is a
// move to a copy of no: avo takes the result of a blend for an operand too.
func (u Unit) Select(m Mask, yes, no Vec) Vec {
	if u.Wide() {
		z := u.Copy(no)
		emit(func() { VMOVAPD(yes, m, z) })
		return z
	}
	z := u.New()
	emit(func() { VBLENDVPD(m, yes, no, z) })
	return z
}

// Clear returns x, and 0 where the mask is set. The mask must come from Compare.
func (u Unit) Clear(m Mask, x Vec) Vec {
	z := u.New()
	if u.Wide() {
		not := K()
		emit(func() { KNOTW(m, not) })
		emit(func() { VMOVAPD_Z(x, not, z) })
	} else {
		emit(func() { VANDNPD(x, m, z) })
	}
	return z
}

// AndMask returns the lanes that are in both masks.
func (u Unit) AndMask(a, b Mask) Mask {
	if u.Wide() {
		m := K()
		emit(func() { KANDW(a, b, m) })
		return m
	}
	m := u.New()
	emit(func() { VPAND(a, b, m) })
	return m
}

// AndNotMask returns the lanes of a that are not in b.
func (u Unit) AndNotMask(a, b Mask) Mask {
	if u.Wide() {
		m := K()
		emit(func() { KANDNW(a, b, m) })
		return m
	}
	m := u.New()
	emit(func() { VPANDN(a, b, m) })
	return m
}

// Lanes returns the mask as an integer, bit j for lane j.
func (u Unit) Bits(m Mask) reg.GPVirtual {
	bits := GP32()
	if u.Wide() {
		KMOVB(m, bits)
	} else {
		VMOVMSKPD(m, bits)
	}
	return bits
}

// JumpAny jumps where a lane of the mask is set.
func (u Unit) JumpAny(m Mask, label string) {
	bits := u.Bits(m)
	TESTL(bits, bits)
	JNE(LabelRef(label))
}

// JumpNotAll jumps where a lane of the mask is not set.
func (u Unit) JumpNotAll(m Mask, label string) {
	if u.Wide() {
		KORTESTB(m, m)
		JCC(LabelRef(label)) // the carry is set for all ones
		return
	}
	CMPL(u.Bits(m), U32(1<<u.Lanes-1))
	JNE(LabelRef(label))
}
