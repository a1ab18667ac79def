package deviation

import (
	"math"
	"math/cmplx"

	"gonum.org/v1/gonum/integrate/quad"

	"gradchain/theory/law"
	"gradchain/theory/special"
)

// sum is S = Σ log|w| over independent weights: counts of each unit law, and a constant.
type sum struct {
	terms []term
	shift float64
}

// term is count weights of one law.
type term struct {
	unit  law.Law
	count float64
}

// add returns s with one term more, merged with that of the same law.
func (s sum) add(t term) sum {
	if t.count == 0 {
		return s
	}
	for i := range s.terms {
		if s.terms[i].unit == t.unit {
			s.terms[i].count += t.count
			return s
		}
	}
	s.terms = append(s.terms, t)
	return s
}

// over returns Σ count·f(unit).
func (s sum) over(f func(w law.Law) float64) float64 {
	total := 0.0
	for _, t := range s.terms {
		total += t.count * f(t.unit)
	}
	return total
}

// cumulant, slope and curvature are log E e^(qS) and its derivatives.
func (s sum) cumulant(q float64) float64 {
	return q*s.shift + s.over(func(w law.Law) float64 { return cumulant(w, q) })
}

func (s sum) slope(q float64) float64 {
	return s.shift + s.over(func(w law.Law) float64 {
		if q == 0 { // also where 0 is the end of the domain
			return w.LogMean()
		}
		return slope(w, q)
	})
}

func (s sum) curvature(q float64) float64 {
	return s.over(func(w law.Law) float64 {
		if q == 0 {
			return w.LogVariance()
		}
		return curvature(w, q)
	})
}

func (s sum) characteristic(theta, u float64) complex128 {
	total := complex(0, u*s.shift)
	for _, t := range s.terms {
		total += complex(t.count, 0) * t.unit.TiltedLogCharacteristic(theta, u)
	}
	return total
}

// logEnvelope bounds the real part of characteristic, and falls.
func (s sum) logEnvelope(theta, u float64) float64 {
	return s.over(func(w law.Law) float64 { return math.Log(w.TiltedEnvelope(theta, u)) })
}

func (s sum) orders() (lo, hi float64) {
	lo, hi = math.Inf(-1), math.Inf(1)
	for _, t := range s.terms {
		a, b := t.unit.Orders()
		lo, hi = max(lo, a), min(hi, b)
	}
	return lo, hi
}

// ends are those of the values of S.
func (s sum) ends() (lo, hi float64) {
	return s.shift + s.over(func(w law.Law) float64 { return math.Log(leastAbs(w)) }),
		s.shift + s.over(func(w law.Law) float64 { return math.Log(mostAbs(w)) })
}

func mostAbs(w law.Law) float64 {
	lo, hi := w.Support()
	return max(-lo, hi)
}

// leastAbs is 0 unless all of w are atoms.
func leastAbs(w law.Law) float64 {
	least := math.Inf(1)
	for _, part := range w.Parts() {
		for _, a := range part.Law.Atoms() {
			least = min(least, math.Abs(a.At))
		}
		if len(part.Law.Atoms()) == 0 {
			return 0
		}
	}
	return least
}

// solve returns the order q with slope(q) = y, for a y inside the ends, and whether float64
// has it.
func (s sum) solve(y float64) (q float64, ok bool) {
	start := s.slope(0)
	if start == y {
		return 0, true
	}
	lo, hi := s.orders()
	a, b, end := 0.0, 0.0, hi
	if y < start {
		end = lo
	}
	step := math.Copysign(0.25*min(1, math.Abs(end)), y-start)
	for range 1100 {
		if b = a + step; math.IsInf(end, 0) {
			step *= 2
		} else {
			step = (end - b) / 2
		}
		value := s.slope(b)
		if math.IsInf(value, 0) || math.IsNaN(value) || b == a || b == end {
			return 0, false
		}
		if (value > y) == (y > start) || value == y {
			q, err := special.Brent(func(q float64) float64 { return s.slope(q) - y }, min(a, b), max(a, b))
			return q, err == nil
		}
		a = b
	}
	return 0, false
}

