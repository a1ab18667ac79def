package expression

import (
	"fmt"
	"math"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// drawn is an expression with its values by two other routes: exactly in fractions where it
// is rational, and in float64 with a bound on the error.
type drawn struct {
	text        string
	exact       *big.Rat // nil if it is not rational
	value, slip float64
}

// draw draws an expression of that depth at most, whose values stay moderate.
func draw(t *rapid.T, depth int) drawn {
	const ulp = 0x1p-51
	if depth == 0 || rapid.IntRange(0, 4).Draw(t, "leaf") == 0 {
		if rapid.IntRange(0, 5).Draw(t, "constant") == 0 {
			c := rapid.SampledFrom([]drawn{{"pi", nil, math.Pi, ulp * 4}, {"e", nil, math.E, ulp * 4}, {"π", nil, math.Pi, ulp * 4}}).Draw(t, "name")
			return c
		}
		text := fmt.Sprintf("%d", rapid.IntRange(0, 99).Draw(t, "whole"))
		if rapid.Bool().Draw(t, "decimal") {
			text += fmt.Sprintf(".%d", rapid.IntRange(0, 999).Draw(t, "fraction"))
		}
		exact, _ := new(big.Rat).SetString(text)
		x, _ := exact.Float64()
		return drawn{text, exact, x, ulp * x}
	}
	a := draw(t, depth-1)
	switch op := rapid.SampledFrom([]string{"+", "-", "*", "/", "sqrt", "√", "negative", "square", "()"}).Draw(t, "operator"); op {
	case "sqrt", "√":
		if a.value-a.slip <= 0.01 {
			return a
		}
		root := math.Sqrt(a.value)
		return drawn{op + "(" + a.text + ")", nil, root, a.slip/root + ulp*root}
	case "negative":
		out := drawn{"-(" + a.text + ")", nil, -a.value, a.slip}
		if a.exact != nil {
			out.exact = new(big.Rat).Neg(a.exact)
		}
		return out
	case "square":
		out := drawn{"(" + a.text + ")^2", nil, a.value * a.value, 2*math.Abs(a.value)*a.slip + a.slip*a.slip + ulp*a.value*a.value}
		if a.exact != nil {
			out.exact = new(big.Rat).Mul(a.exact, a.exact)
		}
		return out
	case "()":
		a.text = "( " + a.text + " )"
		return a
	default:
		return join(a, draw(t, depth-1), op)
	}
}

// join is a op b in parentheses.
func join(a, b drawn, op string) drawn {
	const ulp = 0x1p-51
	out := drawn{text: "((" + a.text + ")" + op + "(" + b.text + "))"}
	rational := a.exact != nil && b.exact != nil
	exact := new(big.Rat)
	switch op {
	case "+", "-":
		out.value, out.slip = a.value+b.value, a.slip+b.slip
		if op == "-" {
			out.value = a.value - b.value
		}
		if rational && op == "+" {
			exact.Add(a.exact, b.exact)
		} else if rational {
			exact.Sub(a.exact, b.exact)
		}
	case "*":
		out.value, out.slip = a.value*b.value, math.Abs(a.value)*b.slip+math.Abs(b.value)*a.slip+a.slip*b.slip
		if rational {
			exact.Mul(a.exact, b.exact)
		}
	case "/":
		least := math.Abs(b.value) - b.slip
		if least <= 0.01 {
			return a
		}
		out.value, out.slip = a.value/b.value, (a.slip+math.Abs(a.value/b.value)*b.slip)/least
		if rational {
			exact.Quo(a.exact, b.exact)
		}
	}
	out.slip += ulp * math.Abs(out.value)
	if rational {
		out.exact = exact
	}
	return out
}

// TestReal_property: a rational expression has the nearest float64 of its fraction, and any
// has the value that float64 gives within its rounding.
func TestReal_property(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := draw(t, 4)
		if len(d.text) > mostText || math.Abs(d.value) > 1e300 {
			t.Skip("out of range")
		}
		got, err := Real(d.text)
		if err != nil {
			t.Fatalf("%s: %v", d.text, err)
		}
		if d.exact != nil {
			if want, _ := d.exact.Float64(); got != want {
				t.Fatalf("%s = %v, want %v exactly", d.text, got, want)
			}
		}
		if !(math.Abs(got-d.value) <= d.slip) {
			t.Fatalf("%s = %v, want %v ± %v", d.text, got, d.value, d.slip)
		}
	})
}

