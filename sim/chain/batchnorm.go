package chain

import "math"

// normLayer is batch normalisation of w·x over a batch, and its derivative:
//
//	ĥ = factor·(x − mean(x)),  factor = w/√(w²·var(x) + ε)
//
// A bias shifts mean and pre-activations alike and drops out.
type normLayer struct {
	factor float64
	radial float64  // ε/(w²·var(x) + ε): what is left of the derivative along ĥ
	values clusters // of x
}

// clusters says how many distinct values a batch has.
type clusters uint8

const (
	one  clusters = iota + 1 // the batch has collapsed
	two                      // its normalised values are determined by the sizes of the clusters
	many                     // at least three
)

// normalizeBatch sets normal to ĥ. Where that is 0/0, at ε = 0 and var(x) = 0 exactly,
// ĥ = 0 and factor = 0.
func normalizeBatch(normal, x []float64, w, rootEpsilon float64) normLayer {
	layer := normLayer{values: distinct(x)}
	if layer.values == one {
		clear(normal)
		if rootEpsilon > 0 {
			layer.factor, layer.radial = w/rootEpsilon, 1
		}
		return layer
	}
	deviation, q := center(normal, x), rootEpsilon
	sign := w
	if math.Abs(w) > 1 || q == 0 { // divided by |w|: nothing under- or overflows
		q, sign = q/math.Abs(w), math.Copysign(1, w)
	} else {
		deviation *= math.Abs(w)
	}
	scale := hypot(deviation, q)
	layer.factor = sign / scale
	layer.radial = float64((q / scale) * (q / scale))
	for i, c := range normal {
		normal[i] = float64(layer.factor * c)
	}
	return layer
}

// distinct compares exactly: equal numbers stay equal through a layer, so a batch
// that has collapsed is seen as such, whatever rounding does to its mean.
func distinct(x []float64) clusters {
	first := x[0]
	i := 1
	for i < len(x) && x[i] == first {
		i++
	}
	if i == len(x) {
		return one
	}
	second := x[i]
	for ; i < len(x); i++ {
		if x[i] != first && x[i] != second {
			return many
		}
	}
	return two
}

// center sets dst to x − mean(x) and returns the root of the mean square of that, by
// way of a power of two that keeps the squares from under- and overflow. The mean is
// taken twice: what the first leaves of it is rounding.
func center(dst, x []float64) (deviation float64) {
	inverse := 1 / float64(len(x))
	mean, rest, largest := 0.0, 0.0, 0.0
	for _, v := range x {
		mean += float64(v * inverse)
	}
	for i, v := range x {
		dst[i] = v - mean
		rest += float64(dst[i] * inverse)
	}
	for i := range dst {
		dst[i] -= rest
		largest = max(largest, math.Abs(dst[i]))
	}
	exponent := max(-1000, min(math.Ilogb(largest), 1000))
	down, square := math.Ldexp(1, -exponent), 0.0
	for _, c := range dst {
		c *= down
		square += float64(c * c)
	}
	return math.Ldexp(math.Sqrt(float64(square*inverse)), exponent)
}

// hypot is √(p² + q²) for p, q ≥ 0, not both 0, the same on every machine.
func hypot(p, q float64) float64 {
	if p < q {
		p, q = q, p
	}
	r := q / p
	return p * math.Sqrt(1+float64(r*r))
}

// back turns g, the gradient with respect to ĥ, into the one with respect to x:
//
//	factor·(r + radial·a·e),  P g = r + a·e,  P g = g − mean(g),  e = ĥ/‖ĥ‖
//
// with r orthogonal to e and to 1 (Ioffe & Szegedy 2015, section 3, in an orthogonal
// frame). In a batch of two distinct values e and 1 span what is constant on the two
// clusters, and r is the deviation from the cluster means; that form gives an exact 0
// where the gradient is 0.
func (l normLayer) back(g, normal []float64) {
	var along float64
	switch l.values {
	case one:
		subtractAll(g)
	case two:
		along = split(g, normal)
	default:
		subtractAll(g)
		along = project(g, normal)
	}
	for i, r := range g {
		g[i] = float64(l.factor * (r + float64(l.radial*float64(along*normal[i]))))
	}
}

// split takes the cluster means out of g and returns a/‖ĥ‖, what was along e.
func split(g, normal []float64) (along float64) {
	first := subtractMean(g, normal, normal[0])
	for _, v := range normal {
		if v != normal[0] {
			return (first - subtractMean(g, normal, v)) / (normal[0] - v)
		}
	}
	return 0 // ĥ underflows against ε: radial is 1, and only the mean of g goes
}

// subtractMean takes the mean over the cluster where normal has the given value from
// that part of g, and returns it. The result is exactly 0 for a cluster of one.
func subtractMean(g, normal []float64, value float64) float64 {
	sum, n := 0.0, 0.0
	for i, v := range normal {
		if v == value {
			sum += g[i]
			n++
		}
	}
	mean := sum / n
	for i, v := range normal {
		if v == value {
			g[i] -= mean
		}
	}
	return mean
}

func subtractAll(g []float64) {
	sum := 0.0
	for _, v := range g {
		sum += v
	}
	mean := sum / float64(len(g))
	for i := range g {
		g[i] -= mean
	}
}

// project takes the part along ĥ out of g and returns its coefficient.
func project(g, normal []float64) float64 {
	dot, square := 0.0, 0.0
	for i, v := range normal {
		dot += float64(g[i] * v)
		square += float64(v * v)
	}
	if !(square > 0) {
		return 0 // ĥ underflows against ε: radial is 1, and all of g stays
	}
	along := dot / square
	for i, v := range normal {
		g[i] -= float64(along * v)
	}
	return along
}
