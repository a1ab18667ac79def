package chain

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"gradchain/theory/activation"
	"gradchain/theory/law"
)

// anyFactor draws a factor that has a Lyapunov exponent and a mean square.
func anyFactor(t *rapid.T) Factor {
	weights := []string{"normal(1)", "normal(1,0.5)", "uniform(1)", "laplace(1)", "rademacher(1)", "lognormal(0,1)",
		"student_t(5)", "truncated_normal(1,2)", "constant(-2)"}
	var phis []activation.Activation
	for _, a := range activation.All() {
		if !a.HasDeadZone() {
			phis = append(phis, a)
		}
	}
	return Factor{
		Weight:        law.MustParse(rapid.SampledFrom(weights).Draw(t, "weight")),
		Activation:    rapid.SampledFrom(phis).Draw(t, "activation"),
		PreActivation: law.MustParse(rapid.SampledFrom([]string{"normal(0.3)", "normal(1)", "normal(3)", "normal(-1,2)", "uniform(2)", "rademacher(1)"}).Draw(t, "z")),
	}
}

// s₂ ≤ s₁ ≤ s_lyap, with equality exactly if |X| is constant (Jensen).
func TestCriticalScale_order(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := anyFactor(t)
		meanSquare, err2 := f.CriticalScaleMeanSquare()
		absMean, err1 := f.CriticalScaleAbsMean()
		typical, err0 := f.CriticalScaleLyapunov()
		variance, err := f.LogVariance()
		if err2 != nil || err1 != nil || err0 != nil || err != nil {
			t.Fatalf("%v: %v, %v, %v, %v", f, err2, err1, err0, err)
		}
		if variance == 0 {
			if !(math.Abs(absMean/typical-1) <= 1e-14 && math.Abs(meanSquare/typical-1) <= 1e-14) {
				t.Fatalf("%v is constant: %v, %v, %v", f, meanSquare, absMean, typical)
			}
			return
		}
		if !(meanSquare < absMean && absMean < typical) {
			t.Fatalf("%v: %v, %v, %v do not ascend", f, meanSquare, absMean, typical)
		}
	})
}

// log E|X|^order is convex, 0 at 0, with slope E log|X| there; the mean is above the typical.
func TestLogAbsMoment_convex(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := anyFactor(t)
		a := rapid.Float64Range(0.01, 2).Draw(t, "a")
		b := a + rapid.Float64Range(0.01, 2).Draw(t, "b")
		ma, err1 := f.LogAbsMoment(a)
		mb, err2 := f.LogAbsMoment(b)
		mean, err3 := f.Lyapunov()
		if err1 != nil || err2 != nil || err3 != nil {
			t.Fatalf("%v: %v, %v, %v", f, err1, err2, err3)
		}
		slack := 1e-11 * (1 + math.Abs(mean)*b)
		if !(mean <= ma/a+slack) || !(ma/a <= mb/b+slack) {
			t.Fatalf("%v: E log|X| = %v, log E|X|^%v / order = %v, at %v %v", f, mean, a, ma/a, b, mb/b)
		}
		p := Product{f, 17}
		typical, _ := p.LogTypical()
		logMean, _ := p.LogMean()
		rms, _ := p.LogRMS()
		if !(typical <= logMean+17*slack) || !(logMean <= rms+17*slack) {
			t.Fatalf("%v: typical %v, mean %v, rms %v", p, typical, logMean, rms)
		}
	})
}

