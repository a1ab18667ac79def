package formula

import "gradchain/sim/internal/kernel/_asm/machine"

// sqrtHalf has the bits of √½.
const sqrtHalf = machine.Const(0x3fe6a09e667f3bcd)

// Open is 2^63·u, u in (0, 1).
func (u Unit) Open(word vec) vec {
	i := u.Float(u.Or(u.Right(word, 1), machine.Const(1)))
	return u.Min(i, f(1<<63-1<<10))
}

// MinusLog is −log of the number of open, of at least 1, so that the exponent is not
// negative.
func (u Unit) MinusLog(word vec) vec {
	if u.Wide() {
		return u.minusLogWide(word)
	}
	x := u.Open(word)
	d := u.SubInt(x, sqrtHalf)
	m := u.SubInt(x, u.And(d, machine.Const(0xfff<<52)))
	y := u.Sub(m, f(1))
	// 63 − e, exactly, by the last bits of 2^52 + e
	e := u.Sub(u.Load(f(0x1p52+63)), u.Or(u.Right(d, 52), f(0x1p52)))
	s, t := u.LogTerms(y)
	return u.FMA(s, t, u.FMSub(e, f(Ln2), y))
}

// minusLogWide is minusLog with 2^64·u, whose rounding is that of 2^63·u. The exponent
// field of d is one of a normal number, whose exponent is e − 64.
func (u Unit) minusLogWide(word vec) vec {
	x := u.Min(u.FloatUnsigned(u.Insert(word, 3, 2)), f(1<<64-1<<11))
	d := u.SubInt(x, sqrtHalf-(1023-64)<<52)
	m := u.AddInt(u.And(d, machine.Const(1<<52-1)), sqrtHalf)
	y := u.Sub(m, f(1))
	s, t := u.LogTerms(y)
	return u.FMA(s, t, u.FNMSub(u.Exponent(d), f(Ln2), y))
}

// LogTerms is s and t with log(1 + z) = z − s·t.
func (u Unit) LogTerms(z vec) (s, t vec) {
	s = u.Div(z, u.Add(z, f(2)))
	x := u.Mul(s, s)
	y := u.Mul(x, x)
	p := u.FMA(u.Load(f(0x1.2f09790bdd82cp-3)), y, u.Pair(x, 0x1.39a157e37a19cp-3, 0x1.7466428a02ef3p-3))
	p = u.FMA(p, y, u.Pair(x, 0x1.c71c51f8ad7f5p-3, 0x1.24924942045e4p-2))
	p = u.FMA(p, y, u.Pair(x, 0x1.999999997fc75p-2, 0x1.5555555555593p-1))
	return s, u.FNMA(p, x, z)
}

// LogParts is logParts for positive normal x; nil is no e. The logical shift is one of
// the exponent + 2^11.
func (u Unit) LogParts(x, e vec) vec {
	const short, rest = 0x1.62e42feep-1, 0x1.a39ef35793c76p-33
	d := u.SubInt(x, sqrtHalf)
	y := u.Sub(u.SubInt(x, u.And(d, machine.Const(0xfff<<52))), f(1))
	k := u.Sub(u.Or(u.Right(u.Xor(d, machine.Sign), 52), f(0x1p52)), f(0x1p52+1<<11))
	if e != nil {
		k = u.Add(e, k)
	}
	s, t := u.LogTerms(y)
	low := u.Sub(u.Mul(s, t), u.Mul(k, f(rest)))
	return u.Add(u.Mul(k, f(short)), u.Sub(y, low))
}
