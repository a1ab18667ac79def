package reports

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestSignificant(t *testing.T) {
	for _, tt := range []struct {
		reason string
		x      float64
		digits int
		want   string
	}{
		{"zeros at the end are digits too", 0.5, 3, "0.500"},
		{"rounding to the next power of ten", 0.09996, 3, "0.100"},
		{"rounding of an integer", 123456, 4, "123500"},
		{"largest without an exponent", 999999, 6, "999999"},
		{"rounds to one with", 999999.7, 6, "1.00000e6"},
		{"smallest without an exponent", 0.0001, 2, "0.00010"},
		{"smaller", 0.00009, 2, "9.0e-5"},
		{"negative", -2.5e-12, 1, "-2e-12"},
		{"subnormal", 5e-324, 2, "4.9e-324"},
		{"largest float", math.MaxFloat64, 3, "1.80e308"},
		{"zero", 0, 5, "0"},
		{"negative zero", math.Copysign(0, -1), 5, "0"},
		{"no number", math.NaN(), 5, "–"},
		{"infinity", math.Inf(1), 5, "∞"},
		{"negative infinity", math.Inf(-1), 5, "−∞"},
	} {
		if got := Significant(tt.x, tt.digits); got != tt.want {
			t.Errorf("%s: Significant(%v, %d) = %q, want %q", tt.reason, tt.x, tt.digits, got, tt.want)
		}
	}
	mustPanic(t, "no digit", func() { Significant(1, 0) })
}

func TestBrief(t *testing.T) {
	for _, tt := range []struct {
		reason string
		x      float64
		want   string
	}{
		{"a decimal fraction", 0.1, "0.1"},
		{"an integer keeps its zeros", 100, "100"},
		{"an exponent keeps its zeros", 1e-10, "1e-10"},
		{"digits beyond those asked for", 2.98023e-17, "2.98e-17"},
		{"no number", math.NaN(), "–"},
	} {
		if got := Brief(tt.x, 3); got != tt.want {
			t.Errorf("%s: Brief(%v, 3) = %q, want %q", tt.reason, tt.x, got, tt.want)
		}
	}
}

func TestWithError(t *testing.T) {
	for _, tt := range []struct {
		reason string
		x, err float64
		want   string
	}{
		{"two digits of the error", 0.123456, 0.001234, "0.1235 ± 0.0012"},
		{"an error that rounds up to a power of ten", 1.23456, 0.0999, "1.23 ± 0.10"},
		{"an error above the number", 0.001, 12, "0 ± 12"},
		{"rounded left of the point", 123456, 1200, "123500 ± 1200"},
		{"small", 1.23456e-7, 1.2e-9, "1.235e-7 ± 1.2e-9"},
		{"small with a large error", 1e-7, 0.01, "0.000 ± 0.010"},
		{"zero", 0, 1e-9, "0 ± 1.0e-9"},
		{"large with a small error", -1e8, 0.024, "-100000000.000 ± 0.024"},
		{"larger still", 1e15, 3e13, "1.000e15 ± 3.0e13"},
		{"no error", -1.5, 0, "-1.50000"},
		{"an error below rounding", -math.Ln2, 1e-19, "-0.693147"},
		{"unknown error", 2.0 / 3, math.NaN(), "0.666667"},
		{"no number", math.NaN(), 0.1, "–"},
		{"infinite", math.Inf(-1), 0.1, "−∞"},
	} {
		if got := WithError(tt.x, tt.err); got != tt.want {
			t.Errorf("%s: WithError(%v, %v) = %q, want %q", tt.reason, tt.x, tt.err, got, tt.want)
		}
	}
}

func TestEstimate(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	for _, tt := range []struct {
		reason    string
		x, lo, hi float64
		want      string
	}{
		{"the ends move outwards", 0.71234, 0.70099, 0.72451, "0.712 [0.700, 0.725]"},
		{"ends that need not move", 0.5, 0.25, 0.75, "0.50 [0.25, 0.75]"},
		{"ends that rounding alone has moved", 0.2, 0.1, 0.1 + 0.2, "0.20 [0.10, 0.30]"},
		{"across zero", 0.0001, -0.0121, 0.0119, "0.000 [-0.013, 0.012]"},
		{"small", 2.5e-9, 1.21e-9, 4.09e-9, "2.5e-9 [1.2e-9, 4.1e-9]"},
		{"one-sided", 0.25, 0.1, inf, "0.250000 [0.100000, ∞]"},
		{"everything", 0.25, -inf, inf, "0.250000 [−∞, ∞]"},
		{"no estimate", nan, -inf, inf, "–"},
		{"no interval", 0.25, nan, nan, "0.250000"},
		{"no width", 0.25, 0.25, 0.25, "0.250000"},
	} {
		if got := Estimate(tt.x, tt.lo, tt.hi); got != tt.want {
			t.Errorf("%s: Estimate(%v, %v, %v) = %q, want %q", tt.reason, tt.x, tt.lo, tt.hi, got, tt.want)
		}
	}
}

