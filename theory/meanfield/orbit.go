package meanfield

import "math"

// orbit iterates an increasing map of the numbers above 0, whose iterates are monotone.
// Where they move slowly, 2^j steps at once are interpolated for j = 0, 1, 2, … (file
// leap.go), so that a million steps cost some hundred values of the map.
type orbit struct {
	next      func(x float64) float64
	noise     func(x float64) float64 // relative rounding error of next
	near, far linear
}

// linear is a stretch of an end of the line, beyond the edge, on which the map multiplies
// by e^rate up to rounding. The zero value is none.
type linear struct{ edge, rate float64 }

// directSteps is the number of steps between two attempts to leap.
const directSteps = 32

// at returns the n-th iterate of x; NaN or an infinity as soon as that comes.
func (o orbit) at(x float64, n int) float64 {
	for n > 0 {
		switch {
		case 0 < x && x < o.near.edge && o.near.rate != 0:
			x, n = o.near.multiply(x, n, o.near.rate > 0)
		case o.far.edge > 0 && x > o.far.edge && o.far.rate != 0:
			x, n = o.far.multiply(x, n, o.far.rate < 0)
		}
		var growth float64
		for range min(n, directSteps) {
			y := o.next(x)
			if y == x || math.IsNaN(y) || math.IsInf(y, 1) {
				return y
			}
			growth = math.Log(y / x)
			x = y
			n--
		}
		x, n = o.leap(x, n, growth)
	}
	return x
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

// relativeNoise is that of a number.
func relativeNoise(float64) float64 { return 0x1p-52 }
