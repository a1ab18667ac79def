package kernel

import "math"

// gated is zσ(v(z)): silu, v = z, or gelu_tanh, v = 2√(2/π)(z + 0.044715z³) to twice
// the precision, because e^−v magnifies the error of v by v. φ′(z) + φ′(−z) = 1.
type gated struct{ cubic bool }

// decay returns e^−v and v′ at x ≥ 0.
func (f gated) decay(x float64) (e scaled, slope float64) {
	if !f.cubic {
		return decay(-x, 0), 1
	}
	const (
		k, kLow = 0x1.9884533d43651p+0, -0x1.cbc0d30ebfd15p-54 // 2√(2/π)
		c, cLow = 0x1.6e4e26d4801f7p-5, 0x1.441355475a31ap-59  // 0.044715
	)
	square := float64(x * x)
	squareLow := math.FMA(x, x, -square)
	// u = c·x², t = 1 + u, v = k·x·t
	u := float64(square * c)
	uLow := math.FMA(square, c, -u) + math.FMA(squareLow, c, float64(square*cLow))
	t := 1 + u
	tLow := oneRest(u, t) + uLow
	y := float64(x * k)
	yLow := math.FMA(x, k, -y) + float64(x*kLow)
	v := float64(y * t)
	vLow := math.FMA(y, t, -v) + math.FMA(y, tLow, float64(yLow*t))
	return decay(-v, -vLow), float64(k * math.FMA(3, u, 1))
}

// oneRest returns 1 + u − t for t = fl(1 + u), u ≥ 0 (Dekker 1971).
func oneRest(u, t float64) float64 {
	if u > 1 {
		return (u - t) + 1
	}
	return (1 - t) + u
}

func (f gated) Phi(dst, z []float64) {
	v := &siluValues
	if f.cubic {
		v = &geluTanhValues
	}
	values(v, dst, z, f.phi)
}

func (f gated) phi(dst, z []float64) {
	for i, x := range z {
		e, _ := f.decay(math.Abs(x))
		m, k := gate(e, x)
		dst[i] = open0(x, m, k)
	}
}

// open0 returns x·m·2^k, m of moderate size and k ≤ 0 about −|x| or below.
func open0(x, m, k float64) float64 {
	if k < -2000 {
		return math.Copysign(0, x)
	}
	return ldexp(float64(x*m), k)
}

func (f gated) DPhi(mant, exp, z []float64) {
	v := &siluSlopes
	if f.cubic {
		v = &geluTanhSlopes
	}
	slopes(v, mant, exp, z, f.slope)
}

// slope is σ(−v)(1 − x·v′·σ(v)) = 2^k·(a/q)(1 − x·v′·b/q) on the left, x = |z|.
func (f gated) slope(mant, exp, z []float64) {
	for i, x := range z {
		e, slope := f.decay(math.Abs(x))
		a, b := e.c+e.r, e.c-e.r
		q := b + float64(down(e.k)*a)
		steep := float64(math.Abs(x) * slope)
		mant[i], exp[i] = twoSided(x, float64((a/q)*(1-float64(steep*(b/q)))), e.k)
	}
}

// twoSided returns φ′(x) = m·2^k for x < 0, and 1 − m·2^k otherwise.
func twoSided(x, m, k float64) (mant, exp float64) {
	m, k = settle(m, k)
	right := 1.0
	if k >= lowest {
		right = 1 - float64(m*power(k))
	}
	return orNaN(pick(x, right, m), x), pick(x, 0, k)
}

// gelu is zΦ(z), φ′ = Φ(z) + zϕ(z). With x = |z|, y = x/√2, both have a form for y ≤ ¾
// and one for the tails,
//
//	Φ(−x) = ½ − ½erf y = ½·e^(−y²)·erfcx y,
//	φ′(−x) = ½ − (½erf y + xϕ(x)) = e^(−y²)·(½erfcx y − x/√(2π)).
type gelu struct{}

const (
	rootHalf   = math.Sqrt2 / 2
	perSqrt2Pi = 0.39894228040143267793994605993438 // 1/√(2π)
)

func (f gelu) Phi(dst, z []float64) { values(&geluValues, dst, z, f.phi) }

func (gelu) phi(dst, z []float64) {
	for i, x := range z {
		y := float64(math.Abs(x) * rootHalf)
		if y <= 0.75 {
			dst[i] = float64(x * (0.5 + math.Copysign(float64(0.5*erfPositive(y)), x)))
			continue
		}
		e := gaussian(x, 0.5)
		left := float64(float64(0.5*e.mantissa()) * erfcx(y))
		right := 1 - float64(left*down(e.k))
		dst[i] = open0(x, pick(x, right, left), pick(x, 0, e.k))
	}
}

func (f gelu) DPhi(mant, exp, z []float64) { slopes(&geluSlopes, mant, exp, z, f.slope) }

func (gelu) slope(mant, exp, z []float64) {
	for i, x := range z {
		e := gaussian(x, 0.5)
		m := e.mantissa()
		y, slope := float64(math.Abs(x)*rootHalf), float64(math.Abs(x)*perSqrt2Pi)
		if y <= 0.75 {
			odd := math.FMA(0.5, erfPositive(y), float64(slope*ldexp(m, e.k)))
			mant[i], exp[i] = 0.5+math.Copysign(odd, x), 0
			continue
		}
		mant[i], exp[i] = twoSided(x, float64(m*(float64(0.5*erfcx(y))-slope)), e.k)
	}
}

// mish is z·tanh(log(1 + e^z)). With e = e^z, and with g = e^−z where z > 0,
//
//	φ = z·e(e + 2)/D = z(1 + 2g)/G,  D = 2 + 2e + e²,  G = 1 + 2g + 2g²,
//	φ′ = e(4(z + 1) + e(4z + 6 + e(4 + e)))/D² = 1 + (g/G)²(4z(1 + g) − 2 − 4g − 4g²).
type mish struct{}

func (f mish) Phi(dst, z []float64) { values(&mishValues, dst, z, f.phi) }

func (mish) phi(dst, z []float64) {
	for i, x := range z {
		e := decay(-math.Abs(x), 0)
		m := e.mantissa()
		p := float64(m * down(e.k))
		right := math.FMA(2, p, 1) / math.FMA(float64(2*p), p+1, 1)
		left := float64(m*(p+2)) / math.FMA(p, p+2, 2)
		dst[i] = open0(x, pick(x, right, left), pick(x, 0, e.k))
	}
}

func (f mish) DPhi(mant, exp, z []float64) { slopes(&mishSlopes, mant, exp, z, f.slope) }

func (mish) slope(mant, exp, z []float64) {
	for i, x := range z {
		e := decay(-math.Abs(x), 0)
		m := e.mantissa()
		p := float64(m * down(e.k))
		near := max(-0x1p1021, min(x, 0x1p1021))
		q := p / math.FMA(float64(2*p), p+1, 1)
		excess := math.FMA(float64(4*near), 1+p, math.FMA(float64(-4*p), 1+p, -2))
		right := 1 + float64(float64(q*q)*excess)
		d := math.FMA(p, p+2, 2)
		top := math.FMA(p, math.FMA(p, p+4, math.FMA(4, near, 6)), float64(4*(near+1)))
		left := float64(m*(top/d)) / d
		left, k := settle(left, e.k)
		mant[i], exp[i] = pick(x, right, left), pick(x, 0, k)
	}
}
