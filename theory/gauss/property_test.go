package gauss

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"gradchain/theory/activation"
	"gradchain/theory/internal/reference"
	"gradchain/theory/special"

	"pgregory.net/rapid"
)

// hold tests a property at drawn inputs and, so that what it sees is no matter of chance, at
// fixed ones.
func hold(t *testing.T, property func(*rapid.T)) {
	t.Helper()
	rapid.Check(t, property)
	reference.Fixed(t, rapid.MakeFuzz(property))
}

// estimate is a value and the bound of its error.
type estimate struct{ value, bound float64 }

// of unwraps a result that must not be an error.
func of(t *rapid.T) func(value, bound float64, err error) estimate {
	return func(value, bound float64, err error) estimate {
		t.Helper()
		if err != nil || !(bound >= 0) {
			t.Fatalf("%v ± %v: %v", value, bound, err)
		}
		return estimate{value, bound}
	}
}

// agree fails unless two estimates of the same number agree within their bounds.
func agree(t *rapid.T, what string, x, y estimate) {
	t.Helper()
	if diff := math.Abs(x.value - y.value); !(diff <= x.bound+y.bound) {
		t.Fatalf("%s: %v ± %.3g and %v ± %.3g, off by %.3g", what, x.value, x.bound, y.value, y.bound, diff)
	}
}

// least is the least that the estimate allows, most the most.
func (e estimate) least() float64 { return e.value - e.bound }
func (e estimate) most() float64  { return e.value + e.bound }

func expect(f func(z float64) float64, q float64, breaks ...float64) estimate {
	value, bound := Expect(f, q, breaks...)
	return estimate{value, bound}
}

func drawQ(t *rapid.T) float64 {
	return math.Exp(rapid.Float64Range(math.Log(1e-12), math.Log(1e6)).Draw(t, "log_q"))
}

func drawActivation(t *rapid.T) activation.Activation {
	a := rapid.SampledFrom(activation.All()).Draw(t, "activation")
	switch a.Name() {
	case "leaky_relu", "elu", "celu":
		x := rapid.SampledFrom([]string{"0.001", "0.1", "0.5", "1", "2", "30"}).Draw(t, "argument")
		if a.Name() == "leaky_relu" && rapid.Bool().Draw(t, "negative") {
			x = "-" + x
		}
		return activation.MustParse(a.Name() + "(" + x + ")")
	}
	return a
}

// Expect of functions with closed forms: powers of |z|, log|z|, exponentials, a step.
func TestExpect_closedForms(t *testing.T) {
	hold(t, func(t *rapid.T) {
		q := drawQ(t)
		sd := math.Sqrt(q)
		x := rapid.Float64Range(-3, 3).Draw(t, "x")
		var got estimate
		var want float64
		switch family := rapid.SampledFrom([]string{"power", "log", "log2", "exp", "cos", "step"}).Draw(t, "family"); family {
		case "power":
			p := rapid.Float64Range(-0.9, 12).Draw(t, "p")
			got = expect(func(z float64) float64 { return math.Pow(math.Abs(z), p) }, q)
			want = math.Pow(2*q, p/2) * math.Gamma((p+1)/2) / math.SqrtPi
		case "log":
			got = expect(func(z float64) float64 { return math.Log(math.Abs(z)) }, q)
			want = (math.Log(q) + special.Digamma(0.5) + math.Ln2) / 2
		case "log2":
			mean := (math.Log(q) + special.Digamma(0.5) + math.Ln2) / 2
			got = expect(func(z float64) float64 { d := math.Log(math.Abs(z)) - mean; return d * d }, q)
			want = math.Pi * math.Pi / 8
		case "exp":
			got = expect(func(z float64) float64 { return math.Exp(3 * x * z / sd) }, q)
			want = math.Exp(9 * x * x / 2)
		case "cos":
			got = expect(func(z float64) float64 { return math.Cos(x * z / sd) }, q)
			want = math.Exp(-x * x / 2)
		case "step":
			c := 2 * x * sd
			got = expect(func(z float64) float64 {
				if z > c {
					return 1
				}
				return 0
			}, q, c)
			want = special.NormCDF(-c / sd)
		}
		agree(t, "E f", got, estimate{want, 1e-14 * (math.Abs(want) + math.Abs(math.Log(q)))})
		if !(got.bound <= 1e-11*(math.Abs(want)+1)) && !math.IsInf(want, 0) {
			t.Fatalf("bound %.3g of %v", got.bound, want)
		}
	})
}

