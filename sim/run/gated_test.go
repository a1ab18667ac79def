package run

import (
	"context"
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"gradchain/sim/model"
	"gradchain/sim/network"
	"gradchain/sim/stream"
	"gradchain/sim/tally"
)

// stepsText is everything in the steps.
func stepsText(t interface{ Fatal(...any) }, steps []*Step) string {
	type row struct {
		Step      int
		Tallies   []tally.Summary
		Gates     int
		Saturated int64
	}
	var all []row
	for _, s := range steps {
		r := row{s.Step, []tally.Summary{s.LogSquare.Summary(), s.LogGradNorm.Summary(), s.LogCarousel.Summary()}, s.Gates, s.Saturated}
		if s.LogCell != nil {
			r.Tallies = append(r.Tallies, s.LogCell.Summary())
		}
		all = append(all, r)
	}
	text, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestGated_jobs: the number of workers does not change a bit.
func TestGated_jobs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := GatedSpec{
			Model: model.Gated{
				Cell:       model.Cell(rapid.IntRange(0, 1).Draw(t, "cell")),
				Width:      rapid.IntRange(1, 4).Draw(t, "width"),
				Depth:      rapid.IntRange(1, 4).Draw(t, "depth"),
				WeightStd:  rapid.SampledFrom([]float64{0, 1.5}).Draw(t, "weight std"),
				ForgetBias: rapid.SampledFrom([]float64{0, 1, math.Inf(1), math.Inf(-1)}).Draw(t, "forget bias"),
			},
			Seed:       rapid.Uint64().Draw(t, "seed"),
			Samples:    rapid.IntRange(1, 600).Draw(t, "samples"),
			Thresholds: []float64{0, -5},
		}
		want := ""
		for _, jobs := range []int{1, 2, 8} {
			s.Jobs = jobs
			steps, err := Gated(context.Background(), s)
			if err != nil {
				t.Fatal(err)
			}
			for _, x := range steps {
				if x.LogGradNorm.Count() != int64(s.Samples) || x.LogCarousel.Count() != int64(s.Samples) {
					t.Fatalf("step %d: %d samples, want %d", x.Step, x.LogGradNorm.Count(), s.Samples)
				}
			}
			got := stepsText(t, steps)
			if want == "" {
				want = got
			}
			if got != want {
				t.Fatalf("%d jobs: %s\n1 job: %s", jobs, got, want)
			}
		}
	})
}

