package meanfield

import (
	"math"

	"gradchain/theory/activation"
	"gradchain/theory/gauss"
	"gradchain/theory/internal/domain"
)

// Network is a random network of infinite width. The zero Network is invalid.
type Network struct {
	Activation activation.Activation
	WeightVar  float64 // σ_w² = Var(W_ij)·fan-in, > 0
	BiasVar    float64 // σ_b², ≥ 0
}

func (n Network) check() error {
	return domain.First(
		domain.Check(n.Activation.Name() != "", "activation", "the zero value", "from Parse"),
		domain.Positive("weight_var", n.WeightVar),
		domain.NonNegative("bias_var", n.BiasVar),
	)
}

// VarianceMap returns V(q) = σ_w² E φ² + σ_b². Domain: q > 0.
func (n Network) VarianceMap(q float64) (float64, error) {
	m, err := n.moments(q)
	if err != nil {
		return 0, err
	}
	return domain.Result("V(q)", n.WeightVar*m.Square+n.BiasVar)
}

// Chi1 returns χ₁ = σ_w² E φ′², the mean square factor of a gradient per layer at the
// variance q. Domain: q ≥ 0, where 0 is the limit with φ′(0)² averaged over a kink.
func (n Network) Chi1(q float64) (float64, error) {
	m, err := n.moments(q)
	if err != nil {
		return 0, err
	}
	return domain.Result("χ₁", n.WeightVar*m.SlopeSquare)
}

// ChiQ returns χ_q = V′(q) = σ_w² E zφφ′/q. Domain: q > 0; also q = 0 for φ(0) = 0.
func (n Network) ChiQ(q float64) (float64, error) {
	m, err := n.moments(q)
	if err != nil {
		return 0, err
	}
	return domain.Result("χ_q", n.WeightVar*m.Growth)
}

// moments are those of φ at q, or their limits at 0.
func (n Network) moments(q float64) (gauss.Moments, error) {
	if err := n.check(); err != nil {
		return gauss.Moments{}, err
	}
	if q == 0 && n.Activation.Phi(0) == 0 {
		square := slopeSquare(n.Activation)
		return gauss.Moments{SlopeSquare: square, Growth: square}, nil
	}
	return gauss.NewMoments(n.Activation, q)
}

// slopeSquare returns φ′(0)², averaged over a kink: the limit of E φ′² for q → 0.
func slopeSquare(a activation.Activation) float64 {
	right, left := a.DPhi(math.SmallestNonzeroFloat64), a.DPhi(-math.SmallestNonzeroFloat64)
	return (right*right + left*left) / 2
}

// farSlopeSquare returns the limit of E φ′², and of E φ²/q, for q → ∞.
func farSlopeSquare(a activation.Activation) float64 {
	var square float64
	for _, sign := range [2]int{-1, 1} {
		if t := a.Tail(sign); t.Kind == activation.Constant {
			square += t.Coefficient * t.Coefficient / 2
		}
	}
	return square
}
