package meanfield

import (
	"math"

	"gradchain/theory/gauss"
	"gradchain/theory/internal/domain"
)

// Spread is the mean and the variance of what is measured on one random network.
type Spread struct{ Mean, Variance float64 }

// mean returns E f(z), z standard normal, for f made of φ and φ′ at √q z.
func (n Network) mean(q float64, f func(z, phi, slope float64) float64) float64 {
	sd := math.Sqrt(q)
	value, _ := gauss.Expect(func(h float64) float64 {
		return f(h/sd, n.Activation.Phi(h), n.Activation.DPhi(h))
	}, q, n.Activation.Kinks()...)
	return value
}

// checkLayer is an error unless q is a variance of pre-activations that these biases allow.
func (n Network) checkLayer(q float64, width int) error {
	return domain.First(n.check(), domain.Positive("q", q), domain.Integer("width", width, 1),
		domain.Check(q >= n.BiasVar, "q", q, "at least bias_var"))
}

// SquareOfLayer returns those of ‖x‖²/n, x the n = width outputs of a layer whose
// pre-activations are independent N(0, q), as they are for any input of second moment
// (q − σ_b²)/σ_w²: E φ² and (E φ⁴ − (E φ²)²)/n, exact at any width. Domain: q > 0, q ≥ σ_b²,
// width ≥ 1.
func (n Network) SquareOfLayer(q float64, width int) (Spread, error) {
	if err := n.checkLayer(q, width); err != nil {
		return Spread{}, err
	}
	square := n.mean(q, func(_, x, _ float64) float64 { return x * x })
	fourth := n.mean(q, func(_, x, _ float64) float64 { return x * x * x * x })
	return finite(Spread{square, (fourth - square*square) / float64(width)})
}

// GradientOfLayer returns those of ‖∂(u·φ(Wx + b))/∂x‖², where x and h = Wx + b have n =
// width units, h the variance q, and u is uniform on the unit sphere. The mean is
//
//	χ₁ + (σ_w²/n) ρ (E z²φ′² − E φ′²),  ρ = (q − σ_b²)/q,
//
// exact at any width (derived): of the weights on the way back the component along x is
// the one that has made h. Domain as in SquareOfLayer.
func (n Network) GradientOfLayer(q float64, width int) (Spread, error) {
	return n.gradient(q, width, true)
}

// ShortcutOfLayer is GradientOfLayer with mean field's shortcut, weights on the way back
// that are independent of h (Schoenholz et al. 2017): the mean is χ₁ at any width.
func (n Network) ShortcutOfLayer(q float64, width int) (Spread, error) {
	return n.gradient(q, width, false)
}

// gradient has ‖Wᵀδ‖² = (σ_w²/n)((a·u)² + ‖δ‖²χ²_{n−1}) with δ_i = φ′_i u_i and a_i = φ′_i y_i,
// where y is the unit of Wx̂: correlated √ρ with z, or independent of it.
func (n Network) gradient(q float64, width int, tied bool) (Spread, error) {
	if err := n.checkLayer(q, width); err != nil {
		return Spread{}, err
	}
	rho := (q - n.BiasVar) / q
	if !tied {
		rho = 0
	}
	rest := 1 - rho
	slope2 := n.mean(q, func(_, _, d float64) float64 { return d * d })
	slope4 := n.mean(q, func(_, _, d float64) float64 { return d * d * d * d })
	own2 := n.mean(q, func(z, _, d float64) float64 { return (rho*z*z + rest) * d * d })
	own4 := n.mean(q, func(z, _, d float64) float64 {
		return (z*z*(rho*rho*z*z+6*rho*rest) + 3*rest*rest) * d * d * d * d
	})
	cross := n.mean(q, func(z, _, d float64) float64 { return (rho*z*z + rest) * d * d * d * d })
	m := float64(width)
	pair := func(same, different float64) float64 { return (same + (m-1)*different) / (m + 2) }
	mean := own2 + (m-1)*slope2
	square := 3*pair(own4, own2*own2) + 2*(m-1)*pair(3*cross, own2*slope2) + (m*m-1)*pair(3*slope4, slope2*slope2)
	scale := n.WeightVar / m
	return finite(Spread{scale * mean, scale * scale * (square - mean*mean)})
}

// finite passes numbers that float64 holds.
func finite(s Spread) (Spread, error) {
	_, err := domain.Result("the mean or the variance", s.Mean+s.Variance)
	return s, err
}
