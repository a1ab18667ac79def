package run

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"

	"gradchain/sim/model"
	"gradchain/sim/network"
	"gradchain/sim/stream"
	"gradchain/theory/activation"
	"gradchain/theory/product"
)

// linearNet is square, of σ_w = 1.5.
func linearNet(weights model.WeightLaw, width, depth int) model.Dense {
	return model.Dense{Activation: activation.MustParse("linear"), Weights: weights, WeightStd: 1.5, Width: width, Depth: depth}
}

// stretches is one small run of each measure, in several blocks.
func stretches() []StretchSpec {
	rectangular := model.Dense{Activation: activation.MustParse("relu"), WeightStd: 1.5, Widths: []int{4, 6, 3}}
	return []StretchSpec{
		{Model: rectangular, Of: Tangents, At: []int{0, 2}, Samples: 600, Seed: 5},
		{Model: tanhNet(5, 4), Engine: network.Matrix, Of: Tangents, At: []int{1, 4}, Samples: 600, Seed: 5},
		{Model: rectangular, Of: Lyapunov, At: []int{1, 3}, Samples: 600, Seed: 5},
		{Model: rectangular, Engine: network.Matrix, Of: SingularValues, At: []int{1, 3}, Samples: 600, Seed: 5},
	}
}

// TestStretched_jobs: the number of workers changes neither tallies nor what Each is
// given, and both are the values of the engine on the streams of the blocks.
func TestStretched_jobs(t *testing.T) {
	for _, s := range stretches() {
		var texts []string
		for _, s.Jobs = range []int{1, 2} {
			var all [][]float64
			s.Each = func(i int, values []float64) {
				if i != len(all) {
					t.Errorf("%v: sample %d after %d", s.Of, i, len(all))
				}
				all = append(all, slices.Clone(values))
			}
			tallies, err := Stretched(context.Background(), s)
			if err != nil {
				t.Fatal(err)
			}
			text := fmt.Sprint(all)
			for i, tally := range tallies {
				sum, dead := 0.0, int64(0)
				for _, values := range all {
					if math.IsInf(values[i], -1) {
						dead++
					} else {
						sum += values[i]
					}
				}
				mean := sum / float64(600-dead)
				if tally.Count() != 600 || tally.Dead() != dead || !(math.Abs(tally.Mean()-mean) <= 1e-13*max(1, math.Abs(mean))) {
					t.Errorf("%v: %d samples, %d dead, mean %v, want 600, %d, %v", s.Of, tally.Count(), tally.Dead(), tally.Mean(), dead, mean)
				}
				text += fmt.Sprint(tally.Summary())
			}
			texts = append(texts, text)
		}
		if texts[0] != texts[1] {
			t.Errorf("%v: the number of workers changes the result", s.Of)
		}
	}
}

// TestStretched_engine: what is tallied is what the engine gives on the streams of the
// measure, exponents divided by the depth.
func TestStretched_engine(t *testing.T) {
	m := tanhNet(4, 5)
	for _, of := range []Stretch{Tangents, Lyapunov, SingularValues} {
		at, all, per := []int{2, 4}, make([]float64, 4), 1.0
		e, err := network.NewSpectral(network.Matrix, m)
		if err != nil {
			t.Fatal(err)
		}
		sample := e.SingularValues
		switch of {
		case Tangents:
			at, all = []int{1, 3}, make([]float64, 6)
			e, err := network.New(network.Matrix, m)
			if err != nil {
				t.Fatal(err)
			}
			sample = e.Tangent
		case Lyapunov:
			sample, per = e.Lyapunov, 5
		}
		src := stream.Key{Seed: 7, Purpose: of.String() + " matrix", Config: m.Canonical()}.Source(stream.Xoshiro)
		if err := sample(context.Background(), src, all); err != nil {
			t.Fatal(err)
		}
		indices := []int{1, 3} // of layers 1 and 3, of ranks 2 and 4
		s := StretchSpec{Model: m, Engine: network.Matrix, Of: of, At: at, Samples: 1, Seed: 7, Each: func(_ int, got []float64) {
			for i, index := range indices {
				if want := all[index] / per; got[i] != want {
					t.Errorf("%v %d: %v, of the engine %v", of, at[i], got[i], want)
				}
			}
		}}
		if _, err := Stretched(context.Background(), s); err != nil {
			t.Fatal(err)
		}
	}
}

