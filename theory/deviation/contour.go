package deviation

import (
	"math"
	"math/cmplx"
)

// contour is the line Re = theta of the inversion: with S = Σ log|w| and Λ of the unit law,
//
//	±(1/2π) ∫ e^(LΛ(θ+iu) − (θ+iu)Ly)/(θ+iu) du
//
// is P(S ≥ Ly) for θ > 0 and P(S < Ly) for θ < 0.
type contour struct {
	saddle
	L, theta, variance float64 // variance is LΛ″(theta)
}

// newContour puts the line through the saddle of the integrand, the pole at 0 included:
// L(Λ′(θ) − y) = 1/θ, nearly, from V(θ−order)θ = 1 with V = LΛ″(order). Below the mean θ stays
// inside the domain, half as far from its end −1 as the order at least.
func (s saddle) newContour(L float64, below bool) contour {
	distance := math.Abs(s.order)
	theta := (distance + math.Sqrt(distance*distance+4/(L*curvature(s.unit, s.order)))) / 2
	if below {
		theta = -min(theta, 1-(1+s.order)/2)
	} else if _, hi := s.unit.Orders(); theta >= hi-(hi-s.order)/2 {
		theta = s.order + (hi-s.order)/2 // heavy tails: the domain ends at the tail index
	}
	return contour{s, L, theta, L * curvature(s.unit, theta)}
}

// mostTerms bounds the work of a sum over a heavy law, half a second. For student_t of tiny nu
// at small depth the integrand falls like a power over 1/nu spacings. Others get 16 times that.
const mostTerms = 1 << 18

// logIntegral returns the log of the integral by the midpoint rule, NaN if that takes more
// than that.
func (c contour) logIntegral(step float64) float64 {
	sum := 0.0
	for u, n := step/2, 0; ; u += step {
		if n++; n > mostTerms && c.heavy() || n > 16*mostTerms {
			return math.NaN()
		}
		log := c.unit.TiltedLogCharacteristic(c.theta, u)
		if c.L*real(log) < -46 { // 1e-20, and falling with u
			break
		}
		sum += real(cmplx.Exp(complex(c.L*real(log), c.L*(imag(log)-u*c.y))) / complex(c.theta, u))
	}
	residual := c.L * c.theta * (slope(c.unit, c.theta) - c.y)
	return residual - c.L*legendre(c.unit, c.theta) + math.Log(math.Abs(sum)*step/math.Pi)
}

// aliasing is the log of the largest relative error of the midpoint rule.
const aliasing = -37

// period returns a T such that the midpoint rule with spacing 2π/T is exact to e^aliasing.
// It gives Σ (−1)^n G(Ly+nT) instead of G(Ly), where G(t) = e^(θ(t−Ly)) P(S ≥ t) (Poisson),
// and by Chernoff's bound of the order θ+δ, for δ of either sign,
//
//	G(Ly+t) ≤ e^(LΛ(θ+δ) − (θ+δ)Ly − δt),
//
// where an order beyond 0 bounds nothing; likewise for P(S < t). Λ″ is convex for these laws,
// so that Λ(θ+δ) − Λ(θ) − δΛ′(θ) is at most δ²/2 times its larger value at the two orders,
// which next to a pole is far above the difference itself.
func (c contour) period() float64 {
	margin := -aliasing + math.Log(2+3*math.Abs(c.theta)*math.Sqrt(c.variance))
	drift := c.L * (slope(c.unit, c.theta) - c.y)
	period := 0.0
	for _, shift := range c.shifts(math.Sqrt(2 * margin / c.variance)) {
		least := math.Inf(1)
		for _, delta := range [2]float64{shift, 0.7 * shift} {
			variance := c.L * max(curvature(c.unit, c.theta), curvature(c.unit, c.theta+delta))
			growth := delta*drift + variance*delta*delta/2
			exact := c.L * (cumulant(c.unit, c.theta+delta) - cumulant(c.unit, c.theta) - delta*c.y)
			if exact < growth { // not where a moment has overflowed
				growth = exact
			}
			least = min(least, (margin+growth)/math.Abs(delta))
		}
		period = max(period, least)
	}
	return period
}

// shifts returns by how much the order is lowered and raised, ideally.
func (c contour) shifts(ideal float64) [2]float64 {
	if c.theta > 0 {
		_, hi := c.unit.Orders()
		return [2]float64{-min(ideal, c.theta), min(ideal, 0.7*(hi-c.theta))}
	}
	return [2]float64{-min(ideal, 0.7*(1+c.theta)), min(ideal, -c.theta)}
}
