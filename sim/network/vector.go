package network

import (
	"math"

	"gradchain/sim/internal/kernel"
)

// vector is v·2^exp, exp a whole number, so that signals and gradients of any depth
// neither under- nor overflow.
type vector struct {
	v      []float64
	exp    float64
	square float64 // Σ v²
}

// The ends of ‖v‖² of a settled vector, unless it is 0. A layer leaves the norm of a
// vector within 2^±400, with the limits of package model, and products of two of these
// are numbers.
const (
	lowest  = 0x1p-600
	highest = 0x1p600
)

// settle sets square, and brings v between the ends if it has left them.
func (x *vector) settle() {
	x.measure()
	x.bound()
}

// bound brings a v whose square is set between the ends if it has left them.
func (x *vector) bound() {
	if x.square >= lowest && x.square <= highest {
		return
	}
	largest := 0.0
	for _, v := range x.v {
		largest = max(largest, math.Abs(v))
	}
	if largest == 0 {
		x.exp, x.square = 0, 0
		return
	}
	shift := float64(math.Ilogb(largest))
	for i, v := range x.v {
		x.v[i] = ldexp(v, -shift)
	}
	x.exp += shift
	x.measure()
}

// measure sets square.
func (x *vector) measure() { x.square = kernel.Dot(x.v, x.v) }

// logNorm returns log‖v·2^exp‖, −Inf for 0.
func (x *vector) logNorm() float64 {
	return float64(kernel.Log(x.square)*0.5) + float64(x.exp*math.Ln2)
}

// lanes is what the words of a stream come in.
const lanes = 8

// scale multiplies x by a.
func scale(x []float64, a float64) {
	for i, v := range x {
		x[i] = float64(a * v)
	}
}

// ldexp is x·2^exp for any exponent.
func ldexp(x, exp float64) float64 {
	if exp == 0 {
		return x
	}
	return math.Ldexp(x, int(max(-5000, min(exp, 5000))))
}

// times is x·2^exp for a whole exp ≤ 1023, and 0 for every x where 2^exp is below the
// normal numbers.
func times(x, exp float64) float64 {
	if exp < -1022 {
		return 0
	}
	return float64(x * math.Float64frombits(uint64(int64(exp)+1023)<<52))
}

// resize returns a slice of length n, in the memory of x where that suffices.
func resize[T any](x []T, n int) []T {
	if cap(x) < n {
		return make([]T, n)
	}
	return x[:n]
}
