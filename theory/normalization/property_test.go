package normalization

import (
	"math"
	"strings"
	"testing"

	"gradchain/theory/activation"

	"pgregory.net/rapid"
)

var (
	linear = activation.MustParse("linear")
	relu   = activation.MustParse("relu")
)

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

// The factor falls with the batch, from above to its limit like 1/B, and its log is its log.
func TestBatchNormGradientFactor_limit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.SampledFrom([]activation.Activation{linear, relu}).Draw(t, "activation")
		batch := rapid.OneOf(rapid.IntRange(4, 50), rapid.IntRange(4, 1_000_000)).Draw(t, "batch")
		limit := value(t)(BatchNormGradientFactorLimit(a))
		factor, next := value(t)(BatchNormGradientFactor(a, batch)), value(t)(BatchNormGradientFactor(a, batch+1))
		if !(limit < factor && next < factor+1e-14) {
			t.Fatalf("factor %v at batch %d, then %v, to %v", factor, batch, next, limit)
		}
		near(t, "log", value(t)(BatchNormLogGradientFactor(a, batch)), math.Log(factor), 1e-15)
		if excess := (factor/limit - 1) * float64(batch-3); !(0.9 < excess && excess < 1.2) {
			t.Fatalf("(factor/limit − 1)(B − 3) = %v", excess)
		}
	})
	near(t, "relu", value(t)(BatchNormGradientFactorLimit(relu)), math.Pi/(math.Pi-1), 1e-15)
	near(t, "relu at 1e15", value(t)(BatchNormGradientFactor(relu, 1e15)), math.Pi/(math.Pi-1), 1e-14)
	near(t, "linear log at 1e15", value(t)(BatchNormLogGradientFactor(linear, 1e15)), 1e-15, 1e-29)
}

// The kernels of relu by their power series at c = −1/(B−1), a second route: E φφ and
// E φ′φ′ from the Hermite coefficients of relu and of the step.
func TestBatchNormGradientFactor_hermite(t *testing.T) {
	for _, batch := range []int{4, 5, 9, 64, 1000} {
		B := float64(batch)
		c := -1 / (B - 1)
		// asin c = Σ (2k)!/(4^k k!² (2k+1)) c^(2k+1); P = ¼ + asin(c)/2π and K′ = P
		slope, kernel, term := 0.25, 1/(2*math.Pi)+c/4, c
		for k := 0.0; k < 60; k++ {
			slope += term / (2*k + 1) / (2 * math.Pi)
			kernel += term * c / (2*k + 1) / (2*k + 2) / (2 * math.Pi)
			term *= c * c * (2*k + 1) / (2*k + 2)
		}
		trace := (B-3)/2 + 1/B + (B-1)/B*(slope+kernel)
		want := B * trace / ((B - 1) * (B - 3) * (0.5 - kernel))
		near(t, "factor", value(t)(BatchNormGradientFactor(relu, batch)), want, 1e-14*want)
	}
}

// Poincaré: E φ′² ≥ Var φ at q = 1 with equality for linear only, and so layer norm, which
// keeps the mean, is at most as large.
func TestGradientFactor_poincare(t *testing.T) {
	for _, a := range activation.All() {
		batch, layer := value(t)(BatchNormGradientFactorLimit(a)), value(t)(LayerNormGradientFactor(a))
		if a.Name() != "linear" && !(batch > 1+1e-3) || !(batch >= 1) {
			t.Errorf("%v: factor %v, want above 1", a, batch)
		}
		if !(layer <= batch*(1+1e-14)) {
			t.Errorf("%v: layer norm %v above batch norm %v", a, layer, batch)
		}
		if a.Homogeneous() {
			near(t, a.String(), layer, 1, 1e-15)
		}
	}
}

