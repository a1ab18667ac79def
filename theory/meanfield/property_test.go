package meanfield

import (
	"math"
	"strings"
	"testing"

	"gradchain/theory/activation"
	"gradchain/theory/gauss"

	"pgregory.net/rapid"
)

// drawNetwork draws a network with a bias, except sometimes.
func drawNetwork(t *rapid.T) Network {
	n := Network{
		Activation: rapid.SampledFrom(activation.All()).Draw(t, "activation"),
		WeightVar:  math.Exp(rapid.Float64Range(-3, 3).Draw(t, "log_weight_var")),
	}
	if rapid.IntRange(0, 3).Draw(t, "biased") > 0 {
		n.BiasVar = math.Exp(rapid.Float64Range(-8, 2).Draw(t, "log_bias_var"))
	}
	return n
}

// q* is a fixed point, not unstable, and V(q) > q below it: the limit from 0.
func TestFixedPoint_property(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := drawNetwork(t)
		star, err := n.FixedPoint()
		if err != nil {
			far, farErr := n.VarianceAtDepth(1e-3, 100) // diverges, or every q is fixed
			if farErr == nil && !(far >= 1e-3) {
				t.Fatalf("%+v: %v, but from 1e-3 the variance comes to %v", n, err, far)
			}
			return
		}
		if star == 0 {
			chi, err := n.Chi1(0)
			if n.BiasVar > 0 || err != nil || !(chi <= 1+1e-12) {
				t.Fatalf("%+v: q* = 0 with χ₁ = %v, %v", n, chi, err)
			}
			return
		}
		next, err := n.VarianceMap(star)
		chi, _ := n.ChiQ(star)
		if err != nil || !(math.Abs(next-star) <= 1e-13*star) || !(chi <= 1+1e-6) {
			t.Fatalf("%+v: V(%v) = %v, χ_q = %v, %v", n, star, next, chi, err)
		}
		q := star * rapid.Float64Range(0.01, 0.99).Draw(t, "below")
		if next, err := n.VarianceMap(q); err != nil || !(next > q*(1-1e-13)) {
			t.Fatalf("%+v: V(%v) = %v below q* = %v, %v", n, q, next, star, err)
		}
	})
}

// Gaussian Poincaré inequality: Var φ ≤ q E φ′², so χ₁ ≥ (1 − σ_b²/q*) Var φ/E φ²; hence
// χ₁ ≥ 1 for odd φ without bias at q* > 0.
func TestChi1_poincare(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := drawNetwork(t)
		q, err := n.FixedPoint()
		if err != nil || q == 0 {
			return
		}
		chi, err := n.Chi1(q)
		if err != nil {
			t.Fatal(err)
		}
		variance, _, err := gauss.Variance(n.Activation, q)
		square, _, _ := gauss.MeanSquare(n.Activation, q)
		if err != nil || !(chi >= (1-n.BiasVar/q)*variance/square-1e-11) {
			t.Fatalf("%+v: χ₁ = %v, bound %v, %v", n, chi, (1-n.BiasVar/q)*variance/square, err)
		}
		if n.BiasVar == 0 && n.Activation.Odd() && !(chi >= 1-1e-11) {
			t.Fatalf("%+v: χ₁ = %v at q* = %v", n, chi, q)
		}
	})
}

// C fixes 1 at q*, lies above the diagonal below c* and below it above c*.
func TestCorrelation_property(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := drawNetwork(t)
		m, err := n.Correlation()
		if err != nil {
			return
		}
		value := func(c float64) float64 {
			x, err := m.Map(c)
			if err != nil {
				t.Fatal(err)
			}
			return x
		}
		star := m.FixedPoint()
		chi, err := m.Slope(star)
		if err != nil || !(math.Abs(value(1)-1) <= 1e-12) || !(math.Abs(value(star)-star) <= 1e-12) || !(chi <= 1+1e-9) {
			t.Fatalf("%+v: C(1) = %v, C(%v) = %v, χ_c = %v, %v", n, value(1), star, value(star), chi, err)
		}
		c := rapid.Float64Range(0, 1).Draw(t, "c")
		if c = min(c, 0.97); c < star && !(value(c) >= c-1e-12) || c > star && !(value(c) <= c+1e-12) {
			t.Fatalf("%+v: C(%v) = %v with c* = %v", n, c, value(c), star)
		}
	})
}

