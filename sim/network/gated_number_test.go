package network

import (
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

// exact returns the number as it is.
func (x number) exact() *big.Float {
	return new(big.Float).SetPrec(5000).SetMantExp(big.NewFloat(x.m), int(x.e))
}

// TestNumber: products and sums are rounded to 2^−53 of themselves at any exponents
// whose difference counts, and numbers are normalised.
func TestNumber(t *testing.T) {
	draw := func(t *rapid.T, name string) number {
		m := rapid.OneOf(rapid.Float64(), rapid.SampledFrom([]float64{0, 5e-324, -5e-324, 0x1p-1022, math.MaxFloat64, 1, -1})).Draw(t, name)
		return numberOf(m, float64(rapid.IntRange(-1500, 1500).Draw(t, "exponent")))
	}
	near := func(t *rapid.T, name string, got number, want *big.Float) {
		if (got.m == 0) != (want.Sign() == 0) || got.m == 0 && got.e != 0 || got.m != 0 && !(1 <= math.Abs(got.m) && math.Abs(got.m) < 2) {
			t.Fatalf("%s: %v is not %v", name, got, want)
		}
		d := new(big.Float).Sub(got.exact(), want)
		if limit := new(big.Float).SetMantExp(new(big.Float).Abs(want), -53); d.Abs(d).Cmp(limit) > 0 {
			t.Fatalf("%s: %v, want %v", name, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		x, y := draw(t, "x"), draw(t, "y")
		wide := func() *big.Float { return new(big.Float).SetPrec(20_000) }
		near(t, "product", x.mul(y), wide().Mul(x.exact(), y.exact()))
		near(t, "sum", x.add(y), wide().Add(x.exact(), y.exact()))
		near(t, "difference", x.sub(y), wide().Sub(x.exact(), y.exact()))
		want, _ := x.exact().Float64()
		if got := x.float(); got != max(-math.MaxFloat64, min(want, math.MaxFloat64)) {
			t.Fatalf("float of %v: %v, want %v", x, got, want)
		}
	})
	if got := numberOf(1, math.Inf(-1)); got != (number{}) {
		t.Errorf("2^−∞ is %v, want 0", got)
	}
}
