package formula

import (
	"fmt"

	"gradchain/sim/internal/kernel/_asm/machine"
)

// arity is the number of parameters that an activation may have.
const arity = 5

// Derivative is DPhi of an activation. The body returns φ′(x) = m·2^k, and the lanes
// where that holds, nil for all.
func (u Unit) Derivative(name string, body func(x vec) (m, k vec, good machine.Mask)) {
	u.derivative(name, "", func(x vec, _ []vec) (m, k vec, good machine.Mask) { return body(x) })
}

// DerivativeOf is Derivative of an activation with parameters.
func (u Unit) DerivativeOf(name string, body func(x vec, p []vec) (m, k vec, good machine.Mask)) {
	u.derivative(name, parameters, body)
}

// Value is Phi of an activation. The body returns φ(x), and the lanes where that holds,
// nil for all.
func (u Unit) Value(name string, body func(x vec) (y vec, good machine.Mask)) {
	u.value(name, "", func(x vec, _ []vec) (y vec, good machine.Mask) { return body(x) })
}

// ValueOf is Value of an activation with parameters.
func (u Unit) ValueOf(name string, body func(x vec, p []vec) (y vec, good machine.Mask)) {
	u.value(name, parameters, body)
}

func (u Unit) derivative(name, more string, body func(x vec, p []vec) (m, k vec, good machine.Mask)) {
	u.begin(name+"Slope", "mant, exp, z", more)
	mant, exp, z := machine.Pointer("mant"), machine.Pointer("exp"), machine.Pointer("z")
	p := u.parameters(more, func(p []vec) { body(u.New(), p) })
	l := u.Elements()
	m, k, good := body(u.Load(l.At(z)), p)
	u.leave(good)
	u.Store(m, l.At(mant))
	u.Store(k, l.At(exp))
	l.Next()
	l.End()
}

func (u Unit) value(name, more string, body func(x vec, p []vec) (y vec, good machine.Mask)) {
	u.begin(name+"Value", "dst, z", more)
	dst, z := machine.Pointer("dst"), machine.Pointer("z")
	p := u.parameters(more, func(p []vec) { body(u.New(), p) })
	l := u.Elements()
	y, good := body(u.Load(l.At(z)), p)
	u.leave(good)
	u.Store(y, l.At(dst))
	l.Next()
	l.End()
}

var parameters = fmt.Sprintf(", p [%d]float64", arity)

func (u Unit) begin(name, arrays, more string) {
	u.Func(name, fmt.Sprintf("(%s *float64, n int%s) int", arrays, more),
		"sets n elements, a multiple of 8, and returns their number, or that of those",
		"before some argument that is NaN or large.")
}

// parameters returns the parameters, if there are some, and holds the constants of the
// body.
func (u Unit) parameters(more string, body func(p []vec)) []vec {
	var p []vec
	for i := 0; more != "" && i < arity; i++ {
		p = append(p, u.Element("p", i))
	}
	u.Hold(16, func() { body(p) })
	return p
}

// leave goes to the scalar code unless all lanes are good.
func (u Unit) leave(good machine.Mask) {
	if good != nil {
		u.JumpNotAll(good, "rare")
	}
}
