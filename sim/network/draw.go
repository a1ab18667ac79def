package network

import (
	"math"
	"slices"

	"gradchain/sim/internal/kernel"
	"gradchain/sim/stream"
)

// chunk is the number of values drawn at a time, few enough for the first-level
// cache.
const chunk = 1024

// normals draws standard normal values. A call takes whole groups of words.
type normals struct {
	bits  [chunk]uint64
	spare [chunk / 2]float64

	fresh, packed []float64
	from, to      [][]float64
	order         []int
	groups        []group
}

func (d *normals) fill(src stream.Source, dst []float64) {
	for len(dst) > 0 {
		n := min(len(dst), chunk)
		half := (n + 1) / 2
		bits := d.bits[:2*((half+lanes-1)&^(lanes-1))]
		src.Fill(bits)
		if n%2 == 0 {
			kernel.NormalPairs(dst[:half], dst[half:n], bits)
		} else {
			kernel.NormalPairs(dst[:half], d.spare[:half], bits)
			copy(dst[half:n], d.spare[:])
		}
		dst = dst[n:]
	}
}

// sphere sets x to a uniform point of the sphere ‖x‖ = radius.
func (d *normals) sphere(src stream.Source, x []float64, radius float64) {
	d.fill(src, x)
	if len(x) == 1 {
		x[0] = math.Copysign(radius, x[0]) // exactly, so that two may be one
		return
	}
	scale(x, radius/math.Sqrt(kernel.Dot(x, x)))
}

// strip is the number of rows that are worked on at a time, few enough for a batch of
// some 32 columns to stay in the first-level caches.
const strip = 128

// mix sets dst to N c, N of independent standard normal elements and as many columns
// as c has rows. Column pivot[i] of c is 0 below row i.
func (d *normals) mix(src stream.Source, dst []vector, c []float64, pivot []int) {
	rank := len(pivot)
	if rank == 1 && len(dst) == 1 {
		d.fill(src, dst[0].v)
		scale(dst[0].v, c[0])
		return
	}
	d.plan(dst, c, pivot)
	n := len(dst[0].v)
	d.fresh = resize(d.fresh, rank*strip)
	for first := 0; first < n; first += strip {
		rows := min(strip, n-first)
		d.from = d.from[:0]
		for i := range rank {
			d.from = append(d.from, d.fresh[i*rows:(i+1)*rows])
		}
		d.fill(src, d.fresh[:rank*rows])
		for _, g := range d.groups {
			d.to = d.to[:0]
			for _, j := range g.columns {
				d.to = append(d.to, dst[j].v[first:first+rows])
			}
			kernel.Product(d.to, d.from[:g.rank], g.c)
		}
	}
}

// group is some columns that mix the same normal columns, all that come before.
type group struct {
	columns []int
	rank    int
	c       []float64
}

// plan groups columns by what they mix: the pivots in their order, then all others.
func (d *normals) plan(dst []vector, c []float64, pivot []int) {
	const size = 4
	d.order = append(d.order[:0], pivot...)
	for j := range dst {
		if !slices.Contains(pivot, j) {
			d.order = append(d.order, j)
		}
	}
	d.packed = resize(d.packed, len(c))
	d.groups = d.groups[:0]
	packed := d.packed
	for first := 0; first < len(dst); first += size {
		g := group{columns: d.order[first:min(first+size, len(dst))], rank: min(first+size, len(pivot))}
		if first+len(g.columns) > len(pivot) {
			g.rank = len(pivot)
		}
		g.c, packed = packed[:g.rank*len(g.columns)], packed[g.rank*len(g.columns):]
		for i := range g.rank {
			for k, j := range g.columns {
				g.c[i*len(g.columns)+k] = c[i*len(dst)+j]
			}
		}
		d.groups = append(d.groups, g)
	}
}
