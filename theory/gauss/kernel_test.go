package gauss

import (
	"math"
	"testing"

	"gradchain/theory/activation"
	"gradchain/theory/internal/reference"

	"pgregory.net/rapid"
)

// unlike returns the relative difference, absolute for values below scale.
func unlike(got, want, scale float64) float64 {
	return math.Abs(got-want) / max(math.Abs(want), scale)
}

// everyActivation are those of the catalogue and some with other arguments.
func everyActivation() []activation.Activation {
	all := activation.All()
	for _, text := range []string{"celu(0.01)", "celu(20)", "elu(3)", "leaky_relu(-0.5)", "leaky_relu(1)"} {
		all = append(all, activation.MustParse(text))
	}
	return all
}

// Moments by the fixed rule against adaptive quadrature, to 1e-13.
func TestNewMoments_secondRoute(t *testing.T) {
	for _, a := range everyActivation() {
		for _, q := range []float64{1e-150, 1e-12, 1e-3, 0.1, 1, 1.7, 5, 20, 100, 3e3, 1e6, 1e150} {
			m, err := NewMoments(a, q)
			if err != nil {
				t.Fatal(a, q, err)
			}
			square, _, err := MeanSquare(a, q)
			if diff := unlike(m.Square, square, 0); err != nil || !(diff <= 1e-13) {
				t.Errorf("%v, q = %v: E φ² = %v, want %v, %v", a, q, m.Square, square, err)
			}
			slope, _, err := DerivativeMoment(a, q, 2)
			if diff := unlike(m.SlopeSquare, slope, 0); err != nil || !(diff <= 1e-13) {
				t.Errorf("%v, q = %v: E φ′² = %v, want %v, %v", a, q, m.SlopeSquare, slope, err)
			}
		}
	}
}

// growth is E zφφ′/q by adaptive quadrature.
func growth(a activation.Activation, q float64) float64 {
	zero := a.Phi(0)
	value, _ := over(func(z float64) float64 {
		return (z/q)*(a.Phi(z)-zero)*a.DPhi(z) + (z/q)*zero*oddSlope(a)(z)/2
	}, a, q, 1).value()
	return value
}

func TestNewMoments_growth(t *testing.T) {
	for _, a := range everyActivation() {
		for _, q := range []float64{1e-3, 0.1, 1, 5, 30} {
			m, err := NewMoments(a, q)
			want := growth(a, q)
			if diff := unlike(m.Growth, want, 1e-3*m.SlopeSquare); err != nil || !(diff <= 1e-12) {
				t.Errorf("%v, q = %v: E zφφ′/q = %v, want %v, %v", a, q, m.Growth, want, err)
			}
		}
	}
}

// Growth is the derivative of E φ² with respect to q: its integral is the difference.
func TestNewMoments_growth_property(t *testing.T) {
	all := everyActivation()
	hold(t, func(t *rapid.T) {
		a := rapid.SampledFrom(all).Draw(t, "activation")
		lo := math.Exp(rapid.Float64Range(-10, 8).Draw(t, "log_q"))
		hi := lo * rapid.Float64Range(1.1, 1.5).Draw(t, "ratio")
		integral := 0.0
		for _, p := range legendre {
			for _, x := range [2]float64{-p.u, p.u} {
				m, err := NewMoments(a, lo/2+hi/2+(hi-lo)/2*x)
				if err != nil {
					t.Fatal(err)
				}
				integral += (hi - lo) / 2 * p.weight * m.Growth
			}
		}
		below, _ := NewMoments(a, lo)
		above, _ := NewMoments(a, hi)
		if diff := math.Abs(above.Square - below.Square - integral); !(diff <= 1e-12*above.Square) {
			t.Fatalf("E φ² rises by %v, ∫ E zφφ′/q is %v", above.Square-below.Square, integral)
		}
	})
}

// The route of a kernel against quadrature over the plane, to 2e-12.
func TestKernel_secondRoute(t *testing.T) {
	qs, cs := []float64{1e-12, 0.1, 5, 1e6}, []float64{-0.9999, 1e-3, 0.7}
	if testing.Short() {
		qs, cs = []float64{0.1, 5}, []float64{-0.9, 0.7}
	}
	for _, a := range everyActivation() {
		for _, q := range qs {
			if a.Name() == "sin" && q > 100 {
				continue // where the plane does not resolve the waves
			}
			k, err := NewKernel(a, q)
			if err != nil {
				t.Fatal(a, q, err)
			}
			for _, c := range cs {
				value, slope := k.Both(c)
				wantValue, wantSlope := newPlane(a, a.Phi, q).value(c), newPlane(a, a.DPhi, q).value(c)
				if !(unlike(value, wantValue, 1e-3*k.Square) <= 2e-12) || !(unlike(slope, wantSlope, 1e-3*k.SlopeSquare) <= 2e-12) {
					t.Errorf("%v, q = %v, c = %v: %v and %v, want %v and %v", a, q, c, value, slope, wantValue, wantSlope)
				}
			}
		}
	}
}

