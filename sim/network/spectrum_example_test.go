package network_test

import (
	"context"
	"fmt"
	"math"

	"gradchain/sim/model"
	"gradchain/sim/network"
	"gradchain/sim/stream"
	"gradchain/theory/activation"
)

// Ten layers of σ_w = 1: normal weights stretch some directions and lose others, and the
// more so the deeper they are. Orthogonal weights leave all lengths as they are.
func ExampleNewSpectral() {
	for _, weights := range []model.WeightLaw{model.GaussianWeights, model.OrthogonalWeights} {
		m := model.Dense{Activation: activation.MustParse("linear"), Weights: weights, WeightStd: 1, Width: 50, Depth: 10}
		spectral, err := network.NewSpectral(network.Auto(m), m)
		if err != nil {
			fmt.Println(err)
			return
		}
		logs := make([]float64, m.Width)
		src := stream.Key{Seed: 1, Purpose: "example", Config: m.Canonical()}.Source(stream.Xoshiro)
		if err := spectral.SingularValues(context.Background(), src, logs); err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%v: singular values %.2g to %.2g\n", weights, math.Exp(logs[0]), math.Exp(logs[m.Width-1]))
	}
	// Output:
	// gaussian: singular values 4 to 4.8e-12
	// orthogonal: singular values 1 to 1
}
