package isometry

import (
	"math"

	"gradchain/theory/internal/domain"
)

// SpectralMoment returns the limit of (1/n) tr (JJᵀ)^order for a linear network of depth
// Gaussian matrices with weight_var = 1: the Fuss–Catalan number C((L+1)k, k)/(Lk+1), k the
// order (Alexeev, Götze & Tikhomirov 2010). Domain: depth ≥ 1, order ≥ 1; it is an error
// if it overflows.
//
// Special cases are:
//
//	order 1: 1
//	order 2: L + 1
//	depth 1: Catalan numbers
func SpectralMoment(depth, order int) (float64, error) {
	if err := domain.First(domain.Integer("depth", depth, 1), domain.Integer("order", order, 1)); err != nil {
		return 0, err
	}
	L, k, moment := float64(depth), float64(order), 1.0
	for j := 2.0; j <= k && !math.IsInf(moment, 1); j++ { // every factor is above L, or above 1 + 1/j
		moment *= (L*k + j) / j
	}
	return domain.Result("spectral moment", moment)
}