// A point of the critical line has χ₁ = 1 and V(q) = q, and the smallest q.
func TestCriticalPoint_property(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.SampledFrom(activation.All()).Draw(t, "activation")
		bias := math.Exp(rapid.Float64Range(-10, 4).Draw(t, "log_bias_var"))
		p, err := CriticalPoint(a, bias)
		if err != nil {
			switch a.Name() {
			case "linear", "relu", "leaky_relu", "softplus", "log_sigmoid":
				return
			}
			t.Fatalf("%v: %v", a, err)
		}
		n := Network{a, p.WeightVar, bias}
		next, _ := n.VarianceMap(p.Variance)
		chi, err := n.Chi1(p.Variance)
		if err != nil || !(math.Abs(chi-1) <= 1e-12) || !(math.Abs(next-p.Variance) <= 1e-12*p.Variance) {
			t.Fatalf("%v: χ₁ = %v, V(%v) = %v, %v", n, chi, p.Variance, next, err)
		}
		q := p.Variance * rapid.Float64Range(0.01, 0.99).Draw(t, "below")
		if below, err := CriticalBiasVar(a, q); err != nil || !(below <= bias+1e-14*q) {
			t.Fatalf("%v: σ_b²(%v) = %v above %v, %v", a, q, below, bias, err)
		}
	})
}

// Leaps over many steps are the steps: against plain iteration.
func TestAtDepth_plain(t *testing.T) {
	for _, tc := range []struct {
		reason, activation string
		weightVar, biasVar float64
		q                  float64
		depth              int
	}{
		{"1/l at criticality", "tanh", 1, 0, 0.5, 3000},
		{"1/l² at a kink", "elu", 1, 0, 1, 3000},
		{"slow growth", "gelu", 4, 0, 1e-4, 3000},
		{"next to the half-stable point", "gelu", 1.98, 0.172, 1, 1000},
		{"geometric", "silu", 1.5, 0.1, 30, 1000},
		{"to 0", "tanh", 0.9, 0, 1, 3000},
	} {
		n := Network{activation.MustParse(tc.activation), tc.weightVar, tc.biasVar}
		want := tc.q
		for range tc.depth {
			want, _ = n.VarianceMap(want)
		}
		got, err := n.VarianceAtDepth(tc.q, tc.depth)
		if err != nil || !(math.Abs(got-want) <= 1e-11*want) {
			t.Errorf("%s: variance %v, want %v, %v", tc.reason, got, want, err)
		}
	}
	for _, tc := range []struct {
		reason, activation    string
		weightVar, biasVar, c float64
	}{
		{"critical", "tanh", 1.7609546396134, 0.05, 0.3}, {"chaotic", "tanh", 4, 0.05, 0.9}, {"ordered", "tanh", 1.3, 0.05, -1},
		{"relu", "relu", 1.9, 0.1, -0.5}, {"hard", "hard_tanh", 1.3, 0.1, 0},
	} {
		m, err := (Network{activation.MustParse(tc.activation), tc.weightVar, tc.biasVar}).Correlation()
		if err != nil {
			t.Fatal(err)
		}
		want := tc.c
		for range 1000 {
			want, _ = m.Map(min(want, 1))
		}
		got, err := m.AtDepth(tc.c, 1000)
		if err != nil || !(math.Abs(got-want) <= 1e-11) {
			t.Errorf("%s: correlation %v, want %v, %v", tc.reason, got, want, err)
		}
	}
}

