package main

import (
	"math"

	"gradchain/sim/internal/kernel/_asm/formula"
	"gradchain/sim/internal/kernel/_asm/machine"
)

// gated are those of gated.go.
func (u unit) gated() {
	for _, v := range []struct {
		name  string
		decay func(x vec) (e formula.Scaled, slope vec, near mask)
	}{{"silu", u.linear}, {"geluTanh", u.cubic}} {
		u.Value(v.name, func(x vec) (vec, mask) {
			e, _, near := v.decay(x)
			m := u.Div(u.Pick(x, e.B, e.A), u.Add(e.B, u.Mul(e.P, e.A)))
			return u.open0(x, m, e.K), near
		})
		u.Derivative(v.name, func(x vec) (m, k vec, near mask) {
			e, slope, near := v.decay(x)
			steep := u.Abs(x)
			if slope != nil {
				steep = u.Mul(steep, slope)
			}
			q := u.Add(e.B, u.Mul(e.P, e.A))
			steep = u.Mul(steep, u.Div(e.B, q))
			m, k = u.twoSided(x, u.Mul(u.Div(e.A, q), u.Sub(u.one(), steep)), e)
			return m, k, near
		})
	}
	u.Value("gelu", u.geluValue)
	u.Derivative("gelu", u.geluSlope)
	u.Value("mish", u.mishValue)
	u.Derivative("mish", u.mishSlope)
}

// linear is gated.decay of v = x, where slope, which is 1, is nil.
func (u unit) linear(x vec) (e formula.Scaled, slope vec, near mask) {
	e, near = u.Decay(x)
	return e, nil, near
}

// cubic is gated.decay of gelu_tanh.
func (u unit) cubic(x vec) (e formula.Scaled, slope vec, near mask) {
	const (
		k, kLow = 0x1.9884533d43651p+0, -0x1.cbc0d30ebfd15p-54
		c, cLow = 0x1.6e4e26d4801f7p-5, 0x1.441355475a31ap-59
	)
	x = u.Abs(x)
	square := u.Mul(x, x)
	squareLow := u.FMSub(u.Copy(x), x, square)
	w := u.Mul(square, f(c))
	wLow := u.Add(u.FMSub(u.Copy(square), f(c), w), u.FMATo(squareLow, f(c), u.Mul(square, f(cLow))))
	t := u.Add(w, f(1))
	rest := u.Add(u.Sub(u.Max(w, f(1)), t), u.Min(w, f(1)))
	tLow := u.Add(rest, wLow)
	y := u.Mul(x, f(k))
	yLow := u.Add(u.FMSub(u.Copy(x), f(k), y), u.Mul(x, f(kLow)))
	v := u.Mul(y, t)
	vLow := u.Add(u.FMSub(u.Copy(y), t, v), u.FMATo(y, tLow, u.Mul(yLow, t)))
	e, near = u.DecayRest(u.Neg(v), u.Neg(vLow))
	return e, u.Mul(u.FMA(u.Load(f(3)), w, f(1)), f(k)), near
}

// open0 is x·m·2^k on the left, and x·m on the right. Where k < −2000 that is 0.
func (u unit) open0(x, m, k vec) vec { return u.Ldexp(u.Mul(x, m), u.Pick(x, u.zero(), k)) }

// twoSided is twoSided of m·2^k, k that of e.
func (u unit) twoSided(x, m vec, e formula.Scaled) (mant, exp vec) {
	right := u.Sub(u.one(), u.Mul(m, e.P))
	return u.Pick(x, right, m), u.Pick(x, u.zero(), e.K)
}

const (
	rootHalf   = math.Sqrt2 / 2
	perSqrt2Pi = 0.39894228040143267793994605993438
	middle     = 0.75 // up to there erf has a series
)

// geluValue is gelu.Phi.
func (u unit) geluValue(x vec) (value vec, near mask) {
	y := u.Mul(u.Abs(x), f(rootHalf))
	r := u.errors(x, y, 0.5)
	inner := u.CopySign(u.Mul(r.inner, f(0.5)), x)
	inner = u.Mul(x, u.Add(inner, f(0.5)))
	left := u.Mul(u.Mul(r.mantissa, f(0.5)), r.erfcx)
	right := u.Sub(u.one(), u.Mul(left, r.e.P))
	outer := u.open0(x, u.Pick(x, right, left), r.e.K)
	return u.Select(u.Compare(machine.AtMost, y, f(middle)), inner, outer), r.near
}

// geluSlope is gelu.DPhi. The exponent is 0 or −1 in the middle.
func (u unit) geluSlope(x vec) (m, k vec, near mask) {
	y := u.Mul(u.Abs(x), f(rootHalf))
	r := u.errors(x, y, 0.5)
	slope := u.Mul(u.Abs(x), f(perSqrt2Pi))
	odd := u.FMATo(r.inner, f(0.5), u.Mul(slope, u.Mul(r.mantissa, r.e.P)))
	inner := u.Add(u.CopySign(odd, x), f(0.5))
	m, k = u.twoSided(x, u.Mul(r.mantissa, u.Sub(u.Mul(r.erfcx, f(0.5)), slope)), r.e)
	in := u.Compare(machine.AtMost, y, f(middle))
	return u.Select(in, inner, m), u.Select(in, u.zero(), k), r.near
}

// mishValue is mish.Phi.
func (u unit) mishValue(x vec) (value vec, near mask) {
	e, near := u.Decay(x)
	m := u.Div(e.A, e.B)
	p := u.Mul(m, e.P)
	two := u.Add(p, f(2))
	top := u.Pick(x, u.FMA(u.Copy(p), u.Load(f(2)), f(1)), u.Mul(m, two))
	right := u.FMA(u.Mul(p, f(2)), u.Add(p, f(1)), f(1))
	bottom := u.Pick(x, right, u.FMA(p, two, f(2)))
	return u.open0(x, u.Div(top, bottom), e.K), near
}

// mishSlope is mish.DPhi.
func (u unit) mishSlope(x vec) (mant, exp vec, near mask) {
	e, near := u.Decay(x)
	m := u.Div(e.A, e.B)
	p := u.Mul(m, e.P)
	next := u.Add(p, f(1))
	right := u.FMA(u.Mul(p, f(2)), next, f(1))
	d := u.FMA(u.Copy(p), u.Add(p, f(2)), f(2))
	inner := u.FMA(u.Add(p, f(4)), p, u.FMA(u.Copy(x), u.Load(f(4)), f(6)))
	top := u.FMA(inner, p, u.Mul(u.Add(x, f(1)), f(4)))
	q := u.Div(u.Pick(x, p, top), u.Pick(x, right, d))
	excess := u.FMA(u.Mul(p, f(-4)), next, f(-2))
	excess = u.FMATo(u.Mul(x, f(4)), next, excess)
	right = u.Add(u.Mul(u.Mul(q, q), excess), f(1))
	left := u.Div(u.Mul(m, q), d)
	return u.Pick(x, right, left), u.Pick(x, u.zero(), e.K), near
}
