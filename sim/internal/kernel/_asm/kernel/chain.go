package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"gradchain/sim/internal/kernel/_asm/machine"
)

// fused is a step of a chain with two normal values, all in registers: the words of the
// generators, NormalPairs, Affine, bell and Multiply. A group goes through three
// stages, and the stages of three groups go on beside each other, because a processor
// cannot see far enough ahead to begin with a group while it waits for another.
type fused struct {
	unit
	scale, gain    float64
	sigmaW, sigmaZ vec
	state          [4]vec
	square, angle  vec // after stage 1: r² and the word of the angle
	w, z           vec // after stage 2
	m, e           reg.Register
	i              reg.Register
	later          []func() // code for rare cases, after the end
}

func (u unit) chain(name string, scale, gain float64) {
	u.Func(name, "(s *[4][8]uint64, m, e *float64, n int, sigmaW, sigmaZ float64)",
		"multiplies n products, a multiple of 8, of at least 24.")
	s, m, e, n := machine.Pointer("s"), machine.Pointer("m"), machine.Pointer("e"), machine.Pointer("n")
	c := &fused{unit: u, scale: scale, gain: gain, m: m, e: e, i: GP64()}
	c.sigmaW, c.sigmaZ = u.Broadcast("sigmaW"), u.Broadcast("sigmaZ")
	for k := range c.state {
		c.state[k] = u.Load(Mem{Base: s, Disp: 64 * k})
	}
	XORQ(c.i, c.i)
	SUBQ(Imm(16), n)
	c.square, c.angle = c.radius()
	c.w, c.z = c.turned()
	c.take(c.square, c.angle, c.w, c.z)
	square, angle := c.radius()
	c.take(square, angle, c.w, c.z)

	Label("next")
	c.stages("next", true, true)
	CMPQ(c.i, n)
	JL(LabelRef("next"))
	c.stages("second", true, false)
	c.stages("last", false, false)
	for k := range c.state {
		u.Store(c.state[k], Mem{Base: s, Disp: 64 * k})
	}
	machine.End()
	for _, code := range c.later {
		code()
	}
}

// take sets what goes from stage to stage.
func (c *fused) take(square, angle, w, z vec) {
	for _, v := range [][2]vec{{square, c.square}, {angle, c.angle}, {w, c.w}, {z, c.z}} {
		if v[0] != v[1] {
			VMOVAPD(v[0], v[1])
		}
	}
}

// radius is stage 1.
func (c *fused) radius() (square, angle vec) {
	l := c.MinusLog(machine.Xoshiro(c.Unit.Unit, &c.state))
	return c.Add(l, l), machine.Xoshiro(c.Unit.Unit, &c.state)
}

// turned is stage 2.
func (c *fused) turned() (w, z vec) {
	cos, sin := c.Turn(c.angle)
	w, z = c.mirror(c.Sqrt(c.square), cos, sin, c.angle)
	return c.Mul(w, c.sigmaW), c.Mul(z, c.sigmaZ)
}

// stages does stage 3 of a group, which is bell where nothing is far or low, and
// Multiply, and beside it stage 2 of the next group and stage 1 of the one after.
func (c *fused) stages(label string, two, one bool) {
	var oldM, oldE, mant, exp, product vec
	var inside machine.Mask
	square, angle, w, z := c.square, c.angle, c.w, c.z
	m, e := Mem{Base: c.m, Index: c.i, Scale: 8}, Mem{Base: c.e, Index: c.i, Scale: 8}
	parts := []func(){func() {
		oldM, oldE = c.Load(m), c.Load(e)
		y := c.z
		if c.scale != 1 {
			y = c.Mul(y, f(c.scale))
		}
		r, k := c.Reduce(c.Or(y, machine.Sign))
		mant, exp = c.slope(r, c.Power(k), c.gain), k
		product = c.Mul(c.Mul(c.w, mant), oldM)
		inside = c.within(product)
	}}
	if two {
		parts = append(parts, func() { w, z = c.turned() })
	}
	if one {
		parts = append(parts, func() { square, angle = c.radius() })
	}
	machine.Interleave(parts...)
	c.JumpNotAll(inside, label+"Outside")
	Label(label + "Inside")
	c.Store(product, m)
	c.Store(c.Add(oldE, exp), e)
	c.take(square, angle, w, z)
	ADDQ(Imm(8), c.i)
	c.later = append(c.later, func() {
		Label(label + "Outside")
		x := factors{kept(oldM), kept(oldE), kept(c.w), kept(mant)}
		p, s := c.wide(x, product, inside, c.alive(x, inside), "")
		VMOVAPD(p, product)
		VMOVAPD(s, oldE)
		JMP(LabelRef(label + "Inside"))
	})
}
