package chain

import (
	"gradchain/theory/internal/domain"
)

// Product is the product P_L = X_1 ⋯ X_L of Depth = L independent copies of a factor.
type Product struct {
	Factor Factor
	Depth  int // at least 1
}

// LogTypical returns L·E log|X|, the logarithm of the typical size of |P_L|. Domain as
// Factor.Lyapunov.
func (p Product) LogTypical() (float64, error) {
	return p.times(p.Factor.Lyapunov)
}

// LogMean returns log E|P_L| = L·log E|X|. E|w| must be finite.
func (p Product) LogMean() (float64, error) {
	return p.times(func() (float64, error) { return p.Factor.LogAbsMoment(1) })
}

// LogRMS returns ½ log E P_L² = (L/2)·log E X². E w² must be finite.
func (p Product) LogRMS() (float64, error) {
	return p.times(func() (float64, error) {
		log, err := p.Factor.LogAbsMoment(2)
		return log / 2, err
	})
}

// times returns L times a quantity of one factor.
func (p Product) times(perLayer func() (float64, error)) (float64, error) {
	if err := domain.Integer("depth", p.Depth, 1); err != nil {
		return 0, err
	}
	x, err := perLayer()
	return float64(p.Depth) * x, err
}
