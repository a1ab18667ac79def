package network

import (
	"math"
	"math/big"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"gradchain/sim/internal/kernel"
	"gradchain/sim/stream"
)

// randomPanel returns k random columns of n elements.
func randomPanel(src stream.Source, k, n int) []vector {
	x := columns(nil, k, n)
	for j := range x {
		new(normals).fill(src, x[j].v)
		x[j].settle()
	}
	return x
}

// orthonormalBasis returns the vectors q_i, tails last.
func (f *basis) orthonormalBasis(n int) []vector {
	r := f.rank()
	q, tails := columns(nil, r, n), make([]float64, r)
	identity := make([]float64, r*r)
	for i := range q {
		clear(q[i].v)
		identity[i*r+i] = 1
	}
	if r > 0 {
		f.span(q, tails, identity)
	}
	for i := range q {
		q[i].v = append(q[i].v, tails[i])
	}
	return q
}

// TestBasis_property: Q has orthonormal columns and X̃ = Q R σ, whatever depends on
// what: to 1e-13 of each column.
func TestBasis_property(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, k := rapid.IntRange(1, 12).Draw(t, "n"), rapid.IntRange(1, 12).Draw(t, "k")
		src := stream.Key{Seed: rapid.Uint64().Draw(t, "seed")}.Source(stream.Xoshiro)
		x := randomPanel(src, k, n)
		for j := 1; j < k; j++ {
			of := rapid.IntRange(0, j-1).Draw(t, "of")
			near := rapid.SampledFrom([]float64{1, 1, 1e-2, 1e-4, 1e-8, 1e-12, 1e-15, 0}).Draw(t, "near")
			size := rapid.SampledFrom([]float64{1, 1, -1, 0, 0x1p-250, 0x1p250}).Draw(t, "size")
			for i := range x[j].v {
				x[j].v[i] = size * (near*x[j].v[i] + (1-near)*x[of].v[i])
			}
			x[j].settle()
		}
		var tail []float64
		if bias := rapid.SampledFrom([]float64{0, 1e-3, 1, 1e6}).Draw(t, "bias"); bias > 0 {
			tail = slices.Repeat([]float64{bias}, k)
		}
		var f basis
		f.factor(x, tail, nil)
		q := f.orthonormalBasis(n)
		for i := range q {
			for j := range q {
				want := 0.0
				if i == j {
					want = 1
				}
				if got := kernel.Dot(q[i].v, q[j].v); !(math.Abs(got-want) <= 1e-12) {
					t.Fatalf("q_%d·q_%d = %v", i, j, got)
				}
			}
		}
		for j := range x {
			column := append(slices.Clone(x[j].v), 0)
			if tail != nil {
				column[n] = tail[j]
			}
			for e, want := range column {
				got := 0.0
				for i := range q {
					got += f.sigma[j] * f.r[i*k+j] * q[i].v[e]
				}
				if !(math.Abs(got-want) <= 2e-13*f.sigma[j]) {
					t.Fatalf("element %d of column %d is %v, want %v", e, j, got, want)
				}
			}
		}
	})
}

// TestBasis_difference: of two nearly equal columns, the part of one across the other
// has its own relative accuracy, against 500 bits. Their difference is a number to
// 2^−53/angle, and so is the part.
func TestBasis_difference(t *testing.T) {
	for _, angle := range []float64{1, 0.1, 1e-3, 1e-5, 1.4e-6, 1e-9, 1e-12} {
		x := randomPanel(source(t), 2, 50)
		for i := range x[1].v {
			x[1].v[i] = x[0].v[i] + angle*x[1].v[i]
		}
		x[1].settle()
		var f basis
		f.factor(x, nil, nil)
		if f.rank() != 2 {
			t.Fatalf("angle %v: rank %d", angle, f.rank())
		}
		dot := func(a, b []float64) *big.Float {
			sum := new(big.Float).SetPrec(500)
			for i := range a {
				p := new(big.Float).SetPrec(500).SetFloat64(a[i])
				sum.Add(sum, p.Mul(p, big.NewFloat(b[i])))
			}
			return sum
		}
		// sin² = 1 − (x·y)²/(x·x y·y)
		xy, norms := dot(x[0].v, x[1].v), new(big.Float).SetPrec(500).Mul(dot(x[0].v, x[0].v), dot(x[1].v, x[1].v))
		xy.Mul(xy, xy).Quo(xy, norms).Sub(big.NewFloat(1).SetPrec(500), xy)
		want, _ := xy.Sqrt(xy).Float64()
		got := f.r[2+1-f.pivot[0]] // the column that is second
		tol := 2e-15 + 1e-15/angle
		if want*want > pivotFloor { // by the Cholesky process
			tol += 0x1p-51 / (want * want)
		}
		if !(math.Abs(got/want-1) <= tol) {
			t.Errorf("angle %v: R_22 = %v, want %v", angle, got, want)
		}
	}
}

// TestBasis_twins: a copy is known as one, and as one of a column of the basis.
func TestBasis_twins(t *testing.T) {
	x := randomPanel(source(t), 6, 4)
	copy(x[1].v, x[0].v)
	copy(x[4].v, x[0].v)
	clear(x[3].v)
	copy(x[5].v, x[2].v)
	for j := range x {
		x[j].settle()
	}
	var f basis
	f.factor(x, nil, nil)
	twins := map[int]bool{}
	for j, twin := range f.twin {
		if twin >= 0 {
			twins[j] = true
			if !slices.Equal(x[j].v, x[twin].v) || !slices.Contains(f.pivot, twin) {
				t.Errorf("column %d: twin %d, basis %v", j, twin, f.pivot)
			}
		}
	}
	if f.rank() != 2 || len(twins) != 3 {
		t.Errorf("rank %d, twins %v, want 2 and 3 twins", f.rank(), f.twin)
	}
}
