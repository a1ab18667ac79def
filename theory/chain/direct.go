package chain

import (
	"math"
	"slices"

	"gradchain/theory/activation"
	"gradchain/theory/quad"
	"gradchain/theory/special"
)

// Small depths at which characteristic functions decay too slowly. At depth 1
//
//	P(log|X| ≤ x) = E P(log|w| ≤ x − D),
//
// which for constant |w| is the probability of a level set of φ′, and else an integral
// over z. One more factor of constant |w| convolves: F_L(x) = E F_{L−1}(x − log|w| − D).
// The values go into a piecewise polynomial that is refined where they are not smooth.

// directDepth is the largest depth that is built factor by factor.
const directDepth = 4

// hasDirect reports whether there is such a route.
func (p Product) hasDirect(d derivative) bool {
	w := p.Factor.Weight
	if len(w.Atoms()) > 0 && !w.Degenerate() { // the quadrature would meet its jumps
		return false
	}
	return d.values == nil && (p.Depth == 1 || p.Depth <= directDepth && p.Factor.Weight.Degenerate())
}

// directTail is the probability beyond either end of such a table.
const directTail = 1e-9

// direct returns the law given alive.
func (p Product) direct(d derivative) (shape, float64, error) {
	levels := d.newLevels()
	w := p.Factor.Weight
	_, top := w.Support()
	logTop := math.Log(math.Max(top, -top))
	bound := p.levelRounding(d, levels)
	if !(bound <= maxBound) {
		return nil, bound, nil
	}
	cdf := func(x float64) float64 { return levels.cdf(x - w.LogMean()) }
	spread := func(s shape, shift float64) {
		rises, before := rises(s), bound
		cdf = func(x float64) float64 {
			value, e := levels.average(x-shift, rises, s.cdf)
			bound = max(bound, before+e)
			return value
		}
	}
	if !w.Degenerate() {
		spread(single{w}, 0)
	}
	var t *adaptive
	for depth := 1; depth <= p.Depth; depth++ {
		lo, hi := edges(cdf, w.LogMean()+levels.top, float64(depth)*(logTop+levels.top))
		if t = newAdaptive(cdf, lo, hi, levels.spent); levels.spent() {
			return nil, math.Inf(1), nil
		}
		bound += t.bound
		spread(t, w.LogMean())
	}
	return t, bound + directTail, nil
}

// rises returns points between which a distribution function changes little.
func rises(s shape) []float64 {
	first, last := s.window()
	points := []float64{last}
	for _, p := range []float64{1e-10, 1e-7, 1e-4, 0.03, 0.5, 0.97, 1 - 1e-4, 1 - 1e-7, 1 - 1e-10} {
		lo, hi := first, last
		for range 50 {
			if middle := lo/2 + hi/2; s.cdf(middle) < p {
				lo = middle
			} else {
				hi = middle
			}
		}
		points = append(points, hi)
	}
	return points
}

// levelRounding bounds what the rounding of D does to the probability of a level set: where
// |φ′| has a maximum, the density of D has an inverse square root.
func (p Product) levelRounding(d derivative, l *levels) float64 {
	if !p.Factor.Weight.Degenerate() {
		return 0
	}
	_, scale := d.spread()
	return math.Sqrt(0x1p-51 * (1 + math.Abs(p.Factor.Weight.LogMean()) + math.Abs(l.top)) / scale)
}

// edges returns the ends of a window outside of which cdf is within directTail of 0 and 1;
// from top on it is 1.
func edges(cdf func(x float64) float64, start, top float64) (lo, hi float64) {
	lo, hi = min(start, top), top
	for step := 1.0; cdf(lo) > directTail; step *= 2 {
		lo -= step
	}
	if math.IsInf(top, 1) {
		hi = lo
		for step := 1.0; 1-cdf(hi) > directTail; step *= 2 {
			hi += step
		}
	}
	return lo, hi
}

// levels answers for the level sets of D given alive. On every piece D is monotone.
type levels struct {
	d      derivative
	c      coordinate
	pieces []piece
	breaks []float64
	top    float64 // supremum of D
	calls  int     // of integrands so far
}

// maxCalls is about a second of work.
const maxCalls = 1 << 24

// spent reports whether the quadratures take too long.
func (l *levels) spent() bool { return l.calls > maxCalls }

// piece is an interval of v with the limits of D at its ends and its probability.
type piece struct{ lo, hi, atLo, atHi, mass float64 }

