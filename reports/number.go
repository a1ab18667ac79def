package reports

import (
	"math"
	"strconv"
	"strings"
)

// None is what stands where there is no number.
const None = "–"

// special is the text of NaN and of the infinities; ok is false for a number.
func special(x float64) (text string, ok bool) {
	switch {
	case math.IsNaN(x):
		return None, true
	case math.IsInf(x, 1):
		return "∞", true
	case math.IsInf(x, -1):
		return "−∞", true
	}
	return "", false
}

// exponent is that of the leading digit of x once x is rounded to the given number of
// significant digits: 0.0999 to two digits is 0.10, exponent −1. It is 0 where there is
// no leading digit: of 0, NaN and the infinities.
func exponent(x float64, digits int) int {
	if _, ok := special(x); ok {
		return 0
	}
	text := strconv.FormatFloat(x, 'e', digits-1, 64)
	e, err := strconv.Atoi(text[strings.IndexByte(text, 'e')+1:])
	if err != nil {
		panic("reports: exponent of " + text)
	}
	return e
}

// plain says whether numbers up to |x| read best without an exponent.
func plain(x float64) bool { return x == 0 || 1e-4 <= math.Abs(x) && math.Abs(x) < 1e6 }

// scientific is x with the given number of significant digits as 1.2e-7.
func scientific(x float64, digits int) string {
	mantissa, e, _ := strings.Cut(strconv.FormatFloat(x, 'e', digits-1, 64), "e")
	n, err := strconv.Atoi(e)
	if err != nil {
		panic("reports: exponent " + e)
	}
	return mantissa + "e" + strconv.Itoa(n)
}

// Significant prints x with the given number of significant digits, 0.0001235 and
// 123500 in full, smaller and larger numbers as 1.235e-5. Zero is "0", NaN "–", the
// infinities are "∞" and "−∞". It panics if digits < 1.
func Significant(x float64, digits int) string {
	if digits < 1 {
		panic("reports: significant digits below 1")
	}
	if text, ok := special(x); ok {
		return text
	}
	if x == 0 {
		return "0"
	}
	e := exponent(x, digits)
	if e < -4 || e > 5 { // where plain ends, on the rounded number
		return scientific(x, digits)
	}
	return rounded(x, digits-1-e)
}

// rounded is x to the given decimal, which may be negative: 123456 to −2 is 123500.
func rounded(x float64, decimal int) string {
	if decimal < 0 {
		unit := math.Pow10(-decimal)
		x = math.Round(x/unit) * unit
	}
	text := strconv.FormatFloat(x, 'f', max(decimal, 0), 64)
	if strings.Trim(text, "-0.") == "" {
		text = strings.TrimPrefix(text, "-") // no −0.00
	}
	return text
}

// scale is how numbers that belong together are printed: rounded to one decimal, all
// with an exponent or all without.
type scale struct {
	decimal  int // the last digit stands for 10^−decimal
	exponent bool
}

// known says whether err is an error that limits what is known of numbers of size x:
// not one that the rounding of floats exceeds.
func known(err, x float64) bool { return err > 1e-15*math.Abs(x) && !math.IsInf(err, 1) }

// scaleOf has two significant digits of err. largest is the size of the numbers. An
// error that is not known gives six significant digits.
func scaleOf(err, largest float64) scale {
	largest = math.Abs(largest)
	if !known(err, largest) {
		return scale{5 - exponent(largest, 6), !plain(largest)}
	}
	full := plain(max(largest, err)) || plain(err) && largest < 1e12
	return scale{1 - exponent(err, 2), !full}
}

func (s scale) print(x float64) string {
	if text, ok := special(x); ok {
		return text
	}
	if !s.exponent {
		return rounded(x, s.decimal)
	}
	if x == 0 {
		return "0"
	}
	digits := exponent(x, 17) + 1 + s.decimal // 17 digits are enough to find the leading one
	if digits < 1 {
		unit := math.Pow10(-s.decimal)
		if !(math.Abs(x) >= unit/2) {
			return "0"
		}
		x, digits = math.Copysign(unit, x), 1
	}
	return scientific(x, digits)
}

// WithError prints x ± err with two significant digits of err, as 0.1234 ± 0.0012. Without
// an error (NaN, infinite, or below the rounding of x) it is x alone, to six significant
// digits.
func WithError(x, err float64) string {
	if text, ok := special(x); ok {
		return text
	}
	s := scaleOf(err, x)
	if !known(err, x) {
		return Significant(x, 6)
	}
	return s.print(x) + " ± " + s.print(err)
}