// TestExp: by mpmath 1.3 at 30 digits, -7069.1/log(10) = -3070.071, 800/log(10) = 347.4356,
// exp(-690) = 2.1717e-300, exp(-706) = 2.4440e-307, -707/log(10) = -307.0462,
// exp(-634.2) = 3.7191e-276, -634.2/log(10) = -275.4296, exp(1/2) = 1.64872.
func TestExp(t *testing.T) {
	for _, tt := range []struct {
		reason string
		x, err float64
		want   string
	}{
		{"one", 0, 0, "1.00"},
		{"small", -690, 0, "2.17e-300"},
		{"below the floats", -7069.1, 0, "10^-3070.1"},
		{"above the floats", 800, 0.001, "10^347.4"},
		{"near the least normal float", -706, 0, "2.44e-307"},
		{"below it", -707, 0, "10^-307.0"},
		{"deepest chain", -1e8, 15, "10^-43429448"},
		{"error of 12 %", -634.2, 0.12, "3.7e-276"},
		{"error of 30 %", -634.2, 0.3, "4e-276"},
		{"error of half the value", -634.2, 0.5, "10^-275.4"},
		{"tiny error", 0.5, 1e-9, "1.649"},
		{"error below the floats", -1, 1e-320, "0.3679"},
		{"dead", math.Inf(-1), 0, "dead"},
		{"infinite", math.Inf(1), 0, "∞"},
		{"no number", math.NaN(), 0, "–"},
		{"no error", 0, math.NaN(), "1.00"},
	} {
		if got := Exp(tt.x, tt.err); got != tt.want {
			t.Errorf("%s: Exp(%v, %v) = %q, want %q", tt.reason, tt.x, tt.err, got, tt.want)
		}
	}
}

func TestPower10(t *testing.T) {
	for _, tt := range []struct {
		reason string
		x      float64
		want   string
	}{
		{"evidence", -17.31, "10^-17.3"},
		{"one", 0, "10^0.0"},
		{"no minus before a rounded zero", -0.01, "10^0.0"},
		{"many digits", -1234567.8, "10^-1234568"},
		{"more digits than are known", -1.2402620072729231e32, "10^-1.24e32"},
		{"no column for all digits", 1e300, "10^1.00e300"},
		{"nothing", math.Inf(-1), "0"},
		{"infinite", math.Inf(1), "∞"},
		{"no number", math.NaN(), "–"},
	} {
		if got := Power10(tt.x); got != tt.want {
			t.Errorf("%s: Power10(%v) = %q, want %q", tt.reason, tt.x, got, tt.want)
		}
	}
}

func TestThousands(t *testing.T) {
	for _, tt := range []struct {
		reason string
		n      int64
		want   string
	}{
		{"zero", 0, "0"},
		{"no comma yet", 999, "999"},
		{"one comma", -1000, "-1,000"},
		{"two commas", 1 << 20, "1,048,576"},
		{"largest", math.MaxInt64, "9,223,372,036,854,775,807"},
		{"smallest, whose negative does not exist", math.MinInt64, "-9,223,372,036,854,775,808"},
	} {
		if got := Thousands(tt.n); got != tt.want {
			t.Errorf("%s: Thousands(%d) = %q, want %q", tt.reason, tt.n, got, tt.want)
		}
	}
}

func TestPercent(t *testing.T) {
	for _, tt := range []struct {
		reason string
		x      float64
		want   string
	}{
		{"two digits", 0.0582, "5.8 %"},
		{"half", 0.5, "50 %"},
		{"near one", 0.999999, "99.9999 %"},
		{"as near as a float gets", math.Nextafter(1, 0), "99.999999999999989 %"},
		{"small", 1.5e-9, "1.5e-7 %"},
		{"zero", 0, "0 %"},
		{"one", 1, "100 %"},
		{"no number", math.NaN(), "–"},
	} {
		if got := Percent(tt.x); got != tt.want {
			t.Errorf("%s: Percent(%v) = %q, want %q", tt.reason, tt.x, got, tt.want)
		}
	}
}

// anyFloat draws numbers of all sizes.
func anyFloat() *rapid.Generator[float64] {
	return rapid.Custom(func(t *rapid.T) float64 {
		m := rapid.Float64Range(1, 10).Draw(t, "mantissa")
		e := rapid.IntRange(-300, 300).Draw(t, "exponent")
		if rapid.Bool().Draw(t, "moderate") {
			e %= 8
		}
		x := m * math.Pow10(e)
		if rapid.Bool().Draw(t, "negative") {
			x = -x
		}
		return x
	})
}

func read(t *rapid.T, text string) float64 {
	x, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return x
}

// TestSignificant_property: what is printed is half a unit of the last digit off at most.
func TestSignificant_property(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x, digits := anyFloat().Draw(t, "x"), rapid.IntRange(1, 15).Draw(t, "digits")
		back := read(t, Significant(x, digits))
		// 10^(1−digits) is a unit of the last digit relative to the leading one; a float
		// more for reading and dividing.
		if tol := 0.5*math.Pow10(1-digits) + 0x1p-52; !(math.Abs(back/x-1) <= tol) {
			t.Fatalf("Significant(%v, %d) = %s, off by %.3g, want at most %.3g", x, digits, Significant(x, digits), back/x-1, tol)
		}
		if brief := read(t, Brief(x, digits)); brief != back {
			t.Fatalf("Brief(%v, %d) = %s, want the number of %s", x, digits, Brief(x, digits), Significant(x, digits))
		}
	})
}