// The closed forms against the quadrature.
func TestClosedForm_quadrature(t *testing.T) {
	hold(t, func(t *rapid.T) {
		a := activation.MustParse(rapid.SampledFrom([]string{
			"linear", "relu", "leaky_relu(0.2)", "leaky_relu(-1.5)", "erf", "sin", "hard_tanh", "hard_sigmoid_torch", "hard_sigmoid_keras",
		}).Draw(t, "activation"))
		q := drawQ(t)
		if a.Name() == "sin" {
			q = min(q, 30) // beyond, cos is too fast for the quadrature
		}
		order := math.Exp(rapid.Float64Range(-7, 7).Draw(t, "log_order"))
		route := func(f func(z float64) float64) estimate {
			value, bound := over(f, a, q, 1).value()
			return estimate{value, bound}
		}
		square := func(z float64) float64 { return a.Phi(z) * a.Phi(z) }
		agree(t, "E φ", of(t)(Mean(a, q)), route(a.Phi))
		agree(t, "E φ²", of(t)(MeanSquare(a, q)), route(square))
		agree(t, "E φ′", of(t)(DerivativeMean(a, q)), route(a.DPhi))
		variance, bound := over(increment(a), a, q, 1).variance()
		agree(t, "Var φ", of(t)(Variance(a, q)), estimate{variance, bound})
		if a.Name() == "sin" {
			order = 2
		}
		value, bound := over(power(a, order), a, q, order).value()
		agree(t, "E|φ′|^p", of(t)(DerivativeMoment(a, q, order)), estimate{value, bound + 4*ulp*order*value})
		if !a.HasDeadZone() && a.Name() != "sin" {
			agree(t, "E log|φ′|", of(t)(LogDerivativeMean(a, q)), route(a.LogAbsDPhi))
			variance, bound := over(a.LogAbsDPhi, a, q, 1).variance()
			agree(t, "Var log|φ′|", of(t)(LogDerivativeVariance(a, q)), estimate{variance, bound})
		}
	})
}

// elu and celu with any argument: E[e^(kz); z < 0] = Mills(k√q)/√(2π). They have the
// scale alpha besides 1 and √q.
func TestExponential_closedForms(t *testing.T) {
	hold(t, func(t *rapid.T) {
		q := drawQ(t)
		alpha, width := math.Exp(rapid.Float64Range(-12, 12).Draw(t, "log_alpha")), 1.0
		name := rapid.SampledFrom([]string{"elu", "celu"}).Draw(t, "name")
		if name == "celu" {
			width = alpha
		}
		a := activation.MustParse(fmt.Sprintf("%s(%v)", name, alpha))
		order := math.Exp(rapid.Float64Range(-5, 3).Draw(t, "log_order"))
		sd := math.Sqrt(q)
		below := func(k float64) float64 { return special.Mills(k*sd/width) / math.Sqrt(2*math.Pi) }
		form := func(value, size float64) estimate { return estimate{value, 1e-14 * size} }
		agree(t, "E φ", of(t)(Mean(a, q)), form(sd/math.Sqrt(2*math.Pi)+alpha*(below(1)-0.5), sd+alpha))
		agree(t, "E φ²", of(t)(MeanSquare(a, q)), form(q/2+alpha*alpha*(below(2)-2*below(1)+0.5), q+alpha*alpha))
		agree(t, "E φ′", of(t)(DerivativeMean(a, q)), form(0.5+alpha/width*below(1), 1+alpha/width))
		moment := 0.5 + math.Pow(alpha/width, order)*below(order)
		agree(t, "E|φ′|^p", of(t)(DerivativeMoment(a, q, order)), form(moment, (1+order)*moment))
		log := math.Log(alpha / width)
		half := sd / width / math.Sqrt(2*math.Pi)
		agree(t, "E log|φ′|", of(t)(LogDerivativeMean(a, q)), form(log/2-half, math.Abs(log)+half))
		mean, square := log/2-half, log*log/2-2*log*half+q/width/width/2
		agree(t, "Var log|φ′|", of(t)(LogDerivativeVariance(a, q)), form(square-mean*mean, log*log+q/width/width))
	})
}

