package isometry

import (
	"gradchain/theory/activation"
	"gradchain/theory/internal/domain"
)

// Ensemble is the law of the weight matrices.
type Ensemble string

// The ensembles: i.i.d. Gaussian entries of variance weight_var/n, and √weight_var times a
// Haar-distributed orthogonal matrix.
const (
	Gaussian   Ensemble = "gaussian"
	Orthogonal Ensemble = "orthogonal"
)

// Network is a deep network at criticality. Q, the variance of the pre-activations, does not
// matter for linear and relu, where it may be 0.
type Network struct {
	Activation activation.Activation
	Ensemble   Ensemble
	Depth      int // at least 1
	Q          float64
}

func (n Network) check() error {
	name := n.Activation.Name()
	if err := domain.First(
		domain.Check(name != "", "activation", "the zero value", "from Parse"),
		domain.Check(n.Ensemble == Gaussian || n.Ensemble == Orthogonal, "ensemble", n.Ensemble, "gaussian or orthogonal"),
		domain.Integer("depth", n.Depth, 1),
	); err != nil {
		return err
	}
	if n.Q == 0 && (name == "linear" || name == "relu") {
		return nil
	}
	return domain.Positive("q", n.Q)
}
