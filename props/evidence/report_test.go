package evidence

import (
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestJudge(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	equal := Zone{Theta0: 1, Eps: 0.1, Delta: 0.5}
	atMost, atLeast := equal, equal
	atMost.Side, atLeast.Side = AtMost, AtLeast
	for _, tt := range []struct {
		reason string
		zone   Zone
		lo, hi float64
		want   Verdict
	}{
		{"around the prediction", equal, 0.9, 1.2, Verified},
		{"just short of a violation", equal, 0.51, 1.49, Verified},
		{"touches a violation", equal, 1, 1.5, Inconclusive},
		{"above the claim zone", equal, 1.11, 1.2, Refuted},
		{"below the claim zone", equal, 0.2, 0.89, Refuted},
		{"touches the claim zone", equal, 1.1, 2, Inconclusive},
		{"everything", equal, -inf, inf, Inconclusive},
		{"no value is possible", equal, inf, -inf, Refuted},
		{"NaN", equal, nan, 1, Error},
		{"at most: far below", atMost, -9, -8, Verified},
		{"at most: above", atMost, 1.2, 1.3, Refuted},
		{"at most: from below into a violation", atMost, -9, 1.6, Inconclusive},
		{"at least: far above", atLeast, 8, inf, Verified},
		{"at least: below", atLeast, 0.7, 0.8, Refuted},
	} {
		if got := tt.zone.Judge(tt.lo, tt.hi); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.reason, got, tt.want)
		}
	}
}

// TestSlope: the slopes are those of the lines that pass through all intervals.
func TestSlope(t *testing.T) {
	inf := math.Inf(1)
	for _, tt := range []struct {
		reason string
		points []SlopePoint
		lo, hi float64
	}{
		{"no points", nil, -inf, inf},
		{"one point", []SlopePoint{{1, 0, 1}}, -inf, inf},
		{"exact values on a line", []SlopePoint{{1, 2, 2}, {3, 6, 6}}, 2, 2},
		{"exact values off a line", []SlopePoint{{1, 1, 1}, {2, 2, 2}, {3, 4, 4}}, 2, 1},
		{"two disjoint intervals at one place", []SlopePoint{{1, 0, 1}, {1, 2, 3}}, inf, -inf},
		{"an interval without an end", []SlopePoint{{0, 0, 0}, {1, 1, inf}}, 1, inf},
	} {
		lo, hi := SlopeInterval(tt.points)
		if lo != tt.lo || hi != tt.hi {
			t.Errorf("%s: [%v, %v], want [%v, %v]", tt.reason, lo, hi, tt.lo, tt.hi)
		}
	}
	if lo, hi := SlopeInterval([]SlopePoint{{0, math.NaN(), 1}, {1, 0, 1}}); (Zone{Delta: 1}).Judge(lo, hi) != Error {
		t.Errorf("NaN: judged %v", (Zone{Delta: 1}).Judge(lo, hi))
	}
	rapid.Check(t, func(t *rapid.T) {
		slope := rapid.Float64Range(-3, 3).Draw(t, "slope")
		var points []SlopePoint
		for x := range rapid.IntRange(2, 6).Draw(t, "n") {
			y := 1 + slope*float64(x)
			points = append(points, SlopePoint{float64(x), y - rapid.Float64Range(0, 1).Draw(t, "below"), y + rapid.Float64Range(0, 1).Draw(t, "above")})
		}
		lo, hi := SlopeInterval(points)
		if !(lo <= slope+1e-12 && slope <= hi+1e-12) {
			t.Fatalf("true slope %v outside [%v, %v]", slope, lo, hi)
		}
		for _, b := range []float64{lo - 1e-6, hi + 1e-6} { // no line of a slope outside fits
			least, most := math.Inf(-1), math.Inf(1)
			for _, p := range points {
				least, most = max(least, p.Lo-b*p.X), min(most, p.Hi-b*p.X)
			}
			if least <= most {
				t.Fatalf("slope %v outside [%v, %v] fits", b, lo, hi)
			}
		}
	})
}