// The density of sin's argument modulo π against the plain line, where both work.
func TestWrapped_line(t *testing.T) {
	sin := activation.MustParse("sin")
	hold(t, func(t *rapid.T) {
		q := rapid.Float64Range(wrapFrom, 10).Draw(t, "q")
		order := math.Exp(rapid.Float64Range(-3, 3).Draw(t, "log_order"))
		value, bound := over(power(sin, order), sin, q, order).value()
		agree(t, "E|cos|^p", of(t)(DerivativeMoment(sin, q, order)), estimate{value, bound + 4*ulp*order*value})
		value, bound = over(sin.LogAbsDPhi, sin, q, 1).value()
		agree(t, "E log|cos|", of(t)(LogDerivativeMean(sin, q)), estimate{value, bound})
		value, bound = over(sin.LogAbsDPhi, sin, q, 1).variance()
		agree(t, "Var log|cos|", of(t)(LogDerivativeVariance(sin, q)), estimate{value, bound})
	})
}

// Stein's identity E[zφ(z)] = q E φ′(z).
func TestDerivativeMean_stein(t *testing.T) {
	hold(t, func(t *rapid.T) {
		a, q := drawActivation(t), drawQ(t)
		if a.Name() == "sin" {
			q = min(q, 30)
		}
		value, bound := over(func(z float64) float64 { return z * increment(a)(z) }, a, q, 1).value()
		d := of(t)(DerivativeMean(a, q))
		agree(t, a.String(), estimate{value, bound}, estimate{q * d.value, q * d.bound * (1 + 1e-15)})
	})
}

// Poincaré: (E zφ)²/q ≤ Var φ ≤ q E φ′²; Jensen: (E φ′)² ≤ E φ′², E log|φ′| ≤ ½ log E φ′².
func TestInequalities(t *testing.T) {
	// relu6 at its kink 6 and the mirror image of it, from its closed form, mpmath 1.3
	mean, bound, err := Mean(activation.MustParse("relu6"), math.Exp(8.125))
	if want := 2.876554357023402639; err != nil || !(math.Abs(mean-want) <= bound) || !(bound <= 1e-12) {
		t.Errorf("E relu6 = %v ± %v, %v, want %v", mean, bound, err, want)
	}
	hold(t, func(t *rapid.T) {
		a, q := drawActivation(t), drawQ(t)
		variance, slope := of(t)(Variance(a, q)), of(t)(DerivativeMean(a, q))
		square := of(t)(DerivativeMoment(a, q, 2))
		mean, meanSquare := of(t)(Mean(a, q)), of(t)(MeanSquare(a, q))
		const slack = 1 + 1e-14
		if !(variance.least() <= q*square.most()*slack) {
			t.Fatalf("%v: Var φ = %v > q E φ′² = %v", a, variance, q*square.value)
		}
		if !(q*slope.value*slope.value <= variance.most()*slack+2*q*slope.bound*math.Abs(slope.value)) {
			t.Fatalf("%v: q(E φ′)² = %v > Var φ = %v", a, q*slope.value*slope.value, variance)
		}
		if !(slope.value*slope.value <= square.most()*slack+2*slope.bound*math.Abs(slope.value)) {
			t.Fatalf("%v: (E φ′)² = %v > E φ′² = %v", a, slope.value*slope.value, square)
		}
		agree(t, "E φ² = Var φ + (E φ)²", meanSquare,
			estimate{variance.value + mean.value*mean.value, (variance.bound + 2*math.Abs(mean.value)*mean.bound + 1e-14*meanSquare.value)})
		if !a.HasDeadZone() {
			if log := of(t)(LogDerivativeMean(a, q)); !(log.least() <= math.Log(square.most())/2+1e-14*(1+math.Abs(log.value))) {
				t.Fatalf("%v: E log|φ′| = %v > ½ log E φ′² = %v", a, log, math.Log(square.value)/2)
			}
		}
	})
}

