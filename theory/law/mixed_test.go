package law

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestParse_mixture(t *testing.T) {
	for _, tc := range []struct{ text, want, reason string }{
		{"mixture(0.9,normal(1),0.1,constant(0))", "mixture(0.9,normal(sigma=1),0.1,constant(value=0))", "weights that are cut"},
		{" mixture ( 0.9 , normal ( 1 ) , 0.1 , constant ( -0 ) ) ", "mixture(0.9,normal(sigma=1),0.1,constant(value=0))", "spaces, and minus zero"},
		{"mixture(0.7,normal(1),0.2,normal(1),0.1,laplace(2))", "mixture(0.7,normal(sigma=1),0.2,normal(sigma=1),0.1,laplace(b=2))",
			"0.7 + 0.2 + 0.1 rounds below 1; a law may be there twice"},
		{"mixture(0.5,constant(value=0),0.5,normal(mu=1,sigma=2))", "mixture(0.5,constant(value=0),0.5,normal(mu=1,sigma=2))", "by name, in this order"},
	} {
		l, err := Parse(tc.text)
		if err != nil || l.String() != tc.want {
			t.Errorf("Parse(%q) = %v, %v, want %s: %s", tc.text, l, err, tc.want, tc.reason)
		}
		if again, err := Parse(l.String()); again != l || err != nil {
			t.Errorf("Parse(%q) = %v, %v: not the same law", l, again, err)
		}
	}
	third := "mixture(0.3333333333333333,normal(sigma=1),0.3333333333333333,normal(sigma=2),0.3333333333333333,constant(value=0))"
	if l, err := Read("Mixture(1/3,Gaussian(1),1/3,normal(sqrt(4)),1/3,constant(1-1))"); err != nil || l.String() != third {
		t.Errorf("Read = %v, %v, want %s", l, err, third)
	}
}

func TestParse_mixtureErrors(t *testing.T) {
	for _, tc := range []struct{ text, want, reason string }{
		{"mixture", "want a weight and a law in turn, as in mixture(0.9,normal(1),0.1,constant(0))", "nothing"},
		{"mixture()", "want a weight and a law in turn", "nothing inside"},
		{"mixture(0.9,normal(1),0.1)", "want a weight and a law in turn", "a law missing"},
		{"mixture(1,normal(1))", "it has 1 law, want 2 to 8", "one law"},
		{"mixture(" + strings.Repeat("0.1,normal(1),", 9) + "0.1,normal(1))", "it has 10 laws, want 2 to 8", "many"},
		{"mixture(0.9,normal(1),0.2,constant(0))", "the weights sum to 1.1, want 1: with the others as they are the last is 0.1", "too much"},
		{"mixture(0.9,normal(1),0.05,constant(0))", "the weights sum to 0.95, want 1: with the others as they are the last is 0.1", "too little"},
		{"mixture(0.9,normal(1),0.9,normal(2),0.9,constant(0))", "the weights sum to 2.7, want 1: divide them by their sum", "more than the last can mend"},
		{"mixture(0.333,normal(1),0.333,normal(2),0.333,constant(0))", "the weights sum to 0.999, want 1", "rounded by hand"},
		{"mixture(normal(1),0.9,constant(0),0.1)", `"normal(1)" is before "0.9", want a weight before its law`, "the other order"},
		{"mixture(1,normal(1),0,constant(0))", "weight = 1, want a number with weight above 0 and below 1", "certain"},
		{"mixture(1.5,normal(1),-0.5,constant(0))", "weight = 1.5, want a number with weight above 0 and below 1", "no probability"},
		{"mixture(nan,normal(1),0.5,constant(0))", "weight = nan, want", "not a number"},
		{"mixture(0.5,mixture(0.5,normal(1),0.5,normal(2)),0.5,normal(3))", "is a mixture inside a mixture, want its laws with the weights multiplied", "nested"},
		{"mixture(0.5,constant(0),0.5,constant(0))", "every weight is 0, want a law other than constant(0)", "nothing but 0"},
		{"mixture(0.5,gauss(1),0.5,constant(0))", `unknown law "gauss": nearest are normal`, "unknown"},
		{"mixture(0.5,normal(0),0.5,constant(0))", "sigma = 0, want a number with sigma > 0", "a parameter"},
		{"mixture(0.5,normal(1),0.5,constant())", "0 parameters given, want constant(value)", "a parameter missing"},
		{"mixture(0.5,normal(1),0.5,constant(0)", "one pair of parentheses", "not closed"},
		{"mixture(0.5,normal(1),0.5,constant(0)))", "one pair of parentheses", "closed twice"},
		{"mixtures(0.5,normal(1),0.5,constant(0))", "", "misspelt"},
		{"constant(0)", "value = 0, want a number with value != 0", "alone"},
	} {
		for _, read := range []func(string) (Law, error){Parse, Read} {
			l, err := read(tc.text)
			if err == nil || l != (Law{}) || !strings.Contains(err.Error(), tc.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%q: %v, %v, want an error with %q: %s", tc.text, l, err, tc.want, tc.reason)
			}
		}
	}
}

