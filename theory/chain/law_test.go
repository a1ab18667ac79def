package chain

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mathext"
	"pgregory.net/rapid"

	"gradchain/theory/activation"
	"gradchain/theory/law"
	"gradchain/theory/quad"
)

// product reads a product with a standard normal pre-activation.
func product(weight, phi string, depth int) Product {
	return Product{Factor{law.MustParse(weight), activation.MustParse(phi), law.MustParse("normal(1)")}, depth}
}

func mustLaw(t testing.TB, p Product) *Law {
	t.Helper()
	l, err := lawOf(p)
	if err != nil {
		t.Fatalf("%v: %v", p, err)
	}
	return l
}

// grid covers the window and a little more.
func grid(s shape, n int) []float64 {
	lo, hi := s.window()
	xs := make([]float64, n)
	for i := range xs {
		xs[i] = lo + (hi-lo)*(1.02*float64(i)/float64(n-1)-0.01)
	}
	return xs
}

// checkRoutes compares two routes to the same law: they differ by no more than their bounds,
// and no bound is above most.
func checkRoutes(t *testing.T, name string, a, b func() (shape, float64, error), most float64) {
	t.Helper()
	one, boundOne, err1 := a()
	two, boundTwo, err2 := b()
	if err1 != nil || err2 != nil || !(boundOne <= most && boundTwo <= most) {
		t.Errorf("%s: bounds %.3g and %.3g, want at most %.3g, %v, %v", name, boundOne, boundTwo, most, err1, err2)
		return
	}
	worst := 0.0
	for _, x := range grid(one, 3001) {
		if off := math.Abs(one.cdf(x) - two.cdf(x)); !(off <= worst) {
			worst = off
		}
	}
	if !(worst <= boundOne+boundTwo) {
		t.Errorf("%s: the routes differ by %.3g, bounds %.3g and %.3g", name, worst, boundOne, boundTwo)
	}
}

// The inverted characteristic function against closed forms.
func TestInvert_closedForms(t *testing.T) {
	for _, tc := range []struct {
		weight, phi string
		depth       int
		most        float64
		reason      string
	}{
		{"lognormal(-0.5,1)", "linear", 1, 1e-12, "normal law"},
		{"lognormal(3,0.01)", "relu", 40, 1e-11, "narrow normal law, far from 0"},
		{"lognormal(0,2)", "linear", 1000000, 1e-11, "normal law, great depth"},
		{"uniform(2)", "linear", 3, 1e-8, "gamma law, algebraic decay t⁻³"},
		{"uniform(2)", "linear", 2, 2e-7, "gamma law, algebraic decay t⁻²"},
		{"uniform(2)", "leaky_relu(0.01)", 3, 1e-8, "mixture of gamma laws"},
		{"normal(1)", "linear", 1, 1e-12, "error function"},
		{"normal(1)", "leaky_relu(-0.2)", 1, 1e-12, "two error functions"},
		{"laplace(3)", "hard_tanh", 1, 1e-12, "exponential"},
		{"cauchy(0.1)", "linear", 1, 1e-12, "arctangent"},
		{"normal(1,0.5)", "linear", 1, 1e-12, "noncentral"},
		{"normal(1,0.01)", "linear", 1, 1e-10, "narrow: a rounding of log|w| moves it"},
	} {
		p := product(tc.weight, tc.phi, tc.depth)
		d, err := p.Factor.derivative()
		if err != nil {
			t.Fatal(err)
		}
		closed := func() (shape, float64, error) { s, bound := p.closed(d); return s, bound, nil }
		inverted := func() (shape, float64, error) { return p.invert(d) }
		checkRoutes(t, fmt.Sprintf("%v, %s", p, tc.reason), closed, inverted, tc.most)
	}
}

// The law built factor by factor against the inverted characteristic function.
func TestDirect_inverted(t *testing.T) {
	if testing.Short() {
		t.Skip("a second")
	}
	for _, tc := range []struct {
		weight, phi string
		depth       int
		most        float64
	}{
		{"normal(1)", "tanh", 1, 2e-8},
		{"laplace(2)", "gelu", 1, 2e-8},
		{"cauchy(1)", "hard_swish", 1, 2e-8},
		{"student_t(3)", "elu(1)", 1, 2e-8},
		{"lognormal(0,1)", "sin", 1, 2e-8},
		{"truncated_normal(1,2)", "softplus", 1, 2e-6},
		{"rademacher(2)", "softplus", 4, 1e-6},
	} {
		p := product(tc.weight, tc.phi, tc.depth)
		d, err := p.Factor.derivative()
		if err != nil {
			t.Fatal(err)
		}
		checkRoutes(t, fmt.Sprint(p), func() (shape, float64, error) { return p.direct(d) },
			func() (shape, float64, error) { return p.invert(d) }, tc.most)
	}
}