// The logarithm of E|φ′|^p is convex in p, with derivative E log|φ′| at 0 and second
// derivative Var log|φ′|.
func TestDerivativeMoment_order(t *testing.T) {
	hold(t, func(t *rapid.T) {
		a, q := drawActivation(t), drawQ(t)
		p := math.Exp(rapid.Float64Range(-4, 2).Draw(t, "log_p"))
		r := p * (1 + rapid.Float64Range(0, 3).Draw(t, "ratio"))
		low, middle, high := of(t)(DerivativeMoment(a, q, p)), of(t)(DerivativeMoment(a, q, (p+r)/2)), of(t)(DerivativeMoment(a, q, r))
		if !(middle.least()*middle.least() <= low.most()*high.most()*(1+1e-13)) {
			t.Fatalf("%v: E|φ′|^p at %v, %v, %v = %v, %v, %v is not log-convex", a, p, (p+r)/2, r, low, middle, high)
		}
		if a.HasDeadZone() {
			return
		}
		mean, variance := of(t)(LogDerivativeMean(a, q)), of(t)(LogDerivativeVariance(a, q))
		// the third cumulant is below 8 times the 3/2-th power of the second moment, which
		// e^p makes worse where |φ′| > 1
		scale := math.Sqrt(variance.value + mean.value*mean.value)
		s := 1e-4 / max(1, scale)
		got := of(t)(DerivativeMoment(a, q, s))
		want := s*mean.value + s*s*variance.value/2
		agree(t, a.String(), estimate{math.Log(got.value), got.bound / got.value},
			estimate{want, s*mean.bound + 100*math.Pow(s*scale, 3) + 1e-15})
	})
}

// Small and large variance: φ is its tangents at 0, and its asymptotes.
func TestLimits(t *testing.T) {
	for _, tc := range []struct {
		text              string
		left, right       float64 // φ′ at 0∓
		leftEnd, rightEnd float64 // φ′ at ∓∞
	}{
		{"linear", 1, 1, 1, 1}, {"sigmoid", 0.25, 0.25, 0, 0}, {"relu", 0, 1, 0, 1}, {"gelu", 0.5, 0.5, 0, 1}, {"mish", 0.6, 0.6, 0, 1},
		{"selu", 1.0507009873554805 * 1.6732632423543772, 1.0507009873554805, 0, 1.0507009873554805}, {"celu(0.5)", 1, 1, 0, 1},
		{"elu(3)", 3, 1, 0, 1}, {"softplus", 0.5, 0.5, 0, 1}, {"log_sigmoid", 0.5, 0.5, 1, 0}, {"hard_swish", 0.5, 0.5, 0, 1},
		{"relu6", 0, 1, 0, 0}, {"leaky_relu(-0.3)", -0.3, 1, -0.3, 1}, {"softsign", 1, 1, 0, 0},
	} {
		a := activation.MustParse(tc.text)
		for _, end := range []struct {
			q, left, right, tol float64
		}{{1e-24, tc.left, tc.right, 4e-11}, {1e-14, tc.left, tc.right, 1e-6}, {1e14, tc.leftEnd, tc.rightEnd, 2e-6}} {
			slope, square := (end.left+end.right)/2, (end.left*end.left+end.right*end.right)/2
			d := end.right - end.left
			variance := end.q * (square - d*d/(2*math.Pi))
			for _, c := range []struct {
				what      string
				f         func(activation.Activation, float64) (float64, float64, error)
				want, tol float64
			}{
				{"E φ′", DerivativeMean, slope, end.tol},
				{"Var φ", Variance, variance, 2 * end.tol * end.q},
				{"E φ′²", func(a activation.Activation, q float64) (float64, float64, error) { return DerivativeMoment(a, q, 2) }, square, 4 * end.tol},
			} {
				if got, _, err := c.f(a, end.q); err != nil || !(math.Abs(got-c.want) <= c.tol) {
					t.Errorf("%s of %s at q = %v is %v, %v, want %v", c.what, tc.text, end.q, got, err, c.want)
				}
			}
		}
	}
	selu := activation.MustParse("selu") // the fixed point that defines it
	mean, _, _ := Mean(selu, 1)
	if square, _, err := MeanSquare(selu, 1); err != nil || !(math.Abs(mean) <= 1e-15) || !(math.Abs(square-1) <= 2e-15) {
		t.Errorf("E φ = %v, E φ² = %v of selu at q = 1", mean, square)
	}
}

