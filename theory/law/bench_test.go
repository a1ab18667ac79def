package law

import "testing"

func BenchmarkLogMean(b *testing.B) {
	for _, l := range All() {
		b.Run(l.String(), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				l.LogMean()
			}
		})
	}
}

func BenchmarkTiltedLogCharacteristic(b *testing.B) {
	for _, l := range All() {
		b.Run(l.String(), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				l.TiltedLogCharacteristic(0.25, 2)
			}
		})
	}
}

func BenchmarkAbsSurvival(b *testing.B) {
	for _, l := range All() {
		b.Run(l.String(), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				l.AbsSurvival(2.5)
			}
		})
	}
}
