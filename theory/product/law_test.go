package product

import (
	"fmt"
	"math"
	"testing"

	"gonum.org/v1/gonum/mathext"
	"pgregory.net/rapid"

	"gradchain/theory/activation"
	"gradchain/theory/chain"
	"gradchain/theory/internal/reference"
	"gradchain/theory/law"
)

// lawPoints are points across the law, in standard deviations from its mean.
var lawPoints = []float64{-40, -20, -8, -4, -2, -1, -0.3, 0, 0.3, 1, 2, 3, 5, 9}

// One layer against the incomplete gamma function (gonum), weighted for relu by binomial
// coefficients of log-gamma functions.
func TestLaw_oneLayer(t *testing.T) {
	for _, width := range []int{1, 2, 3, 8, 17, 64, 256} {
		n := float64(width)
		linearLaw, reluLaw := must(LogSquaredNormLaw(linear, width, 1)), must(LogSquaredNormLaw(relu, width, 1))
		deviation := math.Sqrt(must(LogSquaredNormVariance(relu, width, 1)))
		for _, z := range lawPoints {
			x := z * deviation
			got, want := linearLaw.CDF(x), mathext.GammaIncReg(n/2, n/2*math.Exp(x))
			if !(math.Abs(got-want) <= linearLaw.Bound()+1e-12) {
				t.Errorf("linear, width %d: F(%v) = %v, want %v ± %v", width, x, got, want, linearLaw.Bound())
			}
			sum := 0.0
			for b := 1.0; b <= n; b++ {
				sum += math.Exp(logChoose(n, b)-n*math.Ln2) * mathext.GammaIncReg(b/2, n/4*math.Exp(x))
			}
			got, want = reluLaw.CDF(x), sum/(1-math.Exp2(-n))
			if !(math.Abs(got-want) <= reluLaw.Bound()+1e-12) {
				t.Errorf("relu, width %d: F(%v) = %v, want %v ± %v", width, x, got, want, reluLaw.Bound())
			}
		}
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func logChoose(n, k float64) float64 {
	a, _ := math.Lgamma(n + 1)
	b, _ := math.Lgamma(k + 1)
	c, _ := math.Lgamma(n - k + 1)
	return a - b - c
}

// At width 1 the law is that of twice log|G| of a chain of normal weights, which package
// chain inverts on its own.
func TestLaw_chain(t *testing.T) {
	for _, depth := range []int{1, 2, 5, 20, 100} {
		for _, a := range []struct {
			law   *Law
			sigma float64
		}{
			{must(LogSquaredNormLaw(linear, 1, depth)), 1},
			{must(LogSquaredNormLaw(relu, 1, depth)), math.Sqrt2},
		} {
			weight := law.MustParse(fmt.Sprintf("normal(sigma=%v)", a.sigma))
			other := must(chain.Product{Factor: chain.Factor{Weight: weight, Activation: linear}, Depth: depth}.Law())
			for _, z := range lawPoints {
				x := float64(depth)*2*weight.LogMean() + 2.2*math.Sqrt(float64(depth))*z
				got, want := a.law.CDF(x), other.CDF(x/2)
				if !(math.Abs(got-want) <= a.law.Bound()+other.Bound()) {
					t.Errorf("depth %d, σ %v: F(%v) = %v, want %v ± %v", depth, a.sigma, x, got, want, a.law.Bound()+other.Bound())
				}
			}
		}
	}
}

// The law rises, and integrates to its mean and variance: with S − μ as integration
// variable, ∫ (1 − F) − ∫ F = 0 and 2∫ s(1 − F(μ+s)) + 2∫ s F(μ−s) = σ².
func TestLaw_moments(t *testing.T) {
	hold(t, func(t *rapid.T) {
		a := drawActivation(t)
		width, depth := rapid.IntRange(1, 300).Draw(t, "width"), rapid.IntRange(1, 60).Draw(t, "depth")
		l := must(LogSquaredNormLaw(a, width, depth))
		mean, variance, err := logSquaredNorm(a, width, depth)
		if err != nil {
			t.Fatal(err)
		}
		const points = 4000
		deviation := math.Sqrt(variance)
		width1 := 40.0 * deviation / points
		first, second, last := 0.0, 0.0, 0.0
		for j := range points { // the midpoint rule, whose error falls with the smoothness of F
			s := (float64(j) + 0.5) * width1
			above, below := 1-l.CDF(mean+s), l.CDF(mean-s)
			first += width1 * (above - below)
			second += 2 * width1 * s * (above + below)
			if below > 1-last+1e-12 && j > 0 {
				t.Fatalf("F rises from %v", s)
			}
			last = 1 - below
		}
		near(t, "mean", first/deviation, 0, 1e-4, 1)
		near(t, "variance", second/variance, 1, 1e-3, 1)
	})
}

// Extremes: outside the window, infinite, NaN, and parameters that are none.
func TestLaw_corners(t *testing.T) {
	l := must(LogSquaredNormLaw(relu, 8, 3))
	for x, want := range map[float64]float64{math.Inf(-1): 0, -1e300: 0, 1e300: 1, math.Inf(1): 1} {
		if got := l.CDF(x); got != want {
			t.Errorf("F(%v) = %v, want %v", x, got, want)
		}
	}
	if got := l.CDF(math.NaN()); !math.IsNaN(got) {
		t.Errorf("F(NaN) = %v", got)
	}
	for _, size := range [][2]int{{1, 1}, {1, 10_000}, {100_000, 1}, {1000, 1000}, {2, 1_000_000}} {
		l, err := LogSquaredNormLaw(relu, size[0], size[1])
		if err != nil || !(l.Bound() < 1e-6) {
			t.Errorf("width %d, depth %d: %v, bound %v", size[0], size[1], err, l.Bound())
		}
	}
	if _, err := LogSquaredNormLaw(relu, 0, 1); err == nil {
		t.Error("no error at width 0")
	}
}

// Values by quadrature of the inversion integral, mpmath 1.3 at 30 digits
// (testdata/law.py), to 1e-10.
func TestLaw_reference(t *testing.T) {
	reference.Check(t, "testdata/law.jsonl", 0, map[string]reference.Function{
		"law": network(func(a activation.Activation, p reference.Params) (float64, error) {
			l, err := LogSquaredNormLaw(a, p.Int("width"), p.Int("depth"))
			if err != nil {
				return 0, err
			}
			if !(l.Bound() < 1e-9) {
				t.Errorf("%v: bound %v", p, l.Bound())
			}
			return l.CDF(p.Float("x")), nil
		}),
	})
}
