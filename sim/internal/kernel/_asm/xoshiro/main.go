// Command xoshiro writes the assembly of package xoshiro.
package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"

	"gradchain/sim/internal/kernel/_asm/machine"
)

func main() {
	ConstraintExpr("!purego")
	for _, u := range machine.Units {
		fill(u)
	}
	Generate()
}

// fill keeps the state in registers: 4 with AVX-512, and 8 with AVX2, where a word of
// the state has two halves.
func fill(u machine.Unit) {
	u.Func("fill", "(s *[4][8]uint64, dst *uint64, groups int)",
		"writes the next 8·groups words, groups > 0.")
	s, dst, groups := machine.Pointer("s"), machine.Pointer("dst"), machine.Pointer("groups")
	halves := 8 / u.Lanes
	state := make([][4]machine.Vec, halves)
	for h := range state {
		for k := range state[h] {
			state[h][k] = u.Load(Mem{Base: s, Disp: 64*k + 32*h})
		}
	}
	Label("group")
	for h := range state {
		u.Store(machine.Xoshiro(u, &state[h]), Mem{Base: dst, Disp: 32 * h})
	}
	ADDQ(Imm(64), dst)
	DECQ(groups)
	JNE(LabelRef("group"))
	for h := range state {
		for k := range state[h] {
			u.Store(state[h][k], Mem{Base: s, Disp: 64*k + 32*h})
		}
	}
	machine.End()
}
