package main

import (
	"context"
	"encoding/json"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gradchain/reports"
	"gradchain/sim/model"
	"gradchain/sim/network"
	"gradchain/sim/run"
	"gradchain/theory/activation"
)

// TestSimulateSpectrum_badInput: one line that says what is wrong, status 2, nothing on
// standard output, before anything is sampled.
func TestSimulateSpectrum_badInput(t *testing.T) {
	for _, tt := range []struct {
		reason, args, want string
	}{
		{"no exponents", "dense --lyapunov 0", "lyapunov 0: want 1 to 128, the smallest width"},
		{"fewer than none", "residual --lyapunov -1", "lyapunov -1: want 1 to 128"},
		{"more exponents than units", "dense --widths 9,3,7 --lyapunov 4", "lyapunov 4: want 1 to 3, the smallest width"},
		{"a list nobody could hold", "recurrent --lyapunov 1e18", "lyapunov 1000000000000000000: want 1 to 128"},
		{"no number", "dense --lyapunov all", "want a whole number"},
		{"exponents of two inputs", "dense --correlation 0.5 --lyapunov 2", "lyapunov: batch 2: want 1"},
		{"exponents behind batch norm", "normalized --norm batch --lyapunov 2", "lyapunov: batch 8: want 1"},
		{"exponents, engine norm", "dense --activation relu --engine norm --lyapunov 2", "lyapunov: norm: want law or matrix"},
		{"too many exponents", "dense --width 1e5 --depth 2 --lyapunov 1e5", "1e+10 numbers to store: want at most 268435456"},
		{"singular values of a batch", "dense --batch 2 --singular-values", "singular-values: batch 2: want 1"},
		{"singular values, engine law", "dense --engine law --singular-values", "singular-values: engine law: want matrix"},
		{"too wide", "dense --width 2e4 --depth 1 --singular-values", "4e+08 numbers to store: want at most 268435456"},
		{"gated networks have none", "lstm --tangent", "unknown flag: --tangent"},
	} {
		status, out, errOut := call(append([]string{"simulate"}, strings.Fields(tt.args)...)...)
		if status != failure || out != "" || !strings.Contains(errOut, tt.want) || strings.Count(errOut, "\n") != 1 {
			t.Errorf("%s: simulate %s: status %d, output %.80q, error %q; want status 2 and one line with %q",
				tt.reason, tt.args, status, out, errOut, tt.want)
		}
	}
}

// TestSimulateSpectrum_others: the other tables, the rows and the data in CSV are those of
// a run without the flags.
func TestSimulateSpectrum_others(t *testing.T) {
	args := "simulate dense --activation relu --width 6 --depth 3 --samples 300 --seed 1 "
	for _, format := range []string{"json", "csv"} {
		var texts [2]string
		var objects [2]map[string]json.RawMessage
		for i, flags := range []string{"", " --tangent --lyapunov 2 --singular-values"} {
			raw := filepath.Join(t.TempDir(), "raw.csv")
			status, out, errOut := call(strings.Fields(args + "--format " + format + " --raw " + raw + flags)...)
			rows, err := os.ReadFile(raw)
			if status != asExpected || err != nil {
				t.Fatal(status, errOut, err)
			}
			texts[i] = string(rows)
			if format == "csv" {
				texts[i] += out
				continue
			}
			if err := json.Unmarshal([]byte(out), &objects[i]); err != nil {
				t.Fatal(err)
			}
			texts[i] += string(objects[i]["layers"])
		}
		if texts[0] != texts[1] {
			t.Errorf("%s: the flags change the other tables", format)
		}
		for _, key := range []string{"tangent", "lyapunov", "singular_values"} {
			if format == "json" && (len(objects[0][key]) > 0 || len(objects[1][key]) == 0) {
				t.Errorf("%q: %.40s without the flag, %.40s with it", key, objects[0][key], objects[1][key])
			}
		}
	}
}

// stretchOf samples one measure and puts theory beside it.
func stretchOf(t *testing.T, s run.StretchSpec) []reports.StretchRow {
	t.Helper()
	theory := predictNetwork(context.Background(), s.Model)
	found, err := sampleStretches(context.Background(), io.Discard, []run.StretchSpec{s}, &theory)
	if err != nil {
		t.Fatal(err)
	}
	return found[0].Rows
}