func (d derivative) newLevels() *levels {
	l := &levels{d: d, c: d.coordinate(), top: math.Inf(-1)}
	l.breaks = d.finite(l.c.breaks)
	first, last := l.breaks[0], l.breaks[len(l.breaks)-1]
	for _, z := range d.turns() {
		if v := l.inverse(z); first < v && v < last && !d.folded() {
			l.breaks = append(l.breaks, v)
		}
	}
	slices.Sort(l.breaks)
	l.breaks = slices.Compact(l.breaks)
	for i, lo := range l.breaks[:len(l.breaks)-1] {
		hi := l.breaks[i+1]
		inside := 1e-13 * (hi - lo)
		p := piece{lo, hi, l.at(lo + inside), l.at(hi - inside), l.mass(lo, hi)}
		if !math.IsInf(l.at(lo/2+hi/2), -1) {
			l.pieces = append(l.pieces, p)
			l.top = max(l.top, p.atLo, p.atHi)
		}
	}
	return l
}

// turns returns the points where |φ′| has a maximum.
func (d derivative) turns() []float64 {
	var turns []float64
	for _, e := range []activation.Extremum{d.phi.Sup(), d.phi.Inf()} {
		if e.Attained && !math.IsInf(e.At, 0) {
			turns = append(turns, e.At)
		}
	}
	if d.phi.Name() == "sin" {
		for n := -maxPeriods / 2; n < maxPeriods/2; n++ {
			turns = append(turns, float64(n)*math.Pi)
		}
	}
	return turns
}

func (l *levels) at(v float64) float64 { return l.d.phi.LogAbsDPhi(l.c.point(v)) }

// inverse inverts the coordinate, which is linear.
func (l *levels) inverse(z float64) float64 {
	start := l.c.point(0)
	return (z - start) / (l.c.point(1) - start)
}

// mass returns the probability of an interval of v, given alive.
func (l *levels) mass(lo, hi float64) float64 {
	if l.d.folded() {
		return l.d.foldedCDF(hi) - l.d.foldedCDF(lo)
	}
	a, b := l.c.point(lo), l.c.point(hi)
	if l.d.z.CDF(b) < 0.5 {
		return (l.d.z.CDF(b) - l.d.z.CDF(a)) / l.d.alive
	}
	return (l.d.z.Survival(a) - l.d.z.Survival(b)) / l.d.alive
}

// foldedCDF is the integral of foldedDensity.
func (d derivative) foldedCDF(v float64) float64 {
	q := d.z.Args()[0] * d.z.Args()[0]
	sum, sign := v, -1.0
	for k := 1.0; 2*k*k*q < 40; k++ {
		sum += sign * math.Exp(-2*k*k*q) * math.Sin(2*k*v) / k
		sign = -sign
	}
	return 2 / math.Pi * sum
}

// crossing returns where D = y in the piece, if it is there.
func (l *levels) crossing(p piece, y float64) (v float64, ok bool) {
	if !(min(p.atLo, p.atHi) < y && y < max(p.atLo, p.atHi)) {
		return 0, false
	}
	inside := 1e-13 * (p.hi - p.lo)
	v, err := special.Brent(func(v float64) float64 {
		return max(l.at(v), -math.MaxFloat64) - y
	}, p.lo+inside, p.hi-inside)
	return v, err == nil
}

// cdf returns P(D ≤ y). A y that equals a value to rounding is taken as that value.
func (l *levels) cdf(y float64) float64 {
	y += 0x1p-50 * (1 + math.Abs(y))
	sum := 0.0
	for _, p := range l.pieces {
		v, crosses := l.crossing(p, y)
		switch {
		case crosses && p.atLo <= y:
			sum += l.mass(p.lo, v)
		case crosses:
			sum += l.mass(v, p.hi)
		case max(p.atLo, p.atHi) <= y:
			sum += p.mass
		}
	}
	return min(sum, 1)
}

// averageTol is the relative error bound at which the quadratures stop.
const averageTol = 1e-10

// average returns E F(x − D) and a bound of its error, for a distribution function F with
// the given rises.
func (l *levels) average(x float64, rises []float64, F func(y float64) float64) (value, bound float64) {
	breaks := slices.Clone(l.breaks)
	for _, p := range l.pieces {
		for _, y := range rises {
			if v, ok := l.crossing(p, x-y); ok {
				breaks = append(breaks, v)
			}
		}
	}
	slices.Sort(breaks)
	value, bound = quad.Integrate(func(v float64) float64 {
		l.calls++
		log := l.at(v)
		if math.IsInf(log, -1) {
			return 0
		}
		return (1 + F(x-log)) * l.c.density(v) // 1: for an absolute error
	}, slices.Compact(breaks), averageTol)
	return min(max(value/l.d.alive-1, 0), 1), bound / l.d.alive
}
