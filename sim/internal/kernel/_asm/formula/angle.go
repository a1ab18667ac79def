package formula

import (
	"math"

	"gradchain/sim/internal/kernel/_asm/machine"
)

// Turn is the cosine and sine of πt/2 for t = i·2^−64. It works with i, and with
// coefficients that have the powers of two.
func (u Unit) Turn(word vec) (cos, sin vec) {
	i := u.Float(u.Insert(word, 7, 4))
	x := u.Mul(i, i)
	y := u.Mul(x, x)
	machine.Interleave(func() { cos = u.cosQuarter(x, y) }, func() { sin = u.Mul(i, u.sinQuarter(x, y)) })
	return cos, sin
}

// in is the coefficient of i^n for that of t^n.
func in(n int, c float64) float64 { return math.Ldexp(c, -64*n) }

// sinQuarter is sin(πt/2)/i for x = i².
func (u Unit) sinQuarter(x, y vec) vec {
	p := u.FMA(u.Pair(x, in(13, 0x1.e403d0847cd8cp-25), in(11, -0x1.e300a65a2e550p-19)), y,
		u.Pair(x, in(9, 0x1.5078301b62593p-13), in(7, -0x1.32d2cce3332dep-8)))
	p = u.FMA(p, y, u.Pair(x, in(5, 0x1.466bc67758d85p-4), in(3, -0x1.4abbce625be47p-1)))
	return u.FMA(p, x, f(in(1, math.Pi/2)))
}

// cosQuarter is cos(πt/2) for x = i².
func (u Unit) cosQuarter(x, y vec) vec {
	p := u.FMA(u.Load(f(in(14, -0x1.b263c34686870p-28))), y,
		u.Pair(x, in(12, 0x1.f9cc40ac9acb7p-22), in(10, -0x1.a6d1ec7e0b6c7p-16)))
	p = u.FMA(p, y, u.Pair(x, in(8, 0x1.e1f5068367b1dp-11), in(6, -0x1.55d3c7e3c9280p-6)))
	p = u.FMA(p, y, u.Pair(x, in(4, 0x1.03c1f081b5aaep-2), in(2, -0x1.3bd3cc9be45dep+0)))
	return u.FMA(p, x, f(1))
}
