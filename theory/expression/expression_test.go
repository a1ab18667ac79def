package expression

import (
	"math"
	"math/big"
	"strings"
	"testing"
)

// TestReal: values by mpmath 1.3 at 60 digits, rounded to the nearest float64.
func TestReal(t *testing.T) {
	for _, tt := range []struct {
		text   string
		want   float64
		reason string
	}{
		{"3", 3, "a whole number"},
		{"+2", 2, "a sign that today's numbers may have"},
		{"-1.5e-3", -0.0015, "an exponent"},
		{".5", 0.5, "no digit in front"},
		{"2.", 2, "no digit behind"},
		{"-0", 0, "no negative zero"},
		{"1e-400", 0, "too small"},
		{"1e-99999999999999", 0, "far too small, and not written out"},
		{"0e99999999999999", 0, "zero, whatever the exponent"},
		{"1/3", 0.3333333333333333, "a fraction"},
		{"2/3", 0.6666666666666666, "rounded to even"},
		{"0.1+0.2", 0.3, "decimals are what they say"},
		{"1-0.9", 0.1, "and differences of them"},
		{"1e16+1-1e16", 1, "no cancellation"},
		{"1e308*10/10", 1e308, "a large number on the way"},
		{"sqrt(2)", 1.4142135623730951, "a root"},
		{"√5", 2.23606797749979, "a root without parentheses"},
		{"√(2/3)", 0.816496580927726, "a root of a fraction"},
		{"√2/2", 0.7071067811865476, "the root binds more tightly"},
		{"√√16", 2, "a root of a root"},
		{"sqrt(2)^2", 2, "what a root squared is"},
		{"sqrt(2)*sqrt(2)-2", 0, "an exact 0"},
		{"sqrt(0)", 0, "the least root"},
		{"1/sqrt(2*50)", 0.1, "a root of a square"},
		{"pi", math.Pi, "a constant"},
		{"π/2", math.Pi / 2, "in Greek"},
		{"PI/4", math.Pi / 4, "in capitals"},
		{"e", math.E, "another"},
		{"e^2", 7.38905609893065, "a power of e"},
		{"2^0.5", 1.4142135623730951, "a power that is a root"},
		{"4^-0.5", 0.5, "and its inverse"},
		{"2**10", 1024, "a power as in Python"},
		{"2^3^2", 512, "from the right"},
		{"-2^2", -4, "the sign last"},
		{"(-2)^3", -8, "an odd power"},
		{"(-2)^2", 4, "an even one"},
		{"2^-3", 0.125, "a negative exponent"},
		{"2^(1/3)", 1.2599210498948732, "a third root"},
		{"8^(1/3)", 2, "that is whole"},
		{"10^-2.5", 0.0031622776601683794, "a half"},
		{"0.3^0.7", 0.4305116202499342, "any power"},
		{"50^-0.3", 0.3092494947109917, "of a depth"},
		{"1.0000001^1e7", 2.7182816925449664, "close to e"},
		{"0^0", 1, "by convention"},
		{"0^2", 0, "a power of 0"},
		{"1e-200^2", 0, "a power that is too small"},
		{"e^-1e9", 0, "likewise"},
		{"2*-3", -6, "a sign behind an operator"},
		{"2--3", 5, "twice minus"},
		{" "[1:] + "1 / ( 2 + 2 )", 0.25, "blanks between"},
		{"−3·2×5", -30, "signs of a text"},
		{"((((1))))", 1, "parentheses"},
		{"3−1", 2, "a minus of a text"},
	} {
		got, err := Real(tt.text)
		if err != nil || got != tt.want || math.Signbit(got) != math.Signbit(tt.want) {
			t.Errorf("%s: %q = %v, %v, want %v", tt.reason, tt.text, got, err, tt.want)
		}
	}
}

