package residual

import (
	"fmt"
	"testing"

	"gradchain/theory/activation"
)

func BenchmarkLogSquaredNormMean(b *testing.B) {
	for _, width := range []int{3, 1_000_000} {
		b.Run(fmt.Sprint(width), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := LogSquaredNormMean(width, 1, Scale(0.1)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkLogGradientGrowth(b *testing.B) {
	for _, name := range []string{"tanh", "erf", "gelu"} {
		for _, depth := range []int{100, 1_000_000} {
			b.Run(fmt.Sprintf("%s/%d", name, depth), func(b *testing.B) {
				s := Stream{activation.MustParse(name), depth, 1, 1, 0}
				b.ReportAllocs()
				for b.Loop() {
					if _, err := LogGradientGrowth(s); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
