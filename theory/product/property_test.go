package product

import (
	"math"
	"strings"
	"testing"

	"gradchain/theory/activation"
	"gradchain/theory/special"

	"gradchain/theory/internal/reference"
	"pgregory.net/rapid"
)

// hold tests a property at drawn inputs and, so that what it sees is no matter of chance, at
// fixed ones.
func hold(t *testing.T, property func(*rapid.T)) {
	t.Helper()
	rapid.Check(t, property)
	reference.Fixed(t, rapid.MakeFuzz(property))
}

var (
	linear = activation.MustParse("linear")
	relu   = activation.MustParse("relu")
)

// near fails unless |got − want| ≤ relTol·scale.
func near(t reference.Fataler, what string, got, want, relTol, scale float64) {
	t.Helper()
	if diff := math.Abs(got - want); !(diff <= relTol*math.Abs(scale)) {
		t.Fatalf("%s = %v, want %v, off by %.3g of %.3g", what, got, want, diff, scale)
	}
}

func drawActivation(t *rapid.T) activation.Activation {
	return rapid.SampledFrom([]activation.Activation{linear, relu}).Draw(t, "activation")
}

// The exponents fall with the index, and add up to E log|det W|.
func TestLyapunov_sum(t *testing.T) {
	hold(t, func(t *rapid.T) {
		width := rapid.IntRange(1, 300).Draw(t, "width")
		x := math.Exp(rapid.Float64Range(-20, 20).Draw(t, "log_scale"))
		scale := rapid.SampledFrom([]Scale{EntryStd(x), WeightVar(x)}).Draw(t, "scale")
		sum, size, last := 0.0, 0.0, math.Inf(1)
		for i := 1; i <= width; i++ {
			exponent := reference.Value(t)(Lyapunov(width, i, scale))
			if !(exponent < last) {
				t.Fatalf("λ_%d = %v is not below %v", i, exponent, last)
			}
			// an exponent is (log 2 + ψ)/2 + log σ, which can cancel
			sum, size, last = sum+exponent, size+math.Abs(exponent)+1+math.Abs(math.Log(x)), exponent
		}
		near(t, "sum", reference.Value(t)(LyapunovSum(width, scale)), sum, 1e-13, size)
	})
}

// The two scales are one: Var(entry) = std² = weight_var/width.
func TestScale(t *testing.T) {
	hold(t, func(t *rapid.T) {
		width := rapid.IntRange(1, 1_000_000).Draw(t, "width")
		std := math.Exp(rapid.Float64Range(-300, 300).Draw(t, "log_std"))
		got := reference.Value(t)(Lyapunov(width, 1, EntryStd(std)))
		want := reference.Value(t)(Lyapunov(width, 1, WeightVar(std*std*float64(width))))
		near(t, "λ", got, want, 1e-13, 1+math.Abs(want))
	})
}

// The largest exponent at weight_var 1 is half the mean of log‖Wv‖².
func TestLyapunov_norm(t *testing.T) {
	hold(t, func(t *rapid.T) {
		width := rapid.IntRange(1, 1_000_000).Draw(t, "width")
		mean := reference.Value(t)(LogSquaredNormMean(linear, width, 1))
		near(t, "λ", reference.Value(t)(Lyapunov(width, 1, WeightVar(1))), mean/2, 1e-14, mean)
	})
}

// Even moments are polynomials in 1/n: 1 at order 2; at orders 4 and 6 those of χ²_n,
// and 1 + 5/n, 1 + 15/n + 44/n² for relu.
func TestMomentExponent_even(t *testing.T) {
	hold(t, func(t *rapid.T) {
		width := rapid.IntRange(1, 1_000_000).Draw(t, "width")
		x := 1 / float64(width)
		for _, tc := range []struct {
			a           activation.Activation
			order, want float64
		}{
			{linear, 2, 0}, {linear, 4, math.Log1p(2 * x)}, {linear, 6, math.Log1p(2*x) + math.Log1p(4*x)},
			{relu, 2, 0}, {relu, 4, math.Log1p(5 * x)}, {relu, 6, math.Log1p(15*x + 44*x*x)},
		} {
			got := reference.Value(t)(MomentExponent(tc.a, width, tc.order))
			near(t, tc.a.String(), got, tc.want, 1e-13, tc.want)
		}
	})
}

