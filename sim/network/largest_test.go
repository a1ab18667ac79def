package network

import (
	"context"
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"

	"gradchain/sim/model"
	"gradchain/sim/stream"
	"gradchain/theory/activation"
)

// explicitJacobian multiplies the layers that a spectral engine of explicit weights passed last.
func explicitJacobian(e *dense, phi activation.Activation) *mat.Dense {
	w := e.weights.(*matrix)
	n := e.widths[0]
	j := mat.NewDense(n, n, nil)
	for i := range n {
		j.Set(i, i, 1)
	}
	for l := 1; l <= e.depth(); l++ {
		rows, cols := e.widths[l], e.widths[l-1]
		layer := mat.NewDense(rows, cols, nil)
		h := e.h[l-1][0]
		for i := range rows {
			slope := e.layer.alpha
			if !e.layer.skip {
				slope = 1
			}
			slope *= phi.DPhi(ldexp(h.v[i], h.exp)) * w.gain[l-1]
			for k := range cols {
				layer.Set(i, k, slope*w.w[w.layer(l)][i*cols+k])
				if e.layer.skip && i == k {
					layer.Set(i, k, layer.At(i, k)+1)
				}
			}
		}
		next := new(mat.Dense)
		next.Mul(layer, j)
		j = next
	}
	return j
}

// TestSpectral_Norm: against the largest singular value, by gonum, of the product of the
// explicit layers; and, in distribution, against those of SingularValues.
func TestSpectral_Norm(t *testing.T) {
	for _, tt := range []struct {
		reason string
		m      model.Dense
	}{
		{"linear, one layer", model.Dense{Activation: activation.MustParse("linear"), Depth: 1, Width: 30, WeightStd: 0.7}},
		{"powers of one matrix", model.Dense{Activation: activation.MustParse("linear"), Depth: 6, Width: 40, WeightStd: 1, Tied: true}},
		{"saturating, with biases", model.Dense{Activation: activation.MustParse("tanh"), Depth: 5, Width: 20, WeightStd: 1.5, BiasStd: 0.3}},
		{"ReLU of several widths", model.Dense{Activation: activation.MustParse("relu"), Widths: []int{9, 30, 5}, WeightStd: 1.4}},
		{"skip connections", model.Dense{Activation: activation.MustParse("tanh"), Depth: 4, Width: 15, WeightStd: 1, Skip: true, Alpha: 0.5}},
		{"one unit", model.Dense{Activation: activation.MustParse("linear"), Depth: 3, Width: 1, WeightStd: 1}},
		{"orthogonal: all singular values alike", model.Dense{Activation: activation.MustParse("linear"), Depth: 3, Width: 12, WeightStd: 1.1, Weights: model.OrthogonalWeights}},
	} {
		s, err := NewSpectral(Matrix, tt.m)
		if err != nil {
			t.Fatal(err)
		}
		src := stream.Key{Seed: 3, Purpose: "norm"}.Source(stream.Xoshiro)
		for range 5 {
			got, err := s.Norm(t.Context(), src)
			if err != nil {
				t.Fatalf("%s: %v", tt.reason, err)
			}
			var svd mat.SVD
			svd.Factorize(explicitJacobian(s.(*spectral).layers.(*tangents).dense, tt.m.Activation), mat.SVDNone)
			if want := math.Log(svd.Values(nil)[0]); !(math.Abs(got-want) <= 1e-9) {
				t.Errorf("%s: log‖J‖ = %v, want %v", tt.reason, got, want)
			}
		}
	}
}

// TestSpectral_Norm_extreme: depth neither under- nor overflows, a dead network has −Inf, what
// has no explicit weights is an error, and so is an interruption.
func TestSpectral_Norm_extreme(t *testing.T) {
	src := stream.Key{Seed: 4, Purpose: "norm"}.Source(stream.Xoshiro)
	norm := func(k Kind, m model.Dense, ctx context.Context) (float64, error) {
		s, err := NewSpectral(k, m)
		if err != nil {
			t.Fatal(err)
		}
		return s.Norm(ctx, src)
	}
	linear := activation.MustParse("linear")
	orthogonal := model.Dense{Activation: linear, Depth: 2000, Width: 3, WeightStd: 4, Weights: model.OrthogonalWeights}
	if got, err := norm(Matrix, orthogonal, t.Context()); err != nil || !(math.Abs(got-2000*math.Log(4)) <= 1e-8) {
		t.Errorf("2,000 rotations times 4: %v, %v, want %v", got, err, 2000*math.Log(4))
	}
	relu := model.Dense{Activation: activation.MustParse("relu"), Depth: 400, Width: 1, WeightStd: 1}
	if got, err := norm(Matrix, relu, t.Context()); err != nil || !math.IsInf(got, -1) {
		t.Errorf("400 ReLU layers of one unit: %v, %v, want −Inf", got, err)
	}
	if _, err := norm(Law, model.Dense{Activation: linear, Depth: 1, Width: 3, WeightStd: 1}, t.Context()); err == nil {
		t.Error("no error without explicit weights")
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := norm(Matrix, orthogonal, gone); err == nil {
		t.Error("no error when interrupted")
	}
}

// TestLargestOf: 2 × 2 by hand, and the path of ones, whose largest singular value is
// 2 cos(π/(2k+1)).
func TestLargestOf(t *testing.T) {
	if got := largestOf([]float64{3, 4}, []float64{0}); math.Abs(got-4) > 1e-14 {
		t.Errorf("diagonal: %v, want 4", got)
	}
	for k := 1; k <= 20; k++ {
		ones := make([]float64, k)
		for i := range ones {
			ones[i] = 1
		}
		if got, want := largestOf(ones, ones[1:]), 2*math.Cos(math.Pi/float64(2*k+1)); math.Abs(got-want) > 1e-14 {
			t.Errorf("%d ones: %v, want %v", k, got, want)
		}
	}
}
