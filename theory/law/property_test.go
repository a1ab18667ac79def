package law

import (
	"math"
	"math/cmplx"
	"strings"
	"testing"

	"pgregory.net/rapid"

	fixed "gradchain/theory/internal/reference"
)

// hold tests a property at drawn inputs and, so that what it sees is no matter of chance, at
// fixed ones.
func hold(t *testing.T, property func(*rapid.T)) {
	t.Helper()
	rapid.Check(t, property)
	fixed.Fixed(t, rapid.MakeFuzz(property))
}

// drawOrder draws an order inside the strip of l, away from its ends.
func drawOrder(t *rapid.T, l Law, name string) float64 {
	lo, hi := l.Orders()
	lo, hi = max(lo, -3), min(hi, 20)
	return lo + (hi-lo)*rapid.Float64Range(0.02, 0.98).Draw(t, name)
}

// Λ is convex and Λ(q)/q nondecreasing (Lyapunov's inequality), with equality exactly
// for a degenerate |w|.
func TestLogAbsMoment_convex(t *testing.T) {
	hold(t, func(t *rapid.T) {
		l := drawLaw(t)
		q1, q2 := drawOrder(t, l, "q1"), drawOrder(t, l, "q2")
		v1, v2 := l.family.cumulant(q1), l.family.cumulant(q2)
		mid := l.family.cumulant((q1 + q2) / 2)
		slack := 1e-11 * (1 + math.Abs(v1) + math.Abs(v2))
		if !(mid <= (v1+v2)/2+slack) {
			t.Fatalf("%v: Λ((%g+%g)/2) = %g above the chord %g", l, q1, q2, mid, (v1+v2)/2)
		}
		if q1 > q2 {
			q1, q2, v1, v2 = q2, q1, v2, v1
		}
		if q1*q2 > 0 && !(v1/q1 <= v2/q2+slack/min(math.Abs(q1), math.Abs(q2))) {
			t.Fatalf("%v: Λ(q)/q falls from %g at %g to %g at %g", l, v1/q1, q1, v2/q2, q2)
		}
		if curvature := l.family.curvature(q1); (curvature == 0) != l.NonZero().Degenerate() || !(curvature >= 0) {
			t.Fatalf("%v: Λ″(%g) = %g", l, q1, curvature)
		}
	})
}

// The transform at t is the analytic continuation of the moments: derivatives at t = 0
// are slope and curvature, and the modulus is at most the envelope, which falls.
func TestTiltedLogCharacteristic(t *testing.T) {
	hold(t, func(t *rapid.T) {
		l := drawLaw(t)
		theta := drawOrder(t, l, "theta")
		slope, curvature := l.family.slope(theta), l.family.curvature(theta)
		h := 1e-5 / (1 + math.Sqrt(curvature))
		near := l.TiltedLogCharacteristic(theta, h)
		if !(math.Abs(imag(near)/h-slope) <= 1e-6*(1e-3+math.Abs(slope)+math.Sqrt(curvature))) {
			t.Fatalf("%v at %g: Im/t = %g, slope %g", l, theta, imag(near)/h, slope)
		}
		if !(math.Abs(-2*real(near)/h/h-curvature) <= 1e-4*curvature) {
			t.Fatalf("%v at %g: −2Re/t² = %g, curvature %g", l, theta, -2*real(near)/h/h, curvature)
		}
		u := rapid.Float64Range(0, 60).Draw(t, "t")
		v := u + rapid.Float64Range(0, 60).Draw(t, "further")
		modulus := cmplx.Abs(cmplx.Exp(l.TiltedLogCharacteristic(theta, u)))
		first, second := l.TiltedEnvelope(theta, u), l.TiltedEnvelope(theta, v)
		if !(modulus <= first*(1+1e-10)+1e-13) || !(second <= first*(1+1e-12)) {
			t.Fatalf("%v at %g: modulus %g, envelope %g at %g, %g at %g", l, theta, modulus, first, u, second, v)
		}
		conjugate := cmplx.Conj(l.TiltedLogCharacteristic(theta, -u))
		if !(cmplx.Abs(cmplx.Exp(conjugate)-cmplx.Exp(l.TiltedLogCharacteristic(theta, u))) <= 1e-12) {
			t.Fatalf("%v at %g: transform at −%g is not the conjugate", l, theta, u)
		}
	})
}

