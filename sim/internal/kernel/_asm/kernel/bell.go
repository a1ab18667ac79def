package main

import (
	"gradchain/sim/internal/kernel/_asm/machine"
)

const (
	log2E  = 0x1.71547652b82fep+0
	ln2Lo  = 0x1.abc9e3b39803fp-56
	toInt  = 0x1.8p52
	far    = 0x1p50
	bias   = toInt + 1023
	lowest = -1000
)

// derivative is DPhi of an activation. The body returns φ′(x) = m·2^k, and the lanes
// where that holds.
func (u unit) derivative(name string, body func(x vec) (m, k vec, good machine.Mask)) {
	u.Func(name+"Slope", "(mant, exp, z *float64, n int) int",
		"sets n elements, a multiple of 8, and returns their number, or that of those",
		"before some argument that is NaN or large.")
	mant, exp, z := machine.Pointer("mant"), machine.Pointer("exp"), machine.Pointer("z")
	u.Hold(16, func() { body(u.New()) })
	l := u.elements()
	m, k, good := body(u.Load(l.at(z)))
	u.JumpNotAll(good, "rare")
	u.Store(m, l.at(mant))
	u.Store(k, l.at(exp))
	l.next()
	l.end()
}

// value is Phi of an activation.
func (u unit) value(name string, body func(x vec) (y vec, good machine.Mask)) {
	u.Func(name+"Value", "(dst, z *float64, n int) int",
		"sets n elements, a multiple of 8, and returns their number, or that of those",
		"before some argument that is NaN or large.")
	dst, z := machine.Pointer("dst"), machine.Pointer("z")
	u.Hold(16, func() { body(u.New()) })
	l := u.elements()
	y, good := body(u.Load(l.at(z)))
	u.JumpNotAll(good, "rare")
	u.Store(y, l.at(dst))
	l.next()
	l.end()
}

// scaled is e^x = 2^k·(c + r)/(c − r) = 2^k·a/b, with p = 2^k where that counts beside 1.
type scaled struct{ c, r, a, b, k, p vec }

// decay is decay(−|x|, 0), where |x| ≤ far.
func (u unit) decay(x vec) (e scaled, near machine.Mask) {
	return u.decayRest(u.Or(x, machine.Sign), nil)
}

// decayRest is decay(x, rest) for x ≤ 0; nil is no rest.
func (u unit) decayRest(x, rest vec) (e scaled, near machine.Mask) {
	near = u.Compare(machine.AtLeast, x, f(-far))
	e.r, e.k = u.reduce(x)
	if rest != nil {
		e.r = u.Add(e.r, rest)
	}
	e.p = u.Clear(u.Compare(machine.Less, e.k, f(lowest)), u.power(e.k))
	e.c = u.even(u.Mul(e.r, e.r))
	e.a, e.b = u.Add(e.c, e.r), u.Sub(e.c, e.r)
	return e, near
}

// pick is yes where x is not negative, and no elsewhere.
func (u unit) pick(x, yes, no vec) vec { return u.Select(u.Bit(x, 63), no, yes) }

// bell is bell.
func (u unit) bell(name string, scale, gain float64) {
	u.derivative(name, func(x vec) (m, k vec, near machine.Mask) {
		if scale != 1 {
			x = u.Mul(x, f(scale))
		}
		x = u.Or(x, machine.Sign)
		near = u.Compare(machine.AtLeast, x, f(-far))
		r, k := u.reduce(x)
		p := u.Clear(u.Compare(machine.Less, k, f(lowest)), u.power(k))
		return u.slope(r, p, gain), k, near
	})
}

// slope is gain·ab/q² with p = 2^k.
func (u unit) slope(r, p vec, gain float64) vec {
	c := u.even(u.Mul(r, r))
	a, b := u.Add(c, r), u.Sub(c, r)
	top := u.Mul(a, b)
	if gain != 1 {
		top = u.Mul(top, f(gain))
	}
	q := u.FMATo(p, a, b)
	return u.Div(top, u.Mul(q, q))
}

// reduce is x = k·log 2 + r.
func (u unit) reduce(x vec) (r, k vec) {
	k = u.Sub(u.Add(u.Mul(x, f(log2E)), f(toInt)), f(toInt))
	r = u.FNMATo(k, f(ln2Hi), u.Copy(x))
	return u.FNMATo(k, f(ln2Lo), r), k
}

// power is 2^k.
func (u unit) power(k vec) vec { return u.Left(u.Add(k, f(bias)), 52) }

// even is r·coth(r/2) for x = r².
func (u unit) even(x vec) vec {
	p := u.FMA(u.Pair(x, 0x1.6375edca4a2f7p-25, -0x1.bbd41af363977p-20), x, f(0x1.1566aaf1d7b16p-14))
	p = u.FMA(p, u.Mul(x, x), u.Pair(x, -0x1.6c16c16bebb0ap-9, 0x1.555555555553ep-3))
	return u.FMA(p, x, f(2))
}
