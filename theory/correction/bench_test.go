package correction

import (
	"testing"

	"gradchain/theory/activation"
)

func BenchmarkGainWindow(b *testing.B) {
	for _, tc := range []struct {
		name string
		w    float64
	}{{"sigmoid", 6.9}, {"erf", 0.9}} {
		b.Run(tc.name, func(b *testing.B) {
			a := activation.MustParse(tc.name)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := GainWindow(a, tc.w); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
