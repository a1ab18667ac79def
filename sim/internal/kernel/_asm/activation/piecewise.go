package main

import "gradchain/sim/internal/kernel/_asm/machine"

// piecewise are the activations that are linear or quadratic by pieces.
func (u unit) piecewise() {
	u.DerivativeOf("steps", func(x vec, p []vec) (m, k vec, good mask) {
		lo, hi, below, at, above := p[0], p[1], p[2], p[3], p[4]
		d := u.Select(u.Compare(machine.AtMost, x, lo), below, at)
		return u.Select(u.Compare(machine.AtLeast, x, hi), above, d), u.zero(), u.Compare(machine.Equal, x, x)
	})
	u.ValueOf("leaky", func(x vec, p []vec) (vec, mask) { return u.Pick(x, x, u.Mul(x, p[0])), nil })
	u.ValueOf("clip", func(x vec, p []vec) (vec, mask) { return u.clip(x, p), nil })
	u.ValueOf("ramp", func(x vec, p []vec) (vec, mask) { return u.Div(u.clip(x, p), p[3]), nil })
	u.Value("hardSwish", everywhere(func(x vec) vec {
		y := u.Div(u.Mul(x, u.Add(x, f(3))), u.Load(f(6)))
		return u.swish(x, x, y, u.Load(machine.Sign))
	}))
	u.Derivative("hardSwish", func(x vec) (m, k vec, good mask) {
		d := u.Div(u.Add(u.Mul(x, f(2)), f(3)), u.Load(f(6)))
		return u.swish(x, u.one(), d, u.zero()), u.zero(), nil
	})
}

// clip is max(lo, min(x, hi)) + shift, and NaN for NaN. The sum makes 0 of −0.
func (u unit) clip(x vec, p []vec) vec {
	lo, hi, shift := p[0], p[1], p[2]
	return u.Add(u.Max(lo, u.Min(hi, x)), shift)
}

// swish is above for x ≥ 3, below for x ≤ −3, and at in between.
func (u unit) swish(x, above, at, below vec) vec {
	y := u.Select(u.Compare(machine.AtMost, x, f(-3)), below, at)
	return u.Select(u.Compare(machine.AtLeast, x, f(3)), above, y)
}
