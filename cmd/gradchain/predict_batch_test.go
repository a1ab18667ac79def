package main

import (
	"context"
	"math"
	"strings"
	"testing"

	"gradchain/sim/model"
	"gradchain/theory/activation"
	"gradchain/theory/normalization"
)

// batchOf predicts a network with batch normalisation that has a limit.
func batchOf(t *testing.T, m model.Dense) []wideLayer {
	t.Helper()
	if err := m.Validate(); err != nil {
		t.Fatal(err)
	}
	layers, err := batchLimit(context.Background(), m)
	if err != nil {
		t.Fatal(err)
	}
	return layers
}

// TestBatch: without epsilon the growth is the closed form for linear and relu, and up to a
// batch of 3 there is none: the gradient is 0, or its mean square infinite.
func TestBatch(t *testing.T) {
	for _, name := range []string{"linear", "relu"} {
		for _, batch := range []int{2, 3, 4, 5, 8, 128} {
			m := model.Dense{Activation: activation.MustParse(name), WeightStd: 3, Width: 4096, Depth: 9, Batch: batch, Norm: model.BatchNorm}
			theory := predictNetwork(context.Background(), m)
			got := theory.wide[4].logGrad - theory.wide[5].logGrad
			if batch < 4 {
				zero := math.IsInf(theory.wide[0].logGrad, -1) && math.IsInf(theory.wide[9].logGrad, -1)
				if !math.IsNaN(got) || len(theory.notes) != 3 || zero != (batch == 2) {
					t.Errorf("%s, batch %d: growth %v, notes %v, want none and a warning", name, batch, got, theory.notes)
				}
				continue
			}
			if want := must(normalization.BatchNormLogGradientFactor(m.Activation, batch)); !closeTo(got, want, 1e-11) {
				t.Errorf("%s, batch %d: growth %v, want %v", name, batch, got, want)
			}
		}
	}
}

// TestBatch_large: for any activation and a large batch the growth is E φ′²/Var φ.
func TestBatch_large(t *testing.T) {
	for _, a := range activation.All() {
		m := model.Dense{Activation: a, WeightStd: 2.5, Width: 1, Depth: 6, Norm: model.BatchNorm, Batch: 4096}
		l := batchOf(t, m)
		want := math.Log(must(normalization.BatchNormGradientFactorLimit(a)))
		if got := l[3].logGrad - l[4].logGrad; !(math.Abs(got-want) < 1e-3) {
			t.Errorf("%v: growth %v, want about %v", a, got, want)
		}
	}
}

// TestBatch_scale: what a norm removes makes no difference: biases, the gain without epsilon,
// and with it gain and root of epsilon together, up to the gradient of the input.
func TestBatch_scale(t *testing.T) {
	base := model.Dense{Activation: activation.MustParse("selu"), WeightStd: 1.7, Width: 1, Depth: 5, Norm: model.BatchNorm, Batch: 5, Epsilon: 0.3}
	want := batchOf(t, base)
	biased, scaled := base, base
	biased.BiasStd = 2
	scaled.WeightStd, scaled.Epsilon = 1.7e10, 0.3e20
	for reason, m := range map[string]model.Dense{"biases": biased, "scaled": scaled} {
		for l, x := range batchOf(t, m) {
			shift := 0.0
			if m.WeightStd > 2 && l > 0 {
				shift = -20 * math.Ln10
			}
			if !closeTo(x.logSquare, want[l].logSquare, 1e-12) || !closeTo(x.logGrad, want[l].logGrad+shift, 1e-10) {
				t.Errorf("%s, layer %d: %+v, want %+v", reason, l, x, want[l])
			}
		}
	}
}

