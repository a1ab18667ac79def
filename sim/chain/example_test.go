package chain_test

import (
	"fmt"

	"gradchain/sim/chain"
	"gradchain/sim/model"
	"gradchain/sim/stream"
	"gradchain/theory/activation"
	"gradchain/theory/law"
)

func ExampleEngine() {
	m := model.Chain{
		Activation: activation.MustParse("sigmoid"),
		Weight:     law.MustParse("normal(1)"),
		Depth:      1000, // where ¼^depth is far below what a float64 can hold
	}
	engine, err := chain.New(m)
	if err != nil {
		fmt.Println(err)
		return
	}
	key := stream.Key{Seed: 1, Purpose: "example", Config: m.Canonical()}
	var p chain.Paths
	p.Resize(2000)
	engine.Sample(key.Source(stream.Xoshiro), p)
	mean, negative := 0.0, 0
	for i := range p.LogAbs {
		mean += p.LogAbs[i] / float64(p.Len())
		if p.Negative[i] {
			negative++
		}
	}
	fmt.Printf("log|G| per layer: %.1f\n", mean/1000)
	fmt.Printf("negative: %.1f\n", float64(negative)/float64(p.Len()))
	// Output:
	// log|G| per layer: -2.2
	// negative: 0.5
}

func ExampleNetwork() {
	n := chain.Network{
		Activation: activation.MustParse("tanh"),
		Weight:     []float64{2, -0.5},
		Bias:       []float64{0, 0.25},
	}
	t := n.Trace([]float64{1}, []float64{1})
	fmt.Printf("factors %.4f, %.4f\n", t.Factor[0][0], t.Factor[1][0])
	fmt.Printf("their product %.4f is the gradient %.4f\n", t.Factor[0][0]*t.Factor[1][0], t.InputGrad[0])
	// Output:
	// factors 0.1413, -0.4740
	// their product -0.0670 is the gradient -0.0670
}
