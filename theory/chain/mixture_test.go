package chain

import (
	"math"
	"strings"
	"testing"

	"gradchain/theory/law"
	"gradchain/theory/special"
)

// checkExact compares a law to a distribution function given alive, at 101 points.
func checkExact(t *testing.T, p Product, most float64, cdf func(x float64) float64) {
	t.Helper()
	l, err := p.Law()
	if err != nil || !(l.Bound() <= most) {
		t.Errorf("%v: %v, want a bound of at most %g", p, err, most)
		return
	}
	lo, hi := l.given.window()
	for i := range 101 {
		x := lo + (hi-lo)*float64(i)/100*1.0001 - 1e-9
		want := 1 - l.Alive()*(1-cdf(x))
		if got := l.CDF(x); !(math.Abs(got-want) <= l.Bound()+1e-13) {
			t.Errorf("%v: P(log|P| ≤ %v) = %v, want %v, bound %.2g", p, x, got, want, l.Bound())
			return
		}
		above, bound, err := p.Exceedance(x)
		if err != nil || !(math.Abs(above-(1-want)) <= bound+1e-13) {
			t.Errorf("%v: P(log|P| > %v) = %v, want %v, bound %.2g, %v", p, x, above, 1-want, bound, err)
			return
		}
	}
}

// binomially returns Σ C(n, k) q^k (1−q)^(n−k) f(k), by log-factorials.
func binomially(n int, q float64, f func(k int) float64) float64 {
	lgamma := func(k int) float64 { v, _ := math.Lgamma(float64(k) + 1); return v }
	sum := 0.0
	for k := range n + 1 {
		log := lgamma(n) - lgamma(k) - lgamma(n-k) + float64(k)*math.Log(q) + float64(n-k)*math.Log1p(-q)
		sum += math.Exp(log) * f(k)
	}
	return sum
}

// A mixture of two laws is, given how many weights are of the second, a product of each, which
// for lognormal and uniform laws is known in closed form: a second route for the inversion.
func TestMixture_counts(t *testing.T) {
	for _, depth := range []int{1, 2, 3, 12, 60} {
		for _, phi := range []string{"linear", "relu"} {
			L := float64(depth)
			checkExact(t, product("mixture(0.75,lognormal(-0.5,1),0.25,lognormal(2,0.5))", phi, depth), 1e-9, func(x float64) float64 {
				return binomially(depth, 0.25, func(k int) float64 {
					K := float64(k)
					return special.NormCDF((x - 2*K + 0.5*(L-K)) / math.Sqrt(0.25*K+L-K))
				})
			})
			checkExact(t, product("mixture(0.3,lognormal(-0.5,1),0.6,constant(0),0.1,lognormal(2,0.5))", phi, depth), 1e-9, func(x float64) float64 {
				return binomially(depth, 0.25, func(k int) float64 {
					K := float64(k)
					return special.NormCDF((x - 2*K + 0.5*(L-K)) / math.Sqrt(0.25*K+L-K))
				})
			})
		}
	}
	for _, depth := range []int{1, 3, 12} {
		checkExact(t, product("mixture(0.5,uniform(1),0.5,uniform(3))", "linear", depth), 1e-6, func(x float64) float64 {
			return binomially(depth, 0.5, func(k int) float64 {
				return erlang{float64(k) * math.Log(3) / float64(depth), depth}.cdf(x)
			})
		})
	}
}