// P(|P_2| > e^x) for two Cauchy factors of scale 1: with r = e^x the density of |P_2| is
// (4/π²) log r/(r²−1) (Springer 1979), integrated here.
func TestLaw_cauchyPair(t *testing.T) {
	l := mustLaw(t, product("cauchy(1)", "linear", 2))
	for _, x := range []float64{-20, -3, -0.5, 0, 0.1, 4, 25} {
		above, _ := quad.Integrate(func(y float64) float64 { // y = log r
			if y == 0 {
				return 2 / (math.Pi * math.Pi)
			}
			return 2 / (math.Pi * math.Pi) * y / math.Sinh(y)
		}, []float64{x, x + 1, x + 10, x + 100, x + 600}, 1e-13)
		if off := math.Abs(1 - l.CDF(x) - above); !(off <= l.Bound()+1e-13) {
			t.Errorf("1 − CDF(%v) = %v, want %v", x, 1-l.CDF(x), above)
		}
	}
}

// The values of the theory document.
func TestExceedance_published(t *testing.T) {
	for _, tc := range []struct {
		weight string
		depth  int
		want   float64
		tol    float64
	}{
		{"normal(1.5)", 50, 0.065326298737, 5e-13},
		{"normal(1)", 50, 9.5724e-7, 5e-12},
		{"normal(1.887364521225403)", 50, 0.5144, 5e-5},
		{"uniform(2)", 100, 3.13e-4, 5e-7},
		{"lognormal(-0.5,1)", 100, 2.87e-7, 5e-10},
	} {
		got, bound, err := product(tc.weight, "linear", tc.depth).Exceedance(0)
		if err != nil || !(math.Abs(got-tc.want) <= tc.tol) || !(bound <= 1e-12) {
			t.Errorf("%s, depth %d: %v ± %.2g, want %v, %v", tc.weight, tc.depth, got, bound, tc.want, err)
		}
	}
}

// Constant |φ′w| up to two values: binomial, atoms included.
func TestLaw_lattice(t *testing.T) {
	ln2 := math.Log(2)
	p := product("rademacher(2)", "leaky_relu(0.25)", 3) // log|X| = ±log 2
	l := mustLaw(t, p)
	for _, tc := range []struct{ x, want float64 }{
		{-3*ln2 - 1e-9, 0}, {-3 * ln2, 1. / 8}, {-ln2 - 1e-9, 1. / 8}, {-ln2, 1. / 2}, {0, 1. / 2}, {ln2, 7. / 8}, {3*ln2 - 1e-9, 7. / 8}, {3 * ln2, 1},
	} {
		if got := l.CDF(tc.x); got != tc.want {
			t.Errorf("CDF(%v) = %v, want %v", tc.x, got, tc.want)
		}
		if got, _, err := p.Exceedance(tc.x); got != 1-tc.want || err != nil {
			t.Errorf("Exceedance(%v) = %v, want %v, %v", tc.x, got, 1-tc.want, err)
		}
	}
	if x, err := l.Quantile(0.5); !(math.Abs(x+ln2) <= 1e-14) || err != nil {
		t.Errorf("median %v, %v, want −log 2", x, err)
	}
	unit := mustLaw(t, product("rademacher(1)", "linear", 1000000))
	if unit.CDF(-1e-9) != 0 || unit.CDF(0) != 1 {
		t.Error("the product of signs is not 1")
	}
	deep := product("rademacher(1)", "leaky_relu(0.5)", 1000000)
	l = mustLaw(t, deep)
	middle := 1 / math.Sqrt(math.Pi/2*1000000) * (1 - 0.25/1000000) // of Bin(10⁶, ½), Stirling
	if got := l.CDF(-500000 * ln2); !(math.Abs(got-(1+middle)/2) <= 1e-13) {
		t.Errorf("CDF at half the halvings is %v, want %v", got, (1+middle)/2)
	}
	for _, k := range []float64{497000, 499900, 500000, 501234} { // k steps down
		want := mathext.RegIncBeta(k, 1000000-k+1, 0.5) // P(Bin ≥ k), good to 1e-9
		if got := l.CDF(-k * ln2); !(math.Abs(got-want) <= 2e-9) {
			t.Errorf("CDF at %v halvings is %v, want %v", k, got, want)
		}
	}
}

