package recurrent

import (
	"math"
	"testing"

	"gradchain/theory/internal/decimal"
)

// TestJordanPeak_cost: the guess is so near the peak that a few comparisons find it, wherever
// it lies. Peaks far off would be found as well from anywhere, one step at a time.
func TestJordanPeak_cost(t *testing.T) {
	for _, tt := range []struct {
		radius, coupling float64
	}{{0.5, 0.1}, {0.5, 100}, {0.9, 1}, {0.99, 0.05}, {0.99, -3}, {0.9999, 1e-3}, {0.9999, 10}, {1 - 1e-6, 1}, {1 - 1e-9, 1e-8}} {
		guess := jordanGuess(tt.radius, tt.coupling)
		j := jordan{decimal.Value(tt.radius), decimal.Value(math.Abs(tt.coupling))}
		peak, compared := j.peak(guess)
		if compared > 5 {
			t.Errorf("ρ = %v, k = %v: %d comparisons from %d to the peak at %d", tt.radius, tt.coupling, compared, guess, peak)
		}
	}
}
