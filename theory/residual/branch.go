package residual

import (
	"errors"
	"math"

	"gradchain/theory/internal/domain"
)

// Branch is how large the residual branch is. The zero Branch is an error where it is used.
type Branch struct {
	kind  kind
	value float64
}

type kind int

const (
	missing kind = iota
	scale
	exponent
)

// Scale is a branch of scale a ≥ 0.
func Scale(a float64) Branch { return Branch{scale, a} }

// Exponent is a branch of scale L^(−exponent) in a network of depth L, exponent ≥ 0.
func Exponent(e float64) Branch { return Branch{exponent, e} }

func (b Branch) check() error {
	switch b.kind {
	case scale:
		return domain.NonNegative("branch_scale", b.value)
	case exponent:
		return domain.NonNegative("branch_exponent", b.value)
	}
	return errors.New("branch_scale and branch_exponent missing, want one of them >= 0")
}

// log returns log a, −Inf for a = 0.
func (b Branch) log(depth float64) float64 {
	if b.kind == exponent {
		return -b.value * math.Log(depth)
	}
	if b.value < 0x1p-1022 { // where math.Log is wrong on amd64
		return math.Log(b.value*0x1p52) - 52*math.Ln2
	}
	return math.Log(b.value)
}

// square returns a².
func (b Branch) square(depth float64) float64 {
	if b.kind == exponent {
		return math.Pow(depth, -2*b.value)
	}
	return b.value * b.value
}

// LogMeanSquareGain returns L·log(1+a²), the log of MeanSquareGain, which does not overflow.
// Domain: depth ≥ 1, branch scale or exponent ≥ 0.
func LogMeanSquareGain(depth int, b Branch) (float64, error) {
	if err := domain.First(domain.Integer("depth", depth, 1), b.check()); err != nil {
		return 0, err
	}
	L := float64(depth)
	switch square := b.square(L); {
	case square > 1e30:
		return domain.Result("log mean square gain", 2*L*b.log(L))
	case square > 1e-30:
		return L * math.Log1p(square), nil
	}
	return math.Exp(math.Log(L) + 2*b.log(L)), nil
}

// MeanSquareGain returns (1+a²)^L: E‖Jv‖² of ∏(I + aW) with weight_var 1, and likewise the
// growth of E‖x‖² of x + aW·relu(x) with weight_var 2 (He et al. 2016; Yang & Schoenholz
// 2017). Domain as LogMeanSquareGain; it is an error if it overflows.
func MeanSquareGain(depth int, b Branch) (float64, error) {
	log, err := LogMeanSquareGain(depth, b)
	if err != nil {
		return 0, err
	}
	return domain.Result("mean square gain", math.Exp(log))
}

// FixupScale returns L^(−1/(2m−2)), the factor of Fixup on the weights inside a branch of m
// layers (Zhang, Dauphin & Ma 2019). Domain: branchLayers ≥ 2, depth ≥ 1.
func FixupScale(branchLayers, depth int) (float64, error) {
	if err := domain.First(domain.Integer("branch_layers", branchLayers, 2), domain.Integer("depth", depth, 1)); err != nil {
		return 0, err
	}
	return math.Pow(float64(depth), -1/(2*float64(branchLayers)-2)), nil
}

// TanhGrowthCoefficient returns the limit of LogGradientGrowth/√L for tanh without bias,
// (8/3)σ_w/√(2π) (derived: q grows like σ_w²l, and E φ′² like (4/3)/√(2πq)). Domain:
// weight_std > 0.
func TanhGrowthCoefficient(weightStd float64) (float64, error) {
	if err := domain.Positive("weight_std", weightStd); err != nil {
		return 0, err
	}
	return domain.Result("coefficient", 8./3/math.Sqrt(2*math.Pi)*weightStd)
}
