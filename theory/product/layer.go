package product

import (
	"gradchain/theory/activation"
	"gradchain/theory/internal/domain"
)

// checkNetwork is an error unless a is linear or relu, width ≥ 1 and depth ≥ 1.
func checkNetwork(a activation.Activation, width, depth int) error {
	name := a.Name()
	return domain.First(
		domain.Check(name == "linear" || name == "relu", "activation", a, "linear or relu"),
		domain.Integer("width", width, 1),
		domain.Integer("depth", depth, 1),
	)
}
