package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"gradchain/sim/internal/kernel/_asm/machine"
)

// combine is the loop of Axpy for every column x and a few columns y, whose elements
// stay in registers for all columns x. They begin as what is there, or as 0.
func (u unit) combine(name, verb string, fresh bool) {
	u.Func(name, "(y, x *[]float64, c *float64, columns, terms, stride, from, end int)",
		verb+" elements from … end − 1, a multiple of 8 of them, of 1 … 4 columns y those",
		"of terms > 0 columns x, times c[i·stride + j].")
	y, x, c := machine.Pointer("y"), machine.Pointer("x"), machine.Pointer("c")
	columns, terms, stride := machine.Pointer("columns"), machine.Pointer("terms"), machine.Pointer("stride")
	from, end := machine.Pointer("from"), machine.Pointer("end")
	SHLQ(Imm(3), stride)
	choose("columns", columns)
	for r := 1; r <= tile; r++ {
		label := fmt.Sprintf("columns%d", r)
		Label(label)
		s := sum{unit: u, fresh: fresh, x: x, c: c, terms: terms, stride: stride, k: from, end: end}
		for j := range r {
			s.y = append(s.y, column(y, j))
		}
		if u.Wide() {
			s.loop(label+"four", 32)
		}
		s.loop(label+"one", 8)
		machine.End()
	}
}

// sum is the code for one number of columns y.
type sum struct {
	unit
	fresh                       bool
	y                           []reg.Register
	x, c, terms, stride, k, end reg.Register
}

// loop does steps of some elements while there are so many.
func (s sum) loop(name string, step int) {
	Label(name)
	left := GP64()
	MOVQ(s.end, left)
	SUBQ(s.k, left)
	CMPQ(left, Imm(uint64(step)))
	JL(LabelRef(name + "done"))
	s.step(name+"terms", step/s.Lanes)
	ADDQ(Imm(uint64(step)), s.k)
	JMP(LabelRef(name))
	Label(name + "done")
}

// step does some vectors of every column y, for all columns x.
func (s sum) step(next string, vectors int) {
	at := func(p reg.Register, v int) Mem { return Mem{Base: p, Index: s.k, Scale: 8, Disp: 8 * s.Lanes * v} }
	sums := make([][tile]vec, vectors)
	for v := range sums {
		for j, p := range s.y {
			if s.fresh {
				sums[v][j] = s.zero()
			} else {
				sums[v][j] = s.Load(at(p, v))
			}
		}
	}
	x, c, terms := GP64(), GP64(), GP64()
	MOVQ(s.x, x)
	MOVQ(s.c, c)
	MOVQ(s.terms, terms)
	Label(next)
	p := GP64()
	MOVQ(Mem{Base: x}, p)
	xs := make([]vec, vectors)
	for v := range xs {
		xs[v] = s.Load(at(p, v))
	}
	for j := range s.y {
		a := s.New()
		VBROADCASTSD(Mem{Base: c, Disp: 8 * j}, a)
		for v := range xs {
			s.FMATo(a, xs[v], sums[v][j])
		}
	}
	ADDQ(Imm(24), x)
	ADDQ(s.stride, c)
	DECQ(terms)
	JNE(LabelRef(next))
	for v := range sums {
		for j, p := range s.y {
			s.Store(sums[v][j], at(p, v))
		}
	}
}
