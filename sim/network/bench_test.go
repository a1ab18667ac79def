package network

import (
	"context"
	"fmt"
	"testing"

	"gradchain/sim/model"
	"gradchain/sim/stream"
	"gradchain/theory/activation"
)

// BenchmarkSample measures a sample, gradient norms at all layers included, in ms per
// sample and ns per unit.
func BenchmarkSample(b *testing.B) {
	for _, bb := range []struct {
		kind         Kind
		activation   string
		width, depth int
	}{
		{Law, "tanh", 1024, 50}, {Law, "relu", 1024, 50}, {Law, "gelu", 1024, 50}, {Matrix, "tanh", 1024, 10},
		{Norm, "relu", 1024, 50}, {Norm, "linear", 1024, 50},
		{Law, "tanh", 4096, 10}, {Law, "tanh", 8192, 10}, {Law, "tanh", 16384, 10}, {Law, "tanh", 32768, 10}, {Law, "tanh", 65536, 10},
		{Law, "tanh", 1, 10_000},
	} {
		b.Run(fmt.Sprintf("engine=%v/phi=%s/width=%d/depth=%d", bb.kind, bb.activation, bb.width, bb.depth), func(b *testing.B) {
			e, err := New(bb.kind, model.Dense{
				Activation: activation.MustParse(bb.activation), WeightStd: 1, Width: bb.width, Depth: bb.depth,
			})
			if err != nil {
				b.Fatal(err)
			}
			src := stream.Key{Purpose: "benchmark"}.Source(stream.Xoshiro)
			var s Sample
			b.ReportAllocs()
			for b.Loop() {
				if err := e.Sample(context.Background(), src, &s); err != nil {
					b.Fatal(err)
				}
			}
			perSample := float64(b.Elapsed().Nanoseconds()) / float64(b.N)
			b.ReportMetric(perSample/1e6, "ms/sample")
			b.ReportMetric(perSample/float64(bb.width*bb.depth), "ns/unit")
		})
	}
}

// BenchmarkBatch measures batches, in ms per sample and ns per unit and input.
func BenchmarkBatch(b *testing.B) {
	for _, bb := range []struct {
		kind                 Kind
		norm                 model.Norm
		width, depth, inputs int
	}{
		{Law, model.BatchNorm, 4096, 50, 32}, {Law, model.NoNorm, 4096, 50, 32}, {Law, model.LayerNorm, 4096, 50, 32},
		{Law, model.NoNorm, 4096, 50, 2}, {Matrix, model.BatchNorm, 256, 10, 32},
	} {
		b.Run(fmt.Sprintf("engine=%v/norm=%v/width=%d/depth=%d/batch=%d", bb.kind, bb.norm, bb.width, bb.depth, bb.inputs), func(b *testing.B) {
			e, err := New(bb.kind, model.Dense{
				Activation: activation.MustParse("relu"), WeightStd: 1, Width: bb.width, Depth: bb.depth, Batch: bb.inputs, Norm: bb.norm,
			})
			if err != nil {
				b.Fatal(err)
			}
			src := stream.Key{Purpose: "benchmark"}.Source(stream.Xoshiro)
			var s Sample
			b.ReportAllocs()
			for b.Loop() {
				if err := e.Sample(context.Background(), src, &s); err != nil {
					b.Fatal(err)
				}
			}
			perSample := float64(b.Elapsed().Nanoseconds()) / float64(b.N)
			b.ReportMetric(perSample/1e6, "ms/sample")
			b.ReportMetric(perSample/float64(bb.width*bb.depth*bb.inputs), "ns/unit")
		})
	}
}
