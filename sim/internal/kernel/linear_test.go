package kernel

import (
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"gradchain/sim/internal/kernel/level"
)

// exactDot is the sum of the products and of their moduli, in 2,200 bits.
func exactDot(x, y []float64) (sum, moduli float64) {
	s, m := new(big.Float).SetPrec(2200), new(big.Float).SetPrec(2200)
	for i := range x {
		p := new(big.Float).SetPrec(2200).Mul(big.NewFloat(x[i]), big.NewFloat(y[i]))
		s.Add(s, p)
		m.Add(m, p.Abs(p))
	}
	sum, _ = s.Float64()
	moduli, _ = m.Float64()
	return sum, moduli
}

// TestDot_reference holds the bound of the doc comment, and one rounding of the
// reference, also where most of the sum cancels.
func TestDot_reference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := lengths(t)
		x, y := make([]float64, n), make([]float64, n)
		for i, w := range drawWords(t, n) {
			x[i] = signed(w) * 100
			y[i] = signed(w*0x9e3779b97f4a7c15) * 1e-3
		}
		if rapid.Bool().Draw(t, "cancelling") {
			for i := n / 2; i < n; i++ {
				x[i], y[i] = x[i-n/2], -y[i-n/2]
			}
		}
		want, moduli := exactDot(x, y)
		bound := (float64(n/8+4)+1)*0x1p-53*moduli + 1e-300
		if got := Dot(x, y); !(math.Abs(got-want) <= bound) {
			t.Fatalf("Dot of %d elements = %v, want %v within %v", n, got, want, bound)
		}
		want, _ = exactDot(x, x)
		if got := SquaredNorm(x); !(math.Abs(got-want) <= (float64(n/8+4)+1)*0x1p-53*want+1e-300) {
			t.Fatalf("SquaredNorm of %d elements = %v, want %v", n, got, want)
		}
	})
}

// TestDot_order pins the order of the sum by numbers that another order would round
// otherwise.
func TestDot_order(t *testing.T) {
	ones := make([]float64, 17)
	for i := range ones {
		ones[i] = 1
	}
	for _, tt := range []struct {
		reason string
		at     map[int]float64
		want   float64
	}{
		{"i and i+8 share a sum, which keeps nothing of 1", map[int]float64{0: 0x1p53, 8: 1, 16: -0x1p53}, 0},
		{"i and i+1 do not", map[int]float64{0: 0x1p53, 1: 1, 8: -0x1p53}, 1},
		{"j and j+4 are added first", map[int]float64{0: 0x1p53, 4: -0x1p53, 2: 1}, 1},
		{"then those 2 apart", map[int]float64{0: 0x1p53, 2: -0x1p53, 1: 1}, 1},
		{"1 is lost to the sum 4 apart", map[int]float64{0: 0x1p53, 4: 1, 2: -0x1p53}, 0},
	} {
		x := make([]float64, 17)
		for i, v := range tt.at {
			x[i] = v
		}
		if got := Dot(x, ones); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.reason, got, tt.want)
		}
	}
}

func TestAxpy(t *testing.T) {
	x, y := []float64{1 + 0x1p-30, 0, math.Inf(1)}, []float64{-1, 5, 1}
	Axpy(1-0x1p-30, x, y)
	if y[0] != -0x1p-60 || y[1] != 5 || !math.IsInf(y[2], 1) {
		t.Errorf("got %v, want −2^−60 (one rounding), 5 and +Inf", y)
	}
	mustPanic(t, func() { Axpy(1, x, y[:2]) })
	mustPanic(t, func() { Dot(x, y[:2]) })
	if got := Dot(nil, nil); got != 0 {
		t.Errorf("empty sum %v", got)
	}
}

func TestDot_allocations(t *testing.T) {
	x := make([]float64, 100)
	if n := testing.AllocsPerRun(10, func() { x[0] = Dot(x, x) }); n != 0 {
		t.Errorf("%v allocations, want none", n)
	}
}

// TestLevels_linear: every level has the bits of the generic sums.
func TestLevels_linear(t *testing.T) {
	eachLevel(t, "linear", func() bool { return axpys[level.Now] != nil }, func(t *rapid.T, l level.Level) {
		n := lengths(t)
		x, y := newGuarded(t, n), newGuarded(t, n)
		fillValues(t, x.x())
		fillValues(t, y.x())
		want := append([]float64(nil), y.x()...)
		var sums [2]float64
		atLevel(level.Generic, func() { sums[0] = Dot(x.x(), want); Axpy(0.7, x.x(), want) })
		atLevel(l, func() { sums[1] = Dot(x.x(), y.x()); Axpy(0.7, x.x(), y.x()) })
		sameBits(t, "dot", sums[1:], sums[:1])
		sameBits(t, "axpy", y.x(), want)
		x.intact(t, "x")
		y.intact(t, "y")
	})
}
