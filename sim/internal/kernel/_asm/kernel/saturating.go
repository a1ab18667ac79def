package main

import (
	"math"

	"gradchain/sim/internal/kernel/_asm/machine"
)

// activations are φ and φ′ of those with an exponential that has no case but the sign.
func (u unit) activations() {
	u.bell("sigmoid", 1, 1)
	u.bell("tanh", 2, 4)
	u.value("sigmoid", u.sigmoid)
	u.value("tanh", u.tanh)
	u.derivative("softplus", func(x vec) (m, k vec, near machine.Mask) { return u.gate(x, x) })
	u.derivative("logSigmoid", func(x vec) (m, k vec, near machine.Mask) { return u.gate(x, u.Xor(x, machine.Sign)) })
	u.derivative("silu", u.silu)
	u.derivative("lecun", u.lecun)
	u.derivative("gaussian", u.gaussian)
}

// gate is σ(±x) = m·2^k, with the sign of s.
func (u unit) gate(x, s vec) (m, k vec, near machine.Mask) {
	e, near := u.decay(x)
	m = u.Div(u.pick(s, e.b, e.a), u.Add(e.b, u.Mul(e.p, e.a)))
	return m, u.pick(s, u.Load(f(0)), e.k), near
}

func (u unit) sigmoid(x vec) (y vec, near machine.Mask) {
	m, k, near := u.gate(x, x)
	return u.ldexp(m, k), near
}

// tanh is tanh.Phi of height 1 and scale 2.
func (u unit) tanh(x vec) (y vec, near machine.Mask) {
	e, near := u.decay(u.Mul(x, f(2)))
	top := u.Mul(u.Sub(u.Load(f(1)), e.p), e.c)
	top = u.FNMATo(u.Add(e.p, f(1)), e.r, top)
	rise := u.Div(top, u.Add(e.b, u.Mul(e.p, e.a)))
	return u.Or(u.And(rise, ^machine.Sign), u.And(x, machine.Sign)), near
}

func (u unit) silu(x vec) (m, k vec, near machine.Mask) {
	e, near := u.decay(x)
	q := u.Add(e.b, u.Mul(e.p, e.a))
	steep := u.Mul(u.And(x, ^machine.Sign), u.Div(e.b, q))
	m = u.Mul(u.Div(e.a, q), u.Sub(u.Load(f(1)), steep))
	right := u.Sub(u.Load(f(1)), u.Mul(m, e.p))
	return u.pick(x, right, m), u.pick(x, u.Load(f(0)), e.k), near
}

// lecun is lecunTanh.DPhi.
func (u unit) lecun(x vec) (m, k vec, near machine.Mask) {
	const high, low = 0x1.5555555555555p+0, 0x1.5555555555555p-54
	x = u.Or(x, machine.Sign)
	y := u.Mul(x, f(high))
	rest := u.Add(u.FMSub(u.Copy(x), f(high), y), u.Mul(x, f(low)))
	e, near := u.decayRest(y, rest)
	q := u.Add(e.b, u.Mul(e.p, e.a))
	return u.Div(u.Mul(u.Mul(e.a, e.b), f(1.7159*8/3)), u.Mul(q, q)), e.k, near
}

// gaussian is erf.DPhi.
func (u unit) gaussian(x vec) (m, k vec, near machine.Mask) {
	square := u.Mul(x, x)
	rest := u.FMSub(u.Copy(x), x, square)
	e, near := u.decayRest(u.Xor(square, machine.Sign), u.Xor(rest, machine.Sign))
	return u.Mul(u.Div(e.a, e.b), f(2/math.SqrtPi)), e.k, near
}