// Depth 2 is an expectation over one weight, by quadrature.
func TestMixture_convolution(t *testing.T) {
	for _, text := range []string{"mixture(0.7,normal(1),0.3,normal(0.01))", "mixture(0.5,student_t(3),0.5,laplace(2))", "mixture(0.9,cauchy(1),0.1,constant(0))"} {
		w := law.MustParse(text).NonZero()
		p := product(text, "linear", 2)
		l, err := p.Law()
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range []float64{-12, -4, -1, 0, 0.7, 3} {
			want, bound := w.Expect(func(v float64) float64 { return w.AbsCDF(math.Exp(x) / math.Abs(v)) }, 0, math.Exp(x))
			if got := (l.CDF(x) - (1 - l.Alive())) / l.Alive(); !(math.Abs(got-want) <= 3*l.Bound()+bound+1e-12) {
				t.Errorf("%s: P(log|P_2| ≤ %v) = %v alive, want %v, bounds %.2g and %.2g", text, x, got, want, l.Bound(), bound)
			}
		}
	}
}

// The law of few points by enumeration of all sequences of weights.
func TestMixture_points(t *testing.T) {
	for _, tt := range []struct {
		text  string
		atoms []law.Atom
	}{
		{"mixture(0.5,constant(1),0.3,constant(-2),0.2,constant(5))", []law.Atom{{At: 1, Mass: 0.5}, {At: 2, Mass: 0.3}, {At: 5, Mass: 0.2}}},
		{"mixture(0.5,constant(1),0.3,rademacher(2),0.2,constant(0))", []law.Atom{{At: 1, Mass: 0.625}, {At: 2, Mass: 0.375}}},
		{"mixture(0.5,constant(1),0.5,constant(2))", []law.Atom{{At: 1, Mass: 0.5}, {At: 2, Mass: 0.5}}},
		{"mixture(0.25,constant(1),0.25,constant(2),0.25,constant(4),0.25,constant(8))", // points coincide
			[]law.Atom{{At: 1, Mass: 0.25}, {At: 2, Mass: 0.25}, {At: 4, Mass: 0.25}, {At: 8, Mass: 0.25}}},
	} {
		for _, depth := range []int{1, 2, 5} {
			cdf := func(x float64) float64 {
				var sum func(left int, product, mass float64) float64
				sum = func(left int, product, mass float64) float64 {
					if left == 0 {
						if math.Log(product) <= x {
							return mass
						}
						return 0
					}
					s := 0.0
					for _, a := range tt.atoms {
						s += sum(left-1, product*a.At, mass*a.Mass)
					}
					return s
				}
				return sum(depth, 1, 1)
			}
			checkExact(t, product(tt.text, "linear", depth), 1e-10, cdf)
		}
	}
	// at an atom, and next to it
	p := product("mixture(0.5,constant(1),0.3,constant(3),0.2,constant(0))", "linear", 2)
	for _, tt := range []struct{ at, want float64 }{{0, 0.39}, {-1e-9, 0.64}, {math.Log(3), 0.09}, {math.Log(9), 0}, {math.Log(9) - 1e-9, 0.09}} {
		if got, bound, err := p.Exceedance(tt.at); err != nil || !(math.Abs(got-tt.want) <= bound+1e-15) || !(bound <= 1e-12) {
			t.Errorf("P(log|P_2| > %v) = %v ± %.2g, %v, want %v", tt.at, got, bound, err, tt.want)
		}
	}
	l, err := p.Law()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ p, want float64 }{{0.3, math.Inf(-1)}, {0.5, 0}, {0.7, math.Log(3)}, {0.95, math.Log(9)}} {
		if got, err := l.Quantile(tt.p); err != nil || !(got == tt.want || math.Abs(got-tt.want) <= 1e-15) {
			t.Errorf("%v-quantile %v, %v, want %v", tt.p, got, err, tt.want)
		}
	}
}

// Depth 1 is the law of the weight, atoms among it.
func TestMixture_single(t *testing.T) {
	text := "mixture(0.5,normal(1),0.25,constant(2),0.25,constant(0))"
	p := product(text, "linear", 1)
	for _, x := range []float64{-30, -1, 0, 0.69, math.Ln2, 0.7, 3} {
		want := 0.5 * math.Erfc(math.Exp(x)/math.Sqrt2)
		if x < math.Ln2 {
			want += 0.25
		}
		if got, bound, err := p.Exceedance(x); err != nil || !(math.Abs(got-want) <= bound+1e-15) || !(bound <= 1e-12) {
			t.Errorf("P(log|w| > %v) = %v ± %.2g, %v, want %v", x, got, bound, err, want)
		}
	}
}