// TestWithError_property: the error keeps two digits, and the number is no further off
// than half a unit of the second.
func TestWithError_property(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := anyFloat().Draw(t, "x")
		err := math.Abs(x) * math.Pow10(rapid.IntRange(-12, 3).Draw(t, "digits")) * rapid.Float64Range(1, 10).Draw(t, "mantissa")
		number, printed, ok := strings.Cut(WithError(x, err), " ± ")
		if !ok {
			t.Fatalf("WithError(%v, %v) = %q has no error", x, err, number)
		}
		if back := read(t, printed); !(math.Abs(back/err-1) <= 0.05*(1+1e-12)) {
			t.Fatalf("error %v printed as %s", err, printed)
		}
		if back := read(t, number); !(math.Abs(back-x) <= 0.05*err*(1+1e-12)+1e-15*math.Abs(x)) {
			t.Fatalf("WithError(%v, %v) = %s ± %s", x, err, number, printed)
		}
	})
}

// TestEstimate_property: the printed interval covers the interval (to 1e-12), is wider at
// either end by less than a unit of the last digit, and contains the printed estimate.
// The unit is a tenth of half the width's leading power of ten, which 9.95 rounds to.
func TestEstimate_property(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lo := anyFloat().Draw(t, "lo")
		half := math.Abs(lo) * math.Pow10(rapid.IntRange(-9, 3).Draw(t, "digits")) * rapid.Float64Range(1, 10).Draw(t, "mantissa")
		hi := lo + 2*half
		x := lo + 2*half*rapid.Float64Range(0, 1).Draw(t, "place")
		text := Estimate(x, lo, hi)
		fields := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" [],", r) })
		if len(fields) != 3 {
			t.Fatalf("Estimate(%v, %v, %v) = %s", x, lo, hi, text)
		}
		mid, a, b := read(t, fields[0]), read(t, fields[1]), read(t, fields[2])
		slack := 1e-12 * max(math.Abs(lo), math.Abs(hi))
		unit := half/9.95 + slack
		if !(a <= lo+slack && lo-a <= unit && b >= hi-slack && b-hi <= unit && a <= mid && mid <= b) {
			t.Fatalf("Estimate(%v, %v, %v) = %s", x, lo, hi, text)
		}
	})
}

// TestExp_property: read back, the logarithm is off by half its error, rounded up to a digit (1/0.95), at most,
// or by half a unit of the fourth digit, or by half a tenth of the power of ten.
func TestExp_property(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.Float64Range(-1e5, 1e5).Draw(t, "x")
		if rapid.Bool().Draw(t, "float") {
			x /= 150
		}
		err := rapid.Float64Range(1e-6, 1).Draw(t, "error")
		text := Exp(x, err)
		power, ok := strings.CutPrefix(text, "10^")
		if ok {
			if back := read(t, power) * math.Ln10; !(math.Abs(back-x) <= 0.05001*math.Ln10) {
				t.Fatalf("Exp(%v, %v) = %s", x, err, text)
			}
			return
		}
		if back := math.Log(read(t, text)); !(math.Abs(back-x) <= max(0.527*err*math.Exp(err), 0.000501)) {
			t.Fatalf("Exp(%v, %v) = %s", x, err, text)
		}
	})
}

func TestThousands_property(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64().Draw(t, "n")
		text := Thousands(n)
		if back, err := strconv.ParseInt(strings.ReplaceAll(text, ",", ""), 10, 64); err != nil || back != n {
			t.Fatalf("Thousands(%d) = %s", n, text)
		}
		for i, group := range strings.Split(strings.TrimPrefix(text, "-"), ",") {
			if len(group) > 3 || i > 0 && len(group) < 3 || group == "" {
				t.Fatalf("Thousands(%d) = %s", n, text)
			}
		}
	})
}

// TestPercent_property: the distance from 0 or 1 keeps two digits, and is never lost.
func TestPercent_property(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		near := math.Pow10(-rapid.IntRange(1, 12).Draw(t, "digits")) * rapid.Float64Range(1, 5).Draw(t, "mantissa")
		back := read(t, strings.TrimSuffix(Percent(near), " %")) / 100
		if !(math.Abs(back/near-1) <= 0.0501) {
			t.Fatalf("Percent(%v) = %s", near, Percent(near))
		}
		far := read(t, strings.TrimSuffix(Percent(1-near), " %")) / 100
		if !(math.Abs((1-far)/near-1) <= 0.0501+1e-15/near) || far == 1 {
			t.Fatalf("Percent(%v) = %s", 1-near, Percent(1-near))
		}
	})
}

func mustPanic(t *testing.T, reason string, f func()) {
	t.Helper()
	defer func() {
		t.Helper()
		if message, _ := recover().(string); !strings.HasPrefix(message, "reports: ") {
			t.Errorf("%s: got panic %q, want one of this package", reason, message)
		}
	}()
	f()
}
