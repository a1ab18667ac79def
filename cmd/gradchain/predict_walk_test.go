package main

import (
	"context"
	"math"
	"strings"
	"testing"

	"gradchain/reports"
	"gradchain/sim/model"
	"gradchain/sim/network"
	"gradchain/sim/run"
	"gradchain/theory/activation"
)

// walkCells compares every prediction of a network with what it samples: exact ones to 6
// standard errors, the others to a tenth of the square and 4.5 standard errors. It returns the
// number of predictions, and of the cells of means of logarithms that have none.
func walkCells(t *testing.T, m model.Dense, samples int) (compared, empty int) {
	t.Helper()
	f := networkFlags{}
	depth := len(m.Layers()) - 1
	at, err := f.at.of(depth)
	if err != nil {
		t.Fatal(err)
	}
	spec := run.NetworkSpec{Model: m, Engine: network.Auto(m), At: at, Samples: samples, Seed: 1}
	kept := newNetworkSamples(spec)
	spec.Each = func(_ int, s *network.Sample) { kept.add(s) }
	layers, err := run.Network(context.Background(), spec)
	if err != nil {
		t.Fatal(err)
	}
	out := f.simulation(predictNetwork(context.Background(), m), spec, layers, kept)
	tenths := map[reports.NetworkQuantity]float64{
		reports.LogSecondMoment: math.Log(1.1), reports.LogGradNorm: math.Log(1.1) / 2, reports.GradGrowth: math.Log(1.1) / 2,
		reports.Correlation: 0.05, reports.DeadShare: 0.05, reports.SaturatedShare: 0.05,
	}
	for i, l := range out.Layers {
		for q, tenth := range tenths {
			found := l.Simulated[q]
			if found.Count < int64(samples)*9/10 {
				continue // given that the gradient is not 0, which is another law
			}
			if q == reports.GradGrowth && i+1 < len(out.Layers) {
				tenth /= float64(out.Layers[i+1].Layer - l.Layer)
			}
			known := false
			for kind, theory := range map[string]reports.NetworkPrediction{"exact": l.Exact, "finite": l.Finite, "wide": l.Wide} {
				tolerance := tenth + 4.5*found.StdErr
				if kind == "exact" {
					tolerance = 6*found.StdErr + 1e-9
				}
				if math.IsNaN(theory[q]) {
					continue
				}
				compared++
				known = true
				if !(math.Abs(found.Mean-theory[q]) <= tolerance) {
					t.Errorf("%s: layer %d, quantity %d: %.4f ± %.4f, %s %.4f", m.Canonical(), l.Layer, q, found.Mean, found.StdErr, kind, theory[q])
				}
			}
			if !known && q <= reports.GradGrowth {
				empty++
			}
		}
	}
	return compared, empty
}

// TestPredict_walk: over activations, depths, widths and kinds of networks no prediction is
// wrong by more than a tenth of the square, and those that are wide enough have one.
func TestPredict_walk(t *testing.T) {
	if testing.Short() {
		t.Skip("samples networks of all kinds")
	}
	compared, empty := 0, 0
	walk := func(width, depth int, m model.Dense, names ...string) {
		for _, name := range names {
			m.Activation, m.Width, m.Depth = activation.MustParse(name), width, depth
			a, b := walkCells(t, m, 80)
			compared, empty = compared+a, empty+b
		}
	}
	for _, size := range [][2]int{{16, 3}, {64, 40}, {160, 20}} {
		n, d := size[0], size[1]
		walk(n, d, model.Dense{WeightStd: 1}, "tanh", "relu", "gelu", "softplus", "sin")
		walk(n, d, model.Dense{WeightStd: 1.5, BiasStd: 0.3}, "tanh", "silu", "elu(1)", "softplus", "sigmoid")
		walk(n, d, model.Dense{WeightStd: 2.5}, "tanh", "gelu", "relu6", "mish")
		walk(n, d, model.Dense{WeightStd: math.Sqrt2, Skip: true, Alpha: 1}, "tanh", "relu", "gelu", "sigmoid", "linear")
		walk(n, d, model.Dense{WeightStd: 1.4, Skip: true, Alpha: 0.3, BiasStd: 0.2}, "tanh", "relu", "gelu")
		walk(n, d, model.Dense{WeightStd: 1, Batch: 2, Angle: 1}, "tanh", "relu", "gelu")
		walk(n, d, model.Dense{WeightStd: 1, Batch: 2, Angle: 1, Skip: true, Alpha: 0.5}, "relu", "tanh")
		walk(n, d, model.Dense{WeightStd: 1, Norm: model.LayerNorm, Epsilon: 0.01}, "relu", "gelu", "tanh")
		walk(n, d, model.Dense{WeightStd: 1, Norm: model.RMSNorm, NormAfter: true}, "relu", "gelu", "sigmoid")
		walk(n, d, model.Dense{WeightStd: 1, Norm: model.LayerNorm, Skip: true, Alpha: 1}, "relu", "tanh")
		walk(n, d, model.Dense{WeightStd: 1, Norm: model.LayerNorm, NormAfter: true, Skip: true, Alpha: 1}, "relu", "gelu")
	}
	for _, size := range [][2]int{{16, 3}, {32, 12}} {
		n, d := size[0], size[1]
		walk(n, d, model.Dense{WeightStd: 1.4, Weights: model.SparseWeights, Density: 0.1}, "tanh", "relu")
		walk(n, d, model.Dense{WeightStd: 1.4, Weights: model.OrthogonalWeights}, "tanh", "relu")
		walk(n, d, model.Dense{WeightStd: 1.4, Tied: true}, "tanh", "relu", "linear")
	}
	if compared < 3000 || empty > 500 {
		t.Errorf("%d predictions compared, %d cells without one: want at least 3,000 and at most 500", compared, empty)
	}
}

