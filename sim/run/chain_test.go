package run

import (
	"context"
	"encoding/json"
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"gradchain/sim/model"
	"gradchain/sim/tally"
	"gradchain/theory/activation"
	"gradchain/theory/law"
)

func sigmoid(depth int) model.Chain {
	return model.Chain{Activation: activation.MustParse("sigmoid"), Weight: law.MustParse("normal(1)"), Depth: depth}
}

func summaries(t interface{ Fatal(...any) }, tallies []*tally.Tally) string {
	var all []tally.Summary
	for _, s := range tallies {
		all = append(all, s.Summary())
	}
	text, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// specs draws small runs of all kinds.
func specs(t *rapid.T) Spec {
	m := model.Chain{
		Kind:       model.Kind(rapid.IntRange(0, 2).Draw(t, "kind")),
		Activation: rapid.SampledFrom(activation.All()).Draw(t, "activation"),
		Weight:     law.MustParse(rapid.SampledFrom([]string{"normal(1)", "cauchy(2)", "rademacher(3)"}).Draw(t, "weight")),
		Depth:      rapid.IntRange(1, 12).Draw(t, "depth"),
	}
	if m.Kind != model.Independent {
		m.Batch = rapid.SampledFrom([]int{0, 2, 3, 5}).Draw(t, "batch")
		if m.Kind == model.Normalized {
			m.Batch = max(m.Batch, 2)
		}
	}
	at := rapid.SliceOfDistinct(rapid.IntRange(1, m.Depth), rapid.ID[int]).Draw(t, "at")
	slices.Sort(at)
	return Spec{
		Model: m, At: at, Seed: rapid.Uint64().Draw(t, "seed"),
		Paths:      rapid.IntRange(1, 2000).Draw(t, "paths"),
		Thresholds: []float64{0, -5},
	}
}

// TestChain_jobs: the number of workers does not change a bit.
func TestChain_jobs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := specs(t)
		want := ""
		for _, jobs := range []int{1, 2, 8} {
			s.Jobs = jobs
			tallies, err := Chain(context.Background(), s)
			if err != nil {
				t.Fatal(err)
			}
			if n := tallies[0].Count(); n != int64(s.Paths) {
				t.Fatalf("%d paths, want %d", n, s.Paths)
			}
			got := summaries(t, tallies)
			if want == "" {
				want = got
			}
			if got != want {
				t.Fatalf("%d jobs: %s\n1 job: %s", jobs, got, want)
			}
		}
	})
}

// TestChain_at: what is tallied at a depth does not depend on the other depths.
func TestChain_at(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := specs(t)
		s.Paths = min(s.Paths, 300)
		s.At = []int{1 + s.Model.Depth/2}
		alone, err := Chain(context.Background(), s)
		if err != nil {
			t.Fatal(err)
		}
		s.At = nil
		for l := range s.Model.Depth {
			s.At = append(s.At, l+1)
		}
		all, err := Chain(context.Background(), s)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := summaries(t, alone), summaries(t, all[s.Model.Depth/2:][:1]); got != want {
			t.Fatalf("alone %s, among others %s", got, want)
		}
	})
}

// TestChain_blocks: other seeds, and other blocks of one seed, are other paths.
func TestChain_blocks(t *testing.T) {
	extremes := map[float64]string{}
	for _, seed := range []uint64{0, 1, 1 << 63} {
		size := BlockPaths(sigmoid(5))
		for blocks := 1; blocks <= 3; blocks++ {
			tallies, err := Chain(context.Background(), Spec{Model: sigmoid(5), Paths: blocks * size, Seed: seed})
			if err != nil {
				t.Fatal(err)
			}
			mean := tallies[0].Mean()
			if other, ok := extremes[mean]; ok {
				t.Errorf("seed %d, %d blocks: mean %v as with %s", seed, blocks, mean, other)
			}
			extremes[mean] = "another seed or number of blocks"
		}
	}
}

