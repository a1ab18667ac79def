package props

import (
	"testing"

	"pgregory.net/rapid"
)

// A declared error is never made smaller, nor larger by more than a millionth of the
// discrepancy, and its last digits do not show.
func TestCoarsened(t *testing.T) {
	for _, tt := range []struct {
		reason           string
		eps, delta, want float64
	}{
		{"none", 0, 0.02, 0},
		{"of a quadrature", 1.192702e-13, 0.02, 2e-8},
		{"that of another machine", 1.193021e-13, 0.02, 2e-8},
		{"underflow", 1e-300, 0.02, 2e-8},
		{"a simple fraction", 0.01, 0.02, 0.01},
		{"no discrepancy", 0.01, 0, 0.01},
	} {
		if got := coarsened(tt.eps, tt.delta); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.reason, got, tt.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		delta := rapid.Float64Range(1e-6, 10).Draw(t, "delta")
		eps := delta * rapid.Float64Range(0, 1).Draw(t, "part")
		if got := coarsened(eps, delta); got < eps-1.1e-11*delta || got > eps+1.01e-6*delta {
			t.Fatalf("%v of %v becomes %v", eps, delta, got)
		}
	})
}