// The Jacobians of layer norm and RMS norm by central differences.
func TestJacobianSquare_differences(t *testing.T) {
	x := []float64{0.3, -1.2, 2.5, 0.9, -0.4, 1.1, -2}
	n := float64(len(x))
	norm := func(x []float64, centred bool) (y []float64, scale float64) {
		mean, square := 0.0, 0.0
		for _, v := range x {
			if centred {
				mean += v / n
			}
		}
		for _, v := range x {
			square += (v - mean) * (v - mean) / n
		}
		for _, v := range x {
			y = append(y, (v-mean)/math.Sqrt(square))
		}
		return y, math.Sqrt(square)
	}
	for _, tc := range []struct {
		reason  string
		centred bool
		want    float64
	}{
		{"layer norm loses the mean and the scale", true, value(t)(LayerNormJacobianSquare(len(x)))},
		{"RMS norm loses the scale", false, value(t)(RMSNormJacobianSquare(len(x)))},
	} {
		_, scale := norm(x, tc.centred)
		sum := 0.0
		for i := range x {
			const h = 1e-5
			up, down := append([]float64{}, x...), append([]float64{}, x...)
			up[i] += h
			down[i] -= h
			above, _ := norm(up, tc.centred)
			below, _ := norm(down, tc.centred)
			for j := range x {
				d := scale * (above[j] - below[j]) / (2 * h)
				sum += d * d
			}
		}
		near(t, tc.reason, sum, tc.want, 1e-7)
	}
}

// The rms is between 0 and 1 and only the ratio of variance and ε counts.
func TestOutputRMS(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := math.Pow(10, rapid.Float64Range(-300, 300).Draw(t, "log10_variance"))
		e := math.Pow(10, rapid.Float64Range(-300, 300).Draw(t, "log10_epsilon"))
		rms := value(t)(OutputRMS(v, e))
		other := value(t)(OutputRMS(e, v))
		near(t, "squares add up to", math.Hypot(rms, other), 1, 1e-15)
		near(t, "scaled", value(t)(OutputRMS(v*0x1p-20, e*0x1p-20)), rms, 1e-15*rms)
	})
	near(t, "no ε", value(t)(OutputRMS(5e-324, 0)), 1, 0)
	near(t, "no variance", value(t)(OutputRMS(0, 1)), 0, 0)
}

// Two tails of the normal law, falling; beyond 38 the value underflows.
func TestSaturationProbability(t *testing.T) {
	last := 2.0
	for _, threshold := range []float64{0, 1e-9, 0.1, 1, 5, 20, 37, 38, 800} {
		p := value(t)(SaturationProbability(threshold))
		if !(p < last) {
			t.Errorf("P(|z| > %v) = %v, not below %v", threshold, p, last)
		}
		near(t, "erfc", p, math.Erfc(threshold/math.Sqrt2), 1e-12*p+5e-324)
		last = p
	}
	near(t, "at 0", value(t)(SaturationProbability(0)), 1, 0)
	near(t, "far", last, 0, 0)
}

// Errors name the parameter, its value and its domain in one line.
func TestErrors(t *testing.T) {
	tanh := activation.MustParse("tanh")
	for _, tc := range []struct {
		call func() (float64, error)
		want string
	}{
		{func() (float64, error) { return BatchNormGradientFactor(tanh, 8) }, "activation = tanh, want activation linear or relu"},
		{func() (float64, error) { return BatchNormLogGradientFactor(activation.Activation{}, 8) }, "want activation linear or relu"},
		{func() (float64, error) { return BatchNormGradientFactor(relu, 3) }, "batch = 3, want batch >= 4"},
		{func() (float64, error) { return BatchNormGradientFactorLimit(activation.Activation{}) }, "activation = the zero value"},
		{func() (float64, error) { return OutputRMS(0, 0) }, "variance = 0 and epsilon = 0, want one of them > 0"},
		{func() (float64, error) { return OutputRMS(math.NaN(), 1) }, "variance = NaN, want variance >= 0"},
		{func() (float64, error) { return OutputRMS(1, -1) }, "epsilon = -1, want epsilon >= 0"},
		{func() (float64, error) { return SaturationProbability(-1) }, "threshold = -1, want threshold >= 0"},
		{func() (float64, error) { return LayerNormJacobianSquare(2) }, "width = 2, want width >= 3"},
		{func() (float64, error) { return RMSNormJacobianSquare(1) }, "width = 1, want width >= 2"},
	} {
		x, err := tc.call()
		if x != 0 || err == nil || !strings.Contains(err.Error(), tc.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%v, error %v, want %q", x, err, tc.want)
		}
	}
}