// TestNormalMixture holds the radius against the e-value, which it inverts, and
// the one-sided e-value against its integral.
func TestNormalMixture(t *testing.T) {
	m := NewNormalMixture(50, 0.01)
	for _, v := range []float64{1, 50, 1e6} {
		near(t, fmt.Sprintf("log e-value at the radius, v = %v", v), m.LogE(m.Radius(v, 0.01), v), -math.Log(0.01), 1e-9)
		// ∫₀^∞ e^{λs − λ²v/2} 2 φ(λ√ρ)√ρ dλ by the trapezium rule
		s, sum := 3*math.Sqrt(v), 0.0
		h := 1e-3 / math.Sqrt(v+m.Rho)
		for i := range 200_000 {
			lambda := h * float64(i)
			f := math.Exp(lambda*s-lambda*lambda*(v+m.Rho)/2) * math.Sqrt(2*m.Rho/math.Pi)
			if i == 0 {
				f /= 2
			}
			sum += h * f
		}
		near(t, fmt.Sprintf("one-sided, v = %v", v), m.LogEUpper(s, v), math.Log(sum), 1e-6)
	}
	// Around its optimum the mixture is narrower than with another ρ.
	best := m.Radius(50, 0.01)
	for _, factor := range []float64{0.5, 2} {
		if r := (NormalMixture{m.Rho * factor}).Radius(50, 0.01); !(r > best) {
			t.Errorf("ρ·%v: radius %v, best %v", factor, r, best)
		}
	}
}

// normalLogAbs is ln E|N|^s, and nothing at s ≤ −1.
func normalLogAbs(s float64) float64 {
	if s <= -1 {
		return math.NaN()
	}
	return s/2*math.Ln2 + lgamma((1+s)/2) - math.Log(math.Pi)/2
}

// TestRareEvent: the figures of the worked example, ln|G₅₀| > 0 for normal
// weights: p = 9.6e-7 from 2.5e4 samples, and exact values where the law of the
// sum is known.
func TestRareEvent(t *testing.T) {
	const depth = 50
	mean := depth * calibrationWeights[0].mean
	r := must(NewRareEvent(0, mean, func(s float64) float64 { return depth * normalLogAbs(s) }))
	slope := func(s float64) float64 { return (normalLogAbs(s+1e-5) - normalLogAbs(s-1e-5)) / 2e-5 }
	if got := slope(r.Slope); !(math.Abs(got) <= 1e-6) {
		t.Errorf("K′(%v) = %v, want 0", r.Slope, got)
	}
	// p = E weight · e^LogScale, with E weight between 0.08 and 0.10 by the worked example
	if p := math.Exp(r.LogProbability(0.09)); !(p > 9.6e-7/0.1*0.08 && p < 9.6e-7/0.08*0.1) {
		t.Errorf("p is about %v, want about 9.6e-7", p)
	}
	z := r.WeightZone(Zone{Theta0: 9.6e-7, Delta: 9.6e-8})
	if budget := must(BoundedMean(z, 0, 1, Levels{})).Budget(); !(budget > 2e4 && budget < 3e5) {
		t.Errorf("budget %d for 10 %% of p; 2.5e4 samples are expected and the budget is 10 times that at most", budget)
	}

	// Y normal with mean 0 and variance 1: slope = threshold, and the mean weight
	// under N(x, 1) is e^{x²/2} P(N > x).
	const x = 6.0
	normal := must(NewRareEvent(x, 0, func(s float64) float64 { return s * s / 2 }))
	near(t, "slope", normal.Slope, x, 1e-6)
	near(t, "scale", normal.LogScale, -x*x/2, 1e-12)
	weight := math.Exp(x*x/2) * math.Erfc(x/math.Sqrt2) / 2
	near(t, "p", math.Exp(normal.LogProbability(weight))/(math.Erfc(x/math.Sqrt2)/2), 1, 1e-9)
	source, n, sum := newPCG(3), 20_000, 0.0
	for range n {
		sum += normal.Weight(x + source.NormFloat64())
	}
	// Hoeffding: off by 0.025 with probability 2 exp(−2·20000·0.025²) = 3e-11
	if got := sum / float64(n); !(math.Abs(got-weight) <= 0.025) {
		t.Errorf("mean weight %v, want %v", got, weight)
	}
	for y, want := range map[float64]float64{x: 0, 0: 0, math.Inf(-1): 0, math.Inf(1): 0, x + 1: math.Exp(-x)} {
		if got := normal.Weight(y); !(math.Abs(got-want) <= 1e-6*want) {
			t.Errorf("weight at %v: %v, want %v", y, got, want)
		}
	}
	if got := normal.Weight(math.NaN()); got != 0 {
		t.Errorf("weight at NaN: %v", got)
	}
}