// quantities holds all functions of this package, the moment at two orders.
var quantities = map[string]func(a activation.Activation, q float64) (value, bound float64, err error){
	"mean": Mean, "mean square": MeanSquare, "variance": Variance, "derivative mean": DerivativeMean,
	"log derivative mean": LogDerivativeMean, "log derivative variance": LogDerivativeVariance,
	"moment 2": func(a activation.Activation, q float64) (float64, float64, error) { return DerivativeMoment(a, q, 2) },
	"moment 300": func(a activation.Activation, q float64) (float64, float64, error) {
		return DerivativeMoment(a, q, 300)
	},
}

// Over all of float64 a result is a number with a useful bound, or an error.
func TestExtremes(t *testing.T) {
	for name, f := range quantities {
		for _, a := range activation.All() {
			for _, q := range []float64{1e-307, 1e-200, 1e-100, 1e-30, 1e30, 1e100, 1e200, 1e307} {
				value, bound, err := f(a, q)
				if err != nil {
					if !a.HasDeadZone() && q < 1e80 || math.IsNaN(value) {
						t.Errorf("%s of %v at q = %v: %v, %v", name, a, q, value, err)
					}
					continue
				}
				if math.IsNaN(value) || math.IsInf(value, 0) || !(bound <= 1e-10*math.Abs(value)+1e-300) {
					t.Errorf("%s of %v at q = %v is %v ± %v", name, a, q, value, bound)
				}
			}
		}
	}
}

// Errors name the parameter, its value and its domain.
func TestErrors(t *testing.T) {
	tanh, relu := activation.MustParse("tanh"), activation.MustParse("relu")
	for _, tc := range []struct {
		a        activation.Activation
		q, order float64
		want     string
	}{
		{tanh, 0, 1, "q = 0, want q > 0"},
		{tanh, -1, 1, "q = -1, want q > 0"},
		{tanh, math.NaN(), 1, "q = NaN, want q > 0"},
		{tanh, math.Inf(1), 1, "q = +Inf, want q > 0"},
		{tanh, 1, 0, "order = 0, want order > 0"},
		{tanh, 1, math.NaN(), "order = NaN, want order > 0"},
		{activation.Activation{}, 1, 1, "activation = the zero value, want activation from Parse"},
		{activation.MustParse("gelu"), 4, 1e5, "E |φ′|^order is out of the range of float64, whose largest number is 1.797e308"},
	} {
		if _, _, err := DerivativeMoment(tc.a, tc.q, tc.order); err == nil || err.Error() != tc.want {
			t.Errorf("%v, q = %v, order = %v: %v, want %q", tc.a, tc.q, tc.order, err, tc.want)
		}
		if strings.HasPrefix(tc.want, "q") || tc.a == (activation.Activation{}) {
			for name, f := range quantities {
				if _, _, err := f(tc.a, tc.q); err == nil || err.Error() != tc.want {
					t.Errorf("%s of %v, q = %v: %v, want %q", name, tc.a, tc.q, err, tc.want)
				}
			}
		}
	}
	const want = "activation = relu, want activation with φ′ = 0 at single points only"
	for _, f := range []string{"log derivative mean", "log derivative variance"} {
		if _, _, err := quantities[f](relu, 1); err == nil || err.Error() != want {
			t.Errorf("%s of relu: %v, want %q", f, err, want)
		}
	}
}

func TestExpect_panics(t *testing.T) {
	for _, tc := range []struct {
		q, point float64
		want     string
	}{
		{0, 0, "gauss: q is not a positive number"},
		{math.NaN(), 0, "gauss: q is not a positive number"},
		{math.Inf(1), 0, "gauss: q is not a positive number"},
		{1, math.NaN(), "gauss: break is NaN"},
	} {
		func() {
			defer func() {
				if got := recover(); got != tc.want {
					t.Errorf("q = %v, break %v: panic %v, want %s", tc.q, tc.point, got, tc.want)
				}
			}()
			Expect(math.Exp, tc.q, tc.point)
		}()
	}
	if value, bound := Expect(func(float64) float64 { return math.NaN() }, 1); !math.IsNaN(value) || !math.IsInf(bound, 1) {
		t.Errorf("E NaN = %v ± %v", value, bound)
	}
}
