package chain

import (
	"math"
	"math/cmplx"

	"gradchain/theory/internal/domain"
)

// Exceedance returns P(log|P_L| > t), with a bound of its absolute error; dead paths count
// as −∞. P(log|P_L| ≥ t) is the same number except at an atom, which only few-valued
// factors have (rademacher or constant weights with a piecewise linear activation, and
// flat parts of φ′ with them); a t equal to an atom to rounding is taken to be the atom.
//
// Above the mean the law is tilted exponentially by |P_L|^θ, which makes a tiny
// probability relatively accurate as well; where that does not apply the value is that of
// Law, and it is an error where Law is.
func (p Product) Exceedance(t float64) (probability, bound float64, err error) {
	if err := domain.Integer("depth", p.Depth, 1); err != nil {
		return 0, 0, err
	}
	if err := domain.Check(!math.IsNaN(t), "t", t, "a number"); err != nil {
		return 0, 0, err
	}
	whole := p
	p, d, err := p.given()
	if err != nil {
		return 0, 0, err
	}
	alive, rounding := d.aliveAt(p.Depth)
	if c, _ := p.closed(d); c != nil {
		probability, bound = c.survival(t), 0x1p-46
		if math.Abs(t) < math.MaxFloat64 {
			delta := c.rounding(t)
			spread := c.survival(t-delta) - c.survival(t+delta)
			if b, ok := c.(blend); ok {
				spread = b.spread(t)
			}
			bound = probability*0x1p-46 + spread
		}
		return alive * probability, alive * (bound + rounding*probability), nil
	}
	if probability, bound, ok := p.tilted(d, t); ok {
		return alive * probability, alive * (bound + rounding*probability), nil
	}
	l, err := whole.Law()
	if err != nil {
		return 0, 0, err
	}
	return max(0, 1-l.CDF(t)), l.Bound(), nil
}

// tilted returns P(S > t) for S = log|P_L| given alive, if t is well above its mean. With
// the law tilted to order θ, φ its characteristic function there and Λ = log E|X|^θ,
//
//	P(S > t) = e^(LΛ−θt) (1/2π) ∫ φ(u) e^(−iut)/(θ+iu) du.
//
// The midpoint rule with spacing h gives Σ (−1)^n G(t+nT) over all n instead of G(t),
// where G(x) = e^(θ(x−t)) P(S > x) and T = 2π/h (Poisson); G(t−nT) ≤ e^(−nθT), and
// Chernoff's bound of a higher order holds G(t+nT).
func (p Product) tilted(d derivative, t float64) (probability, bound float64, ok bool) {
	// the period of a tilted sum is for a law of one mode
	if p.Factor.Weight.Degenerate() || p.Factor.Weight.Name() == "mixture" {
		return 0, 0, false
	}
	v := inversion{Product: p, n: d.nodes(1/math.Sqrt(float64(p.Depth)), 1e-12)}
	if !v.setTilt(t) {
		return 0, 0, false
	}
	count, rest := v.truncate(tiltedValues)
	if d.values == nil {
		if count > tiltedTerms {
			return 0, 0, false
		}
		v.n = d.nodes(float64(count)*v.step, 1e-15)
	}
	integral, e := v.tiltedSum(count, t)
	e += rest + tiltedAlias*integral
	if !(e <= 1e-3*integral) {
		return 0, 0, false
	}
	L := float64(p.Depth)
	moment := v.logMoment(v.tilt)
	scale := math.Exp(L*moment - v.tilt*t)
	rounding := 0x1p-50*(L*math.Abs(moment)+math.Abs(v.tilt*t)) + L*v.tilt*v.n.slope*v.n.growth(v.tilt)
	return scale * integral, scale * (e + rounding*integral), true
}

// tiltedTerms is the largest number of terms for a derivative of many values.
const tiltedTerms = 1 << 10

// tiltedAlias bounds the terms of Poisson's sum other than G(t), relative to it.
const tiltedAlias = 1e-13

// setTilt chooses θ, near the minimum of LΛ(θ) − θt, and h. It reports false unless t is
// more than a standard deviation above the mean.
func (v *inversion) setTilt(t float64) bool {
	L := float64(v.Depth)
	unit := 1 / (v.sigma() * math.Sqrt(L))
	_, most := v.Factor.Weight.Orders()
	mean := L * (v.Factor.Weight.LogMean() + v.n.center)
	if !(t > mean+1/unit) || math.IsInf(t, 1) {
		return false
	}
	exponent := func(theta float64) float64 { return L*v.logMoment(theta) - theta*t }
	limit, best := 0.9*most, math.Inf(1)
	for theta := unit / 2; theta < limit; theta *= 1.05 {
		value := exponent(theta)
		if !(value < best) {
			break
		}
		best, v.tilt = value, theta
	}
	if v.tilt == 0 || !(best > -700) {
		return false
	}
	higher := min(2*v.tilt, (v.tilt+most)/2)
	margin := -math.Log(tiltedAlias/4) + math.Log1p(10*v.tilt/unit) // 1/G(t) is of that order
	left := (margin - best) / v.tilt
	right := (exponent(higher) - best + margin) / (higher - v.tilt)
	v.step = 2 * math.Pi / max(left, right, 10/unit)
	return true
}

// tiltedSum returns the integral by the midpoint rule, and the error of its terms.
func (v *inversion) tiltedSum(count int, t float64) (integral, bound float64) {
	L := float64(v.Depth)
	n := v.n.tilted(v.tilt)
	slopes := make([]complex128, count)
	n.logCharacteristics(slopes, v.step)
	shift := L*n.center - t
	for k, slope := range slopes {
		u := (float64(k) + 0.5) * v.step
		weight := v.Factor.Weight.TiltedLogCharacteristic(v.tilt, u)
		term := cmplx.Exp(complex(L, 0)*(weight+slope)+complex(0, u*shift)) / complex(v.tilt, u)
		term *= complex(v.step/math.Pi, 0)
		integral += real(term)
		rounding := 0x1p-50 * (1 + L*cmplx.Abs(weight) + L*cmplx.Abs(slope) + u*math.Abs(shift))
		bound += v.termError(weight, slope, u*n.slope) * v.step / math.Pi / math.Hypot(v.tilt, u)
		if term != 0 {
			bound += cmplx.Abs(term) * rounding
		}
	}
	return integral, bound
}
