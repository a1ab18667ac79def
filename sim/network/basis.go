package network

import (
	"math"
	"slices"

	"gradchain/sim/internal/kernel"
)

// basis is an orthonormal basis of the span of k columns x̃_j = (x_j, κ_j),
//
//	x̃_j = σ_j Σ_i q_i R_ij,  σ_j = ‖x̃_j‖,
//
// of which the scales come out as the factors σ, so that R is that of unit vectors. It
// is found by the Cholesky process with pivoting on their correlations, which is good
// to 2^−53/d for a pivot d. So it stops at a pivot of 2^−10, and what is left of the
// other columns beside the basis is computed in full, twice so that it is orthogonal,
// and goes through the same, as unit vectors again. A difference of two nearly equal
// columns has in this way its own relative accuracy. Columns with less than 2^−44 left
// depend on the basis; a copy of another column is known to be one.
//
// The basis is q = Y T⁻¹ with Y some of the columns, or what is left of them, divided
// by their norms, T upper triangular.
type basis struct {
	sigma []float64
	r     []float64   // R_ij at i·k + j
	pivot []int       // the column that basis vector i is from
	rp    []float64   // R of these columns alone, upper triangular, at i·most + j
	t     []float64   // T, in the same way
	most  int         // no rank is larger
	y     [][]float64 // the columns of Y but for their norms
	tail  []float64   // κ of these
	norm  []float64   // of these
	twin  []int       // the column that a column which depends on others is a copy of, or −1

	rest         []rest
	own          products
	gram, row, a []float64
	order        []int
	w            [][]float64
	spare        []vector
}

// rest is what is left of column j beside the basis, (v, tail), as a multiple of a unit
// vector: σ_j·scale times (v, tail)/norm.
type rest struct {
	j           int
	v           []float64
	tail, norm  float64
	scale, left float64 // left: the diagonal of the Cholesky process
}

const (
	pivotFloor = 0x1p-10
	restFloor  = 0x1p-44
)

// products are those of the elements of columns, once they are known.
type products struct {
	known bool
	of    []float64 // none for more columns than have a use for them
}

// factor finds the basis of columns; no tail means κ = 0. It computes their products, if
// only for itself, unless they are known.
func (f *basis) factor(x []vector, tail []float64, known *products) {
	if known == nil {
		f.own.known, known = false, &f.own
	}
	k := len(x)
	f.most = min(k, len(x[0].v))
	if tail != nil {
		f.most = min(k, len(x[0].v)+1)
	}
	f.sigma, f.twin = resize(f.sigma, k), resize(f.twin, k)
	f.r, f.rp, f.t = resize(f.r, f.most*k), resize(f.rp, f.most*f.most), resize(f.t, f.most*f.most)
	f.pivot, f.y, f.tail, f.norm, f.rest = f.pivot[:0], f.y[:0], f.tail[:0], f.norm[:0], f.rest[:0]
	clear(f.r)
	clear(f.t)
	for j := range x {
		kappa := 0.0
		if tail != nil {
			kappa = tail[j]
		}
		f.twin[j] = -1
		f.sigma[j] = math.Sqrt(x[j].square + float64(kappa*kappa))
		if f.sigma[j] > 0 {
			f.rest = append(f.rest, rest{j: j, v: x[j].v, tail: kappa, norm: f.sigma[j], scale: 1})
		}
	}
	if len(f.rest) == 1 {
		f.accept(f.rest[0])
		f.r[f.rest[0].j], f.t[0], f.rest = 1, 1, f.rest[:0]
	}
	for len(f.rest) > 0 {
		f.cholesky(known)
		f.reduce(x)
		f.own.known, known = false, &f.own
	}
	for i := range f.pivot {
		for m, p := range f.pivot {
			f.rp[i*f.most+m] = f.r[i*k+p]
		}
	}
}

// rank is the dimension of the span.
func (f *basis) rank() int { return len(f.y) }

// accept makes a column the next one of Y.
func (f *basis) accept(c rest) {
	f.pivot, f.y = append(f.pivot, c.j), append(f.y, c.v)
	f.tail, f.norm = append(f.tail, c.tail), append(f.norm, c.norm)
}

