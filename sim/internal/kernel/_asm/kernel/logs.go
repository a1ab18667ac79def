package main

import (
	"math"

	"gradchain/sim/internal/kernel/_asm/machine"
)

// logs is the logarithms of LogAccumulator.Logs: those of 0, and of m·2^e for normal m
// and |e| ≤ 2^20.
func (u unit) logs() {
	u.Func("logs", "(dst, m, e *float64, n int) int",
		"sets n elements, a multiple of 8, and returns their number, or that of those",
		"before some that are subnormal, infinite or NaN, or have a large exponent.")
	dst, m, e := machine.Pointer("dst"), machine.Pointer("m"), machine.Pointer("e")
	const first = 1 << 52 // bits of the first normal number
	body := func(x, e vec) (log vec, strange, near machine.Mask) {
		x = u.Abs(x)
		normal := u.Below(u.SubInt(x, machine.Const(first)), 0x7ff<<52-first)
		strange = u.AndNotMask(u.Compare(machine.NotEqual, x, f(0)), normal)
		near = u.Compare(machine.AtMost, u.Abs(e), f(0x1p20))
		zero := u.Compare(machine.Equal, x, f(0))
		return u.Select(zero, u.Load(f(math.Inf(-1))), u.LogParts(x, e)), strange, near
	}
	u.Hold(16, func() { body(u.New(), u.New()) })
	l := u.Elements()
	log, strange, near := body(u.Load(l.At(m)), u.Load(l.At(e)))
	u.JumpAny(strange, "rare")
	u.JumpNotAll(near, "rare")
	u.Store(log, l.At(dst))
	l.Next()
	l.End()
}