// A million layers, and none.
func TestAtDepth_extremes(t *testing.T) {
	n := Network{activation.MustParse("tanh"), 1, 0}
	if q, err := n.VarianceAtDepth(0.5, 1_000_000); err != nil || !(math.Abs(q/5e-7-1) < 1e-4) { // 1/2l
		t.Errorf("q = %v, %v", q, err)
	}
	if q, err := n.VarianceAtDepth(0.5, 0); q != 0.5 || err != nil {
		t.Errorf("q = %v at depth 0, %v", q, err)
	}
	if rate, err := ReLUCorrelationRate(1_000_000); err != nil || !(math.Abs(rate-0.99994977562) <= 1e-10) { // plain iteration
		t.Errorf("rate = %v, %v", rate, err)
	}
	if _, err := (Network{activation.MustParse("relu"), 2.01, 0}).VarianceAtDepth(1, 1_000_000); err == nil {
		t.Error("no error for e^5000")
	}
	if ratio, err := SquaredGradientRatio(0.5, 1_000_000); ratio != 0 || err != nil {
		t.Errorf("ratio = %v, %v", ratio, err)
	}
	if _, err := SquaredGradientRatio(1.01, 1_000_000); err == nil {
		t.Error("no error for an overflow")
	}
}

// Below K* the critical points of the gated activations are unstable fixed points: V from
// 0 stops at another one.
func TestFixedPoint_unstable(t *testing.T) {
	for _, tc := range []struct {
		activation string
		biasVar    float64
		unstable   bool
	}{
		{"gelu", 0.04, true}, {"gelu", 1, false}, {"silu", 0.25, true}, {"silu", 1, false},
		{"mish", 0.04, true}, {"mish", 0.25, false}, {"gelu_tanh", 0.04, true}, {"gelu_tanh", 1, false},
	} {
		p, err := CriticalPoint(activation.MustParse(tc.activation), tc.biasVar)
		if err != nil {
			t.Fatal(err)
		}
		q, err := (Network{activation.MustParse(tc.activation), p.WeightVar, tc.biasVar}).FixedPoint()
		if err != nil || (p.ChiQ > 1) != tc.unstable || (q < p.Variance*(1-1e-6)) != tc.unstable {
			t.Errorf("%+v: χ_q = %v at %v, q* = %v, %v", tc, p.ChiQ, p.Variance, q, err)
		}
	}
}

// K* is on the critical line, where χ_q crosses 1, and the line turns back beyond it.
func TestHalfStable(t *testing.T) {
	for _, name := range []string{"gelu", "gelu_tanh", "silu", "mish"} {
		q, n, err := HalfStable(activation.MustParse(name))
		if err != nil {
			t.Fatal(err)
		}
		chi1, _ := n.Chi1(q)
		chiQ, _ := n.ChiQ(q)
		next, _ := n.VarianceMap(q)
		least, err := MinCriticalWeightStd(n.Activation)
		if err != nil || !(math.Abs(chi1-1) <= 1e-13) || !(math.Abs(chiQ-1) <= 1e-12) || !(math.Abs(next-q) <= 1e-13*q) || !(least < math.Sqrt(n.WeightVar)) {
			t.Errorf("%s: χ₁ = %v, χ_q = %v, V(%v) = %v, least σ_w %v, %v", name, chi1, chiQ, q, next, least, err)
		}
	}
}

// Phase is what its parts are.
func TestPhase(t *testing.T) {
	for _, n := range []Network{
		{activation.MustParse("tanh"), 4, 0.05}, {activation.MustParse("tanh"), 1.3, 0.05}, {activation.MustParse("selu"), 1, 0.01},
		{activation.MustParse("relu"), 1.5, 0.1}, {activation.MustParse("tanh"), 2, 0},
	} {
		p, err := n.Phase()
		if err != nil {
			t.Fatal(err)
		}
		q, _ := n.FixedPoint()
		chi1, _ := n.Chi1(q)
		course, err := n.Course(1e-3)
		if err != nil {
			t.Fatal(err)
		}
		chiQ, _ := course.ChiQ()
		xiQ, _ := course.XiQ()
		m, err := n.CorrelationAt(q)
		if err != nil {
			t.Fatal(err)
		}
		c := m.FixedPoint()
		chiC, xiC := m.Chi(c), m.Xi(c)
		if want := (Phase{q, chi1, chiQ, xiQ, c, chiC, xiC}); err != nil || p != want {
			t.Errorf("%+v: %+v, want %+v, %v", n, p, want, err)
		}
	}
}

