package run

import (
	"context"
	"math"
	"strings"
	"testing"

	"gradchain/sim/model"
	"gradchain/theory/activation"
)

// TestFitting: workers that have no room together are fewer, and one that has none is an
// error of one line.
func TestFitting(t *testing.T) {
	free, known := FreeMemory()
	if !known {
		t.Skip("the system does not tell its free memory")
	}
	if !(free > 1<<20) || math.IsInf(free, 0) {
		t.Errorf("%v bytes are free", free)
	}
	for _, tt := range []struct {
		reason string
		jobs   int
		bytes  float64
		least  int
		most   int
	}{
		{"unknown", 7, 0, 7, 7},
		{"small", 7, 1, 7, 7},
		{"a third of what is free", 16, free / 3, 1, 2},
		{"a tenth", 16, free / 10, 5, 10},
	} {
		if got, err := fitting(tt.jobs, tt.bytes); err != nil || got < tt.least || got > tt.most {
			t.Errorf("%s: %d, %v, want %d to %d", tt.reason, got, err, tt.least, tt.most)
		}
	}
	if _, err := fitting(1, 100*free); err == nil || !strings.Contains(err.Error(), "want a smaller width, depth or batch") {
		t.Errorf("more than there is: %v", err)
	}
	b := blocks[int]{samples: 10, size: 1, jobs: 2, bytes: 100 * free, sampler: func() (sampler[int], error) {
		t.Error("a worker was made")
		return nil, nil
	}}
	if err := b.run(context.Background()); err == nil || strings.Contains(err.Error(), "\n") {
		t.Errorf("a run of more than there is: %v", err)
	}
}

// TestNetwork_bytes: what a worker is thought to take grows with all of the model.
func TestNetwork_bytes(t *testing.T) {
	m := model.Dense{Activation: activation.MustParse("tanh"), WeightStd: 1, Width: 64, Depth: 10}
	s := StretchSpec{Model: m, Of: Lyapunov, At: []int{1}, Samples: 1}
	least := s.bytes()
	for reason, change := range map[string]func(s *StretchSpec){
		"width": func(s *StretchSpec) { s.Model.Width *= 2 }, "depth": func(s *StretchSpec) { s.Model.Depth *= 2 },
		"exponents": func(s *StretchSpec) { s.At = []int{3} },
	} {
		wider := s
		change(&wider)
		if !(wider.bytes() > 1.4*least) || !(least >= 8*64*10) {
			t.Errorf("%s: %v and %v bytes", reason, least, wider.bytes())
		}
	}
}
