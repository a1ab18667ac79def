package isometry

import (
	"math"
	"strings"
	"testing"

	"gradchain/theory/activation"
	"gradchain/theory/gauss"
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

// near fails unless |got − want| ≤ relTol·|want|.
func near(t rapid.TB, what string, got, want, relTol float64) {
	t.Helper()
	if diff := math.Abs(got - want); !(diff <= relTol*math.Abs(want)) {
		t.Fatalf("%s = %v, want %v, off by %.3g relative", what, got, want, diff/math.Abs(want))
	}
}

func drawQ(t *rapid.T, least, most float64) float64 {
	return math.Pow(10, rapid.Float64Range(least, most).Draw(t, "log10_q"))
}

func drawPiecewise(t *rapid.T) Network {
	return Network{
		Activation: activation.MustParse(rapid.SampledFrom([]string{"linear", "relu", "hard_tanh"}).Draw(t, "activation")),
		Ensemble:   rapid.SampledFrom([]Ensemble{Gaussian, Orthogonal}).Draw(t, "ensemble"),
		Depth:      rapid.OneOf(rapid.IntRange(1, 50), rapid.IntRange(1, 1_000_000)).Draw(t, "depth"),
		Q:          drawQ(t, -3, 6),
	}
}

// The edge is a minimum over z found by golden sections: a second route.
func TestMaxSquaredSingularValue_minimum(t *testing.T) {
	hold(t, func(t *rapid.T) {
		n := drawPiecewise(t)
		live, dead := n.liveUnits()
		L := float64(n.Depth)
		log := func(s float64) float64 { // at z = e^s
			z := math.Exp(s)
			if n.Ensemble == Orthogonal {
				return -math.Log1p(1/z) - L*math.Log1p(dead/live*(z/(1+z)))
			}
			return -math.Log1p(1/z) - L*math.Log1p(z/live)
		}
		_, least := special.MaximizeBracketed(log, -40, 40)
		near(t, "edge", value(t)(MaxSquaredSingularValue(n)), math.Exp(-least), 1e-12*(1+L*1e-3))
	})
}

// The edge bounds the spectrum: it is at least the mean square 1 + variance over the mean,
// and rises with depth.
func TestMaxSquaredSingularValue_bounds(t *testing.T) {
	hold(t, func(t *rapid.T) {
		n := drawPiecewise(t)
		edge, variance := value(t)(MaxSquaredSingularValue(n)), value(t)(SpectralVariance(n))
		if !(edge >= (1+variance)*(1-1e-12)) {
			t.Fatalf("edge %v is below the mean square %v", edge, 1+variance)
		}
		n.Depth++
		if deeper := value(t)(MaxSquaredSingularValue(n)); !(deeper >= edge*(1-1e-12)) {
			t.Fatalf("edge falls with depth from %v to %v", edge, deeper)
		}
	})
}

// The orthogonal edge has two forms that join where L(1−p) = 1, and moments grow like it:
// log edge = lim (1/k) log moment for linear Gaussian networks.
func TestMaxSquaredSingularValue_joins(t *testing.T) {
	for _, L := range []float64{2, 3, 10, 1e6} {
		inner := orthogonalEdge(L, 1-1/L, 1/L*(1+1e-15))
		near(t, "edge", orthogonalEdge(L, 1-1/L, 1/L), inner, 1e-12)
	}
	linear := activation.MustParse("linear")
	for _, depth := range []int{1, 2, 7} {
		edge := value(t)(MaxSquaredSingularValue(Network{Activation: linear, Ensemble: Gaussian, Depth: depth}))
		ratio := value(t)(SpectralMoment(depth, 100)) / value(t)(SpectralMoment(depth, 99))
		near(t, "ratio of moments", ratio, edge, 0.02) // 1 − 3/(2k) and higher orders
		if !(ratio < edge) {
			t.Errorf("moments grow by %v, above the edge %v", ratio, edge)
		}
	}
	near(t, "deep linear", gaussianEdge(1e6, 1), math.E*(1e6+0.5), 1e-12)
}

// Fuss–Catalan numbers at order 1, 2, 3, and at depth 1 by the recurrence of Catalan
// numbers; and the moments of MaxSquaredSingularValue's spectrum have the variance L.
func TestSpectralMoment_identities(t *testing.T) {
	hold(t, func(t *rapid.T) {
		depth := rapid.IntRange(1, 1_000_000).Draw(t, "depth")
		L := float64(depth)
		near(t, "order 1", value(t)(SpectralMoment(depth, 1)), 1, 0)
		near(t, "order 2", value(t)(SpectralMoment(depth, 2)), L+1, 1e-15)
		near(t, "order 3", value(t)(SpectralMoment(depth, 3)), (3*L+3)*(3*L+2)/6, 1e-15)
	})
	catalan := 1.0
	for order := 1; order <= 400; order++ {
		k := float64(order)
		near(t, "Catalan", value(t)(SpectralMoment(1, order)), catalan, 1e-13)
		catalan *= (4*k + 2) / (k + 2)
	}
}

// The generating function F = Σ m_k x^k of the moments solves F = 1 + xF^(L+1) (Graham,
// Knuth & Patashnik 1994, eq. (5.59)).
func TestSpectralMoment_equation(t *testing.T) {
	for depth := 1; depth <= 6; depth++ {
		edge := gaussianEdge(float64(depth), 1)
		x, sum, power := 0.3/edge, 1.0, 1.0
		for order := 1; order <= 60; order++ {
			power *= x
			sum += power * value(t)(SpectralMoment(depth, order))
		}
		near(t, "F", sum, 1+x*math.Pow(sum, float64(depth)+1), 1e-14)
	}
}

// The variance is Var φ′²/(E φ′²)² per layer: a second route by expectations of φ′ itself,
// for every activation and on both sides of the switch.
func TestSpectralVariance_moments(t *testing.T) {
	hold(t, func(t *rapid.T) {
		a := rapid.SampledFrom(activation.All()).Draw(t, "activation")
		q := drawQ(t, -2, 5)
		first, b1 := gauss.Expect(func(z float64) float64 { return a.DPhi(z) * a.DPhi(z) }, q, a.Kinks()...)
		second, b2 := gauss.Expect(func(z float64) float64 { return math.Pow(a.DPhi(z), 4) }, q, a.Kinks()...)
		if !(b1 <= 1e-11*first && b2 <= 1e-11*second) {
			t.Skip("a plain expectation does not resolve this") // sin at large q
		}
		got := value(t)(SpectralVariance(Network{a, Gaussian, 1, q}))
		near(t, a.String(), got, second/first/first, 1e-10)
		orthogonal := value(t)(SpectralVariance(Network{a, Orthogonal, 7, q}))
		near(t, "orthogonal", orthogonal/7+1, got, 1e-12)
	})
}

// Small variances: 8q² for smooth odd activations of unit slope, whatever is subtracted.
func TestSpectralVariance_small(t *testing.T) {
	for _, name := range []string{"tanh", "arctan", "erf", "sin", "sigmoid", "lecun_tanh"} {
		for _, q := range []float64{1e-4, 1e-12, 1e-30} {
			// φ′ ≈ φ′(0)(1 − cz²): Var φ′² ≈ 4c²·2q²
			c := map[string]float64{"tanh": 1, "arctan": 1, "erf": 1, "sin": 0.5, "sigmoid": 0.25, "lecun_tanh": 4. / 9}[name]
			got := value(t)(SpectralVariance(Network{activation.MustParse(name), Orthogonal, 1, q}))
			near(t, name, got, 8*c*c*q*q, 30*q+1e-13)
		}
	}
}

// VarianceForSpread inverts SpectralVariance, and rises.
func TestVarianceForSpread_inverse(t *testing.T) {
	hold(t, func(t *rapid.T) {
		a := activation.MustParse(rapid.SampledFrom([]string{"tanh", "erf", "hard_tanh", "arctan"}).Draw(t, "activation"))
		depth := rapid.IntRange(1, 1_000_000).Draw(t, "depth")
		per := math.Pow(10, rapid.Float64Range(-25, 4).Draw(t, "log10_variance"))
		variance := per * float64(depth)
		q := value(t)(VarianceForSpread(a, depth, variance))
		relTol := 1e-12
		if a.Name() == "hard_tanh" { // e^(−1/2q) magnifies an error of q
			relTol *= 1 + 1/q
		}
		near(t, "variance", value(t)(SpectralVariance(Network{a, Orthogonal, depth, q})), variance, relTol)
		if more := value(t)(VarianceForSpread(a, depth, 1.001*variance)); !(more > q) {
			t.Fatalf("q does not rise: %v, then %v", q, more)
		}
	})
}

// Errors name the parameter, its value and its domain in one line.
func TestErrors(t *testing.T) {
	tanh, relu := activation.MustParse("tanh"), activation.MustParse("relu")
	for _, tc := range []struct {
		call func() (float64, error)
		want string
	}{
		{func() (float64, error) { return MaxSquaredSingularValue(Network{tanh, Gaussian, 3, 1}) }, "activation = tanh, want activation linear, relu, leaky_relu or hard_tanh"},
		{func() (float64, error) { return MaxSquaredSingularValue(Network{}) }, "want activation linear, relu, leaky_relu or hard_tanh"},
		{func() (float64, error) { return MaxSquaredSingularValue(Network{relu, "unitary", 3, 0}) }, "ensemble = unitary, want ensemble gaussian or orthogonal"},
		{func() (float64, error) { return MaxSquaredSingularValue(Network{relu, Gaussian, 0, 0}) }, "depth = 0, want depth >= 1"},
		{func() (float64, error) { return SpectralVariance(Network{}) }, "activation = the zero value"},
		{func() (float64, error) { return SpectralVariance(Network{tanh, Gaussian, 3, 0}) }, "q = 0, want q > 0"},
		{func() (float64, error) { return SpectralVariance(Network{relu, Gaussian, 3, math.NaN()}) }, "q = NaN, want q > 0"},
		{func() (float64, error) { return SpectralVariance(Network{tanh, Gaussian, 3, 1e200}) }, "q = 1e+200, want q from 1e-150 to 1e150"},
		{func() (float64, error) { return SpectralMoment(1, 0) }, "order = 0, want order >= 1"},
		{func() (float64, error) { return SpectralMoment(1_000_000, 1_000_000_000_000) }, "out of the range of float64"},
		{func() (float64, error) { return VarianceForSpread(relu, 3, 1) }, "activation = relu, want activation tanh, erf, hard_tanh or arctan"},
		{func() (float64, error) { return VarianceForSpread(tanh, 3, 0) }, "spectral_variance = 0, want spectral_variance > 0"},
		{func() (float64, error) { return VarianceForSpread(tanh, 1, 1e99) }, "spectral_variance = 1e+99"},
		{func() (float64, error) { return VarianceForSpread(tanh, 1, math.Inf(1)) }, "spectral_variance = +Inf"},
	} {
		x, err := tc.call()
		if x != 0 || err == nil || !strings.Contains(err.Error(), tc.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%v, error %v, want %q", x, err, tc.want)
		}
	}
}

// The ends of the range of q.
func TestCorners(t *testing.T) {
	tanh, hard := activation.MustParse("tanh"), activation.MustParse("hard_tanh")
	near(t, "least q", value(t)(SpectralVariance(Network{tanh, Orthogonal, 1, 1e-150})), 8e-300, 1e-12)
	near(t, "largest q", value(t)(SpectralVariance(Network{tanh, Orthogonal, 1, 1e150})), 18./35*math.Sqrt(2*math.Pi)*1e75, 1e-12)
	near(t, "least spread", value(t)(VarianceForSpread(tanh, 1, 8e-299)), math.Sqrt(1e-299), 1e-12)
	near(t, "dead units underflow", value(t)(MaxSquaredSingularValue(Network{hard, Orthogonal, 1_000_000, 1e-6})), 1, 0)
	near(t, "all units dead", value(t)(MaxSquaredSingularValue(Network{hard, Orthogonal, 1, 1e300})), math.Sqrt(math.Pi/2)*1e150, 1e-13) // e^345
	if v, err := SpectralVariance(Network{hard, Orthogonal, 1, 1e-6}); v != 0 || err != nil {
		t.Errorf("an underflow is %v, %v, want 0", v, err)
	}
}
