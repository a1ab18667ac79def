package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"gradchain/sim/internal/kernel/_asm/machine"
)

// gram is the loop of Dot for every pair of a few columns.
func (u unit) gram() {
	u.Func("gram", "(x, y *[]float64, rows, columns, from, end int, sums *[4][4][8]float64)",
		"adds the products of elements from … end − 1, a multiple of 8 of them, to 8 sums for",
		"each of 1 … 4 columns x and 1 … 4 columns y.")
	x, y, from, end := machine.Pointer("x"), machine.Pointer("y"), machine.Pointer("from"), machine.Pointer("end")
	sums, rows, columns := machine.Pointer("sums"), machine.Pointer("rows"), machine.Pointer("columns")
	choose("rows", rows)
	for r := 1; r <= tile; r++ {
		Label(fmt.Sprintf("rows%d", r))
		choose(fmt.Sprintf("rows%dcolumns", r), columns)
		for c := 1; c <= tile; c++ {
			name := fmt.Sprintf("rows%dcolumns%d", r, c)
			Label(name)
			g := grid{unit: u, name: name, from: from, end: end, sums: sums}
			for i := range r {
				g.x = append(g.x, column(x, i))
			}
			for j := range c {
				g.y = append(g.y, column(y, j))
			}
			g.write()
			machine.End()
		}
	}
}

// grid is the code for one number of columns on either side.
type grid struct {
	unit
	name            string
	x, y            []reg.Register
	from, end, sums reg.Register
}

// write visits all elements once for AVX-512. AVX2 has registers for half of the sums of
// 2 columns y at a time.
func (g grid) write() {
	wide := tile
	if !g.Wide() {
		wide = 2
	}
	for first := 0; first < len(g.y); first += wide {
		for h := range 8 / g.Lanes {
			g.pass(first, min(first+wide, len(g.y)), h)
		}
	}
}

// pass adds to lanes h of the sums of the columns y first … end − 1.
func (g grid) pass(first, end, h int) {
	at := func(i, j int) Mem { return Mem{Base: g.sums, Disp: 64*(tile*i+j) + 32*h} }
	var sums [tile][tile]vec
	for i := range g.x {
		for j := first; j < end; j++ {
			sums[i][j] = g.Load(at(i, j))
		}
	}
	k := GP64()
	MOVQ(g.from, k)
	next := fmt.Sprintf("%s_%d_%d", g.name, first, h)
	Label(next)
	element := func(p reg.Register) Mem { return Mem{Base: p, Index: k, Scale: 8, Disp: 32 * h} }
	var ys [tile]vec
	for j := first; j < end; j++ {
		ys[j] = g.Load(element(g.y[j]))
	}
	for i, p := range g.x {
		x := g.Load(element(p))
		for j := first; j < end; j++ {
			g.FMATo(x, ys[j], sums[i][j])
		}
	}
	ADDQ(Imm(8), k)
	CMPQ(k, g.end)
	JL(LabelRef(next))
	for i := range g.x {
		for j := first; j < end; j++ {
			g.Store(sums[i][j], at(i, j))
		}
	}
}

// squares is the loop of SquaredNorm for a few columns, whose sums do not wait for each
// other.
func (u unit) squares() {
	u.Func("squares", "(x *[]float64, columns, n int, sums *[4][8]float64)",
		"adds the squares of n elements, a multiple of 8, to 8 sums for each of 1 … 4 columns.")
	x, n, sums, columns := machine.Pointer("x"), machine.Pointer("n"), machine.Pointer("sums"), machine.Pointer("columns")
	choose("columns", columns)
	for r := 1; r <= tile; r++ {
		name := fmt.Sprintf("columns%d", r)
		Label(name)
		at := func(i, h int) Mem { return Mem{Base: sums, Disp: 64*i + 32*h} }
		var p [tile]reg.Register
		var s [tile][2]vec
		for i := range r {
			p[i] = column(x, i)
			for h := range 8 / u.Lanes {
				s[i][h] = u.Load(at(i, h))
			}
		}
		k := GP64()
		XORQ(k, k)
		Label(name + "next")
		for i := range r {
			for h := range 8 / u.Lanes {
				v := u.Load(Mem{Base: p[i], Index: k, Scale: 8, Disp: 32 * h})
				u.FMATo(v, v, s[i][h])
			}
		}
		ADDQ(Imm(8), k)
		CMPQ(k, n)
		JL(LabelRef(name + "next"))
		for i := range r {
			for h := range 8 / u.Lanes {
				u.Store(s[i][h], at(i, h))
			}
		}
		machine.End()
	}
}
