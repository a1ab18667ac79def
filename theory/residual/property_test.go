package residual

import (
	"math"
	"strings"
	"testing"

	"gradchain/theory/activation"
	"gradchain/theory/gauss"
	"gradchain/theory/internal/reference"
	"gradchain/theory/product"

	"pgregory.net/rapid"
)

// hold tests a property at drawn inputs and, so that what it sees is no matter of chance, at
// fixed ones.
func hold(t *testing.T, property func(*rapid.T)) {
	t.Helper()
	rapid.Check(t, property)
	reference.Fixed(t, rapid.MakeFuzz(property))
}

// value unwraps a result that must not be an error.
func value(t rapid.TB) func(x float64, err error) float64 {
	return func(x float64, err error) float64 {
		t.Helper()
		if err != nil {
			t.Fatalf("%v", err)
		}
		return x
	}
}

// near fails unless |got − want| ≤ tol.
func near(t rapid.TB, what string, got, want, tol float64) {
	t.Helper()
	if diff := math.Abs(got - want); !(diff <= tol) {
		t.Fatalf("%s = %v, want %v, off by %.3g, at most %.3g", what, got, want, diff, tol)
	}
}

// The gain multiplies over depth, a = L^−e is that scale, and L^(−1/2) stays below e.
func TestMeanSquareGain(t *testing.T) {
	hold(t, func(t *rapid.T) {
		depth := rapid.IntRange(1, 1_000_000).Draw(t, "depth")
		L := float64(depth)
		e := rapid.Float64Range(0, 3).Draw(t, "exponent")
		log := value(t)(LogMeanSquareGain(depth, Exponent(e)))
		near(t, "scale", value(t)(LogMeanSquareGain(depth, Scale(math.Pow(L, -e)))), log, 1e-13*log)
		near(t, "one layer", L*value(t)(LogMeanSquareGain(1, Scale(math.Pow(L, -e)))), log, 1e-13*log)
		near(t, "doubled", value(t)(LogMeanSquareGain(2*depth, Scale(1))), 2*L*math.Ln2, 1e-15*L)
		gain := value(t)(MeanSquareGain(depth, Exponent(0.5)))
		if !(2-1e-12 <= gain && gain < math.E) {
			t.Fatalf("gain %v at exponent ½, want from 2 to e", gain)
		}
	})
}

// By Jensen the mean log is below the log of the mean square gain, it adds over depth, and
// for large a it is that of aW alone.
func TestLogSquaredNormMean_bounds(t *testing.T) {
	hold(t, func(t *rapid.T) {
		width := rapid.OneOf(rapid.IntRange(1, 10), rapid.IntRange(1, 1_000_000)).Draw(t, "width")
		a := Scale(math.Pow(10, rapid.Float64Range(-12, 12).Draw(t, "log10_a")))
		depth := rapid.IntRange(1, 1_000_000).Draw(t, "depth")
		one, gain := value(t)(LogSquaredNormMean(width, 1, a)), value(t)(LogMeanSquareGain(1, a))
		if !(one <= gain*(1+1e-13)) || width >= 2 && !(one >= 0) {
			t.Fatalf("mean log %v, want from 0 to %v", one, gain)
		}
		near(t, "depth", value(t)(LogSquaredNormMean(width, depth, a)), float64(depth)*one, 1e-15*float64(depth)*math.Abs(one))
		plain := value(t)(product.LogSquaredNormMean(activation.MustParse("linear"), width, 1))
		far := value(t)(LogSquaredNormMean(width, 1, Scale(1e9)))
		near(t, "large a", far-2*math.Log(1e9), plain, 1e-13)
	})
}

// Width 1 is E log(1+ag)² and small widths are E log|v + ag/√n|² over the two independent
// parts of g: expectations of package gauss, a second route.
func TestLogSquaredNormMean_direct(t *testing.T) {
	for _, a := range []float64{1, 4, 100} {
		direct, bound := gauss.Expect(func(z float64) float64 { return 2 * math.Log(math.Abs(z-1/a)*a) }, 1, 1/a)
		near(t, "width 1", value(t)(LogSquaredNormMean(1, 1, Scale(a))), direct, bound+1e-11)
		for _, width := range []int{3, 4, 11} {
			n := float64(width)
			s := a / math.Sqrt(n)
			direct, bound := gauss.Expect(func(z float64) float64 {
				along := (1 + s*z) * (1 + s*z)
				return chiMeanLog(along/(s*s), n-1) + 2*math.Log(s)
			}, 1, -1/s)
			near(t, "width", value(t)(LogSquaredNormMean(width, 1, Scale(a))), direct, bound+1e-10)
		}
	}
}

