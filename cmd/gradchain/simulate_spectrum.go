package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/spf13/pflag"

	"gradchain/reports"
	"gradchain/sim/network"
	"gradchain/sim/run"
)

// spectrumFlags ask for tables of how the networks stretch space.
type spectrumFlags struct {
	tangent        bool
	lyapunov       countFlag
	singularValues bool
}

// mostDecomposed bounds the networks whose singular values are computed.
const mostDecomposed = 100

func (f *spectrumFlags) add(flags *pflag.FlagSet) {
	flags.BoolVar(&f.tangent, "tangent", false, "add a table of the growth of a tangent by layer (not in csv)")
	flags.Var(&f.lyapunov, "lyapunov", "add a table of so many Lyapunov exponents, of one input (not in csv)")
	flags.BoolVar(&f.singularValues, "singular-values", false,
		fmt.Sprintf("add a table of the Jacobian's singular values, of %d of the networks at most (not in csv)", mostDecomposed))
}

// stretches are the runs of the flags beside that of the layers.
func (f *networkFlags) stretches(spec run.NetworkSpec) ([]run.StretchSpec, error) {
	var out []run.StretchSpec
	all := run.StretchSpec{Model: spec.Model, Engine: spec.Engine, Samples: spec.Samples, Seed: spec.Seed, Jobs: spec.Jobs}
	add := func(flag string, s run.StretchSpec) error {
		if err := s.Validate(); err != nil {
			return fmt.Errorf("%s: %w", flag, err)
		}
		out = append(out, s)
		return nil
	}
	widths := spec.Model.Layers()
	if s := all; f.spectrum.tangent {
		s.Of, s.At = run.Tangents, spec.At
		if err := add("tangent", s); err != nil {
			return nil, err
		}
	}
	if s := all; f.given("lyapunov") {
		k, width := int(f.spectrum.lyapunov), slices.Min(widths)
		if k < 1 || k > width {
			return nil, fmt.Errorf("lyapunov %d: want 1 to %d, the smallest width", k, width)
		}
		s.Of, s.At = run.Lyapunov, every(k)[1:]
		if err := add("lyapunov", s); err != nil {
			return nil, err
		}
	}
	if s := all; f.spectrum.singularValues {
		if !f.engine.given {
			s.Engine = network.Matrix
		}
		s.Of, s.At, s.Samples = run.SingularValues, someRanks(min(widths[0], widths[len(widths)-1])), min(spec.Samples, mostDecomposed)
		if err := add("singular-values", s); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// someRanks are 1, 2, the quarters of n and n.
func someRanks(n int) []int {
	ranks := []int{1, min(2, n), max(n/4, 1), max(n/2, 1), max(n-n/4, 1), n}
	slices.Sort(ranks)
	return slices.Compact(ranks)
}

// sampleStretches makes the runs and puts theory beside them.
func sampleStretches(ctx context.Context, errOut io.Writer, specs []run.StretchSpec, theory *networkTheory) ([]reports.Stretch, error) {
	var out []reports.Stretch
	for _, spec := range specs {
		rows := theory.stretch(spec)
		spreads := make([]spread, len(rows))
		shown, traces := spec.At, spectrumTraces{}
		if spec.Of == run.SingularValues { // all of them, for the traces
			widths := spec.Model.Layers()
			spec.At = every(min(widths[0], widths[len(widths)-1]))[1:]
			shown = indices(shown)
		} else {
			shown = every(len(spec.At) - 1)
		}
		spec.Each = func(_ int, values []float64) {
			for i, at := range shown {
				spreads[i].add(values[at])
			}
			traces.add(values)
		}
		bar := newProgress(errOut, stretchNouns[spec.Of])
		spec.Progress = bar.set
		tallies, err := run.Stretched(ctx, spec)
		bar.end()
		if err != nil {
			return nil, err
		}
		for i, at := range shown {
			rows[i].Log, rows[i].Spread, rows[i].Median = tallied(tallies[at]), spreads[i].deviation(), median(tallies[at])
		}
		out = append(out, reports.Stretch{Kind: stretchKinds[spec.Of], Samples: int64(spec.Samples), Rows: rows, Traces: traces.means()})
	}
	return out, nil
}

// indices are those of ranks, counted from 0.
func indices(ranks []int) []int {
	out := make([]int, len(ranks))
	for i, rank := range ranks {
		out[i] = rank - 1
	}
	return out
}

// spectrumTraces gathers (1/n) tr JJᵀ and (1/n) tr (JJᵀ)² of logarithms of singular values.
// A trace beyond float64 leaves no mean.
type spectrumTraces struct {
	first, second moments
	overflow      bool
}

func (s *spectrumTraces) add(logs []float64) {
	first, second, n := 0.0, 0.0, float64(len(logs))
	for _, x := range logs {
		first += math.Exp(2 * x)
		second += math.Exp(4 * x)
	}
	s.first.add(first / n)
	s.second.add(second / n)
	s.overflow = s.overflow || math.IsInf(second, 1)
}

func (s *spectrumTraces) means() [2]reports.SampleMean {
	if s.overflow {
		s.first, s.second = moments{}, moments{}
	}
	return [2]reports.SampleMean{s.first.sampleMean(), s.second.sampleMean()}
}

var (
	stretchNouns = [...]string{run.Tangents: "tangents", run.Lyapunov: "lyapunov exponents", run.SingularValues: "singular values"}
	stretchKinds = [...]reports.StretchKind{
		run.Tangents: reports.TangentGrowth, run.Lyapunov: reports.LyapunovExponents, run.SingularValues: reports.SingularValues,
	}
)
