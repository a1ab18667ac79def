package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"

	"gradchain/sim/internal/kernel/_asm/machine"
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

// boxMuller is a pair of normal values from the words for radius and angle.
func (u unit) boxMuller(radius, angle vec) (x, y vec) {
	var r, cos, sin vec
	machine.Interleave(func() {
		l := u.MinusLog(radius)
		r = u.Sqrt(u.Add(l, l))
	}, func() {
		cos, sin = u.Turn(angle)
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
