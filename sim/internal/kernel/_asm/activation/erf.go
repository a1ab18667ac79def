package main

import (
	"math"

	"gradchain/sim/internal/kernel/_asm/formula"
	"gradchain/sim/internal/kernel/_asm/machine"
)

// errorFunction is erf.
func (u unit) errorFunction() {
	u.Value("erf", func(x vec) (vec, mask) {
		y := u.Abs(x)
		r := u.errors(x, y, 1)
		tail := u.Ldexp(u.Mul(r.mantissa, r.erfcx), r.e.K)
		in := u.Compare(machine.AtMost, y, f(middle))
		return u.CopySign(u.Select(in, r.inner, u.Sub(u.one(), tail)), x), r.near
	})
	u.Derivative("gaussian", func(x vec) (m, k vec, near mask) {
		e, near := u.gaussian(x, 1)
		return u.Mul(u.Div(e.A, e.B), f(2/math.SqrtPi)), e.K, near
	})
}

// errors are erf y where y ≤ ¾, and erfcx y and e = e^(−s·x²), with its mantissa.
type errors struct {
	inner, erfcx, mantissa vec
	e                      formula.Scaled
	near                   mask
}

// errors computes them, what takes long beside each other.
func (u unit) errors(x, y vec, s float64) (r errors) {
	machine.Interleave(func() { r.erfcx = u.erfcx(y) }, func() {
		r.e, r.near = u.gaussian(x, s)
		r.mantissa = u.Div(r.e.A, r.e.B)
	})
	r.inner = u.erfSeries(y)
	return r
}

// gaussian is gaussian.
func (u unit) gaussian(x vec, s float64) (e formula.Scaled, near mask) {
	square := u.Mul(x, x)
	rest := u.FMSub(u.Copy(x), x, square)
	if s == 1 {
		return u.DecayRest(u.Neg(square), u.Neg(rest))
	}
	return u.DecayRest(u.Mul(square, f(-s)), u.Mul(rest, f(-s)))
}

// erfcx is erfcx, where y is not huge.
func (u unit) erfcx(y vec) vec {
	inverse := u.Div(u.one(), u.Add(y, f(3)))
	q := u.Mul(u.Sub(y, f(3)), inverse)
	rest := u.FMA(u.Add(q, f(1)), u.Load(f(-3)), y)
	rest = u.FNMATo(q, y, rest)
	q = u.FMA(inverse, rest, q)
	p := u.Pairs(q, u.Mul(q, q),
		0x1.40c522d7e4987p+0, -0x1.15c084bb9e8f3p-3, -0x1.85a15c58aa4afp-5, 0x1.098366a5b46b1p-3,
		-0x1.e88b803a4af5ep-4, 0x1.17ca2877f163bp-4, -0x1.8574c40b48210p-6, 0x1.4b884e436b7e6p-9,
		0x1.ef1bdcf9327bbp-10, -0x1.98db5100f146ep-11, -0x1.b9125bc86de98p-14, 0x1.065a36d985f34p-13,
		0x1.4c20b9050f1e5p-18, -0x1.513b84d1c6bb9p-16, -0x1.883868d715b40p-21, 0x1.d212a14ca66f3p-19,
		0x1.7d89ebc6098b1p-22, -0x1.4b1f46cc5b11dp-21, -0x1.2cb0aeb6584cfp-23, 0x1.b5e19ab7f8fe0p-24,
		0x1.5e11e464871eap-25, -0x1.cb0d77b8c61d1p-27, -0x1.1632106c22124p-27, 0x1.11662fcce2768p-30,
		0x1.c21ef6a64f1aap-31)
	return u.Div(p, u.Add(u.Mul(y, f(2)), f(1)))
}

// erfSeries is erfPositive up to ¾.
func (u unit) erfSeries(x vec) vec {
	y := u.Mul(x, x)
	p := u.Pairs(y, u.Mul(y, y),
		-0x1.812746b0379e2p-2, 0x1.ce2f21a0425cbp-4, -0x1.b82ce3125b72bp-6, 0x1.565bcd03fb957p-8,
		-0x1.c02db13b5a817p-11, 0x1.f9a2b25255261p-14, -0x1.f4c60cdc7219fp-17, 0x1.b910b4e0f7772p-20,
		-0x1.565abf5c42249p-23, 0x1.8a6ad2dccbd49p-27)
	return u.Mul(x, u.FMA(p, y, f(2/math.SqrtPi)))
}
