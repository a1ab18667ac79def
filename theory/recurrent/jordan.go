package recurrent

import (
	"math"
	"math/big"

	"gradchain/theory/internal/decimal"
	"gradchain/theory/internal/domain"
)

// JordanNorm returns ‖A^t‖₂ of the matrix A = [[ρ, k], [0, ρ]] with spectral radius ρ
// and coupling k. As the norm of [[1, 2x], [0, 1]] is e^(arsinh x),
//
//	‖A^t‖₂ = ρ^t exp arsinh(t|k|/(2ρ))
//
// (elementary). Domain: spectralRadius > 0, coupling real, steps ≥ 1.
func JordanNorm(spectralRadius, coupling float64, steps int) (float64, error) {
	if err := domain.First(
		domain.Positive("spectral_radius", spectralRadius),
		domain.Real("coupling", coupling),
		domain.Integer("steps", steps, 1),
	); err != nil {
		return 0, err
	}
	t, k := float64(steps), math.Abs(coupling)
	shear := math.Asinh(t * (k / spectralRadius / 2))
	if math.IsInf(shear, 1) {
		shear = math.Log(t) + math.Log(k) - math.Log(spectralRadius)
	}
	return domain.Result("norm", math.Exp(t*decimal.Log(spectralRadius)+shear))
}

// JordanPeakSteps returns the first t ≥ 1 at which ‖A^t‖₂ of JordanNorm is largest.
// The norms rise and then fall, around t = √(1/log²ρ − (2ρ/k)²) for real t; the
// integer is found by comparing them in 512-bit arithmetic. Domain:
// 0 < spectralRadius < 1, coupling real.
func JordanPeakSteps(spectralRadius, coupling float64) (float64, error) {
	t, err := jordanPeak(spectralRadius, coupling)
	return float64(t), err
}

// JordanPeakNorm returns max ‖A^t‖₂ over t ≥ 1, in the domain of JordanPeakSteps.
func JordanPeakNorm(spectralRadius, coupling float64) (float64, error) {
	t, err := jordanPeak(spectralRadius, coupling)
	if err != nil {
		return 0, err
	}
	return JordanNorm(spectralRadius, coupling, t)
}

func jordanPeak(spectralRadius, coupling float64) (int, error) {
	if err := domain.First(
		domain.Check(0 < spectralRadius && spectralRadius < 1, "spectral_radius", spectralRadius, "between 0 and 1"),
		domain.Real("coupling", coupling),
	); err != nil {
		return 0, err
	}
	j := jordan{decimal.Value(spectralRadius), decimal.Value(math.Abs(coupling))}
	t, _ := j.peak(jordanGuess(spectralRadius, coupling))
	return t, nil
}

// jordanGuess is where the norms of real t are largest.
func jordanGuess(spectralRadius, coupling float64) int {
	decay, width := 1/decimal.Log(spectralRadius), 2*spectralRadius/coupling
	if square := decay*decay - width*width; square > 1 {
		return int(math.Sqrt(square))
	}
	return 1
}

// peak walks from t to the first step at which the norm is largest, and counts comparisons.
func (j jordan) peak(t int) (peak, compared int) {
	grows := func(t int) bool {
		compared++
		return j.grows(t)
	}
	for grows(t) {
		t++
	}
	for t > 1 && !grows(t-1) {
		t--
	}
	return t, compared
}

// jordan is the matrix of JordanNorm, with coupling ≥ 0.
type jordan struct{ radius, coupling *big.Float }

// grows reports whether ‖A^(t+1)‖₂ > ‖A^t‖₂ by more than a relative 2^−480. Closer
// ones are in the order of the limit k → ∞ with a tie, where the first is larger.
func (j jordan) grows(t int) bool {
	next := j.scaled(t + 1)
	next.Mul(next, j.radius)
	last := j.scaled(t)
	slack := new(big.Float).SetMantExp(last, -480)
	return next.Cmp(last.Add(last, slack)) > 0
}

// scaled returns tk + √(t²k² + 4ρ²) = 2ρ^(1−t) ‖A^t‖₂.
func (j jordan) scaled(t int) *big.Float {
	c := new(big.Float).SetPrec(decimal.Precision).SetInt64(int64(t))
	c.Mul(c, j.coupling)
	square := new(big.Float).Mul(c, c)
	radius := new(big.Float).Mul(j.radius, j.radius)
	square.Add(square, radius.SetMantExp(radius, 2))
	return c.Add(c, square.Sqrt(square))
}
