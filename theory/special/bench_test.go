package special

import (
	"math"
	"testing"
)

var sink float64

func BenchmarkFunctions(b *testing.B) {
	for _, bc := range []struct {
		name string
		f    func(x float64) float64
		x    float64
	}{
		{"Digamma/small", Digamma, 0.3}, {"Digamma/zero", Digamma, 1.5}, {"Digamma/large", Digamma, 30},
		{"Trigamma", Trigamma, 2.5},
		{"NormCDF", NormCDF, -1.5}, {"NormCDF/tail", NormCDF, -20}, {"LogNormCDF", LogNormCDF, -1.5}, {"LogNormCDF/tail", LogNormCDF, -100},
		{"Sigmoid", Sigmoid, 0.7}, {"SoftPlus", SoftPlus, 0.7}, {"LogCosh", LogCosh, 0.7},
		{"LogGammaComplex", func(x float64) float64 { return real(LogGammaComplex(complex(x, x))) }, 2.5},
	} {
		b.Run(bc.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				sink += bc.f(bc.x)
			}
		})
	}
}

func BenchmarkBrent(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		x, err := Brent(math.Cos, 0, 3)
		if err != nil {
			b.Fatal(err)
		}
		sink += x
	}
}

func BenchmarkMaximizeBracketed(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		x, _ := MaximizeBracketed(math.Sin, 0, 3)
		sink += x
	}
}