// cholesky takes from the rest as many columns as have a large pivot, and leaves the
// others.
func (f *basis) cholesky(known *products) {
	k, m, first := len(f.sigma), len(f.rest), f.rank()
	f.row = resize(f.row, (f.most-first)*m)
	f.prepare(known)
	order := f.order[:0]
	for first+len(order) < f.most {
		p := f.largest()
		if p < 0 {
			break
		}
		i := len(order)
		row := f.row[i*m : (i+1)*m]
		f.correlate(row, p)
		for h := range order {
			kernel.Axpy(-f.row[h*m+p], f.row[h*m:(h+1)*m], row)
		}
		root := math.Sqrt(row[p])
		scale(row, 1/root)
		for _, o := range order {
			row[o] = 0
		}
		row[p] = root
		order = append(order, p)
		f.accept(f.rest[p])
		f.rest[p].left = -1
		for j := range f.rest {
			f.rest[j].left -= float64(row[j] * row[j])
		}
		f.rest[p].left = -1
	}
	for i := range order {
		for h, o := range order[i:] {
			f.t[(first+i)*f.most+first+i+h] = f.row[i*m+o]
			f.r[(first+i)*k+f.rest[o].j] = float64(f.row[i*m+o] * f.rest[o].scale)
		}
	}
	f.order = order
	f.rest = slices.DeleteFunc(f.rest, func(c rest) bool { return c.left == -1 })
}

// prepare sets gram to the products of the rest, unless they are more than their dimension
// and so depend on a few.
func (f *basis) prepare(p *products) {
	f.w = f.w[:0]
	for i := range f.rest {
		f.rest[i].left = 1
		f.w = append(f.w, f.rest[i].v)
	}
	if !p.known {
		p.known, p.of = true, p.of[:0]
		if len(f.w) <= f.most {
			p.of = resize(p.of, len(f.w)*len(f.w))
			kernel.Gram(p.of, f.w, f.w)
		}
	}
	f.gram = p.of
}

// correlate sets row to the correlations of one of the rest with all.
func (f *basis) correlate(row []float64, p int) {
	if m := len(row); len(f.gram) > 0 {
		copy(row, f.gram[p*m:(p+1)*m])
	} else {
		kernel.Gram(row, f.w[p:p+1], f.w)
	}
	a := f.rest[p]
	for i, b := range f.rest {
		row[i] = float64((row[i] + float64(a.tail*b.tail)) / a.norm / b.norm)
	}
	row[p] = 1
}

// largest returns the column of the rest with the largest pivot, −1 if none is large.
func (f *basis) largest() int {
	at, most := -1, pivotFloor
	for i, c := range f.rest {
		if c.left > most {
			at, most = i, c.left
		}
	}
	return at
}

// reduce takes the basis out of what is left.
func (f *basis) reduce(x []vector) {
	m := len(f.rest)
	if m == 0 {
		return
	}
	f.spare = columns(f.spare, len(f.sigma), len(x[0].v))
	w, tail := f.spare[:0:0], make([]float64, m)
	for i, c := range f.rest {
		v := f.spare[c.j].v
		for e, z := range c.v {
			v[e] = z / c.norm
		}
		w, tail[i] = append(w, vector{v: v}), c.tail/c.norm
	}
	for range 2 {
		f.a = f.coefficients(f.a, w, tail)
		for i, a := range f.a {
			c := f.rest[i%m]
			f.r[i/m*len(f.sigma)+c.j] += float64(a * c.scale)
			f.a[i] = -a
		}
		f.span(w, tail, f.a)
	}
	left := f.rest[:0]
	for i, c := range f.rest {
		c.v, c.tail = w[i].v, tail[i]
		c.norm = math.Sqrt(kernel.Dot(c.v, c.v) + float64(c.tail*c.tail))
		c.scale = float64(c.scale * c.norm)
		if c.scale >= restFloor && f.rank() < f.most {
			left = append(left, c)
		} else {
			f.twin[c.j] = f.copied(x, c.j)
		}
	}
	f.rest = left
}

// copied returns a column that column j is a copy of: one of the basis if there is,
// or one before j, or −1.
func (f *basis) copied(x []vector, j int) int {
	same := func(i int) bool {
		return i != j && x[i].exp == x[j].exp && x[i].square == x[j].square && slices.Equal(x[i].v, x[j].v)
	}
	if i := slices.IndexFunc(f.pivot, same); i >= 0 {
		return f.pivot[i]
	}
	for i := range j {
		if same(i) {
			return i
		}
	}
	return -1
}
