package kernel

import (
	"math"

	"gradchain/sim/internal/kernel/level"
)

// LogAccumulator holds products of many factors, one for each path, as m·2^e: they
// neither under- nor overflow, keep their sign, and are exactly 0 where a factor is.
//
// After n factors the relative error of a product is at most 2n·2^−53, that of two
// roundings for each factor; exponents are exact while their sum is below 2^53.
type LogAccumulator struct {
	m, e []float64
}

// Mantissas stay within [2^−window, 2^window], and so far from the ends of float64
// that a product of a mantissa and a factor that has lost bits is outside.
const window = 500

// NewLogAccumulator returns n products of no factors, 1.
func NewLogAccumulator(n int) *LogAccumulator {
	p := new(LogAccumulator)
	p.Reset(n)
	return p
}

// Reset makes it n products of no factors. It allocates only where n is larger than
// ever before.
func (p *LogAccumulator) Reset(n int) {
	if cap(p.m) < n {
		p.m, p.e = make([]float64, n), make([]float64, n)
	}
	p.m, p.e = p.m[:n], p.e[:n]
	for i := range p.m {
		p.m[i] = 1
	}
	clear(p.e)
}

// Multiply multiplies product i by w[i]·mant[i]·2^exp[i], with whole exp[i]. Factors
// may be any finite numbers, subnormal ones too. A product that is 0 stays 0 for good,
// whatever it meets, and one that is NaN stays NaN.
func (p *LogAccumulator) Multiply(w, mant, exp []float64) {
	n := len(p.m)
	if len(w) != n || len(mant) != n || len(exp) != n {
		panic("kernel: lengths of products and factors differ")
	}
	for i, end := 0, 0; i < n; i = end {
		i += vectorMultiply(p.m[i:], p.e[i:], w[i:], mant[i:], exp[i:])
		end = scalar(i, n)
		p.multiply(i, w[i:end], mant[i:end], exp[i:end])
	}
}

// multiply is Multiply for the products from number first.
func (p *LogAccumulator) multiply(first int, w, mant, exp []float64) {
	m, e := p.m[first:first+len(w)], p.e[first:first+len(w)]
	mant, exp = mant[:len(w)], exp[:len(w)]
	for i, x := range m {
		product := float64(x * float64(w[i]*mant[i]))
		if within(product) {
			m[i] = product
		} else if x != 0 {
			p.wide(first+i, w[i], mant[i])
		}
		e[i] += exp[i]
	}
}

// Scale multiplies product i by x[i].
func (p *LogAccumulator) Scale(x []float64) {
	if len(x) != len(p.m) {
		panic("kernel: lengths of products and factors differ")
	}
	for i, end := 0, 0; i < len(p.m); i = end {
		i += vectorScale(p.m[i:], p.e[i:], x[i:])
		end = scalar(i, len(p.m))
		p.scale(i, x[i:end])
	}
}

// scale is Scale for the products from number first.
func (p *LogAccumulator) scale(first int, x []float64) {
	for i, m := range p.m[first : first+len(x)] {
		product := float64(m * x[i])
		if within(product) {
			p.m[first+i] = product
		} else if m != 0 {
			p.wide(first+i, x[i], 1)
		}
	}
}

// within reports whether the modulus of a mantissa is in [2^−window, 2^window).
func within(m float64) bool {
	const first = (1023 - window) << 52
	return math.Float64bits(m)&^(1<<63)-first < 2*window<<52
}

// wide multiplies product i by a and b, with every mantissa brought to [1, 2).
func (p *LogAccumulator) wide(i int, a, b float64) {
	m, e := normalize(p.m[i])
	for _, x := range [2]float64{a, b} {
		f, k := normalize(x)
		m = float64(m * f)
		e += k
	}
	m, k := normalize(m)
	p.m[i] = m
	p.e[i] += e + k
}

// normalize returns m of modulus in [1, 2) and e with x = m·2^e, x and 0 for 0, ±Inf
// and NaN.
func normalize(x float64) (m, e float64) {
	if !(math.Abs(x) > 0 && math.Abs(x) <= math.MaxFloat64) {
		return x, 0
	}
	if math.Abs(x) < 0x1p-1022 {
		x, e = x*0x1p54, -54
	}
	b := math.Float64bits(x)
	e += float64(int64(b>>52&0x7ff) - 1023)
	return math.Float64frombits(b&^(0x7ff<<52) | 1023<<52), e
}

// Logs writes log|product| and whether the product is negative: −Inf and false for a
// product that is exactly 0, and for no other. The error of the logarithm of m·2^e is
// 1 ulp.
func (p *LogAccumulator) Logs(logAbs []float64, negative []bool) {
	n := len(p.m)
	if len(logAbs) != n || len(negative) != n {
		panic("kernel: lengths of products and logarithms differ")
	}
	for i, m := range p.m {
		negative[i] = m < 0
	}
	f := logs[level.Now]
	for i, end := 0, 0; i < n; i = end {
		if left := whole(n - i); f != nil && left > 0 {
			i += f(&logAbs[i], &p.m[i], &p.e[i], left)
		}
		for end = scalar(i, n); i < end; i++ {
			logAbs[i] = logScaled(math.Abs(p.m[i]), p.e[i])
		}
	}
}

// logScaled returns log(m·2^e), m ≥ 0; where the sum of the exponents has overflowed,
// the end of float64.
func logScaled(m, e float64) float64 {
	if !(m > 0 && m <= math.MaxFloat64) {
		return Log(m)
	}
	e = max(-math.MaxFloat64, min(e, math.MaxFloat64))
	if math.Abs(e) > 0x1p20 {
		return math.FMA(e, ln2Hi, logParts(m, 0))
	}
	return logParts(m, e)
}
