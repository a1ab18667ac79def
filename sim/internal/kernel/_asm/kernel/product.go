package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"

	"gradchain/sim/internal/kernel/_asm/machine"
)

// factors are the operands of one step of LogAccumulator.Multiply: a product m·2^e and
// its factor w·mant, each asked for where it is needed.
type factors struct{ m, e, w, mant func() vec }

// loaded is a vector in memory, kept one in a register.
func (u unit) loaded(from Op) func() vec { return func() vec { return u.Load(from) } }

func kept(x vec) func() vec { return func() vec { return x } }

// multiply is LogAccumulator.Multiply.
func (u unit) multiply() {
	u.Func("multiply", "(m, e, w, mant, exp *float64, n int) int",
		"multiplies n products, a multiple of 8, and returns their number, or that of those",
		"before some that leave the window with a subnormal operand.")
	m, e, w := machine.Pointer("m"), machine.Pointer("e"), machine.Pointer("w")
	mant, exp := machine.Pointer("mant"), machine.Pointer("exp")
	u.Hold(4, func() { u.within(u.New()) })
	l := u.Elements()
	product := u.Mul(u.Mul(u.Load(l.At(w)), l.At(mant)), l.At(m))
	inside := u.within(product)
	u.JumpNotAll(inside, "outside")
	u.Store(product, l.At(m))
	u.Store(u.Add(u.Load(l.At(e)), l.At(exp)), l.At(e))
	l.Next()
	JMP(LabelRef("rare"))
	Label("outside")
	x := factors{u.loaded(l.At(m)), u.loaded(l.At(e)), u.loaded(l.At(w)), u.loaded(l.At(mant))}
	alive := u.alive(x, inside)
	u.JumpAny(alive, "wide")
	u.Store(u.Select(inside, product, x.m()), l.At(m))
	u.Store(u.Add(x.e(), l.At(exp)), l.At(e))
	l.Next()
	JMP(LabelRef("rare"))
	Label("wide")
	product, sum := u.wide(x, product, inside, alive, "rare")
	u.Store(product, l.At(m))
	u.Store(u.Add(sum, l.At(exp)), l.At(e))
	l.Next()
	l.End()
}

// scale is LogAccumulator.Scale.
func (u unit) scale() {
	u.Func("scale", "(m, e, x *float64, n int) int",
		"multiplies n products, a multiple of 8, and returns their number, or that of those",
		"before some that leave the window with a subnormal operand.")
	m, e, w := machine.Pointer("m"), machine.Pointer("e"), machine.Pointer("x")
	u.Hold(4, func() { u.within(u.New()) })
	l := u.Elements()
	product := u.Mul(u.Load(l.At(m)), l.At(w))
	inside := u.within(product)
	u.JumpNotAll(inside, "outside")
	u.Store(product, l.At(m))
	l.Next()
	JMP(LabelRef("rare"))
	Label("outside")
	x := factors{u.loaded(l.At(m)), u.loaded(l.At(e)), u.loaded(l.At(w)), u.loaded(f(1))}
	product, sum := u.wide(x, product, inside, u.alive(x, inside), "rare")
	u.Store(product, l.At(m))
	u.Store(sum, l.At(e))
	l.Next()
	l.End()
}

const window = 500

// within is the mask of mantissas in [2^−window, 2^window).
func (u unit) within(m vec) machine.Mask {
	const first = (1023 - window) << 52
	return u.Below(u.SubInt(u.And(m, ^machine.Sign), machine.Const(first)), 2*window<<52)
}

// alive is the mask of products that are not inside and not 0.
func (u unit) alive(x factors, inside machine.Mask) machine.Mask {
	return u.AndNotMask(u.Compare(machine.NotEqual, x.m(), f(0)), inside)
}

// wide is LogAccumulator.wide for the lanes of outside. It returns m and e but for exp.
// For a subnormal operand it jumps to label rare, if there is one.
func (u unit) wide(x factors, product vec, inside, outside machine.Mask, rare string) (m, e vec) {
	m, e = u.normalize(x.m(), outside, rare)
	for _, factor := range []func() vec{x.w, x.mant} {
		fraction, exponent := u.normalize(factor(), outside, rare)
		m, e = u.Mul(m, fraction), u.Add(e, exponent)
	}
	m, k := u.normalize(m, outside, rare)
	old := x.e()
	e = u.Select(outside, u.Add(old, u.Add(e, k)), old)
	return u.Select(inside, product, u.Select(outside, m, x.m())), e
}

// normalize is normalize, of numbers that are not subnormal.
func (u unit) normalize(x vec, lanes machine.Mask, rare string) (m, e vec) {
	if rare != "" {
		small := u.Compare(machine.Less, u.And(x, ^machine.Sign), f(0x1p-1022))
		u.JumpAny(u.AndMask(lanes, u.AndNotMask(small, u.Compare(machine.Equal, x, f(0)))), rare)
	}
	field := u.Right(u.Left(x, 1), 53)
	normal := u.Below(u.SubInt(field, machine.Const(1)), 2046)
	m = u.Or(u.And(x, ^machine.Const(0x7ff<<52)), f(1))
	return u.Select(normal, m, x), u.Select(normal, u.Sub(u.Small(field), f(1023)), u.Load(f(0)))
}
