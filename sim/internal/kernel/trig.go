package kernel

import (
	"math"
	"math/bits"
)

// π/2 is the sum of these.
const (
	piHigh = 0x1.921fb54442d18p+0
	piLow  = 0x1.1a62633145c07p-54
	piRest = -0x1.f1976b7ed8fbcp-110
)

// cody is the modulus up to which a multiple of π/2 in three parts leaves r good to
// the last bit.
const cody = 0x1p28

// sine returns sin(z + turns·π/2) to 2 ulp (measured 1.38), at multiples of π/2 and at
// any modulus of z too; NaN for ±Inf.
func sine(z float64, turns uint64) float64 {
	r, quadrant := reducePi(z)
	x := float64(r * r)
	quadrant += turns
	value := sinSeries(r, x)
	if quadrant&1 != 0 {
		value = cosSeries(x)
	}
	return math.Float64frombits(math.Float64bits(value) ^ quadrant>>1<<63)
}

// reducePi returns r in [−π/4, π/4] and the quadrant with z = r + quadrant·π/2,
// quadrant modulo 4.
func reducePi(z float64) (r float64, quadrant uint64) {
	if !(math.Abs(z) <= cody) {
		return reduceFar(z)
	}
	n := float64(z*(2/math.Pi)) + toInt
	k := n - toInt
	first := math.FMA(-k, piHigh, z) // exact
	product := float64(k * piLow)
	r = first - product
	rest := (first - r) - product // exact, and so is the next FMA
	rest -= math.FMA(k, piLow, -product)
	return r + math.FMA(-k, piRest, rest), math.Float64bits(n)
}

// reduceFar is the reduction for any modulus, by the bits of 2/π that matter (Payne &
// Hanek 1983, in the form of Ng 1992).
func reduceFar(z float64) (r float64, quadrant uint64) {
	if !(math.Abs(z) <= math.MaxFloat64) {
		return math.NaN(), 0
	}
	b := math.Float64bits(z)
	exponent := uint(b>>52&0x7ff) - 1075
	mantissa := b&(1<<52-1) | 1<<52
	// three words of 2/π, such that the product has two bits before its binary point
	at, shift := (exponent+62)/64, (exponent+62)%64
	var word [3]uint64
	for i := range word {
		word[i] = twoOverPi[at+uint(i)]<<shift | twoOverPi[at+uint(i)+1]>>(64-shift)
	}
	carryHigh, _ := bits.Mul64(word[2], mantissa)
	middleHigh, middle := bits.Mul64(word[1], mantissa)
	low, carry := bits.Add64(middle, carryHigh, 0)
	high, _ := bits.Add64(word[0]*mantissa, middleHigh, carry)
	// round to the nearest quadrant; the rest is a signed fraction of π/2
	quadrant = (high + 1<<61) >> 62
	fraction := high<<2 | low>>62
	first := float64(int64(fraction&^0x7ff)) * 0x1p-64 // exact
	rest := float64(float64(fraction&0x7ff)*0x1p-64) + float64(float64(low<<2>>1)*0x1p-127)
	r = math.FMA(first, piHigh, math.FMA(first, piLow, float64(rest*piHigh)))
	if z < 0 {
		return -r, -quadrant
	}
	return r, quadrant
}

// twoOverPi has the binary digits of 2/π after the point, preceded by one word 0.
var twoOverPi = [...]uint64{
	0,
	0xa2f9836e4e441529, 0xfc2757d1f534ddc0, 0xdb6295993c439041, 0xfe5163abdebbc561,
	0xb7246e3a424dd2e0, 0x06492eea09d1921c, 0xfe1deb1cb129a73e, 0xe88235f52ebb4484,
	0xe99c7026b45f7e41, 0x3991d639835339f4, 0x9c845f8bbdf9283b, 0x1ff897ffde05980f,
	0xef2f118b5a0a6d1f, 0x6d367ecf27cb09b7, 0x4f463f669e5fea2d, 0x7527bac7ebe5f17b,
	0x3d0739f78a5292ea, 0x6bfb5fb11f8d5d08, 0x56033046fc7b6bab, 0xf0cfbc209af4361d,
}

// sinSeries returns sin r for |r| ≤ π/4, x = r².
func sinSeries(r, x float64) float64 {
	const (
		c0 = -0x1.5555555555549p-3
		c1 = 0x1.111111110f871p-7
		c2 = -0x1.a01a019c105c7p-13
		c3 = 0x1.71de3576980e1p-19
		c4 = -0x1.ae5e6551a8d84p-26
		c5 = 0x1.5d92bb258fb37p-33
	)
	y := float64(x * x)
	p := math.FMA(y, math.FMA(x, c5, c4), math.FMA(x, c3, c2))
	p = math.FMA(y, p, math.FMA(x, c1, c0))
	return math.FMA(float64(r*x), p, r)
}

// cosSeries returns cos r for |r| ≤ π/4, x = r².
func cosSeries(x float64) float64 {
	const (
		c0 = 0x1.555555555554bp-5
		c1 = -0x1.6c16c16c14f7fp-10
		c2 = 0x1.a01a019c8273dp-16
		c3 = -0x1.27e4f7e9642bap-22
		c4 = 0x1.1ee9d6bf4e174p-29
		c5 = -0x1.8fa417e6746a7p-37
	)
	y := float64(x * x)
	p := math.FMA(y, math.FMA(x, c5, c4), math.FMA(x, c3, c2))
	p = math.FMA(y, p, math.FMA(x, c1, c0))
	h := float64(x * 0.5)
	w := 1 - h
	return w + math.FMA(y, p, (1-w)-h)
}

// atan returns arctan z to 2 ulp (measured 1.77), ±π/2 at ±Inf.
func atan(z float64) float64 {
	const (
		c0  = -0x1.555555555553cp-2
		c1  = 0x1.9999999995780p-3
		c2  = -0x1.24924922a850ep-3
		c3  = 0x1.c71c70e43ede1p-4
		c4  = -0x1.745cf8ab4f214p-4
		c5  = 0x1.3b1115da14fa4p-4
		c6  = -0x1.10eb948f6776ep-4
		c7  = 0x1.df0d5284052e7p-5
		c8  = -0x1.9cca10f2040a8p-5
		c9  = 0x1.37c00b3cea0e9p-5
		c10 = -0x1.253bd10dcb828p-6
	)
	t, base, rest := math.Abs(z), 0.0, 0.0
	switch {
	case t > 1+math.Sqrt2:
		t, base, rest = -1/t, piHigh, piLow
	case t > math.Sqrt2-1:
		t, base, rest = (t-1)/(t+1), piHigh/2, piLow/2
	}
	x := float64(t * t)
	y := float64(x * x)
	p := math.FMA(y, c10, math.FMA(x, c9, c8))
	p = math.FMA(y, p, math.FMA(x, c7, c6))
	p = math.FMA(y, p, math.FMA(x, c5, c4))
	p = math.FMA(y, p, math.FMA(x, c3, c2))
	p = math.FMA(y, p, math.FMA(x, c1, c0))
	return math.Copysign(base+(t+math.FMA(float64(t*x), p, rest)), z)
}
