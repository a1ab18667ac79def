// Package decimal reads a float64 as the real number that its shortest decimal text
// denotes: 0.9 is nine tenths, not the float64 0.90000000000000002220… nearest to it.
//
// The difference is half a unit in the last place at most. It matters where a result
// magnifies it: in x^n for large n, in 1 − x for x near 1, and in a comparison that
// is an equality for the numbers as they were written.
package decimal

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
)

// Precision is the number of bits of a Value.
const Precision = 512

// Parse returns the float64 nearest to a decimal text. Other forms that Go knows, such
// as 0x1p3, 1_000 and Inf, are errors.
func Parse(text string) (float64, error) {
	if i := strings.IndexFunc(text, func(r rune) bool { return !strings.ContainsRune("+-.0123456789eE", r) }); i >= 0 {
		return 0, fmt.Errorf("%.40q is no decimal number", text)
	}
	return strconv.ParseFloat(text, 64)
}

// Value returns the number that the shortest decimal text of x denotes. It panics if
// x is infinite or not a number.
func Value(x float64) *big.Float {
	text := strconv.FormatFloat(x, 'g', -1, 64)
	v, _, err := big.ParseFloat(text, 10, Precision, big.ToNearestEven)
	if err != nil {
		panic("decimal: " + err.Error())
	}
	return v
}

// Rest returns Value(x) − x.
func Rest(x float64) float64 {
	exact := new(big.Float).SetPrec(Precision).SetFloat64(x)
	rest, _ := exact.Sub(Value(x), exact).Float64()
	return rest
}

// Log returns log Value(x) for x > 0, relatively accurate near 1 too, and for subnormal
// x, whose text may be off by a large part of x.
func Log(x float64) float64 {
	exact := new(big.Float).SetPrec(Precision).SetFloat64(x)
	ratio := Value(x)
	rest, _ := ratio.Sub(ratio, exact).Quo(ratio, exact).Float64()
	log := math.Log(x)
	if x < 0x1p-1022 { // where math.Log is wrong on amd64
		log = math.Log(x*0x1p52) - 52*math.Ln2
	}
	return log + math.Log1p(rest)
}

// Minus returns Value(x) − y, rounded once.
func Minus(x, y float64) float64 {
	v := Value(x)
	difference, _ := v.Sub(v, Value(y)).Float64()
	return difference
}

// Power returns x^n for n ≥ 0, to the precision of x less the bits of n.
func Power(x *big.Float, n int) *big.Float {
	if n < 0 {
		panic("decimal: negative power")
	}
	power := new(big.Float).SetPrec(x.Prec()).SetInt64(1)
	square := new(big.Float).Set(x)
	for ; n > 0; n >>= 1 {
		if n&1 == 1 {
			power.Mul(power, square)
		}
		square.Mul(square, square)
	}
	return power
}

// spelling is the number of digits from which the text of a number may stand for another.
const spelling = 6

// Spells reports whether the shortest decimal text of x is that of y, rounded or cut to its
// digits, of which there must be six or more; then a person who typed x meant y.
func Spells(x, y float64) bool {
	text := strconv.FormatFloat(x, 'e', -1, 64)
	mantissa, exponent, _ := strings.Cut(text, "e")
	digits := len(strings.Trim(mantissa, "-")) - strings.Count(mantissa, ".")
	power, err := strconv.Atoi(exponent)
	if err != nil || digits < spelling {
		return false
	}
	unit := math.Pow(10, float64(power-digits+1))
	short := (math.Abs(y) - math.Abs(x)) / unit // of digits in the last place
	return x*y > 0 && -0.5-1e-6 < short && short < 1-1e-6
}
