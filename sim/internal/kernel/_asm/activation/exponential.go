package main

import (
	"math"

	"gradchain/sim/internal/kernel/_asm/formula"
	"gradchain/sim/internal/kernel/_asm/machine"
)

// exponential are those of exponential.go; elu has width 1, celu any other.
func (u unit) exponential() {
	for _, width := range []struct {
		name  string
		decay func(x, width, rest vec) (formula.Scaled, mask)
	}{
		{"elu", func(x, _, _ vec) (formula.Scaled, mask) { return u.DecayRest(x, nil) }},
		{"celu", u.quotient},
	} {
		u.ValueOf(width.name, func(x vec, p []vec) (vec, mask) {
			e, near := width.decay(u.Min(u.zero(), x), p[0], p[1])
			lambda, depth := p[2], p[3]
			return u.Pick(x, u.Mul(lambda, x), u.Mul(depth, u.Minus1(e))), near
		})
		u.DerivativeOf(width.name, func(x vec, p []vec) (m, k vec, near mask) {
			e, near := width.decay(u.Min(u.zero(), x), p[0], p[1])
			lambda, slope, atZero := p[2], p[3], p[4]
			m = u.Pick(x, lambda, u.Mul(slope, u.Div(e.A, e.B)))
			m = u.Select(u.Compare(machine.Equal, x, f(0)), atZero, m)
			return m, u.Pick(x, u.zero(), e.K), near
		})
	}
	u.Value("softplus", u.logOnePlusExp)
	u.Value("logSigmoid", func(x vec) (vec, mask) {
		y, near := u.logOnePlusExp(u.Neg(x))
		return u.Neg(y), near
	})
	u.Derivative("softplus", func(x vec) (m, k vec, near mask) { return u.Gate(x, x) })
	u.Derivative("logSigmoid", func(x vec) (m, k vec, near mask) { return u.Gate(x, u.Neg(x)) })
}

// quotient is exponential.decay.
func (u unit) quotient(x, width, rest vec) (formula.Scaled, mask) {
	y := u.Div(x, width)
	low := u.Add(u.FMSub(u.Copy(y), width, x), u.Mul(y, rest))
	return u.DecayRest(y, u.Div(u.Neg(low), width))
}

// logOnePlusExp is logOnePlusExp.
func (u unit) logOnePlusExp(x vec) (y vec, near mask) {
	e, near := u.Decay(x)
	d := u.Ldexp(u.Div(e.A, e.B), e.K)
	large := u.Compare(machine.Greater, d, f(math.Sqrt2-1))
	z := u.Select(large, u.Mul(u.Sub(d, f(1)), f(0.5)), d)
	s, t := u.LogTerms(z)
	log := u.Sub(z, u.Mul(s, t))
	log = u.Select(large, u.Add(log, f(formula.Ln2)), log)
	return u.Add(u.Max(x, f(0)), log), near
}
