package evidence

import (
	"math"
	"math/rand/v2"
	"testing"
)

func BenchmarkScratchLaw(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	y := make([]float64, 1<<20)
	for i := range y {
		y[i] = r.Float64()
	}
	n := 0
	for b.Loop() {
		t, err := Law(LawConfig{CDFs: func(dst, y []float64) { copy(dst, y) }, Delta: 0.02})
		if err != nil {
			b.Fatal(err)
		}
		n = t.Budget()
		size := n / 400
		for i := 0; i < n; i += size {
			t.Update(y[i:min(n, i+size)])
			t.LogERefute()
			t.Refutes()
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/sample")
	b.ReportMetric(float64(n), "n")
}

func BenchmarkScratchMean(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	t, _ := Mean(Zone{Theta0: 0, Delta: 0.05}, 1, Levels{})
	n := t.Budget()
	y := make([]float64, n)
	for i := range y {
		y[i] = r.NormFloat64()
	}
	b.Run("update", func(b *testing.B) {
		for b.Loop() {
			t, _ = Mean(Zone{Theta0: 0, Delta: 0.05}, 1, Levels{})
			for i := 0; i < n; i += 276 {
				t.Update(y[i:min(n, i+276)])
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/sample")
	})
	b.Run("interval", func(b *testing.B) {
		for b.Loop() {
			t.Interval(0.99)
		}
	})
	b.Run("mde", func(b *testing.B) {
		for b.Loop() {
			t.MDE(n)
		}
	})
	b.Run("tiltmde", func(b *testing.B) {
		t, _ := Tilt(Zone{Theta0: 0, Delta: 0.05}, func(s float64) float64 { return s * s / 2 }, Levels{})
		n := t.Budget()
		for b.Loop() {
			t.MDE(n)
		}
	})
	b.Run("bernmde", func(b *testing.B) {
		t, _ := Bernoulli(Zone{Theta0: 0.1, Delta: 0.05}, Levels{})
		n := t.Budget()
		for b.Loop() {
			t.MDE(n)
		}
	})
	_ = math.Pi
}
