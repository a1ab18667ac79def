package chain

import (
	"math"
	"math/cmplx"
	"testing"

	"gradchain/theory/law"
)

// The envelope is above the modulus of the characteristic function, falls, and is not
// wildly above it where the latter is smooth.
func TestEnvelope(t *testing.T) {
	for _, tc := range []struct {
		weight, phi, z string
		depth          int
	}{
		{"normal(1)", "linear", "normal(1)", 1}, {"uniform(1)", "linear", "normal(1)", 3}, {"truncated_normal(1,2)", "linear", "normal(1)", 100},
		{"rademacher(1)", "tanh", "normal(1)", 2}, {"rademacher(1)", "tanh", "normal(0.01)", 5}, {"rademacher(1)", "sigmoid", "normal(30)", 1},
		{"rademacher(1)", "gelu", "normal(1)", 1}, {"rademacher(1)", "sin", "normal(1)", 1}, {"rademacher(1)", "elu", "normal(1)", 3},
		{"rademacher(1)", "softplus", "laplace(2)", 1}, {"rademacher(1)", "hard_swish", "normal(3)", 2}, {"rademacher(1)", "mish", "uniform(4)", 1},
		{"rademacher(1)", "arctan", "cauchy(1)", 1}, {"uniform(1)", "tanh", "normal(1)", 1000},
	} {
		p := product(tc.weight, tc.phi, tc.depth)
		p.Factor.PreActivation = law.MustParse(tc.z)
		d, err := p.Factor.derivative()
		if err != nil {
			t.Fatal(err)
		}
		v := inversion{Product: p, slope: d.slopeBounds(), n: d.nodes(1, 1e-10)}
		e := v.envelope()
		for i, at := range e.at {
			if i > 0 && !(e.modulus[i] <= e.modulus[i-1]) {
				t.Fatalf("%v: rises from %v to %v at %v", p, e.modulus[i-1], e.modulus[i], at)
			}
			if i%7 != 0 || at > 60 {
				continue
			}
			one := make([]complex128, 1)
			d.nodes(at, 1e-10).logCharacteristics(one, 2*at)
			modulus := cmplx.Abs(cmplx.Exp(complex(float64(tc.depth), 0) * (one[0] + p.Factor.Weight.TiltedLogCharacteristic(0, at))))
			if !(modulus <= e.modulus[i]+1e-9) {
				t.Errorf("%v: |φ(%v)| = %v above the envelope %v", p, at, modulus, e.modulus[i])
			}
		}
	}
}

// A total variation that is known: D = −2 log cosh z has g/|D′| = φ(z)/(2 tanh |z|), which
// falls on both sides of 0, so that the variation outside of |D′| < d is twice its value at
// the two ends.
func TestSlopeBounds(t *testing.T) {
	d, err := product("rademacher(1)", "tanh", 1).Factor.derivative()
	if err != nil {
		t.Fatal(err)
	}
	b := d.slopeBounds()
	found := 0
	for i, mass := range b.mass {
		if !(mass > 1e-3 && mass < 0.5) { // far above the spacing of the samples
			continue
		}
		found++
		z := math.Sqrt2 * math.Erfinv(mass/variationSlack)
		want := 4 * math.Exp(-z*z/2) / math.Sqrt(2*math.Pi) / (2 * math.Tanh(z))
		if ratio := b.variation[i] / want; !(math.Abs(ratio-1) <= 0.1) {
			t.Errorf("mass %v: variation %v, want about %v", mass, b.variation[i], want)
		}
	}
	if found < 4 {
		t.Errorf("%d levels", found)
	}
}
