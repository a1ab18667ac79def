package kernel

import "gradchain/sim/internal/kernel/level"

// A panel is a number of columns of one length. Vector units do tile columns on either
// side at a time, and chunk elements of a block of columns, which stay in the caches.
const (
	tile  = 4
	block = 2 * tile
	chunk = 512
)

// sumTile has the partial sums of a tile of columns on either side.
type sumTile = [tile][tile][width]float64

// Gram sets c[i·len(y)+j] = Σ x[i][k]·y[j][k], with the bits of Dot(x[i], y[j]). It
// panics unless all columns of x and y have one length and c has len(x)·len(y) elements.
func Gram(c []float64, x, y [][]float64) {
	samePanels(len(c), x, y)
	if len(c) == 0 {
		return
	}
	step := tile
	if len(x[0]) > chunk {
		step = block
	}
	for i := 0; i < len(x); i += step {
		for j := 0; j < len(y); j += step {
			u, v := x[i:min(i+step, len(x))], y[j:min(j+step, len(y))]
			if step == tile {
				var sums [1]sumTile
				gramBlock(c[i*len(y)+j:], len(y), u, v, sums[:])
			} else {
				var sums [block / tile * block / tile]sumTile
				gramBlock(c[i*len(y)+j:], len(y), u, v, sums[:])
			}
		}
	}
}

// gramBlock is Gram for a block of columns on either side, with the sums, which are 0,
// of its tiles; stride is that of c.
func gramBlock(c []float64, stride int, x, y [][]float64, sums []sumTile) {
	n := vectorLength(len(x[0]))
	for from := 0; from < n; from += chunk {
		end := min(from+chunk, n)
		for i := 0; i < len(x); i += tile {
			for j := 0; j < len(y); j += tile {
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
			c[i*stride+j] = ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]))
		}
	}
}

// Combine adds Σ x[i][k]·c[i·len(y)+j] to y[j][k], for every j and k: a chain of fused
// multiply-adds in the order i = 0, 1, …, as Axpy(c[i·len(y)+j], x[i], y[j]) one after
// the other. It panics unless all columns of x and y have one length and c has
// len(x)·len(y) elements. No column of y may overlap another column.
func Combine(y, x [][]float64, c []float64) {
	samePanels(len(c), x, y)
	if len(c) == 0 {
		return
	}
	n := vectorLength(len(x[0]))
	for from := 0; from < n; from += chunk {
		for j := 0; j < len(y); j += tile {
			vectorCombine(y[j:min(j+tile, len(y))], x, c[j:], len(y), from, min(from+chunk, n))
		}
	}
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
