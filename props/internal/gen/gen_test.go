package gen

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
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
