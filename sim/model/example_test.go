package model_test

import (
	"fmt"

	"gradchain/sim/model"
	"gradchain/theory/activation"
	"gradchain/theory/law"
)

func ExampleChain() {
	c := model.Chain{
		Kind:       model.Forward,
		Activation: activation.MustParse("leaky_relu(0.1)"),
		Weight:     law.MustParse("normal(1.5)"),
		Depth:      50,
	}
	fmt.Println(c.Canonical())
	c.Depth, c.Batch = 1_000_000_000, 1
	fmt.Println(c.Validate())
	// Output:
	// {"activation":"leaky_relu(0.1)","depth":50,"input":"constant(value=1)","kind":"forward","weight":"normal(sigma=1.5)"}
	// depth 1000000000: want 1 to 100000000
	// batch 1: want at least 2, or 0 for one input
}
