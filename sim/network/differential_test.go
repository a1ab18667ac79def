package network

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"

	"gradchain/sim/internal/kernel"
	"gradchain/sim/model"
	"gradchain/sim/stream"
	"gradchain/theory/activation"
)

// tape keeps the words that it passes on.
type tape struct {
	stream.Source
	words []uint64
}

func (s *tape) Fill(dst []uint64) {
	s.Source.Fill(dst)
	s.words = append(s.words, dst...)
}

// replay hands out words again.
type replay struct{ words []uint64 }

func (s *replay) Fill(dst []uint64) { s.words = s.words[copy(dst, s.words):] }

// completing is the engine Law with words of its own, completing after the way back
// of each layer the weights that Law has not drawn.
type completing struct {
	*conditional
	src     stream.Source
	to      *matrix
	draws   [][]vector // G of layer l at l−1
	deficit int        // signals beyond the rank, at most
}

func (c *completing) forward(_ stream.Source, l int, h, x []vector) {
	recorder := &tape{Source: c.src}
	c.conditional.forward(recorder, l, h, x)
	rank := c.x.rank()
	c.deficit = max(c.deficit, len(x)-rank)
	c.draws = append(c.draws[:l-1], again(recorder, rank, len(x), len(h[0].v)))
}

func (c *completing) backward(_ stream.Source, l int, g []vector, through pass, delta []vector) {
	recorder := &tape{Source: c.src}
	c.conditional.backward(recorder, l, g, through, delta)
	rank, n := c.v.rank(), len(g[0].v)
	draws := again(recorder, rank, len(delta), n)
	for i := range draws {
		draws[i].v = append(draws[i].v, 0)
	}
	if c.biasStd > 0 {
		last := make([]float64, rank)
		new(normals).fill(&replay{recorder.words}, last)
		for i := range draws {
			draws[i].v[n] = last[i]
		}
	}
	c.complete(l, through.x, delta, draws)
}

// again returns the normal values that mix drew for some columns of a rank, and leaves
// the words after those.
func again(recorder *tape, rank, columns, n int) []vector {
	if rank == 0 {
		return nil
	}
	if columns > 1 {
		columns = max(columns, rank)
	}
	identity := make([]float64, rank*columns)
	dst := make([]vector, columns)
	for i := range dst {
		dst[i].v = make([]float64, n)
		if i < rank {
			identity[i*columns+i] = 1
		}
	}
	rest := &replay{recorder.words}
	order := make([]int, rank)
	for i := range order {
		order[i] = i
	}
	new(normals).mix(rest, dst, identity, order)
	recorder.words = rest.words
	return dst[:rank]
}

// complete sets W̃ = √a(G Qᵀ + M(1 − QQᵀ)), M the Gaussian matrix of MᵀΔ = N S that is
// otherwise drawn afresh. The last column is that of the bias. Q and the basis of Δ are
// found here, from the columns that Law chose.
func (c *completing) complete(l int, x, delta, draws []vector) {
	gain, n, m := c.gain[l-1], len(delta[0].v), len(x[0].v)
	tilde := make([]vector, len(x))
	for j := range x {
		kappa := math.Ldexp(c.biasStd, -int(x[j].exp)) / gain
		tilde[j].v = append(slices.Clone(x[j].v), kappa)
	}
	q, out := orthonormal(tilde, c.x.pivot), orthonormal(delta, c.v.pivot)
	big, row := make([]float64, n*(m+1)), make([]float64, m+1)
	var d normals
	d.fill(c.src, big)
	for k, u := range out { // columns along u become those drawn
		clear(row)
		for i := range n {
			kernel.Axpy(u[i], big[i*(m+1):(i+1)*(m+1)], row)
		}
		for i := range n {
			kernel.Axpy(-u[i], row, big[i*(m+1):(i+1)*(m+1)])
			kernel.Axpy(u[i], draws[k].v, big[i*(m+1):(i+1)*(m+1)])
		}
	}
	for i := range n {
		row := big[i*(m+1) : (i+1)*(m+1)]
		for k, v := range q {
			kernel.Axpy(c.draws[l-1][k].v[i]-kernel.Dot(row, v), v, row)
		}
		copy(c.to.w[l-1][i*m:], row[:m])
		c.to.b[l-1][i] = row[m] * c.biasStd // κ times the last column of √a·M
	}
}

// orthonormal is the Gram–Schmidt process on some columns, in extended steps: three times.
func orthonormal(x []vector, order []int) [][]float64 {
	var q [][]float64
	for _, j := range order {
		v := slices.Clone(x[j].v)
		for range 3 {
			scale(v, 1/math.Sqrt(kernel.Dot(v, v)))
			for _, u := range q {
				kernel.Axpy(-kernel.Dot(u, v), u, v)
			}
		}
		scale(v, 1/math.Sqrt(kernel.Dot(v, v)))
		q = append(q, v)
	}
	return q
}

