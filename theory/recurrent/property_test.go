package recurrent

import (
	"math"
	"strings"
	"testing"

	"gradchain/theory/special"

	"gradchain/theory/internal/reference"
	"pgregory.net/rapid"
)

// hold tests a property at drawn inputs and, so that what it sees is no matter of chance, at
// fixed ones.
func hold(t *testing.T, property func(*rapid.T)) {
	t.Helper()
	rapid.Check(t, property)
	reference.Fixed(t, rapid.MakeFuzz(property))
}

// log σ(x) − log σ(−x) = x and σ(x) + σ(−x) = 1, averaged over x = bias + z; and the
// exponents are in the order of Jensen's inequality.
func TestGate_reflection(t *testing.T) {
	hold(t, func(t *rapid.T) {
		bias := rapid.Float64Range(-700, 700).Draw(t, "bias")
		q := math.Exp(rapid.Float64Range(math.Log(1e-12), math.Log(1e6)).Draw(t, "log_q"))
		open, shut := reference.Value(t)(LSTMGateLyapunov(bias, q)), reference.Value(t)(LSTMGateLyapunov(-bias, q))
		reference.Near(t, "difference", open-shut, bias, 1e-12*(math.Abs(open)+math.Abs(shut)))
		meanOpen, meanShut := reference.Value(t)(LSTMGateMeanExponent(bias, q)), reference.Value(t)(LSTMGateMeanExponent(-bias, q))
		reference.Near(t, "sum", math.Exp(meanOpen)+math.Exp(meanShut), 1, 1e-12)
		slack := 1e-12 * math.Abs(open)
		if !(open <= meanOpen+slack && meanOpen <= 0) {
			t.Fatalf("E log σ = %v, log E σ = %v", open, meanOpen)
		}
	})
}

// A nearly constant gate is a constant one: E f(bias + z) − f(bias) is at most
// q·sup|f″|/2, here of f = log σ relative to itself.
func TestGate_narrow(t *testing.T) {
	hold(t, func(t *rapid.T) {
		bias := rapid.Float64Range(-700, 700).Draw(t, "bias")
		q := math.Exp(rapid.Float64Range(math.Log(1e-300), math.Log(1e-6)).Draw(t, "log_q"))
		want := reference.Value(t)(LSTMLogMemory(bias, 1))
		reference.Near(t, "E log σ", reference.Value(t)(LSTMGateLyapunov(bias, q)), want, (q+1e-12)*math.Abs(want))
		reference.Near(t, "log E σ", reference.Value(t)(LSTMGateMeanExponent(bias, q)), want, (q+1e-12)*math.Abs(want))
	})
}

// Powers of A by multiplication, and their largest singular value from the Frobenius
// norm F and the determinant D: s² = (F² + √(F⁴ − 4D²))/2.
func TestJordanNorm_multiplication(t *testing.T) {
	hold(t, func(t *rapid.T) {
		radius := rapid.Float64Range(0.2, 1.5).Draw(t, "spectral_radius")
		coupling := rapid.Float64Range(-20, 20).Draw(t, "coupling")
		steps := rapid.IntRange(1, 60).Draw(t, "steps")
		a, b := 1.0, 0.0
		for range steps {
			a, b = a*radius, a*coupling+b*radius
		}
		// F⁴ − 4D² = b²(b² + 4a²)
		want := math.Sqrt((2*a*a + b*b + math.Abs(b)*math.Sqrt(b*b+4*a*a)) / 2)
		got := reference.Value(t)(JordanNorm(radius, coupling, steps))
		reference.Near(t, "‖A^t‖", got, want, 1e-13*float64(steps)*want)
		if !(got >= a*(1-1e-13)) {
			t.Fatalf("‖A^t‖ = %v below ρ^t = %v", got, a)
		}
	})
}

// The peak is the first of the largest norms.
func TestJordanPeak(t *testing.T) {
	hold(t, func(t *rapid.T) {
		radius := -math.Expm1(-math.Exp(rapid.Float64Range(-12, 2).Draw(t, "log_gap")))
		coupling := math.Exp(rapid.Float64Range(-10, 10).Draw(t, "log_coupling"))
		steps := int(reference.Value(t)(JordanPeakSteps(radius, coupling)))
		peak := reference.Value(t)(JordanPeakNorm(radius, coupling))
		for _, other := range []int{1, steps / 2, steps - 1, steps + 1, 2 * steps} {
			if other < 1 {
				continue
			}
			if norm := reference.Value(t)(JordanNorm(radius, coupling, other)); !(norm <= peak*(1+1e-12)) {
				t.Fatalf("‖A^%d‖ = %v above the peak %v at %d", other, norm, peak, steps)
			}
		}
	})
}

