package normalization

import (
	"math"
	"slices"
	"strings"
	"testing"

	"gradchain/theory/activation"
	"gradchain/theory/gauss"
)

// Without biases and ε the factor in front of φ is E φ′²/E φ² at q = 1, whatever σ_w is: the
// values of mpmath at 15 digits. Behind φ of relu it is π/(π−1) for layer norm, 1 for rms norm.
func TestUnits_gradientFactor(t *testing.T) {
	for _, tc := range []struct {
		u    Units
		want float64
	}{
		{Units{Activation: activation.MustParse("relu")}, 1},
		{Units{Activation: activation.MustParse("tanh")}, 1.177807},
		{Units{Activation: activation.MustParse("gelu")}, 1.072032},
		{Units{Activation: activation.MustParse("silu")}, 1.066634},
		{Units{Activation: activation.MustParse("sigmoid")}, 0.152827},
		{Units{Activation: activation.MustParse("relu"), After: true, Centred: true}, math.Pi / (math.Pi - 1)},
		{Units{Activation: activation.MustParse("relu"), After: true}, 1},
	} {
		for _, weightVar := range []float64{0.01, 1, 30} {
			got, err := tc.u.GradientFactor(weightVar)
			if err != nil || !(math.Abs(got-tc.want) <= 1e-6) {
				t.Errorf("%+v at %v: %v, want %v, %v", tc.u, weightVar, got, tc.want, err)
			}
		}
	}
}

// With a bias the critical σ_w² in front of φ is σ_b²/(E φ′² − E φ²) at q = 1; where the
// difference is not positive there is none. Others are checked by the factor.
func TestUnits_critical(t *testing.T) {
	for _, a := range activation.All() {
		for _, biasVar := range []float64{0, 0.01, 1} {
			u := Units{Activation: a, BiasVar: biasVar}
			m, err := gauss.NewMoments(a, 1)
			if err != nil {
				t.Fatal(err)
			}
			got, every, err := u.CriticalWeightVar()
			switch difference := m.SlopeSquare - m.Square; {
			case a.Homogeneous() && biasVar == 0:
				if got != 1 || !every || err != nil {
					t.Errorf("%v without bias: %v, %v, %v, want every one", a, got, every, err)
				}
			case difference <= 1e-12 || biasVar == 0 || biasVar/difference > math.Exp(10):
				if err == nil || !strings.Contains(err.Error(), "at no weight_std") {
					t.Errorf("%v, bias_var %v: %v, %v, want none", a, biasVar, got, err)
				}
			default:
				if want := biasVar / difference; err != nil || !(math.Abs(got-want) <= 1e-9*want) {
					t.Errorf("%v, bias_var %v: %v, want %v, %v", a, biasVar, got, want, err)
				}
			}
			if biasVar != 0.01 || !slices.Contains([]string{"tanh", "relu", "gelu", "erf"}, a.Name()) {
				continue
			}
			for _, u := range []Units{{a, true, true, biasVar, 1e-3}, {a, true, false, biasVar, 0}, {a, false, true, biasVar, 0.1}} {
				got, every, err := u.CriticalWeightVar()
				if err != nil {
					continue
				}
				if factor, err := u.GradientFactor(got); err != nil || !(math.Abs(factor-1) <= 1e-10) {
					t.Errorf("%+v: factor %v at %v, every %v, %v", u, factor, got, every, err)
				}
			}
		}
	}
}
