package activation

import "testing"

// arguments spans the line, so that every branch of an activation is taken.
var arguments = func() []float64 {
	z := make([]float64, 512)
	for i := range z {
		z[i] = (float64(i) - 255.5) / 16
	}
	return z
}()

var sink float64

func benchmark(b *testing.B, f func(a Activation) func(z float64) float64) {
	for _, text := range []string{"relu", "tanh", "gelu", "gelu_tanh", "mish", "elu"} {
		phi := f(MustParse(text))
		b.Run(text, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				for _, z := range arguments {
					sink += phi(z)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(arguments)), "ns/value")
		})
	}
}

func BenchmarkPhi(b *testing.B) {
	benchmark(b, func(a Activation) func(z float64) float64 { return a.Phi })
}

func BenchmarkDPhi(b *testing.B) {
	benchmark(b, func(a Activation) func(z float64) float64 { return a.DPhi })
}

func BenchmarkLogAbsDPhi(b *testing.B) {
	benchmark(b, func(a Activation) func(z float64) float64 { return a.LogAbsDPhi })
}

func BenchmarkParse(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse("leaky_relu(0.1)"); err != nil {
			b.Fatal(err)
		}
	}
}
