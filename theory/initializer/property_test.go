package initializer

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"gradchain/theory/activation"
	"gradchain/theory/gauss"
	"gradchain/theory/law"

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

// size is positive and spread over the logarithms between lo and hi.
func size(t *rapid.T, name string, lo, hi float64) float64 {
	return math.Exp(rapid.Float64Range(math.Log(lo), math.Log(hi)).Draw(t, "log_"+name))
}

// drawFans spreads over the logarithms up to 10⁹.
func drawFans(t *rapid.T) (in, out int) {
	return int(size(t, "fan_in", 1, 1e9)), int(size(t, "fan_out", 1, 1e9))
}

// The schemes are what the factors say: Glorot's variance times the fans, and LeCun's
// and He's times the fan-in alone.
func TestStd_factors(t *testing.T) {
	hold(t, func(t *rapid.T) {
		in, out := drawFans(t)
		variance := func(scheme string) float64 {
			std := reference.Value(t)(Std(scheme, in, out))
			return std * std
		}
		forward, backward := reference.Value(t)(GlorotForwardFactor(in, out)), reference.Value(t)(GlorotBackwardFactor(in, out))
		reference.Near(t, "forward", variance("glorot")*float64(in), forward, 1e-15*forward)
		reference.Near(t, "backward", variance("glorot")*float64(out), backward, 1e-15*backward)
		reference.Near(t, "sum", forward+backward, 2, 1e-15)
		product := reference.Value(t)(GlorotFactorProduct(in, out))
		reference.Near(t, "product", product, forward*backward, 1e-15)
		if !(product > 0 && product <= 1 && (in != out || product == 1)) {
			t.Fatalf("product %v of fans %d, %d", product, in, out)
		}
		reference.Near(t, "lecun", variance("lecun")*float64(in), 1, 1e-15)
		reference.Near(t, "he", variance("he")*float64(in), reference.Value(t)(HeWeightVar(0)), 1e-15)
	})
}

// The uniform law of that half-width has that standard deviation.
func TestUniformBound_law(t *testing.T) {
	hold(t, func(t *rapid.T) {
		in, out := drawFans(t)
		scheme := rapid.SampledFrom([]string{"lecun", "glorot", "he"}).Draw(t, "scheme")
		bound := reference.Value(t)(UniformBound(scheme, in, out))
		variance := reference.Value(t)(law.MustParse(fmt.Sprintf("uniform(%v)", bound)).Variance())
		std := reference.Value(t)(Std(scheme, in, out))
		reference.Near(t, "variance", variance, std*std, 1e-14*std*std)
	})
}

// The torch gain of leaky_relu is the root of He's weight_var and, at any q, the gain of
// its second moment in units of √q.
func TestTorchGain_leaky(t *testing.T) {
	hold(t, func(t *rapid.T) {
		slope := rapid.Float64Range(-3, 3).Draw(t, "slope")
		leaky := activation.MustParse(fmt.Sprintf("leaky_relu(%v)", slope))
		gain, v := reference.Value(t)(TorchGain(leaky)), reference.Value(t)(HeWeightVar(slope))
		reference.Near(t, "gain²", gain*gain, v, 1e-15*v)
		q := size(t, "q", 1e-100, 1e100)
		reference.Near(t, "second moment gain", reference.Value(t)(SecondMomentGain(leaky, q))*math.Sqrt(q), gain, 1e-13*gain)
	})
}

// E φ² = Var φ + (E φ)², so that the variance gain is the larger one; they agree for
// odd φ.
func TestGains(t *testing.T) {
	hold(t, func(t *rapid.T) {
		a := rapid.SampledFrom(activation.All()).Draw(t, "activation")
		q := size(t, "q", 1e-6, 1e6)
		moment, variance := reference.Value(t)(SecondMomentGain(a, q)), reference.Value(t)(VarianceGain(a, q))
		mean, _, err := gauss.Mean(a, q)
		if err != nil {
			t.Fatalf("%v", err)
		}
		square := 1 / (moment * moment)
		reference.Near(t, "E φ²", square, 1/(variance*variance)+mean*mean, 1e-11*square)
		if a.Odd() {
			reference.Near(t, "variance gain", variance, moment, 1e-12*moment)
		}
	})
}

