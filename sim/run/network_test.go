package run

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"gradchain/sim/model"
	"gradchain/sim/network"
	"gradchain/sim/stream"
	"gradchain/sim/tally"
	"gradchain/theory/activation"
)

func tanhNet(width, depth int) model.Dense {
	return model.Dense{Activation: activation.MustParse("tanh"), WeightStd: 1.5, Width: width, Depth: depth}
}

// layersText is everything in the layers.
func layersText(t interface{ Fatal(...any) }, layers []*Layer) string {
	type row struct {
		Layer, Width, Inputs int
		Square, Grad         tally.Summary
		Correlation          string
		Dead, Saturated      int64
	}
	var all []row
	for _, l := range layers {
		all = append(all, row{
			l.Layer, l.Width, l.Inputs, l.LogSquare.Summary(), l.LogGradNorm.Summary(), fmt.Sprint(l.Correlation), l.Dead, l.Saturated,
		})
	}
	text, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// networkSpecs draws small runs of all engines.
func networkSpecs(t *rapid.T) NetworkSpec {
	s := NetworkSpec{
		Engine: network.Kind(rapid.IntRange(0, 3).Draw(t, "engine")),
		Model: model.Dense{
			Activation: activation.MustParse("relu"), WeightStd: 1.5,
			Widths: rapid.SliceOfN(rapid.IntRange(1, 9), 2, 6).Draw(t, "widths"),
		},
		Seed:       rapid.Uint64().Draw(t, "seed"),
		Samples:    rapid.IntRange(1, 600).Draw(t, "samples"),
		Thresholds: []float64{0, -5},
	}
	if s.Engine != network.Norm {
		s.Model.Activation = rapid.SampledFrom(activation.All()).Draw(t, "activation")
		s.Model.BiasStd = rapid.SampledFrom([]float64{0, 0.3}).Draw(t, "bias")
		s.Model.Batch = rapid.IntRange(1, 3).Draw(t, "batch")
	}
	if s.Model.Inputs() > 1 && rapid.Bool().Draw(t, "norm") {
		s.Model.Norm = model.BatchNorm
	}
	return s
}

// TestNetwork_jobs: the number of workers does not change a bit.
func TestNetwork_jobs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := networkSpecs(t)
		want := ""
		for _, jobs := range []int{1, 2, 8} {
			s.Jobs = jobs
			layers, err := Network(context.Background(), s)
			if err != nil {
				t.Fatal(err)
			}
			for _, l := range layers {
				if l.LogGradNorm.Count() != int64(s.Samples) || l.LogSquare.Count() != int64(s.Samples) {
					t.Fatalf("layer %d: %d samples, want %d", l.Layer, l.LogGradNorm.Count(), s.Samples)
				}
			}
			got := layersText(t, layers)
			if want == "" {
				want = got
			}
			if got != want {
				t.Fatalf("%d jobs: %s\n1 job: %s", jobs, got, want)
			}
		}
	})
}

