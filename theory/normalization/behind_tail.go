package normalization

import (
	"math"

	"gradchain/theory/quad"
)

// sample is the integrands at a node of t.
type sample struct {
	t float64
	f integrands
}

// extrapolate returns ∫ e^(−tε) f(t) dt from a t on, for f that goes like a series of the powers
// first, first + step … of 1/t, fitted to the last panel by least squares.
func extrapolate(samples []sample, k int, from, epsilon, first, step float64) float64 {
	value := 0.0
	for j, x := range fit(samples, k, from, first, step, tailTerms) {
		value += x * from * tail(first+step*float64(j), epsilon*from)
	}
	return value
}

// tailTerms is the number of powers.
const tailTerms = 5

// tail is ∫₁^∞ t^(−p) e^(−xt) dt.
func tail(p, x float64) float64 {
	if x == 0 {
		return 1 / (p - 1)
	}
	value, _ := quad.Integrate(func(u float64) float64 { // t = e^u
		return math.Exp((1-p)*u - x*math.Exp(u))
	}, []float64{0, 1, 4, 16, 64, 800}, 1e-12)
	return value
}

// fit returns the coefficients of (t/from)^(−first−j·step), by orthogonalisation.
func fit(samples []sample, k int, from, first, step float64, terms int) []float64 {
	n := len(samples)
	columns := make([][]float64, terms)
	rhs := make([]float64, n)
	for j := range columns {
		columns[j] = make([]float64, n)
		for i, s := range samples {
			columns[j][i] = math.Pow(s.t/from, -first-step*float64(j))
			rhs[i] = s.f[k]
		}
	}
	// Modified Gram–Schmidt, twice.
	r := make([][]float64, terms)
	y := make([]float64, terms)
	for j := range columns {
		r[j] = make([]float64, terms)
	}
	for j, v := range columns {
		for range 2 {
			for i, q := range columns[:j] {
				d := inner(q, v)
				r[i][j] += d
				for m := range v {
					v[m] -= d * q[m]
				}
			}
		}
		norm := math.Sqrt(inner(v, v))
		r[j][j] = norm
		for m := range v {
			v[m] /= norm
		}
		y[j] = inner(v, rhs)
		for m := range rhs {
			rhs[m] -= y[j] * v[m]
		}
	}
	for j := terms - 1; j >= 0; j-- {
		for i := j + 1; i < terms; i++ {
			y[j] -= r[j][i] * y[i]
		}
		y[j] /= r[j][j]
	}
	return y
}

func inner(a, b []float64) float64 {
	sum := 0.0
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}
