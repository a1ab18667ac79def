package special

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Brent finds the zero of monotone functions with any steepness, to the last places.
func TestBrent_monotone(t *testing.T) {
	hold(t, func(t *rapid.T) {
		root := rapid.Float64Range(-100, 100).Draw(t, "root")
		power := rapid.SampledFrom([]float64{1, 3, 9, 1. / 3, 0.1}).Draw(t, "power")
		scale := positive(t, -300, 300)
		calls := 0
		f := func(x float64) float64 {
			calls++
			return scale * math.Copysign(math.Pow(math.Abs(x-root), power), x-root)
		}
		a := root - positive(t, -5, 20)
		b := root + positive(t, -5, 20)
		if rapid.Bool().Draw(t, "swap") {
			a, b = b, a
		}
		got, err := Brent(f, a, b)
		// a value below 5e-324 is 0: the zero is flat there
		flat := math.Pow(math.SmallestNonzeroFloat64/min(scale, 1), 1/power)
		if diff := math.Abs(got - root); err != nil || !(diff <= 4*ulp*math.Abs(root)+2*flat+2*math.SmallestNonzeroFloat64) || calls > 3000 {
			t.Fatalf("zero = %v, %v after %d calls, want %v, off by %.3g", got, err, calls, root, diff)
		}
	})
}

func TestBrent_cases(t *testing.T) {
	for _, tc := range []struct {
		reason     string
		f          func(x float64) float64
		a, b, want float64
	}{
		{"zero at a", func(x float64) float64 { return x - 1 }, 1, 5, 1},
		{"zero at b", func(x float64) float64 { return x - 5 }, 1, 5, 5},
		{"transcendental", math.Cos, 0, 3, math.Pi / 2},
		{"a pole changes sign too", func(x float64) float64 { return 1 / (x - 0.3) }, 0, 1, 0.3},
		{"jump", func(x float64) float64 { return math.Copysign(1, x-0.7) }, 0, 1, 0.7},
		{"whole line", func(x float64) float64 { return x - 3 }, -math.MaxFloat64, math.MaxFloat64, 3},
		{"many scales", func(x float64) float64 { return math.Log(x) + 600 }, 1e-300, 1e300, math.Exp(-600)},
		{"zero at 0", func(x float64) float64 { return x * x * x }, -1, 3, 0},
		{"infinite values", func(x float64) float64 { return math.Sinh(x) - 1 }, -1000, 1000, math.Asinh(1)},
	} {
		got, err := Brent(tc.f, tc.a, tc.b)
		if diff := math.Abs(got - tc.want); err != nil || !(diff <= 4*ulp*math.Abs(tc.want)+1e-107) {
			t.Errorf("%s: %v, %v, want %v", tc.reason, got, err, tc.want)
		}
	}
}

func TestBrent_errors(t *testing.T) {
	for _, tc := range []struct {
		reason, want string
		f            func(x float64) float64
	}{
		{"same sign", "no sign change: f(1) = 1 and f(2) = 4, need opposite signs", func(x float64) float64 { return x * x }},
		{"NaN at the ends", "no sign change: f(1) = NaN and f(2) = NaN, need opposite signs", func(float64) float64 { return math.NaN() }},
		{"NaN inside", "is NaN inside the bracket", func(x float64) float64 {
			if x > 1 && x < 2 {
				return math.NaN()
			}
			return x - 1.4
		}},
	} {
		if got, err := Brent(tc.f, 1, 2); err == nil || !math.IsNaN(got) || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v, %v, want %q", tc.reason, got, err, tc.want)
		}
	}
}

// The maximum of −|x − m|^p, off by what rounding hides: (ulp)^(1/p) for values near 1.
func TestMaximizeBracketed_place(t *testing.T) {
	hold(t, func(t *rapid.T) {
		m := rapid.Float64Range(-50, 50).Draw(t, "m")
		p := rapid.SampledFrom([]float64{1, 2, 4}).Draw(t, "p")
		a, b := m-positive(t, -5, 5), m+positive(t, -5, 5)
		at, value := MaximizeBracketed(func(x float64) float64 { return 1 - math.Pow(math.Abs(x-m), p) }, a, b)
		near(t, "place", at, m, 4e-9*(1+math.Abs(m))+2*math.Pow(ulp, 1/p))
		near(t, "value", value, 1, 4e-9*(1+math.Abs(m)))
	})
}

func TestMaximizeBracketed_cases(t *testing.T) {
	for _, tc := range []struct {
		reason          string
		f               func(x float64) float64
		a, b, at, value float64
	}{
		{"inside", func(x float64) float64 { return x * math.Exp(-x) }, 0, 10, 1, math.Exp(-1)},
		{"left end", func(x float64) float64 { return -x }, 2, 5, 2, -2},
		{"right end", func(x float64) float64 { return x }, 2, 5, 5, 5},
		{"at 0", func(x float64) float64 { return math.Exp(-math.Abs(x)) }, -1, 3, 0, 1},
		{"flat", func(x float64) float64 { return 7 }, 0, 1, 0, 7},
		{"long bracket", func(x float64) float64 { return -math.Abs(x - 3) }, -1e300, 1e300, 3, 0},
	} {
		at, value := MaximizeBracketed(tc.f, tc.a, tc.b)
		if !(math.Abs(at-tc.at) <= 2e-8*(1+math.Abs(tc.at))) || !(math.Abs(value-tc.value) <= 2e-8*(1+math.Abs(tc.value))) {
			t.Errorf("%s: %v at %v, want %v at %v", tc.reason, value, at, tc.value, tc.at)
		}
	}
	at, value := MaximizeBracketed(func(float64) float64 { return math.NaN() }, 0, 1)
	if !math.IsNaN(at) || !math.IsNaN(value) {
		t.Errorf("maximum of NaN is %v at %v", value, at)
	}
}

func TestMaximizeBracketed_panics(t *testing.T) {
	inf := math.Inf(1)
	for _, ends := range [][2]float64{{1, 1}, {2, 1}, {0, inf}, {-inf, 0}, {math.NaN(), 1}, {-math.MaxFloat64, math.MaxFloat64}} {
		func() {
			defer func() {
				if got := recover(); got != "special: maximum needs a finite interval a < b" {
					t.Errorf("[%v, %v]: panic %v", ends[0], ends[1], got)
				}
			}()
			MaximizeBracketed(math.Cos, ends[0], ends[1])
		}()
	}
}