// chiMeanLog is E log(c + χ²_k) by the trapezoidal rule in the log of χ².
func chiMeanLog(c, k float64) float64 {
	var sum, mass float64
	for u := -80.0 / k; u < 6; u += 0.25 {
		log := k/2*u - math.Exp(u)/2
		weight := math.Exp(log)
		sum += weight * math.Log(c+math.Exp(u))
		mass += weight
	}
	return sum / mass
}

// E₁ is decreasing with derivative −e^−T/T, at the switch and far from it.
func TestExpIntegral(t *testing.T) {
	for _, T := range []float64{1e-200, 1e-5, 0.5, 1, 1.01, 5, 100, 700} {
		const h = 1e-4
		slope := (expIntegral(math.Log(T)+h) - expIntegral(math.Log(T)-h)) / (2 * h)
		near(t, "slope", slope, -math.Exp(-T), math.Exp(-T)*h*h*(1+T)*(1+T)+1e-9*expIntegral(math.Log(T)))
	}
	near(t, "at the switch", expIntegral(1e-15), expIntegral(0), 1e-15)
}

// iterate is the path layer by layer, without leaps.
func iterate(t rapid.TB, s Stream) (q, growth float64) {
	t.Helper()
	one := s.layer
	q = s.Q
	for range s.Depth {
		rise, gain, err := one(q)
		if err != nil {
			t.Fatalf("%v", err)
		}
		q, growth = q+rise, growth+gain
	}
	return q, growth
}

// Leaps of many layers are the layers one by one, for every activation.
func TestVarianceAtDepth_leaps(t *testing.T) {
	cheap := []string{"erf", "sin", "hard_tanh", "hard_sigmoid_torch"}
	for _, a := range activation.All() {
		if a.Homogeneous() {
			continue
		}
		s := Stream{a, 150, 0.7, 0.01, 0.001}
		q, growth := iterate(t, s)
		near(t, a.String(), value(t)(VarianceAtDepth(s)), q, 1e-11*q)
		near(t, a.String(), value(t)(LogGradientGrowth(s)), growth, 1e-11*growth)
	}
	hold(t, func(t *rapid.T) {
		s := Stream{
			Activation: activation.MustParse(rapid.SampledFrom(cheap).Draw(t, "activation")),
			Depth:      rapid.IntRange(1, 5000).Draw(t, "depth"),
			Q:          math.Pow(10, rapid.Float64Range(-12, 6).Draw(t, "log10_q")),
			WeightVar:  math.Pow(10, rapid.Float64Range(-6, 2).Draw(t, "log10_weight")),
			BiasVar:    rapid.SampledFrom([]float64{0, 1e-3, 2}).Draw(t, "bias_var"),
		}
		q, growth := iterate(t, s)
		near(t, "q", value(t)(VarianceAtDepth(s)), q, 1e-11*q)
		near(t, "growth", value(t)(LogGradientGrowth(s)), growth, 1e-11*growth)
	})
}

// Homogeneous activations have geometric paths, and q has no part in the growth.
func TestVarianceAtDepth_homogeneous(t *testing.T) {
	hold(t, func(t *rapid.T) {
		s := Stream{
			Activation: activation.MustParse(rapid.SampledFrom([]string{"linear", "relu", "leaky_relu(0.3)"}).Draw(t, "activation")),
			Depth:      rapid.IntRange(1, 300).Draw(t, "depth"),
			Q:          rapid.Float64Range(1e-9, 10).Draw(t, "q"),
			WeightVar:  rapid.Float64Range(1e-9, 3).Draw(t, "weight_var"),
			BiasVar:    rapid.Float64Range(0, 3).Draw(t, "bias_var"),
		}
		q, growth := iterate(t, s)
		near(t, "q", value(t)(VarianceAtDepth(s)), q, 1e-12*q)
		near(t, "growth", value(t)(LogGradientGrowth(s)), growth, 1e-12*growth)
	})
}

// The log growth for tanh over √L tends to its coefficient, like log L/√L.
func TestTanhGrowthCoefficient(t *testing.T) {
	tanh := activation.MustParse("tanh")
	for _, weightStd := range []float64{0.5, 1, 3} {
		want := value(t)(TanhGrowthCoefficient(weightStd))
		last := math.Inf(1)
		for _, depth := range []int{1000, 100_000, 10_000_000} {
			growth := value(t)(LogGradientGrowth(Stream{tanh, depth, 1, weightStd * weightStd, 0}))
			off := math.Abs(growth/math.Sqrt(float64(depth))/want - 1)
			if !(off < 0.5*last) {
				t.Errorf("σ_w = %v: off by %v at depth %d, by %v before", weightStd, off, depth, last)
			}
			last = off
		}
		if !(last < 0.01) {
			t.Errorf("σ_w = %v: off by %v at depth 1e7", weightStd, last)
		}
	}
}

