package product

import (
	"fmt"
	"testing"
)

func BenchmarkLogSquaredNormMean(b *testing.B) {
	for _, width := range []int{8, 500, 1_000_000} {
		b.Run(fmt.Sprint(width), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := LogSquaredNormMean(relu, width, 1); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkMomentExponent(b *testing.B) {
	for _, width := range []int{8, 500, 1_000_000} {
		b.Run(fmt.Sprint(width), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := MomentExponent(relu, width, 3.5); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkLyapunov(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Lyapunov(1_000_000, 1, WeightVar(1)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLogSquaredNormLaw(b *testing.B) {
	for _, width := range []int{1, 8, 500} {
		b.Run(fmt.Sprint(width), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := LogSquaredNormLaw(relu, width, 10); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkLaw_CDF(b *testing.B) {
	l, err := LogSquaredNormLaw(relu, 8, 10)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		l.CDF(-3)
	}
}