// TestStretched_newman: at any depth the mean of an exponent of normal weights is
// Newman's. With ten means and 4.9 standard errors a right program fails once in 100,000
// streams; an exponent off by 0.06 is noticed in 99 of 100.
func TestStretched_newman(t *testing.T) {
	const width, depth, samples = 7, 10, 2000
	for kind, ranks := range map[network.Kind][]int{network.Law: {1, 2, 3, 4, 5, 6, 7}, network.Matrix: {1, 2, 3}} {
		s := StretchSpec{
			Model: linearNet(model.GaussianWeights, width, depth), Engine: kind, Of: Lyapunov, At: ranks, Samples: samples, Seed: 11,
		}
		tallies, err := Stretched(context.Background(), s)
		if err != nil {
			t.Fatal(err)
		}
		for i, rank := range ranks {
			want, err := product.Lyapunov(width, rank, product.WeightVar(1.5*1.5))
			if err != nil {
				t.Fatal(err)
			}
			stdErr := math.Sqrt(tallies[i].Variance() / samples)
			if d := tallies[i].Mean() - want; !(math.Abs(d) <= 4.9*stdErr) || !(stdErr <= 0.06/(4.9+2.4)) {
				t.Errorf("engine %v: exponent %d is %v ± %v, want %v", kind, rank, tallies[i].Mean(), stdErr, want)
			}
		}
	}
}

// TestStretched_orthogonal: square orthogonal weights multiply every length by σ_w.
func TestStretched_orthogonal(t *testing.T) {
	const depth = 20
	m := linearNet(model.OrthogonalWeights, 6, depth)
	for of, want := range map[Stretch]float64{Tangents: depth * math.Log(1.5), Lyapunov: math.Log(1.5), SingularValues: depth * math.Log(1.5)} {
		s := StretchSpec{Model: m, Engine: network.Matrix, Of: of, At: []int{1, 6}, Samples: 20}
		if of == Tangents {
			s.At = []int{depth}
		}
		tallies, err := Stretched(context.Background(), s)
		if err != nil {
			t.Fatal(err)
		}
		for _, tally := range tallies {
			if !(math.Abs(tally.Min()-want) <= 1e-13) || !(math.Abs(tally.Max()-want) <= 1e-13) {
				t.Errorf("%v: %v to %v, want %v", of, tally.Min(), tally.Max(), want)
			}
		}
	}
}

// TestStretched_dead: directions that die are counted. A tangent of a relu network of
// width 2 is dead behind two layers with probability 7/16: of 4,000 within 4.9 standard
// errors, 154, which a right program misses once in 1e6 streams; a probability off by
// 0.06 is noticed in 99 of 100.
func TestStretched_dead(t *testing.T) {
	m := model.Dense{Activation: activation.MustParse("relu"), WeightStd: 1, Width: 2, Depth: 20}
	for _, tt := range []struct {
		of         Stretch
		want, slip float64
	}{{Tangents, 4000 * 7 / 16., 154}, {Lyapunov, 4000, 0}, {SingularValues, 4000, 0}} {
		tallies, err := Stretched(context.Background(), StretchSpec{Model: m, Engine: network.Matrix, Of: tt.of, At: []int{2}, Samples: 4000})
		if err != nil {
			t.Fatal(err)
		}
		if got := float64(tallies[0].Dead()); !(math.Abs(got-tt.want) <= tt.slip) {
			t.Errorf("%v: %v of 4,000 dead, want %v", tt.of, got, tt.want)
		}
	}
}