func TestDistribution(t *testing.T) {
	hold(t, func(t *rapid.T) {
		l := drawLaw(t)
		p := rapid.Float64Range(1e-12, 1).Draw(t, "p")
		x := l.Quantile(p)
		y := l.Quantile(min(1, p+rapid.Float64Range(0, 1).Draw(t, "more")))
		// Quantiles of equal or adjacent p may be out of order in their last places.
		if !(l.CDF(x) <= l.CDF(y)*(1+1e-13)) || !(x <= y+1e-13*math.Abs(y)) {
			t.Fatalf("%v: not monotone at %g, %g", l, x, y)
		}
		if sum := l.CDF(x) + l.Survival(x); !(math.Abs(sum-1) <= 1e-14) {
			t.Fatalf("%v: CDF + Survival = 1 + %g at %g", l, sum-1, x)
		}
		if len(l.Atoms()) > 0 || p == 1 {
			return
		}
		rounding := 1e-14 + 4*l.PDF(x)*math.Abs(x)*0x1p-52 // of x as seen from the median
		if sum := l.AbsCDF(math.Abs(x)) + l.AbsSurvival(math.Abs(x)); !(math.Abs(sum-1) <= rounding) {
			t.Fatalf("%v: AbsCDF + AbsSurvival = 1 + %g at %g", l, sum-1, x)
		}
		// The quantile is a rounded number: CDF moves by density × ulp over it.
		tol := 1e-12*p + 4*l.PDF(x)*math.Abs(x)*0x1p-52
		if !(math.Abs(l.CDF(x)-p) <= tol) {
			t.Fatalf("%v: CDF(Quantile(%g)) − p = %g, tolerance %g", l, p, l.CDF(x)-p, tol)
		}
	})
}

// E|w|^q by quadrature of the density against the closed forms.
func TestExpect_moments(t *testing.T) {
	hold(t, func(t *rapid.T) {
		l := drawLaw(t)
		_, hi := l.Orders()
		q := rapid.Float64Range(0, min(3, hi/2)).Draw(t, "q")
		for _, p := range l.Parts() {
			if f, ok := p.Law.family.(lognormal); ok { // the moment lives q·tau deviations out
				q = min(q, 5/f.tau)
			}
		}
		value, bound := l.Expect(func(w float64) float64 { return math.Pow(math.Abs(w), q) })
		log, err := l.LogAbsMoment(q)
		want := math.Exp(log)
		if err != nil || !(math.Abs(value-want) <= bound+1e-11*want) || !(bound <= 1e-6*want) {
			t.Fatalf("%v: E|w|^%g = %g ± %g, want %g", l, q, value, bound, want)
		}
	})
}

func TestExpect_breaks(t *testing.T) {
	l := MustParse("normal(mu=1,sigma=2)")
	step := func(w float64) float64 {
		if w > 1.7 {
			return 1
		}
		return 0
	}
	value, bound := l.Expect(step, 1.7)
	if want := l.Survival(1.7); !(math.Abs(value-want) <= bound+1e-15) || !(bound < 1e-12) {
		t.Errorf("E 1{w > 1.7} = %g ± %g, want %g", value, bound, want)
	}
	value, _ = MustParse("rademacher(2)").Expect(step)
	if value != 0.5 {
		t.Errorf("E 1{w > 1.7} of ±2 = %g, want 0.5", value)
	}
}

func TestMomentErrors(t *testing.T) {
	abs := func(order float64) func(Law) error {
		return func(l Law) error { _, err := l.AbsMoment(order); return err }
	}
	mean := func(l Law) error { _, err := l.Mean(); return err }
	variance := func(l Law) error { _, err := l.Variance(); return err }
	for _, tc := range []struct {
		law, want string
		call      func(Law) error
		reason    string
	}{
		{"normal(1)", "order = -1: E|w|^order of normal(sigma=1) needs order > -1", abs(-1), "left end of the strip"},
		{"cauchy(1)", "order = 1: E|w|^order of cauchy(s=1) needs -1 < order < 1", abs(1), "tail index"},
		{"student_t(2)", "needs -1 < order < 2", abs(2), "tail index"},
		{"rademacher(1)", "order = NaN", abs(math.NaN()), "not a number"},
		{"lognormal(0,1)", "needs a finite order", abs(math.Inf(1)), "infinite order"},
		{"lognormal(0,1)", "out of the range of float64", abs(50), "overflow of the moment"},
		{"lognormal(0,1)", "out of the range of float64", abs(1e200), "overflow of its logarithm"},
		{"cauchy(1)", "the mean of cauchy(s=1) does not exist", mean, "undefined"},
		{"student_t(1)", "does not exist", mean, "undefined"},
		{"student_t(2)", "the variance of student_t(nu=2) is infinite", variance, "infinite"},
		{"lognormal(1000,1)", "above the largest float64", mean, "overflow"},
	} {
		err := tc.call(MustParse(tc.law))
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: error %v, want %q: %s", tc.law, err, tc.want, tc.reason)
		}
	}
}

