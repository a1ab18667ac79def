package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"

	"gradchain/sim/internal/kernel/_asm/formula"
	"gradchain/sim/internal/kernel/_asm/machine"
)

// fused is steps of a chain with two normal values, all in registers: the words of the
// generators, NormalPairs, Affine, bell and Multiply. A group goes through four stages,
// and the stages of four groups go on beside each other, because a processor cannot see
// far enough ahead to begin with a group while it waits for another. The groups of one
// step follow those of the step before without a pause.
type fused struct {
	unit
	scale, gain    float64
	sigmaW, sigmaZ machine.Repeated
	state          [4]vec
	square, angle  vec // after stage 1: r² and the word of the angle
	w, z           vec // after stage 2, z > 0
	factor         vec // after stage 3: w,
	top, bottom, k vec // and φ′ = top/bottom·2^k
	m, e           Mem
	later          []func() // code for rare cases, after the end
}

func (u unit) chain(name string, scale, gain float64) {
	u.Func(name, "(s *[4][8]uint64, m, e *float64, n, steps int, sigmaW, sigmaZ float64)",
		"multiplies n products, a multiple of 8, of at least 32, steps times, steps > 0.")
	s, m, e, n := machine.Pointer("s"), machine.Pointer("m"), machine.Pointer("e"), machine.Pointer("n")
	i, zero, groups := GP64(), GP64(), machine.Pointer("steps")
	c := &fused{unit: u, scale: scale, gain: gain}
	c.m, c.e = Mem{Base: m, Index: i, Scale: 8}, Mem{Base: e, Index: i, Scale: 8}
	c.sigmaW, c.sigmaZ = machine.Parameter("sigmaW"), machine.Parameter("sigmaZ")
	for k := range c.state {
		c.state[k] = u.Load(Mem{Base: s, Disp: 64 * k})
	}
	for _, v := range []*vec{&c.square, &c.angle, &c.w, &c.z, &c.factor, &c.top, &c.bottom, &c.k} {
		*v = u.New()
	}
	XORQ(zero, zero)
	XORQ(i, i)
	IMULQ(n, groups)
	SHRQ(Imm(3), groups)
	SUBQ(Imm(3), groups)
	next := func() {
		ADDQ(Imm(8), i)
		CMPQ(i, n)
		CMOVQEQ(zero, i)
	}
	c.stages(c.first)
	c.stages(c.second, c.first)
	c.stages(c.third, c.second, c.first)
	Label("next")
	c.fourth("next", next, c.third, c.second, c.first)
	DECQ(groups)
	JNE(LabelRef("next"))
	c.fourth("third", next, c.third, c.second)
	c.fourth("second", next, c.third)
	c.fourth("last", next)
	for k := range c.state {
		u.Store(c.state[k], Mem{Base: s, Disp: 64 * k})
	}
	machine.End()
	for _, code := range c.later {
		code()
	}
}

// A stage returns what to set to what after all stages beside it, which need the old values.
type stage func() [][2]vec

// stages does stages of as many groups, the last stage first.
func (c *fused) stages(of ...stage) { c.move(c.beside(of)) }

func (c *fused) beside(of []stage) (moves [][2]vec) {
	var parts []func()
	for _, s := range of {
		parts = append(parts, func() { moves = append(moves, s()...) })
	}
	machine.Interleave(parts...)
	return moves
}

func (c *fused) move(moves [][2]vec) {
	for _, v := range moves {
		VMOVAPD(v[1], v[0])
	}
}

func (c *fused) first() [][2]vec {
	l := c.MinusLog(machine.XoshiroBeside(c.Unit.Unit, &c.state))
	return [][2]vec{{c.square, c.Add(l, l)}, {c.angle, machine.XoshiroBeside(c.Unit.Unit, &c.state)}}
}

// second leaves out the sign of z, which does not count.
func (c *fused) second() [][2]vec {
	cos, sin := c.Turn(c.angle)
	r, straight := c.Sqrt(c.square), c.NoBit(c.angle, 1)
	cos, sin = c.Mul(r, cos), c.Mul(r, sin)
	w := c.SelectXor(straight, cos, c.Left(c.angle, 63), sin)
	z := c.SelectAbs(straight, sin, cos)
	return [][2]vec{{c.w, c.Mul(w, c.sigmaW)}, {c.z, c.Mul(z, c.sigmaZ)}}
}

// third is bell where nothing is far or low, but for the division.
func (c *fused) third() [][2]vec {
	x := c.z
	if c.scale != 1 {
		x = c.Mul(x, f(c.scale))
	}
	r, k := c.reduce(x)
	top, bottom := c.ratio(r, k, c.gain)
	return [][2]vec{{c.top, top}, {c.bottom, bottom}, {c.k, k}, {c.factor, c.w}}
}

// fourth is Multiply, with other stages beside it.
func (c *fused) fourth(label string, next func(), others ...stage) {
	var mant, product, sum vec
	var inside machine.Mask
	multiply := func() [][2]vec {
		mant = c.Div(c.top, c.bottom)
		product, sum = c.Mul(c.Mul(c.factor, mant), c.m), c.Add(c.k, c.e)
		inside = c.within(product)
		return nil
	}
	moves := c.beside(append([]stage{multiply}, others...))
	c.JumpNotAll(inside, label+"Outside")
	Label(label + "Inside")
	c.Store(product, c.m)
	c.Store(sum, c.e)
	c.move(moves)
	next()
	c.later = append(c.later, func() {
		Label(label + "Outside")
		c.outside(label, mant, product, sum, inside)
	})
}

// outside is LogAccumulator.wide of the lanes that are not inside. All factors are
// normal, and their products too.
func (c *fused) outside(label string, mant, product, sum vec, inside machine.Mask) {
	oldM, oldE := c.Load(c.m), c.Load(c.e)
	x := factors{kept(oldM), kept(oldE), kept(c.factor), kept(mant)}
	alive := c.alive(x, inside)
	c.JumpAny(c.Endless(oldM), label+"Endless")
	p := c.Mul(c.Mul(c.Fraction(oldM), c.factor), mant)
	more := c.Add(c.Add(oldE, c.Add(c.Exponent(oldM), c.Exponent(p))), c.k)
	VMOVAPD(c.Select(inside, product, c.Select(alive, c.Fraction(p), oldM)), product)
	VMOVAPD(c.Select(alive, more, sum), sum)
	JMP(LabelRef(label + "Inside"))
	Label(label + "Endless")
	p, s := c.wide(x, product, inside, alive, "")
	VMOVAPD(p, product)
	VMOVAPD(c.Add(s, c.k), sum)
	JMP(LabelRef(label + "Inside"))
}

// reduce is reduce of −x for x > 0, in the register of x.
func (c *fused) reduce(x vec) (r, k vec) {
	k = c.Round(c.Mul(x, f(-formula.Log2E)))
	r = c.FNMSubTo(k, f(formula.Ln2), x)
	return c.FNMATo(k, f(formula.Ln2Lo), r), k
}
