package chain

import (
	"fmt"
	"testing"

	"gradchain/sim/model"
	"gradchain/sim/stream"
	"gradchain/theory/activation"
	"gradchain/theory/law"
)

// BenchmarkChain measures one block of 256 paths of depth 1000, in ns per step: one
// factor of one path, draws included.
func BenchmarkChain(b *testing.B) {
	const paths, depth = 256, 1000
	for _, kind := range []model.Kind{model.Independent, model.Forward} {
		for _, phi := range []string{"linear", "sigmoid", "tanh", "relu", "leaky_relu(0.1)", "gelu"} {
			b.Run(fmt.Sprintf("kind=%v/activation=%s", kind, phi), func(b *testing.B) {
				m := chainOf(kind, phi, "normal(1)", "", depth)
				bench(b, m, paths, depth)
			})
		}
	}
	for _, weight := range []string{"uniform(1)", "laplace(1)", "rademacher(1)", "cauchy(1)"} {
		b.Run(fmt.Sprintf("kind=independent/activation=sigmoid/weight=%s", law.MustParse(weight).Name()), func(b *testing.B) {
			bench(b, chainOf(model.Independent, "sigmoid", weight, "", depth), paths, depth)
		})
	}
}

// BenchmarkBatch measures chains on a batch of inputs, in ns per step: one input
// through one layer, forward and back.
func BenchmarkBatch(b *testing.B) {
	const paths, depth, batch = 8, 100, 32
	for _, kind := range []model.Kind{model.Forward, model.Normalized} {
		b.Run(fmt.Sprintf("kind=%v/activation=tanh", kind), func(b *testing.B) {
			m := model.Chain{
				Kind: kind, Activation: activation.MustParse("tanh"), Weight: law.MustParse("normal(1)"),
				Batch: batch, Depth: depth,
			}
			bench(b, m, paths, depth*batch)
		})
	}
}

func bench(b *testing.B, m model.Chain, paths, steps int) {
	e, err := New(m)
	if err != nil {
		b.Fatal(err)
	}
	src := stream.Key{Purpose: "benchmark"}.Source(stream.Xoshiro)
	var p Paths
	p.Resize(paths)
	b.ReportAllocs()
	for b.Loop() {
		e.Sample(src, p)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*paths*steps), "ns/step")
}
