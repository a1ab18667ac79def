package kernel

import "math"

// truncated is ±√2·erf⁻¹((1 − u)·erf(k/√2))·sigma, by the inverse of the distribution
// function of |w|; u is finest where the tails are.
type truncated struct {
	sigma, k     float64
	mass, beyond float64 // P(|N(0,1)| < k) and the rest
}

func newTruncated(sigma, k float64) truncated {
	y := float64(k * rootHalf)
	return truncated{sigma, k, erfPositive(y), erfcPositive(y)}
}

func (truncated) Words() int { return 1 }

func (f truncated) Sample(dst []float64, bits []uint64) {
	check(len(dst), bits, 1)
	samplesOf(&truncateds, params{f.mass, f.beyond, f.k}, dst, bits, f.generic)
	Affine(dst, 0, f.sigma)
}

// generic draws with sigma 1.
func (f truncated) generic(dst []float64, bits []uint64) {
	for i := range dst {
		w := bits[i]
		u := open(w)
		c := float64(float64((0x1p63-u)*0x1p-63) * f.mass)
		s := float64(float64(u*0x1p-63)*f.mass) + f.beyond
		x := max(math.SmallestNonzeroFloat64, min(absQuantile(c, s), f.k))
		dst[i] = math.Float64frombits(math.Float64bits(x) | w<<63)
	}
}

// absQuantile returns x with P(|N(0,1)| ≤ x) = c = 1 − s, for s ≥ 1e-300, to 1e-15
// relatively (Wichura 1988, algorithm AS 241, PPND16).
func absQuantile(c, s float64) float64 {
	if c <= 0.85 {
		r := 0.180625 - float64(0.25*float64(c*c))
		return float64(c*rational(r, &central)) * 0.5
	}
	r := math.Sqrt(ln2Hi - Log(s))
	if r <= 5 {
		return rational(r-1.6, &middle)
	}
	return rational(r-5, &outer)
}

// rational returns P(r)/Q(r) for the coefficients of P and Q, the highest first.
func rational(r float64, c *[2][8]float64) float64 {
	p, q := c[0][0], c[1][0]
	for i := 1; i < 8; i++ {
		p, q = math.FMA(p, r, c[0][i]), math.FMA(q, r, c[1][i])
	}
	return p / q
}

// The coefficients of AS 241.
var (
	central = [2][8]float64{
		{2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457,
			13731.693765509461125, 1971.5909503065514427, 133.14166789178437745, 3.387132872796366608},
		{5226.495278852854561, 28729.085735721942674, 39307.89580009271061, 21213.794301586595867,
			5394.1960214247511077, 687.1870074920579083, 42.313330701600911252, 1},
	}
	middle = [2][8]float64{
		{7.7454501427834140764e-4, 0.0227238449892691845833, 0.24178072517745061177, 1.27045825245236838258,
			3.64784832476320460504, 5.7694972214606914055, 4.6303378461565452959, 1.42343711074968357734},
		{1.05075007164441684324e-9, 5.475938084995344946e-4, 0.0151986665636164571966, 0.14810397642748007459,
			0.68976733498510000455, 1.6763848301838038494, 2.05319162663775882187, 1},
	}
	outer = [2][8]float64{
		{2.01033439929228813265e-7, 2.71155556874348757815e-5, 0.0012426609473880784386, 0.026532189526576123093,
			0.29656057182850489123, 1.7848265399172913358, 5.4637849111641143699, 6.6579046435011037772},
		{2.04426310338993978564e-15, 1.4215117583164458887e-7, 1.8463183175100546818e-5, 7.868691311456132591e-4,
			0.0148753612908506148525, 0.13692988092273580531, 0.59983220655588793769, 1},
	}
)
