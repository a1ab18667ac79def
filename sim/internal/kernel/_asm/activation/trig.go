package main

import (
	"math"

	"gradchain/sim/internal/kernel/_asm/machine"
)

const (
	piHigh = 0x1.921fb54442d18p+0
	piLow  = 0x1.1a62633145c07p-54
	piRest = -0x1.f1976b7ed8fbcp-110
	cody   = 0x1p28
)

// trigonometric is sin, whose far arguments are for the scalar code.
func (u unit) trigonometric() {
	u.Value("sin", func(x vec) (vec, mask) { return u.sine(x, 0) })
	u.Derivative("sin", func(x vec) (m, k vec, near mask) {
		m, near = u.sine(x, 1)
		return m, u.zero(), near
	})
}

// sine is sine.
func (u unit) sine(z vec, turns machine.Const) (value vec, near mask) {
	near = u.Compare(machine.AtMost, u.Abs(z), f(cody))
	r, quadrant := u.reducePi(z)
	if turns != 0 {
		quadrant = u.AddInt(quadrant, turns)
	}
	x := u.Mul(r, r)
	y := u.Mul(x, x)
	value = u.Select(u.Bit(quadrant, 0), u.cosSeries(x, y), u.sinSeries(r, x, y))
	return u.Xor(value, u.And(u.Left(quadrant, 62), machine.Sign)), near
}

// reducePi is reducePi up to cody.
func (u unit) reducePi(z vec) (r, quadrant vec) {
	n := u.Add(u.Mul(z, f(2/math.Pi)), f(1.5*(1<<52)))
	k := u.Sub(n, f(1.5*(1<<52)))
	first := u.FNMATo(k, f(piHigh), u.Copy(z))
	product := u.Mul(k, f(piLow))
	r = u.Sub(first, product)
	rest := u.Sub(u.Sub(first, r), product)
	rest = u.Sub(rest, u.FMSub(u.Copy(k), f(piLow), product))
	return u.Add(r, u.FNMATo(k, f(piRest), rest)), n
}

// sinSeries is sinSeries, y = x².
func (u unit) sinSeries(r, x, y vec) vec {
	p := u.Pairs(x, y, -0x1.5555555555549p-3, 0x1.111111110f871p-7, -0x1.a01a019c105c7p-13,
		0x1.71de3576980e1p-19, -0x1.ae5e6551a8d84p-26, 0x1.5d92bb258fb37p-33)
	return u.FMA(p, u.Mul(r, x), r)
}

// cosSeries is cosSeries, y = x².
func (u unit) cosSeries(x, y vec) vec {
	p := u.Pairs(x, y, 0x1.555555555554bp-5, -0x1.6c16c16c14f7fp-10, 0x1.a01a019c8273dp-16,
		-0x1.27e4f7e9642bap-22, 0x1.1ee9d6bf4e174p-29, -0x1.8fa417e6746a7p-37)
	h := u.Mul(x, f(0.5))
	w := u.Sub(u.one(), h)
	return u.Add(w, u.FMA(p, y, u.Sub(u.Sub(u.one(), w), h)))
}