func TestMeanVariance(t *testing.T) {
	for _, tc := range []struct {
		law            string
		mean, variance float64
	}{
		{"normal(3)", 0, 9}, {"normal(mu=-1,sigma=0.5)", -1, 0.25}, {"uniform(3)", 0, 3}, {"laplace(2)", 0, 8},
		{"rademacher(2)", 0, 4}, {"constant(-3)", -3, 0}, {"student_t(4)", 0, 2},
		{"lognormal(0,1)", 1.6487212707001281468, 4.6707742704716049919}, // √e and e² − e
		{"truncated_normal(1,2)", 0, 0.77374130354992316},                // 0.87962566103423978²
	} {
		l := MustParse(tc.law)
		mean, err1 := l.Mean()
		variance, err2 := l.Variance()
		if err1 != nil || err2 != nil || !(math.Abs(mean-tc.mean) <= 1e-14*math.Abs(tc.mean)) ||
			!(math.Abs(variance-tc.variance) <= 1e-14*tc.variance) {
			t.Errorf("%s: mean %v (%v), variance %v (%v), want %v, %v", tc.law, mean, err1, variance, err2, tc.mean, tc.variance)
		}
	}
}

// Scales from 1e-300 to 1e300 enter through their logarithm only.
func TestExtremeScales(t *testing.T) {
	for _, tc := range []struct{ small, large, reason string }{
		{"normal(1e-300)", "normal(1e300)", "centred normal"},
		{"normal(mu=1e-300,sigma=1e-300)", "normal(mu=1e300,sigma=1e300)", "mean and deviation alike"},
		{"normal(mu=1e-300,sigma=1e-308)", "normal(mu=1e300,sigma=1e292)", "nearly constant"},
		{"truncated_normal(1e-300,2)", "truncated_normal(1e300,2)", "cut"},
		{"uniform(1e-300)", "uniform(1e300)", "bounded"},
		{"cauchy(1e-300)", "cauchy(1e300)", "heavy tail"},
	} {
		a, b := MustParse(tc.small), MustParse(tc.large)
		gap := 600 * math.Ln10
		if got := b.LogMean() - a.LogMean(); !(math.Abs(got-gap) <= 1e-12*gap) {
			t.Errorf("%s: log-means differ by %v, want %v: %s", tc.small, got, gap, tc.reason)
		}
		if va, vb := a.LogVariance(), b.LogVariance(); !(math.Abs(va-vb) <= 1e-10*va) {
			t.Errorf("%s: log-variances %v and %v: %s", tc.small, va, vb, tc.reason)
		}
		pa, pb := a.AbsCDF(1e-300), b.AbsCDF(1e300)
		if !(math.Abs(pa-pb) <= 1e-10) || !(pa > 0) {
			t.Errorf("%s: P(|w| ≤ scale) = %v and %v: %s", tc.small, pa, pb, tc.reason)
		}
	}
}

// TestExpect_farBreak: a break far out in the tail loses no mass.
func TestExpect_farBreak(t *testing.T) {
	one := func(float64) float64 { return 1 }
	for _, text := range []string{"normal(1e-6)", "laplace(1e-3)", "student_t(3)", "cauchy(0.01)", "lognormal(0,0.1)"} {
		if value, bound := MustParse(text).Expect(one, 1, 1e4); !(math.Abs(value-1) <= bound && bound <= 1e-12) {
			t.Errorf("%s: E 1 = 1 %+.2g, bound %.2g", text, value-1, bound)
		}
	}
}