// TestBatch_extremes: an epsilon that dwarfs the signal makes φ linear on either side of 0, at
// any depth: then a layer multiplies by constants.
func TestBatch_extremes(t *testing.T) {
	m := model.Dense{Activation: activation.MustParse("relu"), WeightStd: 1, Width: 1, Depth: 2000, Norm: model.BatchNorm, Batch: 6, Epsilon: 1e20}
	l := batchOf(t, m)
	step := l[1001].logSquare - l[1000].logSquare
	if got, want := l[2000].logSquare-l[1000].logSquare, 1000*step; !closeTo(got, want, 1e-9) || !(step < -40) {
		t.Errorf("log second moment falls by %v in 1000 layers, by %v in one", got, step)
	}
	back := l[500].logGrad - l[501].logGrad
	if got, want := l[500].logGrad-l[1500].logGrad, 1000*back; !closeTo(got, want, 1e-9) || !closeTo(back, step, 0.05) {
		t.Errorf("log gradient grows by %v in 1000 layers, by %v in one", got, back)
	}
	m.Activation = activation.MustParse("sigmoid") // φ(0) ≠ 0: the inputs become alike
	if l := batchOf(t, m); !closeTo(l[2000].logSquare, -2*math.Ln2, 1e-12) || l[2000].correlation != 1 || math.IsNaN(l[0].logGrad) || math.IsInf(l[0].logGrad, 0) {
		t.Errorf("sigmoid: %+v at the end, log gradient %v", l[2000], l[0].logGrad)
	}
}

// TestBatch_residual: A and C of the gradient against matrices multiplied out, the identity
// alone at α = 0, and for a batch of 2 without epsilon.
func TestBatch_residual(t *testing.T) {
	m := model.Dense{Activation: activation.MustParse("silu"), WeightStd: 1.3, Width: 1, Depth: 7, Norm: model.BatchNorm, Batch: 4, Epsilon: 0.2, Skip: true, Alpha: 0.6}
	l := batchOf(t, m)
	layer := must(normalization.NewBatchLayer(m.Activation, 4))
	const b = 4
	spread, taus := 1.0, make([]float64, 8)
	for i := 1; i <= 7; i++ {
		taus[i] = 1.69 * spread / m.Epsilon
		spread += 0.36 * must(layer.Moments(taus[i])).Spread
		if got := math.Exp(l[i].logSquare) * (1 - l[i].correlation); !closeTo(got, spread, 1e-9) {
			t.Errorf("layer %d: spread %v, want %v", i, got, spread)
		}
	}
	diagonal, off := 1.0, 0.0 // covariance of the gradient between the inputs
	for i := 7; i > 0; i-- {
		k := must(layer.Moments(taus[i]))
		trace := 0.36 * ((diagonal-off)*k.Alone + off*k.Common) / (m.Epsilon * (1 + taus[i]))
		if want := math.Log(b * diagonal); !closeTo(l[i].logGrad, want, 1e-9) {
			t.Errorf("layer %d: log gradient %v, want %v", i, l[i].logGrad, want)
		}
		diagonal += 1.69 * trace / b
		off -= 1.69 * trace / b / (b - 1)
	}
	if want := math.Log(b * diagonal); !closeTo(l[0].logGrad, want, 1e-9) {
		t.Errorf("input: log gradient %v, want %v", l[0].logGrad, want)
	}
	two := model.Dense{Activation: m.Activation, WeightStd: 1, Width: 1, Depth: 3, Norm: model.BatchNorm, Batch: 2, Skip: true, Alpha: 1}
	zero := m
	zero.Alpha = 0
	for reason, l := range map[string][]wideLayer{"a batch of 2": batchOf(t, two), "a branch of 0": batchOf(t, zero)} {
		want := math.Log(float64(2 * len(l) / 4)) // 2 of 3 layers, 4 of 7
		if !closeTo(l[0].logGrad, want, 1e-12) || !closeTo(l[1].logGrad, want, 1e-12) {
			t.Errorf("%s: log gradient %v of the input, %v of the stream, want %v", reason, l[0].logGrad, l[1].logGrad, want)
		}
	}
}

// TestBatch_behind: for linear φ a norm behind it is one in front, but that biases are not
// removed from the first h, and neither makes a difference to what the norm leaves.
func TestBatch_behind(t *testing.T) {
	m := model.Dense{Activation: activation.MustParse("linear"), WeightStd: 1.3, BiasStd: 0.2, Width: 4, Depth: 5, Norm: model.BatchNorm, Epsilon: 0.2, Batch: 4}
	front := batchOf(t, m)
	m.NormAfter = true
	for l, x := range batchOf(t, m) {
		if !closeTo(x.logSquare, front[l].logSquare, 1e-6) || !closeTo(x.logGrad, front[l].logGrad, 1e-6) || !closeTo(x.correlation, front[l].correlation, 1e-6) {
			t.Errorf("layer %d: %+v, want %+v", l, x, front[l])
		}
	}
	m.Skip, m.Alpha, m.NormAfter = true, 0.5, false
	front = batchOf(t, m)
	m.NormAfter = true
	for l, x := range batchOf(t, m) {
		if !closeTo(x.logSquare, front[l].logSquare, 1e-6) || !closeTo(x.logGrad, front[l].logGrad, 1e-6) || !closeTo(x.correlation, front[l].correlation, 1e-6) {
			t.Errorf("residual, layer %d: %+v, want %+v", l, x, front[l])
		}
	}
}

