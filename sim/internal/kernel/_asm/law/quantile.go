package main

import (
	"gradchain/sim/internal/kernel/_asm/formula"
	"gradchain/sim/internal/kernel/_asm/machine"
)

// absQuantile is absQuantile, but for the outer tail, which is for the scalar code. The
// two quotients do not wait for each other.
func (u unit) absQuantile(c, s vec) (x vec, outer machine.Mask) {
	var r, a, b, p, q vec
	machine.Interleave(func() {
		r = u.Sqrt(u.Sub(u.Load(f(formula.Ln2)), u.LogParts(s, nil)))
		a, b = u.rational(u.Sub(r, f(1.6)), &middle)
	}, func() {
		square := u.Mul(u.Mul(c, c), f(0.25))
		p, q = u.rational(u.Sub(u.Load(f(0.180625)), square), &central)
	})
	tail := u.Compare(machine.Greater, c, f(0.85))
	outer = u.AndMask(tail, u.Compare(machine.Greater, r, f(5)))
	x = u.Div(u.Select(tail, a, p), u.Select(tail, b, q))
	return u.Select(tail, x, u.Mul(u.Mul(c, x), f(0.5))), outer
}

// rational is P(r) and Q(r).
func (u unit) rational(r vec, c *[2][8]float64) (p, q vec) {
	p, q = u.Load(f(c[0][0])), u.Load(f(c[1][0]))
	for i := 1; i < 8; i++ {
		p, q = u.FMA(p, r, f(c[0][i])), u.FMA(q, r, f(c[1][i]))
	}
	return p, q
}

// The coefficients of AS 241.
var (
	central = [2][8]float64{
		{2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457,
			13731.693765509461125, 1971.5909503065514427, 133.14166789178437745, 3.387132872796366608},
		{5226.495278852854561, 28729.085735721942674, 39307.89580009271061, 21213.794301586595867,
			5394.1960214247511077, 687.1870074920579083, 42.313330701600911252, 1},
	}
	middle = [2][8]float64{
		{7.7454501427834140764e-4, 0.0227238449892691845833, 0.24178072517745061177, 1.27045825245236838258,
			3.64784832476320460504, 5.7694972214606914055, 4.6303378461565452959, 1.42343711074968357734},
		{1.05075007164441684324e-9, 5.475938084995344946e-4, 0.0151986665636164571966, 0.14810397642748007459,
			0.68976733498510000455, 1.6763848301838038494, 2.05319162663775882187, 1},
	}
)
