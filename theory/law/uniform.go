package law

import "math"

// uniform is the uniform law on (−a, a): −log(|w|/a) is exponential of rate 1, so
// Λ(q) = q log a − log(1+q), q > −1.
type uniform struct{ a float64 }

func (uniform) spec() spec {
	return spec{
		name:  "uniform",
		forms: [][]param{{positive("a")}},
		build: func(args []float64) family { return uniform{args[0]} },
	}
}

func (f uniform) params() ([]string, []float64) { return []string{"a"}, []float64{f.a} }

func (uniform) orders() (lo, hi float64) { return -1, math.Inf(1) }

func (f uniform) cumulant(order float64) float64 {
	return order*math.Log(f.a) - math.Log1p(order)
}

func (f uniform) slope(order float64) float64   { return math.Log(f.a) - 1/(1+order) }
func (uniform) curvature(order float64) float64 { return 1 / ((1 + order) * (1 + order)) }

func (f uniform) characteristic(theta, t float64) complex128 {
	return complex(0, t*math.Log(f.a)) - log1p(complex(0, t/(1+theta)))
}

func (uniform) envelope(theta, t float64) float64 { return 1 / math.Hypot(1, t/(1+theta)) }

func (uniform) mean() float64       { return 0 }
func (f uniform) variance() float64 { return f.a * f.a / 3 }

func (f uniform) absSup() float64 { return f.a }

func (f uniform) absPDF(x float64) float64 {
	if x > f.a {
		return 0
	}
	return 1 / f.a
}

func (f uniform) absCDF(x float64) float64         { return min(x/f.a, 1) }
func (f uniform) absSurvival(x float64) float64    { return max((f.a-x)/f.a, 0) }
func (f uniform) absQuantile(c, _ float64) float64 { return f.a * c }