// TestTilt: for a normal law it is the likelihood ratio of a mixture, and its
// budget is below that of Mean.
func TestTilt(t *testing.T) {
	z := Zone{Theta0: 1, Delta: 0.1}
	gauss := func(s float64) float64 { return s * s / 2 }
	test := must(Tilt(z, gauss, Levels{})).(*tilt)
	near(t, "slope", test.up, 0.05, 1e-6)
	if err := test.Update([]float64{2, 0.5, 3}); err != nil {
		t.Fatal(err)
	}
	// E of the slopes ±0.05·2^j around 1: exp(s Σ(Y−1) − 3s²/2), ΣY − 3 = 2.5
	var logs []float64
	for _, sign := range []float64{1, -1} {
		for j := range 4 {
			s := sign * math.Ldexp(0.05, j)
			logs = append(logs, s*2.5-3*s*s/2)
		}
	}
	near(t, "log e-value", test.LogERefute(), logMeanExp(logs...), 1e-6)
	if other := must(Mean(z, 1, Levels{})); !(test.Budget() < other.Budget()) {
		t.Errorf("budget %d, that of Mean is %d", test.Budget(), other.Budget())
	}
	lo, hi := test.Interval(0.99)
	if mean := 5.5 / 3; !(lo < mean && mean < hi) || !(hi-lo > 2 && hi-lo < 30) {
		t.Errorf("interval [%v, %v]", lo, hi)
	}
	// A cumulant function that ends: slopes beyond count for nothing.
	uniformLog := func(s float64) float64 { // of ln U + 1, U uniform
		if s <= -1 {
			return math.Inf(1)
		}
		return s - math.Log1p(s)
	}
	ends := must(Tilt(Zone{Delta: 0.5}, uniformLog, Levels{}))
	if err := ends.Update([]float64{-3, -2, -4}); err != nil || math.IsNaN(ends.LogERefute()) {
		t.Errorf("log e-value %v, %v", ends.LogERefute(), err)
	}
}

// TestSolve: neighbouring floats, in either direction, without overflow.
func TestSolve(t *testing.T) {
	for _, tt := range []struct {
		reason       string
		lo, hi, root float64
	}{
		{"upwards", 0, 4, math.Pi}, {"downwards", 4, 0, math.Pi}, {"the widest range", -math.MaxFloat64, math.MaxFloat64, 1e300},
		{"near zero", 0, 1, 1e-300},
	} {
		beyond := func(x float64) bool { return (x >= tt.root) == (tt.hi > tt.lo) }
		a, b := solve(tt.lo, tt.hi, beyond)
		if beyond(a) || !beyond(b) || math.Nextafter(a, b) != b {
			t.Errorf("%s: (%v, %v) around %v", tt.reason, a, b, tt.root)
		}
	}
}

// TestLogMeanExp: infinities win and NaN is never lost.
func TestLogMeanExp(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	for _, tt := range []struct {
		reason string
		logs   []float64
		want   float64
	}{
		{"far apart", []float64{1e6, -1e6}, 1e6 - math.Ln2},
		{"equal", []float64{-800, -800}, -800},
		{"one is 0", []float64{math.Log(3), -inf}, math.Log(1.5)},
		{"all are 0", []float64{-inf, -inf}, -inf},
		{"one is infinite", []float64{inf, 0}, inf},
		{"both infinities", []float64{inf, -inf}, inf},
	} {
		near(t, tt.reason, logMeanExp(tt.logs...), tt.want, 1e-15)
	}
	if got := logMeanExp(inf, nan, -inf); !math.IsNaN(got) {
		t.Errorf("NaN among infinities: %v", got)
	}
}
