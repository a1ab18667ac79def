package deviation

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"gradchain/theory/chain"
	"gradchain/theory/internal/reference"
	"gradchain/theory/law"

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

// drawScaled draws a law that has a rate function.
func drawScaled(t *rapid.T) law.Law {
	scale := math.Exp(rapid.Float64Range(-20, 20).Draw(t, "log_scale"))
	name := rapid.SampledFrom([]string{"normal", "uniform", "laplace", "lognormal"}).Draw(t, "law")
	if name == "lognormal" {
		return law.MustParse(fmt.Sprintf("lognormal(%v,%v)", math.Log(scale), rapid.Float64Range(0.01, 5).Draw(t, "tau")))
	}
	return law.MustParse(fmt.Sprintf("%s(%v)", name, scale))
}

// drawLaw draws a law that has a moment exponent.
func drawLaw(t *rapid.T) law.Law {
	switch rapid.IntRange(0, 3).Draw(t, "heavy") {
	case 0:
		return law.MustParse(fmt.Sprintf("student_t(%v)", rapid.Float64Range(0.5, 30).Draw(t, "nu")))
	case 1:
		return law.MustParse(fmt.Sprintf("cauchy(%v)", rapid.Float64Range(0.1, 10).Draw(t, "s")))
	}
	return drawScaled(t)
}

// drawOrder draws an order inside the domain, which need not contain much.
func drawOrder(t *rapid.T, w law.Law, name string) float64 {
	lo, hi := w.Orders()
	return rapid.Float64Range(max(0.98*lo, -5), min(0.98*hi, 20)).Draw(t, name)
}

// Λ is convex with Λ(0) = 0, Λ(q)/q does not fall, and Λ′ and Λ″ are its derivatives.
func TestMomentExponent_convex(t *testing.T) {
	hold(t, func(t *rapid.T) {
		w := drawLaw(t)
		p, q := drawOrder(t, w, "p"), drawOrder(t, w, "q")
		if p > q {
			p, q = q, p
		}
		low, high := value(t)(MomentExponent(w, p)), value(t)(MomentExponent(w, q))
		middle := value(t)(MomentExponent(w, p/2+q/2))
		slack := 1e-13 * (math.Abs(low) + math.Abs(high) + 1e-300)
		if !(middle <= (low+high)/2+slack) {
			t.Fatalf("Λ(%v) = %v is above the chord of %v and %v", p/2+q/2, middle, low, high)
		}
		if p != 0 && q != 0 && !(low/p <= high/q+1e-12*(math.Abs(low/p)+math.Abs(high/q))) {
			t.Fatalf("Λ(q)/q falls from %v at %v to %v at %v", low/p, p, high/q, q)
		}
		start, end := value(t)(MomentExponentSlope(w, p)), value(t)(MomentExponentSlope(w, q))
		if chord := (q - p) * start; !(low+chord <= high+slack+1e-13*math.Abs(chord)+1e-14*(q-p)) || !(start <= end+1e-14*(1+math.Abs(end))) {
			t.Fatalf("tangent at %v is above Λ(%v), or Λ′ falls from %v to %v", p, q, start, end)
		}
		if curve := value(t)(MomentExponentCurvature(w, q)); !(curve > 0) {
			t.Fatalf("Λ″(%v) = %v", q, curve)
		}
	})
}

// Legendre duality: I(Λ′(q)) = qΛ′(q) − Λ(q) = n_c(q) and the tilt of Λ′(q) is q. Both sides
// are relatively accurate, to the rounding of Λ′ as the growth x.
func TestRate_duality(t *testing.T) {
	hold(t, func(t *rapid.T) {
		w := drawScaled(t)
		q := drawOrder(t, w, "q")
		x := value(t)(MomentExponentSlope(w, q))
		rounding := 0x1p-49 * (1 + math.Abs(x) + math.Abs(w.LogMean()))
		want, curve := value(t)(CriticalLogSamples(w, q)), value(t)(MomentExponentCurvature(w, q))
		near(t, "I(Λ′(q))", value(t)(Rate(w, x)), want, math.Abs(q)*rounding+rounding*rounding/curve+1e-12*want)
		near(t, "tilt", value(t)(Tilt(w, x)), q, rounding/curve*(1+2*math.Abs(q))+1e-12*math.Abs(q))
		plain := q*x - value(t)(MomentExponent(w, q))
		near(t, "qΛ′ − Λ", want, plain, 1e-12*math.Abs(plain)+math.Abs(q)*rounding)
	})
}

