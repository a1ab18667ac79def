package kernel

import "math"

// Constants of the reduction x = k·log 2 + r.
const (
	log2E  = 0x1.71547652b82fep+0
	ln2Hi  = 0x1.62e42fefa39efp-1
	ln2Lo  = 0x1.abc9e3b39803fp-56
	toInt  = 0x1.8p52 // added and subtracted, it rounds |x| < 2^51 to an integer
	far    = 0x1p50   // where e^x is 2^k with k = x/log 2 to the last bit of k
	bias   = toInt + 1023
	lowest = -1000 // exponents below it count as −∞ beside 1
)

// reduce returns the integer k nearest to x/log 2 and r = x − k·log 2 to about one
// unit in the last place, |x| ≤ far: the first FMA is exact, because r has no bits
// below those of ln2Hi.
func reduce(x float64) (r, k float64) {
	k = (float64(x*log2E) + toInt) - toInt
	return math.FMA(k, -ln2Lo, math.FMA(k, -ln2Hi, x)), k
}

// even returns c(r) = r·coth(r/2) for x = r², |r| ≤ 0.41, so that
//
//	e^r = (c + r)/(c − r)
//
// and sums, products and differences of e^r and 1 need one division in all.
func even(x float64) float64 {
	const (
		c0 = 0x1.555555555553ep-3
		c1 = -0x1.6c16c16bebb0ap-9
		c2 = 0x1.1566aaf1d7b16p-14
		c3 = -0x1.bbd41af363977p-20
		c4 = 0x1.6375edca4a2f7p-25
	)
	p := math.FMA(float64(x*x), math.FMA(x, float64(c4*x)+c3, c2), float64(c1*x)+c0)
	return math.FMA(x, p, 2)
}

// power returns 2^k for an integer k in [−1022, 1023].
func power(k float64) float64 { return math.Float64frombits(math.Float64bits(k+bias) << 52) }

// down returns 2^k for an integer k ≤ 0, 0 if that does not count beside 1.
func down(k float64) float64 {
	if k < lowest {
		return 0
	}
	return power(k)
}

// scaled is e^x = 2^k·(c + r)/(c − r).
type scaled struct{ c, r, k float64 }

// decay returns e^(x + rest) for x ≤ 0 and |rest| ≤ ulp(x).
func decay(x, rest float64) scaled {
	if x < -far {
		return scaled{2, 0, farPower(x)}
	}
	r, k := reduce(x)
	r += rest
	return scaled{even(float64(r * r)), r, k}
}

// farPower returns the integer k nearest to x/log 2 for x < −far: −∞ where x is, but
// −MaxFloat64 where only the quotient overflows.
func farPower(x float64) float64 {
	if x < -math.MaxFloat64 {
		return x
	}
	return max(-math.MaxFloat64, math.RoundToEven(float64(x*log2E)))
}

// mantissa returns (c + r)/(c − r), in [0.6, 1.6].
func (e scaled) mantissa() float64 { return (e.c + e.r) / (e.c - e.r) }

// ldexp returns m·2^k for an integer k of any size and m of moderate size.
func ldexp(m, k float64) float64 {
	k = max(-2040, min(k, 2040))
	half := (float64(k*0.5) + toInt) - toInt
	return float64(m*power(half)) * power(k-half)
}

// Exp returns e^x to 2 ulp (measured 1.52). It is 0 for x < −745.2, where e^x is below
// half the smallest number, +Inf for x > 709.8, and NaN for NaN.
func Exp(x float64) float64 {
	r, k := reduce(max(-2000, min(x, 2000)))
	return ldexp(scaled{even(float64(r * r)), r, k}.mantissa(), k)
}

// expm1 returns e^x − 1 for x ≤ 600, relatively accurate near 0.
func expm1(x float64) float64 {
	r, k := reduce(max(-600, x))
	return scaled{even(float64(r * r)), r, k}.minus1()
}

// minus1 returns e^x − 1 = ((2^k − 1)c + (2^k + 1)r)/(c − r) for k ≤ 1000.
func (e scaled) minus1() float64 {
	p := down(e.k)
	return math.FMA(p+1, e.r, float64((p-1)*e.c)) / (e.c - e.r)
}