// Factors whose moments are known.
func TestFactor_identities(t *testing.T) {
	phi := func(x float64) float64 { return math.Erfc(-x/math.Sqrt2) / 2 }
	ln3 := math.Log(3)
	for _, tc := range []struct {
		reason    string
		phi, z    string
		order     float64
		moment    float64
		lyapunov  float64
		tolerance float64
	}{
		{"softplus′ is σ, symmetric about ½", "softplus", "normal(1.7)", 1, 0.5, math.NaN(), 1e-13},
		{"gelu′(z) + gelu′(−z) = 1, but φ′ changes sign: E|φ′| > ½", "erf", "normal(1)", 1, 2 / math.SqrtPi / math.Sqrt(3), math.Log(2/math.SqrtPi) - 1, 1e-13},
		{"E cos² z = (1 + e^−2q)/2", "sin", "normal(0.1)", 2, (1 + math.Exp(-0.02)) / 2, math.NaN(), 1e-13},
		{"E cos² z = (1 + e^−2q)/2, folded", "sin", "normal(2)", 2, (1 + math.Exp(-8)) / 2, math.NaN(), 1e-13},
		{"z = ±1", "tanh", "rademacher(1)", 1, 1 / math.Pow(math.Cosh(1), 2), -2 * math.Log(math.Cosh(1)), 1e-14},
		{"z = ±1 on either side of a kink", "leaky_relu(0.5)", "rademacher(1)", 2, 0.625, -math.Ln2 / 2, 1e-14},
		{"uniform z, ∫ sech² = tanh", "tanh", "uniform(3)", 1, math.Tanh(3) / 3, math.NaN(), 1e-13},
		{"laplace z, ∫ e^z e^−|z|/2", "elu", "laplace(1)", 1, 0.75, -0.5, 1e-13},
		{"cauchy z has no tail here", "leaky_relu(0.1)", "cauchy(1)", 1, 0.55, math.Log(0.1) / 2, 1e-14},
		{"skew z, (2z+3)/6 up to the kink at 3", "hard_swish", "lognormal(0,1)", 1,
			math.Exp(0.5)/3*phi(ln3-1) + phi(ln3)/2 + phi(-ln3), math.NaN(), 1e-13},
		{"heavy tails, polynomial φ′", "arctan", "cauchy(1)", 1, 0.5, -2 * math.Ln2, 1e-12},
	} {
		f := Factor{law.MustParse("rademacher(1)"), activation.MustParse(tc.phi), law.MustParse(tc.z)}
		got, err := f.AbsMoment(tc.order)
		if err != nil || !(math.Abs(got-tc.moment) <= tc.tolerance) {
			t.Errorf("%s: E|X|^%v = %v, want %v, %v", tc.reason, tc.order, got, tc.moment, err)
		}
		if mean, err := f.Lyapunov(); !math.IsNaN(tc.lyapunov) && (err != nil || !(math.Abs(mean-tc.lyapunov) <= tc.tolerance)) {
			t.Errorf("%s: E log|X| = %v, want %v, %v", tc.reason, mean, tc.lyapunov, err)
		}
	}
}

// Errors name what is wrong.
func TestErrors(t *testing.T) {
	factor := func(w, a, z string) Factor {
		f := Factor{Activation: activation.MustParse(a)}
		if w != "" {
			f.Weight = law.MustParse(w)
		}
		if z != "" {
			f.PreActivation = law.MustParse(z)
		}
		return f
	}
	lyapunov := func(f Factor) error { _, err := f.Lyapunov(); return err }
	moment := func(f Factor, order float64) error { _, err := f.LogAbsMoment(order); return err }
	ofLaw := func(f Factor, depth int) error { _, err := Product{f, depth}.Law(); return err }
	exceedance := func(t float64) error {
		_, _, err := Product{factor("normal(1)", "linear", ""), 2}.Exceedance(t)
		return err
	}
	quantile := func(p float64) error {
		l, err := Product{factor("normal(1)", "linear", ""), 2}.Law()
		if err == nil {
			_, err = l.Quantile(p)
		}
		return err
	}
	dependent := func(w string, x float64) error {
		_, err := DependentMeanSquare(activation.MustParse("tanh"), law.MustParse(w), x)
		return err
	}
	for _, tc := range []struct {
		reason string
		err    error
		want   string
	}{
		{"no weight", lyapunov(factor("", "linear", "")), "weight = none"},
		{"tanh needs z", lyapunov(factor("normal(1)", "tanh", "")), "preactivation = none, want the law of the pre-activation for activation = tanh"},
		{"relu is dead half of the time", lyapunov(factor("normal(1)", "relu", "")), "-Inf"},
		{"a tiny dead zone is one", lyapunov(factor("normal(1)", "hard_tanh", "normal(0.05)")), "-Inf"},
		{"z always dead", lyapunov(factor("normal(1)", "relu", "constant(-1)")), "always in the dead zone"},
		{"E log|φ′| with E|z| infinite", lyapunov(factor("normal(1)", "tanh", "cauchy(1)")), "is infinite"},
		{"weight without mean", moment(factor("cauchy(1)", "linear", ""), 1), "order = 1"},
		{"relu, order 0", moment(factor("normal(1)", "relu", ""), 0), "order > 0"},
		{"negative order of a smooth φ′", moment(factor("normal(1)", "tanh", "normal(1)"), -0.5), "order >= 0"},
		{"NaN order", moment(factor("normal(1)", "linear", ""), math.NaN()), "order = NaN"},
		{"depth 0", ofLaw(factor("normal(1)", "linear", ""), 0), "depth = 0, want depth >= 1"},
		{"no route: an atom of flat φ′ at depth 10", ofLaw(factor("rademacher(1)", "elu", "normal(1)"), 10), "decays too slowly"},
		{"NaN threshold", exceedance(math.NaN()), "t = NaN"},
		{"p = 0", quantile(0), "p = 0, want p from above 0"},
		{"p = 1", quantile(1), "p = 1"},
		{"p NaN", quantile(math.NaN()), "p = NaN"},
		{"p beyond the bound", quantile(1e-20), "p = 1e-20, want"},
		{"dependent: wrong law", dependent("uniform(1)", 1), "weight = uniform(a=1), want weight normal(sigma)"},
		{"dependent: shifted", dependent("normal(1,1)", 1), "normal(sigma)"},
		{"dependent: x = 0", dependent("normal(1)", 0), "x = 0, want x != 0"},
	} {
		if tc.err == nil || !strings.Contains(tc.err.Error(), tc.want) || strings.Contains(tc.err.Error(), "\n") {
			t.Errorf("%s: error %v, want %q in it", tc.reason, tc.err, tc.want)
		}
	}
}