// TestMixture_zero: what an atom at 0 does to everything that is defined for log|w|.
func TestMixture_zero(t *testing.T) {
	l := MustParse("mixture(0.25,constant(0),0.5,normal(1),0.25,uniform(2))")
	if got := l.Zero(); got != 0.25 {
		t.Errorf("P(w = 0) = %v, want 0.25", got)
	}
	if mean, variance := l.LogMean(), l.LogVariance(); !math.IsInf(mean, -1) || !math.IsNaN(variance) {
		t.Errorf("E log|w| = %v, Var %v, want −Inf and none", mean, variance)
	}
	alive := MustParse("mixture(0.6666666666666666,normal(1),0.3333333333333333,uniform(2))")
	if got := l.NonZero(); got != alive {
		t.Errorf("given w ≠ 0: %v, want %v", got, alive)
	}
	if got := MustParse("mixture(0.5,constant(0),0.5,normal(1))").NonZero(); got != MustParse("normal(1)") {
		t.Errorf("given w ≠ 0: %v, want one law", got)
	}
	if lo, hi := l.Orders(); lo != 0 || !math.IsInf(hi, 1) {
		t.Errorf("orders from %v to %v, want above 0", lo, hi)
	}
	if value, err := l.AbsMoment(0); value != 1 || err != nil {
		t.Errorf("E|w|⁰ = %v, %v", value, err)
	}
	if _, err := l.AbsMoment(-0.5); err == nil || !strings.Contains(err.Error(), "needs order > 0") {
		t.Errorf("E|w|^−½: error %v", err)
	}
	if got := l.AbsCDF(0); got != 0.25 || l.AbsSurvival(0) != 0.75 || l.CDF(0) != 0.625 || l.Quantile(0.4) != 0 {
		t.Errorf("P(|w| ≤ 0) = %v and %v, P(w ≤ 0) = %v, quantile %v", got, l.AbsSurvival(0), l.CDF(0), l.Quantile(0.4))
	}
}

// TestMixture_parts: a mixture is the weighted sum of its parts, whatever is asked, and what
// its given law says times P(w ≠ 0) is what it says itself.
func TestMixture_parts(t *testing.T) {
	hold(t, func(t *rapid.T) {
		l := drawLaw(t)
		x := rapid.Float64Range(-60, 60).Draw(t, "x")
		for _, a := range l.Atoms() {
			if a.At == x {
				x = math.Nextafter(x, 100)
			}
		}
		sum := func(f func(l Law) float64) float64 {
			sum := 0.0
			for _, p := range l.Parts() {
				sum += p.Weight * f(p.Law)
			}
			return sum
		}
		given, alive := l.NonZero(), l.Alive()
		for _, f := range []func(l Law) float64{
			func(l Law) float64 { return l.CDF(x) },
			func(l Law) float64 { return l.Survival(x) },
			func(l Law) float64 { return l.AbsSurvival(math.Abs(x)) },
			func(l Law) float64 { return l.PDF(x) },
		} {
			if got, want := f(l), sum(f); !(math.Abs(got-want) <= 1e-14*want) {
				t.Fatalf("%v at %v: %v, by parts %v", l, x, got, want)
			}
		}
		if got, want := l.AbsSurvival(math.Abs(x)), alive*given.AbsSurvival(math.Abs(x)); !(math.Abs(got-want) <= 1e-13*want+1e-300) {
			t.Fatalf("%v: P(|w| > %v) = %v, by the given law %v", l, math.Abs(x), got, want)
		}
		q := drawOrder(t, l, "q")
		if q <= 0 {
			return
		}
		got, want := l.family.cumulant(q), math.Log(alive)+given.family.cumulant(q)
		if !(math.Abs(got-want) <= 1e-12*(1+math.Abs(want))) {
			t.Fatalf("%v: Λ(%v) = %v, by the given law %v", l, q, got, want)
		}
	})
}