// laws is a selection over routes and decay, with the bound that is promised for each.
var laws = []struct {
	weight, phi string
	depth       int
	most        float64
}{
	{"normal(1.5)", "linear", 1, 1e-12}, {"normal(1.5)", "linear", 7, 1e-12}, {"normal(1)", "tanh", 1, 1e-12},
	{"normal(1)", "tanh", 200, 1e-12}, {"normal(1)", "gelu", 2, 1e-12}, {"normal(1)", "sin", 4, 1e-12},
	{"normal(1)", "relu", 5, 1e-12}, {"normal(1)", "hard_swish", 3, 1e-12}, {"normal(2,1)", "softplus", 10, 1e-12},
	{"uniform(2)", "linear", 1, 1e-12}, {"uniform(2)", "linear", 20, 1e-12}, {"uniform(2)", "sigmoid", 4, 1e-9},
	{"uniform(1)", "tanh", 1, 2e-8}, {"uniform(1)", "tanh", 2, 2e-7}, {"laplace(1)", "mish", 3, 1e-12},
	{"cauchy(1)", "softplus", 5, 1e-12}, {"student_t(3)", "tanh", 2, 1e-12}, {"student_t(5)", "linear", 1, 1e-12},
	{"truncated_normal(1,2)", "linear", 3, 1e-8}, {"truncated_normal(1,2)", "tanh", 10, 1e-12},
	{"lognormal(-0.5,1)", "sigmoid", 50, 1e-12}, {"rademacher(3)", "tanh", 10, 2e-7}, {"constant(-2)", "arctan", 50, 1e-9},
	{"rademacher(2)", "leaky_relu(0.3)", 9, 1e-12}, {"normal(1)", "tanh", 1000000, 1e-11}, {"laplace(1)", "linear", 1000000, 1e-11},
}

// Bounds are as promised; the function rises from the dead mass to 1; the special cases.
func TestLaw_shape(t *testing.T) {
	for _, tc := range laws {
		p := product(tc.weight, tc.phi, tc.depth)
		l := mustLaw(t, p)
		if !(l.Bound() <= tc.most && l.Bound() >= 0) {
			t.Errorf("%v: bound %.3g, want at most %.3g", p, l.Bound(), tc.most)
		}
		xs := grid(l.given, 4001)
		got := make([]float64, len(xs))
		l.CDFs(got, xs)
		dead := 1 - l.Alive()
		if !(math.Abs(got[0]-dead) <= l.Bound()) || !(1-got[len(got)-1] <= l.Bound()) {
			t.Errorf("%v: from %v to %v, want from %v to 1", p, got[0], got[len(got)-1], dead)
		}
		for i := 1; i < len(got); i++ {
			if !(got[i] >= got[i-1]-2*l.Bound()) || got[i] < 0 || got[i] > 1 {
				t.Errorf("%v: CDF(%v) = %v after %v", p, xs[i], got[i], got[i-1])
				break
			}
		}
		if !math.IsNaN(l.CDF(math.NaN())) || l.CDF(math.Inf(1)) != 1 || l.CDF(math.Inf(-1)) != dead {
			t.Errorf("%v: NaN or ±Inf", p)
		}
	}
}

// CDF and Quantile are inverse to each other.
func TestLaw_quantile(t *testing.T) {
	all := make([]*Law, len(laws))
	for i, tc := range laws {
		all[i] = mustLaw(t, product(tc.weight, tc.phi, tc.depth))
	}
	rapid.Check(t, func(t *rapid.T) {
		i := rapid.IntRange(0, len(all)-1).Draw(t, "law")
		u := rapid.Float64Range(1e-3, 0.999).Draw(t, "u")
		l := all[i]
		p := 1 - l.Alive()*(1-u)
		x, err := l.Quantile(p)
		if err != nil {
			t.Fatal(err)
		}
		below := math.Nextafter(x, math.Inf(-1))
		if _, atoms := l.given.(lattice); atoms {
			below = x - 1e-6
		}
		if !(l.CDF(x) >= p) || !(l.CDF(below) <= p+2*l.Bound()) {
			t.Fatalf("%v: Quantile(%v) = %v, CDF there %v, just below %v", laws[i], p, x, l.CDF(x), l.CDF(below))
		}
	})
}

