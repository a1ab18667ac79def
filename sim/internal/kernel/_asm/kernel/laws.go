package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"gradchain/sim/internal/kernel/_asm/machine"
)

// laws are the samplers of one word for each value.
func (u unit) laws() {
	u.sampler("signed", u.signed)
	u.sampler("exponential", func(w vec) vec { return u.Or(u.MinusLog(w), u.Left(w, 63)) })
	u.sampler("tangent", func(w vec) vec {
		cos, sin := u.Turn(w)
		swap := u.Bit(w, 1)
		return u.Div(u.Select(swap, cos, sin), u.Select(swap, sin, cos))
	})
	u.normal()
}

// sampler sets every element from its word.
func (u unit) sampler(name string, value func(word vec) vec) {
	u.Func(name, "(dst *float64, bits *uint64, n int) int", "sets n elements, a multiple of 8, and returns their number.")
	dst, bits := machine.Pointer("dst"), machine.Pointer("bits")
	u.Hold(16, func() { value(u.New()) })
	l := u.Elements()
	u.Store(value(u.Load(l.At(bits))), l.At(dst))
	l.Next()
	l.End()
}

// signed is uniform in (−1, 1). The arithmetic shift is one of i + 2^63, less 2^10.
func (u unit) signed(word vec) vec {
	shifted := u.SubInt(u.Right(u.Xor(word, machine.Sign), 53), machine.Const(1<<10))
	return u.Mul(u.Float(u.Or(u.SubInt(word, shifted), machine.Const(1))), f(0x1p-63))
}

// normal is normal.Sample, standardised: the words of a group are 4 for the radius and
// 4 for the angle. AVX-512 takes two groups at a time, and leaves one that is over.
func (u unit) normal() {
	u.Func("normal", "(dst *float64, bits *uint64, n int) int",
		"sets n elements, a multiple of 8, or 8 less, and returns their number.")
	dst, bits, n := machine.Pointer("dst"), machine.Pointer("bits"), machine.Pointer("n")
	i := GP64()
	XORQ(i, i)
	SUBQ(U8(2*u.Lanes), n)
	u.Hold(14, func() { u.boxMuller(u.New(), u.New()) })
	JMP(LabelRef("more"))
	Label("next")
	at := func(base reg.Register, disp int) Mem { return Mem{Base: base, Index: i, Scale: 8, Disp: disp} }
	first, second := u.Load(at(bits, 0)), u.Load(at(bits, 8*u.Lanes))
	if u.Wide() {
		first, second = u.Halves(first, second)
	}
	x, y := u.boxMuller(first, second)
	if u.Wide() {
		x, y = u.Halves(x, y)
	}
	u.Store(x, at(dst, 0))
	u.Store(y, at(dst, 8*u.Lanes))
	ADDQ(Imm(uint64(2*u.Lanes)), i)
	Label("more")
	CMPQ(i, n)
	JLE(LabelRef("next"))
	machine.Result(i)
}

// affine is Affine.
func (u unit) affine() {
	u.Func("affine", "(x *float64, n int, mu, sigma float64) int",
		"changes n elements, a multiple of 8, and returns their number, or that of those",
		"before some that become 0, infinite or NaN.")
	x := machine.Pointer("x")
	mu, sigma := u.Broadcast("mu"), u.Broadcast("sigma")
	l := u.Elements()
	y := u.Add(u.Mul(sigma, l.At(x)), mu)
	// modulus − 2^−1074 as an integer is below that of +Inf unless y is 0, ±Inf or NaN
	u.JumpNotAll(u.Below(u.SubInt(u.And(y, ^machine.Sign), machine.Const(1)), 0x7ff<<52-1), "rare")
	u.Store(y, l.At(x))
	l.Next()
	l.End()
}

// lognormal is e^x within the positive numbers of float64.
func (u unit) lognormal() {
	u.Func("lognormal", "(x *float64, n int) int", "changes n elements, a multiple of 8, and returns their number.")
	x := machine.Pointer("x")
	l := u.Elements()
	y := u.Exp(u.Load(l.At(x)))
	u.Store(u.Max(u.Min(y, f(0x1.fffffffffffffp1023)), f(0x1p-1074)), l.At(x))
	l.Next()
	l.End()
}
