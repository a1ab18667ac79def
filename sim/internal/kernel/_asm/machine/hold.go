package machine

import "slices"

var (
	held map[Const]Vec // constants in registers
	used []Const       // constants asked for, in order
)

// hold returns the register of a constant, if it has one.
func hold(c Const) Vec {
	used = append(used, c)
	return held[c]
}

// Hold keeps the first n constants that a body uses in registers, from here to the end
// of the function. That is for AVX-512, which has 32 registers, and whose loads are as
// dear as its multiplications. The body is for looking at, and is not appended.
func (u Unit) Hold(n int, body func()) {
	if !u.Wide() {
		return
	}
	outer, ignored := recorded, []func(){}
	recorded, used = &ignored, nil
	body()
	recorded = outer
	for _, c := range slices.Clone(used) {
		if len(held) < n && held[c] == nil {
			held[c] = u.Load(c)
		}
	}
}