// I ≥ 0 with I(λ) = 0, it rises away from λ, and is the same for s·w at x + log s.
func TestRate_shape(t *testing.T) {
	hold(t, func(t *rapid.T) {
		w := drawScaled(t)
		center, spread := w.LogMean(), math.Sqrt(w.LogVariance())
		near(t, "I(λ)", value(t)(Rate(w, center)), 0, 1e-27*(1+center*center)/(spread*spread))
		z := rapid.Float64Range(-30, 0.99).Draw(t, "z")
		x := center + z*spread
		rate, further := value(t)(Rate(w, x)), value(t)(Rate(w, center+1.01*z*spread))
		if !(rate >= 0) || !(rate <= further*(1+1e-13)+1e-28*(1+center*center)) {
			t.Fatalf("I(%v) = %v, and %v further from λ", x, rate, further)
		}
		unit, logScale := standard(w)
		rounding := 0x1p-48 * (1 + math.Abs(x) + math.Abs(logScale)) / spread
		near(t, "I of the unit law", value(t)(Rate(unit, x-logScale)), rate, 1e-12*rate+rounding*(math.Abs(z)+rounding))
	})
}

// A tail probability obeys Chernoff's bound, falls with x, and agrees with its log.
func TestTail_bounds(t *testing.T) {
	hold(t, func(t *rapid.T) {
		w := drawScaled(t)
		depth := rapid.OneOf(rapid.IntRange(1, 100), rapid.IntRange(1, 1_000_000)).Draw(t, "depth")
		unit := math.Sqrt(w.LogVariance() / float64(depth))
		z := rapid.Float64Range(-40, min(40, 0.99*math.Sqrt(float64(depth)))).Draw(t, "z")
		x := w.LogMean() + z*unit
		p, log := value(t)(Tail(w, depth, x)), value(t)(LogTail(w, depth, x))
		near(t, "e^log", math.Exp(log), p, 1e-12*p+1e-300)
		if !(0 <= p && p <= 1 && log <= 0) {
			t.Fatalf("P = %v with log %v", p, log)
		}
		slack := 1e-9 * (1 + math.Abs(log))
		if exponent := -float64(depth) * value(t)(Rate(w, x)); z > 0 && !(log <= exponent+slack) {
			t.Fatalf("log P = %v is above Chernoff's bound %v", log, exponent)
		}
		if next := value(t)(LogTail(w, depth, x+0.005*unit)); !(next <= log+slack*1e-2) {
			t.Fatalf("log P rises with x from %v to %v", log, next)
		}
	})
}

// Depth 1 is the law of the weight, and depth 2 an expectation over one of them: a second
// route for the inversion.
func TestTail_shallow(t *testing.T) {
	hold(t, func(t *rapid.T) {
		w := drawScaled(t)
		x := w.LogMean() + math.Sqrt(w.LogVariance())*rapid.Float64Range(-6, 0.99).Draw(t, "z")
		one := w.AbsSurvival(math.Exp(x))
		near(t, "depth 1", value(t)(Tail(w, 1, x)), one, 1e-10*one+1e-300)
		_, most := w.Support()
		kink := math.Exp(2*x) / most // of uniform
		two, bound := w.Expect(func(v float64) float64 { return w.AbsSurvival(math.Exp(2*x) / math.Abs(v)) }, -kink, kink)
		near(t, "depth 2", value(t)(Tail(w, 2, x)), two, 1e-10*two+bound+1e-300)
	})
}

// The exceedance of package chain is another inversion, with its own bound.
func TestTail_chain(t *testing.T) {
	for _, text := range []string{"normal(1.3)", "laplace(0.7)", "uniform(2)", "lognormal(0.1,0.5)"} {
		w := law.MustParse(text)
		for _, depth := range []int{3, 30, 300} {
			for _, z := range []float64{-2, 0, 1.5, 6} {
				x := w.LogMean() + z*math.Sqrt(w.LogVariance()/float64(depth))
				if text == "uniform(2)" && x >= math.Ln2 {
					continue
				}
				want, bound, err := chain.Product{Factor: chain.Factor{Weight: w}, Depth: depth}.Exceedance(float64(depth) * x)
				if err != nil {
					t.Fatal(err)
				}
				near(t, fmt.Sprint(text, depth, z), value(t)(Tail(w, depth, x)), want, 2*bound+1e-10*want)
			}
		}
	}
}