// Estimate prints x [lo, hi] with two significant digits of half the interval's width,
// the ends rounded outwards, so that what is printed covers what is meant. An interval
// without ends gives x six significant digits, none (an end NaN, no width) x alone.
func Estimate(x, lo, hi float64) string {
	if math.IsNaN(x) || !(lo < hi) {
		return Significant(x, 6)
	}
	s := intervalScale(x, lo, hi)
	return s.print(x) + " [" + s.outward(lo, -1) + ", " + s.outward(hi, 1) + "]"
}

// intervalScale is the scale of an estimate with its interval.
func intervalScale(x, lo, hi float64) scale {
	largest := 0.0
	for _, v := range [...]float64{x, lo, hi} {
		if a := math.Abs(v); a > largest && !math.IsInf(a, 1) {
			largest = a
		}
	}
	return scaleOf((hi-lo)/2, largest)
}

// outward prints x, moved by one unit of the last digit in the direction of sign if
// rounding took it to the other side by more than the rounding of its computation.
func (s scale) outward(x float64, sign float64) string {
	text := s.print(x)
	back, err := strconv.ParseFloat(text, 64)
	if err != nil || (back-x)*sign >= -1e-12*math.Abs(x) {
		return text // "∞" is no number to ParseFloat, and needs no rounding
	}
	return s.print(back + sign*math.Pow10(-s.decimal))
}

// Exp prints e^x for a logarithm x known to ± err. It need not be a float64: 0.0123,
// 1.23e-300, 10^-3070.1. It ends with the first digit of the error, which is not shown
// beside it, has four digits at most, and is a power of ten where the error is half the
// value or more. Without an error (0, NaN or infinite) it has three digits. e^−∞, a path
// with a factor of exactly 0, is "dead".
func Exp(x, err float64) string {
	if math.IsInf(x, -1) {
		return "dead"
	}
	if text, ok := special(x); ok {
		return text
	}
	log10 := x / math.Ln10
	if math.Abs(log10) >= 307 || err >= 0.5 {
		return Power10(log10)
	}
	value, digits := math.Exp(x), 3
	if err > 0 {
		digits = max(1, min(exponent(value, 17)-exponent(value*err, 1)+1, 4))
		if value*err == 0 {
			digits = 4
		}
	}
	return Significant(value, digits)
}

// Power10 prints 10^x as 10^-17.3, without the decimal from x = 100,000 on, and from
// 10¹² on as 10^-1.24e32. 10^−∞ is "0".
func Power10(x float64) string {
	if math.IsInf(x, -1) {
		return "0"
	}
	if text, ok := special(x); ok {
		return text
	}
	if math.Abs(x) >= 1e12 {
		return "10^" + scientific(x, 3)
	}
	if math.Abs(x) >= 1e5 {
		return "10^" + rounded(x, 0)
	}
	return "10^" + rounded(x, 1)
}

// Thousands prints a count as 1,048,576.
func Thousands(n int64) string {
	text := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, text = "-", text[1:]
	}
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return sign + text
}

// Percent prints a share of 0 to 1 with two significant digits of its distance from 0
// or 1, whichever is nearer, and no trailing zeros: 0.42 %, 37 %, 99.9987 %. Only 0
// and 1 are 0 % and 100 %.
func Percent(x float64) string {
	if text, ok := special(x); ok {
		return text
	}
	if x == 0 || x == 1 {
		return rounded(100*x, 0) + " %"
	}
	near := 100 * min(math.Abs(x), math.Abs(1-x))
	if !plain(near) && math.Abs(x) < 0.5 {
		return trimmed(scientific(100*x, 2)) + " %"
	}
	decimal := max(0, 1-exponent(near, 2))
	text := rounded(100*x, decimal)
	if 0.5 <= x && x < 1 {
		digits := strconv.FormatFloat(x, 'f', decimal+2, 64) // 0.99987: 100·x would round once more
		text = digits[2:4] + "." + digits[4:]
	}
	return trimmed(text) + " %"
}

// Brief prints x like Significant, without trailing zeros: 0.1, 1e-6. It is for numbers
// that are exact.
func Brief(x float64, digits int) string { return trimmed(Significant(x, digits)) }

// trimmed takes the zeros behind the last digit of a decimal fraction away.
func trimmed(text string) string {
	mantissa, e, scientific := strings.Cut(text, "e")
	if strings.Contains(mantissa, ".") {
		mantissa = strings.TrimRight(strings.TrimRight(mantissa, "0"), ".")
	}
	if scientific {
		return mantissa + "e" + e
	}
	return mantissa
}
