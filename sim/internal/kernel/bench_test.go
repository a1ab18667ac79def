package kernel

import (
	"fmt"
	"math"
	"testing"

	"gradchain/sim/stream"
	"gradchain/theory/activation"
	"gradchain/theory/law"
)

// benchLength is the number of values of a benchmark: a block of paths, which stays
// in the first-level cache.
const benchLength = 256

// report adds the time for each of n values of an iteration.
func report(b *testing.B, n int) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/value")
}

// BenchmarkPairs measures a pair of normal values without the words for it.
func BenchmarkPairs(b *testing.B) {
	bits := make([]uint64, 2*benchLength)
	stream.Key{Purpose: "benchmark"}.Source(stream.Xoshiro).Fill(bits)
	x, y := make([]float64, benchLength), make([]float64, benchLength)
	b.ReportAllocs()
	for b.Loop() {
		NormalPairs(x, y, bits)
	}
	report(b, benchLength)
}

func BenchmarkSampler(b *testing.B) {
	for _, l := range law.All() {
		b.Run("law="+l.String(), func(b *testing.B) {
			s, err := NewSampler(l)
			if err != nil {
				b.Fatal(err)
			}
			bits, dst := make([]uint64, s.Words()*benchLength), make([]float64, benchLength)
			stream.Key{Purpose: "benchmark"}.Source(stream.Xoshiro).Fill(bits)
			b.ReportAllocs()
			for b.Loop() {
				s.Sample(dst, bits)
			}
			report(b, benchLength)
		})
	}
}

// BenchmarkActivation measures φ and φ′ at standard normal arguments.
func BenchmarkActivation(b *testing.B) {
	z, mant, exp := make([]float64, benchLength), make([]float64, benchLength), make([]float64, benchLength)
	bits := make([]uint64, 2*benchLength)
	stream.Key{Purpose: "benchmark"}.Source(stream.Xoshiro).Fill(bits)
	NormalPairs(z, mant, bits)
	for _, a := range activation.All() {
		phi, err := NewActivation(a)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprintf("activation=%v/of=phi", a), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				phi.Phi(mant, z)
			}
			report(b, benchLength)
		})
		b.Run(fmt.Sprintf("activation=%v/of=derivative", a), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				phi.DPhi(mant, exp, z)
			}
			report(b, benchLength)
		})
	}
}

// BenchmarkMultiply measures one factor of a product that shrinks to a third with
// every factor, as with sigmoid, and of one that is 0.
func BenchmarkMultiply(b *testing.B) {
	for _, w := range []float64{1.5, 0} {
		b.Run(fmt.Sprintf("w=%v", w), func(b *testing.B) {
			factors, mant, exp := make([]float64, benchLength), make([]float64, benchLength), make([]float64, benchLength)
			for i := range factors {
				factors[i], mant[i], exp[i] = w, 0.2+math.Ldexp(float64(i), -13), -1
			}
			p := NewLogAccumulator(benchLength)
			b.ReportAllocs()
			for b.Loop() {
				p.Multiply(factors, mant, exp)
			}
			report(b, benchLength)
		})
	}
}

// BenchmarkLogs measures the logarithm of one product.
func BenchmarkLogs(b *testing.B) {
	p := NewLogAccumulator(benchLength)
	for i := range p.m {
		p.m[i], p.e[i] = 1+float64(i), -float64(i)
	}
	logAbs, negative := make([]float64, benchLength), make([]bool, benchLength)
	b.ReportAllocs()
	for b.Loop() {
		p.Logs(logAbs, negative)
	}
	report(b, benchLength)
}

// BenchmarkNormals measures a whole step of a chain in one kernel.
func BenchmarkNormals(b *testing.B) {
	for _, name := range []string{"sigmoid", "tanh"} {
		b.Run("activation="+name, func(b *testing.B) {
			phi, err := NewActivation(activation.MustParse(name))
			if err != nil {
				b.Fatal(err)
			}
			s := stream.Lanes(stream.Key{Purpose: "benchmark"}.Source(stream.Xoshiro))
			p := NewLogAccumulator(benchLength)
			if !p.Normals(s, 1, phi, Sigmas{1, 1}) {
				b.Skip("normals: no version for the level in use")
			}
			b.ReportAllocs()
			for b.Loop() {
				p.Normals(s, 1, phi, Sigmas{1, 1})
			}
			report(b, benchLength)
		})
	}
}

// BenchmarkLinear measures sums and updates of vectors that stay in the first-level
// cache.
func BenchmarkLinear(b *testing.B) {
	x, y := make([]float64, benchLength), make([]float64, benchLength)
	b.Run("of=dot", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			x[0] = Dot(x, y)
		}
		report(b, benchLength)
	})
	b.Run("of=axpy", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			Axpy(0.5, x, y)
		}
		report(b, benchLength)
	})
}