// Where the expansion does not converge, that is known, and the value next to it is
// continuous.
func TestKernel_nearOne(t *testing.T) {
	for _, a := range everyActivation() {
		k, err := NewKernel(a, 2)
		if err != nil {
			t.Fatal(err)
		}
		for _, sign := range []float64{-1, 1} {
			end, endSlope := k.Both(sign)
			value, slope := k.Both(sign * (1 - 1e-14))
			if !(math.Abs(value-end) <= 1e-13*k.Square) || !(math.Abs(slope-endSlope) <= 1e-6*k.SlopeSquare) {
				t.Errorf("%v: %v and %v next to c = %v, want %v and %v", a, value, slope, sign, end, endSlope)
			}
		}
	}
}

// The kernel is a power series with nonnegative coefficients (Daniely, Frostig & Singer
// 2016): |K(c)| ≤ K(|c|) ≤ K(1), increasing and convex on [0, 1], slope alike.
func TestKernel_property(t *testing.T) {
	all := everyActivation()
	hold(t, func(t *rapid.T) {
		a := rapid.SampledFrom(all).Draw(t, "activation")
		q := math.Exp(rapid.Float64Range(-20, 6).Draw(t, "log_q"))
		k, err := NewKernel(a, q)
		if err != nil {
			t.Fatal(err)
		}
		lo := rapid.Float64Range(0, 0.95).Draw(t, "c")
		hi := lo + rapid.Float64Range(0.01, 0.5).Draw(t, "step")*(0.97-lo)
		below, slopeBelow := k.Both(lo)
		above, slopeAbove := k.Both(hi)
		mirror, mirrorSlope := k.Both(-lo)
		slack, slopeSlack := 1e-12*k.Square, 1e-12*k.SlopeSquare
		if !(math.Abs(mirror) <= below+slack && below <= above+slack && above <= k.Square+slack) {
			t.Fatalf("K(%v, %v, %v, 1) = %v, %v, %v, %v", -lo, lo, hi, mirror, below, above, k.Square)
		}
		if !(math.Abs(mirrorSlope) <= slopeBelow+slopeSlack && slopeBelow <= slopeAbove+slopeSlack && slopeAbove <= k.SlopeSquare+slopeSlack) {
			t.Fatalf("slopes at %v, %v, %v, 1: %v, %v, %v, %v", -lo, lo, hi, mirrorSlope, slopeBelow, slopeAbove, k.SlopeSquare)
		}
		chord := (above - below) / (hi - lo) / q // Price: between the slopes at the ends
		rounding := 1e-12*k.SlopeSquare + 1e-14*k.Square/(q*(hi-lo))
		if !(slopeBelow-rounding <= chord && chord <= slopeAbove+rounding) {
			t.Fatalf("chord %v, slopes %v and %v", chord, slopeBelow, slopeAbove)
		}
	})
}

// Price's theorem: K(c) − K(0) = q∫ E φ′φ′.
func TestKernel_price(t *testing.T) {
	for _, a := range everyActivation() {
		for _, q := range []float64{0.01, 1, 20} {
			k, err := NewKernel(a, q)
			if err != nil {
				t.Fatal(err)
			}
			integral := 0.0
			for _, p := range legendre {
				integral += 0.3 * p.weight * (k.Slope(0.3-0.3*p.u) + k.Slope(0.3+0.3*p.u))
			}
			if diff := math.Abs(k.Value(0.6) - k.Value(0) - q*integral); !(diff <= 1e-12*k.Square) {
				t.Errorf("%v, q = %v: off by %v of %v", a, q, diff, k.Square)
			}
			mean, _, err := Mean(a, q)
			if diff := math.Abs(k.Value(0) - mean*mean); err != nil || !(diff <= 1e-13*k.Square) {
				t.Errorf("%v, q = %v: K(0) = %v, want (E φ)² = %v, %v", a, q, k.Value(0), mean*mean, err)
			}
		}
	}
}

