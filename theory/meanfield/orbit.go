package meanfield

import (
	"fmt"
	"math"
)

// orbit iterates an increasing map of the numbers above 0, whose iterates are monotone.
// Where they move slowly, 2^j steps at once are interpolated for j = 0, 1, 2, … (file
// leap.go), so that 10^18 steps cost some thousand values of the map.
type orbit struct {
	growth    func(x float64) float64 // logarithm of the factor by which the map multiplies x
	noise     func(x float64) float64 // rounding error of growth, beyond that of a number
	near, far linear
}

// ulp is the relative rounding error of a number.
const ulp = 0x1p-52

// linear is a stretch of an end of the line, beyond the edge, on which the map multiplies
// by e^rate up to rounding. The zero value is none.
type linear struct{ edge, rate float64 }

const (
	// directSteps is the number of steps between two attempts to leap.
	directSteps = 32
	// mostSteps is that of direct steps: a fraction of a second.
	mostSteps = 20_000
)

// at returns the n-th iterate of x, 0 of 0; NaN or an infinity as soon as that comes. It is an error
// if too many steps can be taken only one by one.
func (o orbit) at(x float64, n int) (float64, error) {
	total := n
	for taken := 0; n > 0 && x != 0; taken += directSteps {
		switch {
		case 0 < x && x < o.near.edge && o.near.rate != 0:
			x, n = o.near.multiply(x, n, o.near.rate > 0)
		case o.far.edge > 0 && x > o.far.edge && o.far.rate != 0:
			x, n = o.far.multiply(x, n, o.far.rate < 0)
		}
		if taken >= mostSteps {
			return 0, fmt.Errorf("%d layers cannot be followed, it moves too slowly; want depth <= %d", total, total-n)
		}
		var growth float64
		for range min(n, directSteps) {
			last := growth
			growth = o.growth(x)
			y, noise := x*math.Exp(growth), o.noise(x)
			rests := growth == 0 || noise > 0 && (y == x || math.Abs(growth) <= noise || growth*last < 0)
			if rests || math.IsNaN(y) || math.IsInf(y, 1) {
				return y, nil
			}
			x = y
			n--
		}
		x, n = o.leap(x, n, growth)
	}
	return x, nil
}

// multiply takes n steps, or where the orbit comes back as many as there is room for, and
// returns how many are left.
func (l linear) multiply(x float64, n int, back bool) (float64, int) {
	steps := float64(n)
	if back {
		steps = min(steps, math.Ceil(math.Log(l.edge/x)/l.rate))
	}
	return x * math.Exp(steps*l.rate), n - int(steps)
}

// leap takes many steps at once where x grows by the factor e^growth per step, if that is
// slow enough, and returns how many are left.
func (o orbit) leap(x float64, n int, growth float64) (float64, int) {
	for _, ratio := range [...]float64{16, 2, 1.125} {
		length := math.Copysign(math.Log(ratio), growth)
		if room := length / growth; !(min(room, float64(n)) > 2*leapPoints) || math.Log(x)+length < -690 {
			break
		}
		if levels := o.levels(math.Log(x), length); len(levels) > 0 {
			s, left := run(levels, n)
			return x * math.Exp(math.Copysign(s, length)), left
		}
	}
	return x, n
}