// TestStretch_exact: simulated means and deviations are those of the exact laws. In all
// there are 29 numbers with 5.2 standard errors each: a right program fails in fewer than
// one of 100,000 streams. A mean that is off by 0.12 is noticed in 99 of 100.
func TestStretch_exact(t *testing.T) {
	linear, relu := activation.MustParse("linear"), activation.MustParse("relu")
	rectangular := []int{6, 9, 5, 8}
	for _, tt := range []struct {
		reason string
		spec   run.StretchSpec
		means  int // that are known
		sds    int
	}{
		{"tangents of linear layers", run.StretchSpec{Model: model.Dense{Activation: linear, WeightStd: 1.3, Widths: rectangular}, At: []int{0, 1, 2, 3}}, 4, 4},
		{"tangents of relu layers", run.StretchSpec{Model: model.Dense{Activation: relu, WeightStd: 1.3, Widths: rectangular}, At: []int{1, 2, 3}}, 3, 3},
		{"tangents of a linear residual network", run.StretchSpec{
			Model: model.Dense{Activation: linear, WeightStd: 1, Width: 5, Depth: 4, Skip: true, Alpha: 0.7}, At: []int{1, 4}}, 2, 0},
		{"tangents of orthogonal layers", run.StretchSpec{Engine: network.Matrix,
			Model: model.Dense{Activation: linear, Weights: model.OrthogonalWeights, WeightStd: 1.3, Width: 5, Depth: 4}, At: []int{1, 4}}, 2, 2},
		{"nothing exact of tanh", run.StretchSpec{Model: model.Dense{Activation: activation.MustParse("tanh"), WeightStd: 1.3, Width: 5, Depth: 4}, At: []int{4}}, 0, 0},
		{"exponents with biases, which do nothing", run.StretchSpec{Of: run.Lyapunov,
			Model: model.Dense{Activation: linear, WeightStd: 1.3, BiasStd: 0.5, Width: 5, Depth: 6}, At: []int{1, 2, 3, 4, 5}}, 5, 0},
		{"exponents of orthogonal weights, tied", run.StretchSpec{Of: run.Lyapunov, Engine: network.Matrix,
			Model: model.Dense{Activation: linear, Weights: model.OrthogonalWeights, WeightStd: 1.3, Width: 5, Depth: 6, Tied: true}, At: []int{1, 5}}, 2, 0},
		{"no exponents of tied normal weights", run.StretchSpec{Of: run.Lyapunov, Engine: network.Matrix,
			Model: model.Dense{Activation: linear, WeightStd: 1.3, Width: 5, Depth: 6, Tied: true}, At: []int{1}}, 0, 0},
		{"no exponents of other widths", run.StretchSpec{Of: run.Lyapunov, Model: model.Dense{Activation: linear, WeightStd: 1.3, Widths: rectangular}, At: []int{1}}, 0, 0},
		{"singular values of orthogonal weights", run.StretchSpec{Of: run.SingularValues, Engine: network.Matrix,
			Model: model.Dense{Activation: linear, Weights: model.OrthogonalWeights, WeightStd: 1.3, Width: 5, Depth: 6}, At: []int{1, 5}}, 2, 0},
	} {
		s := tt.spec
		s.Samples, s.Seed = 5000, 3
		if s.Model.Weights == model.OrthogonalWeights { // the same for all
			s.Samples = 50
		}
		means, sds := 0, 0
		for _, r := range stretchOf(t, s) {
			if !math.IsNaN(r.Exact) {
				means++
				if d := r.Log.Mean - r.Exact; !(math.Abs(d) <= 5.2*r.Log.StdErr+1e-13) || !(r.Log.StdErr <= 0.12/(5.2+2.4)) {
					t.Errorf("%s, %d: mean %v ± %v, want %v", tt.reason, r.Index, r.Log.Mean, r.Log.StdErr, r.Exact)
				}
			}
			if !math.IsNaN(r.ExactSpread) {
				sds++
				if d := r.Spread.Mean - r.ExactSpread; !(math.Abs(d) <= 5.2*r.Spread.StdErr+1e-13) {
					t.Errorf("%s, %d: sd %v ± %v, want %v", tt.reason, r.Index, r.Spread.Mean, r.Spread.StdErr, r.ExactSpread)
				}
			}
		}
		if means != tt.means || sds != tt.sds {
			t.Errorf("%s: %d means and %d deviations are known, want %d and %d", tt.reason, means, sds, tt.means, tt.sds)
		}
	}
}

