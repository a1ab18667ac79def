package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"

	"gradchain/sim/internal/kernel/_asm/machine"
)

// dot is the loop of Dot.
func (u unit) dot() {
	u.Func("dot", "(x, y *float64, n int, sums *[8]float64)", "adds the products of n elements, a multiple of 8, to 8 sums.")
	x, y, n, sums := machine.Pointer("x"), machine.Pointer("y"), machine.Pointer("n"), machine.Pointer("sums")
	s := make([]vec, 8/u.Lanes)
	for h := range s {
		s[h] = u.Load(Mem{Base: sums, Disp: 32 * h})
	}
	i := GP64()
	XORQ(i, i)
	Label("next")
	for h := range s {
		u.FMATo(u.Load(Mem{Base: x, Index: i, Scale: 8, Disp: 32 * h}), Mem{Base: y, Index: i, Scale: 8, Disp: 32 * h}, s[h])
	}
	ADDQ(Imm(8), i)
	CMPQ(i, n)
	JL(LabelRef("next"))
	for h := range s {
		u.Store(s[h], Mem{Base: sums, Disp: 32 * h})
	}
	machine.End()
}

// axpy is the loop of Axpy.
func (u unit) axpy() {
	u.Func("axpy", "(a float64, x, y *float64, n int)", "adds a·x to y, n elements, a multiple of 8.")
	x, y := machine.Pointer("x"), machine.Pointer("y")
	a := u.Broadcast("a")
	l := u.Elements()
	z := u.Load(l.At(y))
	u.FMATo(a, l.At(x), z)
	u.Store(z, l.At(y))
	l.Next()
	machine.End()
}
