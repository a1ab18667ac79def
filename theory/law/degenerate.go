package law

import "math"

// rademacher is ±s with probability ½ each.
type rademacher struct{ point }

func (rademacher) spec() spec {
	return spec{
		name:  "rademacher",
		forms: [][]param{{positive("s")}},
		build: func(args []float64) family { return rademacher{point{args[0]}} },
	}
}

func (f rademacher) params() ([]string, []float64) { return []string{"s"}, []float64{f.x0} }

func (rademacher) mean() float64       { return 0 }
func (f rademacher) variance() float64 { return f.x0 * f.x0 }

// constant is the law of weights that all equal value; its point is |value|.
type constant struct {
	point
	value float64
}

func (constant) spec() spec {
	return spec{
		name:  "constant",
		forms: [][]param{{nonzero("value")}},
		build: func(args []float64) family { return constant{point{math.Abs(args[0])}, args[0]} },
	}
}

func (f constant) params() ([]string, []float64) { return []string{"value"}, []float64{f.value} }

func (f constant) mean() float64   { return f.value }
func (constant) variance() float64 { return 0 }

func (f constant) support() (lo, hi float64)  { return f.value, f.value }
func (f constant) pdf(x float64) float64      { return point{f.value}.absPDF(x) }
func (f constant) cdf(x float64) float64      { return point{f.value}.absCDF(x) }
func (f constant) survival(x float64) float64 { return point{f.value}.absSurvival(x) }
func (f constant) quantile(float64) float64   { return f.value }

// point is the law of |w| = x0: Λ(q) = q log x0 for every q.
type point struct{ x0 float64 }

func (point) orders() (lo, hi float64)         { return math.Inf(-1), math.Inf(1) }
func (p point) cumulant(order float64) float64 { return order * math.Log(p.x0) }
func (p point) slope(float64) float64          { return math.Log(p.x0) }
func (point) curvature(float64) float64        { return 0 }

func (p point) characteristic(_, t float64) complex128 { return complex(0, t*math.Log(p.x0)) }
func (point) envelope(_, _ float64) float64            { return 1 }

func (p point) absSup() float64 { return p.x0 }

func (p point) absPDF(x float64) float64 {
	if x == p.x0 {
		return math.Inf(1)
	}
	return 0
}

func (p point) absCDF(x float64) float64 {
	if x >= p.x0 {
		return 1
	}
	return 0
}

func (p point) absSurvival(x float64) float64    { return 1 - p.absCDF(x) }
func (p point) absQuantile(_, _ float64) float64 { return p.x0 }
