package chain

import (
	"fmt"
	"math"

	"gradchain/theory/internal/domain"
)

// maxBound is the largest error bound of a Law that is returned.
const maxBound = 2e-6

// Law is the law of log|P_L|, natural, with an atom at −∞ where the path is dead.
type Law struct {
	alive float64
	bound float64
	given shape
}

// shape is the law of log|P_L| given that the path is alive.
type shape interface {
	cdf(x float64) float64
	// window returns an interval whose complement has a probability within the bound.
	window() (lo, hi float64)
}

// Law returns the exact law of log|P_L|. The routes, from the fastest:
//
//   - closed forms: lognormal weights with a linear activation or the like (normal), uniform
//     weights up to depth 3 (gamma), constant |w| (binomial), mixtures of constants
//     (multinomial), and depth 1, where the derivative takes two values at most;
//   - a table from the inverted characteristic function (file invert.go), for which that of
//     log|w| or of log|φ′| must decay at this depth;
//   - where it does not, at depth 1, and up to depth 4 for constant |w|: level sets of φ′
//     and quadrature (file direct.go).
//
// Bound is typically 1e-13 for weights with a smooth density, up to 1e-7 for uniform and
// truncated weights at depth 2 and 3 and 1e-8 on the third route. It is an error if no route
// reaches 2e-6 within about a second: constant |w| with an activation of which a part is
// straight (elu, selu, …) from depth 5 to 60, and saturating activations far in their tails
// (q about 1000 and more) at small depth; and a mixture of constant |w| with other laws at a
// depth at which all weights may be constant.
func (p Product) Law() (*Law, error) {
	if err := domain.Integer("depth", p.Depth, 1); err != nil {
		return nil, err
	}
	p, d, err := p.given()
	if err != nil {
		return nil, err
	}
	given, bound, err := p.route(d)
	if err != nil {
		return nil, err
	}
	if !(bound <= maxBound) {
		return nil, fmt.Errorf("depth = %d: the characteristic function of log|P_L| for weight = %v, activation = %v "+
			"decays too slowly to invert within reason: the error bound is %.3g, want at most %g (another depth may reach it)",
			p.Depth, p.Factor.Weight, d.phi, bound, maxBound)
	}
	alive, rounding := d.aliveAt(p.Depth)
	return &Law{alive: alive, bound: alive * (bound + rounding), given: given}, nil
}

// route returns the law given alive by the best route, and the bound of its error.
func (p Product) route(d derivative) (shape, float64, error) {
	if s, bound := p.closed(d); s != nil {
		return s, bound, nil
	}
	slow := p.Factor.Weight.Degenerate() || p.Factor.Weight.AbsPDF(p.edge()) > 0
	if p.Depth == 1 && slow && p.hasDirect(d) {
		return p.direct(d)
	}
	given, bound, err := p.invert(d)
	if (err != nil || !(bound <= maxBound)) && p.hasDirect(d) {
		return p.direct(d)
	}
	return given, bound, err
}

// edge returns the largest |w|: a density there, which jumps to 0, makes the characteristic
// function of log|w| decay like 1/t only.
func (p Product) edge() float64 {
	lo, hi := p.Factor.Weight.Support()
	return max(-lo, hi)
}

// CDF returns P(log|P_L| ≤ x). At −∞ that is the probability of a dead path. It is NaN
// for NaN.
func (l *Law) CDF(x float64) float64 {
	switch {
	case math.IsNaN(x):
		return x
	case math.IsInf(x, 1):
		return 1
	case math.IsInf(x, -1):
		return 1 - l.alive
	}
	if l.alive == 1 {
		return l.given.cdf(x)
	}
	return 1 - l.alive*(1-l.given.cdf(x))
}

// CDFs sets dst[i] to CDF(x[i]). It panics if the lengths differ.
func (l *Law) CDFs(dst, x []float64) {
	if len(dst) != len(x) {
		panic("chain: lengths of dst and x differ")
	}
	for i, v := range x {
		dst[i] = l.CDF(v)
	}
}

// Bound returns a bound of the absolute error of CDF, anywhere.
func (l *Law) Bound() float64 { return l.bound }

// Alive returns P(P_L ≠ 0).
func (l *Law) Alive() float64 { return l.alive }

// Quantile returns the smallest x with CDF(x) ≥ p, to the accuracy of CDF: −∞ if p is at
// most the probability of a dead path. It is an error unless 0 < p < 1, and where p is so
// close to an end that the bound of CDF covers it.
func (l *Law) Quantile(p float64) (float64, error) {
	if err := domain.Check(0 < p && p < 1, "p", p, "from above 0 to below 1"); err != nil {
		return 0, err
	}
	if p <= 1-l.alive {
		return math.Inf(-1), nil
	}
	lo, hi := l.given.window()
	if !(p-(1-l.alive) > l.bound && 1-p > l.bound) {
		return 0, fmt.Errorf("p = %g, want %g < p < %g: the law is known to %.3g only", p, 1-l.alive+l.bound, 1-l.bound, l.bound)
	}
	if points, ok := l.given.(interface{ quantile(p float64) float64 }); ok {
		return points.quantile(1 - (1-p)/l.alive), nil
	}
	for range 200 {
		middle := lo/2 + hi/2
		if middle <= lo || middle >= hi {
			break
		}
		if l.CDF(middle) >= p {
			hi = middle
		} else {
			lo = middle
		}
	}
	return hi, nil
}
