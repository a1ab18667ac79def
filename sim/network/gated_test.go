package network

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"math"
	"os"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"gradchain/sim/model"
	"gradchain/sim/stream"
)

// mustGated returns an engine and a stream of the test.
func mustGated(t testing.TB, m model.Gated) (*Gated, stream.Source) {
	t.Helper()
	e, err := NewGated(m)
	if err != nil {
		t.Fatal(err)
	}
	return e, stream.Key{Seed: 1, Purpose: t.Name()}.Source(stream.Xoshiro)
}

// mustGatedSample samples one network.
func mustGatedSample(t testing.TB, m model.Gated) *GatedSample {
	t.Helper()
	e, src := mustGated(t, m)
	s := new(GatedSample)
	if err := e.Sample(context.Background(), src, s); err != nil {
		t.Fatal(err)
	}
	return s
}

// given is a gated network with explicit weights, in the units of its equations.
type given struct {
	Reason string
	Cell   string
	Depth  int
	W      [][][]float64
	B      [][]float64
	State  []float64
	U, V   []float64
	LogH   float64  `json:"log_h"`
	LogC   *float64 `json:"log_c"`
	// norms of the gradient of u·h_T and of the tangent v
	LogGradient float64 `json:"log_gradient"`
	LogTangent  float64 `json:"log_tangent"`
	LogCarousel float64 `json:"log_carousel"`
}

// engine returns an engine that has these weights and has run.
func (g given) engine(t testing.TB) *Gated {
	t.Helper()
	cell, err := model.ParseCell(g.Cell)
	if err != nil {
		t.Fatal(err)
	}
	n := len(g.W[0])
	e, src := mustGated(t, model.Gated{Cell: cell, Width: n, Depth: g.Depth, WeightStd: math.Sqrt(float64(n)), State: g.State})
	for k, w := range g.W {
		for i, row := range w {
			copy(e.weights.w[k][i*n:], row)
		}
		copy(e.weights.b[k], g.B[k])
	}
	e.start(src)
	if err := e.run(context.Background()); err != nil {
		t.Fatal(err)
	}
	return e
}

// grad measures the gradient of u·h_T.
func (g given) grad(t testing.TB, e *Gated) *GatedSample {
	t.Helper()
	s := new(GatedSample)
	s.resize(g.Depth, e.model.Cell)
	e.measure(s)
	toNumbers(e.dh, g.U)
	clear(e.dc)
	if err := e.back(context.Background(), s); err != nil {
		t.Fatal(err)
	}
	return s
}

// tangent carries v along.
func (g given) tangent(t testing.TB, e *Gated) []float64 {
	t.Helper()
	dst, n := make([]float64, g.Depth+1), len(g.W[0])
	toNumbers(e.dh, g.V[:n])
	toNumbers(e.dc, g.V[n:])
	if err := e.push(context.Background(), dst); err != nil {
		t.Fatal(err)
	}
	return dst
}

// TestGated_reference: gates shut by e^−800, huge and tiny weights, biases and states
// against arithmetic of unbounded range (mpmath 1.3, 60 digits, testdata/gated.py), to
// 2e-12 of the value, or, where pre-activations are in the thousands, to that of what
// they are.
func TestGated_reference(t *testing.T) {
	file, err := os.Open("testdata/gated.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows := 0
	for lines := bufio.NewScanner(file); lines.Scan(); rows++ {
		var g given
		if err := json.Unmarshal(lines.Bytes(), &g); err != nil {
			t.Fatal(err)
		}
		e := g.engine(t)
		s, n := g.grad(t, e), float64(len(g.W[0]))
		check := func(name string, got, want float64) {
			t.Helper()
			if !(math.Abs(got-want) <= 2e-12*max(1, math.Abs(want), math.Abs(g.LogCarousel))) {
				t.Errorf("%s, %s: %s %v, want %v", g.Cell, g.Reason, name, got, want)
			}
		}
		check("log ‖h‖", (s.LogSquare[g.Depth]+math.Log(n))/2, g.LogH)
		check("log gradient", s.LogGradNorm[0], g.LogGradient)
		check("log carousel", s.LogCarousel[0], g.LogCarousel)
		if g.LogC != nil {
			check("log ‖c‖", (s.LogCell[g.Depth]+math.Log(n))/2, *g.LogC)
		}
		check("log tangent", g.tangent(t, e)[g.Depth], g.LogTangent)
	}
	if rows != 22 {
		t.Errorf("%d rows, want 22", rows)
	}
}

// TestGated_adjoint: u·(Jv) = (Jᵀu)·v with J = ∂s_T/∂s_0, to rounding: 1e-13 a step of
// what the sums are of.
func TestGated_adjoint(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := model.Gated{
			Cell:       model.Cell(rapid.IntRange(0, 1).Draw(t, "cell")),
			Width:      rapid.IntRange(1, 12).Draw(t, "width"),
			Depth:      rapid.SampledFrom([]int{1, 2, 7, 300}).Draw(t, "depth"),
			WeightStd:  rapid.SampledFrom([]float64{0, 1e-9, 0.5, 2, 30}).Draw(t, "weight std"),
			BiasStd:    rapid.SampledFrom([]float64{0, 0.5, 20}).Draw(t, "bias std"),
			ForgetBias: rapid.SampledFrom([]float64{0, 1, -800, 800, math.Inf(1), math.Inf(-1)}).Draw(t, "forget bias"),
		}
		e, err := NewGated(m)
		if err != nil {
			t.Fatal(err)
		}
		src := stream.Key{Seed: rapid.Uint64().Draw(t, "seed")}.Source(stream.Xoshiro)
		s := new(GatedSample)
		s.resize(m.Depth, m.Cell)
		draw := func() []number {
			x := make([]float64, m.StateSize())
			e.normals.fill(src, x)
			toNumbers(e.dh, x[:m.Width])
			toNumbers(e.dc, x[m.Width:])
			return e.state()
		}
		err = e.forward(context.Background(), src)
		v := draw()
		err = errors.Join(err, e.push(context.Background(), make([]float64, m.Depth+1)))
		pushed := e.state()
		u := draw()
		if err := errors.Join(err, e.back(context.Background(), s)); err != nil {
			t.Fatal(err)
		}
		forward, size := dot(u, pushed)
		backward, other := dot(e.state(), v)
		limit := numberOf(1e-13*float64(m.Depth), 0).mul(size.add(other))
		if d := forward.sub(backward); !(d.log() <= limit.log()) {
			t.Fatalf("u·(Jv) = %v, (Jᵀu)·v = %v, limit %v", forward, backward, limit)
		}
	})
}

// state returns a copy of the gradient or tangent (dh, dc).
func (e *Gated) state() []number { return slices.Concat(e.dh, e.dc) }

// dot returns Σxy and Σ|xy|.
func dot(x, y []number) (sum, size number) {
	for i, a := range x {
		p := a.mul(y[i])
		sum, size = sum.add(p), size.add(number{math.Abs(p.m), p.e})
	}
	return sum, size
}

// log returns log|x|.
func (x number) log() float64 { return math.Log(math.Abs(x.m)) + x.e*math.Ln2 }
