package deviation

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"gradchain/theory/chain"
	"gradchain/theory/law"
	"gradchain/theory/special"
)

// How many of the weights are of the second lognormal law is binomial, and what is left normal:
// a second route at depths where counts are summed and where the transform is inverted.
func TestMixture_lognormal(t *testing.T) {
	const q, alpha = 0.25, 0.8
	w := law.MustParse("mixture(0.75,lognormal(-0.5,1),0.25,lognormal(2,0.5))")
	dead := law.MustParse("mixture(0.6,lognormal(-0.5,1),0.2,lognormal(2,0.5),0.2,constant(0))")
	lgamma := func(k int) float64 { v, _ := math.Lgamma(float64(k) + 1); return v }
	for _, depth := range []int{1, 2, 5, 60, 800, 4000} {
		L := float64(depth)
		for _, z := range []float64{-4, -1, -0.1, 0, 0.3, 2, 6} {
			x := w.LogMean() + z*math.Sqrt(w.LogVariance()/L)
			above, below := 0.0, 0.0
			for k := range depth + 1 {
				K := float64(k)
				mass := math.Exp(lgamma(depth) - lgamma(k) - lgamma(depth-k) + K*math.Log(q) + (L-K)*math.Log1p(-q))
				u := (L*x - 2*K + 0.5*(L-K)) / math.Sqrt(0.25*K+L-K)
				above += mass * special.NormCDF(-u)
				below += mass * special.NormCDF(u)
			}
			tol := 1e-10 + 1e-14*L
			name := fmt.Sprintf("depth %d, z = %v", depth, z)
			near(t, name, value(t)(Tail(w, depth, x)), above, tol*above)
			if log := value(t)(LogTail(w, depth, x)); below < 0.5 {
				near(t, name+", log", log, math.Log1p(-below), tol*below)
			} else {
				near(t, name+", log", log, math.Log(above), tol*max(1, -math.Log(above)))
			}
			alive := math.Pow(alpha, L)
			near(t, name+", with zeros", value(t)(Tail(dead, depth, x)), alive*above, 2*tol*alive*above)
		}
	}
}

// The law of package chain is another inversion, with its own bound.
func TestMixture_chain(t *testing.T) {
	for _, text := range []string{
		"mixture(0.7,normal(1),0.3,laplace(9))", "mixture(0.5,normal(1),0.3,cauchy(3),0.2,constant(0))",
		"mixture(0.5,normal(1),0.5,normal(1e-6))", "mixture(0.9,student_t(4),0.1,constant(0))",
		"mixture(0.3,constant(1),0.5,constant(-4),0.2,constant(0))", "mixture(0.3,constant(1),0.3,rademacher(3),0.4,constant(0.5))",
		"mixture(0.5,uniform(1),0.5,uniform(3))", "mixture(0.5,uniform(1),0.5,normal(1))",
	} {
		w := law.MustParse(text)
		alive := w.NonZero()
		for _, depth := range []int{1, 3, 8, 40} {
			p := chain.Product{Factor: chain.Factor{Weight: w}, Depth: depth}
			for _, z := range []float64{-2.1, -0.33, 0.21, 1.7} {
				x := alive.LogMean() + z*math.Sqrt(alive.LogVariance()/float64(depth))
				want, bound, err := p.Exceedance(float64(depth) * x)
				if err != nil {
					t.Fatal(err)
				}
				near(t, fmt.Sprint(text, depth, z), value(t)(Tail(w, depth, x)), want, 2*bound+1e-10*want)
			}
		}
	}
}

// Where some weights are constant and others are not, the tail at depth 2 is by cases.
func TestMixture_atoms(t *testing.T) {
	w, normal := law.MustParse("mixture(0.5,normal(1),0.3,constant(2),0.2,constant(0))"), law.MustParse("normal(1)")
	for _, x := range []float64{-3, -0.4, 0.3, 0.6, math.Ln2, 0.7, 2} {
		y := 2 * x
		want := 0.25*value(t)(Tail(normal, 2, x)) + 0.3*normal.AbsSurvival(math.Exp(y-math.Ln2))
		if x <= math.Ln2 {
			want += 0.09
		}
		near(t, fmt.Sprint("depth 2 at ", x), value(t)(Tail(w, 2, x)), want, 1e-12*want)
	}
	for _, tt := range []struct{ x, want float64 }{{-5, 0.64}, {0, 0.64}, {0.1, 0.39}, {math.Log(3) / 2, 0.39}, {0.6, 0.09}, {math.Log(3), 0.09}, {1.2, 0}} {
		points := law.MustParse("mixture(0.5,constant(1),0.3,constant(3),0.2,constant(0))")
		near(t, fmt.Sprint("points at ", tt.x), value(t)(Tail(points, 2, tt.x)), tt.want, 1e-15)
		near(t, fmt.Sprint("log at ", tt.x), math.Exp(value(t)(LogTail(points, 2, tt.x))), tt.want, 1e-15)
	}
}

