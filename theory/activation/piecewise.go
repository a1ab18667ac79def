package activation

import "math"

var inf = math.Inf(1)

// leaky is z for z > 0 and slope·z for z < 0; slope 1 is the identity.
type leaky struct{ slope float64 }

func (f leaky) phi(z float64) float64 {
	switch {
	case z >= 0:
		return z
	case f.slope == 0:
		return 0
	}
	return f.slope * z
}

func (f leaky) dphi(z float64) float64 {
	if z > 0 || (z == 0 && math.Abs(f.slope) >= 1) {
		return 1
	}
	return f.slope
}

func (f leaky) logAbs(z float64) float64 { return math.Log(math.Abs(f.dphi(z))) }

func (f leaky) traits() traits {
	t := traits{
		sup: attained(1, 1), inf: attained(f.slope, -1),
		min: limit(-inf, -inf), max: inf,
		left: constantTail(f.slope), right: constantTail(1),
		kinks: []float64{0}, homogeneous: true,
	}
	switch {
	case f.slope == 1:
		t.kinks, t.odd = nil, true
	case f.slope == 0:
		t.left, t.min = Tail{Kind: Zero}, attained(0, 0)
	case f.slope < 0:
		t.min = unique(0, 0)
	case f.slope > 1:
		t.sup, t.inf = t.inf, t.sup
	}
	return t
}

// ramp is (z + shift)/scale with z clipped to [lo, hi].
type ramp struct{ lo, hi, shift, scale float64 }

func (f ramp) phi(z float64) float64 { return (min(max(z, f.lo), f.hi) + f.shift) / f.scale }

func (f ramp) dphi(z float64) float64 {
	if f.lo < z && z < f.hi || z == inf && f.hi == inf {
		return 1 / f.scale
	}
	return 0
}

func (f ramp) logAbs(z float64) float64 { return math.Log(f.dphi(z)) }

func (f ramp) traits() traits {
	slope := 1 / f.scale
	middle := min((f.lo+f.hi)/2, 1)
	t := traits{
		sup: attained(slope, middle), inf: attained(0, f.lo),
		min: attained(f.phi(f.lo), f.lo), max: f.phi(f.hi),
		left: Tail{Kind: Zero}, right: Tail{Kind: Zero},
		kinks: []float64{f.lo, f.hi}, odd: f.shift == 0 && f.lo == -f.hi,
	}
	if f.hi == inf {
		t.right, t.kinks, t.homogeneous = constantTail(slope), t.kinks[:1], true
	}
	return t
}

// hardSwish is z·clip(z + 3, 0, 6)/6 (Howard et al. 2019): φ′ = (2z + 3)/6 between
// the kinks −3 and 3, so that it jumps from 0 to −1/2 and from 3/2 to 1.
type hardSwish struct{}

func (hardSwish) phi(z float64) float64 {
	switch {
	case z <= -3:
		return math.Copysign(0, -1)
	case z >= 3:
		return z
	}
	return z * (z + 3) / 6
}

func (hardSwish) dphi(z float64) float64 {
	switch {
	case z <= -3:
		return 0
	case z >= 3:
		return 1
	}
	return (2*z + 3) / 6
}

func (f hardSwish) logAbs(z float64) float64 { return math.Log(math.Abs(f.dphi(z))) }

func (f hardSwish) traits() traits {
	return traits{
		sup: limit(1.5, 3), inf: limit(-0.5, -3),
		min: unique(f.phi(-1.5), -1.5), max: inf,
		left: Tail{Kind: Zero}, right: constantTail(1),
		kinks: []float64{-3, 3},
	}
}
