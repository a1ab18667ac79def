package props

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"gradchain/theory/activation"
	theory "gradchain/theory/recurrent"
)

// TestRecurrenceAt_logNorm: one unit against central differences of the recurrence,
// which at 5 steps of slopes up to 4 are good to (4⁵·2^−19)² = 4e-6 of the slope; powers
// of a Jordan block against theory.
func TestRecurrenceAt_logNorm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawRecurrence(t)
		w, b, h := c.Weights[0][0], c.Biases[0], c.State[0]
		c.Weights, c.Biases, c.State, c.Steps = [][]float64{{w}}, []float64{b}, []float64{h}, min(c.Steps, 5)
		phi := activation.MustParse(c.Activation)
		output := func(h float64) float64 {
			for range c.Steps {
				h = phi.Phi(math.FMA(w, h, b))
			}
			return h
		}
		const step = 0x1p-19
		slope := math.Abs(output(h+step)-output(h-step)) / (2 * step)
		if got := math.Exp(c.logNorm()); !(math.Abs(got-slope) <= 1e-5*(1+slope)) {
			t.Fatalf("%+v: ‖∂h_T/∂h_0‖ = %v, by differences %v", c, got, slope)
		}
	})
	jordan := resting(9, []float64{0.9, 10}, []float64{0, 0.9})
	want, err := theory.JordanNorm(0.9, 10, 9)
	if err != nil {
		t.Fatal(err)
	}
	if got := math.Exp(jordan.logNorm()); !(math.Abs(got-want) <= 1e-12*want) {
		t.Errorf("‖A⁹‖ = %v, want %v", got, want)
	}
	if got := (jordanAt{SpectralRadius: 0.9, Coupling: 10}).logNorms(9)[9]; !(math.Abs(got-math.Log(want)) <= 1e-13) {
		t.Errorf("log‖A⁹‖ = %v, want %v", got, math.Log(want))
	}
}

// TestRecurrenceAt_values: singular values and spectral radius of triangular and
// diagonal matrices; of [[0.9, 10], [0, 0.9]] σ_max = 5 + √(25 + 0.81).
func TestRecurrenceAt_values(t *testing.T) {
	jordan, two := resting(1, []float64{0.9, 10}, []float64{0, 0.9}), resting(1, []float64{0, -3}, []float64{0.5, 0})
	for _, tt := range []struct {
		name      string
		got, want float64
	}{
		{"largest singular value", largestSingular(jordan), 5 + math.Sqrt(25.81)},
		{"smallest singular value", smallestSingular(jordan), 0.81 / (5 + math.Sqrt(25.81))},
		{"spectral radius", spectralRadius(jordan), 0.9},
		{"largest singular value of a permuted diagonal", largestSingular(two), 3},
		{"its spectral radius: λ² = −1.5", spectralRadius(two), math.Sqrt(1.5)},
	} {
		if !(math.Abs(tt.got-tt.want) <= 1e-12*tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, tt.got, tt.want)
		}
	}
}
