// Command kernel writes the assembly of package kernel. Every function is the scalar
// code of the same name there, operation by operation.
package main

import (
	. "github.com/mmcloughlin/avo/build"

	"gradchain/sim/internal/kernel/_asm/formula"
	"gradchain/sim/internal/kernel/_asm/machine"
)

type (
	unit struct{ formula.Unit }
	vec  = machine.Vec
)

var f = machine.F

func main() {
	ConstraintExpr("!purego")
	for _, v := range formula.Units() {
		u := unit{v}
		u.pairs()
		u.activations()
		u.laws()
		u.affine()
		u.lognormal()
		u.dot()
		u.axpy()
		u.multiply()
		u.scale()
		u.logs()
		if u.Wide() {
			u.chain("sigmoidChain", 1, 1)
			u.chain("tanhChain", 2, 4)
		}
	}
	Generate()
}
