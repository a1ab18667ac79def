package kernel

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"gradchain/sim/internal/kernel/level"
)

// rowsResult is what the functions of rows make of two panels, one after the other.
func rowsResult(x, y [][]float64, n int) [][]float64 {
	copyOf := func(p [][]float64) (out [][]float64) {
		for _, c := range p {
			out = append(out, slices.Clone(c))
		}
		return out
	}
	centred, derived := copyOf(x), copyOf(x)
	square, sum, along := make([]float64, n), make([]float64, n), make([]float64, n)
	Center(centred, x, square)
	Moments(sum, along, x, y)
	Derive(derived, y, sum, along, square)
	multiplied := copyOf(y)
	norms := make([]float64, len(x))
	SquaredNorms(norms, x)
	counts := []float64{}
	for j := range y {
		Multiply(multiplied[j], x[j])
		zero, below := Count(multiplied[j], 0.5)
		counts = append(counts, float64(zero), float64(below))
	}
	inPlace, same := copyOf(x), make([]float64, n)
	Center(inPlace, inPlace, same)
	return append(slices.Concat(centred, derived, multiplied, inPlace), square, same, sum, along, norms, counts)
}

// TestLevels_rows: every level has the bits of the scalar code, and leaves what is around
// the columns alone.
func TestLevels_rows(t *testing.T) {
	every := func() bool { return true }
	eachLevel(t, "rows", every, func(t *rapid.T, l level.Level) {
		_, columns, n := shape(t)
		x, y := newGuardedPanel(t, columns, n), newGuardedPanel(t, columns, n)
		var want, got [][]float64
		atLevel(level.Generic, func() { want = rowsResult(x.panel(), y.panel(), n) })
		atLevel(l, func() { got = rowsResult(x.panel(), y.panel(), n) })
		for i := range want {
			sameBits(t, fmt.Sprintf("result %d", i), got[i], want[i])
		}
		square, sum, along := newGuarded(t, n), newGuarded(t, n), newGuarded(t, n)
		atLevel(l, func() {
			Center(y.panel(), x.panel(), square.x())
			Moments(sum.x(), along.x(), x.panel(), y.panel())
			Derive(x.panel(), y.panel(), sum.x(), along.x(), square.x())
			for j := range y {
				Multiply(x[j].x(), y[j].x())
			}
		})
		x.intact(t, "x")
		y.intact(t, "y")
		square.intact(t, "square")
		sum.intact(t, "sum")
		along.intact(t, "along")
	})
}

// TestCenter_reference: against the mean in 2,200 bits, within (columns + 2)·2^−53 of the
// moduli of the differences, which are far smaller than the elements.
func TestCenter_reference(t *testing.T) {
	const columns, n = 8, 70
	x, y, square := randomPanel(1, columns, n), randomPanel(2, columns, n), make([]float64, n)
	for j := range x {
		for k := range x[j] {
			x[j][k] = float64(1e6*y[0][k]) + x[j][k]
		}
	}
	Center(y, x, square)
	for k := range n {
		terms, moduli, sum := make([]float64, columns), 0.0, 0.0
		for j := range x {
			terms[j] = x[j][k]
			moduli += math.Abs(x[j][k] - x[0][k])
		}
		for j := range x {
			factors := slices.Repeat([]float64{-1.0 / columns}, columns)
			factors[j]++
			want, _ := exactDot(terms, factors)
			if got := y[j][k]; !(math.Abs(got-want) <= (columns+2)*0x1p-53*moduli) {
				t.Errorf("element %d of column %d: %v, want %v", k, j, got, want)
			}
			sum = math.FMA(y[j][k], y[j][k], sum)
		}
		if !(square[k] == sum) {
			t.Errorf("square %d: %v, want %v", k, square[k], sum)
		}
	}
}

// TestCenter_equal: the mean of equal columns is exact, also of 3, whose third is not.
func TestCenter_equal(t *testing.T) {
	x, y, square := randomPanel(1, 1, 21), randomPanel(2, 3, 21), make([]float64, 21)
	Center(y, [][]float64{x[0], x[0], x[0]}, square)
	for k := range square {
		if y[0][k] != 0 || y[1][k] != 0 || y[2][k] != 0 || square[k] != 0 {
			t.Errorf("element %d: %v %v %v of square %v, want 0", k, y[0][k], y[1][k], y[2][k], square[k])
		}
	}
}

// TestMoments_reference: sums within their number of roundings of those in 2,200 bits.
func TestMoments_reference(t *testing.T) {
	const columns, n = 9, 45
	x, y := randomPanel(1, columns, n), randomPanel(2, columns, n)
	sum, along := make([]float64, n), make([]float64, n)
	Moments(sum, along, x, y)
	for k := range n {
		var u, v, ones [columns]float64
		for j := range x {
			u[j], v[j], ones[j] = x[j][k], y[j][k], 1
		}
		for _, c := range []struct {
			name  string
			got   float64
			other []float64
		}{{"sum", sum[k], ones[:]}, {"sum of products", along[k], v[:]}} {
			if want, moduli := exactDot(u[:], c.other); !(math.Abs(c.got-want) <= columns*0x1p-53*moduli) {
				t.Errorf("%s %d: %v, want %v", c.name, k, c.got, want)
			}
		}
	}
}