// Errors are one line that names the parameter, and say why there is no value.
func TestErrors(t *testing.T) {
	of := func(name string, weightVar, biasVar float64) Network {
		return Network{activation.MustParse(name), weightVar, biasVar}
	}
	fixed := func(n Network) error { _, err := n.FixedPoint(); return err }
	star := func(n Network) error { _, err := n.Correlation(); return err }
	critical := func(name string, b float64) error { _, err := CriticalPoint(activation.MustParse(name), b); return err }
	for _, tc := range []struct {
		reason string
		err    error
		want   string
	}{
		{"zero network", fixed(Network{}), "activation"},
		{"no weights", fixed(of("tanh", 0, 1)), "weight_var = 0, want weight_var > 0"},
		{"NaN", fixed(of("tanh", math.NaN(), 1)), "weight_var = NaN"},
		{"negative bias", fixed(of("tanh", 1, -1)), "bias_var = -1, want bias_var >= 0"},
		{"every q", fixed(of("relu", 2, 0)), "every q is a fixed point"},
		{"homogeneous divergence", fixed(of("relu", 2, 0.1)), "diverges"},
		{"slow divergence", fixed(of("gelu", 4, 0)), "diverges"},
		{"fast divergence", fixed(of("softplus", 3, 0)), "diverges"},
		{"no variance left", star(of("tanh", 0.5, 0)), "q* = 0"},
		{"homogeneous with bias", critical("relu", 0.1), "bias_var = 0.1, want 0 for relu"},
		{"no critical point", critical("softplus", 0.1), "no critical point"},
		{"no critical point, mirrored", critical("log_sigmoid", 0), "no critical point"},
		{"infinite bias", critical("tanh", math.Inf(1)), "bias_var"},
		{"not gated", func() error { _, _, err := HalfStable(activation.MustParse("relu")); return err }(), "gelu, gelu_tanh, silu or mish"},
		{"depth", func() error { _, err := of("tanh", 1, 0).VarianceAtDepth(1, -1); return err }(), "depth = -1, want depth >= 0"},
		{"depth 0 of a rate", func() error { _, err := ReLUCorrelationRate(0); return err }(), "depth = 0, want depth >= 1"},
		{"correlation", func() error {
			m, _ := of("tanh", 2, 0).Correlation()
			_, err := m.Map(1.5)
			return err
		}(), "c = 1.5, want c in [-1, 1]"},
		{"no fixed point", func() error {
			m, _ := of("relu", 4, 0).CorrelationAt(1)
			_, err := m.AtDepth(0.9, 10)
			return err
		}(), "leaves [-1, 1]"},
		{"no depth scale", func() error {
			n := of("gelu", 2.3932383015563774, 0.04)
			c, _ := n.Course(0.5756371166)
			c.End = c.Others[len(c.Others)-1]
			_, err := c.XiQ()
			return err
		}(), "χ_q = 1.095 > 1"},
	} {
		if tc.err == nil || !strings.Contains(tc.err.Error(), tc.want) || strings.Contains(tc.err.Error(), "\n") {
			t.Errorf("%s: error %v, want one with %q", tc.reason, tc.err, tc.want)
		}
	}
}

// Corners of the phase plane.
func TestFixedPoint_corners(t *testing.T) {
	for _, tc := range []struct {
		reason             string
		activation         string
		weightVar, biasVar float64
		want, tol          float64
	}{
		{"critical: 0 is stable", "tanh", 1, 0, 0, 0},
		{"critical to rounding below the kink", "hard_tanh", 1, 0, 0, 0},
		{"critical at a kink", "elu", 1, 0, 0, 0},
		{"subcritical", "silu", 3.9, 0, 0, 0},
		{"tiny bias: σ_b²/(1 − χ₁)", "tanh", 0.5, 1e-20, 2e-20, 1e-30},
		{"nearly no weights", "tanh", 1e-300, 2, 2, 1e-14},
		{"saturated: V → σ_w² + σ_b²", "tanh", 1e12, 0, 1e12, 1e6 * 2},
		{"just supercritical: (χ₁ − 1)/2, rounding times 1/(1 − χ_q)", "tanh", 1 + 1e-8, 0, 5e-9, 5e-15},
	} {
		q, err := (Network{activation.MustParse(tc.activation), tc.weightVar, tc.biasVar}).FixedPoint()
		if err != nil || !(math.Abs(q-tc.want) <= tc.tol) {
			t.Errorf("%s: q* = %v, want %v, %v", tc.reason, q, tc.want, err)
		}
	}
}
