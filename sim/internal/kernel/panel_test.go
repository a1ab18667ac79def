package kernel

import (
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"

	"gradchain/sim/internal/kernel/level"
	"gradchain/sim/stream"
)

// guardedPanel has guard words around every column, each at its own alignment.
type guardedPanel []guarded

func newGuardedPanel(t *rapid.T, columns, n int) guardedPanel {
	g := make(guardedPanel, columns)
	for i := range g {
		g[i] = newGuarded(t, n)
		fillValues(t, g[i].x())
	}
	return g
}

func (g guardedPanel) panel() [][]float64 {
	p := make([][]float64, len(g))
	for i := range g {
		p[i] = g[i].x()
	}
	return p
}

func (g guardedPanel) intact(t *rapid.T, name string) {
	for i := range g {
		g[i].intact(t, fmt.Sprintf("%s[%d]", name, i))
	}
}

// shape draws numbers of columns and a length, sometimes one of more than a chunk.
func shape(t *rapid.T) (rows, columns, n int) {
	rows, columns = rapid.IntRange(0, 9).Draw(t, "columns x"), rapid.IntRange(0, 9).Draw(t, "columns y")
	n = rapid.OneOf(rapid.IntRange(0, 300), rapid.IntRange(2*chunk-9, 2*chunk+9)).Draw(t, "length")
	return rows, columns, n
}

// TestLevels_panel: every level has the bits of one Dot or Axpy after the other of the
// scalar code.
func TestLevels_panel(t *testing.T) {
	every := func() bool { return true }
	eachLevel(t, "panel", every, func(t *rapid.T, l level.Level) {
		rows, columns, n := shape(t)
		x, y := newGuardedPanel(t, rows, n), newGuardedPanel(t, columns, n)
		c := newGuarded(t, rows*columns)
		want := make([]float64, rows*columns)
		atLevel(level.Generic, func() {
			for i, u := range x.panel() {
				for j, v := range y.panel() {
					want[i*columns+j] = Dot(u, v)
				}
			}
		})
		atLevel(l, func() { Gram(c.x(), x.panel(), y.panel()) })
		sameBits(t, "gram", c.x(), want)
		c.intact(t, "c")
		square := make([]float64, rows*rows)
		atLevel(l, func() { Gram(square, x.panel(), x.panel()) })
		half := make([]float64, rows*rows)
		atLevel(l, func() { p := x.panel(); Gram(half, p, p) })
		sameBits(t, "gram of columns with themselves", half, square)
		fillValues(t, c.x())
		sums := make([][]float64, columns)
		atLevel(level.Generic, func() {
			for j, v := range y.panel() {
				sums[j] = append([]float64(nil), v...)
				for i, u := range x.panel() {
					Axpy(c.x()[i*columns+j], u, sums[j])
				}
			}
		})
		product, fresh := newGuardedPanel(t, columns, n), make([][]float64, columns)
		atLevel(level.Generic, func() {
			for j := range fresh {
				fresh[j] = make([]float64, n)
			}
			Combine(fresh, x.panel(), c.x())
		})
		atLevel(l, func() { Product(product.panel(), x.panel(), c.x()) })
		for j, v := range product.panel() {
			sameBits(t, fmt.Sprintf("product, column %d", j), v, fresh[j])
		}
		product.intact(t, "product")
		atLevel(l, func() { Combine(y.panel(), x.panel(), c.x()) })
		for j, v := range y.panel() {
			sameBits(t, fmt.Sprintf("combine, column %d", j), v, sums[j])
		}
		x.intact(t, "x")
		y.intact(t, "y")
	})
}

// randomPanel has columns of a stream, spaced by n words as a matrix has them.
func randomPanel(seed uint64, columns, n int) [][]float64 {
	bits := make([]uint64, columns*n)
	stream.Key{Seed: seed, Purpose: "panel"}.Source(stream.Xoshiro).Fill(bits)
	values, p := make([]float64, columns*n), make([][]float64, columns)
	for i, w := range bits {
		values[i] = signed(w)
	}
	for i := range p {
		p[i] = values[i*n : (i+1)*n]
	}
	return p
}

