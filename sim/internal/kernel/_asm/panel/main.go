// Command panel writes the assembly for panels, which are several columns of one length.
package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"gradchain/sim/internal/kernel/_asm/formula"
	"gradchain/sim/internal/kernel/_asm/machine"
)

type (
	unit struct{ formula.Unit }
	vec  = machine.Vec
)

// tile is the greatest number of columns on either side that one call is for.
const tile = 4

func main() {
	ConstraintExpr("!purego")
	for _, m := range formula.Units() {
		u := unit{m}
		u.gram()
		u.squares()
		u.combine("combine", "adds to", false)
		u.combine("product", "sets", true)
		u.center()
		u.moments()
		u.derive()
		u.multiply()
		u.count()
	}
	Generate()
}

// zero returns a register of zeros.
func (u unit) zero() vec {
	z := u.New()
	if u.Wide() {
		VPXORQ(z, z, z)
	} else {
		VXORPD(z, z, z)
	}
	return z
}

// column returns the address of column i of a panel: a slice is 3 words, the address
// first.
func column(panel reg.Register, i int) reg.Register {
	p := GP64()
	MOVQ(Mem{Base: panel, Disp: 24 * i}, p)
	return p
}

// choose jumps to the code for one number of columns, 1 … tile, on either side.
func choose(name string, number reg.Register) {
	for n := tile; n > 1; n-- {
		CMPQ(number, Imm(uint64(n)))
		JEQ(LabelRef(fmt.Sprintf("%s%d", name, n)))
	}
	JMP(LabelRef(name + "1"))
}
