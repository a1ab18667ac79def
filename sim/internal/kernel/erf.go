package kernel

import "math"

// gaussian returns e^(−s·x²) for s a power of two, with the rounding of x²
// compensated. k is −∞ where x² overflows.
func gaussian(x, s float64) scaled {
	square := float64(x * x)
	rest := math.FMA(x, x, -square)
	return decay(-float64(s*square), -float64(s*rest))
}

// erfcx returns e^(y²)·erfc(y) for y ≥ 0 to 4 ulp: (1 + 2y)·erfcx(y) is a polynomial
// of (y − 3)/(y + 3).
func erfcx(y float64) float64 {
	const (
		c0  = 0x1.40c522d7e4987p+0
		c1  = -0x1.15c084bb9e8f3p-3
		c2  = -0x1.85a15c58aa4afp-5
		c3  = 0x1.098366a5b46b1p-3
		c4  = -0x1.e88b803a4af5ep-4
		c5  = 0x1.17ca2877f163bp-4
		c6  = -0x1.8574c40b48210p-6
		c7  = 0x1.4b884e436b7e6p-9
		c8  = 0x1.ef1bdcf9327bbp-10
		c9  = -0x1.98db5100f146ep-11
		c10 = -0x1.b9125bc86de98p-14
		c11 = 0x1.065a36d985f34p-13
		c12 = 0x1.4c20b9050f1e5p-18
		c13 = -0x1.513b84d1c6bb9p-16
		c14 = -0x1.883868d715b40p-21
		c15 = 0x1.d212a14ca66f3p-19
		c16 = 0x1.7d89ebc6098b1p-22
		c17 = -0x1.4b1f46cc5b11dp-21
		c18 = -0x1.2cb0aeb6584cfp-23
		c19 = 0x1.b5e19ab7f8fe0p-24
		c20 = 0x1.5e11e464871eap-25
		c21 = -0x1.cb0d77b8c61d1p-27
		c22 = -0x1.1632106c22124p-27
		c23 = 0x1.11662fcce2768p-30
		c24 = 0x1.c21ef6a64f1aap-31
	)
	y = min(y, 0x1p500)
	inverse := 1 / (y + 3)
	q := float64((y - 3) * inverse)
	q = math.FMA(inverse, math.FMA(-q, y, math.FMA(-3, q+1, y)), q) // its rounding undone
	q2 := float64(q * q)
	p := math.FMA(q2, c24, math.FMA(q, c23, c22))
	p = math.FMA(q2, p, math.FMA(q, c21, c20))
	p = math.FMA(q2, p, math.FMA(q, c19, c18))
	p = math.FMA(q2, p, math.FMA(q, c17, c16))
	p = math.FMA(q2, p, math.FMA(q, c15, c14))
	p = math.FMA(q2, p, math.FMA(q, c13, c12))
	p = math.FMA(q2, p, math.FMA(q, c11, c10))
	p = math.FMA(q2, p, math.FMA(q, c9, c8))
	p = math.FMA(q2, p, math.FMA(q, c7, c6))
	p = math.FMA(q2, p, math.FMA(q, c5, c4))
	p = math.FMA(q2, p, math.FMA(q, c3, c2))
	p = math.FMA(q2, p, math.FMA(q, c1, c0))
	return p / (1 + float64(2*y))
}

// erfPositive returns erf(x) for x ≥ 0.
func erfPositive(x float64) float64 {
	if x > 0.75 {
		return 1 - erfcTail(x)
	}
	const (
		c0 = -0x1.812746b0379e2p-2
		c1 = 0x1.ce2f21a0425cbp-4
		c2 = -0x1.b82ce3125b72bp-6
		c3 = 0x1.565bcd03fb957p-8
		c4 = -0x1.c02db13b5a817p-11
		c5 = 0x1.f9a2b25255261p-14
		c6 = -0x1.f4c60cdc7219fp-17
		c7 = 0x1.b910b4e0f7772p-20
		c8 = -0x1.565abf5c42249p-23
		c9 = 0x1.8a6ad2dccbd49p-27
	)
	y := float64(x * x)
	y2 := float64(y * y)
	p := math.FMA(y2, math.FMA(y, c9, c8), math.FMA(y, c7, c6))
	p = math.FMA(y2, p, math.FMA(y, c5, c4))
	p = math.FMA(y2, p, math.FMA(y, c3, c2))
	p = math.FMA(y2, p, math.FMA(y, c1, c0))
	return float64(x * math.FMA(y, p, 2/math.SqrtPi))
}

// erfcPositive returns erfc(x) for x ≥ 0.
func erfcPositive(x float64) float64 {
	if x > 0.75 {
		return erfcTail(x)
	}
	return 1 - erfPositive(x)
}

func erfcTail(x float64) float64 {
	e := gaussian(x, 1)
	return ldexp(float64(e.mantissa()*erfcx(x)), e.k)
}
