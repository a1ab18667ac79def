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
		top, bottom := u.ratio(r, k, gain)
		return u.Div(top, bottom), k, near
	})
}

// ratio is gain·ab and q² with q = b + 2^k·a, where 2^k below 2^lowest does not count.
func (u unit) ratio(r, k vec, gain float64) (top, bottom vec) {
	c := u.Even(u.Mul(r, r))
	a, b := u.Add(c, r), u.Sub(c, r)
	top = u.Mul(a, b)
	if gain != 1 {
		top = u.Mul(top, f(gain))
	}
	var q vec
	if u.Wide() {
		q = u.Add(b, u.Scale(a, k))
	} else {
		q = u.FMATo(u.Clear(u.Compare(machine.Less, k, f(formula.Lowest)), u.Power(k)), a, b)
	}
	return top, u.Mul(q, q)
}
