package isometry_test

import (
	"fmt"

	"gradchain/theory/activation"
	"gradchain/theory/isometry"
)

// ReLU networks are never isometric, whatever the weights; tanh networks are, where the
// pre-activations are small enough for their depth.
func Example() {
	relu := isometry.Network{Activation: activation.MustParse("relu"), Ensemble: isometry.Orthogonal, Depth: 100}
	variance, err := isometry.SpectralVariance(relu)
	if err != nil {
		fmt.Println(err)
		return
	}
	edge, err := isometry.MaxSquaredSingularValue(relu)
	if err != nil {
		fmt.Println(err)
		return
	}
	q, err := isometry.VarianceForSpread(activation.MustParse("tanh"), 100, 0.25)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("relu: variance %.0f, largest squared singular value %.2f\n", variance, edge)
	fmt.Printf("tanh: variance 0.25 at q = %.7f\n", q)
	// Output:
	// relu: variance 100, largest squared singular value 270.47
	// tanh: variance 0.25 at q = 0.0193079
}
