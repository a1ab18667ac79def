package product

import (
	"math"

	"gradchain/theory/internal/domain"
)

// TraceSecondMoment returns (1/n) E tr (JJᵀ)² for J a product of depth n×n Gaussian
// matrices of entries N(0, 1/n), which tends to L+1 as n → ∞. By Wick's theorem, with
// s = (1/n) E tr (JJᵀ)² and t = (1/n²) E (tr JJᵀ)², one more matrix gives
//
//	s′ = (1 + 1/n) s + t,  t′ = (2/n²) s + t
//
// from s = t = 1; the eigenvalues are 1 + 2/n and 1 − 1/n (derived), and
//
//	s = [(n+2)(1+2/n)^L − (n−1)(1−1/n)^L]/3.
//
// Domain: width ≥ 1, depth ≥ 1. It is an error if the result overflows.
func TraceSecondMoment(width, depth int) (float64, error) {
	if err := checkSize(width, depth); err != nil {
		return 0, err
	}
	n, l := float64(width), float64(depth)
	s := 1 + (n+2)/3*math.Expm1(l*math.Log1p(2/n))
	if width > 1 {
		s -= (n - 1) / 3 * math.Expm1(l*math.Log1p(-1/n))
	}
	return domain.Result("trace moment", s)
}
