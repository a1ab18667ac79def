package law

import (
	"math"
	"math/cmplx"
)

// What follows is of log|w| given w ≠ 0, but for cumulant, which counts the atom at 0: with p
// the weights and Λ_i of the parts other than constant(0),
//
//	Λ(q) = log Σ p_i e^(Λ_i(q)),  π_i = p_i e^(Λ_i(q) − Λ(q)) the weights under the tilt |w|^q,
//	Λ′ = Σ π_i Λ_i′,  Λ″ = Σ π_i (Λ_i″ + (Λ_i′ − Λ′)²).

// orders are those that all parts have; with an atom at 0 a moment of negative order is
// infinite.
func (m mixed) orders() (lo, hi float64) {
	lo, hi = math.Inf(-1), math.Inf(1)
	for _, p := range m.parts() {
		a, b := p.Law.family.orders()
		if p.isZero() {
			a = 0
		}
		lo, hi = max(lo, a), min(hi, b)
	}
	return lo, hi
}

// cumulant keeps a small Λ relatively accurate where there is no atom at 0.
func (m mixed) cumulant(order float64) float64 {
	alive := m.alive()
	small, sum := len(alive) == m.n, 0.0
	for _, p := range alive {
		log := p.Law.family.cumulant(order)
		small = small && math.Abs(log) < 0.5
		sum += p.Weight * math.Expm1(log)
	}
	if small {
		return math.Log1p(sum)
	}
	_, log := m.tilted(order)
	return log
}

// tilted returns the parts other than the atom at 0 with their weights under the tilt, and
// the log of the sum of these before they were normalised.
func (m mixed) tilted(theta float64) (parts []Part, logSum float64) {
	parts = m.alive()
	top := math.Inf(-1)
	for i, p := range parts {
		parts[i].Weight = math.Log(p.Weight)
		if theta != 0 {
			parts[i].Weight += p.Law.family.cumulant(theta)
		}
		top = max(top, parts[i].Weight)
	}
	if math.IsInf(top, 0) {
		return parts, top
	}
	sum := 0.0
	for i := range parts {
		parts[i].Weight = math.Exp(parts[i].Weight - top)
		sum += parts[i].Weight
	}
	for i := range parts {
		parts[i].Weight /= sum
	}
	return parts, top + math.Log(sum)
}

// average is Σ π f(part) over the tilted parts that count.
func averageOf(parts []Part, f func(of family) float64) float64 {
	sum := 0.0
	for _, p := range parts {
		if p.Weight > 0 {
			sum += p.Weight * f(p.Law.family)
		}
	}
	return sum
}

func (m mixed) slope(order float64) float64 {
	parts, _ := m.tilted(order)
	return averageOf(parts, func(f family) float64 { return f.slope(order) })
}

func (m mixed) curvature(order float64) float64 {
	parts, _ := m.tilted(order)
	if m.degenerate() {
		return 0
	}
	mean := averageOf(parts, func(f family) float64 { return f.slope(order) })
	return averageOf(parts, func(f family) float64 {
		delta := f.slope(order) - mean
		return f.curvature(order) + delta*delta
	})
}

// characteristic is log Σ π_i e^(log E_i|w|^(theta+it) − Λ_i(theta)); with the mean drift it·Λ′
// taken out the sum is 1 + O(t²). The branch is the principal one of what is left, which jumps
// where the sum is negative: e^characteristic is continuous.
func (m mixed) characteristic(theta, t float64) complex128 {
	parts, _ := m.tilted(theta)
	mean := averageOf(parts, func(f family) float64 { return f.slope(theta) })
	drift := complex(0, t*mean)
	top := math.Inf(-1)
	logs := make([]complex128, len(parts))
	for i, p := range parts {
		if p.Weight > 0 {
			logs[i] = p.Law.family.characteristic(theta, t) - drift
			top = max(top, real(logs[i]))
		}
	}
	var excess, scaled complex128
	for i, p := range parts {
		if p.Weight > 0 {
			excess += complex(p.Weight, 0) * expm1(logs[i])
			scaled += complex(p.Weight, 0) * cmplx.Exp(logs[i]-complex(top, 0))
		}
	}
	if top > -1 {
		return drift + log1p(excess)
	}
	return drift + complex(top, 0) + cmplx.Log(scaled)
}

func (m mixed) envelope(theta, t float64) float64 {
	parts, _ := m.tilted(theta)
	return averageOf(parts, func(f family) float64 {
		if t == 0 {
			return 1
		}
		return min(1, f.envelope(theta, t))
	})
}
