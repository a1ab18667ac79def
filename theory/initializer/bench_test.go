package initializer

import (
	"testing"

	"gradchain/theory/activation"
)

func BenchmarkVarianceGain(b *testing.B) {
	for _, name := range []string{"relu", "tanh", "mish"} {
		b.Run(name, func(b *testing.B) {
			a := activation.MustParse(name)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := VarianceGain(a, 1); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
