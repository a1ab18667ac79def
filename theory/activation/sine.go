package activation

import "math"

// sine is sin z.
type sine struct{}

func (sine) phi(z float64) float64  { return math.Sin(z) }
func (sine) dphi(z float64) float64 { return math.Cos(z) }

func (sine) logAbs(z float64) float64 {
	c := math.Abs(math.Cos(z))
	if c > 0.7 {
		s := math.Sin(z)
		return math.Log1p(-s*s) / 2
	}
	return math.Log(c)
}

func (sine) traits() traits {
	tail := Tail{Kind: Oscillating, Coefficient: math.NaN()}
	return traits{
		sup: attained(1, 0), inf: attained(-1, math.Pi),
		min: attained(-1, -math.Pi/2), max: 1, left: tail, right: tail, odd: true,
	}
}
