package network

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"

	"gradchain/sim/internal/kernel"
	"gradchain/sim/stream"
)

// factors are explicit layers: the rows of matrices.
type factors [][][]float64

func (factors) begin(stream.Source) {}

func (m factors) push(_ stream.Source, l int, v []vector) []vector {
	t := columns(nil, len(v), len(m[l-1]))
	for j := range t {
		for i, row := range m[l-1] {
			t[j].v[i] = kernel.Dot(row, v[j].v)
		}
		t[j].exp = v[j].exp
	}
	return t
}

// randomFactors are independent normal matrices, all of some widths.
func randomFactors(src stream.Source, widths ...int) factors {
	var d normals
	m := make(factors, len(widths)-1)
	for l := range m {
		m[l] = make([][]float64, widths[l+1])
		for i := range m[l] {
			m[l][i] = make([]float64, widths[l])
			d.fill(src, m[l][i])
		}
	}
	return m
}

// equal are the widths of depth equal layers.
func equal(n, depth int) []int { return slices.Repeat([]int{n}, depth+1) }

// spectralOf returns the engine that has the layers.
func spectralOf(m factors) *spectral {
	s := &spectral{layers: m, widths: []int{len(m[0][0])}}
	for _, rows := range m {
		s.widths = append(s.widths, len(rows))
	}
	return s
}

func mustSingularValues(t testing.TB, s *spectral) []float64 {
	t.Helper()
	dst := make([]float64, min(s.widths[0], s.widths[len(s.widths)-1]))
	if err := s.SingularValues(context.Background(), source(t), dst); err != nil {
		t.Fatal(err)
	}
	return dst
}

// grade multiplies every row of every layer by e^(−nats·|x|), x standard normal: what a
// φ′ that decays does.
func grade(src stream.Source, m factors, nats float64) factors {
	var d normals
	for _, rows := range m {
		x := make([]float64, len(rows))
		d.fill(src, x)
		for i, row := range rows {
			scale(row, math.Exp(-nats*math.Abs(x[i])))
		}
	}
	return m
}

// worst returns the largest difference; equal infinities have none.
func worst(got, want []float64) float64 {
	d := 0.0
	for i, w := range want {
		if got[i] != w {
			d = max(d, math.Abs(got[i]-w)) // NaN stays
		}
	}
	return d
}

// TestSingularValues_reference compares with rotations in 1,500 bits. A layer costs the
// logarithm about 2^−52 of the condition of its matrix without the sizes of rows.
func TestSingularValues_reference(t *testing.T) {
	for _, tt := range []struct {
		reason string
		widths []int
		nats   float64
		bound  float64
	}{
		{"chain", equal(1, 50), 0, 1e-13},
		{"one matrix", equal(6, 1), 0, 1e-13},
		{"deep", equal(2, 400), 0, 1e-11},
		{"deep", equal(5, 100), 0, 1e-11},
		{"wide", equal(12, 4), 0, 1e-12},
		{"more inputs than outputs", []int{8, 9, 4}, 0, 1e-13},
		{"more outputs than inputs", []int{3, 8, 5}, 0, 1e-13},
		{"a bottleneck", []int{9, 4, 7}, 0, 1e-13},
		{"a bottleneck of 1", []int{5, 1, 6}, 0, 1e-13},
		{"units of different φ′", equal(6, 10), 1, 1e-12},
		{"rows of sizes e^−30 apart, and condition 5,800 without these", equal(6, 1), 30, 1e-11},
		{"units of very different φ′", equal(6, 10), 30, 1e-12},
	} {
		src := stream.Key{Seed: 1, Purpose: t.Name(), Config: fmt.Sprint(tt.widths, tt.nats)}.Source(stream.Xoshiro)
		m := grade(src, randomFactors(src, tt.widths...), tt.nats)
		got := mustSingularValues(t, spectralOf(m))
		want := bigSingularValues(m)[:len(got)] // the others are 0
		t.Logf("%s: %.2g", tt.reason, worst(got, want))
		if d := worst(got, want); !(d <= tt.bound) {
			t.Errorf("%s %v: off by %v, want at most %v:\n%v, want\n%v", tt.reason, tt.widths, d, tt.bound, got, want)
		}
	}
}

// TestSingularValues_gonum compares one matrix with the SVD of gonum, good to some
// 2^−52 of the largest singular value.
func TestSingularValues_gonum(t *testing.T) {
	for _, widths := range [][]int{{1, 1}, {60, 60}, {70, 40}, {40, 70}, {130, 130}} {
		m := randomFactors(source(t), widths...)
		var svd mat.SVD
		if !svd.Factorize(mat.NewDense(widths[1], widths[0], slices.Concat(m[0]...)), mat.SVDNone) {
			t.Fatal("gonum does not converge")
		}
		want := svd.Values(nil)
		for i, got := range mustSingularValues(t, spectralOf(m)) {
			if diff := math.Exp(got) - want[i]; !(math.Abs(diff) <= 1e-14*want[0]) {
				t.Errorf("widths %v: singular value %d is %v, want %v", widths, i, math.Exp(got), want[i])
			}
		}
	}
}