// TestPower_property: a power is that of package math within its rounding, and the exponents
// of a product of powers add up.
func TestPower_property(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base := float64(rapid.IntRange(1, 10_000).Draw(t, "base")) / 100
		a := float64(rapid.IntRange(-500, 500).Draw(t, "a")) / 100
		b := float64(rapid.IntRange(-500, 500).Draw(t, "b")) / 100
		got, err := Real(fmt.Sprintf("%v^%v", base, a))
		want := math.Pow(base, a)
		if err != nil || !(math.Abs(got-want) <= 1e-14*want) {
			t.Fatalf("%v^%v = %v, %v, want %v", base, a, got, err, want)
		}
		if ratio, err := Real(fmt.Sprintf("%v^%v*%v^%v/%v^(%v+%v)", base, a, base, b, base, a, b)); err != nil || ratio != 1 {
			t.Fatalf("powers %v and %v of %v: ratio %v, %v", a, b, base, ratio, err)
		}
	})
}

// TestString_property: the text of a float64 is read back as it.
func TestString_property(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.Float64().Draw(t, "x") + 0
		v := rational(new(big.Rat).SetFloat64(x))
		got, err := Real(v.String())
		if err != nil || got != x {
			t.Fatalf("%v is written %s and read %v, %v", x, v.String(), got, err)
		}
		slow, err := Real("(" + v.String() + ")")
		if err != nil || slow != x {
			t.Fatalf("in parentheses: %v, %v", slow, err)
		}
	})
}

func FuzzReal(f *testing.F) {
	for _, text := range []string{"1/sqrt(2)", "√(2/3)", "-2^-0.5", "1e-3*π", "2**3", "(((1", "1_000", "e^e^e", "0^0", "9^9^9^9", "1e-400^-1", "−1", "sqrt(sqrt", "1/0", "7^(1/7)^7"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		x, err := Real(text)
		if err != nil && (x != 0 || strings.ContainsAny(err.Error(), "\n\r")) {
			t.Fatalf("%q = %v, error %q", text, x, err)
		}
		if math.IsNaN(x) || math.IsInf(x, 0) {
			t.Fatalf("%q = %v", text, x)
		}
		n, err := Whole(text)
		if err == nil && !strings.Contains(text, "_") {
			if float64(n) != x {
				t.Fatalf("%q = %d and %v", text, n, x)
			}
		}
		if _, err := Parse(text, "L"); err == nil && len(text) > mostText {
			t.Fatalf("%d bytes passed", len(text))
		}
	})
}

func FuzzList(f *testing.F) {
	for _, text := range []string{"1,2", "0:1:0.1", "1:8:*2", "1e-300:1:1e-30", "a:b:c", "0:pi:pi/8", "1:2:*(1+1e-12)", "(1,2),3", "::", ",", "-1:-8:*2"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if got := strings.Join(Split(text, ','), ","); got != text {
			t.Fatalf("%q became %q", text, got)
		}
		items, err := List(text, Limits{Items: 50})
		if len(items) > 50 || err == nil && len(items) == 0 || err != nil && items != nil {
			t.Fatalf("%q: %d items, %v", text, len(items), err)
		}
		for _, item := range items {
			if _, err := Real(item.Text); err != nil {
				t.Fatalf("%q has %q: %v", text, item.Text, err)
			}
		}
	})
}