// The tail falls like e^(−L·I(x)), below the mean growth of the paths alive too; and the rate
// of a point where only atoms are is the log of their mass.
func TestMixture_rate(t *testing.T) {
	for _, text := range []string{"mixture(0.7,normal(1),0.3,laplace(9))", "mixture(0.5,normal(1),0.3,cauchy(3),0.2,constant(0))", "mixture(0.9,normal(1),0.1,constant(2))"} {
		w := law.MustParse(text)
		for _, z := range []float64{-1, 0.3, 1} {
			x := w.NonZero().LogMean() + z*math.Sqrt(w.NonZero().LogVariance())
			if w.Zero() == 0 && z < 0 {
				continue
			}
			rate := value(t)(Rate(w, x))
			first, second := value(t)(LogTail(w, 400, x)), value(t)(LogTail(w, 800, x))
			near(t, fmt.Sprint(text, z), (first-second)/400, rate, 2e-3)
		}
	}
	points := "mixture(0.5,constant(1),0.3,constant(3),0.2,constant(0))"
	for _, tt := range []struct {
		text    string
		x, rate float64
	}{
		{points, math.Log(3), -math.Log(0.3)}, {points, 1.2, math.Inf(1)}, {points, -1, -math.Log(0.8)}, {points, 0, -math.Log(0.8)},
		{"mixture(0.75,constant(1),0.25,constant(4))", 0, -math.Log(0.75)},
		{"mixture(0.75,constant(1),0.25,constant(4))", -0.1, math.Inf(1)},
		{"mixture(0.75,constant(1),0.25,constant(4))", math.Log(4) / 2, math.Ln2/2 + math.Log(2.0/3)/2},
		{"mixture(0.9,constant(2),0.1,constant(0))", math.Ln2, -math.Log(0.9)},
		{"mixture(0.9,constant(2),0.1,constant(0))", 0, -math.Log(0.9)},
		{"mixture(0.9,constant(2),0.1,constant(0))", 0.7, math.Inf(1)},
		{"mixture(0.9,constant(2),0.1,constant(-2))", math.Ln2, 0},
	} {
		if got := value(t)(Rate(law.MustParse(tt.text), tt.x)); got != tt.rate && !(math.Abs(got-tt.rate) <= 1e-14) {
			t.Errorf("%s: I(%v) = %v, want %v", tt.text, tt.x, got, tt.rate)
		}
	}
}

// Far out, and where the laws of a mixture differ by all of float64, an answer is a probability
// within Chernoff's bound.
func TestMixture_extremes(t *testing.T) {
	for _, text := range []string{
		"mixture(0.5,normal(1),0.5,constant(3))", "mixture(0.9,normal(1),0.1,laplace(1e-8))", "mixture(0.999999,constant(1),1e-6,normal(1))",
		"mixture(0.5,uniform(1),0.5,laplace(1))", "mixture(0.5,cauchy(1),0.5,student_t(0.1))", "mixture(0.5,normal(1e-200),0.5,normal(1e200))",
		"mixture(0.5,lognormal(0,1e-9),0.5,lognormal(0,30))", "mixture(0.4,normal(1),0.3,laplace(2),0.3,constant(0))",
	} {
		w := law.MustParse(text)
		for _, depth := range []int{1, 12} {
			for _, x := range []float64{-1e308, -20, -0.1, 0, 0.3, 3, 20, 800, 1e17, 1e308} {
				p, err := Tail(w, depth, x)
				if err != nil && math.Abs(x) < 100 || !(0 <= p && p <= 1) {
					t.Errorf("%s, depth %d, x = %v: %v, %v", text, depth, x, p, err)
				}
				log, err := LogTail(w, depth, x)
				rate, fault := Rate(w, x)
				if err != nil || fault != nil || !(x > w.NonZero().LogMean()) {
					continue
				}
				if exponent := float64(depth) * rate; !(log <= -exponent+1e-9*(1+exponent)) {
					t.Errorf("%s, depth %d, x = %v: log P = %v is above Chernoff's bound %v", text, depth, x, log, -exponent)
				}
			}
		}
	}
}

// Errors say in one line what is wrong and what would be right.
func TestMixture_errors(t *testing.T) {
	dead := law.MustParse("mixture(0.9,normal(1),0.1,constant(0))")
	long := law.MustParse("mixture(0.9,normal(1,1),0.1,constant(0))")
	points := law.MustParse("mixture(0.5,constant(1),0.25,constant(2),0.25,constant(3))")
	one := law.MustParse("mixture(0.9,constant(2),0.1,constant(0))")
	for _, tc := range []struct {
		call func() (float64, error)
		want string
	}{
		{func() (float64, error) { return MomentExponent(dead, -0.5) }, "needs order > 0"},
		{func() (float64, error) { return CriticalLogSamples(dead, 0) }, "want order above 0"},
		{func() (float64, error) { return Rate(long, 0) }, "in the mixture weight = normal(mu=1,sigma=1), want weight other than truncated_normal"},
		{func() (float64, error) { return Tail(long, 3, 0) }, "in the mixture weight = normal(mu=1,sigma=1), want weight other than truncated_normal"},
		{func() (float64, error) { return Tilt(dead, -2) }, "the growth of the paths alive"},
		{func() (float64, error) { return BahadurRao(dead, 3, -2) }, "the Lyapunov exponent of the paths alive"},
		{func() (float64, error) { return Tilt(one, 0.5) }, "want weight a law whose |w| is not constant"},
		{func() (float64, error) { return BahadurRao(points, 3, 0.6) }, "want weight with a density beside the atoms"},
		{func() (float64, error) { return Tail(points, 100_000, 0.5) }, "ways to choose the constants"},
		{func() (float64, error) { return Tail(dead, 0, 0.5) }, "depth = 0"},
		{func() (float64, error) { return Rate(dead, math.NaN()) }, "x = NaN"},
		{func() (float64, error) { return GrowthSeen(dead, 3, 10) }, "without an atom at 0"},
	} {
		x, err := tc.call()
		if x != 0 || err == nil || !strings.Contains(err.Error(), tc.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%v, error %v, want %q", x, err, tc.want)
		}
	}
}