// TestGram_reference holds the bound of Dot against sums in 2,200 bits.
func TestGram_reference(t *testing.T) {
	const n = 1100
	x, y := randomPanel(1, 5, n), randomPanel(2, 6, n)
	c := make([]float64, 5*6)
	Gram(c, x, y)
	for i := range x {
		for j := range y {
			want, moduli := exactDot(x[i], y[j])
			if got := c[i*6+j]; !(math.Abs(got-want) <= (n/8+5)*0x1p-53*moduli) {
				t.Errorf("columns %d and %d: %v, want %v", i, j, got, want)
			}
		}
	}
}

// TestCombine_reference: an element is the sum of its terms within (terms + 1)·2^−53 of
// the sum of their moduli.
func TestCombine_reference(t *testing.T) {
	const rows, columns, n = 7, 5, 70
	x, y := randomPanel(1, rows, n), randomPanel(2, columns, n)
	before, c := randomPanel(2, columns, n), randomPanel(3, 1, rows*columns)[0]
	Combine(y, x, c)
	for j := range y {
		for k, got := range y[j] {
			terms, factors := []float64{before[j][k]}, []float64{1}
			for i := range x {
				terms, factors = append(terms, x[i][k]), append(factors, c[i*columns+j])
			}
			want, moduli := exactDot(terms, factors)
			if !(math.Abs(got-want) <= (rows+1)*0x1p-53*moduli) {
				t.Errorf("element %d of column %d: %v, want %v", k, j, got, want)
			}
		}
	}
}

// TestPanel_shapes: what has no columns or elements, and what is no panel.
func TestPanel_shapes(t *testing.T) {
	x, y := randomPanel(1, 2, 10), randomPanel(2, 3, 10)
	empty := [][]float64{{}, {}}
	c := []float64{1, 2, 3, 4}
	Gram(c, empty, empty)
	for i, v := range c {
		if v != 0 {
			t.Errorf("sum %d of no products is %v", i, v)
		}
	}
	Combine(empty, empty, c)
	Gram(nil, nil, y)
	Gram(nil, x, nil)
	Combine(y, nil, nil)
	Combine(nil, x, nil)
	six := make([]float64, 6)
	for _, tt := range []struct {
		reason string
		call   func()
	}{
		{"too few pairs", func() { Gram(six[:5], x, y) }},
		{"too many pairs", func() { Combine(y, x, make([]float64, 7)) }},
		{"pairs of no columns", func() { Gram(six[:1], nil, y) }},
		{"a column of x is short", func() { Gram(six, [][]float64{x[0], x[1][:9]}, y) }},
		{"a column of y is long", func() { Combine([][]float64{y[0], y[1], make([]float64, 11)}, x, six) }},
		{"no column of x fits one of y", func() { Combine(y, [][]float64{x[0][:9], x[1][:9]}, six) }},
	} {
		t.Run(tt.reason, func(t *testing.T) { mustPanic(t, tt.call) })
	}
}

func TestPanel_allocations(t *testing.T) {
	x, y, c := randomPanel(1, 9, 700), randomPanel(2, 9, 700), make([]float64, 81)
	if n := testing.AllocsPerRun(10, func() { Gram(c, x, y); Combine(y, x, c) }); n != 0 {
		t.Errorf("%v allocations, want none", n)
	}
}

// BenchmarkPanel measures panels of one batch, multiplications and additions apart.
func BenchmarkPanel(b *testing.B) {
	for _, s := range []struct{ columns, n int }{{2, 128}, {2, 1024}, {8, 1024}, {32, 128}, {32, 4096}, {64, 1 << 17}} {
		x, y, c := randomPanel(1, s.columns, s.n), randomPanel(2, s.columns, s.n), make([]float64, s.columns*s.columns)
		run := func(of string, f func()) {
			b.Run(fmt.Sprintf("of=%s/columns=%d/length=%d", of, s.columns, s.n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					f()
				}
				flops := 2 * float64(s.columns*s.columns) * float64(s.n) * float64(b.N)
				b.ReportMetric(flops/float64(b.Elapsed().Nanoseconds()), "GFlop/s")
			})
		}
		run("gram", func() { Gram(c, x, y) })
		clear(c)
		run("combine", func() { Combine(y, x, c) })
	}
}
