// Command activation writes the assembly of the activations of package kernel, but for
// those of its fused chains. Every function is the scalar code of the same name there,
// operation by operation, with selections for its cases.
package main

import (
	. "github.com/mmcloughlin/avo/build"

	"gradchain/sim/internal/kernel/_asm/formula"
	"gradchain/sim/internal/kernel/_asm/machine"
)

type (
	unit struct{ formula.Unit }
	vec  = machine.Vec
	mask = machine.Mask
)

var f = machine.F

func main() {
	ConstraintExpr("!purego")
	for _, v := range formula.Units() {
		u := unit{v}
		u.piecewise()
		u.exponential()
		u.gated()
		u.errorFunction()
		u.saturating()
		u.trigonometric()
	}
	Generate()
}

// everywhere is for a body that holds for all arguments.
func everywhere(body func(x vec) vec) func(x vec) (vec, mask) {
	return func(x vec) (vec, mask) { return body(x), nil }
}

// zero is 0 in all lanes.
func (u unit) zero() vec { return u.Load(f(0)) }

// one is 1 in all lanes.
func (u unit) one() vec { return u.Load(f(1)) }
