package gauss

import (
	"fmt"
	"testing"

	"gradchain/theory/activation"
)

func benchmark(b *testing.B, f func(a activation.Activation, q float64) (value, bound float64, err error)) {
	for _, text := range []string{"tanh", "gelu", "mish", "celu(0.01)"} {
		a := activation.MustParse(text)
		for _, q := range []float64{1e-12, 1, 1e6} {
			b.Run(fmt.Sprintf("%s/q=%g", text, q), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if _, _, err := f(a, q); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func BenchmarkMeanSquare(b *testing.B)            { benchmark(b, MeanSquare) }
func BenchmarkVariance(b *testing.B)              { benchmark(b, Variance) }
func BenchmarkLogDerivativeMean(b *testing.B)     { benchmark(b, LogDerivativeMean) }
func BenchmarkLogDerivativeVariance(b *testing.B) { benchmark(b, LogDerivativeVariance) }

func BenchmarkDerivativeMoment(b *testing.B) {
	benchmark(b, func(a activation.Activation, q float64) (value, bound float64, err error) {
		return DerivativeMoment(a, q, 2)
	})
}
