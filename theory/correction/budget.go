package correction

import (
	"math"

	"gradchain/theory/internal/decimal"
	"gradchain/theory/internal/domain"
)

// SingleLayerBudget returns the mean over a ~ U(0,1) of the derivative of σ(w(a − ½)),
// which is the rise σ(w/2) − σ(−w/2) = tanh(w/4) < 1 (derived). It is the budget of one
// layer; that of a chain of any depth, weights and biases is also the rise of a monotone
// map into (0, 1), so that the gradient averages to less than 1 over the inputs.
// Domain: w > 0.
func SingleLayerBudget(w float64) (float64, error) {
	if err := domain.Positive("w", w); err != nil {
		return 0, err
	}
	return math.Tanh(w / 4), nil
}

// SigmoidProductBound returns (|w|/4)^L, the bound on the gradient of a width-1 sigmoid
// chain of depth L with all weights ±w (elementary, from sup σ′ = ¼). It underflows to
// 0, and is an error if it overflows. Domain: w real, depth ≥ 0.
//
// Special cases are:
//
//	SigmoidProductBound(w, 0) = 1
func SigmoidProductBound(w float64, depth int) (float64, error) {
	if err := domain.First(domain.Real("w", w), domain.Integer("depth", depth, 0)); err != nil {
		return 0, err
	}
	quarter := math.Abs(w) / 4 // exact, unless the bound underflows
	switch {
	case depth == 0:
		return 1, nil
	case quarter == 0:
		return 0, nil
	}
	log := math.Log(quarter) + decimal.Rest(w)/w
	return domain.Result("sigmoid product bound", math.Exp(float64(depth)*log))
}
