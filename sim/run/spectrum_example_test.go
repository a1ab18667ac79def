package run_test

import (
	"context"
	"fmt"

	"gradchain/sim/model"
	"gradchain/sim/run"
	"gradchain/theory/activation"
	"gradchain/theory/product"
)

// The two largest Lyapunov exponents of products of normal matrices are those of Newman
// (1986) at any depth.
func ExampleStretched() {
	m := model.Dense{Activation: activation.MustParse("linear"), WeightStd: 1, Width: 5, Depth: 20}
	tallies, err := run.Stretched(context.Background(), run.StretchSpec{
		Model: m, Of: run.Lyapunov, At: []int{1, 2}, Samples: 2000, Seed: 1,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for i, t := range tallies {
		want, err := product.Lyapunov(m.Width, i+1, product.WeightVar(1))
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("exponent %d: %.2f nats per layer, expected %.2f\n", i+1, t.Mean(), want)
	}
	// Output:
	// exponent 1: -0.11 nats per layer, expected -0.11
	// exponent 2: -0.25 nats per layer, expected -0.25
}
