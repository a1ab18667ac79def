package deviation

import (
	"fmt"
	"math"

	"gradchain/theory/internal/decimal"
	"gradchain/theory/internal/domain"
	"gradchain/theory/law"
)

// choice is one law of a mixture: with probability e^logWeight log|w| is shift plus the log of
// a weight of the unit law, and shift alone if that is the zero Law.
type choice struct {
	unit             law.Law
	shift, logWeight float64
}

// choices returns the laws of a mixture without an atom at 0, those that are the same as one.
func choices(w law.Law) []choice {
	var out []choice
	weights := map[choice]float64{}
	for _, part := range w.Parts() {
		var c choice
		if c.shift = 0; part.Law.Degenerate() {
			c.shift = decimal.Log(math.Abs(part.Law.Atoms()[0].At))
		} else {
			c.unit, c.shift = standard(part.Law)
		}
		if weights[c] == 0 {
			out = append(out, c)
		}
		weights[c] += part.Weight
	}
	for i, c := range out {
		out[i].logWeight = math.Log(weights[c])
	}
	return out
}

// The most ways to choose the laws of all weights that are summed over: with an inversion for
// each, and without.
const (
	mostWays   = 2500
	mostPoints = 1 << 17
)

// mixtureTail is tail of a mixture.
func mixtureTail(w law.Law, depth int, x float64) (probability, error) {
	if err := domain.First(checkParts(w), domain.Real("x", x), domain.Integer("depth", depth, 1)); err != nil {
		return probability{}, err
	}
	alive := w.NonZero()
	p, err := aliveTail(alive, depth, x)
	if err != nil || w.Zero() == 0 {
		return p, err
	}
	if p.complement {
		p.log = math.Log1p(-math.Exp(p.log))
	}
	return probability{log: float64(depth)*logAlive(w) + p.log}, nil
}

// aliveTail is P(|P_L| ≥ e^(Lx)) of a law without an atom at 0.
func aliveTail(w law.Law, depth int, x float64) (probability, error) {
	if w.Name() != mixtureName || w.Degenerate() {
		return tail(w, depth, x)
	}
	all, L := choices(w), float64(depth)
	ways := 1.0
	for i := 1; i < len(all); i++ {
		ways *= (L + float64(i)) / float64(i)
	}
	points := leastAbs(w) > 0
	switch {
	case points && ways > mostPoints:
		return probability{}, domain.Check(false, "depth", depth, fmt.Sprintf("less: %.3g ways to choose the constants, at most %d are summed over", ways, mostPoints))
	case points || ways <= mostWays:
		return countedTail(all, depth, x, x < w.LogMean())
	}
	return deepTail(w, depth, x)
}

// deepTail inverts the transform of the mixture itself.
func deepTail(w law.Law, depth int, x float64) (probability, error) {
	L := float64(depth)
	s := sum{}.add(term{w, L})
	p := probability{complement: x < w.LogMean()}
	if _, hi := s.ends(); L*x >= hi {
		return probability{log: math.Inf(-1)}, nil
	}
	m, err := newMixtureSaddle(w, x)
	if err != nil {
		return p, err
	}
	switch exponent := L * m.rate; {
	case p.complement && exponent > vanishing:
		p.log = math.Inf(-1)
	case exponent > leadingFrom:
		p.log = -exponent - math.Log(math.Abs(m.deviates)*math.Sqrt(2*math.Pi*L))
	default:
		p.log = s.logTail(L*x, m.order, false)
	}
	return p, domain.Check(!math.IsNaN(p.log), "depth", depth, "another: the transform of the mixture is not to be inverted with certainty at this one")
}

// way is one way to choose the laws of all weights: its log probability and the sum that is
// left, with a bound of the log of the probability asked for.
type way struct {
	sum
	logWeight, bound float64
}

// negligibleLog is how far below the largest bound a bound does not count.
const negligibleLog = -50

// countedTail sums over the ways; below: P(S < Lx) is summed.
func countedTail(all []choice, depth int, x float64, below bool) (probability, error) {
	t := float64(depth) * x
	list, most := []way(nil), math.Inf(-1)
	each(all, depth, func(s sum, logWeight float64) {
		v := way{s, logWeight, logWeight + s.chernoff(t, below)}
		most = max(most, v.bound)
		list = append(list, v)
	})
	var logs []float64
	for _, v := range list {
		if v.bound < most+negligibleLog || math.IsInf(v.bound, -1) {
			continue
		}
		log, err := v.tail(t, below)
		if err != nil {
			return probability{}, err
		}
		logs = append(logs, v.logWeight+log)
	}
	p := probability{log: min(logSum(logs), 0), complement: below}
	return p, domain.Check(!math.IsNaN(p.log), "x", x, "nearer to the Lyapunov exponent")
}

