package correction

import (
	"math"
	"strings"
	"testing"

	"gradchain/theory/activation"
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

var windowNames = []string{"sigmoid", "tanh", "arctan", "erf", "softsign"}

// draw returns one of the named activations.
func draw(t *rapid.T, names ...string) activation.Activation {
	return activation.MustParse(rapid.SampledFrom(names).Draw(t, "activation"))
}

// size is positive and spread over the logarithms between lo and hi.
func size(t *rapid.T, name string, lo, hi float64) float64 {
	return math.Exp(rapid.Float64Range(math.Log(lo), math.Log(hi)).Draw(t, "log_"+name))
}

// The window is where its definition says: factors are at least 1 inside, whatever the
// bias, and below 1 outside.
func TestGainWindow_definition(t *testing.T) {
	hold(t, func(t *rapid.T) {
		a := draw(t, windowNames...)
		w := size(t, "w", 1.01, 1e6) / a.Sup().Value
		if rapid.Bool().Draw(t, "negative") {
			w = -w
		}
		b := rapid.Float64Range(-3, 3).Draw(t, "b")
		width := reference.Value(t)(GainWindow(a, w))
		place := rapid.Float64Range(-2, 2).Draw(t, "place") // ±1 are the ends
		if math.Abs(math.Abs(place)-1) < 1e-6 {
			return
		}
		input := -b/w + place*width/2
		factor := math.Abs(w * a.DPhi(w*input+b))
		if inside := math.Abs(place) < 1; inside != (factor >= 1) {
			t.Fatalf("factor %v at %v half-widths of %v", factor, place, width)
		}
	})
}

// At the ends the factor is 1: log|φ′| + log|w| = 0, up to the size of its two terms.
func TestGainWindow_ends(t *testing.T) {
	hold(t, func(t *rapid.T) {
		a := draw(t, windowNames...)
		w := size(t, "w", 1.0001, 1e300) / a.Sup().Value
		z := w * (reference.Value(t)(GainWindow(a, w)) / 2)
		reference.Near(t, "log factor", a.LogAbsDPhi(z)+math.Log(w), 0, 1e-14*(1+math.Log(w)))
		reference.Near(t, "window of −w", reference.Value(t)(GainWindow(a, -w)), 2*z/w, 1e-15*z/w)
	})
}

// Nielsen's own formula for the sigmoid, as in the exercise of his chapter 5.
func TestGainWindow_nielsen(t *testing.T) {
	sigmoid := activation.MustParse("sigmoid")
	hold(t, func(t *rapid.T) {
		w := size(t, "w", 4.01, 1e300)
		want := 2 / w * math.Log(w*(1+math.Sqrt(1-4/w))/2-1)
		reference.Near(t, "window", reference.Value(t)(GainWindow(sigmoid, w)), want, 1e-12*want)
	})
}

// No window is longer than the longest, twice the ceiling, which the argmax has.
func TestGainWindow_maximum(t *testing.T) {
	hold(t, func(t *rapid.T) {
		a := draw(t, windowNames...)
		longest, best := reference.Value(t)(GainWindowMaximum(a)), reference.Value(t)(GainWindowArgmax(a))
		reference.Near(t, "window of the argmax", reference.Value(t)(GainWindow(a, best)), longest, 1e-15)
		reference.Near(t, "longest window", longest, 2*reference.Value(t)(ZeroBiasCeiling(a)), 0)
		w := size(t, "w", 1.0001/a.Sup().Value, 1e9)
		width := reference.Value(t)(GainWindow(a, w))
		if far := math.Abs(w/best - 1); !(width <= longest && (width < longest || far < 1e-6)) {
			t.Fatalf("window %v of w = %v, the longest is %v at %v", width, w, longest, best)
		}
	})
}

// |w φ′(wa)| ≤ C/|a|, with equality at wa = argmax only.
func TestZeroBiasCeiling(t *testing.T) {
	hold(t, func(t *rapid.T) {
		a := draw(t, append([]string{"lecun_tanh"}, windowNames...)...)
		ceiling, best := reference.Value(t)(ZeroBiasCeiling(a)), reference.Value(t)(ZeroBiasArgmax(a))
		input, w := size(t, "input", 1e-3, 1e3), size(t, "w", 1e-3, 1e3)
		if factor := w * a.DPhi(w*input); !(factor <= ceiling/input*(1+1e-15)) {
			t.Fatalf("factor %v above %v", factor, ceiling/input)
		}
		reference.Near(t, "factor at the argmax", best/input*a.DPhi(best), ceiling/input, 1e-15*ceiling/input)
	})
}

// The budget is the rise of one layer and the mean of its derivative over the inputs.
func TestSingleLayerBudget(t *testing.T) {
	hold(t, func(t *rapid.T) {
		w := size(t, "w", 1e-9, 30)
		got := reference.Value(t)(SingleLayerBudget(w))
		reference.Near(t, "budget", got, special.Sigmoid(w/2)-special.Sigmoid(-w/2), 1e-15)
		const cells = 2000
		mean := 0.0
		for i := range cells { // midpoint rule
			x := (float64(i)+0.5)/cells - 0.5
			mean += w * special.Sigmoid(w*x) * special.Sigmoid(-w*x) / cells
		}
		reference.Near(t, "mean derivative", mean, got, w*w*w/(cells*cells)+1e-13*got)
	})
}

// The bound multiplies as depth adds up, and bounds the gradient of a chain.
func TestSigmoidProductBound(t *testing.T) {
	hold(t, func(t *rapid.T) {
		w := rapid.Float64Range(-6, 6).Draw(t, "w")
		l, m := rapid.IntRange(0, 600).Draw(t, "l"), rapid.IntRange(0, 600).Draw(t, "m")
		bound := func(depth int) float64 { return reference.Value(t)(SigmoidProductBound(w, depth)) }
		reference.Near(t, "product", bound(l)*bound(m), bound(l+m), 1e-12*bound(l+m)+1e-300)
		a, gradient := rapid.Float64Range(0, 1).Draw(t, "a"), 1.0
		bias := rapid.Float64Range(-3, 3).Draw(t, "bias")
		for range l {
			z := w*a + bias
			a = special.Sigmoid(z)
			gradient *= w * a * special.Sigmoid(-z)
		}
		if !(math.Abs(gradient) <= bound(l)*(1+1e-12)+1e-300) {
			t.Fatalf("gradient %v above the bound %v", gradient, bound(l))
		}
	})
}

// Errors name the parameter, its value and its domain.
func TestErrors(t *testing.T) {
	relu, sigmoid := activation.MustParse("relu"), activation.MustParse("sigmoid")
	lecun := activation.MustParse("lecun_tanh")
	nan, inf := math.NaN(), math.Inf(1)
	for _, tc := range []struct {
		reason string
		call   func() (float64, error)
		want   string
	}{
		{"no peak", func() (float64, error) { return ZeroBiasCeiling(relu) }, "activation = relu, want activation sigmoid, tanh, lecun_tanh"},
		{"the zero activation", func() (float64, error) { return ZeroBiasArgmax(activation.Activation{}) }, "want activation sigmoid"},
		{"no window", func() (float64, error) { return GainWindowMaximum(lecun) }, "activation = lecun_tanh, want activation sigmoid, tanh, arctan"},
		{"empty window", func() (float64, error) { return GainWindow(sigmoid, -3.99) }, "|w| = 3.99, want |w| >= 1/sup φ′"},
		{"NaN", func() (float64, error) { return GainWindow(sigmoid, nan) }, "w = NaN, want w real"},
		{"infinite", func() (float64, error) { return GainWindow(sigmoid, -inf) }, "w = -Inf, want w real"},
		{"no weight", func() (float64, error) { return SingleLayerBudget(0) }, "w = 0, want w > 0"},
		{"infinite", func() (float64, error) { return SingleLayerBudget(inf) }, "w = +Inf, want w > 0"},
		{"NaN", func() (float64, error) { return SigmoidProductBound(nan, 1) }, "w = NaN, want w real"},
		{"no depth", func() (float64, error) { return SigmoidProductBound(1, -1) }, "depth = -1, want depth >= 0"},
		{"overflow", func() (float64, error) { return SigmoidProductBound(5, 1_000_000) }, "out of the range of float64"},
	} {
		got, err := tc.call()
		if got != 0 || err == nil || !strings.Contains(err.Error(), tc.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v and error %v, want 0 and %q", tc.reason, got, err, tc.want)
		}
	}
}
