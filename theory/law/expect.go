package law

import (
	"math"
	"slices"

	"gradchain/theory/quad"
	"gradchain/theory/special"
)

// expectTol is the relative error that Expect aims at.
const expectTol = 1e-14

// Expect returns E f(w) and a bound of its error (package quad). The breaks, in any
// order, are points where f has a kink, a jump or an integrable singularity. Atoms
// are summed exactly. It panics if a break is NaN. The integral ends where float64
// does; student_t(nu) has |w| beyond with probability about 1e-308^nu.
func (l Law) Expect(f func(w float64) float64, breaks ...float64) (value, bound float64) {
	if m, ok := l.family.(mixed); ok {
		for _, p := range m.parts() {
			v, b := p.Law.Expect(f, breaks...)
			value += p.Weight * v
			bound += p.Weight * b
		}
		return value, bound
	}
	if atoms := l.Atoms(); len(atoms) > 0 {
		for _, a := range atoms {
			value += a.Mass * f(a.At)
			bound += 0x1p-50 * a.Mass * math.Abs(f(a.At))
		}
		return value, bound
	}
	c := l.coordinate()
	return quad.Integrate(func(v float64) float64 {
		w, density := c.point(v), c.density(v)
		if density == 0 || math.IsInf(w, 0) {
			return 0
		}
		return f(w) * density
	}, l.panels(c, breaks), expectTol)
}

// coordinate is a parameter v of the line on whose unit scale the law varies.
type coordinate struct {
	point, inverse, density func(float64) float64
}

// coordinate returns (w − median)/unit, or (log w − mu)/tau for lognormal.
func (l Law) coordinate() coordinate {
	center, unit := l.center(), 1.0
	switch f := l.family.(type) {
	case lognormal:
		return coordinate{
			point:   func(v float64) float64 { return math.Exp(f.mu + f.tau*v) },
			inverse: f.score,
			density: special.NormPDF,
		}
	case shifted:
		unit = f.sigma
	default:
		unit = l.family.absQuantile(0.5, 0.5)
	}
	return coordinate{
		point:   func(v float64) float64 { return center + unit*v },
		inverse: func(w float64) float64 { return (w - center) / unit },
		density: func(v float64) float64 { return l.PDF(center+unit*v) * unit },
	}
}

// panels returns the breaks of f and of the law in the coordinate, with panel ends
// where the tails decay.
func (l Law) panels(c coordinate, breaks []float64) []float64 {
	lo, hi := l.Support()
	var vs []float64
	for _, w := range slices.Concat(breaks, l.Breaks()) {
		if math.IsNaN(w) {
			panic("law: break is NaN")
		}
		if lo <= w && w <= hi {
			vs = append(vs, c.inverse(w))
		}
	}
	first, last := slices.Min(vs), slices.Max(vs)
	for _, size := range []float64{1, 4, 10, 20, 60, 200, 1e3, 1e4, 1e6} { // a far break must not hide a tail
		for _, v := range []float64{-size, size} {
			if first < v && v < last {
				vs = append(vs, v)
			}
		}
	}
	slices.Sort(vs)
	return slices.Compact(vs)
}
