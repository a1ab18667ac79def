package meanfield

import (
	"math"

	"gradchain/theory/gauss"
	"gradchain/theory/special"
)

// search finds the zeros of r(q) = log(V(q)/q) for q > 0 over all scales of q.
//
// V is a mean of φ(√q z)² over z, so that as a function of t = log q it is a convolution with
// a density of width 1: analytic as far as π/2 from the real line, and smooth on the scale 1
// whatever φ does. Between two nodes a distance Δ apart the cubic that has r and dr/dt of both
// is off by some Δ⁴/6 of what r varies by around them (Cauchy's estimate of the fourth
// derivative). An interval on which that leaves r without a zero, or monotone, is done; others
// are halved.
type search struct {
	network Network
	lo, hi  float64 // the zeros are between
	scale   float64 // what r varies by around the interval that is searched
	last    float64 // a double zero that has been found
	nodes   int     // evaluated
}

// linearBelow is a q far below the scale on which V bends, and inside the range of the moments.
const linearBelow = 1e-40

// search sets the ends. Below V(0) there is no zero. Where V is linear at V(0), what is below is
// known. Bounded φ have V ≤ σ_w² sup φ² + σ_b².
func (n Network) search() *search {
	s := &search{network: n, lo: n.origin(), hi: math.Inf(1)}
	if low := n.linearEnd(); s.lo < low {
		s.lo = low
	}
	if lo, hi := n.Activation.Range(); !math.IsInf(lo, 0) && !math.IsInf(hi, 0) {
		most := max(math.Abs(lo), math.Abs(hi))
		s.hi = n.WeightVar*most*most + n.BiasVar
	}
	return s
}

// linearEnd is the q up to which V is linear for φ(0) = 0, to rounding and more.
func (n Network) linearEnd() float64 {
	switch {
	case n.Activation.Phi(0) != 0:
		return 1e-140
	case n.Activation.Name() == "celu": // bends on the scale of its argument
		return linearBelow * max(math.Pow(min(1, n.Activation.Args()[0]), 2), 1e-100)
	}
	return linearBelow
}

// node is r and its derivative in log q, and V/q − 1 and V′.
type node struct{ q, r, slope, gap, growth float64 }

// sign is that of r, 0 where rounding may have made it.
func (a node) sign() float64 {
	if !(math.Abs(a.r) > rounding/4) {
		return 0
	}
	return math.Copysign(1, a.r)
}

// node returns NaN where float64 does not hold it.
func (s *search) node(q float64) node {
	s.nodes++
	n, nan := s.network, math.NaN()
	m, err := gauss.NewMoments(n.Activation, q)
	value, growth := n.WeightVar*m.Square+n.BiasVar, n.WeightVar*m.Growth
	if err != nil || !(1e-290 < value && value <= math.MaxFloat64 && math.Abs(growth) <= math.MaxFloat64) {
		return node{q, nan, nan, nan, nan}
	}
	gap := (value - q) / q
	r := math.Log1p(gap)
	if !(math.Abs(gap) < 0.5) {
		r = math.Log(value) - math.Log(q)
	}
	return node{q, r, q*(growth/value) - 1, gap, growth}
}

// roots yields the zeros in ascending order.
func (s *search) roots(yield func(FixedPoint) bool) {
	found := 0.0
	note := func(p FixedPoint) bool {
		found = p.Variance
		return yield(p)
	}
	a := s.node(s.lo)
	if !s.start(a, note) {
		return
	}
	b, more := s.next(a)
	signed := node{q: s.lo, r: s.network.origin()} // the last node with a sign; r > 0 below V(0)
	before := 0.0                                  // what r varied by
	for more {
		var c node
		c, more = s.next(b)
		after := 0.0
		if more {
			after = varies(b, c)
		}
		own := varies(a, b)
		s.scale = before + own + after
		switch {
		case a.sign() != 0:
			if signed = a; !s.between(a, b, note) {
				return
			}
		case b.sign() < 0 && signed.r > 0 && found < signed.q:
			if !note(s.crossing(b)) {
				return
			}
		}
		a, b, before = b, c, own
	}
}

// start yields the zero at or below the first node, if there is one.
func (s *search) start(a node, yield func(FixedPoint) bool) bool {
	n, origin := s.network, s.network.origin()
	if origin > 0 && a.sign() == 0 && s.lo == origin { // V is V(0) to rounding
		return yield(s.point(a.q))
	}
	if chi := n.zeroSlope(); origin > 0 && chi < 1 && origin/(1-chi) < s.lo { // q = V(0) + χ₁q
		return yield(FixedPoint{origin / (1 - chi), chi})
	}
	return true
}

// crossing is the zero at χ₁ = 1 below a node with V(q) < q, where r has no sign: of
// V(0) − cq^(1+p), with p = ½ or 1.
func (s *search) crossing(a node) FixedPoint {
	for a.r > -1e-7 && a.q < s.hi/2 {
		a = s.node(2 * a.q)
	}
	p := math.Round(2*a.slope/a.r) / 2
	return FixedPoint{math.Pow(s.network.origin()*math.Pow(a.q, p)/-a.r, 1/(1+p)), 1}
}

// next returns the node a factor of 4 above. There is none above the upper end, and none
// where V is linear from there on.
func (s *search) next(a node) (b node, ok bool) {
	if !(a.q < s.hi) {
		return a, false
	}
	if b = s.node(min(4*a.q, s.hi)); b.sign() == 0 && b.q < s.hi { // keep the zero inside of an interval
		b = s.node(3.7 * a.q)
	}
	far := s.network.farSlope()
	linear := math.IsInf(s.hi, 1) && b.q > 1 && math.Abs(b.gap-(far-1)) <= rounding/4*max(1, far)
	return b, !math.IsNaN(b.r) && !linear
}

