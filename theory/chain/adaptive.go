package chain

import (
	"math"
	"sort"
)

// adaptive is a distribution function as quintic polynomials on cells of unequal width.
type adaptive struct {
	lo, hi float64
	starts []float64
	widths []float64
	cells  [][6]float64
	bound  float64
	stop   func() bool
}

const (
	adaptiveCells = 32
	adaptiveTol   = 1e-8
	adaptiveLevel = 50 // of bisection
)

// lobatto are the interpolation points of a cell [0, 1].
var lobatto = func() (u [6]float64) {
	for i := range u {
		u[i] = (1 - math.Cos(math.Pi*float64(i)/5)) / 2
	}
	return u
}()

// checks are the points where a polynomial is compared to the function.
var checks = [...]float64{0.03, 0.2, 0.5, 0.8, 0.97}

// newAdaptive refines until polynomial and function differ by less than adaptiveTol at
// the checks, or until the function, which is monotone, rises by less over the cell. The
// bound is four times the largest difference found, and adaptiveTol at least. It gives up
// when stop says so.
func newAdaptive(f func(x float64) float64, lo, hi float64, stop func() bool) *adaptive {
	a := &adaptive{lo: lo, hi: hi, bound: adaptiveTol, stop: stop}
	width := (hi - lo) / adaptiveCells
	for i := range adaptiveCells {
		left := lo + float64(i)*width
		a.refine(f, left, width, 0)
	}
	return a
}

func (a *adaptive) refine(f func(x float64) float64, left, width float64, level int) {
	if a.stop() {
		return
	}
	var y [6]float64
	for i, u := range lobatto {
		y[i] = f(left + u*width)
	}
	c := interpolate(y)
	worst := 0.0
	rise := y[5] - y[0]
	if rise > adaptiveTol {
		for _, u := range checks {
			worst = max(worst, math.Abs(evaluate(&c, u)-f(left+u*width)))
		}
	} else {
		c = [6]float64{y[0], rise}
	}
	if worst <= adaptiveTol/4 || level == adaptiveLevel {
		if level < adaptiveLevel {
			a.bound = max(a.bound, 4*worst)
		}
		a.starts = append(a.starts, left)
		a.widths = append(a.widths, width)
		a.cells = append(a.cells, c)
		return
	}
	a.refine(f, left, width/2, level+1)
	a.refine(f, left+width/2, width/2, level+1)
}

// interpolate returns the coefficients of the quintic through y at the lobatto points
// (Newton's divided differences, expanded).
func interpolate(y [6]float64) [6]float64 {
	for k := 1; k < 6; k++ {
		for i := 5; i >= k; i-- {
			y[i] = (y[i] - y[i-1]) / (lobatto[i] - lobatto[i-k])
		}
	}
	c := [6]float64{y[5]}
	for k := 4; k >= 0; k-- {
		for i := 5; i > 0; i-- {
			c[i] = c[i-1] - lobatto[k]*c[i]
		}
		c[0] = y[k] - lobatto[k]*c[0]
	}
	return c
}

// evaluate returns the polynomial at u.
func evaluate(c *[6]float64, u float64) float64 {
	return c[0] + u*(c[1]+u*(c[2]+u*(c[3]+u*(c[4]+u*c[5]))))
}

func (a *adaptive) cdf(x float64) float64 {
	switch {
	case x < a.lo:
		return 0
	case x >= a.hi:
		return 1
	}
	j := max(sort.SearchFloat64s(a.starts, math.Nextafter(x, math.Inf(1)))-1, 0)
	y := evaluate(&a.cells[j], (x-a.starts[j])/a.widths[j])
	return min(max(y, 0), 1)
}

func (a *adaptive) window() (lo, hi float64) { return a.lo, a.hi }
