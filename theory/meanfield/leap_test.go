package meanfield

import (
	"math"
	"testing"
)

// TestOrbit_cost: a million steps of a map that moves slowly cost some hundred values of it, far
// from the fixed point and near it, up and down. All of them would give the same number. The
// map x ↦ x^(1−r) has the iterates x^((1−r)^n).
func TestOrbit_cost(t *testing.T) {
	for _, tt := range []struct {
		rate, start float64
		steps       int
	}{{1e-5, 50, 1_000_000}, {1e-5, 0.02, 1_000_000}, {1e-3, 3, 1_000_000}, {1e-6, 1e6, 100_000}, {-1e-6, 2, 1_000_000}} {
		values := 0
		o := orbit{noise: func(float64) float64 { return ulp }, growth: func(x float64) float64 {
			values++
			return -tt.rate * math.Log(x)
		}}
		got, err := o.at(tt.start, tt.steps)
		want := math.Exp(math.Log(tt.start) * math.Exp(float64(tt.steps)*math.Log1p(-tt.rate)))
		if err != nil || !(math.Abs(got/want-1) <= 1e-8) {
			t.Errorf("rate %v from %v: %d steps come to %v, %v, want %v", tt.rate, tt.start, tt.steps, got, err, want)
		}
		if values > 600 {
			t.Errorf("rate %v from %v: %d steps cost %d values of the map", tt.rate, tt.start, tt.steps, values)
		}
	}
}
