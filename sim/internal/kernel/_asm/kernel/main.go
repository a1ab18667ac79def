// Command kernel writes the assembly of package kernel. Every function is the scalar
// code of the same name there, operation by operation.
package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"gradchain/sim/internal/kernel/_asm/machine"
)

type (
	unit struct{ machine.Unit }
	vec  = machine.Vec
)

var f = machine.F

func main() {
	ConstraintExpr("!purego")
	for _, m := range machine.Units {
		u := unit{m}
		u.pairs()
		u.activations()
		u.steps()
		u.laws()
		u.affine()
		u.lognormal()
		u.dot()
		u.axpy()
		u.multiply()
		u.scale()
		if u.Wide() {
			u.chain("sigmoidChain", 1, 1)
			u.chain("tanhChain", 2, 4)
		}
	}
	Generate()
}

// loop is for functions of element i of several arrays. Its body leaves at label rare,
// with i, for elements that only the scalar code does.
type loop struct {
	unit
	i reg.GPVirtual
	n reg.Register
}

// elements begins a loop over the elements of arrays of length n > 0, a multiple of 8.
func (u unit) elements() loop {
	l := loop{u, GP64(), machine.Pointer("n")}
	XORQ(l.i, l.i)
	Label("next")
	return l
}

// at is the place of the elements of an array.
func (l loop) at(base reg.Register) Mem { return Mem{Base: base, Index: l.i, Scale: 8} }

// next goes on with the next elements, or falls through after the last.
func (l loop) next() {
	ADDQ(Imm(uint64(l.Lanes)), l.i)
	CMPQ(l.i, l.n)
	JL(LabelRef("next"))
}

// end is the end of the function.
func (l loop) end() {
	Label("rare")
	machine.Result(l.i)
}
