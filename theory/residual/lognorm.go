package residual

import (
	"math"

	"gradchain/theory/internal/domain"
	"gradchain/theory/quad"
)

// LogSquaredNormMean returns E log‖Jv‖² over depth blocks I + aW, W_ij ~ N(0, 1/n), ‖v‖ = 1.
// A block multiplies ‖v‖² by (a²/n)·χ′²_n(n/a²), a noncentral χ²; the mean of its log is L
// times, from the Poisson mixture of digamma functions (derived),
//
//	∫₀^∞ [1 − (1−t)₊^(n/2−1)] e^(−Tt) dt/t,  T = n/(2a²),
//
// whose integrand does not change its sign for n ≥ 2. Domain: width ≥ 1, depth ≥ 1, a > 0.
//
// Special cases are:
//
//	width 1:   negative up to a = 1.556…, though E‖Jv‖² grows
//	width 2:   L·E₁(1/a²), less than any power of a
//	small a:   about L·a²(1 − 2/n)
func LogSquaredNormMean(width, depth int, b Branch) (float64, error) {
	if err := domain.First(domain.Integer("width", width, 1), domain.Integer("depth", depth, 1), b.check()); err != nil {
		return 0, err
	}
	n, L := float64(width), float64(depth)
	logT := math.Log(n/2) - 2*b.log(L)
	if err := domain.Check(!math.IsInf(logT, 1), "branch_scale", b.value, "> 0"); err != nil {
		return 0, err
	}
	value := L * (expIntegral(logT) + core(n, b.log(L), math.Exp(logT)))
	return domain.Result("mean log squared norm", value)
}

// core is the integral from 0 to 1. With t = ρ(2−ρ) the power is (1−ρ)^(n−2), and for odd n,
// too, the integrand is smooth up to ρ = 1.
func core(n, logA, T float64) float64 {
	switch {
	case n == 2:
		return 0
	case logA < -20: // the next term is a² of it
		return math.Exp(2*logA) * (1 - 2/n)
	}
	value, _ := quad.Integrate(func(r float64) float64 {
		power := -math.Expm1((n - 2) * math.Log1p(-r))
		return 2 * (1 - r) * power / (r * (2 - r)) * math.Exp(-T*r*(2-r))
	}, ladder(min(1/n, 1/T), 750/T), 1e-14)
	return value
}

// ladder returns breaks from 0 to 1 in steps of a factor 4 from the smallest scale of the
// integrand, which ends where it underflows.
func ladder(smallest, end float64) []float64 {
	end = min(end, 1)
	breaks := []float64{0}
	for r := smallest; r < end/2; r *= 4 {
		breaks = append(breaks, r)
	}
	return append(breaks, end)
}

// eulerGamma is −ψ(1).
const eulerGamma = 0.57721566490153286060651209008240243104215933593992

// expIntegral returns E₁(T) = ∫_T^∞ e^(−t)/t dt at T = e^logT: by its series for T ≤ 1, by its
// continued fraction beyond (Abramowitz & Stegun 1964, 5.1.11 and 5.1.22).
func expIntegral(logT float64) float64 {
	T := math.Exp(logT)
	if T > 1 {
		tail := 0.0
		for k := 40 + math.Floor(200/T); k > 0; k-- {
			tail = k * (1 / (1 + k/(T+tail)))
		}
		return math.Exp(-T) / (T + tail)
	}
	sum, term := 0.0, 1.0
	for k := 1.0; math.Abs(term) > 1e-18; k++ {
		term *= -T / k
		sum -= term / k
	}
	return sum - eulerGamma - logT
}