// A factor s on the weight moves the law by L·log s.
func TestLaw_scaling(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		weight := rapid.SampledFrom([]string{"normal", "uniform", "laplace", "cauchy", "rademacher"}).Draw(t, "weight")
		phi := rapid.SampledFrom([]string{"linear", "relu", "leaky_relu(0.1)", "tanh", "softplus"}).Draw(t, "activation")
		depth := rapid.IntRange(1, 40).Draw(t, "depth")
		s := math.Exp(rapid.Float64Range(-5, 5).Draw(t, "log scale"))
		if weight == "rademacher" && strings.Contains("tanh softplus", phi) && depth < 8 {
			depth += 8
		}
		one, err := product(weight+"(1)", phi, depth).Law()
		if err != nil {
			t.Fatal(err)
		}
		two, err := product(fmt.Sprintf("%s(%v)", weight, s), phi, depth).Law()
		if err != nil {
			t.Fatal(err)
		}
		shift := float64(depth) * math.Log(s)
		for _, x := range grid(one.given, 100) {
			if _, atoms := one.given.(lattice); atoms {
				x += 1e-3 // off the atoms
			}
			if off := math.Abs(one.CDF(x) - two.CDF(x+shift)); !(off <= one.Bound()+two.Bound()+1e-12) {
				t.Fatalf("CDF(%v) = %v, with the scale %v", x, one.CDF(x), two.CDF(x+shift))
			}
		}
	})
}

// Depth L1 + L2 is a convolution. Trapezoidal sums of F₁(x−y)(F₂(y+h/2) − F₂(y−h/2)) add a
// uniform variable of width h, whose effect h²F″/24 is extrapolated away.
func TestLaw_convolution(t *testing.T) {
	for _, tc := range []struct {
		weight, phi string
		one, two    int
		tol         float64
	}{
		{"normal(1.5)", "linear", 4, 7, 1e-8}, {"normal(1)", "tanh", 3, 10, 1e-8}, {"laplace(1)", "gelu", 5, 5, 1e-8},
		{"cauchy(1)", "softplus", 2, 4, 1e-8}, {"student_t(3)", "leaky_relu(0.2)", 3, 3, 1e-8},
		{"normal(1)", "hard_swish", 2, 3, 1e-8}, {"uniform(2)", "linear", 3, 6, 1e-6}, {"uniform(1)", "tanh", 2, 6, 1e-6},
	} {
		one, two, both := mustLaw(t, product(tc.weight, tc.phi, tc.one)), mustLaw(t, product(tc.weight, tc.phi, tc.two)),
			mustLaw(t, product(tc.weight, tc.phi, tc.one+tc.two))
		lo, hi := two.given.window()
		sum := func(x float64, n int) float64 {
			h, total := (hi-lo)/float64(n), 0.0
			for j := -1; j <= n+1; j++ {
				y := lo + float64(j)*h
				total += one.given.cdf(x-y) * (two.given.cdf(y+h/2) - two.given.cdf(y-h/2))
			}
			return total
		}
		for _, u := range []float64{0.01, 0.2, 0.5, 0.7, 0.99} {
			x, err := both.Quantile(1 - both.Alive()*(1-u))
			if err != nil {
				t.Fatal(err)
			}
			got, want := both.given.cdf(x), (4*sum(x, 6000)-sum(x, 3000))/3
			if !(math.Abs(got-want) <= tc.tol) {
				t.Errorf("%s, %s, depth %d + %d: CDF(%v) = %v, the convolution is %v", tc.weight, tc.phi, tc.one, tc.two, x, got, want)
			}
		}
	}
}

// Mean and variance of the tabulated law are L times those of a factor.
func TestLaw_moments(t *testing.T) {
	for _, tc := range laws {
		p := product(tc.weight, tc.phi, tc.depth)
		mean, variance, err := p.AliveLogMoments()
		if err != nil {
			t.Fatal(err)
		}
		l := mustLaw(t, p)
		if _, atoms := l.given.(lattice); atoms {
			continue
		}
		lo, hi := l.given.window()
		breaks := []float64{lo, mean, hi}
		above, _ := quad.Integrate(func(x float64) float64 { return 1 - l.given.cdf(x) }, breaks[1:], 1e-10)
		below, _ := quad.Integrate(l.given.cdf, breaks[:2], 1e-10)
		squareAbove, _ := quad.Integrate(func(x float64) float64 { return 2 * (x - mean) * (1 - l.given.cdf(x)) }, breaks[1:], 1e-10)
		squareBelow, _ := quad.Integrate(func(x float64) float64 { return 2 * (mean - x) * l.given.cdf(x) }, breaks[:2], 1e-10)
		sigma, width := math.Sqrt(variance), hi-lo
		if off := math.Abs(above - below); !(off <= 1e-8*sigma+l.Bound()*width) {
			t.Errorf("%v: the mean is off by %.3g", p, off)
		}
		if off := math.Abs(squareAbove + squareBelow - variance); !(off <= 1e-7*variance+l.Bound()*width*width) {
			t.Errorf("%v: variance %v, want %v", p, squareAbove+squareBelow, variance)
		}
	}
}
