package kernel

import "math"

// leaky is z for z > 0 and slope·z for z < 0.
type leaky struct{ slope float64 }

func (f leaky) Phi(dst, z []float64) {
	same(len(dst), len(z))
	for i, x := range z {
		left := float64(f.slope * x)
		if f.slope == 0 {
			left = 0
		}
		dst[i] = orNaN(pick(x, x, left), x)
	}
}

func (f leaky) DPhi(mant, exp, z []float64) {
	s := steps{-math.SmallestNonzeroFloat64, math.SmallestNonzeroFloat64, f.slope, f.atZero(), 1}
	s.slope(mant, exp, z, f.generic)
}

// atZero is the one-sided derivative of smaller modulus.
func (f leaky) atZero() float64 {
	if math.Abs(f.slope) >= 1 {
		return 1
	}
	return f.slope
}

func (f leaky) generic(mant, exp, z []float64) {
	atZero := f.atZero()
	for i, x := range z {
		d := pick(x, 1, f.slope)
		if x == 0 {
			d = atZero
		}
		mant[i], exp[i] = orNaN(d, x), 0
	}
}

// ramp is (z + shift)/scale with z clipped to [lo, hi].
type ramp struct{ lo, hi, shift, scale float64 }

func (f ramp) Phi(dst, z []float64) {
	same(len(dst), len(z))
	for i, x := range z {
		dst[i] = (max(f.lo, min(x, f.hi)) + f.shift) / f.scale
	}
}

func (f ramp) DPhi(mant, exp, z []float64) {
	s := steps{f.lo, f.hi, 0, 1 / f.scale, 0}
	if f.hi > math.MaxFloat64 {
		s.above = s.at
	}
	s.slope(mant, exp, z, f.generic)
}

func (f ramp) generic(mant, exp, z []float64) {
	for i, x := range z {
		d := 0.0
		if f.lo < x && (x < f.hi || f.hi > math.MaxFloat64) {
			d = 1 / f.scale
		}
		mant[i], exp[i] = orNaN(d, x), 0
	}
}

// hardSwish is z·clip(z + 3, 0, 6)/6.
type hardSwish struct{}

func (hardSwish) Phi(dst, z []float64) {
	same(len(dst), len(z))
	for i, x := range z {
		switch {
		case x >= 3:
		case x <= -3:
			x = math.Copysign(0, -1)
		default:
			x = float64(x*(x+3)) / 6
		}
		dst[i] = x
	}
}

func (hardSwish) DPhi(mant, exp, z []float64) {
	same(len(mant), len(z))
	same(len(exp), len(z))
	for i, x := range z {
		d := (float64(2*x) + 3) / 6
		if x <= -3 {
			d = 0
		}
		if x >= 3 {
			d = 1
		}
		mant[i], exp[i] = d, 0
	}
}
