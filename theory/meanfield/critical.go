package meanfield

import (
	"fmt"
	"math"

	"gradchain/theory/activation"
	"gradchain/theory/gauss"
	"gradchain/theory/internal/domain"
	"gradchain/theory/special"
)

// Critical is a point of the critical line: χ₁ = 1 at the fixed point q of V.
type Critical struct {
	Variance  float64 // q, NaN if every q is one (homogeneous φ)
	WeightVar float64 // σ_w² = 1/E φ′²
	ChiQ      float64 // above 1 the point is an unstable fixed point of V
}

// CriticalWeightVar returns σ_w² = 1/E φ′², for which χ₁ = 1 at the variance q. Domain:
// q > 0.
func CriticalWeightVar(a activation.Activation, q float64) (float64, error) {
	m, err := gauss.NewMoments(a, q)
	if err != nil {
		return 0, err
	}
	return domain.Result("1/E φ′²", 1/m.SlopeSquare)
}

// CriticalBiasVar returns σ_b² = q − E φ²/E φ′², for which q is then a fixed point of V
// (Hayou, Doucet & Rousseau 2019). It may be negative: then there is no such point.
// Domain: q > 0.
func CriticalBiasVar(a activation.Activation, q float64) (float64, error) {
	m, err := gauss.NewKernel(a, q)
	if err != nil {
		return 0, err
	}
	if a.Homogeneous() {
		return 0, nil
	}
	if q < 0.1 { // where the difference is of the order q² or q³
		if excess, ok := m.Excess(); ok {
			return domain.Result("q − E φ²/E φ′²", excess/m.SlopeSquare)
		}
	}
	return domain.Result("q − E φ²/E φ′²", q-m.Square/m.SlopeSquare)
}

// CriticalAt returns the point of the critical line whose fixed point is q, and its σ_b², which
// is negative where there is no such network. Domain: q > 0.
func CriticalAt(a activation.Activation, q float64) (p Critical, biasVar float64, err error) {
	m, err := gauss.NewMoments(a, q)
	if err != nil {
		return Critical{}, 0, err
	}
	biasVar, err = CriticalBiasVar(a, q)
	return Critical{q, 1 / m.SlopeSquare, m.Growth / m.SlopeSquare}, biasVar, err
}

// CriticalPoint returns the point of the critical line with that σ_b², with the smallest q
// if there are several. Without bias that is the end q → 0 of the line, with φ′(0)²
// averaged over a kink, unless φ(0) ≠ 0. It is an error where there is none: for
// homogeneous φ with bias, and for softplus and log_sigmoid.
func CriticalPoint(a activation.Activation, biasVar float64) (Critical, error) {
	if err := (Network{a, 1, biasVar}).check(); err != nil {
		return Critical{}, err
	}
	square := slopeSquare(a)
	switch {
	case a.Homogeneous() && biasVar > 0:
		return Critical{}, fmt.Errorf("bias_var = %.6g, want 0 for %s: q = χ₁q + σ_b² has no solution at χ₁ = 1", biasVar, a)
	case a.Homogeneous():
		return Critical{math.NaN(), 1 / square, 1}, nil
	case biasVar == 0 && a.Phi(0) == 0:
		return Critical{0, 1 / square, 1}, nil
	}
	q, err := criticalVariance(a, biasVar)
	if err != nil {
		return Critical{}, err
	}
	m, err := gauss.NewMoments(a, q)
	return Critical{q, 1 / m.SlopeSquare, m.Growth / m.SlopeSquare}, err
}

// criticalVariance follows σ_b²(q) upwards to the first q where it reaches biasVar, from
// biasVar, as it is below q. A maximum on the way is looked at.
func criticalVariance(a activation.Activation, biasVar float64) (float64, error) {
	const near, far = 1e-30, 1e24 // beyond, the difference is lost
	step := 1.25
	excess := func(q float64) float64 {
		value, err := CriticalBiasVar(a, q)
		if err != nil {
			return math.NaN()
		}
		return value - biasVar
	}
	lo := max(biasVar, near)
	if a.Phi(0) != 0 { // σ_b² starts at −φ(0)²/φ′(0)²
		lo = max(biasVar, 1e-6)
	}
	before, below := math.Inf(-1), excess(lo)
	if below >= 0 { // σ_b² is lost in the rounding error
		return lo, nil
	}
	for hi := lo * step; hi < far*max(1, biasVar) && !math.IsNaN(below); lo, hi = hi, hi*step {
		above := excess(hi)
		if below > before && below > above { // a maximum between lo/step and hi
			if at, value := special.MaximizeBracketed(excess, lo/step, hi); value >= 0 {
				return special.Brent(excess, lo/step, at)
			}
		}
		if above >= 0 {
			return special.Brent(excess, lo, hi)
		}
		before, below = below, above
		if lo > 1e3*max(1, biasVar) { // σ_b² bends on the scale of q there
			step = 2
		}
	}
	return 0, fmt.Errorf("bias_var = %v: %s has no critical point with it, σ_b² = q − E φ²/E φ′² stays below for every q", biasVar, a)
}

// gated are the activations whose critical line has a stable and an unstable part.
func checkGated(a activation.Activation) error {
	switch a.Name() {
	case "gelu", "gelu_tanh", "silu", "mish":
		return nil
	}
	return domain.Check(false, "activation", a, "gelu, gelu_tanh, silu or mish")
}

// MinCritical returns the point of the critical line with the smallest σ_w, 1/√max E φ′².
// Domain: gelu, gelu_tanh, silu, mish.
func MinCritical(a activation.Activation) (Critical, error) {
	if err := checkGated(a); err != nil {
		return Critical{}, err
	}
	log, square := special.MaximizeBracketed(func(log float64) float64 {
		m, err := gauss.NewMoments(a, math.Exp(log))
		if err != nil {
			return math.NaN()
		}
		return m.SlopeSquare
	}, 0, math.Log(1e4))
	m, err := gauss.NewMoments(a, math.Exp(log))
	return Critical{math.Exp(log), 1 / square, m.Growth / square}, err
}

// MinCriticalWeightStd returns the σ_w of MinCritical.
func MinCriticalWeightStd(a activation.Activation) (float64, error) {
	p, err := MinCritical(a)
	return math.Sqrt(p.WeightVar), err
}

// HalfStable returns the point K*, C_W, C_b where χ_q = χ₁ = 1: V touches the diagonal,
// and below K* the critical line is unstable (Roberts, Yaida & Hanin 2021, ch. 5). Domain:
// gelu, gelu_tanh, silu, mish.
func HalfStable(a activation.Activation) (variance float64, n Network, err error) {
	if err := checkGated(a); err != nil {
		return 0, Network{}, err
	}
	return halfStable(a)
}

func halfStable(a activation.Activation) (variance float64, n Network, err error) {
	variance, err = special.Brent(func(q float64) float64 {
		m, err := gauss.NewMoments(a, q)
		if err != nil {
			return math.NaN()
		}
		return m.Growth - m.SlopeSquare
	}, 0.5, 100)
	if err != nil {
		return 0, Network{}, err
	}
	m, err := gauss.NewMoments(a, variance)
	if err != nil {
		return 0, Network{}, err
	}
	return variance, Network{a, 1 / m.SlopeSquare, variance - m.Square/m.SlopeSquare}, nil
}
