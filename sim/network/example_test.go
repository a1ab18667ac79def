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

// A tanh network of σ_w = ½, 10,000 layers deep: the gradient at the input is far below
// the smallest float64, about 2^−10000 in infinite width, and so is the signal.
func Example() {
	m := model.Dense{Activation: activation.MustParse("tanh"), WeightStd: 0.5, Width: 100, Depth: 10_000}
	engine, err := network.New(network.Law, m)
	if err != nil {
		fmt.Println(err)
		return
	}
	var s network.Sample
	src := stream.Key{Seed: 1, Purpose: "example", Config: m.Canonical()}.Source(stream.Xoshiro)
	if err := engine.Sample(context.Background(), src, &s); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("log2 gradient norm %.0f\n", s.LogGradNorm[0]/math.Ln2)
	fmt.Printf("log2 root mean square of the signal %.0f\n", s.LogSquare[m.Depth]/2/math.Ln2)
	// Output:
	// log2 gradient norm -10063
	// log2 root mean square of the signal -10063
}

// Two inputs at an angle of 1° in a chaotic tanh network lose their correlation.
func ExampleNew() {
	m := model.Dense{
		Activation: activation.MustParse("tanh"), WeightStd: 3, Width: 1000, Depth: 40,
		Batch: 2, Angle: math.Pi / 180,
	}
	engine, err := network.New(network.Auto(m), m)
	if err != nil {
		fmt.Println(err)
		return
	}
	var s network.Sample
	src := stream.Key{Seed: 1, Purpose: "example", Config: m.Canonical()}.Source(stream.Xoshiro)
	if err := engine.Sample(context.Background(), src, &s); err != nil {
		fmt.Println(err)
		return
	}
	for _, l := range []int{0, 10, 40} {
		fmt.Printf("layer %d: correlation %.2f\n", l, s.Correlation[l])
	}
	// Output:
	// layer 0: correlation 1.00
	// layer 10: correlation 0.93
	// layer 40: correlation 0.09
}