// What needs no pre-activation, and the zero Activation.
func TestFactor_zero(t *testing.T) {
	w := law.MustParse("normal(2)")
	for _, name := range []string{"linear", "relu", "leaky_relu(0.3)"} {
		f := Factor{Weight: w, Activation: activation.MustParse(name)}
		g := f
		g.PreActivation = law.MustParse("laplace(7)")
		got, err1 := f.AbsMoment(1.5)
		want, err2 := g.AbsMoment(1.5)
		if err1 != nil || err2 != nil || !(math.Abs(got-want) <= 1e-14*want) {
			t.Errorf("%s: %v without, %v with a symmetric z, %v, %v", name, got, want, err1, err2)
		}
	}
	got, err := Factor{Weight: w}.Lyapunov()
	if err != nil || got != w.LogMean() {
		t.Errorf("zero activation: %v, %v, want %v", got, err, w.LogMean())
	}
}

// Exceedance at the ends, below the mean, and with dead paths.
func TestExceedance_special(t *testing.T) {
	relu := Product{Factor{Weight: law.MustParse("normal(1)"), Activation: activation.MustParse("relu")}, 10}
	smooth := product("normal(1)", "tanh", 5)
	for _, tc := range []struct {
		reason string
		p      Product
		t      float64
		want   float64
		tol    float64
	}{
		{"+Inf", smooth, math.Inf(1), 0, 0}, {"−Inf", smooth, math.Inf(-1), 1, 0},
		{"dead paths are below −Inf", relu, math.Inf(-1), math.Pow(0.5, 10), 0},
		{"far below", relu, -1e9, math.Pow(0.5, 10), 1e-16}, {"far above", relu, 1e9, 0, 0},
		{"far above, closed", product("laplace(1)", "linear", 1), 1e9, 0, 0},
		{"e^−e^t", product("laplace(1)", "linear", 1), 5, math.Exp(-math.Exp(5)), 1e-77},
		{"lattice", product("rademacher(1)", "relu", 3), 0, 0, 0}, {"lattice", product("rademacher(1)", "relu", 3), -1e-9, 0.125, 1e-16},
	} {
		got, bound, err := tc.p.Exceedance(tc.t)
		if err != nil || !(math.Abs(got-tc.want) <= tc.tol) || !(bound >= 0) {
			t.Errorf("%s: Exceedance(%v) = %v ± %v, want %v, %v", tc.reason, tc.t, got, bound, tc.want, err)
		}
	}
}

// The tilted tail against the law, where both are good.
func TestExceedance_tilted(t *testing.T) {
	if testing.Short() {
		t.Skip("builds every law again")
	}
	for _, tc := range laws {
		p := product(tc.weight, tc.phi, tc.depth)
		l := mustLaw(t, p)
		for _, u := range []float64{1e-3, 0.05, 0.2, 0.7} {
			x, err := l.Quantile(1 - u*l.Alive())
			if err != nil {
				t.Fatal(err)
			}
			if _, atoms := l.given.(lattice); atoms {
				x += 1e-6
			}
			got, bound, err := p.Exceedance(x)
			if err != nil || !(math.Abs(got-(1-l.CDF(x))) <= bound+l.Bound()+1e-16) {
				t.Errorf("%v: Exceedance(%v) = %v ± %.2g, 1 − CDF = %v ± %.2g, %v", p, x, got, bound, 1-l.CDF(x), l.Bound(), err)
			}
		}
	}
}

// The scale of the shifted normal at which its exponent is zero, and the minimum.
func TestShiftedNormal_property(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		mu := math.Exp(rapid.Float64Range(-200, 0.2453).Draw(t, "log mu"))
		zero, err1 := ShiftedNormalZeroSigma(mu)
		argmin, err2 := ShiftedNormalArgminSigma(mu)
		low, err3 := ShiftedNormalMinLyapunov(mu)
		if err1 != nil || err2 != nil || err3 != nil {
			t.Fatal(err1, err2, err3)
		}
		at := func(s float64) float64 { return shiftedNormal(mu, s).LogMean() }
		if !(zero >= argmin) || !(math.Abs(at(zero)) <= 1e-14) {
			t.Fatalf("mu = %v: zero at %v, exponent there %v, minimum at %v", mu, zero, at(zero), argmin)
		}
		if !(math.Abs(at(argmin)-low) <= 1e-13*(1+math.Abs(low))) || !(at(argmin*1.01) > low) || !(at(argmin*0.99) > low) {
			t.Fatalf("mu = %v: minimum %v at %v, beside it %v and %v", mu, low, argmin, at(argmin*0.99), at(argmin*1.01))
		}
	})
}
