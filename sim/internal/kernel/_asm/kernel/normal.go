package main

import (
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"

	"gradchain/sim/internal/kernel/_asm/machine"
)

const (
	ln2Hi    = 0x1.62e42fefa39efp-1
	sqrtHalf = machine.Const(0x3fe6a09e667f3bcd)
)

// pairs is NormalPairs, by whole groups.
func (u unit) pairs() {
	u.Func("pairs", "(a, b *float64, bits *uint64, groups int)",
		"sets 8·groups elements of a and b, groups > 0.")
	a, b := machine.Pointer("a"), machine.Pointer("b")
	bits, groups := machine.Pointer("bits"), machine.Pointer("groups")
	u.Hold(16, func() { u.boxMuller(u.New(), u.New()) })
	Label("group")
	for half := 0; half < 64; half += 8 * u.Lanes {
		x, y := u.boxMuller(u.Load(Mem{Base: bits, Disp: half}), u.Load(Mem{Base: bits, Disp: 64 + half}))
		u.Store(x, Mem{Base: a, Disp: half})
		u.Store(y, Mem{Base: b, Disp: half})
	}
	for _, p := range []struct {
		by uint64
		at Op
	}{{64, a}, {64, b}, {128, bits}} {
		ADDQ(Imm(p.by), p.at)
	}
	DECQ(groups)
	JNE(LabelRef("group"))
	machine.End()
}

// open is 2^63·u, u in (0, 1).
func (u unit) open(word vec) vec {
	i := u.Float(u.Or(u.Right(word, 1), machine.Const(1)))
	return u.Min(i, f(1<<63-1<<10))
}

// minusLog is −log of the number of open, of at least 1, so that the exponent is not
// negative.
func (u unit) minusLog(word vec) vec {
	x := u.open(word)
	d := u.SubInt(x, sqrtHalf)
	m := u.SubInt(x, u.And(d, machine.Const(0xfff<<52)))
	y := u.Sub(m, f(1))
	// 63 − e, exactly, by the last bits of 2^52 + e
	e := u.Sub(u.Load(f(0x1p52+63)), u.Or(u.Right(d, 52), f(0x1p52)))
	s, t := u.logTerms(y)
	return u.FMA(s, t, u.FMSub(e, f(ln2Hi), y))
}

// logTerms is s and t with log(1 + z) = z − s·t.
func (u unit) logTerms(z vec) (s, t vec) {
	s = u.Div(z, u.Add(z, f(2)))
	x := u.Mul(s, s)
	y := u.Mul(x, x)
	p := u.FMA(u.Load(f(0x1.2f09790bdd82cp-3)), y, u.Pair(x, 0x1.39a157e37a19cp-3, 0x1.7466428a02ef3p-3))
	p = u.FMA(p, y, u.Pair(x, 0x1.c71c51f8ad7f5p-3, 0x1.24924942045e4p-2))
	p = u.FMA(p, y, u.Pair(x, 0x1.999999997fc75p-2, 0x1.5555555555593p-1))
	return s, u.FNMA(p, x, z)
}

// boxMuller is a pair of normal values from the words for radius and angle.
func (u unit) boxMuller(radius, angle vec) (x, y vec) {
	var r, cos, sin vec
	machine.Interleave(func() {
		l := u.minusLog(radius)
		r = u.Sqrt(u.Add(l, l))
	}, func() {
		cos, sin = u.turn(angle)
	})
	return u.mirror(r, cos, sin, angle)
}

// mirror is r·(cos, sin), with the sign of the cosine and the order that the word of the
// angle says.
func (u unit) mirror(r, cos, sin, angle vec) (x, y vec) {
	cos = u.Xor(u.Mul(r, cos), u.Left(angle, 63))
	sin = u.Mul(r, sin)
	swap := u.Bit(angle, 1)
	return u.Select(swap, sin, cos), u.Select(swap, cos, sin)
}

// turn is the cosine and sine of πt/2 for t = i·2^−64. It works with i, and with
// coefficients that have the powers of two.
func (u unit) turn(word vec) (cos, sin vec) {
	i := u.Float(u.Insert(word, 7, 4))
	x := u.Mul(i, i)
	y := u.Mul(x, x)
	machine.Interleave(func() { cos = u.cosQuarter(x, y) }, func() { sin = u.Mul(i, u.sinQuarter(x, y)) })
	return cos, sin
}

// in is the coefficient of i^n for that of t^n.
func in(n int, c float64) float64 { return math.Ldexp(c, -64*n) }

// sinQuarter is sin(πt/2)/i for x = i².
func (u unit) sinQuarter(x, y vec) vec {
	p := u.FMA(u.Pair(x, in(13, 0x1.e403d0847cd8cp-25), in(11, -0x1.e300a65a2e550p-19)), y,
		u.Pair(x, in(9, 0x1.5078301b62593p-13), in(7, -0x1.32d2cce3332dep-8)))
	p = u.FMA(p, y, u.Pair(x, in(5, 0x1.466bc67758d85p-4), in(3, -0x1.4abbce625be47p-1)))
	return u.FMA(p, x, f(in(1, math.Pi/2)))
}

// cosQuarter is cos(πt/2) for x = i².
func (u unit) cosQuarter(x, y vec) vec {
	p := u.FMA(u.Load(f(in(14, -0x1.b263c34686870p-28))), y,
		u.Pair(x, in(12, 0x1.f9cc40ac9acb7p-22), in(10, -0x1.a6d1ec7e0b6c7p-16)))
	p = u.FMA(p, y, u.Pair(x, in(8, 0x1.e1f5068367b1dp-11), in(6, -0x1.55d3c7e3c9280p-6)))
	p = u.FMA(p, y, u.Pair(x, in(4, 0x1.03c1f081b5aaep-2), in(2, -0x1.3bd3cc9be45dep+0)))
	return u.FMA(p, x, f(1))
}
