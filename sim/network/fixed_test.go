package network

import (
	"context"
	"testing"

	"gradchain/sim/model"
	"gradchain/sim/stream"
	"gradchain/theory/activation"
)

// fixed has the weights and biases it is given, and draws none.
type fixed struct{ *matrix }

func (f fixed) forward(_ stream.Source, l int, h, x []vector) { f.apply(l, h, x) }

// fix returns a network of explicit weights W = gain·w, and what to set them by.
func fix(t testing.TB, m model.Dense) (*dense, *matrix) {
	t.Helper()
	e, err := newDense(Matrix, m)
	if err != nil {
		t.Fatal(err)
	}
	w := e.weights.(*matrix)
	if m.Tied {
		w.w, w.b = w.w[:1], w.b[:1]
	}
	for l, n := range w.widths[1:] {
		if l > 0 && m.Tied {
			break
		}
		w.w[l], w.b[l] = make([]float64, n*w.widths[l]), make([]float64, n)
	}
	e.weights = fixed{w}
	return e, w
}

// source is the stream of a test.
func source(t testing.TB) stream.Source {
	return stream.Key{Seed: 1, Purpose: t.Name()}.Source(stream.Xoshiro)
}

func mustEngine(t testing.TB, k Kind, m model.Dense) Engine {
	t.Helper()
	e, err := New(k, m)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func mustSample(t testing.TB, e Engine, src stream.Source) *Sample {
	t.Helper()
	s := new(Sample)
	if err := e.Sample(context.Background(), src, s); err != nil {
		t.Fatal(err)
	}
	return s
}

// square returns a network of equal widths.
func square(phi string, width, depth int) model.Dense {
	return model.Dense{Activation: activation.MustParse(phi), WeightStd: 1, Width: width, Depth: depth}
}