// Our own values, mpmath 1.3 (testdata/kernel.py), to 1e-11.
func TestKernel_reference(t *testing.T) {
	of := func(pick func(value, slope float64) float64) reference.Function {
		return func(p reference.Params) (float64, error) {
			a, err := activation.Parse(p.Text("activation"))
			if err != nil {
				return 0, err
			}
			k, err := NewKernel(a, p.Float("q"))
			if err != nil {
				return 0, err
			}
			return pick(k.Both(p.Float("c"))), nil
		}
	}
	reference.Check(t, "testdata/kernel.jsonl", 1e-11, map[string]reference.Function{
		"meanfield.kernel":            of(func(value, _ float64) float64 { return value }),
		"meanfield.derivative_kernel": of(func(_, slope float64) float64 { return slope }),
	})
}

func TestKernel_domain(t *testing.T) {
	tanh := activation.MustParse("tanh")
	for _, tc := range []struct {
		reason string
		a      activation.Activation
		q      float64
	}{
		{"no variance", tanh, 0}, {"q is NaN", tanh, math.NaN()}, {"q is infinite", tanh, math.Inf(1)},
		{"zero activation", activation.Activation{}, 1}, {"overflow", activation.MustParse("gelu"), 1.7e308},
	} {
		if k, err := NewKernel(tc.a, tc.q); err == nil {
			t.Errorf("%s: no error, %+v", tc.reason, k.Moments)
		}
	}
	k, err := NewKernel(tanh, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []float64{1.0000001, -2, math.NaN()} {
		for _, of := range []func(c float64) float64{k.Value, k.Slope} {
			func() {
				defer func() {
					if recover() == nil {
						t.Errorf("no panic for c = %v", c)
					}
				}()
				of(c)
			}()
		}
	}
}

func BenchmarkNewMoments(b *testing.B) {
	for _, name := range []string{"tanh", "gelu", "selu"} {
		a := activation.MustParse(name)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := NewMoments(a, 1.3); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkKernel(b *testing.B) {
	for _, bm := range []struct {
		name, activation string
		q, c             float64
	}{
		{"closed", "erf", 1, 0.9}, {"ridge", "hard_tanh", 1, 0.9}, {"expansion", "tanh", 1, 0.9},
		{"plane", "selu", 1, 0.999}, {"plane,q=1e6", "gelu", 1e6, 0.999},
	} {
		a := activation.MustParse(bm.activation)
		b.Run(bm.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				k, err := NewKernel(a, bm.q)
				if err != nil {
					b.Fatal(err)
				}
				k.Value(bm.c)
			}
		})
	}
}

// Where nothing cancels, the sums of the expansion are the differences that they stand for.
func TestKernel_contraction(t *testing.T) {
	smooth := []string{"tanh", "sigmoid", "erf", "arctan", "gelu", "silu", "mish", "softplus", "lecun_tanh"}
	hold(t, func(t *rapid.T) {
		a := activation.MustParse(rapid.SampledFrom(smooth).Draw(t, "activation"))
		q, c := rapid.Float64Range(0.1, 1).Draw(t, "q"), rapid.Float64Range(0, 0.9).Draw(t, "c")
		k, err := NewKernel(a, q)
		if err != nil {
			t.Fatal(err)
		}
		chord, bend, ok := k.Contraction(c)
		unit := q * k.SlopeSquare
		if diff := math.Abs(chord - (k.Square-k.Value(c))/(1-c)); !ok || !(diff <= 1e-12*(unit+k.Square)) {
			t.Fatalf("chord %v is off by %v, %v", chord, diff, ok)
		}
		if diff := math.Abs(bend - (chord - q*k.Slope(c))); !(diff <= 1e-12*unit) || bend < 0 {
			t.Fatalf("bend %v is off by %v", bend, diff)
		}
		excess, ok := k.Excess()
		if diff := math.Abs(excess - (unit - k.Square)); !ok || !(diff <= 1e-12*(unit+k.Square)) {
			t.Fatalf("excess %v is off by %v, %v", excess, diff, ok)
		}
	})
	k, err := NewKernel(activation.MustParse("relu"), 1)
	if _, _, ok := k.Contraction(0.5); ok || err != nil {
		t.Errorf("an expansion of relu, %v", err)
	}
	if _, ok := k.Excess(); ok {
		t.Error("an expansion of relu")
	}
	k, _ = NewKernel(activation.MustParse("tanh"), 1)
	if _, _, ok := k.Contraction(math.NaN()); ok {
		t.Error("a chord to NaN")
	}
}
