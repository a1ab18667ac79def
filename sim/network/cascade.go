package network

import (
	"math"

	"gradchain/sim/internal/kernel"
)

// cascade is the product of the triangles of all layers so far. Row i is of the size of
// its product of diagonals, and so has its own exponent.
type cascade struct {
	rows, next []vector
	x, y       [][]float64
	coef       []float64
}

// reset makes it the identity.
func (p *cascade) reset(n int) {
	p.rows = resize(p.rows, n)
	for i := range p.rows {
		p.rows[i].v = resize(p.rows[i].v, n)
		clear(p.rows[i].v)
		p.rows[i].v[i], p.rows[i].exp = 1, 0
	}
}

// multiply makes it R times itself.
func (p *cascade) multiply(t *triangle) {
	p.next = resize(p.next, t.rank)
	p.coef = resize(p.coef, t.columns*t.rank)
	p.x, p.y = p.x[:0], p.y[:0]
	for _, row := range p.rows {
		p.x = append(p.x, row.v)
	}
	for i := range p.next {
		p.next[i].v = resize(p.next[i].v, len(p.rows[0].v))
		clear(p.next[i].v)
		p.y = append(p.y, p.next[i].v)
		p.next[i].exp = p.coefficients(t, i)
	}
	kernel.Combine(p.y, p.x, p.coef)
	for i := range p.next {
		p.next[i].level()
	}
	p.rows, p.next = p.next, p.rows
}

// coefficients sets those of row i of the product, and returns what they are units of.
func (p *cascade) coefficients(t *triangle, i int) float64 {
	r := t.r[i*t.columns : (i+1)*t.columns]
	largest := math.Inf(-1)
	for j, x := range r {
		if x != 0 {
			largest = max(largest, float64(math.Ilogb(x))+t.exp[j]+p.rows[j].exp)
		}
	}
	for j, x := range r {
		p.coef[j*t.rank+i] = ldexp(x, t.exp[j]+p.rows[j].exp-largest)
	}
	return largest
}