// TestDerive_reference: with small whole numbers all is exact.
func TestDerive_reference(t *testing.T) {
	const n = 37
	x, y := [][]float64{make([]float64, n), make([]float64, n)}, [][]float64{make([]float64, n), make([]float64, n)}
	mean, along, inverse := make([]float64, n), make([]float64, n), make([]float64, n)
	for k := range n {
		x[0][k], x[1][k], y[0][k], y[1][k] = float64(k), float64(2*k), float64(k%5), float64(-k%7)
		mean[k], along[k], inverse[k] = 3, float64(k%3), 0.5
	}
	Derive(x, y, mean, along, inverse)
	for k := range n {
		if want := (float64(k) - 3 - float64(k%3*(k%5))) / 2; x[0][k] != want {
			t.Errorf("element %d of column 0: %v, want %v", k, x[0][k], want)
		}
		if want := (float64(2*k) - 3 + float64(k%3*(k%7))) / 2; x[1][k] != want {
			t.Errorf("element %d of column 1: %v, want %v", k, x[1][k], want)
		}
	}
}

func TestMultiply_reference(t *testing.T) {
	x, y := randomPanel(1, 1, 19)[0], randomPanel(2, 1, 19)[0]
	before := slices.Clone(x)
	Multiply(x, y)
	for i := range x {
		if x[i] != before[i]*y[i] {
			t.Errorf("element %d: %v, want %v", i, x[i], before[i]*y[i])
		}
	}
}

func TestCount_values(t *testing.T) {
	inf := math.Inf(1)
	x := []float64{0, math.Copysign(0, -1), 1, -1, math.NaN(), inf, -inf, 5e-324, -0.5, 0.5, 0}
	for _, tt := range []struct {
		reason      string
		limit       float64
		zero, below int
	}{
		{"nothing is below 0", 0, 3, 0},
		{"a limit itself is not below", 0.5, 3, 4},
		{"signs do not matter", 0.75, 3, 6},
		{"all but NaN and infinities", inf, 3, 8},
		{"no number is below NaN", math.NaN(), 3, 0},
	} {
		if zero, below := Count(x, tt.limit); zero != tt.zero || below != tt.below {
			t.Errorf("%s: %d and %d, want %d and %d", tt.reason, zero, below, tt.zero, tt.below)
		}
	}
}

// TestRows_shapes: what has no columns or elements, and what is no panel.
func TestRows_shapes(t *testing.T) {
	x, y, ten := randomPanel(1, 2, 10), randomPanel(2, 3, 10), make([]float64, 10)
	Center([][]float64{{}}, [][]float64{{}}, nil)
	ones := slices.Repeat([]float64{1}, 10)
	Center(nil, nil, ones)
	if ones[0] != 0 || ones[9] != 0 {
		t.Errorf("squares of no columns: %v", ones)
	}
	Moments(ten, ten, nil, nil)
	Multiply(nil, nil)
	if zero, below := Count(nil, 1); zero != 0 || below != 0 {
		t.Errorf("%d and %d of no elements", zero, below)
	}
	SquaredNorms(nil, nil)
	for _, tt := range []struct {
		reason string
		call   func()
	}{
		{"panels of 2 and 3 columns", func() { Center(x, y, ten) }},
		{"squares of too few rows", func() { Center(x, x, ten[:9]) }},
		{"sums of too few rows", func() { Moments(ten[:9], ten, x, x) }},
		{"a short column", func() { Moments(ten, ten, x, [][]float64{x[0], x[1][:9]}) }},
		{"means of too few rows", func() { Derive(x, x, ten[:9], ten, ten) }},
		{"factors of too few elements", func() { Multiply(ten, ten[:9]) }},
		{"norms of too few columns", func() { SquaredNorms(ten[:1], x) }},
	} {
		t.Run(tt.reason, func(t *testing.T) { mustPanic(t, tt.call) })
	}
}

func TestRows_allocations(t *testing.T) {
	x, y := randomPanel(1, 9, 700), randomPanel(2, 9, 700)
	a, b, c := make([]float64, 700), make([]float64, 700), make([]float64, 81)
	if n := testing.AllocsPerRun(10, func() {
		Center(y, x, a)
		Moments(a, b, x, y)
		Derive(x, y, a, b, a)
		SquaredNorms(c[:9], x)
		Product(y, x, c)
	}); n != 0 {
		t.Errorf("%v allocations, want none", n)
	}
}
