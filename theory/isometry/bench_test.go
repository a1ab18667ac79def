package isometry

import (
	"fmt"
	"testing"

	"gradchain/theory/activation"
)

func BenchmarkMaxSquaredSingularValue(b *testing.B) {
	n := Network{activation.MustParse("hard_tanh"), Gaussian, 1000, 0.3}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := MaxSquaredSingularValue(n); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSpectralVariance(b *testing.B) {
	for _, q := range []float64{1e-12, 1, 1e6} {
		b.Run(fmt.Sprint(q), func(b *testing.B) {
			n := Network{activation.MustParse("gelu"), Gaussian, 1000, q}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := SpectralVariance(n); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkVarianceForSpread(b *testing.B) {
	tanh := activation.MustParse("tanh")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := VarianceForSpread(tanh, 100, 0.25); err != nil {
			b.Fatal(err)
		}
	}
}