// logSum returns log Σ e^log.
func logSum(logs []float64) float64 {
	top := math.Inf(-1)
	for _, log := range logs {
		top = max(top, log)
	}
	if math.IsInf(top, -1) {
		return top
	}
	sum := 0.0
	for _, log := range logs {
		sum += math.Exp(log - top)
	}
	return top + math.Log(sum)
}

// each calls visit with all sums of depth weights and their log probabilities.
func each(all []choice, depth int, visit func(s sum, logWeight float64)) {
	counts := make([]int, len(all))
	ways, _ := math.Lgamma(float64(depth) + 1)
	var place func(i, left int)
	place = func(i, left int) {
		if i < len(all)-1 {
			for counts[i] = 0; counts[i] <= left; counts[i]++ {
				place(i+1, left-counts[i])
			}
			return
		}
		counts[i] = left
		s, log := sum{}, ways
		for j, c := range all {
			k := float64(counts[j])
			if s.shift += k * c.shift; c.unit.Name() != "" {
				s = s.add(term{c.unit, k})
			}
			factorial, _ := math.Lgamma(k + 1)
			log += k*c.logWeight - factorial
		}
		visit(s, log)
	}
	place(0, depth)
}

// chernoff bounds log P(S ≥ t), or log P(S < t).
func (s sum) chernoff(t float64, below bool) float64 {
	if len(s.terms) == 0 {
		return s.point(t, below)
	}
	if _, hi := s.ends(); t >= hi {
		if below {
			return 0
		}
		return math.Inf(-1)
	}
	if (t < s.slope(0)) != below {
		return 0
	}
	if len(s.terms) == 1 {
		n := s.terms[0].count
		if one, err := newSaddle(s.terms[0].unit, (t-s.shift)/n); err == nil && !math.IsNaN(one.rate) {
			return -n * one.rate
		}
	}
	bound := 0.0
	for _, order := range s.someOrders(t) { // every order gives a bound
		if b := s.cumulant(order) - order*t; b < bound {
			bound = b
		}
	}
	return bound
}

// someOrders returns the best one for t, or some on the right side of 0.
func (s sum) someOrders(t float64) []float64 {
	if order, ok := s.solve(t); ok {
		return []float64{order}
	}
	lo, hi := s.orders()
	if t < s.slope(0) {
		return []float64{max(lo, -1) / 2, max(lo, -1) * 0.99}
	}
	var orders []float64
	for order := 0.5; order < min(hi, 1e18); order *= 4 {
		orders = append(orders, order)
	}
	return append(orders, min(hi, 1)*0.99)
}

// point is the log probability for a sum that is a constant.
func (s sum) point(t float64, below bool) float64 {
	if (s.shift >= t || same(s.shift, t)) != below {
		return 0
	}
	return math.Inf(-1)
}

// tail returns log P(S ≥ t), or log P(S < t).
func (s sum) tail(t float64, below bool) (float64, error) {
	if len(s.terms) == 0 {
		return s.point(t, below), nil
	}
	p := probability{complement: t < s.slope(0)}
	_, hi := s.ends()
	switch {
	case t >= hi:
		p = probability{log: math.Inf(-1)}
	case len(s.terms) == 1:
		one, err := tail(s.terms[0].unit, int(s.terms[0].count), (t-s.shift)/s.terms[0].count)
		if err != nil {
			return 0, err
		}
		p = one
	default:
		order, ok := s.solve(t)
		if err := domain.Check(ok, "x", t, "nearer to the Lyapunov exponent"); err != nil {
			return 0, err
		}
		p.log = s.logTail(t, order, true)
		if err := domain.Check(!math.IsNaN(p.log), "weight", s.terms[0].unit, "of lighter tails: the sum over the characteristic function is too long"); err != nil {
			return 0, err
		}
	}
	if p.complement == below {
		return p.log, nil
	}
	return math.Log1p(-math.Exp(p.log)), nil
}
