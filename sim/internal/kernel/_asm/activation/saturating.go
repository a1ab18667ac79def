package main

import (
	"math"

	"gradchain/sim/internal/kernel/_asm/formula"
	"gradchain/sim/internal/kernel/_asm/machine"
)

// saturating are lecun_tanh, softsign and arctan.
func (u unit) saturating() {
	u.Value("lecun", func(x vec) (vec, mask) {
		e, near := u.lecun(x)
		return u.CopySign(u.Mul(u.Rise(e), f(1.7159)), x), near
	})
	u.Derivative("lecun", func(x vec) (m, k vec, near mask) {
		e, near := u.lecun(x)
		q := u.Add(e.B, u.Mul(e.P, e.A))
		return u.Div(u.Mul(u.Mul(e.A, e.B), f(1.7159*8/3)), u.Mul(q, q)), e.K, near
	})
	u.Value("softsign", everywhere(func(x vec) vec {
		x = u.Max(u.Load(f(-math.MaxFloat64)), u.Min(u.Load(f(math.MaxFloat64)), x))
		return u.Div(x, u.Add(u.Abs(x), f(1)))
	}))
	u.Derivative("softsign", func(x vec) (m, k vec, good mask) {
		y, one, k := u.shrink(x)
		y = u.Add(y, one)
		return u.Div(u.one(), u.Mul(y, y)), k, nil
	})
	u.Value("arctan", everywhere(u.arctan))
	u.Derivative("arctan", func(x vec) (m, k vec, good mask) {
		y, one, k := u.shrink(x)
		return u.Div(u.one(), u.FMATo(y, y, one)), k, nil
	})
}

// lecun is lecunTanh.decay.
func (u unit) lecun(x vec) (e formula.Scaled, near mask) {
	const high, low = 0x1.5555555555555p+0, 0x1.5555555555555p-54
	x = u.Or(x, machine.Sign)
	y := u.Mul(x, f(high))
	return u.DecayRest(y, u.Add(u.FMSub(u.Copy(x), f(high), y), u.Mul(x, f(low))))
}

// shrink is shrink of |x|, and the 1 that is added to it or to its square, 0 where it
// is shrunk.
func (u unit) shrink(x vec) (y, one, e vec) {
	y = u.Abs(x)
	large := u.Compare(machine.Greater, y, f(0x1p400))
	e = u.Select(large, u.Load(f(-1200)), u.zero())
	return u.Select(large, u.Mul(y, f(0x1p-600)), y), u.Clear(large, u.one()), e
}

// arctan is atan.
func (u unit) arctan(z vec) vec {
	const high, low = 0x1.921fb54442d18p+0, 0x1.1a62633145c07p-54
	t := u.Abs(z)
	far := u.Compare(machine.Greater, t, f(1+math.Sqrt2))
	some := u.Compare(machine.Greater, t, f(math.Sqrt2-1))
	choose := func(a, b, c vec) vec { return u.Select(far, a, u.Select(some, b, c)) }
	base := choose(u.Load(f(high)), u.Load(f(high/2)), u.zero())
	rest := choose(u.Load(f(low)), u.Load(f(low/2)), u.zero())
	top := choose(u.Load(f(-1)), u.Sub(t, f(1)), t)
	t = u.Div(top, choose(t, u.Add(t, f(1)), u.one()))
	x := u.Mul(t, t)
	p := u.Pairs(x, u.Mul(x, x),
		-0x1.555555555553cp-2, 0x1.9999999995780p-3, -0x1.24924922a850ep-3, 0x1.c71c70e43ede1p-4,
		-0x1.745cf8ab4f214p-4, 0x1.3b1115da14fa4p-4, -0x1.10eb948f6776ep-4, 0x1.df0d5284052e7p-5,
		-0x1.9cca10f2040a8p-5, 0x1.37c00b3cea0e9p-5, -0x1.253bd10dcb828p-6)
	return u.CopySign(u.Add(base, u.Add(t, u.FMATo(u.Mul(t, x), p, rest))), z)
}