// A midpoint rule twice as fine gives the same, on either side, near and far.
func TestContour_period(t *testing.T) {
	hold(t, func(t *rapid.T) {
		name := rapid.SampledFrom([]string{"normal(1)", "laplace(1)"}).Draw(t, "law")
		depth := rapid.OneOf(rapid.IntRange(1, 30), rapid.IntRange(1, 1_000_000)).Draw(t, "depth")
		w := law.MustParse(name)
		z := rapid.Float64Range(-5, 30).Draw(t, "z")
		s, err := newSaddle(w, w.LogMean()+z*math.Sqrt(w.LogVariance()/float64(depth)))
		if err != nil {
			t.Fatal(err)
		}
		if exponent := float64(depth) * s.rate; exponent > leadingFrom || depth == 1 && s.deviates < 0 {
			return // where the tail is not inverted
		}
		c := s.newContour(float64(depth), s.deviates < 0)
		step := 2 * math.Pi / c.period()
		fine := c.logIntegral(step / 2)
		near(t, "log P", c.logIntegral(step), fine, 1e-13*(10+math.Abs(fine)+math.Sqrt(float64(depth))))
	})
}

// The sum for uniform weights and the inversion are two routes to the incomplete gamma
// function.
func TestTail_uniformRoutes(t *testing.T) {
	w := law.MustParse("uniform(1)")
	for _, depth := range []int{40, 300, seriesDepth, 50_000} {
		for _, z := range []float64{-30, -3, -0.2, 0, 0.4, 3, 30} {
			x := -1 + z/math.Sqrt(float64(depth))
			if x >= 0 {
				continue
			}
			s, err := newSaddle(w, x)
			if err != nil {
				t.Fatal(err)
			}
			sum := s.logGammaSum(depth)
			near(t, fmt.Sprint(depth, z), s.invert(float64(depth), s.deviates < 0), sum, 2e-15*math.Sqrt(float64(depth))+3e-15*math.Abs(sum))
		}
	}
}

// The relative error of Bahadur and Ranga Rao's approximation falls like 1/L.
func TestBahadurRao_rate(t *testing.T) {
	for _, text := range []string{"normal(1)", "laplace(1)", "uniform(1)", "lognormal(0,1)"} {
		w := law.MustParse(text)
		x := w.LogMean() + 0.6*math.Sqrt(w.LogVariance())
		off := func(depth int) float64 {
			return value(t)(BahadurRao(w, depth, x))/value(t)(Tail(w, depth, x)) - 1
		}
		for _, depth := range []int{20, 100, 500} {
			if ratio := off(2*depth) / off(depth); !(math.Abs(ratio-0.5) <= 3/float64(depth)) {
				t.Errorf("%s: the error falls by %v from depth %d to twice that", text, ratio, depth)
			}
		}
	}
}

// ψ(inverseDigamma(y)) = y, and the approximation used for large y joins.
func TestInverseDigamma(t *testing.T) {
	for _, y := range []float64{-1e300, -1e10, -30, -1.0001, -1, -0.5772156649015329, 0, 0.4, 5, 16.999} {
		a := inverseDigamma(y)
		s := saddle{unit: law.MustParse("laplace(1)"), y: y}
		s.logGamma(1, 1)
		if back := slope(law.MustParse("laplace(1)"), a-1); a > 1e-9 {
			near(t, "ψ", back, y, 1e-13*(1+math.Abs(y))/min(a, 1))
		} else {
			near(t, "1/a", 1/a, -y-eulerGamma, 1e-15*-y)
		}
		near(t, "order", s.order, a-1, 0)
	}
	near(t, "join", inverseDigamma(17)/inverseDigamma(math.Nextafter(17, 18)), 1, 1e-14)
}

// The mean that samples show rises with their number from the Lyapunov exponent to log E|w|,
// and is never above.
func TestGrowthSeen(t *testing.T) {
	hold(t, func(t *rapid.T) {
		w := drawScaled(t)
		depth := rapid.IntRange(1, 1000).Draw(t, "depth")
		critical := math.Min(float64(depth)*value(t)(CriticalLogSamples(w, 1)), 700)
		u := rapid.Float64Range(0.01, 0.98).Draw(t, "u")
		seen := value(t)(GrowthSeen(w, depth, math.Exp(u*critical)))
		more := value(t)(GrowthSeen(w, depth, math.Exp(1.01*u*critical)))
		limit := value(t)(MomentExponent(w, 1))
		slack := 1e-13 * (1 + math.Abs(limit))
		if !(w.LogMean() <= seen+slack && seen <= more+slack && more <= limit+slack) {
			t.Fatalf("growth seen %v, then %v, want between %v and %v", seen, more, w.LogMean(), limit)
		}
	})
}

