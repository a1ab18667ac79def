package formula

import "gradchain/sim/internal/kernel/_asm/machine"

// Constants of the reduction. Beyond Far it does not hold.
const (
	Log2E  = 0x1.71547652b82fep+0
	Ln2    = 0x1.62e42fefa39efp-1
	Ln2Lo  = 0x1.abc9e3b39803fp-56
	toInt  = 0x1.8p52
	Far    = 0x1p50
	bias   = toInt + 1023
	Lowest = -1000
)

// Scaled is e^x = 2^k·(c + r)/(c − r) = 2^k·a/b, with p = 2^k where that counts beside 1.
type Scaled struct{ C, R, A, B, K, P vec }

// Decay is decay(−|x|, 0), where |x| ≤ Far.
func (u Unit) Decay(x vec) (e Scaled, near machine.Mask) {
	return u.DecayRest(u.Or(x, machine.Sign), nil)
}

// DecayRest is decay(x, rest) for x ≤ 0; nil is no rest.
func (u Unit) DecayRest(x, rest vec) (e Scaled, near machine.Mask) {
	near = u.Compare(machine.AtLeast, x, f(-Far))
	e.R, e.K = u.Reduce(x)
	if rest != nil {
		e.R = u.Add(e.R, rest)
	}
	low := u.Compare(machine.Less, e.K, f(Lowest))
	return u.complete(e, u.Clear(low, u.Power(e.K))), near
}

// Grow is decay(x, 0), where |x| ≤ 600, which is e^x there for x > 0 too.
func (u Unit) Grow(x vec) (e Scaled) {
	e.R, e.K = u.Reduce(x)
	return u.complete(e, u.Power(e.K))
}

func (u Unit) complete(e Scaled, p vec) Scaled {
	e.P = p
	e.C = u.Even(u.Mul(e.R, e.R))
	e.A, e.B = u.Add(e.C, e.R), u.Sub(e.C, e.R)
	return e
}

// Reduce is x = k·log 2 + r.
func (u Unit) Reduce(x vec) (r, k vec) {
	k = u.Sub(u.Add(u.Mul(x, f(Log2E)), f(toInt)), f(toInt))
	r = u.FNMATo(k, f(Ln2), u.Copy(x))
	return u.FNMATo(k, f(Ln2Lo), r), k
}

// Power is 2^k.
func (u Unit) Power(k vec) vec { return u.Left(u.Add(k, f(bias)), 52) }

// Even is r·coth(r/2) for x = r².
func (u Unit) Even(x vec) vec {
	p := u.FMA(u.Pair(x, 0x1.6375edca4a2f7p-25, -0x1.bbd41af363977p-20), x, f(0x1.1566aaf1d7b16p-14))
	p = u.FMA(p, u.Mul(x, x), u.Pair(x, -0x1.6c16c16bebb0ap-9, 0x1.555555555553ep-3))
	return u.FMA(p, x, f(2))
}

// Exp is Exp of numbers.
func (u Unit) Exp(x vec) vec {
	r, k := u.Reduce(u.Max(u.Min(x, f(2000)), f(-2000)))
	c := u.Even(u.Mul(r, r))
	return u.Ldexp(u.Div(u.Add(c, r), u.Sub(c, r)), k)
}

// Ldexp is ldexp where the first of its two products is exact: for 2^−2 ≤ |m| < 2^1000,
// or −1 ≤ k ≤ 1.
func (u Unit) Ldexp(m, k vec) vec {
	if u.Wide() {
		return u.Scale(m, k)
	}
	k = u.Max(u.Min(k, f(2040)), f(-2040))
	half := u.Sub(u.Add(u.Mul(k, f(0.5)), f(toInt)), f(toInt))
	return u.Mul(u.Mul(m, u.Power(half)), u.Power(u.Sub(k, half)))
}

// Pick is yes where x is not negative, and no elsewhere.
func (u Unit) Pick(x, yes, no vec) vec { return u.Select(u.Bit(x, 63), no, yes) }

// Gate is σ(±x) = m·2^k, with the sign of s.
func (u Unit) Gate(x, s vec) (m, k vec, near machine.Mask) {
	e, near := u.Decay(x)
	m = u.Div(u.Pick(s, e.B, e.A), u.Add(e.B, u.Mul(e.P, e.A)))
	return m, u.Pick(s, u.Load(f(0)), e.K), near
}

// Rise is (1 − e)/(1 + e).
func (u Unit) Rise(e Scaled) vec {
	top := u.Mul(u.Sub(u.Load(f(1)), e.P), e.C)
	top = u.FNMATo(u.Add(e.P, f(1)), e.R, top)
	return u.Div(top, u.Add(e.B, u.Mul(e.P, e.A)))
}

// Minus1 is scaled.minus1.
func (u Unit) Minus1(e Scaled) vec {
	top := u.Mul(u.Sub(e.P, f(1)), e.C)
	return u.Div(u.FMATo(u.Add(e.P, f(1)), e.R, top), e.B)
}
