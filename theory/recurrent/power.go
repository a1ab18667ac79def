package recurrent

import (
	"math"

	"gradchain/theory/internal/decimal"
	"gradchain/theory/internal/domain"
)

// NormBound returns the bound (γ·s_max)^T on ‖∂h_T/∂h_0‖ of a recurrent network with
// activation of Lipschitz constant γ and weights of largest singular value s_max
// (Pascanu, Mikolov & Bengio 2013). Domain: lipschitz > 0, maxSingularValue ≥ 0,
// steps ≥ 0.
//
// Special cases are:
//
//	NormBound(γ, s, 0) = 1
func NormBound(lipschitz, maxSingularValue float64, steps int) (float64, error) {
	if err := domain.First(
		domain.Positive("lipschitz", lipschitz),
		domain.NonNegative("max_singular_value", maxSingularValue),
		domain.Integer("steps", steps, 0),
	); err != nil {
		return 0, err
	}
	switch {
	case steps == 0:
		return 1, nil
	case maxSingularValue == 0:
		return 0, nil
	}
	return domain.Result("norm bound", math.Exp(float64(steps)*logProduct(lipschitz, maxSingularValue)))
}

// logProduct returns log xy, relatively accurate where xy is near 1.
func logProduct(x, y float64) float64 {
	product := x * y
	if math.Abs(math.Log2(product)) > 900 { // or 0 or infinite: not near 1
		return decimal.Log(x) + decimal.Log(y)
	}
	rest := math.FMA(x, y, -product)/product + decimal.Rest(x)/x + decimal.Rest(y)/y
	return math.Log(product) + rest
}

// GaussianPowerNorm returns the limit as n → ∞ of ‖W^t‖₂ for one n×n matrix W of
// entries N(0, g²/n), g^t √((t+1)^(t+1)/t^t), the same as for a product of t
// independent ones (Alexeev, Götze & Tikhomirov 2010). Domain: steps ≥ 1,
// weightStd > 0.
func GaussianPowerNorm(steps int, weightStd float64) (float64, error) {
	if err := domain.First(domain.Integer("steps", steps, 1), domain.Positive("weight_std", weightStd)); err != nil {
		return 0, err
	}
	t := float64(steps)
	log := t*decimal.Log(weightStd) + (t*math.Log1p(1/t)+math.Log1p(t))/2
	return domain.Result("power norm", math.Exp(log))
}
