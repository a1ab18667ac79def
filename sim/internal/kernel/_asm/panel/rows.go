package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"gradchain/sim/internal/kernel/_asm/machine"
)

// rows is a loop over the elements of all columns x and y, some of every column at a
// time.
type rows struct {
	unit
	x, y, columns, k, n reg.Register
	vectors             int
}

// rows returns the loop of a function with these parameters.
func (u unit) rows() rows {
	r := rows{unit: u, y: machine.Pointer("y"), x: machine.Pointer("x"), columns: machine.Pointer("columns"), n: machine.Pointer("n")}
	r.k = GP64()
	XORQ(r.k, r.k)
	return r
}

// do visits the elements in several vectors at once while there are so many.
func (r rows) do(visit func(r rows, name string)) {
	r.vectors = 4
	if r.Wide() {
		r.loop("four", visit)
	}
	r.vectors = 8 / r.Lanes
	r.loop("one", visit)
	machine.End()
}

func (r rows) loop(name string, visit func(r rows, name string)) {
	Label(name)
	left := GP64()
	MOVQ(r.n, left)
	SUBQ(r.k, left)
	CMPQ(left, Imm(uint64(r.vectors*r.Lanes)))
	JL(LabelRef(name + "done"))
	visit(r, name)
	ADDQ(Imm(uint64(r.vectors*r.Lanes)), r.k)
	JMP(LabelRef(name))
	Label(name + "done")
}

// each visits the columns, of which there are some, with the places of vector v.
func (r rows) each(name string, visit func(x, y func(v int) Mem)) {
	x, y, left := GP64(), GP64(), GP64()
	MOVQ(r.x, x)
	MOVQ(r.y, y)
	MOVQ(r.columns, left)
	Label(name)
	p, q := GP64(), GP64()
	MOVQ(Mem{Base: x}, p)
	MOVQ(Mem{Base: y}, q)
	visit(func(v int) Mem { return r.at(p, v) }, func(v int) Mem { return r.at(q, v) })
	ADDQ(Imm(24), x)
	ADDQ(Imm(24), y)
	DECQ(left)
	JNE(LabelRef(name))
}

// at is the place of vector v of a column.
func (r rows) at(p reg.Register, v int) Mem {
	return Mem{Base: p, Index: r.k, Scale: 8, Disp: 8 * r.Lanes * v}
}

// vecs returns a register for each vector.
func (r rows) vecs(f func(v int) vec) []vec {
	x := make([]vec, r.vectors)
	for v := range x {
		x[v] = f(v)
	}
	return x
}

// loads returns the vectors of a column.
func (r rows) loads(p reg.Register) []vec {
	return r.vecs(func(v int) vec { return r.Load(r.at(p, v)) })
}

func (r rows) zeros() []vec { return r.vecs(func(int) vec { return r.zero() }) }

func (u unit) center() {
	u.Func("center", "(y, x *[]float64, columns int, per float64, square *float64, n int)",
		"sets n elements, a multiple of 8, of columns y to those of x less their mean, and square",
		"to the sum of their squares; per is 1/columns.")
	r, square := u.rows(), machine.Pointer("square")
	per := u.Broadcast("per")
	r.do(func(r rows, name string) {
		origin, sum := GP64(), r.zeros()
		MOVQ(Mem{Base: r.x}, origin)
		first := r.loads(origin)
		r.each(name+"sum", func(x, _ func(int) Mem) {
			for v := range sum {
				VADDPD(r.Sub(r.Load(x(v)), first[v]), sum[v], sum[v])
			}
		})
		for v := range sum {
			VMULPD(per, sum[v], sum[v])
		}
		squares := r.zeros()
		r.each(name+"square", func(x, y func(int) Mem) {
			for v := range sum {
				d := r.Sub(r.Sub(r.Load(x(v)), first[v]), sum[v])
				r.Store(d, y(v))
				r.FMATo(d, d, squares[v])
			}
		})
		for v := range squares {
			r.Store(squares[v], r.at(square, v))
		}
	})
}

func (u unit) moments() {
	u.Func("moments", "(y, x *[]float64, columns int, sum, along *float64, n int)",
		"sets sum to that of columns x, and along to that of the products x·y, for n elements, a",
		"multiple of 8.")
	r, to, products := u.rows(), machine.Pointer("sum"), machine.Pointer("along")
	r.do(func(r rows, name string) {
		sum, along := r.zeros(), r.zeros()
		r.each(name+"column", func(x, y func(int) Mem) {
			for v := range sum {
				d := r.Load(x(v))
				VADDPD(d, sum[v], sum[v])
				r.FMATo(d, y(v), along[v])
			}
		})
		for v := range sum {
			r.Store(sum[v], r.at(to, v))
			r.Store(along[v], r.at(products, v))
		}
	})
}

func (u unit) derive() {
	u.Func("derive", "(y, x *[]float64, columns int, mean, along, inverse *float64, n int)",
		"sets n elements, a multiple of 8, of columns x to inverse·((x − mean) − along·y).")
	r, mean, along, inverse := u.rows(), machine.Pointer("mean"), machine.Pointer("along"), machine.Pointer("inverse")
	r.do(func(r rows, name string) {
		m, a, s := r.loads(mean), r.loads(along), []vec(nil)
		if r.Wide() {
			s = r.loads(inverse)
		}
		r.each(name+"column", func(x, y func(int) Mem) {
			for v := range m {
				d := r.FNMATo(a[v], y(v), r.Sub(r.Load(x(v)), m[v]))
				if r.Wide() {
					d = r.Mul(d, s[v])
				} else {
					d = r.Mul(d, r.at(inverse, v))
				}
				r.Store(d, x(v))
			}
		})
	})
}

func (u unit) multiply() {
	u.Func("elements", "(x, y *float64, n int)", "multiplies n elements of x, a multiple of 8, by those of y.")
	x, y := machine.Pointer("x"), machine.Pointer("y")
	l := u.Elements()
	u.Store(u.Mul(u.Load(l.At(x)), l.At(y)), l.At(x))
	l.Next()
	machine.End()
}

func (u unit) count() {
	u.Func("count", "(x *float64, limit float64, n int) (zero, below int)",
		"counts those of n elements, a multiple of 8, that are 0 and of modulus below a limit.")
	x, limit := machine.Pointer("x"), u.Broadcast("limit")
	none, zero, below := u.zero(), GP64(), GP64()
	XORQ(zero, zero)
	XORQ(below, below)
	l := u.Elements()
	v := u.Load(l.At(x))
	for _, c := range []struct {
		sum  reg.Register
		mask machine.Mask
	}{{zero, u.Compare(machine.Equal, v, none)}, {below, u.Compare(machine.Less, u.Abs(v), limit)}} {
		bits := u.Bits(c.mask)
		POPCNTL(bits, bits)
		ADDQ(bits.As64(), c.sum)
	}
	l.Next()
	Store(zero, ReturnIndex(0))
	Store(below, ReturnIndex(1))
	machine.End()
}