// TestStretch_wide: networks of width 1,000 are near the wide limit. Typical sizes are
// below the root of the mean square by some L/n, 0.02 is allowed; a layer without its
// slope, σ_w, α or ratio of widths is off by 0.1 or more.
func TestStretch_wide(t *testing.T) {
	tanh, relu := activation.MustParse("tanh"), activation.MustParse("relu")
	for _, tt := range []struct {
		reason string
		model  model.Dense
	}{
		{"biases", model.Dense{Activation: tanh, WeightStd: 1.6, BiasStd: 0.4, Width: 1000, Depth: 5}},
		{"widths", model.Dense{Activation: tanh, WeightStd: 1.6, Widths: []int{1000, 2000, 700}}},
		{"residual", model.Dense{Activation: relu, WeightStd: 1.2, Width: 1000, Depth: 4, Skip: true, Alpha: 0.8}},
		{"zero branch", model.Dense{Activation: relu, WeightStd: 1.2, Width: 1000, Depth: 4, Skip: true}},
		{"layer norm", model.Dense{Activation: tanh, WeightStd: 1.6, Width: 1000, Depth: 3, Norm: model.LayerNorm}},
		{"rms norm behind", model.Dense{Activation: tanh, WeightStd: 1.6, BiasStd: 0.4, Width: 1000, Depth: 3, Norm: model.RMSNorm, NormAfter: true}},
		{"several inputs", model.Dense{Activation: tanh, WeightStd: 1.6, Width: 1000, Depth: 3, Batch: 3}},
	} {
		depth := len(tt.model.Layers()) - 1
		for _, r := range stretchOf(t, run.StretchSpec{Model: tt.model, At: []int{0, 1, depth}, Samples: 200, Seed: 1}) {
			if d := r.Log.Mean - r.Wide; !(math.Abs(d) <= 0.02) {
				t.Errorf("%s, layer %d: %v, in the wide limit %v", tt.reason, r.Index, r.Log.Mean, r.Wide)
			}
		}
	}
	normalized := model.Dense{Activation: tanh, WeightStd: 1, Width: 20, Depth: 2, Batch: 8, Norm: model.BatchNorm}
	for _, r := range stretchOf(t, run.StretchSpec{Model: normalized, At: []int{1, 2}, Samples: 2}) {
		if !math.IsNaN(r.Wide) {
			t.Errorf("batch norm, layer %d: wide limit %v, want none", r.Index, r.Wide)
		}
	}
}

// TestStretch_largest: the largest singular value comes near the edge of the wide limit as
// the width grows, from below: over 3,000 networks by 0.272 ± 0.004 at width 16 and
// 0.093 ± 0.001 at width 64. The mean of 50 has a standard error of 0.026 and 0.010; with
// 4.9 of them a right program fails once in 500,000 streams. A factor of e^0.2 too much or
// too little in the edge is noticed in 99 of 100.
func TestStretch_largest(t *testing.T) {
	linear := activation.MustParse("linear")
	last := math.Inf(1)
	for _, tt := range []struct {
		width int
		least float64
		most  float64
	}{{16, 0.145, 0.4}, {64, 0.044, 0.142}} {
		m := model.Dense{Activation: linear, WeightStd: 1.3, Width: tt.width, Depth: 4}
		rows := stretchOf(t, run.StretchSpec{Model: m, Engine: network.Matrix, Of: run.SingularValues, At: []int{1, 2}, Samples: 50, Seed: 1})
		gap := rows[0].Wide - rows[0].Log.Mean
		if !(gap >= tt.least) || !(gap <= tt.most) || !(gap < last) || !math.IsNaN(rows[1].Wide) {
			t.Errorf("width %d: %v ± %v, in the wide limit %v; of the second %v", tt.width, rows[0].Log.Mean, rows[0].Log.StdErr, rows[0].Wide, rows[1].Wide)
		}
		last = gap
	}
}

func TestSomeRanks(t *testing.T) {
	for n, want := range map[int][]int{1: {1}, 2: {1, 2}, 3: {1, 2, 3}, 4: {1, 2, 3, 4}, 9: {1, 2, 4, 7, 9}, 100: {1, 2, 25, 50, 75, 100}} {
		if got := someRanks(n); !slices.Equal(got, want) {
			t.Errorf("%d: ranks %v, want %v", n, got, want)
		}
	}
}