// TestGated_each: Each sees the samples that are tallied, in order, and those of the
// engine on the streams of the blocks; a step does not depend on which others are
// tallied.
func TestGated_each(t *testing.T) {
	m := model.Gated{Width: 3, Depth: 2, WeightStd: 1, BiasStd: 4}
	s := GatedSpec{Model: m, Samples: BlockGated(m) + 30, Seed: 3, Jobs: 2, At: []int{1}}
	var grads []float64
	saturated := int64(0)
	s.Each = func(i int, x *network.GatedSample) {
		if i != len(grads) {
			t.Errorf("sample %d after %d", i, len(grads))
		}
		grads = append(grads, x.LogGradNorm[1])
		saturated += int64(x.Saturated[1])
	}
	steps, err := Gated(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	if len(steps) != 1 || steps[0].Step != 1 || steps[0].Gates != 9 || steps[0].Saturated != saturated || saturated == 0 {
		t.Fatalf("got steps %+v", steps)
	}
	if lo, hi := slices.Min(grads), slices.Max(grads); lo != steps[0].LogGradNorm.Min() || hi != steps[0].LogGradNorm.Max() {
		t.Errorf("samples from %v to %v, tallied %v to %v", lo, hi, steps[0].LogGradNorm.Min(), steps[0].LogGradNorm.Max())
	}
	s.At, s.Each = nil, nil
	all, err := Gated(context.Background(), s)
	if err != nil || len(all) != 3 {
		t.Fatal(len(all), err)
	}
	if got, want := stepsText(t, steps), stepsText(t, all[1:2]); got != want {
		t.Errorf("alone %s, among others %s", got, want)
	}
	e, err := network.NewGated(m)
	if err != nil {
		t.Fatal(err)
	}
	at := 0
	for block := range uint64(2) {
		src := stream.Key{Seed: 3, Purpose: "gated", Config: m.Canonical(), Block: block}.Source(stream.Xoshiro)
		for range min(BlockGated(m), len(grads)-at) {
			var x network.GatedSample
			if err := e.Sample(context.Background(), src, &x); err != nil {
				t.Fatal(err)
			}
			if x.LogGradNorm[1] != grads[at] {
				t.Fatalf("sample %d: %v, of the engine %v", at, grads[at], x.LogGradNorm[1])
			}
			at++
		}
	}
}

func TestGatedSpec_Validate(t *testing.T) {
	for _, tt := range []struct {
		reason string
		change func(*GatedSpec)
		want   []string
	}{
		{"valid", func(*GatedSpec) {}, nil},
		{"steps 0 and T", func(s *GatedSpec) { s.At = []int{0, 3} }, nil},
		{"everything", func(s *GatedSpec) {
			s.Samples, s.Jobs, s.At, s.Thresholds = 0, -1, []int{2, 2, 4}, []float64{math.NaN()}
		}, []string{
			"samples 0: want at least 1",
			"jobs -1: want at least 1, or 0 for one for each processor",
			"thresholds[0] = NaN: want a number",
			"at[1] = 2: want ascending steps from 0 to the model's 3",
			"at[2] = 4: want ascending steps from 0 to the model's 3",
		}},
		{"step −1", func(s *GatedSpec) { s.At = []int{-1, 0} }, []string{"at[0] = -1: want ascending steps from 0 to the model's 3"}},
		{"without a model its steps are not known", func(s *GatedSpec) { s.Model.Width, s.At, s.Samples = 0, []int{9}, 0 },
			[]string{"width 0: want 1 to 16777216", "samples 0: want at least 1"}},
		{"more than an engine stores", func(s *GatedSpec) { s.Model.Width, s.Model.WeightStd = 1<<20, 1 },
			[]string{"lstm: 4.4e+12 numbers to store: want at most 268435456"}},
	} {
		s := GatedSpec{Model: model.Gated{Width: 2, Depth: 3}, Samples: 1}
		tt.change(&s)
		got := ""
		if _, err := Gated(context.Background(), s); err != nil {
			got = err.Error()
		}
		if want := strings.Join(tt.want, "\n"); got != want {
			t.Errorf("%s: got %q, want %q", tt.reason, got, want)
		}
	}
}

func TestGated_progress(t *testing.T) {
	m := model.Gated{Cell: model.GRU, Width: 2, Depth: 3, WeightStd: 1}
	last, calls := 0, 0
	s := GatedSpec{Model: m, Samples: 1000, Jobs: 4, Progress: func(done, total int) {
		if done <= last || total != 1000 {
			t.Errorf("progress %d of %d after %d", done, total, last)
		}
		last, calls = done, calls+1
	}}
	if _, err := Gated(context.Background(), s); err != nil {
		t.Fatal(err)
	}
	if want := (1000-1)/BlockGated(m) + 1; last != 1000 || calls != want {
		t.Errorf("%d calls, the last at %d, want %d and 1000", calls, last, want)
	}
}

// TestGated_cancel: a run of hours ends soon, in a small network and in a large one.
func TestGated_cancel(t *testing.T) {
	for _, m := range []model.Gated{{Width: 1, Depth: 1}, {Width: 2, Depth: 100_000, WeightStd: 1}, {Cell: model.GRU, Width: 1024, Depth: 1000, WeightStd: 1}} {
		ctx, cancel := context.WithCancel(context.Background())
		time.AfterFunc(10*time.Millisecond, cancel)
		_, err := Gated(ctx, GatedSpec{Model: m, At: []int{1}, Samples: math.MaxInt / 2, Jobs: 2})
		if err != context.Canceled {
			t.Errorf("width %d: got error %v, want %v", m.Width, err, context.Canceled)
		}
	}
}

func TestBlockGated(t *testing.T) {
	for _, tt := range []struct{ width, depth, want int }{
		{1, 1, 256}, {128, 100, 16}, {1024, 1000, 1}, {1, 1_000_000, 1},
	} {
		if got := BlockGated(model.Gated{Width: tt.width, Depth: tt.depth, WeightStd: 1}); got != tt.want {
			t.Errorf("width %d, depth %d: %d networks a block, want %d", tt.width, tt.depth, got, tt.want)
		}
	}
}