// The law of the truncated weight has the same standard deviation; more is cut with
// smaller k, and the scale is sigma.
func TestTruncatedNormalStd_law(t *testing.T) {
	hold(t, func(t *rapid.T) {
		sigma, k := size(t, "sigma", 1e-3, 1e3), size(t, "k", 1e-3, 30)
		std := reference.Value(t)(TruncatedNormalStd(sigma, k))
		l := law.MustParse(fmt.Sprintf("truncated_normal(sigma=%v,k=%v)", sigma, k))
		variance := reference.Value(t)(l.Variance())
		reference.Near(t, "variance", variance, std*std, 1e-12*std*std)
		if !(std <= min(sigma, sigma*k/math.Sqrt(3))*(1+1e-15)) {
			t.Fatalf("standard deviation %v of sigma = %v, k = %v", std, sigma, k)
		}
		if wider := reference.Value(t)(TruncatedNormalStd(sigma, 1.01*k)); !(std <= wider) {
			t.Fatalf("standard deviation falls from %v to %v", std, wider)
		}
		reference.Near(t, "doubled", reference.Value(t)(TruncatedNormalStd(2*sigma, k)), 2*std, 0)
	})
}

// The two branches of TruncatedNormalStd meet at k = 1.
func TestTruncatedNormalStd_branches(t *testing.T) {
	below, above := reference.Value(t)(TruncatedNormalStd(1, 1)), reference.Value(t)(TruncatedNormalStd(1, math.Nextafter(1, 2)))
	reference.Near(t, "from above", above, below, 1e-15)
}

// Errors name the parameter, its value and its domain.
func TestErrors(t *testing.T) {
	tanh, nan, inf := activation.MustParse("tanh"), math.NaN(), math.Inf(1)
	for _, tc := range []struct {
		reason string
		call   func() (float64, error)
		want   string
	}{
		{"unknown scheme", func() (float64, error) { return Std("xavier", 1, 1) }, "scheme = xavier, want scheme lecun, glorot or he"},
		{"no inputs", func() (float64, error) { return UniformBound("he", 0, 1) }, "fan_in = 0, want fan_in >= 1"},
		{"no outputs", func() (float64, error) { return GlorotBackwardFactor(1, 0) }, "fan_out = 0, want fan_out >= 1"},
		{"no inputs", func() (float64, error) { return GlorotFactorProduct(-1, 1) }, "fan_in = -1, want fan_in >= 1"},
		{"NaN", func() (float64, error) { return HeWeightVar(nan) }, "slope = NaN, want slope real"},
		{"no torch gain", func() (float64, error) { return TorchGain(activation.MustParse("gelu")) }, "activation = gelu, want activation linear, sigmoid"},
		{"zero activation", func() (float64, error) { return TorchGain(activation.Activation{}) }, "want activation linear, sigmoid"},
		{"zero activation", func() (float64, error) { return VarianceGain(activation.Activation{}, 1) }, "activation"},
		{"no variance", func() (float64, error) { return SecondMomentGain(tanh, 0) }, "q = 0, want q > 0"},
		{"infinite", func() (float64, error) { return VarianceGain(tanh, inf) }, "q = +Inf, want q > 0"},
		{"infinite", func() (float64, error) { return TruncatedNormalStd(inf, 1) }, "sigma = +Inf, want sigma > 0"},
		{"no cut", func() (float64, error) { return TruncatedNormalStd(1, 0) }, "k = 0, want k > 0"},
	} {
		got, err := tc.call()
		if got != 0 || err == nil || !strings.Contains(err.Error(), tc.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v and error %v, want 0 and %q", tc.reason, got, err, tc.want)
		}
	}
}
