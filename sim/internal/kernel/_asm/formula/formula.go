// Package formula has the functions of package kernel that several kernels need, in the
// same operations as the scalar code of the same name there, and the loops round them.
package formula

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"gradchain/sim/internal/kernel/_asm/machine"
)

type vec = machine.Vec

var f = machine.F

// Unit is a vector unit.
type Unit struct{ machine.Unit }

// Units returns the vector units.
func Units() []Unit {
	var all []Unit
	for _, u := range machine.Units {
		all = append(all, Unit{u})
	}
	return all
}

// Loop is for functions of element i of several arrays. Its body leaves at label rare,
// with i, for elements that only the scalar code does.
type Loop struct {
	Unit
	i reg.GPVirtual
	n reg.Register
}

// Elements begins a loop over the elements of arrays of length n > 0, a multiple of 8.
func (u Unit) Elements() Loop {
	l := Loop{u, GP64(), machine.Pointer("n")}
	XORQ(l.i, l.i)
	Label("next")
	return l
}

// At is the place of the elements of an array.
func (l Loop) At(base reg.Register) Mem { return Mem{Base: base, Index: l.i, Scale: 8} }

// Next goes on with the next elements, or falls through after the last.
func (l Loop) Next() {
	ADDQ(Imm(uint64(l.Lanes)), l.i)
	CMPQ(l.i, l.n)
	JL(LabelRef("next"))
}

// End is the end of the function.
func (l Loop) End() {
	Label("rare")
	machine.Result(l.i)
}

// Pairs is the polynomial with the coefficients c, c[0] first, at x. The pairs of terms
// are fused multiply-adds, and are added from the last to the first with x² = y.
func (u Unit) Pairs(x, y vec, c ...float64) vec {
	n := (len(c) - 1) / 2 * 2
	p := u.Load(f(c[n]))
	if len(c) > n+1 {
		p = u.pair(x, c[n:])
	}
	for ; n > 0; n -= 2 {
		p = u.FMA(p, y, u.pair(x, c[n-2:]))
	}
	return p
}

func (u Unit) pair(x vec, c []float64) vec { return u.FMA(u.Load(f(c[1])), x, f(c[0])) }
