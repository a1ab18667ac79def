// Package chain samples chains of width 1: the gradient of every path as a logarithm
// with a sign, and the explicit network that defines it.
package chain

// Paths holds the gradients G of the paths of one block, as a struct of arrays.
type Paths struct {
	LogAbs   []float64 // log|G|, natural; −Inf for a dead path, whose G is exactly 0, and only for it
	Negative []bool    // G < 0
}

// Len returns the number of paths.
func (p Paths) Len() int { return len(p.LogAbs) }

// Resize makes room for n paths, whose contents are then undefined.
func (p *Paths) Resize(n int) {
	if cap(p.LogAbs) < n || cap(p.Negative) < n {
		p.LogAbs, p.Negative = make([]float64, n), make([]bool, n)
	}
	p.LogAbs, p.Negative = p.LogAbs[:n], p.Negative[:n]
}
