package kernel

import "math"

// open returns 2^63·u for u uniform in (0, 1), from the upper 63 bits of a word: the
// odd integers, rounded to 53 bits. u is 2^−63 for a word of zeros and 1 − 2^−53 for
// a word of ones, never 0 or 1.
func open(word uint64) float64 {
	return float64(min(int64(word>>1)|1, 1<<63-1<<10))
}

// signed returns a number uniform in (−1, 1), by odd multiples of 2^−63 rounded to 53
// bits; never 0, and within 1 − 2^−53.
func signed(word uint64) float64 {
	i := int64(word)
	return float64((i-i>>53)|1) * 0x1p-63
}

// minusLog returns −log u of the number u of open: an exponential variate, from 2^−53
// to 63·log 2, relatively accurate at both ends.
func minusLog(word uint64) float64 {
	m, e := split(open(word))
	f := m - 1
	s, t := logTerms(f)
	return math.FMA(s, t, math.FMA(float64(63-e), ln2Hi, -f))
}

// turn returns t uniform in [−½, ½], by odd multiples of 2^−62 from the upper 61 bits
// of a word. It stands for the angle πt/2.
func turn(word uint64) float64 { return float64(int64(word&^7|4)) * 0x1p-64 }

// sinQuarter returns sin(πt/2) for |t| ≤ ½, y = t².
func sinQuarter(t, y float64) float64 {
	const (
		c0 = -0x1.4abbce625be47p-1
		c1 = 0x1.466bc67758d85p-4
		c2 = -0x1.32d2cce3332dep-8
		c3 = 0x1.5078301b62593p-13
		c4 = -0x1.e300a65a2e550p-19
		c5 = 0x1.e403d0847cd8cp-25
	)
	y2 := float64(y * y)
	p := math.FMA(y2, float64(c5*y)+c4, float64(c3*y)+c2)
	p = math.FMA(y2, p, float64(c1*y)+c0)
	return float64(t * math.FMA(y, p, math.Pi/2))
}

// cosQuarter returns cos(πt/2) for |t| ≤ ½, y = t².
func cosQuarter(y float64) float64 {
	const (
		c0 = -0x1.3bd3cc9be45dep+0
		c1 = 0x1.03c1f081b5aaep-2
		c2 = -0x1.55d3c7e3c9280p-6
		c3 = 0x1.e1f5068367b1dp-11
		c4 = -0x1.a6d1ec7e0b6c7p-16
		c5 = 0x1.f9cc40ac9acb7p-22
		c6 = -0x1.b263c34686870p-28
	)
	y2 := float64(y * y)
	p := math.FMA(y2, math.FMA(y2, c6, float64(c5*y)+c4), float64(c3*y)+c2)
	p = math.FMA(y2, p, float64(c1*y)+c0)
	return math.FMA(y, p, 1)
}

// swap returns a mask of ones with probability ½, from bit 1 of a word, which turn
// leaves alone.
func swap(word uint64) uint64 { return uint64(int64(word<<62) >> 63) }
