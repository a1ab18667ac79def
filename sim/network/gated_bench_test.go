package network

import (
	"fmt"
	"testing"

	"gradchain/sim/model"
)

func BenchmarkGated(b *testing.B) {
	for _, m := range []model.Gated{
		{Cell: model.LSTM, Width: 16, Depth: 100, WeightStd: 1},
		{Cell: model.LSTM, Width: 256, Depth: 100, WeightStd: 1},
		{Cell: model.GRU, Width: 256, Depth: 100, WeightStd: 1},
		{Cell: model.LSTM, Width: 256, Depth: 100, BiasStd: 1},
	} {
		b.Run(fmt.Sprintf("%v/width=%d/weight_std=%v", m.Cell, m.Width, m.WeightStd), func(b *testing.B) {
			e, src := mustGated(b, m)
			var s GatedSample
			b.ReportAllocs()
			for b.Loop() {
				if err := e.Sample(b.Context(), src, &s); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(m.Depth)/1e3, "µs/step")
		})
	}
}
