package isometry

import (
	"math"

	"gradchain/theory/internal/domain"
)

// MaxSquaredSingularValue returns the largest squared singular value of J, the upper edge of
// the spectrum of JJᵀ. For φ′ ∈ {0, 1} with p = P(φ′(z) = 1), it is the least
//
//	gaussian    (1+z)/z·(1+z/p)^L
//	orthogonal  (1+z)/z·((1+z/p)/(1+z))^L
//
// over z > 0 (Pennington, Schoenholz & Ganguli 2017, from the S-transform); leaky_relu is in
// file leaky.go. Domain: the activation is linear, relu, leaky_relu or hard_tanh; depth ≥ 1.
//
// Special cases are:
//
//	linear gaussian:   (L+1)^(L+1)/L^L, about e(L+1)
//	linear orthogonal: 1
//	orthogonal:        ((1−p)/p)·L^L/(L−1)^(L−1), and p^−L where L(1−p) ≤ 1
func MaxSquaredSingularValue(n Network) (float64, error) {
	name := n.Activation.Name()
	if name == "leaky_relu" && n.Q == 0 {
		n.Q = 1 // any: half of the slopes are 1 whatever it is
	}
	if err := domain.First(
		domain.Check(name == "linear" || name == "relu" || name == "leaky_relu" || name == "hard_tanh", "activation", n.Activation, "linear, relu, leaky_relu or hard_tanh"),
		n.check(),
	); err != nil {
		return 0, err
	}
	if name == "leaky_relu" {
		return domain.Result("largest squared singular value", leakyEdge(float64(n.Depth), n.Activation.Args()[0], n.Ensemble == Gaussian))
	}
	live, dead := n.liveUnits()
	if n.Ensemble == Gaussian {
		return domain.Result("largest squared singular value", gaussianEdge(float64(n.Depth), live))
	}
	return domain.Result("largest squared singular value", orthogonalEdge(float64(n.Depth), live, dead))
}

// liveUnits returns P(φ′(z) = 1) and P(φ′(z) = 0).
func (n Network) liveUnits() (live, dead float64) {
	switch n.Activation.Name() {
	case "linear":
		return 1, 0
	case "relu":
		return 0.5, 0.5
	}
	cut := 1 / math.Sqrt2 / math.Sqrt(n.Q)
	return math.Erf(cut), math.Erfc(cut)
}

// gaussianEdge has its minimum where Lz(1+z) = p + z, at z = rp.
func gaussianEdge(L, p float64) float64 {
	r := 2 / (L - 1 + math.Hypot(L-1, 2*math.Sqrt(L*p)))
	return (1 + r*p) / (r * p) * math.Exp(L*math.Log1p(r))
}

// orthogonalEdge has its minimum at z = p/(L(1−p) − 1) if that is positive, else at ∞.
func orthogonalEdge(L, live, dead float64) float64 {
	if L*dead <= 1 {
		log := math.Log(live)
		if dead < 0.5 {
			log = math.Log1p(-dead)
		}
		return math.Exp(-L * log)
	}
	return dead / live * L * math.Exp(-(L-1)*math.Log1p(-1/L))
}
