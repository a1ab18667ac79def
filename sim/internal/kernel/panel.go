package kernel

import "gradchain/sim/internal/kernel/level"

// A panel is a number of columns of one length. Vector units do tile columns on either
// side at a time, and chunk elements of a block of columns, which stay in the caches.
const (
	tile  = 4
	block = 2 * tile
	chunk = 256
)

// sumTile has the partial sums of a tile of columns on either side.
type sumTile = [tile][tile][width]float64

// Gram sets c[i·len(y)+j] = Σ x[i][k]·y[j][k], with the bits of Dot(x[i], y[j]). If y is x
// itself, c is symmetric, and half as much work. It panics unless all columns of x and y
// have one length and c has len(x)·len(y) elements.
func Gram(c []float64, x, y [][]float64) {
	samePanels(len(c), x, y)
	if len(c) == 0 {
		return
	}
	step, half := tile, len(x) == len(y) && &x[0] == &y[0]
	if len(x[0]) > chunk {
		step = block
	}
	for i := 0; i < len(x); i += step {
		for j := 0; j < len(y); j += step {
			if half && j < i {
				continue
			}
			u, v := x[i:min(i+step, len(x))], y[j:min(j+step, len(y))]
			if step == tile {
				var sums [1]sumTile
				gramBlock(c[i*len(y)+j:], len(y), u, v, half && i == j, sums[:])
			} else {
				var sums [block / tile * block / tile]sumTile
				gramBlock(c[i*len(y)+j:], len(y), u, v, half && i == j, sums[:])
			}
		}
	}
	for i := 0; half && i < len(x); i++ {
		for j := range i {
			c[i*len(y)+j] = c[j*len(y)+i]
		}
	}
}

// gramBlock is Gram for a block of columns on either side, with the sums, which are 0,
// of its tiles; stride is that of c. Half of it is all on the diagonal and above.
func gramBlock(c []float64, stride int, x, y [][]float64, half bool, sums []sumTile) {
	n := vectorLength(len(x[0]))
	for from := 0; from < n; from += chunk {
		end := min(from+chunk, n)
		for i := 0; i < len(x); i += tile {
			j := 0
			if half {
				j = i
			}
			for ; j < len(y); j += tile {
				vectorGram(x[i:min(i+tile, len(x))], y[j:min(j+tile, len(y))], from, end, &sums[i/tile*(block/tile)+j/tile])
			}
		}
	}
	for i, u := range x {
		for j, v := range y {
			s := (*vector)(&sums[i/tile*(block/tile)+j/tile][i%tile][j%tile])
			if n < len(u) {
				genericDot(u[n:], v[n:], s)
			}
			c[i*stride+j] = s.sum()
		}
	}
}

// SquaredNorms sets c[i] = Σ x[i][k]², with the bits of SquaredNorm(x[i]). It panics
// unless all columns have one length and c has len(x) elements.
func SquaredNorms(c []float64, x [][]float64) {
	samePanels(0, x, nil)
	same(len(c), len(x))
	for i := 0; i < len(x); i += tile {
		var sums [tile][width]float64
		part := x[i:min(i+tile, len(x))]
		n := vectorSquares(part, &sums)
		for j, v := range part {
			s := (*vector)(&sums[j])
			genericDot(v[n:], v[n:], s)
			c[i+j] = s.sum()
		}
	}
}

// Product sets y[j][k] to Σ x[i][k]·c[i·len(y)+j], with the bits of Combine for y of zeros.
func Product(y, x [][]float64, c []float64) {
	if len(x) == 0 || level.Now == level.Generic {
		for _, v := range y {
			clear(v)
		}
		Combine(y, x, c)
		return
	}
	combine(y, x, c, true)
	if n := vectorLength(len(x[0])); n < len(x[0]) && len(y) > 0 {
		for _, v := range y {
			clear(v[n:])
		}
		combineRest(y, x, c, n)
	}
}

// Combine adds Σ x[i][k]·c[i·len(y)+j] to y[j][k], for every j and k: a chain of fused
// multiply-adds in the order i = 0, 1, …, as Axpy(c[i·len(y)+j], x[i], y[j]) one after
// the other. It panics unless all columns of x and y have one length and c has
// len(x)·len(y) elements. No column of y may overlap another column.
func Combine(y, x [][]float64, c []float64) {
	combine(y, x, c, false)
	if len(c) > 0 {
		combineRest(y, x, c, vectorLength(len(x[0])))
	}
}

// combine does what is for a vector unit, of Product for fresh y.
func combine(y, x [][]float64, c []float64, fresh bool) {
	samePanels(len(c), x, y)
	if len(c) == 0 {
		return
	}
	n := vectorLength(len(x[0]))
	for from := 0; from < n; from += chunk {
		for j := 0; j < len(y); j += tile {
			to, end := y[j:min(j+tile, len(y))], min(from+chunk, n)
			if fresh {
				vectorProduct(to, x, c[j:], len(y), from, end)
			} else {
				vectorCombine(to, x, c[j:], len(y), from, end)
			}
		}
	}
}

// combineRest is Combine from element n.
func combineRest(y, x [][]float64, c []float64, n int) {
	if n == len(x[0]) {
		return
	}
	for i, u := range x {
		for j, v := range y {
			Axpy(c[i*len(y)+j], u[n:], v[n:])
		}
	}
}

// vectorLength is how many of the first elements of a column are for a vector unit.
func vectorLength(n int) int {
	if level.Now == level.Generic {
		return 0
	}
	return whole(n)
}

// samePanels panics unless there are that many pairs of columns, all of one length.
func samePanels(pairs int, x, y [][]float64) {
	if pairs != len(x)*len(y) {
		panic("kernel: number of pairs of columns is wrong")
	}
	length := -1
	for _, panel := range [][][]float64{x, y} {
		for _, column := range panel {
			if length < 0 {
				length = len(column)
			}
			if len(column) != length {
				panic("kernel: lengths of columns differ")
			}
		}
	}
}
