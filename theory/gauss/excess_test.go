package gauss

import (
	"math"
	"testing"

	"gradchain/theory/activation"
)

// TestSquareExcess: the difference itself where it does not cancel, and below that its
// first term, from the Taylor coefficients φ = c₁z + c₂z² + c₃z³: (6c₁c₃ + 3c₂²)q².
func TestSquareExcess(t *testing.T) {
	for name, first := range map[string]float64{
		"tanh": -2, "arctan": -2, "sin": -1, "erf": -8 / math.Pi, // 6·(2/√π)·(−2/(3√π))
		"lecun_tanh": -2 * 1.7159 * 1.7159 * math.Pow(2./3, 4),
		"gelu":       3 / (2 * math.Pi), "gelu_tanh": 3 / (2 * math.Pi), "silu": 3. / 16, "hard_swish": 3. / 36,
		"softsign": math.NaN(), "hard_tanh": 0, "mish": math.Inf(1), "relu": math.Inf(1), "sigmoid": math.Inf(1), "elu(1)": math.Inf(1),
	} {
		a := activation.MustParse(name)
		if _, ok := SquareExcess(a, 1); ok == math.IsInf(first, 1) {
			t.Errorf("%s: ok %v", name, ok)
			continue
		} else if !ok {
			continue
		}
		slope := a.DPhi(0)
		for _, q := range []float64{0.5, 1, 3, 20} {
			m, err := NewMoments(a, q)
			if err != nil {
				t.Fatal(err)
			}
			want := m.Square - slope*slope*q
			if got, _ := SquareExcess(a, q); !(math.Abs(got-want) <= 1e-11*(math.Abs(want)+m.Square)) {
				t.Errorf("%s, q = %v: %v, want %v", name, q, got, want)
			}
		}
		if math.IsNaN(first) { // −2|z|³ is the first term: E|z|³ = 2√(2/π)
			if got, _ := SquareExcess(a, 1e-12); !(math.Abs(got/(-4*math.Sqrt(2/math.Pi)*1e-18)-1) <= 1e-5) {
				t.Errorf("%s: %v", name, got)
			}
			continue
		}
		for _, q := range []float64{1e-8, 1e-12, 1e-18} {
			if got, _ := SquareExcess(a, q); !(math.Abs(got/q/q-first) <= 20*q+1e-12*math.Abs(first)) {
				t.Errorf("%s, q = %v: %v q², want %v", name, q, got/q/q, first)
			}
		}
	}
}
