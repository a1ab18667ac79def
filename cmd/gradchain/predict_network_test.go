package main

import (
	"context"
	"math"
	"testing"

	"pgregory.net/rapid"

	"gradchain/sim/model"
	"gradchain/theory/activation"
	"gradchain/theory/gauss"
	"gradchain/theory/meanfield"
	"gradchain/theory/normalization"
	"gradchain/theory/product"
	"gradchain/theory/residual"
)

// closeTo reports whether two numbers agree to tol, relatively where they are above 1.
func closeTo(got, want, tol float64) bool {
	return math.Abs(got-want) <= tol*max(1, math.Abs(want)) || got == want
}

// must returns a value of the theory that has one.
func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func wideOf(t interface{ Fatal(...any) }, m model.Dense) []wideLayer {
	if err := m.Validate(); err != nil {
		t.Fatal(err)
	}
	return must(newWideNetwork(m).layers(context.Background()))
}

// anyActivation draws one of the catalogue.
func anyActivation(t *rapid.T) activation.Activation {
	return rapid.SampledFrom(activation.All()).Draw(t, "activation")
}

// TestWide_plain: variances and gradients are those of the maps of package meanfield,
// layer by layer.
func TestWide_plain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := model.Dense{
			Activation: anyActivation(t), WeightStd: rapid.Float64Range(0.3, 3).Draw(t, "weight std"),
			BiasStd: rapid.SampledFrom([]float64{0, 0.1, 1}).Draw(t, "bias std"), Width: 1, Depth: rapid.IntRange(1, 12).Draw(t, "depth"),
		}
		layers := wideOf(t, m)
		n := meanfield.Network{Activation: m.Activation, WeightVar: m.WeightStd * m.WeightStd, BiasVar: m.BiasStd * m.BiasStd}
		first := n.WeightVar + n.BiasVar
		back := 0.0
		for l := m.Depth; l > 0; l-- {
			q := must(n.VarianceAtDepth(first, l-1))
			if !closeTo(layers[l].logVariance, math.Log(q), 1e-9) {
				t.Fatalf("layer %d: log variance %v, want %v", l, layers[l].logVariance, math.Log(q))
			}
			chi := must(n.Chi1(q))
			if want := back + math.Log(chi/n.WeightVar); !closeTo(layers[l].logGrad, want, 1e-9) {
				t.Fatalf("layer %d: log gradient %v, want %v", l, layers[l].logGrad, want)
			}
			back += math.Log(chi)
		}
		if !closeTo(layers[0].logGrad, back, 1e-9) {
			t.Fatalf("input: log gradient %v, want %v", layers[0].logGrad, back)
		}
	})
}

// TestWide_correlation: of two inputs it is that of the correlation map, for relu at its
// critical point, where every variance is fixed, and for tanh at its fixed point.
func TestWide_correlation(t *testing.T) {
	const depth = 30
	relu := model.Dense{Activation: activation.MustParse("relu"), WeightStd: math.Sqrt2, Width: 2, Depth: depth, Batch: 2, Angle: math.Acos(0.3)}
	c := must(meanfield.Network{Activation: relu.Activation, WeightVar: 2}.CorrelationAt(2))
	for l, x := range wideOf(t, relu) {
		if want := must(c.AtDepth(0.3, l)); !closeTo(x.correlation, want, 1e-9) {
			t.Errorf("relu, layer %d: %v, want %v", l, x.correlation, want)
		}
	}
	tanh := model.Dense{Activation: activation.MustParse("tanh"), WeightStd: 2, BiasStd: 0.3, Width: 1, Depth: 300, Batch: 2}
	n := meanfield.Network{Activation: tanh.Activation, WeightVar: 4, BiasVar: 0.09}
	layers := wideOf(t, tanh)
	q, cStar := must(n.FixedPoint()), must(n.Correlation()).FixedPoint()
	k := must(gauss.NewKernel(tanh.Activation, q))
	if want := k.Value(cStar) / k.Value(1); !closeTo(layers[300].correlation, want, 1e-8) {
		t.Errorf("tanh: %v at depth 300, want %v of the fixed point", layers[300].correlation, want)
	}
}

