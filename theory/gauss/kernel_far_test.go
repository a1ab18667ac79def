package gauss

import (
	"math"
	"testing"

	"gradchain/theory/activation"
)

// TestKernel_sineFar: E sin u sin v = e^−q sinh qc and E cos u cos v = e^−q cosh qc where e^q
// overflows, on both sides of c = 0. The values are e^−q(1−|c|)/2, to 17 digits.
func TestKernel_sineFar(t *testing.T) {
	for _, tt := range []struct{ q, c, kernel, slope float64 }{
		{400, -0.99, -0.0091578194443670903, 0.0091578194443670903},
		{400, 0.99, 0.0091578194443670903, 0.0091578194443670903},
		{800, -1, -0.5, 0.5},
		{800, 1, 0.5, 0.5},
		{1e6, -0.999999, -0.18393972058572117, 0.18393972058572117}, // e^−1/2
		{351, 0, 0, math.Exp(-351)},
		{10, -0.5, -0.0033688205483824826, 0.0033691264507029845}, // e^−10 sinh 5, e^−10 cosh 5
		{10, 0.5, 0.0033688205483824826, 0.0033691264507029845},
	} {
		k, err := NewKernel(activation.MustParse("sin"), tt.q)
		if err != nil {
			t.Fatal(err)
		}
		kernel, slope := k.Both(tt.c)
		// c itself is rounded: its ulp moves the exponent by q·2^−53.
		tol := (1e-13 + tt.q*0x1p-52) * math.Max(math.Abs(tt.kernel), tt.slope)
		if !(math.Abs(kernel-tt.kernel) <= tol) || !(math.Abs(slope-tt.slope) <= tol) {
			t.Errorf("q = %v, c = %v: %.17g and %.17g, want %.17g and %.17g", tt.q, tt.c, kernel, slope, tt.kernel, tt.slope)
		}
	}
}
