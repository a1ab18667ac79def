package stream

import "testing"

// BenchmarkFill measures words of a block that stays in the first-level cache.
func BenchmarkFill(b *testing.B) {
	for _, f := range []Family{Xoshiro, PCG} {
		b.Run("family="+f.String(), func(b *testing.B) {
			src, dst := Key{Purpose: "benchmark"}.Source(f), make([]uint64, 1024)
			b.ReportAllocs()
			for b.Loop() {
				src.Fill(dst)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(dst)), "ns/word")
		})
	}
}