// TestWide_residual: for odd φ without biases variance and growth are those of Yang &
// Schoenholz, whose block x + Wφ(x) is the same map of q.
func TestWide_residual(t *testing.T) {
	for _, name := range []string{"linear", "tanh", "erf", "softsign", "arctan", "hard_tanh"} {
		for _, alpha := range []float64{0.1, 1, 3} {
			a := activation.MustParse(name)
			m := model.Dense{Activation: a, WeightStd: 1.3, Width: 1, Depth: 40, Skip: true, Alpha: alpha}
			layers := wideOf(t, m)
			for _, l := range []int{1, 2, 10, 39} {
				s := residual.Stream{Activation: a, Depth: l, Q: 1.69, WeightVar: 1.69 * alpha * alpha}
				if want := math.Log(must(residual.VarianceAtDepth(s)) / 1.69); !closeTo(layers[l].logSquare, want, 1e-9) {
					t.Errorf("%s, α = %v, layer %d: log second moment %v, want %v", name, alpha, l, layers[l].logSquare, want)
				}
			}
			s := residual.Stream{Activation: a, Depth: 40, Q: 1.69, WeightVar: 1.69 * alpha * alpha}
			if want := must(residual.LogGradientGrowth(s)); !closeTo(layers[0].logGrad, want, 1e-9) {
				t.Errorf("%s, α = %v: log gradient %v, want %v", name, alpha, layers[0].logGrad, want)
			}
		}
	}
}

// TestWide_norms: growth from layer to layer is the factor of package normalization.
func TestWide_norms(t *testing.T) {
	for _, a := range activation.All() {
		layer := must(normalization.LayerNormGradientFactor(a))
		for _, tt := range []struct {
			norm model.Norm
			want float64
		}{{model.LayerNorm, layer}, {model.RMSNorm, layer}} {
			m := model.Dense{Activation: a, WeightStd: 2.5, Width: 1, Depth: 6, Norm: tt.norm, Batch: 8}
			l := wideOf(t, m)
			if got := l[3].logGrad - l[4].logGrad; !closeTo(got, math.Log(tt.want), 1e-9) {
				t.Errorf("%v, %v norm: growth %v, want %v", a, tt.norm, got, math.Log(tt.want))
			}
			if l[4].logArgument != 0 {
				t.Errorf("%v, %v norm: log variance %v of the argument, want 0", a, tt.norm, l[4].logArgument)
			}
		}
	}
}

// TestWide_epsilon: an epsilon takes v to v/(v+ε), OutputRMS squared, and one that
// dwarfs the variance turns a norm into a constant factor 1/√ε.
func TestWide_epsilon(t *testing.T) {
	a := activation.MustParse("tanh")
	l := wideOf(t, model.Dense{Activation: a, WeightStd: 2, Width: 1, Depth: 3, Norm: model.RMSNorm, Epsilon: 0.7})
	if want := 2 * math.Log(must(normalization.OutputRMS(4, 0.7))); !closeTo(l[1].logArgument, want, 1e-12) {
		t.Errorf("log variance %v behind the norm, want %v", l[1].logArgument, want)
	}
	const epsilon = 1e20
	linear := activation.MustParse("linear")
	normed := wideOf(t, model.Dense{Activation: linear, WeightStd: 1e10, Width: 1, Depth: 1, Norm: model.RMSNorm, NormAfter: true, Epsilon: epsilon})
	if want := math.Log(0.5); !closeTo(normed[1].logSquare, want, 1e-12) {
		t.Errorf("log second moment %v, want %v", normed[1].logSquare, want)
	}
}

// TestWide_extremes: no depth and no gain takes the logarithms out of range.
func TestWide_extremes(t *testing.T) {
	for _, tt := range []struct {
		reason     string
		activation string
		std        float64
		depth      int
		square     float64 // log E x² at the last layer
		grad       float64 // log E‖∂out/∂x⁰‖²
	}{
		{"relu far above float64", "relu", 1e30, 1000, 1000 * math.Log(1e60/2), 1000 * math.Log(1e60/2)},
		{"relu far below", "relu", 1e-30, 1000, 1000 * math.Log(1e-60/2), 1000 * math.Log(1e-60/2)},
		{"tanh is linear there", "tanh", 0.1, 100_000, 100_000 * math.Log(0.01), 100_000 * math.Log(0.01)},
		{"gelu is half linear there", "gelu", 0.1, 10_000, 10_000 * math.Log(0.0025), 10_000 * math.Log(0.0025)},
		{"gelu is relu far up", "gelu", 10, 1000, 1000 * math.Log(50), 1000 * math.Log(50)},
	} {
		m := model.Dense{Activation: activation.MustParse(tt.activation), WeightStd: tt.std, Width: 1, Depth: tt.depth}
		l := wideOf(t, m)
		// The first layers are not yet in the limit.
		if got := l[tt.depth].logSquare; !closeTo(got, tt.square, 2e-3) {
			t.Errorf("%s: log second moment %v, want about %v", tt.reason, got, tt.square)
		}
		if got := l[0].logGrad; !closeTo(got, tt.grad, 2e-3) {
			t.Errorf("%s: log gradient %v, want about %v", tt.reason, got, tt.grad)
		}
	}
	m := model.Dense{Activation: activation.MustParse("relu"), WeightStd: 1e30, Width: 1, Depth: 1000, Skip: true, Alpha: 1e30}
	if got, want := wideOf(t, m)[1000].logSquare, 1000*math.Log(1e120/2); !closeTo(got, want, 1e-9) {
		t.Errorf("residual: log second moment %v, want %v", got, want)
	}
	m.Alpha = 0
	if l := wideOf(t, m); l[1000].logSquare != 0 || l[0].logGrad != 0 || l[1].logGrad != 0 {
		t.Errorf("zero branch: %+v, want the identity", l[0])
	}
}