// TestBatch_behindDeep: a deep residual network, interpolated, is what its layers are one by one.
func TestBatch_behindDeep(t *testing.T) {
	if testing.Short() {
		t.Skip("integrates at 16 variances")
	}
	m := model.Dense{Activation: activation.MustParse("linear"), WeightStd: 1, Width: 4, Depth: 60, Norm: model.BatchNorm, Epsilon: 0.3, Batch: 64, Skip: true, Alpha: 0.5}
	front := batchOf(t, m)
	m.NormAfter = true
	for l, x := range batchOf(t, m) {
		if !closeTo(x.logSquare, front[l].logSquare, 2e-5) || !closeTo(x.logGrad, front[l].logGrad, 2e-5) {
			t.Errorf("layer %d: %+v, want %+v", l, x, front[l])
		}
	}
}

// TestBatch_without: what has no limit, or none that is known, says why.
func TestBatch_without(t *testing.T) {
	base := model.Dense{Activation: activation.MustParse("tanh"), WeightStd: 1, Width: 4, Depth: 3, Norm: model.BatchNorm, Batch: 8}
	given, tiny, flat := base, base, base
	given.Input = make([]float64, 32)
	tiny.NormAfter, tiny.WeightStd = true, 1e-9
	flat.NormAfter, flat.Activation = true, activation.MustParse("relu")
	for _, tt := range []struct {
		m      model.Dense
		layers bool
		reason string
	}{{given, false, "inputs are given"}, {tiny, false, "variance 1e-18"}, {flat, true, "infinite, because φ is constant"}} {
		theory := predictNetwork(context.Background(), tt.m)
		text := ""
		for _, n := range theory.notes {
			text += n.Text
		}
		if (theory.wide != nil) != tt.layers || !strings.Contains(text, tt.reason) {
			t.Errorf("%+v: %v, want that %s", tt.m, theory.notes, tt.reason)
		}
		if tt.layers && !math.IsNaN(theory.wide[1].logGrad) {
			t.Errorf("%+v: gradient %v, want none", tt.m, theory.wide[1].logGrad)
		}
	}
}

// TestBatch_narrow: gradients that few units carry have no wide limit at widths where that is
// off, and say from which width on it is not: at epsilon 1e-5 and widths 128 and 2,048 batches of 2
// and 3 are off by 0.15 to 2.7 nats a layer, one of 4 without epsilon by 0.05 and 0.018.
func TestBatch_narrow(t *testing.T) {
	for _, tt := range []struct {
		batch   int
		epsilon float64
		width   int
		want    bool
	}{
		{2, 1e-5, 128, false}, {2, 1e-5, 2048, false}, {3, 1e-5, 128, false}, {3, 1e-5, 2048, false}, {2, 0.1, 2048, true},
		{4, 0, 128, false}, {4, 0, 2048, true}, {5, 0, 128, false}, {5, 0, 512, true}, {6, 0, 128, true}, {8, 0, 32, true}, {8, 1e-5, 128, true}, {8, 0, 8, false},
	} {
		m := model.Dense{Activation: activation.MustParse("tanh"), WeightStd: 1, Width: tt.width, Depth: 6, Norm: model.BatchNorm, Batch: tt.batch, Epsilon: tt.epsilon}
		theory := predictNetwork(context.Background(), m)
		text := ""
		for _, n := range theory.notes {
			text += n.Text
		}
		if got := !math.IsNaN(theory.wide[0].logGrad); got != tt.want || got == strings.Contains(text, "deviation over the batch is small") {
			t.Errorf("batch %d, epsilon %v, width %d: given %v, want %v; %s", tt.batch, tt.epsilon, tt.width, got, tt.want, text)
		}
		if math.IsNaN(theory.wide[3].logSquare) {
			t.Errorf("batch %d: no second moment", tt.batch)
		}
	}
}
