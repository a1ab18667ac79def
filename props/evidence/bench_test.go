package evidence

import (
	"math"
	"testing"
)

// benchmarkTest feeds a test its budget in batches as a run does, with a look
// after each.
func benchmarkTest(b *testing.B, fresh func() (Test, error), draw func() float64) {
	test := must(fresh())
	size := Options{}.batch(test)
	samples := make([]float64, min(test.Budget(), 1<<20)/size*size)
	for i := range samples {
		samples[i] = draw()
	}
	b.ReportAllocs()
	for b.Loop() {
		test = must(fresh())
		for from := 0; from < len(samples); from += size {
			if err := test.Update(samples[from : from+size]); err != nil {
				b.Fatal(err)
			}
			test.Excludes()
			test.Refutes()
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(samples)), "ns/sample")
}

func BenchmarkUpdate(b *testing.B) {
	source := newPCG(1)
	coin := func() float64 { return float64(source.IntN(2)) }
	z := Zone{Theta0: 0.5, Delta: 0.02}
	for _, bb := range []struct {
		name  string
		fresh func() (Test, error)
		draw  func() float64
	}{
		{"bernoulli", func() (Test, error) { return Bernoulli(z, Levels{}) }, coin},
		{"mean", func() (Test, error) { return Mean(Zone{Delta: 0.05}, 1, Levels{}) }, source.NormFloat64},
		{"bounded", func() (Test, error) { return BoundedMean(z, 0, 1, Levels{}) }, source.Float64},
		{"tilt", func() (Test, error) {
			return Tilt(Zone{Delta: 0.05}, func(s float64) float64 { return s * s / 2 }, Levels{})
		}, source.NormFloat64},
		{"law", func() (Test, error) { return Law(LawConfig{CDFs: uniformCDFs, Delta: 0.02}) }, source.Float64},
		{"two-sample", func() (Test, error) { return TwoSample(0.05, Levels{}) }, source.NormFloat64},
		{"independence", func() (Test, error) { return Independence(0, 0.02, Levels{}) }, source.NormFloat64},
	} {
		b.Run(bb.name, func(b *testing.B) { benchmarkTest(b, bb.fresh, bb.draw) })
	}
}

func BenchmarkReporting(b *testing.B) {
	source := newPCG(2)
	x := make([]float64, 10_000)
	for i := range x {
		x[i] = source.Float64()
	}
	perSample := func(b *testing.B, f func(x float64)) {
		b.ReportAllocs()
		for b.Loop() {
			for _, v := range x {
				f(v)
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(x)), "ns/sample")
	}
	b.Run("betting", func(b *testing.B) { perSample(b, (&Betting{Mean: 0.5, Sign: 1, Delta: 0.1}).Add) })
	b.Run("empirical Bernstein", func(b *testing.B) { perSample(b, (&EmpiricalBernstein{Miss: 0.01}).Add) })
}

func BenchmarkInterval(b *testing.B) {
	source := newPCG(3)
	test := must(Mean(Zone{Delta: 0.05}, 1, Levels{}))
	samples := make([]float64, test.Budget())
	for i := range samples {
		samples[i] = source.NormFloat64()
	}
	if err := test.Update(samples); err != nil {
		b.Fatal(err)
	}
	b.Run("mean", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			test.Interval(0.99)
		}
	})
	b.Run("KT", func(b *testing.B) {
		for b.Loop() {
			KTInterval(5000, 10_000, 0.01)
		}
	})
}

func BenchmarkLook(b *testing.B) {
	p := newPit(0, 0.1)
	p.update(fractions(10_000))
	b.Run("pit", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			p.logE()
		}
	})
	b.Run("two-sample p", func(b *testing.B) {
		for b.Loop() {
			TwoSamplePValue(100_000, 2000)
		}
	})
	b.Run("characteristic", func(b *testing.B) {
		z := Zone{Theta0: 0.05, Delta: 0.01}
		for b.Loop() {
			if c := must(BernoulliCharacteristic(z, Levels{}, 0.05, 198)); math.IsNaN(c.MeanSamples) {
				b.Fatal(c)
			}
		}
	})
}