func TestReal_errors(t *testing.T) {
	for _, tt := range []struct{ text, want, reason string }{
		{"", "nothing is there, want a number", "nothing"},
		{"  ", "nothing is there", "blanks"},
		{" 1", "a blank at an end", "a blank in front"},
		{"1\t", "a blank at an end", "a tab behind"},
		{"1 2", `column 3: "2", want an operator`, "two numbers"},
		{"2pi", `column 2: "pi", want an operator such as *`, "beside each other"},
		{"2e", `column 2: "e", want an operator`, "an exponent without digits"},
		{"1e", `column 2: "e"`, "the same of 1"},
		{"e5", `column 1: unknown name "e5", want sqrt, pi, e`, "an exponent without a number"},
		{"0x1p3", `column 2: "x1p3", want an operator`, "hexadecimal"},
		{"inf", `column 1: inf is no finite number`, "an infinity"},
		{"-Inf", `column 2: Inf is no finite number`, "another"},
		{"NaN", `NaN is no finite number`, "not a number"},
		{"L", `unknown name "L", want sqrt, pi, e`, "a variable that is none"},
		{"1_000", "has an underscore, want one in whole numbers only", "thousands"},
		{"sqrt(2", "column 7: the text ends, want an operator or )", "not closed"},
		{"sqrt 2", `column 6: "2", want (`, "a function without parentheses"},
		{"sqrt", "column 5: the text ends, want (", "a function alone"},
		{"sqrt()", `column 6: ")", want a number`, "of nothing"},
		{"(1", "column 3: the text ends, want an operator or )", "not closed"},
		{"1)", `column 2: ")", want an operator`, "not opened"},
		{"1/", "column 3: the text ends, want a number, a name or (", "cut off"},
		{"*2", `column 1: "*", want a number`, "an operator alone"},
		{"--5", `column 2: "-", want a number`, "two signs"},
		{"√", "column 2: the text ends", "a root of nothing"},
		{"√-1", `column 2: "-", want a number`, "a root of a sign"},
		{"1,5", `column 2: ",", want an operator`, "a decimal comma"},
		{"1..2", `column 3: ".2", want an operator`, "two points"},
		{"3%", `column 2: "%"`, "a sign that means nothing"},
		{"1;2", `column 2: ";"`, "another"},
		{"\xff", `column 1: "\xff"`, "no text"},
		{"1/0", "column 2: division by 0", "no number"},
		{"1/(sqrt(2)^2-2)", "column 2: division by 0", "a 0 that is computed"},
		{"0^-1", "column 2: division by 0", "the same as a power"},
		{"sqrt(-1)", "column 1: square root of a negative number", "no real number"},
		{"1+√(1-2)", "column 3: square root of a negative number", "further in"},
		{"(-8)^(1/3)", "column 5: a power of a negative number that is not whole", "no real number by this rule"},
		{"(-1)^0.5", "column 5: a power of a negative number that is not whole", "nor this"},
		{"1e400", "above 1.797e308", "too large"},
		{"-1e400", "above 1.797e308", "too large below 0"},
		{"1e308*10", "above 1.797e308", "too large in the end"},
		{"10^309", "above 1.797e308", "a power that is too large"},
		{"10^1e18", "column 3: a number above 1.797e308", "by far"},
		{"2^2^2^2^2^2", "above 1.797e308", "a tower"},
		{"e^1e300", "above 1.797e308", "beyond the series"},
		{strings.Repeat("(", 200) + "1" + strings.Repeat(")", 200), "more than 100 parentheses", "deep"},
		{strings.Repeat("√", 200) + "1", "more than 100", "deep in roots"},
		{strings.Repeat("2^", 200) + "1", "more than 100", "deep in powers"},
		{strings.Repeat("1+", 600) + "1", "1201 bytes, want at most 1000", "long"},
	} {
		got, err := Real(tt.text)
		if err == nil || !strings.Contains(err.Error(), tt.want) || got != 0 || strings.ContainsAny(err.Error(), "\n") {
			t.Errorf("%s: %q = %v, error %v, want one with %q", tt.reason, tt.text, got, err, tt.want)
		}
	}
}

func TestWhole(t *testing.T) {
	for _, tt := range []struct {
		text   string
		want   int // 0 for an error
		reason string
	}{
		{"1000", 1000, "digits"}, {"1e3", 1000, "an exponent"}, {"3.0", 3, "a point"}, {"-5", -5, "a sign"},
		{"1_000_000", 1_000_000, "thousands"}, {"12_345*2", 24_690, "and more of it"},
		{"2^10", 1024, "a power"}, {"sqrt(4)", 2, "a root"}, {"sqrt(2)^2", 2, "a root squared"}, {"8^(1/3)", 2, "a third root"}, {"28*28", 784, "a picture"},
		{"9223372036854775807", math.MaxInt64, "the largest"},
		{"2^63", 0, "above it"}, {"1_0", 0, "no group"}, {"1_0000", 0, "a group of four"}, {"_100", 0, "in front"}, {"1__000", 0, "twice"},
		{"1_000.5", 0, "a fraction"}, {"2.5", 0, "a half"}, {"10.000000000000000000000000000001", 0, "nearly whole"},
		{"sqrt(2)", 0, "a root"}, {"1e-400", 0, "nearly 0"}, {"1e999999999", 0, "large"}, {"0x10", 0, "hexadecimal"}, {"", 0, "nothing"}, {"1e400/1e399", 0, "a literal too large"},
	} {
		if got, err := Whole(tt.text); got != tt.want || (err == nil) != (tt.want != 0) {
			t.Errorf("%s: %q = %d, %v, want %d", tt.reason, tt.text, got, err, tt.want)
		}
	}
	if got, err := Unsigned("2^64-1"); got != math.MaxUint64 || err != nil {
		t.Errorf("2^64-1 = %d, %v", got, err)
	}
	for _, text := range []string{"-1", "2^64", "0.5", "x", "sqrt(3)"} {
		if got, err := Unsigned(text); got != 0 || err == nil {
			t.Errorf("%q = %d", text, got)
		}
	}
}