// TestLaw_differential: on identical random numbers, with the weights that Law does
// not draw completed from its own draws, the explicit network has the same signals and
// the same gradients at every layer, to rounding.
func TestLaw_differential(t *testing.T) {
	tests := []struct {
		reason string
		phi    string
		std    float64
		bias   float64
		widths []int
		input  float64 // its scale
		change func(*model.Dense)
	}{
		{"width 1", "tanh", 1.5, 0.3, []int{1, 1, 1, 1}, 1, nil},
		{"width 1 without biases", "tanh", 1.5, 0, []int{1, 1, 1, 1}, 1, nil},
		{"widening", "gelu", 1.2, 0.5, []int{2, 3, 8, 33}, 1, nil},
		{"narrowing", "silu", 1.2, 0.5, []int{40, 9, 3, 1}, 1, nil},
		{"units die", "relu", 1.4, 0.1, []int{16, 16, 16, 16, 16}, 1, nil},
		{"a large bias", "erf", 0.5, 50, []int{8, 8, 8}, 1, nil},
		{"no bias", "sigmoid", 3, 0, []int{8, 8, 8}, 1, nil},
		{"the signal needs an exponent", "tanh", 1e-30, 0, []int{8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8}, 1e-300, nil},
		{"the signal explodes", "selu", 1e30, 1e30, []int{8, 8, 8, 8, 8, 8, 8, 8, 8}, 1e300, nil},
		{"a wide layer", "tanh", 1, 0.1, []int{3, 2000, 3}, 1, nil},
		{"batch normalisation", "tanh", 1, 0.1, []int{9, 9, 9, 9}, 1, func(m *model.Dense) { m.Norm = model.BatchNorm }},
		{"layer normalisation after", "relu", 1, 0, []int{9, 9, 9, 9}, 1, func(m *model.Dense) { m.Norm, m.NormAfter = model.LayerNorm, true }},
		{"residual, RMS normalisation", "tanh", 1, 0.1, []int{9, 9, 9, 9}, 1, func(m *model.Dense) {
			m.Norm, m.Epsilon, m.Skip, m.Alpha = model.RMSNorm, 0.1, true, 0.5
		}},
	}
	deficit := 0
	for _, tt := range tests {
		for _, inputs := range []int{1, 2, 5} {
			m := model.Dense{Activation: activation.MustParse(tt.phi), WeightStd: tt.std, BiasStd: tt.bias, Widths: tt.widths, Batch: inputs}
			if tt.change != nil {
				tt.change(&m)
			}
			if m.Norm == model.BatchNorm && inputs < 3 {
				continue
			}
			for i := range tt.widths[0] * inputs {
				m.Input = append(m.Input, tt.input*math.Cos(float64(i*(1+i%3))))
			}
			deficit = max(deficit, differential(t, fmt.Sprintf("%s, %d inputs", tt.reason, inputs), m))
		}
	}
	if deficit < 3 {
		t.Errorf("at most %d signals depend on others: want a test of that", deficit)
	}
}

// differential compares Law, completed, with explicit weights, and returns the largest
// number of signals of a layer that depend on others.
func differential(t *testing.T, reason string, m model.Dense) int {
	t.Helper()
	e, err := newDense(Law, m)
	if err != nil {
		t.Fatal(err)
	}
	explicit, w := fix(t, m)
	own := stream.Key{Purpose: reason}.Source(stream.PCG)
	c := &completing{conditional: e.weights.(*conditional), src: own, to: w}
	e.weights = c
	got, want := mustSample(t, e, source(t)), mustSample(t, explicit, source(t)) // both draw only u
	for l := range got.LogSquare {
		if !near12(got.LogSquare[l], want.LogSquare[l]) || !near12(got.LogGradNorm[l], want.LogGradNorm[l]) {
			t.Errorf("%s, layer %d: log second moment %v, log gradient norm %v, with explicit weights %v, %v",
				reason, l, got.LogSquare[l], got.LogGradNorm[l], want.LogSquare[l], want.LogGradNorm[l])
		}
		if !near12(got.Correlation[l], want.Correlation[l]) && len(m.Input) > m.Layers()[0] {
			t.Errorf("%s, layer %d: correlation %v, with explicit weights %v", reason, l, got.Correlation[l], want.Correlation[l])
		}
		if got.Dead[l] != want.Dead[l] || got.Saturated[l] != want.Saturated[l] {
			t.Errorf("%s, layer %d: %d dead, %d saturated, with explicit weights %d, %d",
				reason, l, got.Dead[l], got.Saturated[l], want.Dead[l], want.Saturated[l])
		}
	}
	return c.deficit
}

