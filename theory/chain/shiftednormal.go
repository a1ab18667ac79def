package chain

import (
	"fmt"
	"math"

	"gradchain/theory/internal/domain"
	"gradchain/theory/law"
	"gradchain/theory/special"
)

// The exponent λ(mu, σ) = E log|N(mu, σ²)| obeys ∂λ/∂mu = (√2/σ)F(y) with Dawson's
// function F and y = mu/(σ√2), and the heat equation ∂λ/∂σ = σ ∂²λ/∂mu² = F′(y)/σ. So
// it falls in σ from log mu to a minimum at the maximum of F, y = 0.924…, and rises from
// there on.

// dawsonSlope returns F′(y) = 1 − 2yF(y), from F(y) = y Σ (−2y²)^k/(2k+1)!! (Abramowitz &
// Stegun 1964, 7.1.17), for y about 1.
func dawsonSlope(y float64) float64 {
	sum, term := 0.0, y
	for k := 1.0; math.Abs(term) > 1e-20; k++ {
		sum += term
		term *= -2 * y * y / (2*k + 1)
	}
	return 1 - 2*y*sum
}

// argminRatio is the σ/mu at the minimum, and minLyapunov the exponent there for mu = 1.
var argminRatio, minLyapunov = func() (ratio, exponent float64) {
	y, err := special.Brent(dawsonSlope, 0.5, 1.5)
	if err != nil {
		panic("chain: " + err.Error())
	}
	ratio = 1 / (math.Sqrt2 * y)
	return ratio, shiftedNormal(1, ratio).LogMean()
}()

func shiftedNormal(mu, sigma float64) law.Law {
	return law.MustParse(fmt.Sprintf("normal(mu=%g,sigma=%g)", mu, sigma))
}

// ShiftedNormalArgminSigma returns the σ that minimises E log|N(mu, σ²)|, mu > 0.
func ShiftedNormalArgminSigma(mu float64) (float64, error) {
	if err := domain.Positive("mu", mu); err != nil {
		return 0, err
	}
	return domain.Result("argmin sigma", mu*argminRatio)
}

// ShiftedNormalMinLyapunov returns the minimum over σ of E log|N(mu, σ²)|, mu > 0.
func ShiftedNormalMinLyapunov(mu float64) (float64, error) {
	if err := domain.Positive("mu", mu); err != nil {
		return 0, err
	}
	return math.Log(mu) + minLyapunov, nil
}

// ShiftedNormalZeroSigma returns the largest σ with E log|N(mu, σ²)| = 0: with mean 1,
// the signed products vanish typically below it and explode above it. It is an error
// unless 0 < mu ≤ 1.27807…, where the minimum over σ is 0; next to that end the relative
// accuracy falls to 1e-8, as at any double root.
func ShiftedNormalZeroSigma(mu float64) (float64, error) {
	largest := math.Exp(-minLyapunov)
	want := fmt.Sprintf("from above 0 to %.16g, beyond which E log|w| > 0 for every sigma", largest)
	if err := domain.Check(0 < mu && mu <= largest, "mu", mu, want); err != nil {
		return 0, err
	}
	const above = 3 // λ(mu, 3) ≥ log 3 + λ(0, 1) > 0
	sigma := mu * argminRatio
	exponent := func(s float64) float64 { return shiftedNormal(mu, s).LogMean() }
	if sigma == 0 || exponent(sigma) >= 0 {
		return max(sigma, math.SmallestNonzeroFloat64), nil
	}
	return special.Brent(exponent, sigma, above)
}
