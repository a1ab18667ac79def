package deviation

import (
	"fmt"
	"testing"

	"gradchain/theory/law"
)

func BenchmarkTail(b *testing.B) {
	for _, text := range []string{"normal(1)", "laplace(1)", "uniform(1)", "lognormal(0,1)"} {
		for _, depth := range []int{1, 50, 1_000_000} {
			b.Run(fmt.Sprintf("%s/%d", text, depth), func(b *testing.B) {
				w := law.MustParse(text)
				x := w.LogMean() + 0.01
				b.ReportAllocs()
				for b.Loop() {
					if _, err := Tail(w, depth, x); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func BenchmarkRate(b *testing.B) {
	w := law.MustParse("normal(1)")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Rate(w, 0); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkGrowthSeen(b *testing.B) {
	w := law.MustParse("student_t(3)")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := GrowthSeen(w, 1000, 1e6); err != nil {
			b.Fatal(err)
		}
	}
}