// near12 compares logarithms: 1e-11 absolutely, which is 1e-11 relative for what they
// are of, or 1e-14 relative where they are large. NaN is near nothing.
func near12(a, b float64) bool {
	return a == b || math.Abs(a-b) <= max(1e-11, 1e-14*math.Abs(a))
}

// TestLaw_tangentDifferential: the same for W V, one layer, in every component, for any
// number of tangents, some along the signals.
func TestLaw_tangentDifferential(t *testing.T) {
	for _, bias := range []float64{0, 0.7} {
		for _, widths := range [][]int{{1, 1}, {2, 5}, {7, 3}, {64, 64}} {
			for _, inputs := range []int{1, 2, 5} {
				for _, tangents := range []int{1, 3, 5, 10} {
					m := model.Dense{Activation: activation.MustParse("linear"), WeightStd: 1.3, BiasStd: bias, Widths: widths}
					src := stream.Key{Purpose: t.Name(), Config: m.Canonical(), Block: uint64(10*inputs + tangents)}.Source(stream.Xoshiro)
					x, v := randomPanel(src, inputs, widths[0]), randomPanel(src, tangents, widths[0])
					copy(v[tangents-1].v, x[0].v)
					v[tangents-1].settle()
					tangentDifferential(t, newConditional(m), src, x, v, widths[1])
				}
			}
		}
	}
}

func tangentDifferential(t *testing.T, law *conditional, src stream.Source, x, v []vector, n int) {
	t.Helper()
	explicit, err := newMatrix(model.Dense{Activation: activation.MustParse("linear"), WeightStd: 1, Widths: []int{len(x[0].v), n}})
	if err != nil {
		t.Fatal(err)
	}
	c := &completing{conditional: law, src: src, to: explicit}
	h, got := columns(nil, len(x), n), columns(nil, len(v), n)
	c.forward(nil, 1, h, x)
	recorder := &tape{Source: src}
	law.tangent(recorder, 1, got, pass{x, h}, v)
	fresh := again(recorder, law.v.rank(), len(v), n)
	// W̃ = √a(G Qᵀ + N Q′ᵀ), Q′ the basis of what the tangents have across the signals
	m := len(x[0].v)
	q, across := law.x.orthonormalBasis(m), law.v.orthonormalBasis(m)
	for j := range got {
		for i, g := range got[j].v {
			want, size := 0.0, 0.0
			add := func(e []float64, draw float64) {
				want += law.gain[0] * draw * kernel.Dot(e[:m], v[j].v)
				size += law.gain[0] * math.Abs(draw) * math.Sqrt(v[j].square)
			}
			for k, e := range q {
				add(e.v, c.draws[0][k].v[i])
			}
			for k, e := range across {
				add(e.v, fresh[k].v[i])
			}
			if !(math.Abs(g-want) <= 1e-12*(size+1e-3)) {
				t.Errorf("bias %v widths %d, %d, %d inputs, tangent %d of %d: (W v)_%d = %v, want %v", law.biasStd, m, n, len(x), j, len(v), i, g, want)
			}
		}
	}
}

// TestMatrix_orthogonal: WWᵀ = σ_w²·1, or WᵀW = σ_w²·1, times fan-out/fan-in if scaled.
func TestMatrix_orthogonal(t *testing.T) {
	testOrthogonal(t, model.OrthogonalWeights, func(int, int) float64 { return 2.25 })
	testOrthogonal(t, model.ScaledOrthogonalWeights, func(m, n int) float64 { return 2.25 * max(1, float64(n)/float64(m)) })
}

func testOrthogonal(t *testing.T, weights model.WeightLaw, square func(m, n int) float64) {
	for _, widths := range [][]int{{1, 1}, {5, 5}, {9, 4}, {4, 9}, {64, 64}, {1, 7}, {7, 1}} {
		e, err := newDense(Matrix, model.Dense{
			Activation: activation.MustParse("linear"), Weights: weights, WeightStd: 1.5, Widths: widths,
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := e.Sample(context.Background(), source(t), new(Sample)); err != nil {
			t.Fatal(err)
		}
		w := e.weights.(*matrix)
		m, n := widths[0], widths[1]
		for i := range min(n, m) {
			for k := range min(n, m) {
				got, want := 0.0, 0.0
				for j := range max(n, m) {
					if n <= m {
						got += w.gain[0] * w.w[0][i*m+j] * w.gain[0] * w.w[0][k*m+j]
					} else {
						got += w.gain[0] * w.w[0][j*m+i] * w.gain[0] * w.w[0][j*m+k]
					}
				}
				if i == k {
					want = square(m, n)
				}
				if !(math.Abs(got-want) <= 1e-12) {
					t.Fatalf("%v, widths %v: entry %d, %d of the Gram matrix is %v, want %v", weights, widths, i, k, got, want)
				}
			}
		}
	}
}