// TestNetwork_each: Each sees the samples that are tallied, in order, and those of
// the engine on the streams of the blocks.
func TestNetwork_each(t *testing.T) {
	m := tanhNet(4, 3)
	s := NetworkSpec{Model: m, Samples: BlockSamples(network.Law, m) + 30, Seed: 3, Jobs: 2, At: []int{0, 2}}
	var grads []float64
	dead := int64(0)
	s.Each = func(i int, x *network.Sample) {
		if i != len(grads) {
			t.Errorf("sample %d after %d", i, len(grads))
		}
		grads = append(grads, x.LogGradNorm[2])
		dead += int64(x.Saturated[2])
	}
	layers, err := Network(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	if len(layers) != 2 || layers[1].Layer != 2 || layers[1].Width != 4 || layers[1].Saturated != dead {
		t.Errorf("got layers %+v", layers)
	}
	if lo, hi := slices.Min(grads), slices.Max(grads); lo != layers[1].LogGradNorm.Min() || hi != layers[1].LogGradNorm.Max() {
		t.Errorf("samples from %v to %v, tallied %v to %v", lo, hi, layers[1].LogGradNorm.Min(), layers[1].LogGradNorm.Max())
	}
	e, err := network.New(network.Law, m)
	if err != nil {
		t.Fatal(err)
	}
	at := 0
	for block := range uint64(2) {
		src := stream.Key{Seed: 3, Purpose: "network law", Config: m.Canonical(), Block: block}.Source(stream.Xoshiro)
		for range min(BlockSamples(network.Law, m), len(grads)-at) {
			var x network.Sample
			if err := e.Sample(context.Background(), src, &x); err != nil {
				t.Fatal(err)
			}
			if x.LogGradNorm[2] != grads[at] {
				t.Fatalf("sample %d: %v, of the engine %v", at, grads[at], x.LogGradNorm[2])
			}
			at++
		}
	}
}

// TestNetwork_at: what is tallied at a layer does not depend on the other layers.
func TestNetwork_at(t *testing.T) {
	s := NetworkSpec{Model: tanhNet(5, 4), Samples: 100}
	all, err := Network(context.Background(), s)
	if err != nil || len(all) != 5 {
		t.Fatal(len(all), err)
	}
	s.At = []int{3}
	alone, err := Network(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := layersText(t, alone), layersText(t, all[3:4]); got != want {
		t.Errorf("alone %s, among others %s", got, want)
	}
}

func TestNetworkSpec_Validate(t *testing.T) {
	for _, tt := range []struct {
		reason string
		change func(*NetworkSpec)
		want   []string
	}{
		{"valid", func(*NetworkSpec) {}, nil},
		{"layers 0 and L", func(s *NetworkSpec) { s.At = []int{0, 3} }, nil},
		{"everything", func(s *NetworkSpec) {
			s.Samples, s.Jobs, s.At, s.Thresholds, s.Engine = 0, -1, []int{2, 2, 4}, []float64{math.NaN()}, network.Norm
		}, []string{
			"samples 0: want at least 1",
			"jobs -1: want at least 1, or 0 for one for each processor",
			"thresholds[0] = NaN: want a number",
			"engine norm: activation tanh: want linear or relu",
			"at[1] = 2: want ascending layers from 0 to the model's 3",
			"at[2] = 4: want ascending layers from 0 to the model's 3",
		}},
		{"layer −1", func(s *NetworkSpec) { s.At = []int{-1, 0} }, []string{"at[0] = -1: want ascending layers from 0 to the model's 3"}},
		{"without a model its layers are not known", func(s *NetworkSpec) { s.Model.Width, s.At = 0, []int{9} },
			[]string{"width 0: want 1 to 16777216"}},
	} {
		s := NetworkSpec{Model: tanhNet(2, 3), Samples: 1}
		tt.change(&s)
		got := ""
		if _, err := Network(context.Background(), s); err != nil {
			got = err.Error()
		}
		if want := strings.Join(tt.want, "\n"); got != want {
			t.Errorf("%s: got %q, want %q", tt.reason, got, want)
		}
	}
}

func TestNetwork_progress(t *testing.T) {
	m := tanhNet(2, 3)
	last, calls := 0, 0
	s := NetworkSpec{Model: m, Samples: 1000, Jobs: 4, Progress: func(done, total int) {
		if done <= last || total != 1000 {
			t.Errorf("progress %d of %d after %d", done, total, last)
		}
		last, calls = done, calls+1
	}}
	if _, err := Network(context.Background(), s); err != nil {
		t.Fatal(err)
	}
	if want := (1000-1)/BlockSamples(network.Law, m) + 1; last != 1000 || calls != want {
		t.Errorf("%d calls, the last at %d, want %d and 1000", calls, last, want)
	}
}

// TestNetwork_cancel: a run of hours ends soon, in a small network and in a large one.
func TestNetwork_cancel(t *testing.T) {
	for _, m := range []model.Dense{tanhNet(1, 1), tanhNet(3, 100_000), tanhNet(1<<18, 100)} {
		ctx, cancel := context.WithCancel(context.Background())
		time.AfterFunc(10*time.Millisecond, cancel)
		_, err := Network(ctx, NetworkSpec{Model: m, At: []int{1}, Samples: math.MaxInt / 2, Jobs: 2})
		if err != context.Canceled {
			t.Errorf("width %d: got error %v, want %v", m.Width, err, context.Canceled)
		}
	}
}

// TestNetwork_memory: the memory of a run does not grow with the number of samples.
func TestNetwork_memory(t *testing.T) {
	if testing.Short() {
		t.Skip("samples 6e4 networks")
	}
	peak := func(samples int) uint64 {
		var most uint64
		s := NetworkSpec{Model: tanhNet(2, 4), Samples: samples, Jobs: 2, Progress: func(done, _ int) {
			if done%(8*256) == 0 {
				runtime.GC()
				var stats runtime.MemStats
				runtime.ReadMemStats(&stats)
				most = max(most, stats.HeapAlloc)
			}
		}}
		if _, err := Network(context.Background(), s); err != nil {
			t.Fatal(err)
		}
		return most
	}
	few, many := peak(4_096), peak(60_000)
	if many > few+1<<20 {
		t.Errorf("heap of %d bytes with 4,096 samples, %d with 60,000: want at most 1 MiB more", few, many)
	}
}

func TestBlockSamples(t *testing.T) {
	for _, tt := range []struct {
		kind               network.Kind
		width, depth, want int
	}{
		{network.Law, 1, 1, 256}, {network.Law, 1024, 50, 128}, {network.Law, 1_000_000, 100, 1}, {network.Law, 1, 1_000_000, 1},
		{network.Matrix, 1024, 50, 1}, {network.Matrix, 64, 10, 128}, {network.Norm, 1024, 50, 256},
	} {
		if got := BlockSamples(tt.kind, tanhNet(tt.width, tt.depth)); got != tt.want {
			t.Errorf("engine %v, width %d, depth %d: %d networks a block, want %d", tt.kind, tt.width, tt.depth, got, tt.want)
		}
	}
	batch := tanhNet(1024, 50)
	batch.Batch = 32
	if got := BlockSamples(network.Law, batch); got != 1 {
		t.Errorf("32 inputs: %d networks a block, want 1", got)
	}
}

// TestNetwork_correlation: mean and variance of the samples' correlations, by their
// definitions, without those of a signal of 0.
func TestNetwork_correlation(t *testing.T) {
	m := tanhNet(2, 3)
	m.Activation, m.Batch = activation.MustParse("relu"), 2
	var all []float64
	layers, err := Network(context.Background(), NetworkSpec{Model: m, Samples: 700, Each: func(_ int, s *network.Sample) {
		if c := s.Correlation[2]; !math.IsNaN(c) {
			all = append(all, c)
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	mean, variance := 0.0, 0.0
	for _, c := range all {
		mean += c / float64(len(all))
	}
	for _, c := range all {
		variance += (c - mean) * (c - mean) / float64(len(all)-1)
	}
	got := &layers[2].Correlation
	if got.Count() != int64(len(all)) || got.Count() > 690 || got.Count() < 100 || layers[2].Inputs != 2 {
		t.Errorf("%d correlations of %d inputs, want %d, fewer than samples", got.Count(), layers[2].Inputs, len(all))
	}
	if !(math.Abs(got.Mean()-mean) <= 1e-13) || !(math.Abs(got.Variance()-variance) <= 1e-13) {
		t.Errorf("mean %v, variance %v, want %v, %v", got.Mean(), got.Variance(), mean, variance)
	}
	var none Moments
	none.add(math.NaN())
	if none.Count() != 0 || !math.IsNaN(none.Mean()) || !math.IsNaN(none.Variance()) {
		t.Errorf("no values: count %d, mean %v, variance %v", none.Count(), none.Mean(), none.Variance())
	}
}
