package tally

import "math"

// moments is the count, mean and sum of squared deviations of a sample.
type moments struct {
	n    int64
	mean float64
	m2   float64 // Σ (x − mean)²
}

// of returns the moments of the finite elements of x, by the two-pass algorithm
// with its correction (Chan, Golub & LeVeque 1983, eq. (1.7)).
func of(x []float64) moments {
	var m moments
	sum := 0.0
	for _, v := range x {
		if !math.IsInf(v, -1) {
			m.n++
			sum += v
		}
	}
	if m.n == 0 {
		return m
	}
	n := float64(m.n)
	m.mean = sum / n
	rest := 0.0
	for _, v := range x {
		if !math.IsInf(v, -1) {
			d := v - m.mean
			rest += d
			m.m2 += float64(d * d)
		}
	}
	m.m2 -= float64(rest * rest / n)
	m.m2 = max(m.m2, 0)
	return m
}

// merge adds the sample behind o (Chan, Golub & LeVeque 1979, eq. (2.1)). Its last
// bits depend on the order of merging.
func (m *moments) merge(o moments) {
	if o.n == 0 {
		return
	}
	if m.n == 0 {
		*m = o
		return
	}
	na, nb := float64(m.n), float64(o.n)
	delta := o.mean - m.mean
	m.n += o.n
	m.mean += float64(delta * (nb / (na + nb)))
	m.m2 += o.m2 + float64(float64(delta*delta)*(na*nb/(na+nb)))
}

// variance returns the unbiased sample variance, NaN for fewer than two elements.
func (m moments) variance() float64 {
	if m.n < 2 {
		return math.NaN()
	}
	return m.m2 / float64(m.n-1)
}