// The growth of gradients stays finite where the variance overflows.
func TestCorners(t *testing.T) {
	gelu := activation.MustParse("gelu")
	growth := value(t)(LogGradientGrowth(Stream{gelu, 1_000_000, 1, 1, 0}))
	near(t, "growth of gelu", growth, 1e6*math.Log(1.5), 1)
	if q, err := VarianceAtDepth(Stream{gelu, 1_000_000, 1, 1, 0}); err == nil {
		t.Errorf("variance %v, want an overflow", q)
	}
	near(t, "a weight of no account", value(t)(VarianceAtDepth(Stream{gelu, 1_000_000, 3, 1e-300, 0})), 3, 0)
	near(t, "biases only", value(t)(VarianceAtDepth(Stream{gelu, 1_000_000, 1, 1e-300, 2})), 2_000_001, 1e-6)
	near(t, "no branch", value(t)(MeanSquareGain(1_000_000, Scale(0))), 1, 0)
	near(t, "huge branch", value(t)(LogMeanSquareGain(3, Scale(1e300))), 6*300*math.Ln10, 1e-11)
	near(t, "tiny branch", value(t)(LogMeanSquareGain(1_000_000, Scale(1e-161))), 1e-316, 1e-323)
	near(t, "huge branch", value(t)(LogSquaredNormMean(1, 1, Scale(1e300))), 600*math.Ln10-1.2703628454614782, 1e-12)
	near(t, "tiny branch", value(t)(LogSquaredNormMean(4, 1, Scale(1e-161))), 5e-323, 5e-324)
}

// Errors name the parameter, its value and its domain in one line.
func TestErrors(t *testing.T) {
	tanh, relu := activation.MustParse("tanh"), activation.MustParse("relu")
	for _, tc := range []struct {
		call func() (float64, error)
		want string
	}{
		{func() (float64, error) { return MeanSquareGain(0, Scale(1)) }, "depth = 0, want depth >= 1"},
		{func() (float64, error) { return MeanSquareGain(1, Branch{}) }, "branch_scale and branch_exponent missing"},
		{func() (float64, error) { return MeanSquareGain(1, Scale(-1)) }, "branch_scale = -1, want branch_scale >= 0"},
		{func() (float64, error) { return MeanSquareGain(1, Exponent(math.NaN())) }, "branch_exponent = NaN, want branch_exponent >= 0"},
		{func() (float64, error) { return MeanSquareGain(1_000_000, Scale(1)) }, "out of the range of float64"},
		{func() (float64, error) { return LogSquaredNormMean(0, 1, Scale(1)) }, "width = 0, want width >= 1"},
		{func() (float64, error) { return LogSquaredNormMean(3, 1, Scale(0)) }, "branch_scale = 0, want branch_scale > 0"},
		{func() (float64, error) { return VarianceAtDepth(Stream{}) }, "activation = the zero value"},
		{func() (float64, error) { return VarianceAtDepth(Stream{tanh, 0, 1, 1, 0}) }, "depth = 0, want depth >= 1"},
		{func() (float64, error) { return VarianceAtDepth(Stream{tanh, 1, 0, 1, 0}) }, "q = 0, want q > 0"},
		{func() (float64, error) { return VarianceAtDepth(Stream{tanh, 1, 1, math.Inf(1), 0}) }, "weight_var = +Inf"},
		{func() (float64, error) { return LogGradientGrowth(Stream{tanh, 1, 1, 1, -1}) }, "bias_var = -1, want bias_var >= 0"},
		{func() (float64, error) { return VarianceAtDepth(Stream{relu, 10_000, 1, 1, 0}) }, "out of the range of float64"},
		{func() (float64, error) { return TanhGrowthCoefficient(0) }, "weight_std = 0, want weight_std > 0"},
		{func() (float64, error) { return FixupScale(1, 3) }, "branch_layers = 1, want branch_layers >= 2"},
	} {
		x, err := tc.call()
		if x != 0 || err == nil || !strings.Contains(err.Error(), tc.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%v, error %v, want %q", x, err, tc.want)
		}
	}
}
