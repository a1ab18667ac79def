package meanfield

import "math"

// orbit iterates a map. Where the steps have become small against the scale on which
// they change, the map is replaced by an interpolant over the stretch that the next
// steps will cover, so that a million steps cost a few hundred values of the map.
type orbit struct {
	next   func(x float64) float64
	lo, hi float64                 // the domain of next
	noise  func(x float64) float64 // rounding error of next
}

// relativeNoise is the rounding error of a number.
func relativeNoise(x float64) float64 { return 0x1p-53 * math.Abs(x) }

// directSteps is the number of steps between two attempts to interpolate.
const directSteps = 16

// at returns the n-th iterate of x; NaN or an infinity as soon as that comes.
func (o orbit) at(x float64, n int) float64 {
	for reach := 64; n > 0; {
		var step float64
		for range min(n, directSteps) {
			y := o.next(x)
			step = y - x
			x = y
			n--
			if math.IsNaN(step) || math.IsInf(x, 0) || math.Abs(step) <= o.noise(x) {
				return x
			}
		}
		s, ok := o.stretch(x, step*float64(min(reach, n)))
		if n == 0 || !ok {
			reach = max(reach/4, 64)
			continue
		}
		var done int
		if x, done = s.run(x, n); done == 0 {
			return x
		}
		n -= done
		reach = min(4*reach, 1<<24)
	}
	return x
}

// stretch is the interpolant of next(x) − x on the interval between two ends.
type stretch struct {
	center, half float64
	coefficients []float64 // of Chebyshev polynomials
	noise        float64
}

// degree is that of the interpolant.
const degree = 12

// stretch returns the interpolant between x and x + length, cut to a factor of 1.25 and to
// the domain. It is not ok if that does not hold directSteps steps, or if the
// coefficients do not fall to the rounding error.
func (o orbit) stretch(x, length float64) (s stretch, ok bool) {
	end := min(max(x+length, 0.8*x, o.lo), 1.25*x, o.hi)
	s = stretch{center: (x + end) / 2, half: math.Abs(end-x) / 2, noise: max(o.noise(x), o.noise(end))}
	if !(s.half > 0) {
		return s, false
	}
	var values [degree + 1]float64
	var largest float64
	for i := range values {
		y := s.center + s.half*math.Cos(math.Pi*(float64(i)+0.5)/(degree+1))
		values[i] = o.next(y) - y
		largest = max(largest, math.Abs(values[i]))
	}
	if !(largest*directSteps < 2*s.half) {
		return s, false
	}
	s.coefficients = chebyshev(values)
	tail := math.Abs(s.coefficients[degree]) + math.Abs(s.coefficients[degree-1])
	if !(tail <= 1e-13*largest+4*s.noise) {
		return s, false
	}
	last := degree
	for last > 1 && math.Abs(s.coefficients[last]) < 0x1p-48*largest+s.noise {
		last--
	}
	s.coefficients = s.coefficients[:last+1]
	return s, true
}

// chebyshev returns the coefficients of the polynomial through values at the Chebyshev
// nodes.
func chebyshev(values [degree + 1]float64) []float64 {
	coefficients := make([]float64, degree+1)
	for k := range coefficients {
		for i, y := range values {
			coefficients[k] += 2. / (degree + 1) * y * math.Cos(math.Pi*float64(k)*(float64(i)+0.5)/(degree+1))
		}
	}
	coefficients[0] /= 2
	return coefficients
}

// run takes up to n steps while x is inside, and returns how many it took; 0 where the
// steps are lost in the rounding error.
func (s stretch) run(x float64, n int) (float64, int) {
	last := len(s.coefficients) - 1
	for done := range n {
		t := (x - s.center) / s.half
		if math.Abs(t) > 1+1e-9 {
			return x, done
		}
		var b, before float64 // Clenshaw's recurrence
		for k := last; k > 0; k-- {
			b, before = s.coefficients[k]+2*t*b-before, b
		}
		step := s.coefficients[0] + t*b - before
		if math.Abs(step) <= s.noise {
			return x, 0
		}
		x += step
	}
	return x, n
}