// Λ is convex with Λ(2) = 0, and Λ(order)/order does not fall (Lyapunov's inequality).
func TestMomentExponent_convex(t *testing.T) {
	hold(t, func(t *rapid.T) {
		a := drawActivation(t)
		width := rapid.IntRange(1, 5000).Draw(t, "width")
		exponent := func(order float64) float64 { return reference.Value(t)(MomentExponent(a, width, order)) }
		p := math.Exp(rapid.Float64Range(-8, 6).Draw(t, "log_p"))
		q := p * (1 + rapid.Float64Range(0.01, 3).Draw(t, "ratio"))
		low, high := exponent(p), exponent(q)
		slack := 1e-13 * (math.Abs(low) + math.Abs(high))
		if middle := exponent((p + q) / 2); !(middle <= (low+high)/2+slack) {
			t.Fatalf("Λ(%g) = %v, above the chord of %v and %v", (p+q)/2, middle, low, high)
		}
		if !(low/p <= high/q+slack/p) {
			t.Fatalf("Λ(q)/q falls from %v at %v to %v at %v", low/p, p, high/q, q)
		}
		if order := p - 2; !((exponent(p) > 0) == (order > 0)) && math.Abs(order) > 1e-9 {
			t.Fatalf("Λ(%v) = %v, want the sign of order − 2", p, exponent(p))
		}
	})
}

// Mean and variance of log‖Jv‖² are the derivatives of the moment exponent at order 0,
// to the third and fourth cumulants times powers of the step.
func TestLogSquaredNorm_cumulants(t *testing.T) {
	hold(t, func(t *rapid.T) {
		a := drawActivation(t)
		width := rapid.IntRange(20, 1_000_000).Draw(t, "width")
		mean, variance, err := logSquaredNorm(a, width, 1)
		if err != nil {
			t.Fatalf("%v", err)
		}
		// log E e^(sX) = s·mean + s²·variance/2 + s³κ₃/6 + …, |κ₃| ≤ 20/n². What is dead
		// at small widths is 2^−n.
		const s = 1e-3
		got := reference.Value(t)(MomentExponent(a, width, 2*s))
		dead := math.Exp2(-float64(width))
		if a.Name() == "linear" {
			dead = 0
		}
		want := s*mean + s*s*variance/2 + math.Log1p(-dead)
		near(t, "Λ(2s)", got, want, 1e-11+20*s*s/float64(width), want)
	})
}

// The strided sums over the number of active units are the plain ones, with
// probabilities from log-gamma functions.
func TestBinomial_plain(t *testing.T) {
	hold(t, func(t *rapid.T) {
		width := rapid.IntRange(2, 3000).Draw(t, "width")
		n := float64(width)
		var dead, rate, mean float64
		logFactorial, _ := math.Lgamma(n + 1)
		for b := 0.0; b <= n; b++ {
			lb, _ := math.Lgamma(b + 1)
			lc, _ := math.Lgamma(n - b + 1)
			p := math.Exp(logFactorial - lb - lc - n*math.Ln2)
			if b < 2 {
				dead += p
			} else {
				rate += p * (special.Digamma(b/2) - special.Digamma((b-1)/2))
			}
			if b >= 1 {
				mean += p * (special.Digamma(b/2) + math.Log(4/n))
			}
		}
		// log-gamma functions of size n log n lose that many ulp, digamma differences 1/n
		near(t, "rate", reference.Value(t)(AngleContractionRate(width)), rate/(1-dead), 1e-15*n*math.Log(n)+1e-13, rate)
		near(t, "mean", reference.Value(t)(LogSquaredNormMean(relu, width, 1)), mean/(1-math.Exp2(-n)), 1e-15*n*math.Log(n)+1e-13, 1)
	})
}

// A width of 10^15 is as fast, and has the leading terms −5/(2n), 5/n, 2/n and 8/n.
func TestHugeWidth(t *testing.T) {
	const n = 1_000_000_000_000_000
	near(t, "mean", reference.Value(t)(LogSquaredNormMean(relu, n, 1)), -2.5/n, 1e-11, 2.5/n)
	near(t, "variance", reference.Value(t)(LogSquaredNormVariance(relu, n, 1)), 5./n, 1e-11, 5./n)
	near(t, "rate", reference.Value(t)(AngleContractionRate(n)), 2./n, 1e-11, 2./n)
	near(t, "angle variance", reference.Value(t)(AngleContractionVariance(n)), 8./n, 1e-11, 8./n)
	near(t, "trace", reference.Value(t)(TraceSecondMoment(n, 10)), 11, 1e-13, 11)
}