// legendre returns q·slope(q) − cumulant(q), for small q as an integral over the curvature, as
// that of one law. The transform of a mixture has zeros at a distance of about π over the
// difference of the mean logs of its laws, within which the curvature is analytic.
func (s sum) legendre(q float64) float64 {
	lo, hi := s.orders()
	apart := 0.0
	for _, t := range s.terms {
		low, high := math.Inf(1), math.Inf(-1)
		for _, part := range t.unit.Parts() {
			mean := part.Law.LogMean()
			low, high = min(low, mean), max(high, mean)
		}
		apart = max(apart, high-low)
	}
	if math.Abs(q) <= 0.3*min(-lo, hi, 1)/(1+apart) {
		return q * q * quad.Fixed(func(v float64) float64 { return v * s.curvature(q*v) }, 0, 1, 14, quad.Legendre{}, 0)
	}
	return q*s.slope(q) - s.cumulant(q)
}

// line is the contour of one inversion, as contour, for a sum.
type line struct {
	sum
	t, theta, variance float64
	// convex: Λ″ is convex, as for a sum of laws that are no mixtures.
	convex bool
}

// logTail returns log P(S ≥ t), or log P(S < t) below the mean, by inversion about the given
// order, NaN if that is too long. t is inside the ends.
func (s sum) logTail(t, order float64, convex bool) float64 {
	l := line{sum: s, t: t, convex: convex}
	lo, hi := s.orders()
	distance := math.Abs(order)
	l.theta = (distance + math.Sqrt(distance*distance+4/s.curvature(order))) / 2
	if t < s.slope(0) {
		l.theta = -min(l.theta, -lo-(order-lo)/2)
		if math.IsInf(lo, -1) {
			l.theta = -(distance + math.Sqrt(distance*distance+4/s.curvature(order))) / 2
		}
	} else if l.theta >= hi-(hi-order)/2 {
		l.theta = order + (hi-order)/2
	}
	l.variance = s.curvature(l.theta)
	if !finite(l.theta) || !finite(l.variance) || !finite(s.cumulant(l.theta)) || !(lo < l.theta && l.theta < hi) {
		return math.NaN()
	}
	step := 2 * math.Pi / l.period()
	log := l.logIntegral(step)
	if convex {
		return log
	}
	// the size of the integral, to which the period is chosen, is a guess for a mixture
	if fine := l.logIntegral(step / 2); !(math.Abs(fine-log) <= 1e-11*max(1, math.Abs(log))) {
		return math.NaN()
	}
	return log
}

func (l line) logIntegral(step float64) float64 {
	total := 0.0
	for u, n := step/2, 0; ; u += step {
		if n++; n > mostTerms/4 || n > mostTerms/8 && !l.convex {
			return math.NaN()
		}
		log := l.characteristic(l.theta, u)
		bound := real(log)
		if !l.convex {
			bound = l.logEnvelope(l.theta, u)
		}
		if bound < -46 { // 1e-20, and falling with u
			break
		}
		total += real(cmplx.Exp(log-complex(0, u*l.t)) / complex(l.theta, u))
	}
	return l.cumulant(l.theta) - l.theta*l.t + math.Log(math.Abs(total)*step/math.Pi)
}

// period is that of contour, where Chernoff's bound has the exact moments unless Λ″ is convex.
func (l line) period() float64 {
	margin := -aliasing + math.Log(2+3*math.Abs(l.theta)*math.Sqrt(l.variance))
	drift := l.slope(l.theta) - l.t
	period := 0.0
	for _, shift := range l.shifts(math.Sqrt(2 * margin / l.variance)) {
		least := math.Inf(1)
		for _, delta := range [2]float64{shift, 0.7 * shift} {
			growth := l.cumulant(l.theta+delta) - l.cumulant(l.theta) - delta*l.t
			if l.convex {
				variance := max(l.curvature(l.theta), l.curvature(l.theta+delta))
				growth = min(growth, delta*drift+variance*delta*delta/2)
			}
			least = min(least, (margin+growth)/math.Abs(delta))
		}
		period = max(period, least)
	}
	return period
}

func (l line) shifts(ideal float64) [2]float64 {
	lo, hi := l.orders()
	if l.theta > 0 {
		return [2]float64{-min(ideal, l.theta), min(ideal, 0.7*(hi-l.theta))}
	}
	return [2]float64{-min(ideal, 0.7*(l.theta-lo)), min(ideal, -l.theta)}
}
