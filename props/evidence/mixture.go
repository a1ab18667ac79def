package evidence

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// NormalMixture bounds a sum S of centred sub-Gaussian terms at all times, in
// terms of its intrinsic time V, the sum of their variances: Robbins (1970),
// Howard, Ramdas, McAuliffe and Sekhon (2021, eq. 14).
type NormalMixture struct {
	Rho float64 // positive; the tightest V is about Rho·2 ln(1/miss)
}

// NewNormalMixture is the mixture that is tightest at v, at the level miss of
// both sides together: ρ = v/(2 ln(1/miss) + ln(1 + 2 ln(1/miss))).
func NewNormalMixture(v, miss float64) NormalMixture {
	cost := -2 * math.Log(miss)
	return NormalMixture{v / (cost + math.Log1p(cost))}
}

// Radius bounds |S| at all times except with probability miss:
// √((v+ρ)(ln(1+v/ρ) + 2 ln(1/miss))).
func (m NormalMixture) Radius(v, miss float64) float64 {
	return math.Sqrt((v + m.Rho) * (math.Log1p(v/m.Rho) - 2*math.Log(miss)))
}

// LogE is the e-value against mean 0 for a sum s, both sides.
func (m NormalMixture) LogE(s, v float64) float64 {
	return math.Log(m.Rho/(v+m.Rho))/2 + s*s/(2*(v+m.Rho))
}

// LogEUpper is the e-value against means up to 0, from a half-normal mixture.
func (m NormalMixture) LogEUpper(s, v float64) float64 {
	z := s / math.Sqrt(v+m.Rho)
	return math.Log(4*m.Rho/(v+m.Rho))/2 + z*z/2 + math.Log(math.Erfc(-z/math.Sqrt2)/2)
}

// StitchedRadius bounds a sub-gamma sum of scale c on one side at all times with
// the rate of the law of the iterated logarithm, Howard et al. (2021, eq. 10)
// with s = 1.4 and η = 2; vMin is the intrinsic time from which it is meant to
// be tight.
func StitchedRadius(v, miss, vMin, c float64) float64 {
	const s, eta = 1.4, 2.0
	k1 := (math.Pow(eta, 0.25) + math.Pow(eta, -0.25)) / math.Sqrt2
	k2 := (math.Sqrt(eta) + 1) / 2
	v = max(v, vMin)
	epoch := s*math.Log(math.Log(eta*v/vMin)) + math.Log(mathext.Zeta(s, 1)/math.Pow(math.Log(eta), s))
	cost := epoch - math.Log(miss)
	linear := k2 * c * cost
	return math.Sqrt(k1*k1*v*cost+linear*linear) + linear
}
