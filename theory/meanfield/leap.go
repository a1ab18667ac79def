package meanfield

import "math"

// leap is 2^j steps at once: for an orbit that has moved by s in the logarithm, in its own
// direction, by how much they move it on. It holds for 0 ≤ s ≤ end, Chebyshev polynomials
// in s; analytic maps of a variance are analytic in the logarithm as far as π/2 from the
// real line, so that the error falls like 4^−n over a ratio of 16. It is checked anyway.
type leap struct {
	end          float64
	coefficients [leapPoints]float64
}

const (
	leapPoints = 24
	// leapError is the largest error, in units of the largest step, where it is checked.
	leapError = 1e-13
	// steady is the smallest first step in those units. Beside an unstable fixed point the
	// steps grow from nothing, and every digit of the first one counts.
	steady = 1e-3
)

// levels returns the leaps of 1, 2, 4, … steps from the logarithm start on, none where the
// map is not smooth enough. Each one is the last one twice, on an interval from which the
// first half stays inside; that is all of it if it has a fixed point.
func (o orbit) levels(start, length float64) []leap {
	direction, end := math.Copysign(1, length), math.Abs(length)
	step := func(s float64) float64 { return direction * o.growth(math.Exp(start+direction*s)) }
	noise := max(o.noise(math.Exp(start)), o.noise(math.Exp(start+length)))
	var levels []leap
	for len(levels) < 62 {
		l, ok := fit(step, end, noise)
		if !ok {
			break
		}
		levels = append(levels, l)
		if last := l.at(end); last > 0 {
			if end -= last; !(end > l.end/8) || end+l.at(end) > l.end*(1+1e-9) {
				break
			}
		}
		step = func(s float64) float64 {
			first := l.at(s)
			return first + l.at(s+first)
		}
	}
	return levels
}

// mostLeaps is the number of leaps of a run. A few for each level are usual; more are those of
// a map that is too rough for long ones.
const mostLeaps = 4096

// run takes up to n steps from s = 0 and returns how far they came and how many are left.
func run(levels []leap, n int) (s float64, left int) {
	for taken := 0; n > 0 && s <= levels[0].end && taken < mostLeaps; taken++ {
		j := len(levels) - 1
		for s > levels[j].end || n>>j == 0 {
			j--
		}
		step := levels[j].at(s)
		if !(step > 0) { // the fixed point
			return s, 0
		}
		s, n = s+step, n-1<<j
	}
	return s, n
}

// cosines are cos(kπ(i+½)/leapPoints).
var cosines = func() (table [leapPoints][leapPoints]float64) {
	for k := range table {
		for i := range table[k] {
			table[k][i] = math.Cos(math.Pi * float64(k) * (float64(i) + 0.5) / leapPoints)
		}
	}
	return table
}()

// fit interpolates at the zeros of the Chebyshev polynomial, and reports whether that is
// right at both ends and between.
func fit(step func(s float64) float64, end, noise float64) (l leap, ok bool) {
	l.end = end
	var largest float64
	for i := range leapPoints {
		y := step(end / 2 * (1 + cosines[1][i]))
		largest = max(largest, math.Abs(y))
		for k := range l.coefficients {
			l.coefficients[k] += 2. / leapPoints * cosines[k][i] * y
		}
	}
	l.coefficients[0] /= 2
	if !(l.at(0) > steady*largest) {
		return l, false
	}
	for _, x := range [...]float64{0, 0.51, 1} {
		if !(math.Abs(l.at(x*end)-step(x*end)) <= leapError*largest+4*noise) {
			return l, false
		}
	}
	return l, true
}

// at evaluates the series (Clenshaw 1955).
func (l *leap) at(s float64) float64 {
	x := 2*s/l.end - 1
	var b, last float64
	for k := leapPoints - 1; k > 0; k-- {
		b, last = l.coefficients[k]+2*x*b-last, b
	}
	return l.coefficients[0] + x*b - last
}