func TestStretchSpec_Validate(t *testing.T) {
	for _, tt := range []struct {
		reason string
		change func(*StretchSpec)
		want   string
	}{
		{"valid", func(*StretchSpec) {}, ""},
		{"every rank", func(s *StretchSpec) { s.At = []int{1, 2, 3} }, ""},
		{"the input", func(s *StretchSpec) { s.Of, s.At = Tangents, []int{0, 4} }, ""},
		{"tangents of a batch", func(s *StretchSpec) { s.Of, s.Model.Batch = Tangents, 2 }, ""},
		{"singular values, matrix", func(s *StretchSpec) { s.Of, s.Engine = SingularValues, network.Matrix }, ""},
		{"nothing", func(s *StretchSpec) { s.At = nil }, "nothing to tally: want at least one"},
		{"rank 0", func(s *StretchSpec) { s.At = []int{0} }, "at[0] = 0: want ascending, 1 to 3, the smallest width"},
		{"rank above the width", func(s *StretchSpec) { s.At = []int{1, 4} }, "at[1] = 4: want ascending, 1 to 3, the smallest width"},
		{"not ascending", func(s *StretchSpec) { s.At = []int{2, 2} }, "at[1] = 2: want ascending, 1 to 3, the smallest width"},
		{"a layer behind the last", func(s *StretchSpec) { s.Of, s.At = Tangents, []int{5} }, "at[0] = 5: want ascending, 0 to 4, the last layer"},
		{"a value too many", func(s *StretchSpec) { s.Of, s.Engine, s.At = SingularValues, network.Matrix, []int{4} },
			"at[0] = 4: want ascending, 1 to 3, the smaller of the widths of input and output"},
		{"singular values, law", func(s *StretchSpec) { s.Of = SingularValues }, "engine law: want matrix"},
		{"exponents, norm", func(s *StretchSpec) { s.Engine = network.Norm }, "norm: want law or matrix"},
		{"exponents of a batch", func(s *StretchSpec) { s.Model.Batch = 2 }, "batch 2: want 1, the Jacobian is that at one input"},
		{"too much", func(s *StretchSpec) { s.Model.Width, s.At = 1<<20, []int{1 << 20} },
			"1048576 tangents of width 1048576: 1.1e+12 numbers to store: want at most 268435456"},
		{"no samples, no workers", func(s *StretchSpec) { s.Samples, s.Jobs = 0, -1 },
			"samples 0: want at least 1\njobs -1: want at least 1, or 0 for one for each processor"},
		{"no measure", func(s *StretchSpec) { s.Of = 3 }, "stretch(3): want tangent, lyapunov or singular values"},
		{"no model", func(s *StretchSpec) { s.Model.Width = 0 }, "width 0: want 1 to 16777216"},
	} {
		s := StretchSpec{Model: tanhNet(3, 4), Of: Lyapunov, At: []int{1}, Samples: 1}
		tt.change(&s)
		got := ""
		if _, err := Stretched(context.Background(), s); err != nil {
			got = err.Error()
		}
		if got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.reason, got, tt.want)
		}
	}
}

// TestStretched_cancel: a long run ends soon, and tells how far it is.
func TestStretched_cancel(t *testing.T) {
	for _, of := range []Stretch{Tangents, Lyapunov, SingularValues} {
		ctx, cancel := context.WithCancel(context.Background())
		s := StretchSpec{Model: tanhNet(40, 20), Engine: network.Matrix, Of: of, At: []int{1}, Samples: math.MaxInt / 2, Jobs: 2}
		s.Progress = func(int, int) { cancel() }
		if _, err := Stretched(ctx, s); err != context.Canceled {
			t.Errorf("%v: got error %v, want %v", of, err, context.Canceled)
		}
	}
}

func TestBlockStretch(t *testing.T) {
	for _, tt := range []struct {
		of          Stretch
		width, last int
		want        int
	}{
		{Tangents, 1, 1, 256}, {Tangents, 64, 1, 32}, {Lyapunov, 64, 8, 16}, {SingularValues, 64, 1, 4}, {SingularValues, 512, 1, 1},
	} {
		s := StretchSpec{Model: tanhNet(tt.width, 50), Engine: network.Matrix, Of: tt.of, At: []int{tt.last}, Samples: 1}
		if got := BlockStretch(s); got != tt.want {
			t.Errorf("%v of width %d: %d networks a block, want %d", tt.of, tt.width, got, tt.want)
		}
	}
}