// Bounds and memories multiply as steps add up.
func TestPowers_multiplicative(t *testing.T) {
	hold(t, func(t *rapid.T) {
		s, u := rapid.IntRange(0, 1000).Draw(t, "s"), rapid.IntRange(0, 1000).Draw(t, "t")
		x := rapid.Float64Range(0.9, 1.1).Draw(t, "x")
		y := rapid.Float64Range(0.9, 1.1).Draw(t, "y")
		bound := func(n int) float64 { return reference.Value(t)(NormBound(x, y, n)) }
		reference.Near(t, "bound", bound(s)*bound(u), bound(s+u), 1e-12*bound(s+u))
		reference.Near(t, "one step", bound(1), x*y, 1e-15*x*y)
		memory := func(n int) float64 { return reference.Value(t)(LSTMMemory(6*x, n)) }
		reference.Near(t, "memory", memory(s)*memory(u), memory(s+u), 1e-12*memory(s+u))
	})
}

// One power is the Marchenko–Pastur edge 2g, and a gain multiplies by g^t.
func TestGaussianPowerNorm(t *testing.T) {
	if got := reference.Value(t)(GaussianPowerNorm(1, 1)); !(math.Abs(got-2) <= 1e-15) {
		t.Errorf("‖W‖ = %v, want 2", got)
	}
	hold(t, func(t *rapid.T) {
		steps := rapid.IntRange(1, 100).Draw(t, "steps")
		g := rapid.Float64Range(0.1, 3).Draw(t, "weight_std")
		want := math.Pow(g, float64(steps)) * math.Sqrt(math.Pow(1+1/float64(steps), float64(steps))*float64(steps+1))
		reference.Near(t, "norm", reference.Value(t)(GaussianPowerNorm(steps, g)), want, 1e-12*want)
	})
}

// At the half-life one half is left, and the chrono gate is 1 − 1/T.
func TestMemory_halfLife(t *testing.T) {
	hold(t, func(t *rapid.T) {
		bias := rapid.Float64Range(-800, 700).Draw(t, "bias")
		life := reference.Value(t)(LSTMHalfLife(bias))
		reference.Near(t, "log ½", life*reference.Value(t)(LSTMLogMemory(bias, 1)), -math.Ln2, 1e-13)
		steps := rapid.IntRange(2, 1_000_000_000).Draw(t, "steps")
		chrono := reference.Value(t)(ChronoBias(steps))
		reference.Near(t, "σ(chrono)", special.Sigmoid(-chrono), 1/float64(steps), 1e-13/float64(steps))
		kept := reference.Value(t)(ChronoMemory(steps))
		reference.Near(t, "chrono memory", kept, reference.Value(t)(LSTMMemory(chrono, steps)), 1e-13)
		if !(0.25 <= kept && kept <= 1/math.E) {
			t.Fatalf("(1 − 1/T)^T = %v", kept)
		}
	})
}

// The slope is at most 1, and that of the fixed point to which iteration converges.
func TestTanhFixedPointSlope_iteration(t *testing.T) {
	hold(t, func(t *rapid.T) {
		w := rapid.Float64Range(0.01, 20).Draw(t, "w")
		got := reference.Value(t)(TanhFixedPointSlope(w))
		if !(0 < got && got <= 1) {
			t.Fatalf("slope %v outside (0, 1]", got)
		}
		if math.Abs(w-1) < 0.05 { // iteration is slow there
			return
		}
		h := 1.0
		for range 1000 {
			h = math.Tanh(w * h)
		}
		reference.Near(t, "slope", got, w*(1-h)*(1+h), 1e-15*w*w+1e-12*got)
	})
}

// Errors name the parameter, its value and its domain.
func TestErrors(t *testing.T) {
	for _, tc := range []struct {
		call func() (float64, error)
		want string
	}{
		{func() (float64, error) { return NormBound(math.Inf(1), 1, 1) }, "lipschitz = +Inf, want lipschitz > 0"},
		{func() (float64, error) { return JordanNorm(1, math.NaN(), 1) }, "coupling = NaN, want coupling real"},
		{func() (float64, error) { return JordanPeakSteps(1, 1) }, "spectral_radius = 1, want spectral_radius between 0 and 1"},
		{func() (float64, error) { return GaussianPowerNorm(0, 1) }, "steps = 0, want steps >= 1"},
		{func() (float64, error) { return LSTMHalfLife(800) }, "half-life is out of the range of float64"},
		{func() (float64, error) { return ChronoBias(1) }, "steps = 1, want steps > 1"},
		{func() (float64, error) { return LSTMGateLyapunov(1, 0) }, "q = 0, want q > 0"},
		{func() (float64, error) { return TanhFixedPointSlope(-2) }, "w = -2, want w > 0"},
	} {
		if _, err := tc.call(); err == nil || !strings.Contains(err.Error(), tc.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("error %v, want %q", err, tc.want)
		}
	}
}
