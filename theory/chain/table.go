package chain

// table is a distribution function as quintic polynomials on cells of equal width: the
// Hermite interpolant of values and first two derivatives at the ends of the cells.
type table struct {
	lo, hi, perWidth float64 // perWidth is cells per unit of x
	cells            [][6]float64
}

// newTable interpolates between the points lo + j·width, j = 0 … len(value)−1.
func newTable(lo, width float64, value, first, second []float64) table {
	n := len(value) - 1
	t := table{lo, lo + float64(n)*width, 1 / width, make([][6]float64, n)}
	for j := range t.cells {
		rise := value[j+1] - value[j]
		d0, d1 := first[j]*width, first[j+1]*width
		s0, s1 := second[j]*width*width, second[j+1]*width*width
		t.cells[j] = [6]float64{
			value[j], d0, s0 / 2,
			10*rise - 6*d0 - 4*d1 - 1.5*s0 + 0.5*s1,
			-15*rise + 8*d0 + 7*d1 + 1.5*s0 - s1,
			6*rise - 3*d0 - 3*d1 - 0.5*s0 + 0.5*s1,
		}
	}
	return t
}

// quinticError is the largest |u³(1−u)³|/6! on [0,1]: the error of the interpolant is at
// most that times width⁶ times the sixth derivative.
const quinticError = 1.0 / (64 * 720)

func (t table) cdf(x float64) float64 {
	switch {
	case x <= t.lo:
		return 0
	case x >= t.hi:
		return 1
	}
	v := (x - t.lo) * t.perWidth
	j := min(int(v), len(t.cells)-1)
	u := v - float64(j)
	c := &t.cells[j]
	y := c[0] + u*(c[1]+u*(c[2]+u*(c[3]+u*(c[4]+u*c[5]))))
	return min(max(y, 0), 1)
}

func (t table) window() (lo, hi float64) { return t.lo, t.hi }
