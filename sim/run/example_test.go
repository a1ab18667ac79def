package run_test

import (
	"context"
	"fmt"

	"gradchain/sim/model"
	"gradchain/sim/run"
	"gradchain/theory/activation"
	"gradchain/theory/law"
)

func ExampleChain() {
	tallies, err := run.Chain(context.Background(), run.Spec{
		Model: model.Chain{
			Kind:       model.Forward,
			Activation: activation.MustParse("relu"),
			Weight:     law.MustParse("normal(1.5)"),
			Depth:      8,
		},
		At:    []int{1, 2, 4, 8},
		Paths: 100_000,
		Seed:  1,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, t := range tallies {
		alive := float64(t.Count()-t.Dead()) / float64(t.Count())
		fmt.Printf("depth %d: %.2f alive, expected %.2f\n", t.Depth(), alive, 1/float64(int(1)<<t.Depth()))
	}
	// Output:
	// depth 1: 0.50 alive, expected 0.50
	// depth 2: 0.25 alive, expected 0.25
	// depth 4: 0.06 alive, expected 0.06
	// depth 8: 0.00 alive, expected 0.00
}