// TestSingularValues_identities: of any layers, the squares sum to the squared Frobenius
// norm, and the logarithms to that of the determinant.
func TestSingularValues_identities(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, depth := rapid.IntRange(1, 12).Draw(t, "width"), rapid.IntRange(1, 8).Draw(t, "depth")
		src := stream.Key{Seed: rapid.Uint64().Draw(t, "seed"), Purpose: "identities"}.Source(stream.Xoshiro)
		m := randomFactors(src, equal(n, depth)...)
		dst := make([]float64, n)
		if err := spectralOf(m).SingularValues(context.Background(), src, dst); err != nil {
			t.Fatal(err)
		}
		logDet, conditions, j := 0.0, 0.0, mat.NewDense(n, n, slices.Concat(m[0]...))
		for l, rows := range m {
			w := mat.NewDense(n, n, slices.Concat(rows...))
			d, _ := mat.LogDet(w)
			logDet, conditions = logDet+d, conditions+mat.Cond(w, 2)
			if l > 0 {
				j.Mul(w, j)
			}
		}
		squares, sum := 0.0, 0.0
		for i, v := range dst {
			squares, sum = squares+math.Exp(2*v), sum+v
			if i > 0 && !(v <= dst[i-1]) {
				t.Fatalf("not in descending order: %v", dst)
			}
		}
		if want := mat.Norm(j, 2); !(math.Abs(math.Sqrt(squares)/want-1) <= 1e-12) {
			t.Fatalf("Frobenius norm %v, want %v", math.Sqrt(squares), want)
		}
		if !(math.Abs(sum-logDet) <= 1e-14*(100+conditions)) {
			t.Fatalf("log|det| %v, want %v", sum, logDet)
		}
	})
}

// TestSingularValues_rank: of matrices of a known rank as many logarithms are finite.
func TestSingularValues_rank(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, m := rapid.IntRange(1, 20).Draw(t, "fan-out"), rapid.IntRange(1, 20).Draw(t, "fan-in")
		rank := rapid.IntRange(0, min(n, m)).Draw(t, "rank")
		depth := rapid.IntRange(0, 3).Draw(t, "more layers")
		src := stream.Key{Seed: rapid.Uint64().Draw(t, "seed"), Purpose: "rank"}.Source(stream.Xoshiro)
		w := make([][]float64, n) // of sums of rank random matrices of rank 1
		a, b := randomFactors(src, max(rank, 1), n)[0], randomFactors(src, m, max(rank, 1))[0]
		for i := range w {
			w[i] = make([]float64, m)
			for r := range rank {
				kernel.Axpy(a[i][r], b[r], w[i])
			}
		}
		layers := append(factors{w}, randomFactors(src, equal(n, depth)...)...)
		dst := make([]float64, min(n, m))
		if err := spectralOf(layers).SingularValues(context.Background(), src, dst); err != nil {
			t.Fatal(err)
		}
		alive := 0
		for _, v := range dst {
			if v > math.Inf(-1) {
				alive++
			}
		}
		if alive != rank {
			t.Fatalf("%d finite logarithms, want %d: %v", alive, rank, dst)
		}
	})
}

// TestTriangle: Q is orthonormal, and QR is A with an error of every row in proportion to
// that row, whatever the sizes of rows and columns. The bound is 2^−52 times a growth of
// 4,500; the largest of these matrices is 2,000.
func TestTriangle(t *testing.T) {
	src := source(t)
	var bits [80]uint64
	for trial := range 300 {
		src.Fill(bits[:])
		n, k := 1+int(bits[0]%30), 1+int(bits[1]%30)
		a, rows, f := randomFactors(src, n, k)[0], make([]float64, n), make([]vector, k)
		for i := range rows {
			rows[i] = math.Ldexp(1, -int(bits[2+i]%300)*(trial%3)/2)
			for _, v := range a {
				v[i] *= rows[i]
			}
		}
		for j, v := range a {
			shift := int(bits[40+j]%600) - 300
			f[j] = vector{v: slices.Clone(v), exp: -float64(shift)}
			scale(f[j].v, math.Ldexp(1, shift))
		}
		var r triangle
		f = r.factor(f)
		if r.rank != min(n, k) || len(f) != r.rank {
			t.Fatalf("rank %d of %d × %d", r.rank, n, k)
		}
		for i, u := range f {
			for j, v := range f {
				want := 0.0
				if i == j {
					want = 1
				}
				if dot := kernel.Dot(u.v, v.v); !(math.Abs(dot-want) <= 1e-14) {
					t.Fatalf("columns %d and %d of Q: product %v", i, j, dot)
				}
			}
		}
		for j := range a {
			for i := range n {
				sum := 0.0
				for l := range min(j+1, r.rank) {
					sum += f[l].v[i] * r.r[l*k+j]
				}
				got := sum * math.Ldexp(1, int(r.exp[j]))
				if !(math.Abs(got-a[j][i]) <= 1e-12*rows[i]) {
					t.Errorf("element %d of column %d is %v, want %v of row size %v", i, j, got, a[j][i], rows[i])
				}
			}
		}
	}
}