// The lognormal formulas: (τ/√2 − √n)² is missing from the growth.
func TestGrowthSeen_lognormal(t *testing.T) {
	w := law.MustParse("lognormal(0.3,1.4)")
	n := math.Log(1e6) / 100
	missing := math.Pow(1.4/math.Sqrt2-math.Sqrt(n), 2)
	near(t, "growth", value(t)(GrowthSeen(w, 100, 1e6)), 0.3+1.4*1.4/2-missing, 1e-14)
}

// The relative variance is that of the moments, where these can be subtracted.
func TestRelativeVariance(t *testing.T) {
	for _, w := range law.All() {
		if _, most := w.Orders(); most <= 2 {
			continue
		}
		mean, square := value(t)(w.AbsMoment(1)), value(t)(w.AbsMoment(2))
		want := math.Pow(square/mean/mean, 3) - 1
		near(t, w.String(), value(t)(RelativeVariance(w, 3)), want, 1e-13*(1+want))
	}
	for _, m := range []float64{0.2, 0.99999999, 1, 1.5, 14, 16} {
		w := law.MustParse(fmt.Sprintf("normal(%v,1)", m))
		want := value(t)(w.LogAbsMoment(2)) - 2*value(t)(w.LogAbsMoment(1))
		near(t, w.String(), logSpread(w), want, 1e-14*(1+math.Log(1+m)))
	}
}

// The tilted estimator always has relative variance 1 at least, and √L growth.
func TestTiltedRelativeVariance(t *testing.T) {
	w := law.MustParse("lognormal(0,1)")
	near(t, "at mu", value(t)(TiltedRelativeVariance(w, 1, 1e-12)), 1, 1e-11)
	large := value(t)(TiltedRelativeVariance(w, 1_000_000, 3))
	near(t, "far", large, 3000*math.Sqrt(math.Pi/2)-1, 1e-3)
}

// What underflows is 0, in a log it is finite, and what overflows is an error.
func TestCorners(t *testing.T) {
	for _, tc := range []struct {
		reason, weight string
		depth          int
		x, p, log      float64
		tol            float64
	}{
		{"far above, deep", "normal(1)", 1_000_000, 1, 0, -3.3592021356894989873e6, 1e-5},
		{"far above, one layer", "laplace(1)", 1, 300, 0, -1.94242639524125936584e130, 1e-13},
		{"far below, deep", "normal(1)", 1_000_000, -3, 1, 0, 0},
		{"far below, one layer: P(|w| < e^−700) = e^−700", "laplace(1)", 1, -700, 1, -9.859676543759770e-305, 1e-12},
		{"far beyond float64", "normal(1)", 3, -1e300, 1, 0, 0},
		{"the smallest growth", "normal(1)", 3, -math.MaxFloat64, 1, 0, 0},
		{"at the median", "lognormal(2,1)", 1_000_000, 2, 0.5, -math.Ln2, 1e-15},
		{"next to the largest weight", "uniform(1)", 1, -5e-324, 5e-324, math.Log(5) - 324*math.Ln10, 1e-15},
		{"a growth that no path has", "cauchy(1)", 2, 1e17, 0, -2e17, 1e-15},
		{"the least growth of a heavy law", "cauchy(1)", 2, -1.797e308, 1, 0, 0},
		{"least growth, one layer", "cauchy(1)", 1, -math.MaxFloat64, 1, 0, 0},
		{"the heaviest law at an ordinary growth", "student_t(1e-300)", 2, 1, 1, 0, 0},
		{"at the largest weight, deep", "uniform(1)", 1_000_000, -1e-6, 0, -1e6*(1e-6-1+math.Log(1e6)) - 8.7, 1e-6},
	} {
		w := law.MustParse(tc.weight)
		p, log := value(t)(Tail(w, tc.depth, tc.x)), value(t)(LogTail(w, tc.depth, tc.x))
		if !(math.Abs(p-tc.p) <= tc.tol*tc.p) || !(math.Abs(log-tc.log) <= tc.tol*math.Abs(tc.log)) {
			t.Errorf("%s: %v, log %v, want %v, %v", tc.reason, p, log, tc.p, tc.log)
		}
	}
	heavy := law.MustParse("cauchy(1)")
	if p, err := Tail(heavy, 2, 1.797e308); p != 0 || err != nil {
		t.Errorf("P = %v, %v at the largest growth, want 0", p, err)
	}
	if log, err := LogTail(heavy, 2, 1.797e308); err == nil || !strings.Contains(err.Error(), "out of the range of float64") {
		t.Errorf("log P = %v, %v at the largest growth", log, err)
	}
	for _, text := range []string{"normal(1)", "laplace(1)"} {
		w := law.MustParse(text)
		near(t, "least growth", value(t)(Rate(w, -math.MaxFloat64)), math.MaxFloat64, 0)
		near(t, "least tilt", value(t)(Tilt(w, -math.MaxFloat64)), -1, 0)
		if p, err := Tail(w, 10, 800); p != 0 || err != nil {
			t.Errorf("%s: P = %v, %v beyond float64, want 0", text, p, err)
		}
		if log, err := LogTail(w, 10, 800); err == nil {
			t.Errorf("%s: log P = %v beyond float64", text, log)
		}
	}
}

