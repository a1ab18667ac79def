package chain

import (
	"fmt"

	"gradchain/theory/internal/domain"
)

// AliveLogMoments returns the mean and the variance of log|P_L| given that the path is
// alive, P_L ≠ 0: L times those of one factor given that it is not 0. Where no factor is 0
// they are LogTypical and L·Factor.LogVariance. It is an error where those are infinite.
func (p Product) AliveLogMoments() (mean, variance float64, err error) {
	if err := domain.Integer("depth", p.Depth, 1); err != nil {
		return 0, 0, err
	}
	p, d, err := p.given()
	if err != nil {
		return 0, 0, err
	}
	if err := d.checkTails(2); err != nil {
		return 0, 0, err
	}
	start, relative := d.relative()
	center, err := d.expectSigned(relative)
	if err != nil {
		return 0, 0, fmt.Errorf("mean of log|φ′(z)| of activation = %v: %w", d.phi, err)
	}
	center /= d.alive
	spread, err := d.expect(func(z float64) float64 {
		delta := relative(z) - center
		return delta * delta
	})
	if err != nil {
		return 0, 0, fmt.Errorf("variance of log|φ′(z)| of activation = %v: %w", d.phi, err)
	}
	depth := float64(p.Depth)
	mean = depth * (start + center + p.Factor.Weight.LogMean())
	return mean, depth * (spread/d.alive + p.Factor.Weight.LogVariance()), nil
}
