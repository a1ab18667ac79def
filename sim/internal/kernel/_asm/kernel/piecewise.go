package main

import "gradchain/sim/internal/kernel/_asm/machine"

// steps is φ′ that has the value in below or above a threshold, and another between:
// leaky.DPhi and ramp.DPhi. NaN is left to the scalar code.
func (u unit) steps() {
	u.Func("steps", "(mant, exp, z *float64, n int, lo, hi, below, at, above float64) int",
		"sets n elements, a multiple of 8, to below for z ≤ lo, at in between and above for",
		"z ≥ hi, and returns their number, or that of those before some NaN.")
	mant, exp, z := machine.Pointer("mant"), machine.Pointer("exp"), machine.Pointer("z")
	lo, hi := u.Broadcast("lo"), u.Broadcast("hi")
	below, at, above := u.Broadcast("below"), u.Broadcast("at"), u.Broadcast("above")
	zero := u.Load(f(0))
	l := u.elements()
	x := u.Load(l.at(z))
	u.JumpNotAll(u.Compare(machine.Equal, x, x), "rare")
	d := u.Select(u.Compare(machine.AtMost, x, lo), below, at)
	u.Store(u.Select(u.Compare(machine.AtLeast, x, hi), above, d), l.at(mant))
	u.Store(zero, l.at(exp))
	l.next()
	l.end()
}
