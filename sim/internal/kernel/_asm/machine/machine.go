// Package machine writes one sequence of operations for two vector units: AVX-512
// with 8 lanes and AVX2 with 4. Every operation on numbers is one IEEE operation on
// each lane, so a kernel has the bits of the scalar loop that it spells out.
package machine

import (
	"fmt"
	"math"

	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/gotypes"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Vec is a vector of 64-bit elements.
type Vec = reg.VecVirtual

// Const is a 64-bit constant in all lanes.
type Const uint64

// Asm makes a Const an operand.
func (c Const) Asm() string { return fmt.Sprintf("k%016x<>", uint64(c)) }

// F is a number in all lanes.
func F(x float64) Const { return Const(math.Float64bits(x)) }

// Sign is the sign bit.
const Sign = Const(1 << 63)

// Unit is a vector unit.
type Unit struct {
	Suffix string
	Lanes  int
}

// Units are the vector units.
var Units = []Unit{{"AVX2", 4}, {"AVX512", 8}}

// Wide reports whether the unit is AVX-512.
func (u Unit) Wide() bool { return u.Lanes == 8 }

// New returns a register.
func (u Unit) New() Vec {
	if u.Wide() {
		return ZMM()
	}
	return YMM()
}

// Func begins the function name of the unit, with its doc comment.
func (u Unit) Func(name, signature string, doc ...string) {
	TEXT(name+u.Suffix, NOSPLIT, "func"+signature)
	Doc(append([]string{name + u.Suffix + " " + doc[0]}, doc[1:]...)...)
	Pragma("noescape")
	held = map[Const]Vec{}
}

// Pointer loads a parameter.
func Pointer(name string) reg.Register { return Load(Param(name), GP64()) }

// Result returns from the function with a value.
func Result(x reg.Register) {
	Store(x, ReturnIndex(0))
	End()
}

// End returns from the function.
func End() {
	VZEROUPPER()
	RET()
}

var tables = map[Const]Mem{}

// memory returns the place of a constant, which has it 4 times for AVX2.
func memory(c Const) Mem {
	m, ok := tables[c]
	if !ok {
		m = GLOBL(fmt.Sprintf("k%016x", uint64(c)), RODATA|NOPTR)
		for i := range 4 {
			DATA(8*i, U64(c))
		}
		tables[c] = m
	}
	return m
}

// Load returns the vector at an address, or a constant.
func (u Unit) Load(from Op) Vec {
	x := u.New()
	c, ok := from.(Const)
	switch {
	case ok && hold(c) != nil:
		return u.Copy(hold(c))
	case ok && u.Wide():
		emit(func() { VBROADCASTSD(memory(c), x) })
	case ok:
		emit(func() { VMOVUPD(memory(c), x) })
	default:
		emit(func() { VMOVUPD(from, x) })
	}
	return x
}

// Broadcast returns a parameter in all lanes.
func (u Unit) Broadcast(name string) Vec { return u.broadcast(Param(name)) }

// Element returns element i of a parameter that is an array, in all lanes.
func (u Unit) Element(name string, i int) Vec { return u.broadcast(Param(name).Index(i)) }

func (u Unit) broadcast(c gotypes.Component) Vec {
	x := u.New()
	p, err := c.Resolve()
	if err != nil {
		panic(err)
	}
	VBROADCASTSD(p.Addr, x)
	return x
}

// Store writes a vector.
func (u Unit) Store(x Vec, to Mem) { emit(func() { VMOVUPD(x, to) }) }

// Copy returns a copy.
func (u Unit) Copy(x Vec) Vec {
	y := u.New()
	emit(func() { VMOVAPD(x, y) })
	return y
}

type instruction = func(...Op)

// apply appends x op y for a register, an address or a constant y.
func (u Unit) apply(plain, broadcast instruction, y Op, args ...Op) {
	c, ok := y.(Const)
	scalar, repeat := y.(Repeated)
	switch {
	case repeat:
		emit(func() { broadcast(append([]Op{scalar.Mem}, args...)...) })
	case ok && hold(c) != nil:
		r := hold(c)
		emit(func() { plain(append([]Op{r}, args...)...) })
	case ok && u.Wide():
		emit(func() { broadcast(append([]Op{memory(c)}, args...)...) })
	case ok:
		emit(func() { plain(append([]Op{memory(c)}, args...)...) })
	default:
		emit(func() { plain(append([]Op{y}, args...)...) })
	}
}

func (u Unit) binary(plain, broadcast instruction, x Vec, y Op) Vec {
	z := u.New()
	u.apply(plain, broadcast, y, x, z)
	return z
}

// Add returns x + y.
func (u Unit) Add(x Vec, y Op) Vec { return u.binary(VADDPD, VADDPD_BCST, x, y) }

// Sub returns x − y.
func (u Unit) Sub(x Vec, y Op) Vec { return u.binary(VSUBPD, VSUBPD_BCST, x, y) }

// Mul returns x·y.
func (u Unit) Mul(x Vec, y Op) Vec { return u.binary(VMULPD, VMULPD_BCST, x, y) }

// Div returns x/y.
func (u Unit) Div(x Vec, y Op) Vec { return u.binary(VDIVPD, VDIVPD_BCST, x, y) }

// Max returns max(x, y), y where one is NaN.
func (u Unit) Max(x Vec, y Op) Vec { return u.binary(VMAXPD, VMAXPD_BCST, x, y) }

// Min returns min(x, y), y where one is NaN.
func (u Unit) Min(x Vec, y Op) Vec { return u.binary(VMINPD, VMINPD_BCST, x, y) }

// Sqrt returns √x.
func (u Unit) Sqrt(x Vec) Vec {
	y := u.New()
	emit(func() { VSQRTPD(x, y) })
	return y
}

// FMA returns x·y + z in one rounding, in the register of x.
func (u Unit) FMA(x, y Vec, z Op) Vec {
	u.apply(VFMADD213PD, VFMADD213PD_BCST, z, y, x)
	return x
}

// FMSub returns x·y − z in one rounding, in the register of x.
func (u Unit) FMSub(x Vec, y Op, z Vec) Vec {
	u.apply(VFMSUB132PD, VFMSUB132PD_BCST, y, z, x)
	return x
}

// FNMA returns z − x·y in one rounding, in the register of x.
func (u Unit) FNMA(x, y Vec, z Op) Vec {
	u.apply(VFNMADD213PD, VFNMADD213PD_BCST, z, y, x)
	return x
}

// FNMATo returns z − x·y in one rounding, in the register of z.
func (u Unit) FNMATo(x Vec, y Op, z Vec) Vec {
	u.apply(VFNMADD231PD, VFNMADD231PD_BCST, y, x, z)
	return z
}

// FMATo returns x·y + z in one rounding, in the register of z.
func (u Unit) FMATo(x Vec, y Op, z Vec) Vec {
	u.apply(VFMADD231PD, VFMADD231PD_BCST, y, x, z)
	return z
}

// Abs returns |x|.
func (u Unit) Abs(x Vec) Vec { return u.And(x, ^Sign) }

// Neg returns −x.
func (u Unit) Neg(x Vec) Vec { return u.Xor(x, Sign) }

// CopySign returns |x| with the sign of s.
func (u Unit) CopySign(x, s Vec) Vec {
	if !u.Wide() {
		return u.Or(u.Abs(x), u.And(s, Sign))
	}
	y := u.Copy(x)
	u.apply(func(o ...Op) { VPTERNLOGQ(append([]Op{U8(0xd8)}, o...)...) },
		func(o ...Op) { VPTERNLOGQ_BCST(append([]Op{U8(0xd8)}, o...)...) }, Sign, s, y)
	return y
}

// Pair returns c1·x + c0 in two roundings. It takes no more operations than one rounding
// would, with a load of c1.
func (u Unit) Pair(x Vec, c1, c0 float64) Vec { return u.Add(u.Mul(x, F(c1)), F(c0)) }
