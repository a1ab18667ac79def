package recurrent

import "testing"

func BenchmarkLSTMGateLyapunov(b *testing.B) {
	for _, tc := range []struct {
		name    string
		bias, q float64
	}{{"moderate", 1, 1}, {"wide", 0, 1e6}, {"narrow", 1, 1e-12}, {"tail", 300, 30}} {
		b.Run(tc.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := LSTMGateLyapunov(tc.bias, tc.q); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkJordanPeakSteps(b *testing.B) {
	for _, tc := range []struct {
		name   string
		radius float64
	}{{"short", 0.9}, {"long", 0.999999999}} {
		b.Run(tc.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := JordanPeakSteps(tc.radius, 1); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkJordanNorm(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := JordanNorm(0.999999, 1, 1_000_000); err != nil {
			b.Fatal(err)
		}
	}
}
