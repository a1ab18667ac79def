package gen

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"gradchain/props/internal/check"
)

// all draws every value of a generator of few.
func all(g *rapid.Generator[float64]) []float64 {
	seen := map[float64]bool{}
	for seed := range 3000 {
		seen[g.Example(seed)] = true
	}
	var out []float64
	for x := range seen {
		out = append(out, x)
	}
	slices.Sort(out)
	return out
}

func TestDecimals(t *testing.T) {
	for _, tt := range []struct {
		reason       string
		lo, hi, step float64
		want         []float64
	}{
		{"tenths are the decimals as written", 0.1, 0.7, 0.1, []float64{0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7}},
		{"negative to positive", -1, 1, 0.5, []float64{-1, -0.5, 0, 0.5, 1}},
		{"steps above 1", 10, 30, 5, []float64{10, 15, 20, 25, 30}},
		{"a single value", 2, 2, 0.1, []float64{2}},
		{"ends between the steps", 0.25, 0.95, 0.5, []float64{0.5}},
	} {
		if got := all(Decimals(tt.lo, tt.hi, tt.step)); !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %v, want %v", tt.reason, got, tt.want)
		}
	}
}

func TestDepths(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lo := rapid.IntRange(1, 500).Draw(t, "lo")
		hi := rapid.IntRange(lo, 2000).Draw(t, "hi")
		if d := Depths(lo, hi).Draw(t, "depth"); d < lo || d > hi {
			t.Fatalf("depth %d outside [%d, %d]", d, lo, hi)
		}
	})
}

func TestPoints(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		if z := Points(800, 2.5).Draw(t, "z"); !(math.Abs(z) <= math.Nextafter(800, 900)) {
			t.Fatalf("z = %v", z)
		}
	})
}

// distance is the largest difference between the empirical distribution function of draws and
// another, taken from both sides.
func distance(draws []float64, cdf func(x float64) float64) float64 {
	slices.Sort(draws)
	worst, n := 0.0, float64(len(draws))
	for i, x := range draws {
		worst = max(worst, math.Abs(float64(i+1)/n-cdf(x)), math.Abs(float64(i)/n-cdf(x)))
	}
	return worst
}

// TestFraction_uniform: 20,000 draws are within 0.02 of the uniform law; were they uniform, 0.02
// would be exceeded with probability 2·exp(−2·20,000·0.0004) = 2e-7. The seeds are fixed. rapid's
// own integers are 0.4 off.
func TestFraction_uniform(t *testing.T) {
	g := rapid.Custom(fraction)
	draws := make([]float64, 20_000)
	for i := range draws {
		draws[i] = g.Example(i + 1)
		if !(draws[i] >= 0 && draws[i] < 1) {
			t.Fatalf("fraction %v", draws[i])
		}
	}
	if d := distance(draws, func(x float64) float64 { return x }); !(d < 0.02) {
		t.Errorf("%.3g from the uniform law", d)
	}
	if below[0] != 0 || math.Abs(below[levels]-1) > 1e-12 {
		t.Errorf("chances from %v to %v", below[0], below[levels])
	}
}

// TestScales_logUniform: the logarithms of scales are uniform, up to rounding: the share at most
// x is log((x + 1)/lo)/log((hi + 1)/lo) for integers.
func TestScales_logUniform(t *testing.T) {
	const n = 10_000
	for _, tt := range []struct {
		reason string
		draw   func(seed int) float64
		lo, hi float64 // in steps
		step   float64
		slack  float64
	}{
		{"any integer", func(s int) float64 { return float64(Integers(3, 4000).Example(s)) }, 3, 4000, 1, 0.02},
		{"depths", func(s int) float64 { return float64(Depths(1, 100).Example(s)) }, 1, 100, 1, 0.1}, // round ones are coarse
		{"widths", func(s int) float64 { return float64(Widths(64, 512).Example(s)) }, 64, 512, 1, 0.1},
		{"σ", func(s int) float64 { return Decimals(0.1, 10, 0.1).Example(s) }, 1, 100, 0.1, 0.02},
	} {
		seen := map[float64]float64{}
		for seed := range n {
			seen[math.Round(tt.draw(seed+1)/tt.step)]++
		}
		sum := 0.0
		for k := tt.lo; k <= tt.hi; k++ {
			sum += seen[k] / n
			want := math.Log((k+1)/tt.lo) / math.Log((tt.hi+1)/tt.lo)
			if !(math.Abs(sum-want) < tt.slack) {
				t.Errorf("%s: a share %.3g is at most %v, want %.3g", tt.reason, sum, k*tt.step, want)
				break
			}
		}
	}
	sum := 0.0
	for seed := range n {
		sum += Decimals(0, 1, 0.1).Example(seed+1) / n
	}
	if !(math.Abs(sum-0.5) < 0.02) { // 6 standard errors
		t.Errorf("decimals from 0 have mean %.3g, want 0.5: uniform", sum)
	}
}

// TestIntegers_shrink: a shrunk scale is the smallest that fails, or the smallest round one.
func TestIntegers_shrink(t *testing.T) {
	for _, tt := range []struct {
		g    *rapid.Generator[int]
		want []int
	}{{Depths(1, 100), []int{37, 50}}, {Widths(1, 512), []int{37, 64}}, {Integers(1, 1000), []int{37}}} {
		got := 0
		err := check.With(check.Settings{Checks: 200, Seed: 7}, func() {
			_, _ = check.Property("shrink", func(rt *rapid.T) {
				if n := tt.g.Draw(rt, "n"); n >= 37 {
					got = n
					rt.Fatalf("large")
				}
			})
		})
		if err != nil || !slices.Contains(tt.want, got) {
			t.Errorf("shrunk to %d, want one of %v (%v)", got, tt.want, err)
		}
	}
}