func TestSpec_validate(t *testing.T) {
	for _, tt := range []struct {
		reason string
		change func(*Spec)
		want   []string
	}{
		{"valid", func(*Spec) {}, nil},
		{"no paths", func(s *Spec) { s.Paths = 0 }, []string{"paths 0: want at least 1"}},
		{"negative jobs", func(s *Spec) { s.Jobs = -1 }, []string{"jobs -1: want at least 1, or 0 for one for each processor"}},
		{"depth out of range", func(s *Spec) { s.At = []int{0, 5, 11} }, []string{
			"at[0] = 0: want ascending depths from 1 to the model's 10",
			"at[2] = 11: want ascending depths from 1 to the model's 10",
		}},
		{"depth twice", func(s *Spec) { s.At = []int{5, 5} }, []string{"at[1] = 5: want ascending depths from 1 to the model's 10"}},
		{"threshold NaN", func(s *Spec) { s.Thresholds = []float64{math.NaN()} }, []string{"thresholds[0] = NaN: want a number"}},
		{"everything", func(s *Spec) { *s = Spec{} }, []string{
			"activation missing: want a name such as tanh", "weight missing: want a law such as normal(sigma=1)",
			"depth 0: want 1 to 100000000", "paths 0: want at least 1",
		}},
	} {
		s := Spec{Model: sigmoid(10), Paths: 1}
		tt.change(&s)
		got := ""
		if _, err := Chain(context.Background(), s); err != nil {
			got = err.Error()
		}
		if want := strings.Join(tt.want, "\n"); got != want {
			t.Errorf("%s: got %q, want %q", tt.reason, got, want)
		}
	}
}

// TestChain_progress: calls ascend, do not overlap, and end at the total.
func TestChain_progress(t *testing.T) {
	last, calls := 0, 0
	s := Spec{Model: sigmoid(3), Paths: 3000, Jobs: 4, Progress: func(done, total int) {
		if done <= last || total != 3000 {
			t.Errorf("progress %d of %d after %d", done, total, last)
		}
		last, calls = done, calls+1 // a data race here is what -race looks for
	}}
	if _, err := Chain(context.Background(), s); err != nil {
		t.Fatal(err)
	}
	if last != 3000 || calls != (3000-1)/BlockPaths(s.Model)+1 {
		t.Errorf("%d calls, the last at %d, want one for each block and the last at 3000", calls, last)
	}
}

// TestChain_cancel: a run of hours ends within the second in which it is cancelled,
// before and between blocks and inside a deep one.
func TestChain_cancel(t *testing.T) {
	deep := sigmoid(model.MaxDepth)
	normalized := model.Chain{
		Kind: model.Normalized, Activation: activation.MustParse("tanh"), Weight: law.MustParse("normal(1)"),
		Batch: 4, Depth: model.MaxStored / 4,
	}
	for _, m := range []model.Chain{sigmoid(1), sigmoid(1000), deep, normalized} {
		ctx, cancel := context.WithCancel(context.Background())
		time.AfterFunc(10*time.Millisecond, cancel)
		_, err := Chain(ctx, Spec{Model: m, Paths: math.MaxInt / 2, Jobs: 2})
		if err != context.Canceled {
			t.Errorf("depth %d: got error %v, want %v", m.Depth, err, context.Canceled)
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), 0)
	defer cancel()
	if _, err := Chain(ctx, Spec{Model: sigmoid(1), Paths: 1}); err != context.DeadlineExceeded {
		t.Errorf("got error %v, want %v", err, context.DeadlineExceeded)
	}
}

// TestChain_memory: the memory of a run does not grow with the number of paths. After
// the first blocks nothing is allocated but bins of the sketch, and there are few.
func TestChain_memory(t *testing.T) {
	if testing.Short() {
		t.Skip("samples 4e5 paths")
	}
	m := sigmoid(10)
	peak := func(paths int) uint64 {
		var most uint64
		s := Spec{Model: m, At: []int{1, 10}, Paths: paths, Jobs: 2, Progress: func(done, _ int) {
			if done%(32*BlockPaths(m)) == 0 {
				runtime.GC()
				var stats runtime.MemStats
				runtime.ReadMemStats(&stats)
				most = max(most, stats.HeapAlloc)
			}
		}}
		if _, err := Chain(context.Background(), s); err != nil {
			t.Fatal(err)
		}
		return most
	}
	few, many := peak(20_000), peak(400_000)
	if many > few+1<<20 {
		t.Errorf("heap of %d bytes with 20,000 paths, %d with 400,000: want at most 1 MiB more", few, many)
	}
}

func TestBlockPaths(t *testing.T) {
	for _, tt := range []struct{ depth, batch, want int }{
		{1, 0, 256}, {1 << 16, 0, 256}, {1<<16 + 1, 0, 128}, {100_000, 0, 128}, {1_000_000, 0, 32}, {model.MaxDepth, 0, 32},
		{1024, 64, 256}, {1024, 128, 128}, {100, 1 << 20, 32},
	} {
		m := sigmoid(tt.depth)
		m.Batch = tt.batch
		if got := BlockPaths(m); got != tt.want {
			t.Errorf("depth %d, batch %d: %d paths a block, want %d", tt.depth, tt.batch, got, tt.want)
		}
	}
}
