package run

import (
	"context"
	"fmt"
	"runtime"
	"testing"
)

// BenchmarkRun measures a whole run of 64 blocks of depth 1000 on one and on two
// workers, in ns per step and with the speed-up of the second worker.
func BenchmarkRun(b *testing.B) {
	if runtime.GOMAXPROCS(0) < 2 {
		b.Skip("needs two processors")
	}
	const depth = 1000
	m := sigmoid(depth)
	paths := 64 * BlockPaths(m)
	perStep := map[int]float64{}
	for _, jobs := range []int{1, 2} {
		b.Run(fmt.Sprintf("jobs=%d", jobs), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Chain(context.Background(), Spec{Model: m, Paths: paths, Jobs: jobs}); err != nil {
					b.Fatal(err)
				}
			}
			perStep[jobs] = float64(b.Elapsed().Nanoseconds()) / float64(b.N*paths*depth)
			b.ReportMetric(perStep[jobs], "ns/step")
			if jobs > 1 && perStep[1] > 0 {
				b.ReportMetric(perStep[1]/perStep[jobs], "speedup")
			}
		})
	}
}
