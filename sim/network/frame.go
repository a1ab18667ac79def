package network

import (
	"math"

	"gradchain/sim/internal/kernel"
)

// gone is the part of the size of a row below which rounding may have left what is there:
// 2^−52 times the growth of the elements on the way, of which there is none unless rows
// differ in size, and seldom more than 1,000. An element of a matrix without structure is
// that small with about that probability.
const gone = 0x1p-36

// triangle factors one frame of columns after the other, A = QR, by Householder's
// reflections. Before each of them the row with the largest element of its column is
// swapped to the top (Powell & Reid 1969), so that the error of a row is in proportion to
// that row, however much smaller than others it is: rows have the sizes of the φ′ of
// their units.
type triangle struct {
	r       []float64 // R_ij at i·columns + j, in units of 2^exp[j]
	columns int
	rank    int
	exp     []float64

	size  []float64 // of the rows: their largest elements
	swaps []int     // row that row j was swapped with
	tau   []float64 // reflection j is 1 − τvvᵀ, v in rows j … of column j, v_j = 1
	a     [][]float64
	coef  []float64
	v     [1][]float64
	x     [][]float64
}

// factor sets R, replaces the columns of f by orthonormal ones and returns these. They
// are as many as the rank: where nothing but rounding errors is left of a column, that
// column and all behind it are combinations of those before. So it is for a random frame
// times any matrix.
func (t *triangle) factor(f []vector) []vector {
	n, k := len(f[0].v), len(f)
	t.level(f)
	t.a, t.columns = values(t.a, f), k
	t.tau, t.swaps = resize(t.tau, k), resize(t.swaps, k)
	for t.rank = 0; t.rank < min(n, k) && t.eliminate(t.a, t.rank); {
		t.rank++
	}
	t.r = resize(t.r, t.rank*k)
	clear(t.r)
	for j, v := range t.a {
		for i := range min(j+1, t.rank) {
			t.r[i*k+j] = v[i]
		}
	}
	t.form(t.a[:t.rank])
	for j := range f[:t.rank] {
		f[j].exp = 0
		f[j].measure()
	}
	return f[:t.rank]
}

// level brings the largest element of every column to [1, 2), keeps their exponents, and
// sets the sizes of the rows.
func (t *triangle) level(f []vector) {
	t.size, t.exp = resize(t.size, len(f[0].v)), t.exp[:0]
	clear(t.size)
	for j := range f {
		f[j].level()
		t.exp = append(t.exp, f[j].exp)
		for i, x := range f[j].v {
			t.size[i] = max(t.size[i], math.Abs(x))
		}
	}
}

// level brings the largest element to [1, 2).
func (x *vector) level() {
	shift := exponent(x.v)
	scale(x.v, ldexp(1, -shift))
	x.exp += shift
	x.measure()
}

// exponent returns that of the largest element, in the normal range; 0 if there is none.
func exponent(x []float64) float64 {
	largest := 0.0
	for _, v := range x {
		largest = max(largest, math.Abs(v))
	}
	if largest == 0 {
		return 0
	}
	return max(float64(math.Ilogb(largest)), -1022)
}

// eliminate reflects what is left of column j to its first element, and reports false if
// nothing is.
func (t *triangle) eliminate(a [][]float64, j int) bool {
	x := a[j][j:]
	alive, first := false, 0
	for i, v := range x {
		alive = alive || math.Abs(v) > gone*t.size[j+i]
		if math.Abs(v) > math.Abs(x[first]) {
			first = i
		}
	}
	if !alive {
		return false
	}
	t.swaps[j] = j + first
	swapRows(a, j, j+first)
	t.size[j], t.size[j+first] = t.size[j+first], t.size[j]
	shift := exponent(x[:1])
	scale(x, ldexp(1, -shift))
	norm := math.Copysign(math.Sqrt(kernel.SquaredNorm(x)), x[0])
	t.tau[j] = 1 + x[0]/norm
	scale(x, 1/(x[0]+norm))
	x[0] = 1
	t.reflect(a, j)
	x[0] = -ldexp(norm, shift)
	return true
}

// reflect applies reflection j to the columns behind column j.
func (t *triangle) reflect(a [][]float64, j int) {
	t.v[0] = a[j][j:]
	t.x = t.x[:0]
	for _, c := range a[j+1:] {
		t.x = append(t.x, c[j:])
	}
	t.coef = resize(t.coef, len(t.x))
	kernel.Gram(t.coef, t.v[:], t.x)
	scale(t.coef, -t.tau[j])
	kernel.Combine(t.x, t.v[:], t.coef)
}

// form turns the reflections into the first columns of their product, and swaps the rows
// back.
func (t *triangle) form(a [][]float64) {
	for j := len(a) - 1; j >= 0; j-- {
		a[j][j] = 1
		t.reflect(a, j)
		scale(a[j][j:], -t.tau[j])
		a[j][j]++
		clear(a[j][:j])
	}
	for j := len(a) - 1; j >= 0; j-- {
		swapRows(a, j, t.swaps[j])
	}
}

func swapRows(a [][]float64, i, j int) {
	for _, v := range a {
		v[i], v[j] = v[j], v[i]
	}
}
