// Command law writes the assembly of the laws rademacher, truncated_normal and student_t
// of package kernel. Every function is the scalar code of the same name there, operation
// by operation, with selections for its cases.
package main

import (
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

var f = machine.F

func main() {
	ConstraintExpr("!purego")
	for _, v := range formula.Units() {
		u := unit{v}
		u.rademacher()
		u.truncated()
		u.student()
	}
	Generate()
}

// begin begins a sampler, and returns its arguments.
func (u unit) begin(name string) (dst, bits reg.Register) {
	u.Func(name, "(dst *float64, bits *uint64, n int, p [5]float64) int",
		"sets n elements, a multiple of 8, and returns their number, or that of those",
		"before some that are rare.")
	return machine.Pointer("dst"), machine.Pointer("bits")
}

// rademacher is rademacher.Sample; the parameter is s.
func (u unit) rademacher() {
	dst, bits := u.begin("rademacher")
	s := u.Element("p", 0)
	l := u.Elements()
	u.Store(u.Or(u.And(u.Load(l.At(bits)), machine.Sign), s), l.At(dst))
	l.Next()
	l.End()
}

// truncated is truncated.Sample, of sigma 1; the parameters are mass, beyond and k.
func (u unit) truncated() {
	dst, bits := u.begin("truncated")
	mass, beyond, k := u.Element("p", 0), u.Element("p", 1), u.Element("p", 2)
	quantile := func(word vec) (vec, machine.Mask) {
		x := u.Open(word)
		c := u.Mul(u.Mul(u.Sub(u.Load(f(0x1p63)), x), f(0x1p-63)), mass)
		return u.absQuantile(c, u.Add(u.Mul(u.Mul(x, f(0x1p-63)), mass), beyond))
	}
	u.Hold(16, func() { quantile(u.New()) })
	l := u.Elements()
	word := u.Load(l.At(bits))
	q, outer := quantile(word)
	u.JumpAny(outer, "rare")
	q = u.Max(u.Min(q, k), f(0x1p-1074))
	u.Store(u.Or(q, u.Left(word, 63)), l.At(dst))
	l.Next()
	l.End()
}

// student is student.Sample; the parameters are ν and its root. The 8 words of the radius
// come before those of the angle. No value that is not far is beyond float64.
func (u unit) student() {
	dst, bits := u.begin("student")
	nu, root := u.Element("p", 0), u.Element("p", 1)
	value := func(first, second vec) (x vec, far machine.Mask) {
		var r, cos, sin vec
		machine.Interleave(func() { r, far = u.radius(first, nu, root) }, func() { cos, sin = u.Turn(second) })
		cos = u.Xor(cos, u.Left(second, 63))
		return u.Mul(r, u.Select(u.Bit(second, 1), sin, cos)), far
	}
	u.Hold(14, func() { value(u.New(), u.New()) })
	i, n := GP64(), machine.Pointer("n")
	XORQ(i, i)
	Label("next")
	for half := 0; half < 64; half += 8 * u.Lanes {
		x, far := value(u.Load(Mem{Base: bits, Disp: half}), u.Load(Mem{Base: bits, Disp: 64 + half}))
		u.JumpAny(far, "rare")
		u.Store(x, Mem{Base: dst, Index: i, Scale: 8, Disp: half})
	}
	ADDQ(Imm(128), bits)
	ADDQ(Imm(8), i)
	CMPQ(i, n)
	JL(LabelRef("next"))
	Label("rare")
	machine.Result(i)
}

// radius is √(ν(u^(−2/ν) − 1)), but where e^y is far.
func (u unit) radius(word, nu, root vec) (r vec, far machine.Mask) {
	y := u.Div(u.MinusLog(word), nu)
	far = u.Compare(machine.Greater, y, f(600))
	q := u.Minus1(u.Grow(y))
	return u.Mul(u.Mul(root, u.Sqrt(q)), u.Sqrt(u.Add(q, f(2)))), far
}
