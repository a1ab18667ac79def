package chain

import (
	"fmt"
	"math"

	"gradchain/theory/activation"
	"gradchain/theory/internal/domain"
	"gradchain/theory/law"
)

// DependentMeanSquare returns E(wφ′(wx))² for w ~ normal(sigma): the mean square of the
// factor of a width-1 layer without bias at input x, whose pre-activation is made of the
// same weight. It is an error for any other law, and unless x ≠ 0 is finite.
func DependentMeanSquare(phi activation.Activation, weight law.Law, x float64) (float64, error) {
	d, err := dependent(phi, weight, x)
	if err != nil {
		return 0, err
	}
	square, _, err := d.meanSquares()
	if err != nil {
		return 0, err
	}
	sigma := weight.Args()[0]
	return domain.Result("E(wφ′(wx))²", sigma*sigma*square)
}

// DependenceRatio returns DependentMeanSquare over E w²·E φ′(z)² with an independent z
// of the law of wx, which is what the mean-field assumption would give.
func DependenceRatio(phi activation.Activation, weight law.Law, x float64) (float64, error) {
	d, err := dependent(phi, weight, x)
	if err != nil {
		return 0, err
	}
	square, independent, err := d.meanSquares()
	if err != nil {
		return 0, err
	}
	return domain.Result("dependence ratio", square/independent)
}

// dependent returns the derivative with z = wx ~ N(0, (sigma·x)²).
func dependent(phi activation.Activation, weight law.Law, x float64) (derivative, error) {
	if err := domain.First(
		domain.Check(weight.Name() == "normal" && weight.Symmetric(), "weight", weight, "normal(sigma)"),
		domain.Check(x != 0 && !math.IsInf(x, 0) && !math.IsNaN(x), "x", x, "!= 0"),
	); err != nil {
		return derivative{}, err
	}
	z, err := law.Parse(fmt.Sprintf("normal(%g)", weight.Args()[0]*math.Abs(x)))
	if err != nil {
		return derivative{}, fmt.Errorf("x = %g: the standard deviation of w·x is out of range: %w", x, err)
	}
	return Factor{weight, phi, z}.derivative()
}

// meanSquares returns E(zφ′(z))²/Var z and E φ′(z)².
func (d derivative) meanSquares() (dependent, independent float64, err error) {
	sigma := d.z.Args()[0]
	q := sigma * sigma
	if d.phi.Name() == "sin" { // cos² z = (1 + cos 2z)/2
		return (1 + (1-4*q)*math.Exp(-2*q)) / 2, (1 + math.Exp(-2*q)) / 2, nil
	}
	dependent, err = d.expectSquare(func(z float64) float64 { return z / sigma * d.phi.DPhi(z) })
	if err != nil {
		return 0, 0, err
	}
	independent, err = d.expectSquare(d.phi.DPhi)
	return dependent, independent, err
}

// expectSquare returns E g(z)².
func (d derivative) expectSquare(g func(z float64) float64) (float64, error) {
	d.values = nil
	value, err := d.expect(func(z float64) float64 { return g(z) * g(z) })
	if err != nil {
		return 0, fmt.Errorf("E(wφ′(wx))² of activation = %v: %w", d.phi, err)
	}
	return value, nil
}
