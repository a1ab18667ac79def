package normalization

import (
	"testing"

	"gradchain/theory/activation"
)

func BenchmarkBatchNormGradientFactor(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := BatchNormGradientFactor(relu, 32); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkBatchNormGradientFactorLimit(b *testing.B) {
	gelu := activation.MustParse("gelu")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := BatchNormGradientFactorLimit(gelu); err != nil {
			b.Fatal(err)
		}
	}
}