// TestMixture_mean: by E w and E w² of the parts.
func TestMixture_mean(t *testing.T) {
	l := MustParse("mixture(0.5,normal(mu=1,sigma=2),0.25,constant(-3),0.25,constant(0))")
	mean, err1 := l.Mean()
	variance, err2 := l.Variance()
	if want := 0.5*5 + 0.25*9 - 0.25*0.25; err1 != nil || err2 != nil || mean != -0.25 || math.Abs(variance-want) > 1e-15 {
		t.Errorf("mean %v (%v), variance %v (%v), want −0.25 and %v", mean, err1, variance, err2, want)
	}
	if _, err := MustParse("mixture(0.5,normal(1),0.5,cauchy(1))").Mean(); err == nil {
		t.Error("a mixture with a Cauchy law has a mean")
	}
	if _, err := MustParse("mixture(0.5,normal(1),0.5,student_t(2))").Variance(); err == nil {
		t.Error("a mixture with student_t(2) has a variance")
	}
}

func TestMixture_kinds(t *testing.T) {
	for _, tc := range []struct {
		text                  string
		symmetric, degenerate bool
		atoms                 int
	}{
		{"mixture(0.5,normal(1),0.5,constant(0))", true, false, 1},
		{"mixture(0.5,normal(1),0.5,constant(2))", false, false, 1},
		{"mixture(0.5,constant(-2),0.5,constant(2))", true, true, 2},
		{"mixture(0.3,constant(-2),0.7,constant(2))", false, true, 2},
		{"mixture(0.3,rademacher(2),0.7,constant(2))", false, true, 2},
		{"mixture(0.25,normal(1,2),0.25,normal(-1,2),0.5,constant(0))", true, false, 1},
		{"mixture(0.5,normal(1,2),0.5,normal(-1,3))", false, false, 0},
		{"mixture(0.5,lognormal(0,1),0.5,normal(1))", false, false, 0},
		{"mixture(0.5,constant(0),0.5,constant(2))", false, false, 2},
	} {
		l := MustParse(tc.text)
		if l.Symmetric() != tc.symmetric || l.Degenerate() != tc.degenerate || len(l.Atoms()) != tc.atoms {
			t.Errorf("%s: symmetric %v, degenerate %v, atoms %v", tc.text, l.Symmetric(), l.Degenerate(), l.Atoms())
		}
	}
}

// TestMixture_quantile: the smallest float64 up to which the probability is p, over a range of
// scales, at atoms and between them.
func TestMixture_quantile(t *testing.T) {
	hold(t, func(t *rapid.T) {
		l := drawLaw(t)
		if l.Name() != mixtureName {
			return
		}
		p := rapid.OneOf(rapid.Float64Range(1e-12, 0.999999), rapid.Float64Range(1e-50, 1e-6)).Draw(t, "p") // where no density of a part underflows
		x := l.Quantile(p)
		if math.Abs(x) > 1.7e308 {
			return // the quantile is beyond float64
		}
		before := math.Nextafter(x, math.Inf(-1))
		step := 4 * min(l.PDF(x), l.PDF(before)) * math.Abs(x) * 0x1p-52 // of the density over an ulp
		if !(l.CDF(x) >= p*(1-1e-13)-step) || !(l.CDF(before) <= p*(1+1e-13)+step) {
			t.Fatalf("%v: %v-quantile %v has P(w ≤ x) = %v", l, p, x, l.CDF(x))
		}
	})
}