// TestTwoSlopes: closed forms against the moments of package gauss.
func TestTwoSlopes(t *testing.T) {
	for _, name := range []string{"linear", "relu", "leaky_relu(0.3)", "leaky_relu(-1)"} {
		a := activation.MustParse(name)
		got, want := twoSlopes(a.DPhi(-1), a.DPhi(1), math.Log(2.5)), must(momentsAt(a, 2.5, true))
		for _, c := range []float64{-1, -0.4, 0, 0.9, 1} {
			if !closeTo(got.correlation(c), want.correlation(c), 1e-10) {
				t.Errorf("%s: correlation %v of %v, want %v", name, got.correlation(c), c, want.correlation(c))
			}
		}
		if !closeTo(got.logSquare, want.logSquare, 1e-12) || !closeTo(got.mean, want.mean, 1e-12) ||
			!closeTo(got.logSlopeSquare, want.logSlopeSquare, 1e-12) || !closeTo(math.Exp(got.logShare), math.Exp(want.logShare), 1e-12) {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
	}
}

// TestExact: over the whole depth signal and gradient have the law of ‖Jv‖² of package
// product, at each layer of a relu network with its first and last one apart.
func TestExact(t *testing.T) {
	for _, name := range []string{"linear", "relu"} {
		for _, width := range []int{1, 2, 7, 64, 1 << 20} {
			a, critical := activation.MustParse(name), 1.0
			if name == "relu" {
				critical = math.Sqrt2
			}
			const depth = 9
			m := model.Dense{Activation: a, WeightStd: critical * 1.1, Width: width, Depth: depth}
			law := productLaw{Dense: m, known: map[int]factor{}, plain: map[int]factor{}}
			got := must(law.layers())
			mean, variance := must(product.LogSquaredNormMean(a, width, depth)), must(product.LogSquaredNormVariance(a, width, depth))
			mean += depth * 2 * math.Log(1.1)
			if !closeTo(got[depth].logSquare, mean, 1e-11) || !closeTo(2*got[0].logGrad, mean, 1e-11) || !closeTo(4*got[0].variance, variance, 1e-11) {
				t.Errorf("%s, width %d: signal %v, gradient %v ± √%v, want %v ± √%v",
					name, width, got[depth].logSquare, 2*got[0].logGrad, 4*got[0].variance, mean, variance)
			}
		}
	}
}

// TestSlopeShare: closed forms of the normal law.
func TestSlopeShare(t *testing.T) {
	beyond := func(x, v float64) float64 { return math.Erfc(x / math.Sqrt(2*v)) }
	for _, tt := range []struct {
		reason, activation string
		v, below, want     float64
	}{
		{"half of relu", "relu", 3, 0, 0.5},
		{"outside ±1", "hard_tanh", 0.3, 0, beyond(1, 0.3)},
		{"below 0 or above 6", "relu6", 9, 0, 0.5 + beyond(6, 9)/2},
		{"never", "tanh", 1e4, 0, 0},
		{"beyond 2", "tanh", 1, saturation(activation.MustParse("tanh")), beyond(2, 1)},
		{"beyond 4", "sigmoid", 2, saturation(activation.MustParse("sigmoid")), beyond(4, 2)},
		{"almost all", "tanh", 1e30, saturation(activation.MustParse("tanh")), 1},
		{"almost none", "tanh", 1e-30, saturation(activation.MustParse("tanh")), 0},
		{"none is not saturated", "linear", 1, saturation(activation.MustParse("linear")), 0},
	} {
		got := slopeShare(activation.MustParse(tt.activation), math.Log(tt.v), tt.below)
		if !(math.Abs(got-tt.want) <= 1e-6*max(tt.want, 1e-6)) && !(tt.v == 1e30 && got > 1-1e-11) {
			t.Errorf("%s: %v, want %v", tt.reason, got, tt.want)
		}
	}
	if got := slopeShare(activation.MustParse("sin"), math.Log(1e12), 0.07); !math.IsNaN(got) {
		t.Errorf("sin with z of variance 1e12: %v, want NaN", got)
	}
}
