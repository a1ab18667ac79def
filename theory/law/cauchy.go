package law

import (
	"math"

	"gradchain/theory/special"
)

// cauchy has density s/(π(s² + w²)): log(|w|/s) is symmetric with the hyperbolic
// secant law, so Λ(q) = q log s − log cos(πq/2), −1 < q < 1.
type cauchy struct{ s float64 }

func (cauchy) spec() spec {
	return spec{
		name:  "cauchy",
		forms: [][]param{{positive("s")}},
		build: func(args []float64) family { return cauchy{args[0]} },
	}
}

func (f cauchy) params() ([]string, []float64) { return []string{"s"}, []float64{f.s} }

func (cauchy) orders() (lo, hi float64) { return -1, 1 }

// cosine returns cos(πq/2), accurate near |q| = 1 and, as cosine − 1, near 0.
func cosine(order float64) (cos, cosMinus1 float64) {
	half := math.Sin(math.Pi * order / 4)
	if math.Abs(order) < 0.5 {
		return 1 - 2*half*half, -2 * half * half
	}
	cos = math.Sin(math.Pi / 2 * (1 - math.Abs(order)))
	return cos, cos - 1
}

func (f cauchy) cumulant(order float64) float64 {
	cos, c := cosine(order)
	if cos < 0.5 {
		return order*math.Log(f.s) - math.Log(cos)
	}
	return order*math.Log(f.s) - math.Log1p(c)
}

func (f cauchy) slope(order float64) float64 {
	cos, _ := cosine(order)
	return math.Log(f.s) + math.Pi/2*math.Sin(math.Pi/2*order)/cos
}

func (cauchy) curvature(order float64) float64 {
	cos, _ := cosine(order)
	return math.Pi * math.Pi / 4 / (cos * cos)
}

// characteristic uses 1/cos(a+ib) = 1/(cos a · cosh b · (1 − i tan a · tanh b)).
func (f cauchy) characteristic(theta, t float64) complex128 {
	cos, _ := cosine(theta)
	tan := math.Sin(math.Pi/2*theta) / cos
	b := math.Pi / 2 * t
	return complex(-special.LogCosh(b), t*math.Log(f.s)) - log1p(complex(0, -tan*math.Tanh(b)))
}

func (cauchy) envelope(theta, t float64) float64 {
	cos, _ := cosine(theta)
	return cos / math.Hypot(cos, math.Sinh(math.Pi/2*t))
}

func (cauchy) mean() float64     { return math.NaN() }
func (cauchy) variance() float64 { return math.NaN() }

func (cauchy) absSup() float64 { return math.Inf(1) }

func (f cauchy) absPDF(x float64) float64 {
	r := x / f.s
	return 2 / (math.Pi * f.s * (1 + r*r))
}

func (f cauchy) absCDF(x float64) float64      { return 2 / math.Pi * math.Atan(x/f.s) }
func (f cauchy) absSurvival(x float64) float64 { return 2 / math.Pi * math.Atan(f.s/x) }

func (f cauchy) absQuantile(c, s float64) float64 {
	if c < 0.5 {
		return f.s * math.Tan(math.Pi/2*c)
	}
	return f.s / math.Tan(math.Pi/2*s)
}
