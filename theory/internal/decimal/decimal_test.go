package decimal

import (
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

func TestRest(t *testing.T) {
	for _, tc := range []struct {
		x, want float64
		reason  string
	}{
		{0.1, -5.551115123125783e-18, "the float64 is above one tenth"},
		{0.9, -2.220446049250313e-17, "the float64 is above nine tenths"},
		{0.5, 0, "exact"}, {-3, 0, "exact"}, {0, 0, "zero"}, {1e22, 0, "the largest exact power of ten"},
	} {
		if got := Rest(tc.x); !(math.Abs(got-tc.want) <= 1e-15*math.Abs(tc.want)) {
			t.Errorf("Rest(%v) = %v, want %v: %s", tc.x, got, tc.want, tc.reason)
		}
	}
}

// The rest is at most half a unit in the last place, at any size.
func TestRest_small(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.Float64().Draw(t, "x")
		ulp := math.Nextafter(math.Abs(x), math.Inf(1)) - math.Abs(x)
		if rest := Rest(x); !(math.Abs(rest) <= ulp/2) && !math.IsInf(ulp, 1) {
			t.Fatalf("Rest(%v) = %v, above half of %v", x, rest, ulp)
		}
	})
}

func TestMinus(t *testing.T) {
	for _, tc := range []struct{ x, y, want float64 }{
		{1, 0.999, 0.001}, {1, 0.9999999999999, 1e-13}, {1.0000001, 1, 1e-7}, {3, 2, 1}, {2, 2, 0},
	} {
		if got := Minus(tc.x, tc.y); got != tc.want {
			t.Errorf("Minus(%v, %v) = %v, want %v", tc.x, tc.y, got, tc.want)
		}
	}
}

func TestLog(t *testing.T) {
	for _, tc := range []struct{ x, want float64 }{ // mpmath 1.3, 40 digits
		{0.9999999, -1.0000000500000033e-7}, {1.0000001, 9.9999995000000333e-8}, {10, 2.302585092994045684}, {1, 0}, {5e-324, -744.428132217636701}, {1.5e-323, -743.329519928968592},
	} {
		if got := Log(tc.x); !(math.Abs(got-tc.want) <= 4e-16*math.Abs(tc.want)) {
			t.Errorf("Log(%v) = %v, want %v", tc.x, got, tc.want)
		}
	}
}

func TestPower(t *testing.T) {
	nine := Value(0.9)
	for n, want := 0, big.NewRat(1, 1); n <= 40; n++ {
		got, _ := Power(nine, n).Rat(nil)
		relative := new(big.Rat).Quo(new(big.Rat).Sub(got, want), want)
		if size, _ := relative.Float64(); !(math.Abs(size) <= 1e-150) {
			t.Errorf("0.9^%d is off by %v relative", n, size)
		}
		want = new(big.Rat).Mul(want, big.NewRat(9, 10))
	}
}

// TestParse: decimal texts only.
func TestParse(t *testing.T) {
	for _, tt := range []struct {
		reason, text string
		want         float64 // NaN means an error
	}{
		{"an integer", "3", 3},
		{"an exponent", "-1.5e-3", -0.0015},
		{"a hexadecimal number", "0x1p3", math.NaN()},
		{"an underscore", "1_000", math.NaN()},
		{"an infinity", "Inf", math.NaN()},
		{"not a number", "NaN", math.NaN()},
		{"too large", "1e999", math.NaN()},
		{"nothing", "", math.NaN()},
		{"a sign alone", "-", math.NaN()},
	} {
		got, err := Parse(tt.text)
		if math.IsNaN(tt.want) != (err != nil) || err == nil && got != tt.want {
			t.Errorf("%s: Parse(%q) = %v, %v, want %v", tt.reason, tt.text, got, err, tt.want)
		}
	}
}

func TestSpells(t *testing.T) {
	for _, tc := range []struct {
		x, y   float64
		want   bool
		reason string
	}{
		{1.41421356, math.Sqrt2, true, "nine digits, cut or rounded"},
		{1.4142136, math.Sqrt2, true, "rounded"}, {1.4142135, math.Sqrt2, true, "cut"},
		{1.41421, math.Sqrt2, true, "six digits"}, {1.4142, math.Sqrt2, false, "five"},
		{1.41422, math.Sqrt2, false, "another number"}, {1.41420, math.Sqrt2, false, "five digits and a zero"},
		{-1.41421356, math.Sqrt2, false, "the sign"}, {1.41421356e-3, math.Sqrt2, false, "the exponent"},
		{2, 2, false, "one digit"}, {2.00001, 2, false, "a digit of its own"}, {1.99999, 2, false, "one below"},
		{1.66667, 5. / 3, true, "a third, rounded"}, {166667, 500000. / 3, true, "above 1"}, {0, 0, false, "zero"},
	} {
		if got := Spells(tc.x, tc.y); got != tc.want {
			t.Errorf("%s: Spells(%v, %v) = %v", tc.reason, tc.x, tc.y, got)
		}
	}
}
