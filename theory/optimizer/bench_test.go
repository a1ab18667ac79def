package optimizer

import (
	"fmt"
	"testing"
)

// Two million steps that do not reach the target.
func BenchmarkChainRun(b *testing.B) {
	for _, o := range optimizers {
		for _, depth := range []int{40, 1000} {
			b.Run(fmt.Sprintf("%s/%d", o.name, depth), func(b *testing.B) {
				run := ChainRun{
					Optimizer: o.name, Depth: depth, W0: 0.5, LearningRate: 1e-12,
					Epsilon: DefaultEpsilon, Target: DefaultTarget, MaxSteps: DefaultMaxSteps,
				}
				b.ReportAllocs()
				for b.Loop() {
					if _, err := run.Steps(); err == nil {
						b.Fatal("reached the target")
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/DefaultMaxSteps, "ns/step")
			})
		}
	}
}

func BenchmarkChainFlowTime(b *testing.B) {
	for _, depth := range []int{2, 20, 1000} {
		b.Run(fmt.Sprint(depth), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := ChainFlowTime(depth, 0.6, 0.5); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkGradientDescentSteps(b *testing.B) {
	for _, tolerance := range []float64{1e-6, 0.81} { // an ordinary one, and a tie
		b.Run(fmt.Sprint(tolerance), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := GradientDescentSteps(19, tolerance); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