// What an atom at 0 does: the path is alive with probability (1−p)^L, at any depth.
func TestMixture_alive(t *testing.T) {
	for _, tt := range []struct {
		weight, phi string
		depth       int
		alive       float64
	}{
		{"mixture(0.9,normal(1),0.1,constant(0))", "linear", 1, 0.9},
		{"mixture(0.9,normal(1),0.1,constant(0))", "tanh", 20, math.Pow(0.9, 20)},
		{"mixture(0.9,normal(1),0.1,constant(0))", "relu", 20, math.Pow(0.45, 20)},
		{"mixture(0.999999999999,normal(1),1e-12,constant(0))", "linear", 1_000_000, math.Exp(-1e-6)},
		{"mixture(1e-12,normal(1),0.999999999999,constant(0))", "linear", 3, 1e-36},
	} {
		l, err := product(tt.weight, tt.phi, tt.depth).Law()
		if err != nil || !(math.Abs(l.Alive()-tt.alive) <= 1e-12*tt.alive) {
			t.Errorf("%s, %s, depth %d: alive %v, %v, want %v", tt.weight, tt.phi, tt.depth, l.Alive(), err, tt.alive)
		}
	}
	f := product("mixture(0.9,normal(1.5),0.1,constant(0))", "linear", 50)
	plain := product("normal(1.5)", "linear", 50)
	mean, variance, err := f.AliveLogMoments()
	if want, spread, _ := plain.AliveLogMoments(); err != nil || mean != want || variance != spread {
		t.Errorf("alive: mean %v, variance %v, %v, want %v, %v", mean, variance, err, want, spread)
	}
	rms, err := f.LogRMS()
	if want, _ := plain.LogRMS(); err != nil || !(math.Abs(rms-want-25*math.Log(0.9)) <= 1e-12) {
		t.Errorf("½ log E P² = %v, %v, want %v", rms, err, want+25*math.Log(0.9))
	}
	scale, err := f.Factor.CriticalScaleMeanSquare()
	if want := 1 / (1.5 * math.Sqrt(0.9)); err != nil || !(math.Abs(scale-want) <= 1e-15) {
		t.Errorf("critical scale %v, %v, want %v", scale, err, want)
	}
}

func TestMixture_errors(t *testing.T) {
	dead := product("mixture(0.9,normal(1),0.1,constant(0))", "linear", 3)
	wide := dead
	wide.Factor.PreActivation = law.MustParse("mixture(0.5,normal(1),0.5,normal(2))")
	atoms := product("mixture(0.5,normal(1),0.5,constant(2))", "linear", 2)
	for _, tt := range []struct {
		reason, want string
		err          error
	}{
		{"the logarithm of 0", "E log|X| is -Inf, since w = 0 with probability 0.1; want a law without an atom at 0", second(dead.LogTypical())},
		{"a mixture of pre-activations", "preactivation = mixture(0.5,normal(sigma=1),0.5,normal(sigma=2)), want one law", second(wide.LogRMS())},
		{"an order below 0", "needs order > 0", second(dead.Factor.LogAbsMoment(-0.5))},
		{"atoms beside a density", "decays too slowly", second(atoms.Exceedance1())},
	} {
		if tt.err == nil || !strings.Contains(tt.err.Error(), tt.want) || strings.Contains(tt.err.Error(), "\n") {
			t.Errorf("%s: error %v, want %q", tt.reason, tt.err, tt.want)
		}
	}
}

func second(_ float64, err error) error { return err }

// Exceedance1 is Exceedance without its bound.
func (p Product) Exceedance1() (float64, error) {
	x, _, err := p.Exceedance(0)
	return x, err
}
