package normalization

import (
	"errors"
	"math"

	"gradchain/theory/activation"
	"gradchain/theory/gauss"
	"gradchain/theory/internal/domain"
	"gradchain/theory/special"
)

// BatchNormGradientFactor returns the growth of E‖∇‖² per layer with batch normalization over
// a batch of size B, in a wide network: with c = −1/(B−1) the correlation of two normalized
// units, K = E φφ and P = E φ′φ′ of relu at c,
//
//	linear  (B−2)/(B−3)
//	relu    B·T/((B−1)(B−3)(½−K)),  T = (B−3)/2 + 1/B + ((B−1)/B)(P+K)
//
// (Yang et al. 2019, re-derived from the Jacobian √B/r·(I − 11ᵀ/B − uuᵀ), r² ~ s²χ²_{B−1}, u
// uniform on the sphere orthogonal to 1). Domain: linear or relu, batch ≥ 4: for smaller ones
// E 1/r² is infinite.
//
// Special cases are:
//
//	linear: 2 at batch 4, 1 as batch → ∞
//	relu:   π/(π−1) as batch → ∞
func BatchNormGradientFactor(a activation.Activation, batch int) (float64, error) {
	excess, err := batchNormExcess(a, batch)
	if err != nil {
		return 0, err
	}
	return 1 + excess, nil
}

// BatchNormLogGradientFactor returns the natural log of BatchNormGradientFactor, relatively
// accurate for large batches of linear too, where it is about 1/B. Domain as there.
func BatchNormLogGradientFactor(a activation.Activation, batch int) (float64, error) {
	excess, err := batchNormExcess(a, batch)
	return math.Log1p(excess), err
}

// batchNormExcess is the factor less 1.
func batchNormExcess(a activation.Activation, batch int) (float64, error) {
	name := a.Name()
	if err := domain.First(
		domain.Check(name == "linear" || name == "relu", "activation", a, "linear or relu"),
		domain.Integer("batch", batch, 4),
	); err != nil {
		return 0, err
	}
	B := float64(batch)
	if name == "linear" {
		return 1 / (B - 3), nil
	}
	c := -1 / (B - 1)
	turn := math.Pi - math.Acos(c) // Cho & Saul 2009
	kernel := (math.Sqrt(1-c*c) + c*turn) / (2 * math.Pi)
	slope := turn / (2 * math.Pi)
	trace := (B-3)/2 + 1/B + (B-1)/B*(slope+kernel)
	return B/(B-1)*(trace/(B-3))/(0.5-kernel) - 1, nil
}

// BatchNormGradientFactorLimit returns the limit of the growth as batch → ∞, for any
// activation: E φ′(z)²/Var φ(z), z ~ N(0,1) (derived). It is at least 1 by Poincaré's
// inequality, and 1 for linear only.
//
// Special cases are:
//
//	relu: π/(π−1)
func BatchNormGradientFactorLimit(a activation.Activation) (float64, error) {
	return ratio(a, gauss.Variance)
}

// LayerNormGradientFactor returns the growth of E‖∇‖² per layer with layer normalization
// before φ, in a wide network: E φ′(z)²/E φ(z)², z ~ N(0,1) (derived). Any activation.
//
// Special cases are:
//
//	linear, relu, leaky_relu: 1
func LayerNormGradientFactor(a activation.Activation) (float64, error) {
	return ratio(a, gauss.MeanSquare)
}

// ratio returns E φ′²/size at q = 1.
func ratio(a activation.Activation, size func(activation.Activation, float64) (value, bound float64, err error)) (float64, error) {
	slope, _, err := gauss.DerivativeMoment(a, 1, 2)
	if err != nil {
		return 0, err
	}
	below, _, err := size(a, 1)
	if err != nil {
		return 0, err
	}
	return domain.Result("gradient factor", slope/below)
}

// OutputRMS returns √(v/(v+ε)), the root mean square of a unit after batch normalization with
// variance v of the batch. Domain: v ≥ 0, ε ≥ 0, not both 0.
func OutputRMS(variance, epsilon float64) (float64, error) {
	if err := domain.First(
		domain.NonNegative("variance", variance),
		domain.NonNegative("epsilon", epsilon),
	); err != nil {
		return 0, err
	}
	if variance == 0 && epsilon == 0 {
		return 0, errors.New("variance = 0 and epsilon = 0, want one of them > 0")
	}
	std := math.Sqrt(variance)
	return std / math.Hypot(std, math.Sqrt(epsilon)), nil
}

// SaturationProbability returns P(|z| > threshold) for z ~ N(0,1), the part of the batch-
// normalized units beyond the threshold, relatively accurate where it is tiny. Domain:
// threshold ≥ 0.
func SaturationProbability(threshold float64) (float64, error) {
	if err := domain.NonNegative("threshold", threshold); err != nil {
		return 0, err
	}
	return 2 * special.NormCDF(-threshold), nil
}
