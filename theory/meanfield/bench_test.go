package meanfield

import (
	"sync"
	"testing"

	"gradchain/theory/activation"
)

// The phase diagram of tanh: 200 × 200 networks, all numbers of Phase for each.
func BenchmarkPhase_diagram(b *testing.B) {
	tanh := activation.MustParse("tanh")
	const side = 200
	column := func(i int) {
		for j := range side {
			n := Network{tanh, 0.5 + 4.5*float64(i)/side, 0.5 * float64(j+1) / side}
			if _, err := n.Phase(); err != nil {
				b.Error(err)
			}
		}
	}
	for _, bm := range []struct {
		name    string
		workers int
	}{{"1", 1}, {"2", 2}} {
		b.Run(bm.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				var group sync.WaitGroup
				for w := range bm.workers {
					group.Go(func() {
						for i := w; i < side; i += bm.workers {
							column(i)
						}
					})
				}
				group.Wait()
			}
			b.ReportMetric(b.Elapsed().Seconds()*1e6/float64(b.N)/(side*side), "µs/network")
		})
	}
}

func BenchmarkFixedPoint(b *testing.B) {
	for _, name := range []string{"tanh", "gelu", "selu"} {
		n := Network{activation.MustParse(name), 0.9, 0.1}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := n.FixedPoint(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkAtDepth(b *testing.B) {
	b.Run("variance", func(b *testing.B) {
		n := Network{activation.MustParse("tanh"), 1, 0}
		b.ReportAllocs()
		for b.Loop() {
			if _, err := n.VarianceAtDepth(0.5, 1_000_000); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("relu", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := ReLUCorrelationRate(1_000_000); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkWideLogGrowth(b *testing.B) {
	n := Network{activation.MustParse("tanh"), 4, 0.05}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := n.WideLogGrowth(4.05, 1, 20); err != nil {
			b.Fatal(err)
		}
	}
}
