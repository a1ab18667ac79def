package quad

import (
	"math"
	"testing"
)

var sink float64

func BenchmarkIntegrate(b *testing.B) {
	for _, bc := range []struct {
		name   string
		f      func(x float64) float64
		breaks []float64
	}{
		{"smooth", math.Exp, []float64{0, 1}},
		{"gaussian_line", func(x float64) float64 { return math.Exp(-x * x) }, []float64{math.Inf(-1), math.Inf(1)}},
		{"log_singularity", math.Log, []float64{0, 1}},
		{"sqrt_singularity", func(x float64) float64 { return 1 / math.Sqrt(x) }, []float64{0, 1}},
	} {
		b.Run(bc.name, func(b *testing.B) {
			b.ReportAllocs()
			calls := 0
			for b.Loop() {
				value, _ := Integrate(func(x float64) float64 { calls++; return bc.f(x) }, bc.breaks, 1e-12)
				sink += value
			}
			b.ReportMetric(float64(calls)/float64(b.N), "calls/op")
		})
	}
}
