package kernel

import "math"

// leaky is z for z > 0 and slope·z for z < 0.
type leaky struct{ slope float64 }

func (f leaky) Phi(dst, z []float64) {
	if f.slope == 0 {
		valuesOf(&clipValues, params{0, math.Inf(1), 0}, dst, z, f.phi)
		return
	}
	valuesOf(&leakyValues, params{f.slope}, dst, z, f.phi)
}

func (f leaky) phi(dst, z []float64) {
	for i, x := range z {
		left := float64(f.slope * x)
		if f.slope == 0 {
			left = 0
		}
		dst[i] = orNaN(pick(x, x, left), x)
	}
}

func (f leaky) DPhi(mant, exp, z []float64) {
	const least = math.SmallestNonzeroFloat64
	slopesOf(&stepsSlopes, params{-least, least, f.slope, f.atZero(), 1}, mant, exp, z, f.steps)
}

// atZero is the one-sided derivative of smaller modulus.
func (f leaky) atZero() float64 {
	if math.Abs(f.slope) >= 1 {
		return 1
	}
	return f.slope
}

func (f leaky) steps(mant, exp, z []float64) {
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
	v := &rampValues
	if f.scale == 1 {
		v = &clipValues
	}
	valuesOf(v, params{f.lo, f.hi, f.shift, f.scale}, dst, z, f.phi)
}

func (f ramp) phi(dst, z []float64) {
	for i, x := range z {
		dst[i] = (max(f.lo, min(x, f.hi)) + f.shift) / f.scale
	}
}

func (f ramp) DPhi(mant, exp, z []float64) {
	above := 0.0
	if f.hi > math.MaxFloat64 {
		above = 1 / f.scale
	}
	slopesOf(&stepsSlopes, params{f.lo, f.hi, 0, 1 / f.scale, above}, mant, exp, z, f.steps)
}

func (f ramp) steps(mant, exp, z []float64) {
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

func (f hardSwish) Phi(dst, z []float64) { values(&hardSwishValues, dst, z, f.phi) }

func (hardSwish) phi(dst, z []float64) {
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

func (f hardSwish) DPhi(mant, exp, z []float64) { slopes(&hardSwishSlopes, mant, exp, z, f.slope) }

func (hardSwish) slope(mant, exp, z []float64) {
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