// varies bounds what r varies by between two nodes, roughly.
func varies(a, b node) float64 {
	if math.IsNaN(a.r) {
		return 0
	}
	return math.Abs(b.r-a.r) + math.Log(b.q/a.q)*(math.Abs(a.slope)+math.Abs(b.slope))
}

// between yields the zeros above a.q, where r is not 0, up to b.q. It returns false when
// there is no need of more.
func (s *search) between(a, b node, yield func(FixedPoint) bool) bool {
	const narrow = 0x1p-12
	width := math.Log(b.q / a.q)
	c := hermite(a, b, width, s.scale)
	changes := a.sign()*b.sign() < 0 || b.sign() == 0 && a.r*b.slope < 0 && !c.flat()
	switch {
	case c.noZero() || (c.monotone() || c.flat()) && !changes:
		return true
	case c.monotone() || c.flat():
		return yield(s.point(s.root(a.q, b.q, a.r > 0)))
	case width <= narrow:
		return s.touching(a, b, yield)
	}
	middle := s.node(math.Sqrt(a.q) * math.Sqrt(b.q))
	if middle.sign() == 0 { // keep the zero inside of one half
		middle = s.node(math.Pow(a.q, 0.45) * math.Pow(b.q, 0.55))
	}
	return s.between(a, middle, yield) && s.between(middle, b, yield)
}

// touching handles an interval so narrow that r is a parabola on it, next to its extremum.
func (s *search) touching(a, b node, yield func(FixedPoint) bool) bool {
	if a.sign()*b.sign() < 0 {
		return yield(s.point(s.root(a.q, b.q, a.r > 0)))
	}
	at, err := special.Brent(func(q float64) float64 { return s.node(q).slope }, a.q, b.q)
	if err != nil || a.q < s.last*(1+1e-3) {
		return true // the extremum is elsewhere
	}
	switch extremum := s.node(at); {
	case extremum.sign() == a.sign():
		return true
	case extremum.sign() == 0:
		s.last = at
		return yield(FixedPoint{at, 1})
	}
	return yield(s.point(s.root(a.q, at, a.r > 0))) && yield(s.point(s.root(at, b.q, a.r < 0)))
}

// point is a zero with its χ_q.
func (s *search) point(q float64) FixedPoint {
	chi, err := s.network.ChiQ(q)
	if err != nil {
		chi = math.NaN()
	}
	return FixedPoint{q, chi}
}

// root returns the zero in [lo, hi], where r changes its sign, from positive if falls:
// Newton's iteration, with bisection where that leaves the bracket.
func (s *search) root(lo, hi float64, falls bool) float64 {
	q := lo/2 + hi/2
	for range 200 {
		a := s.node(q)
		if a.r > 0 == falls {
			lo = q
		} else {
			hi = q
		}
		next := q - q*a.gap/(a.growth-1)
		if !(lo <= next && next <= hi) {
			next = lo/2 + hi/2
		}
		if math.Abs(next-q) <= 0x1p-48*q { // the next step is below the rounding error
			return next
		}
		q = next
	}
	return q
}

// cubic is a·x³ + b·x² + c·x + d for 0 ≤ x ≤ 1, off by at most err, and its derivative by at
// most slopeErr.
type cubic struct{ a, b, c, d, err, slopeErr float64 }

// hermite interpolates two nodes of a distance in log q.
func hermite(a, b node, width, scale float64) cubic {
	left, right := a.slope*width, b.slope*width
	rise := b.r - a.r
	fourth := math.Pow(width, 4) * scale
	return cubic{left + right - 2*rise, 3*rise - 2*left - right, left, a.r, fourth/6 + rounding/4, fourth/2 + rounding/4}
}

// ends returns the least and the largest value.
func (c cubic) ends() (lo, hi float64) {
	lo, hi = c.d, c.d
	for _, x := range append(quadratic(3*c.a, 2*c.b, c.c), 1) {
		y := ((c.a*x+c.b)*x+c.c)*x + c.d
		lo, hi = min(lo, y), max(hi, y)
	}
	return lo, hi
}

// noZero reports whether r has no zero.
func (c cubic) noZero() bool {
	lo, hi := c.ends()
	return lo > c.err || hi < -c.err
}

// flat reports whether r is 0 to rounding everywhere.
func (c cubic) flat() bool {
	lo, hi := c.ends()
	return max(-lo, hi) <= rounding
}

// monotone reports whether r is.
func (c cubic) monotone() bool {
	lo, hi := c.c, c.c
	points := []float64{1}
	if x := -c.b / (3 * c.a); 0 < x && x < 1 {
		points = append(points, x)
	}
	for _, x := range points {
		y := (3*c.a*x+2*c.b)*x + c.c
		lo, hi = min(lo, y), max(hi, y)
	}
	return lo > c.slopeErr || hi < -c.slopeErr
}

// quadratic returns the zeros of a·x² + b·x + c between 0 and 1.
func quadratic(a, b, c float64) []float64 {
	root := math.Sqrt(b*b - 4*a*c)
	half := -(b + math.Copysign(root, b)) / 2
	var inside []float64
	for _, x := range [2]float64{half / a, c / half} {
		if 0 < x && x < 1 {
			inside = append(inside, x)
		}
	}
	return inside
}
