package meanfield

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

// near fails unless got is want, relatively to tol.
func near(t reference.Fataler, what string, got, want, tol float64) {
	t.Helper()
	reference.Near(t, what, got, want, tol*math.Abs(want))
}

func of(t reference.Fataler) func(s Spread, err error) Spread {
	return func(s Spread, err error) Spread {
		t.Helper()
		if err != nil {
			t.Fatalf("%v", err)
		}
		return s
	}
}

// The order 1/n: mpmath 1.3 at 25 digits (testdata/wide.py), to 1e-10; that takes numerical
// derivatives and sums over paths.
func TestWide_reference(t *testing.T) {
	parts := map[string]func(Wide) float64{
		"limit":    func(w Wide) float64 { return w.Limit },
		"bias":     func(w Wide) float64 { return w.Bias },
		"variance": func(w Wide) float64 { return w.Variance },
	}
	all := map[string]reference.Function{}
	for name, part := range parts {
		all["square."+name] = ofNetwork(func(n Network, p reference.Params) (float64, error) {
			w, err := n.WideSquare(p.Float("q"), p.Int("depth"))
			return part(w), err
		})
		all["growth."+name] = ofNetwork(func(n Network, p reference.Params) (float64, error) {
			w, err := n.WideLogGrowth(p.Float("q"), p.Int("from"), p.Int("depth"))
			return part(w), err
		})
	}
	reference.Check(t, "testdata/wide.jsonl", 1e-10, all)
}

// The exact laws of linear and ReLU networks: their order 1/n at width 1e6.
func TestWideLogGrowth_product(t *testing.T) {
	const width, depth = 1_000_000, 7
	for name, weightVar := range map[string]float64{"linear": 1, "relu": 2} {
		n := Network{activation.MustParse(name), weightVar, 0}
		w, err := n.WideLogGrowth(1, 1, depth+1)
		if err != nil {
			t.Fatal(err)
		}
		mean := reference.Value(t)(product.LogSquaredNormMean(n.Activation, width, depth))
		variance := reference.Value(t)(product.LogSquaredNormVariance(n.Activation, width, depth))
		reference.Near(t, name+" limit", w.Limit, 0, 1e-14)
		near(t, name+" mean", w.At(width).Mean, mean, 1e-5)
		near(t, name+" variance", w.At(width).Variance, variance, 1e-5)
		s, err := n.WideSquare(1, depth)
		if err != nil {
			t.Fatal(err)
		}
		moment := reference.Value(t)(product.NormMoment(n.Activation, width, depth, 4))
		reference.Near(t, name+" bias of the square", s.Bias, 0, 1e-12)
		near(t, name+" variance of the square", s.Variance/(s.Limit*s.Limit), width*(moment-1), 1e-4)
	}
}

// One layer of linear or ReLU units: E‖·‖⁴ is 1 + 2/n and 1 + 5/n times the square of
// E‖·‖² (Hanin 2018), with any biases for linear ones, and the shortcut changes nothing.
func TestGradientOfLayer_closed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		weightVar, width := math.Exp(rapid.Float64Range(-3, 3).Draw(t, "log_weight_var")), rapid.IntRange(1, 1000).Draw(t, "width")
		biasVar := math.Exp(rapid.Float64Range(-3, 3).Draw(t, "log_bias_var"))
		linear, relu := Network{activation.MustParse("linear"), weightVar, biasVar}, Network{activation.MustParse("relu"), weightVar, 0}
		for _, s := range []Spread{
			of(t)(linear.GradientOfLayer(weightVar+biasVar, width)), of(t)(linear.ShortcutOfLayer(weightVar+biasVar, width)),
		} {
			near(t, "linear mean", s.Mean, weightVar, 1e-11)
			near(t, "linear variance", s.Variance, 2*weightVar*weightVar/float64(width), 1e-9)
		}
		s := of(t)(relu.GradientOfLayer(weightVar, width))
		near(t, "relu mean", s.Mean, weightVar/2, 1e-11)
		near(t, "relu variance", s.Variance, weightVar*weightVar/4*5/float64(width), 1e-9)
		x := of(t)(relu.SquareOfLayer(weightVar, width))
		near(t, "relu square", x.Mean, weightVar/2, 1e-11)
		near(t, "variance of the relu square", x.Variance, weightVar*weightVar/4*5/float64(width), 1e-9)
	})
}

// One unit by the definition: ∂ = φ′(w + b)w, a double integral.
func TestGradientOfLayer_unit(t *testing.T) {
	for _, name := range []string{"tanh", "gelu", "selu"} {
		n := Network{activation.MustParse(name), 2.25, 0.49}
		power := func(order float64) float64 {
			value, _ := gauss.Expect(func(w float64) float64 {
				inner, _ := gauss.Expect(func(b float64) float64 {
					return math.Pow(math.Abs(n.Activation.DPhi(w+b)*w), order)
				}, n.BiasVar, -w)
				return inner
			}, n.WeightVar)
			return value
		}
		s := of(t)(n.GradientOfLayer(n.WeightVar+n.BiasVar, 1))
		near(t, name+" mean", s.Mean, power(2), 1e-10)
		near(t, name+" variance", s.Variance, power(4)-power(2)*power(2), 1e-10)
	}
}

