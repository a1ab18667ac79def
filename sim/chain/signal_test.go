package chain

import (
	"math"
	"testing"

	"gradchain/sim/internal/kernel"
	"gradchain/theory/activation"
)

// TestSignal_comesBack: a signal that φ has pushed below the range of float64 comes
// back at the right layer with the right value, on a path without a bias. The weights
// after the first grow it by a factor 8 or so a layer.
func TestSignal_comesBack(t *testing.T) {
	for _, tt := range []struct {
		activation string
		first      float64 // weight of the first layer: φ(first) underflows
		later      float64
	}{
		{"silu", -800, 16}, {"silu", -5000, -20}, {"mish", -800, 16}, {"mish", -2000, 13.7},
		{"gelu", -40, 16}, {"gelu", -90, -16}, {"gelu_tanh", -22, 16}, {"gelu_tanh", -40, 17},
		{"elu(0.3)", 1e-200, 1e-30}, // never decays; vanishes, and comes back below
		{"tanh", 1e-200, 1e-30}, {"sin", 1e-200, 1e-30},
	} {
		a := activation.MustParse(tt.activation)
		phi, err := kernel.NewActivation(a)
		if err != nil {
			t.Fatal(err)
		}
		s := newSignal(a, phi, false)
		s.start([]float64{1})
		want := wideSignal{wide(1), phi, a}
		weights := []float64{tt.first}
		if math.Abs(tt.later) < 1e-20 {
			for range 40 {
				weights = append(weights, tt.later)
			}
			for range 47 {
				weights = append(weights, 1/tt.later)
			}
		} else {
			for range 3000 {
				weights = append(weights, tt.later)
			}
		}
		back := false
		for l, w := range weights {
			s.step([]float64{w}, nil)
			f := want.step(w, 0)
			gotLog := math.Log(math.Abs(s.a[0])) + s.shift[0]*math.Ln2
			exponent := float64(want.a.MantExp(nil))
			mantissa, _ := wide(0).SetMantExp(want.a, -int(exponent)).Float64()
			wantLog := math.Log(math.Abs(mantissa)) + exponent*math.Ln2
			if !(math.Abs(gotLog-wantLog) <= 1e-11*(1+math.Abs(wantLog))) || s.a[0]*mantissa < 0 {
				t.Fatalf("%v, layer %d: log|a| = %v, want %v", tt, l+1, gotLog, wantLog)
			}
			if !f.linear && l > 0 && math.Abs(f.z) > 1 {
				back = true
				break // beyond that the error of the signal grows
			}
		}
		if !back {
			t.Errorf("%v: the signal has not come back", tt)
		}
	}
}

// TestSignal_range: a signal beyond float64 keeps its logarithm on both sides.
func TestSignal_range(t *testing.T) {
	for _, tt := range []struct {
		reason, activation string
		weight             float64
		depth              int
		want               float64 // log|a|
		slope              float64 // φ′ at the end
	}{
		{"softplus far out is linear", "softplus", 1e10, 100, 1000 * math.Ln10, 1},
		{"selu far out has slope λ", "selu", 1e10, 100, 1000*math.Ln10 + 100*math.Log(1.05070098735548049342), 1.05070098735548049342},
		{"gelu near 0 has slope ½", "gelu", 1e-10, 100, -1000*math.Ln10 - 100*math.Ln2, 0.5},
		{"sigmoid at a bounded signal", "sigmoid", 1e-300, 50, -math.Ln2, 0.25},
		{"tanh saturates in one layer", "tanh", 1e300, 5, 0, 0},
	} {
		a := activation.MustParse(tt.activation)
		phi, err := kernel.NewActivation(a)
		if err != nil {
			t.Fatal(err)
		}
		s := newSignal(a, phi, false)
		s.start([]float64{1})
		for range tt.depth {
			s.step([]float64{tt.weight}, nil)
		}
		if got := math.Log(math.Abs(s.a[0])) + s.shift[0]*math.Ln2; !(math.Abs(got-tt.want) <= 1e-12*(1+math.Abs(tt.want))) {
			t.Errorf("%s: log|a| = %v, want %v", tt.reason, got, tt.want)
		}
		if got := s.mant[0] * math.Exp2(s.exp[0]); !(math.Abs(got-tt.slope) <= 1e-15) {
			t.Errorf("%s: φ′ = %v, want %v", tt.reason, got, tt.slope)
		}
	}
}