// P(alive) by enumeration of all sign patterns of a small network.
func TestAliveProbability_enumeration(t *testing.T) {
	for width := 1; width <= 4; width++ {
		for depth := 1; width*depth <= 16; depth++ {
			alive, layer := 0, 1<<width-1
			for signs := range 1 << (width * depth) {
				ok := true
				for l := range depth {
					ok = ok && signs>>(l*width)&layer != 0
				}
				if ok {
					alive++
				}
			}
			want := float64(alive) / math.Exp2(float64(width*depth))
			near(t, "alive", reference.Value(t)(AliveProbability(width, depth)), want, 1e-14, want)
			near(t, "dead", reference.Value(t)(DeadProbability(width, depth)), 1-want, 1e-14, 1-want)
		}
	}
}

// The closed form satisfies the recursion of Wick's theorem.
func TestTraceSecondMoment_recursion(t *testing.T) {
	hold(t, func(t *rapid.T) {
		width := rapid.IntRange(1, 1_000_000).Draw(t, "width")
		depth := rapid.IntRange(1, 500).Draw(t, "depth")
		n := float64(width)
		s, u := 1.0, 1.0
		for range depth {
			s, u = u+s+s/n, u+2*s/n/n
		}
		near(t, "s", reference.Value(t)(TraceSecondMoment(width, depth)), s, 1e-12, s)
	})
}

// The normal approximation tends to P(‖Jv‖² > 1) in depth: at width 64 and depth 64
// the two differ by the skewness only.
func TestExceedance(t *testing.T) {
	hold(t, func(t *rapid.T) {
		a := drawActivation(t)
		width := rapid.IntRange(1, 10_000).Draw(t, "width")
		depth := rapid.IntRange(1, 1000).Draw(t, "depth")
		shallow := reference.Value(t)(ExceedanceNormalApproximation(a, width, depth))
		deep := reference.Value(t)(ExceedanceNormalApproximation(a, width, depth+1))
		if !(deep <= shallow && shallow < 0.5) {
			t.Fatalf("P(‖Jv‖² > 1) goes from %v to %v with depth", shallow, deep)
		}
	})
}

// Errors name the parameter, its value and its domain.
func TestErrors(t *testing.T) {
	tanh := activation.MustParse("tanh")
	for _, tc := range []struct {
		call func() (float64, error)
		want string
	}{
		{func() (float64, error) { return Lyapunov(3, 4, WeightVar(1)) }, "index = 4, want index from 1 to width = 3"},
		{func() (float64, error) { return Lyapunov(3, 1, Scale{}) }, "entry_std and weight_var missing"},
		{func() (float64, error) { return LyapunovSum(3, WeightVar(math.NaN())) }, "weight_var = NaN, want weight_var > 0"},
		{func() (float64, error) { return LogSquaredNormMean(tanh, 3, 1) }, "activation = tanh, want activation linear or relu"},
		{func() (float64, error) { return LogSquaredNormMean(activation.Activation{}, 3, 1) }, "want activation linear or relu"},
		{func() (float64, error) { return MomentExponent(linear, 3, -3) }, "order = -3, want order > -width"},
		{func() (float64, error) { return NormMoment(relu, 3, 1, math.Inf(1)) }, "order = +Inf, want order > 0"},
		{func() (float64, error) { return NormMoment(relu, 1, 1000, 4) }, "out of the range of float64"},
	} {
		if _, err := tc.call(); err == nil || !strings.Contains(err.Error(), tc.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("error %v, want %q", err, tc.want)
		}
	}
}

// TestMomentExponent_wide: at any width the exponent of order 4 is log(1 + 5/n), here with the
// digits that a sum over √n terms of either sign leaves, and it is found without a long search.
func TestMomentExponent_wide(t *testing.T) {
	for _, width := range []int{1 << 40, 1_000_000_000_000_000_000, math.MaxInt} {
		n := float64(width)
		got, err := MomentExponent(relu, width, 4)
		if err != nil || !(math.Abs(got*n/5-1) <= 1e-16*math.Sqrt(n)) {
			t.Errorf("width %d: %v, %v, want 5/n", width, got, err)
		}
		if got, err = MomentExponent(relu, width, 2*math.Sqrt(n)); err != nil || !(math.Abs(got/2.5-1) <= 1e-5) { // 5h²/2n
			t.Errorf("width %d, order 2√n: %v, %v, want 2.5", width, got, err)
		}
	}
}