// Errors name the parameter, its value and its domain in one line.
func TestErrors(t *testing.T) {
	normal, uniform, lognormal := law.MustParse("normal(1)"), law.MustParse("uniform(2)"), law.MustParse("lognormal(0,1)")
	for _, tc := range []struct {
		call func() (float64, error)
		want string
	}{
		{func() (float64, error) { return MomentExponent(law.Law{}, 1) }, "want weight other than"},
		{func() (float64, error) { return MomentExponent(law.MustParse("truncated_normal(1,2)"), 1) }, "weight = truncated_normal(sigma=1,k=2), want weight other than"},
		{func() (float64, error) { return MomentExponent(normal, -1) }, "order = -1"},
		{func() (float64, error) { return CriticalLogSamples(normal, math.NaN()) }, "order = NaN"},
		{func() (float64, error) { return CriticalLogSamples(law.MustParse("cauchy(1)"), 1) }, "order = 1, want order above -1 and below 1"},
		{func() (float64, error) { return Rate(law.MustParse("truncated_normal(1,2)"), 1) }, "weight = truncated_normal(sigma=1,k=2), want weight normal(sigma), uniform"},
		{func() (float64, error) { return Tilt(law.MustParse("rademacher(3)"), 1) }, "weight = rademacher(s=3), want weight normal(sigma), uniform"},
		{func() (float64, error) { return Rate(law.Law{}, 1) }, "want weight normal(sigma), uniform"},
		{func() (float64, error) { return Rate(normal, math.Inf(1)) }, "x = +Inf, want x real"},
		{func() (float64, error) { return Tilt(uniform, 0.7) }, "x = 0.7, want x < 0.693"},
		{func() (float64, error) { return BahadurRao(lognormal, 1, 0) }, "x = 0, want x > 0, the Lyapunov exponent"},
		{func() (float64, error) { return Tail(normal, 0, 0) }, "depth = 0, want depth >= 1"},
		{func() (float64, error) { return RelativeVariance(law.MustParse("student_t(2)"), 1) }, "weight = student_t(nu=2), want weight with E w² finite"},
		{func() (float64, error) { return RelativeVariance(law.Law{}, 1) }, "want weight a law"},
		{func() (float64, error) { return CondensationSamples(normal, 100_000, 1) }, "out of the range of float64"},
		{func() (float64, error) { return GrowthSeen(normal, 3, 1) }, "samples = 1, want samples > 1"},
		{func() (float64, error) { return GrowthSeen(normal, 3, 1e9) }, "samples = 1e+09, want samples below CondensationSamples"},
		{func() (float64, error) { return Tail(law.MustParse("student_t(1e-300)"), 2, 1e300) }, "want weight of lighter tails or depth above 2"},
		{func() (float64, error) { return TiltedRelativeVariance(normal, 3, 1) }, "weight = normal(sigma=1), want weight lognormal"},
		{func() (float64, error) { return TiltedRelativeVariance(lognormal, 3, 0) }, "x = 0, want x > mu"},
	} {
		x, err := tc.call()
		if x != 0 || err == nil || !strings.Contains(err.Error(), tc.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%v, error %v, want %q", x, err, tc.want)
		}
	}
}
