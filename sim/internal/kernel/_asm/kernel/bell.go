package main

import (
	"gradchain/sim/internal/kernel/_asm/formula"
	"gradchain/sim/internal/kernel/_asm/machine"
)

// bell is bell.
func (u unit) bell(name string, scale, gain float64) {
	u.Derivative(name, func(x vec) (m, k vec, near machine.Mask) {
		if scale != 1 {
			x = u.Mul(x, f(scale))
		}
		x = u.Or(x, machine.Sign)
		near = u.Compare(machine.AtLeast, x, f(-formula.Far))
		r, k := u.Reduce(x)
		p := u.Clear(u.Compare(machine.Less, k, f(formula.Lowest)), u.Power(k))
		return u.slope(r, p, gain), k, near
	})
}

// slope is gain·ab/q² with p = 2^k.
func (u unit) slope(r, p vec, gain float64) vec {
	c := u.Even(u.Mul(r, r))
	a, b := u.Add(c, r), u.Sub(c, r)
	top := u.Mul(a, b)
	if gain != 1 {
		top = u.Mul(top, f(gain))
	}
	q := u.FMATo(p, a, b)
	return u.Div(top, u.Mul(q, q))
}