func TestExpression_variables(t *testing.T) {
	for _, tt := range []struct {
		text string
		l    float64
		want float64
	}{
		{"1/sqrt(2*L)", 50, 0.1}, {"L^-0.5", 100, 0.1}, {"1/L", 3, 1.0 / 3}, {"-L", 2, -2}, {"1/√L", 16, 0.25}, {"2", 7, 2},
	} {
		e, err := Parse(tt.text, "L")
		if err != nil {
			t.Fatalf("%q: %v", tt.text, err)
		}
		v, err := e.Value(tt.l)
		if err != nil {
			t.Fatalf("%q: %v", tt.text, err)
		}
		if got, err := v.Float64(); got != tt.want || err != nil {
			t.Errorf("%q at L = %v: %v, %v, want %v", tt.text, tt.l, got, err, tt.want)
		}
	}
	if _, err := Parse("1/l", "L"); err == nil || !strings.Contains(err.Error(), `unknown name "l", want sqrt, pi, e, L`) {
		t.Errorf("another case: %v", err)
	}
	e, err := Parse("1/(L-1)", "L")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Value(1); err == nil || !strings.Contains(err.Error(), "column 2: division by 0") {
		t.Errorf("a pole: %v", err)
	}
	if _, err := e.Value(math.Inf(1)); err == nil {
		t.Error("an infinite variable passed")
	}
}

// TestConstants computes the constants again: π by Machin's formula, e by its series, in
// fractions.
func TestConstants(t *testing.T) {
	arctan := func(n int64) *big.Rat { // of 1/n
		sum, power := new(big.Rat), big.NewRat(1, n)
		for k := int64(1); k < 800; k += 2 {
			term := new(big.Rat).Mul(power, big.NewRat(1, k))
			if k%4 == 3 {
				term.Neg(term)
			}
			sum.Add(sum, term)
			power.Mul(power, big.NewRat(1, n*n))
		}
		return sum
	}
	machin := new(big.Rat).Sub(new(big.Rat).Mul(big.NewRat(16, 1), arctan(5)), new(big.Rat).Mul(big.NewRat(4, 1), arctan(239)))
	series, term := big.NewRat(1, 1), big.NewRat(1, 1)
	for k := int64(1); k < 130; k++ {
		term.Mul(term, big.NewRat(1, k))
		series.Add(series, term)
	}
	for name, want := range map[string]*big.Rat{"pi": machin, "e": series} {
		got := map[string]Value{"pi": pi(), "e": euler()}[name].near
		difference := number().Sub(got, number().SetRat(want))
		if difference.Sign() != 0 && difference.MantExp(nil) > -precision+3 {
			t.Errorf("%s is off by 2^%d", name, difference.MantExp(nil))
		}
	}
	one, err := exponential(wide().SetInt64(1))
	if err != nil || one.compare(euler()) != 0 {
		t.Errorf("exp 1 = %v, %v", one, err)
	}
}

func TestValue_String(t *testing.T) {
	for text, want := range map[string]string{
		"1e18": "1000000000000000000", "1e19": "1e+19", "0.1": "0.1", "3/10": "0.3", "1/3": "0.3333333333333333", "sqrt(2)": "1.4142135623730951",
		"9007199254740993": "9007199254740993", "-0.5": "-0.5", "0.5^2000": "0",
	} {
		v, err := evaluate(text, false)
		if err != nil || v.String() != want {
			t.Errorf("%s is %v, %v, want %s", text, v, err, want)
		}
	}
}
