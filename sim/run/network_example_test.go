package run_test

import (
	"context"
	"fmt"
	"math"

	"gradchain/sim/model"
	"gradchain/sim/run"
	"gradchain/theory/activation"
	"gradchain/theory/product"
)

// The gradient of a He-initialised relu network keeps its mean square over any number
// of layers, but its typical size shrinks.
func ExampleNetwork() {
	relu := activation.MustParse("relu")
	layers, err := run.Network(context.Background(), run.NetworkSpec{
		Model:   model.Dense{Activation: relu, WeightStd: math.Sqrt2, Width: 32, Depth: 40},
		At:      []int{0},
		Samples: 5000,
		Seed:    1,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	want, err := product.LogSquaredNormMean(relu, 32, 40)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("mean log gradient norm %.1f, expected %.1f\n", layers[0].LogGradNorm.Mean(), want/2)
	// Output:
	// mean log gradient norm -1.7, expected -1.7
}
