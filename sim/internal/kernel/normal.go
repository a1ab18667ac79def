package kernel

import "math"

// NormalPairs sets a and b to independent standard normal values. bits has two words
// for every element of a, rounded up to a multiple of 8 elements: words 16g+j and
// 16g+8+j are for element 8g+j, so that both come from lane j of a stream. It panics
// unless the lengths are these.
//
// A pair is r·(cos θ, sin θ) with r = √(−2 log u) (Box & Muller 1958). u has 62 bits,
// so values reach 9.3, and θ 63 bits. No value is 0: r ≥ 2^−26 and |cos θ|, |sin θ| ≥
// 2^−62. Each is good to 4 ulp for its words.
func NormalPairs(a, b []float64, bits []uint64) {
	if len(a) != len(b) || len(bits) != 2*lanes(len(a)) {
		panic("kernel: lengths of normal pairs and words do not match")
	}
	n := vectorPairs(a, b, bits)
	genericPairs(a[n:], b[n:], bits[2*n:])
}

func genericPairs(a, b []float64, bits []uint64) {
	for ; len(a) >= width; a, b, bits = a[width:], b[width:], bits[2*width:] {
		boxMuller((*vector)(a), (*vector)(b), (*words)(bits), (*words)(bits[width:]))
	}
	if len(a) > 0 {
		var x, y vector
		boxMuller(&x, &y, (*words)(bits), (*words)(bits[width:]))
		copy(a, x[:])
		copy(b, y[:])
	}
}

// width is the number of lanes.
const width = 8

type (
	vector [width]float64
	words  [width]uint64
)

// lanes rounds n up to a multiple of the number of lanes.
func lanes(n int) int { return (n + width - 1) &^ (width - 1) }

// boxMuller turns one word for the radius and one for the angle into a pair. The
// angle is one of ±πt/2 and its mirror images at the diagonals: a bit for the sign of
// the cosine, the sign of t for that of the sine, and a bit to swap the two.
//
// The logarithm is minusLog in two loops, by way of a and b, and with 1 − m for m − 1: a
// processor looks ahead only so far, and so overlaps more elements of a short loop.
func boxMuller(a, b *vector, radius, angle *words) {
	_, _, _, _ = *a, *b, *radius, *angle // checks for nil once, not for every element
	var log vector
	for j, w := range radius {
		m, e := split(open(w))
		g := 1 - m
		a[j], b[j], log[j] = g, g/(2-g), float64(63-e)
	}
	for j, s := range b {
		x := float64(s * s)
		p, g := logSeries(x), a[j]
		log[j] = math.FMA(s, math.FMA(x, p, g), math.FMA(log[j], ln2Hi, g))
	}
	for j, w := range angle {
		t := turn(w)
		square := float64(t * t)
		sin, cos := sinQuarter(t, square), cosQuarter(square)
		r := math.Sqrt(log[j] + log[j])
		x, y := math.Float64bits(float64(r*cos))^w<<63, math.Float64bits(float64(r*sin))
		if w&2 != 0 { // compiles to conditional moves: the bit cannot be predicted
			x, y = y, x
		}
		a[j], b[j] = math.Float64frombits(x), math.Float64frombits(y)
	}
}

// Affine turns every x into sigma·x + mu, for finite mu and positive sigma. What
// would be 0 is the smallest step away from it instead, and what would be beyond
// float64 is ±MaxFloat64, so that no draw of a law without an atom at 0 is 0.
func Affine(x []float64, mu, sigma float64) {
	if mu == 0 && sigma == 1 {
		return
	}
	for i, end := 0, 0; i < len(x); i = end {
		i += vectorAffine(x[i:], mu, sigma)
		end = scalar(i, len(x))
		genericAffine(x[i:end], mu, sigma)
	}
}

func genericAffine(x []float64, mu, sigma float64) {
	for i, v := range x {
		y := float64(sigma*v) + mu
		if y == 0 {
			y = math.Copysign(max(sigma*0x1p-54, math.SmallestNonzeroFloat64), v)
		}
		if math.Abs(y) > math.MaxFloat64 {
			y = math.Copysign(math.MaxFloat64, y)
		}
		x[i] = y
	}
}