// Two units by the definition, without biases: x = (√2, 0), h = √2 W₁, and for u at the
// angle α the squared gradient is (h·δ)²/2 + σ_w²‖δ‖²χ²₁/2. A sum over 8 angles is exact.
func TestGradientOfLayer_pair(t *testing.T) {
	n := Network{activation.MustParse("tanh"), 2.25, 0}
	var first, second float64
	for k := range 8 {
		sin, cos := math.Sincos(2 * math.Pi * (float64(k) + 0.3) / 8)
		moment := func(f func(along, across float64) float64) float64 {
			value, _ := gauss.Expect(func(h1 float64) float64 {
				inner, _ := gauss.Expect(func(h2 float64) float64 {
					d1, d2 := n.Activation.DPhi(h1)*cos, n.Activation.DPhi(h2)*sin
					along := h1*d1 + h2*d2
					return f(along*along/2, n.WeightVar*(d1*d1+d2*d2)/2)
				}, n.WeightVar)
				return inner
			}, n.WeightVar)
			return value
		}
		first += moment(func(a, b float64) float64 { return a + b }) / 8
		second += moment(func(a, b float64) float64 { return a*a + 2*a*b + 3*b*b }) / 8
	}
	s := of(t)(n.GradientOfLayer(n.WeightVar, 2))
	near(t, "mean", s.Mean, first, 1e-10)
	near(t, "variance", s.Variance, second-first*first, 1e-10)
}

// The shortcut is χ₁ at any width, and the layer's own weights make it worse by 1/n.
func TestGradientOfLayer_property(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := Network{
			rapid.SampledFrom([]activation.Activation{activation.MustParse("tanh"), activation.MustParse("silu"), activation.MustParse("elu(1)")}).Draw(t, "activation"),
			math.Exp(rapid.Float64Range(-2, 2).Draw(t, "log_weight_var")), math.Exp(rapid.Float64Range(-4, 1).Draw(t, "log_bias_var")),
		}
		q, width := n.WeightVar+n.BiasVar, rapid.IntRange(1, 1_000_000).Draw(t, "width")
		chi := reference.Value(t)(n.Chi1(q))
		near(t, "shortcut", of(t)(n.ShortcutOfLayer(q, width)).Mean, chi, 1e-11)
		one := of(t)(n.GradientOfLayer(q, 1)).Mean - chi
		reference.Near(t, "1/n", of(t)(n.GradientOfLayer(q, width)).Mean-chi, one/float64(width), 1e-11*chi)
		w, err := n.WideSquare(q, 1)
		s := of(t)(n.SquareOfLayer(q, width))
		if err != nil || w.Bias != 0 {
			t.Fatalf("bias %v after one layer, %v", w.Bias, err)
		}
		near(t, "variance of the square", w.At(width).Variance, s.Variance, 1e-9)
	})
}

// At a fixed point the cosine is the correlation of the next layer; for ReLU it is
// the arc-cosine map.
func TestSignalCosine(t *testing.T) {
	n := Network{activation.MustParse("tanh"), 4, 0}
	m, err := n.Correlation()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []float64{-1, -0.5, 0, 0.9, 1} {
		want := reference.Value(t)(m.AtDepth(c, 6))
		reference.Near(t, "tanh", reference.Value(t)(n.SignalCosine(m.q, c, 6)), want, 1e-10)
		theta := math.Acos(c)
		for range 5 {
			half := math.Sin(theta / 2) // C = c + (sin θ − θ cos θ)/π (Cho & Saul 2009)
			theta = 2 * math.Asin(math.Sqrt(half*half-(math.Sin(theta)-theta*math.Cos(theta))/(2*math.Pi)))
		}
		relu := Network{activation.MustParse("relu"), 1.7, 0}
		reference.Near(t, "relu", reference.Value(t)(relu.SignalCosine(3, c, 5)), math.Cos(theta), 1e-12)
		linear := Network{activation.MustParse("linear"), 0.3, 0}
		reference.Near(t, "linear", reference.Value(t)(linear.SignalCosine(3, c, 100)), c, 1e-12)
	}
}

func TestFiniteWidth_errors(t *testing.T) {
	n := Network{activation.MustParse("tanh"), 4, 1}
	for _, tc := range []struct {
		reason string
		call   func() error
		want   string
	}{
		{"width", func() error { _, err := n.SquareOfLayer(2, 0); return err }, "width = 0"},
		{"NaN", func() error { _, err := n.GradientOfLayer(math.NaN(), 1); return err }, "q = NaN"},
		{"infinite", func() error { _, err := n.ShortcutOfLayer(math.Inf(1), 1); return err }, "q = +Inf"},
		{"less than the biases make", func() error { _, err := n.GradientOfLayer(0.5, 1); return err }, "at least bias_var"},
		{"depth", func() error { _, err := n.WideSquare(2, 0); return err }, "depth = 0"},
		{"from", func() error { _, err := n.WideLogGrowth(2, 4, 3); return err }, "from = 4"},
		{"correlation", func() error { _, err := n.SignalCosine(2, 1.1, 1); return err }, "c = 1.1"},
		{"no depth", func() error { _, err := n.SignalCosine(2, 1, 0); return err }, "depth = 0"},
		{"the variance leaves float64", func() error {
			_, err := Network{activation.MustParse("linear"), 1e30, 0}.WideSquare(1, 30)
			return err
		}, "variance"},
	} {
		if err := tc.call(); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: error %v, want one with %q", tc.reason, err, tc.want)
		}
	}
}