// TestPredict_wideWhereNoneIs: where no buildable width is wide the limit of infinite width is
// not printed as the theory of the network, and the theory is right or says that there is none.
func TestPredict_wideWhereNoneIs(t *testing.T) {
	residual := func(name string, std float64, width, depth int) model.Dense {
		return model.Dense{Activation: activation.MustParse(name), WeightStd: std, Width: width, Depth: depth, Skip: true, Alpha: 1}
	}
	tied := model.Dense{Activation: activation.MustParse("tanh"), WeightStd: 1, Width: 64, Depth: 100, Tied: true}
	for _, tt := range []struct {
		reason string
		m      model.Dense
		want   string // in the notes
	}{
		{"relu residual", residual("relu", math.Sqrt2, 256, 50), "outgrows the rest"},
		{"gelu residual", residual("gelu", 1.5, 256, 50), "outgrows the rest"},
		{"relu residual, 2 inputs", func() model.Dense { m := residual("relu", math.Sqrt2, 256, 50); m.Batch = 2; return m }(), "no prediction"},
		{"steps of a recurrent network", tied, "steps⁴/width²"},
		{"a narrow and deep network", model.Dense{Activation: activation.MustParse("relu"), WeightStd: math.Sqrt2, BiasStd: 0.1, Width: 8, Depth: 200}, "no prediction"},
	} {
		theory := predictNetwork(context.Background(), tt.m)
		p := theory.layer(0, 1)
		for q, x := range map[string]float64{"gradient": p.wide[reports.LogGradNorm], "reach": theory.reach()} {
			if !math.IsNaN(x) && (q == "gradient" || tt.m.Inputs() > 1 || tt.m.Tied) {
				t.Errorf("%s: %s %v, want none", tt.reason, q, x)
			}
		}
		found := false
		for _, n := range theory.notes {
			found = found || strings.Contains(n.Label+" "+n.Text, tt.want)
		}
		if !found {
			t.Errorf("%s: no note with %q in %v", tt.reason, tt.want, theory.notes)
		}
	}
}

// TestPredict_aligned: what is printed in their place for the case of the text: at width 256
// and depth 50 the gradient is 480 times that of the wide limit, and the theory within a tenth.
func TestPredict_aligned(t *testing.T) {
	for _, tt := range []struct {
		name         string
		std          float64
		width, depth int
		ratio        float64 // at least, of the gradient to the wide limit
	}{{"relu", math.Sqrt2, 256, 50, 400}, {"relu", math.Sqrt2, 64, 20, 2}, {"leaky_relu(0.1)", 1.4, 128, 40, 20}} {
		m := model.Dense{Activation: activation.MustParse(tt.name), WeightStd: tt.std, Width: tt.width, Depth: tt.depth, Skip: true, Alpha: 1}
		theory := predictNetwork(context.Background(), m)
		logs, squares := moments{}, moments{}
		spec := run.NetworkSpec{Model: m, Engine: network.Law, At: []int{0}, Samples: 1000, Seed: 1}
		spec.Each = func(_ int, s *network.Sample) {
			logs.add(2 * s.Gradient(0))
			squares.add(math.Exp(2*s.Gradient(0) - theory.finite.LogMeanSquare))
		}
		if _, err := run.Network(context.Background(), spec); err != nil {
			t.Fatal(err)
		}
		if above := (logs.mean - theory.wide[0].logGrad) / 2; !(above > math.Log(tt.ratio)) {
			t.Errorf("%s: %v above the wide limit, want the case of the fault", m.Canonical(), above)
		}
		p := theory.layer(0, 1)
		if off := logs.mean - 2*p.finite[reports.LogGradNorm]; !(math.Abs(off) <= tenth+4.5*logs.sampleMean().StdErr) {
			t.Errorf("%s: log square %v above the theory ± %v", m.Canonical(), off, logs.sampleMean().StdErr)
		}
		if off := squares.mean - 1; !(math.Abs(off) <= 0.1+4.5*squares.sampleMean().StdErr) {
			t.Errorf("%s: mean square %v ± %v of the theory", m.Canonical(), squares.mean, squares.sampleMean().StdErr)
		}
	}
}
