package main

import (
	"errors"
	"fmt"
	"math"

	"gradchain/sim/model"
	"gradchain/theory/figures"
	"gradchain/theory/meanfield"
	"gradchain/theory/normalization"
)

// criticalDigits are those of a critical σ_w. The ones behind depend on the machine that computes
// them, and σ_w keys the streams of a run.
const criticalDigits = 12

// criticalStd returns the σ_w for which theory says that gradients of a network of infinite
// width neither grow nor decay from layer to layer: that of the whole network, with its norm
// and its shortcuts. It is an error where there is none, or where the network does not come to
// it from its input.
func criticalStd(m model.Dense) (float64, error) {
	weightVar, err := criticalWeightVar(m)
	if err != nil {
		return 0, fmt.Errorf("weight-std critical with bias-std %v: %w", m.BiasStd, err)
	}
	return figures.Round(math.Sqrt(weightVar), criticalDigits), nil
}

func criticalWeightVar(m model.Dense) (float64, error) {
	switch {
	case m.Skip && m.Alpha == 0:
		return 0, errors.New("at alpha 0 the blocks do nothing and gradients stay at every weight-std; want a number")
	case m.Skip:
		return 0, fmt.Errorf("a residual network has none: a block multiplies the mean square of gradients by 1 + alpha² times that of its branch, above 1 at every weight-std; want a number%s; an alpha such as 1/sqrt(L) bounds the growth", ofBranch(m))
	case m.Norm == model.BatchNorm && m.Epsilon == 0:
		return 0, errors.New("batch norm has none: it divides by the scale of the weights, and gradients grow by the same factor at every weight-std; want a number, or norm layer")
	case m.Norm == model.BatchNorm:
		return 0, errors.New("batch norm has none that is known: only epsilon lets the scale of the weights matter; want a number, or norm layer")
	case m.Norm != model.NoNorm:
		return criticalNormalized(m)
	}
	p, err := meanfield.StableCritical(m.Activation, m.BiasStd*m.BiasStd, m.Scale()*m.Scale())
	return p.WeightVar, err
}

// ofBranch names the critical σ_w of the branch on its own, if it has one.
func ofBranch(m model.Dense) string {
	m.Skip, m.Alpha = false, 0
	std, err := criticalStd(m)
	if err != nil {
		return ""
	}
	return fmt.Sprintf(" such as %.6g, critical for the branch alone", std)
}

// criticalNormalized is that of layer or RMS norm. Where every σ_w is critical, it is that of the
// network without the norm, if there is one.
func criticalNormalized(m model.Dense) (float64, error) {
	u := normalization.Units{
		Activation: m.Activation, After: m.NormAfter, Centred: m.Norm == model.LayerNorm,
		BiasVar: m.BiasStd * m.BiasStd, Epsilon: m.Epsilon,
	}
	weightVar, every, err := u.CriticalWeightVar()
	if err != nil {
		return 0, fmt.Errorf("with %v norm and %s %w; want a number", m.Norm, m.Activation, err)
	}
	if every {
		if p, err := meanfield.StableCritical(m.Activation, u.BiasVar, m.Scale()*m.Scale()); err == nil {
			weightVar = p.WeightVar
		}
	}
	return weightVar, nil
}
