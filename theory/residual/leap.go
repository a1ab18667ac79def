package residual

import "math"

// layer returns what one layer adds to the variance q and to the log gradient.
type layer func(q float64) (rise, gain float64, err error)

// leap is 2^j layers at once, as a function of the variance between lo and hi: Chebyshev
// polynomials in log q. What one layer adds is analytic in log q as far as π from the real
// line unless φ has kinks, and so is what many layers add, so that the error falls like
// (4.7)^−n over a ratio of 16; it is checked anyway.
type leap struct {
	lo, hi     float64
	rise, gain [leapPoints]float64 // coefficients
}

const (
	leapRatio  = 16 // of hi and lo, for one layer
	leapPoints = 24
	// leapError is the largest relative error at the points where it is checked.
	leapError = 1e-12
	// worthwhile is the number of layers from which a leap is cheaper than they are.
	worthwhile = 3 * leapPoints
)

// leaps returns the leaps of 1, 2, 4, … layers from q on, none where φ is not smooth enough.
// Each one is the last one twice, on an interval from which the first half stays inside.
func leaps(one layer, q float64) ([]leap, error) {
	var levels []leap
	next, hi := one, q*leapRatio
	for {
		l := leap{lo: q, hi: hi}
		ok, err := l.fit(next)
		if err != nil || !ok {
			return levels, err
		}
		levels = append(levels, l)
		rise, _ := l.at(hi)
		hi -= rise
		if first, _ := l.at(hi); !(hi > 2*q) || hi+first > l.hi*(1+1e-9) {
			return levels, nil
		}
		next = l.twice
	}
}

func (l *leap) twice(q float64) (rise, gain float64, err error) {
	rise, gain = l.at(q)
	rise2, gain2 := l.at(q + rise)
	return rise + rise2, gain + gain2, nil
}

// fit interpolates at the zeros of the Chebyshev polynomial, and reports whether that is
// right at three other points.
func (l *leap) fit(f layer) (ok bool, err error) {
	center, half := l.interval()
	for i := range leapPoints {
		angle := math.Pi * (float64(i) + 0.5) / leapPoints
		rise, gain, err := f(math.Exp(center + half*math.Cos(angle)))
		if err != nil {
			return false, err
		}
		for k := range leapPoints {
			weight := 2. / leapPoints * math.Cos(float64(k)*angle)
			l.rise[k] += weight * rise
			l.gain[k] += weight * gain
		}
	}
	l.rise[0] /= 2
	l.gain[0] /= 2
	for _, x := range []float64{-0.99, 0.03, 0.98} {
		q := math.Exp(center + half*x)
		rise, gain, err := f(q)
		if err != nil {
			return false, err
		}
		gotRise, gotGain := l.at(q)
		if !(math.Abs(gotRise-rise) <= leapError*rise && math.Abs(gotGain-gain) <= leapError*gain) {
			return false, nil
		}
	}
	return true, nil
}

func (l *leap) interval() (center, half float64) {
	lo, hi := math.Log(l.lo), math.Log(l.hi)
	return (lo + hi) / 2, (hi - lo) / 2
}

// at evaluates both series (Clenshaw 1955).
func (l *leap) at(q float64) (rise, gain float64) {
	center, half := l.interval()
	x := (math.Log(q) - center) / half
	return chebyshev(&l.rise, x), chebyshev(&l.gain, x)
}

func chebyshev(coefficients *[leapPoints]float64, x float64) float64 {
	var b, last float64
	for k := leapPoints - 1; k > 0; k-- {
		b, last = coefficients[k]+2*x*b-last, b
	}
	return coefficients[0] + x*b - last
}
