package product

import (
	"math"

	"gradchain/theory/internal/domain"
	"gradchain/theory/special"
)

// AngleContractionRate returns ρ(n) = −E log(sin²θ′/sin²θ) as θ → 0 for two inputs at
// angle θ of one He-ReLU layer, given at least two active units. The ratio is
// χ²_{k−1}/χ²_k, the two independent, k ~ Bin(n, ½), so that
//
//	ρ(n) = E[ψ(k/2) − ψ((k−1)/2) | k ≥ 2],
//
// about 2/n (derived; the leading term is that of Jakub & Nica 2023). Domain: width ≥ 2.
func AngleContractionRate(width int) (float64, error) {
	if err := domain.Integer("width", width, 2); err != nil {
		return 0, err
	}
	rate, _ := angleContraction(float64(width))
	return rate, nil
}

// AngleContractionVariance returns Var log(sin²θ′/sin²θ), in the setting and domain of
// AngleContractionRate: about 8/n.
func AngleContractionVariance(width int) (float64, error) {
	if err := domain.Integer("width", width, 2); err != nil {
		return 0, err
	}
	_, variance := angleContraction(float64(width))
	return variance, nil
}

func angleContraction(n float64) (rate, variance float64) {
	law := binomial{n}
	active := -math.Expm1(math.Log1p(n) - n*math.Ln2) // 1 − (n+1)2^−n = P(k ≥ 2)
	rate = law.expect(2, func(u float64) float64 {
		return digammaGap((n + u) / 2)
	}) / active
	variance = law.expect(2, func(u float64) float64 {
		k := (n + u) / 2
		distance := digammaGap(k) - rate
		return special.Trigamma(k/2) + special.Trigamma((k-1)/2) + distance*distance
	}) / active
	return rate, variance
}

// digammaGap returns ψ(k/2) − ψ((k−1)/2), about 1/k.
func digammaGap(k float64) float64 {
	return math.Log1p(1/(k-1)) + digammaLessLog(k/2) - digammaLessLog((k-1)/2)
}
