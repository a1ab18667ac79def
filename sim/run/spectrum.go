package run

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"gradchain/sim/chain"
	"gradchain/sim/model"
	"gradchain/sim/network"
	"gradchain/sim/stream"
	"gradchain/sim/tally"
)

// Stretch is a measure of how a network stretches space.
type Stretch int

// The measures, all of them natural logarithms.
const (
	Tangents       Stretch = iota // log‖(∂x^l/∂x⁰)v‖ at layers l = 0 … L, of [network.Engine]
	Lyapunov                      // Σ_l log|r_ii|/L, of [network.Spectral], the largest first
	SingularValues                // logarithms of those of ∂x^L/∂x⁰, the largest first
)

var stretchNames = [...]string{Tangents: "tangent", Lyapunov: "lyapunov", SingularValues: "singular values"}

// String returns the name of the measure.
func (s Stretch) String() string {
	if s < 0 || int(s) >= len(stretchNames) {
		return fmt.Sprintf("stretch(%d)", int(s))
	}
	return stretchNames[s]
}

// StretchSpec says of which network to sample a measure, and how. The streams are those
// of the measure: what else is sampled with the seed does not depend on it.
type StretchSpec struct {
	Model model.Dense
	// Engine is network.Law by default. Lyapunov exponents want Law or Matrix, singular
	// values Matrix.
	Engine network.Kind
	Of     Stretch
	// At are what to tally of the measure, in ascending order: layers, 0 for the input,
	// or exponents and singular values by their ranks, 1 for the largest. Of the
	// exponents as many are computed as the last says. Required.
	At []int
	// Samples is the number of independent networks; required.
	Samples int
	// Seed selects the random streams; 0 is a seed like any other.
	Seed uint64
	// Jobs is the number of workers; 0 means one for each processor.
	Jobs int
	// Each, if not nil, is given the values At of every sample, numbered from 0 in
	// ascending order, from the goroutine that runs Stretched. They are valid during the
	// call.
	Each func(i int, values []float64)
	// Progress, if not nil, is told how many samples are done, in ascending order from
	// the goroutine that runs Stretched.
	Progress func(done, total int)
}

// Validate reports everything that is wrong with the specification.
func (s StretchSpec) Validate() error {
	errs := append([]error{s.Model.Validate()}, checkSampling(s.Samples, s.Jobs, nil)...)
	if s.Of < Tangents || s.Of > SingularValues {
		errs = append(errs, fmt.Errorf("%v: want tangent, lyapunov or singular values", s.Of))
	}
	if err := errors.Join(errs...); err != nil {
		return err // the measure is not known
	}
	if s.Of == SingularValues && s.Engine != network.Matrix {
		return fmt.Errorf("engine %v: want matrix", s.Engine)
	}
	if err := s.checkAt(); err != nil {
		return err
	}
	width := slices.Max(s.Model.Layers())
	if n := float64(s.tangents()) * float64(width); s.Of != Tangents && n > network.MaxStored {
		return fmt.Errorf("%d tangents of width %d: %.3g numbers to store: want at most %d", s.tangents(), width, n, network.MaxStored)
	}
	_, err := s.sampler()
	return err
}

// checkAt returns the first that is wrong with At.
func (s StretchSpec) checkAt() error {
	if len(s.At) == 0 {
		return errors.New("nothing to tally: want at least one")
	}
	widths := s.Model.Layers()
	least, most, noun := 1, slices.Min(widths), "the smallest width"
	switch s.Of {
	case Tangents:
		least, most, noun = 0, len(widths)-1, "the last layer"
	case SingularValues:
		most, noun = min(widths[0], widths[len(widths)-1]), "the smaller of the widths of input and output"
	}
	above := least - 1
	for i, at := range s.At {
		if at <= above || at > most {
			return fmt.Errorf("at[%d] = %d: want ascending, %d to %d, %s", i, at, least, most, noun)
		}
		above = at
	}
	return nil
}

// tangents returns how many pass through a network.
func (s StretchSpec) tangents() int {
	switch s.Of {
	case Lyapunov:
		return s.At[len(s.At)-1]
	case SingularValues:
		return s.Model.Layers()[0]
	}
	return 1
}

// bytes is the memory that a worker takes, roughly: that of as many inputs as there are
// signals and tangents.
func (s StretchSpec) bytes() float64 {
	m := s.Model
	m.Batch = m.Inputs() + s.tangents()
	return network.Bytes(s.Engine, m)
}

// BlockStretch returns the number of networks in a block of a valid specification: that
// of as many inputs as there are signals and tangents, at least one network.
func BlockStretch(s StretchSpec) int {
	m := s.Model
	m.Batch = m.Inputs() + s.tangents()
	return BlockSamples(s.Engine, m)
}

// Stretched samples the networks and returns a tally for each of At. A specification that
// is not valid gives the error of Validate; a cancelled ctx gives its error, soon. A
// direction that dies is a value of −Inf.
func Stretched(ctx context.Context, s StretchSpec) ([]*tally.Tally, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	out := make([]*tally.Tally, len(s.At))
	for i := range out {
		out[i] = tally.New(len(s.Model.Layers())-1, nil)
	}
	var paths chain.Paths
	b := blocks[[]float64]{
		samples: s.Samples, size: BlockStretch(s), jobs: s.Jobs, bytes: s.bytes(),
		key:     stream.Key{Seed: s.Seed, Purpose: s.Of.String() + " " + s.Engine.String(), Config: s.Model.Canonical()},
		sampler: s.sampler,
		add: func(block [][]float64) {
			paths.Resize(len(block))
			clear(paths.Negative)
			for at, t := range out {
				for i, values := range block {
					paths.LogAbs[i] = values[at]
				}
				t.Add(paths)
			}
		},
		progress: s.Progress,
	}
	if s.Each != nil {
		b.each = func(i int, values *[]float64) { s.Each(i, *values) }
	}
	if err := b.run(ctx); err != nil {
		return nil, err
	}
	return out, nil
}

// stretcher samples all values and keeps some.
type stretcher struct {
	sample func(ctx context.Context, src stream.Source, dst []float64) error
	all    []float64
	keep   []int   // indices
	per    float64 // values are divided by it
}

// Sample implements sampler.
func (s *stretcher) Sample(ctx context.Context, src stream.Source, dst *[]float64) error {
	if err := s.sample(ctx, src, s.all); err != nil {
		return err
	}
	*dst = (*dst)[:0]
	for _, i := range s.keep {
		*dst = append(*dst, s.all[i]/s.per)
	}
	return nil
}

// sampler returns one of the measure.
func (s StretchSpec) sampler() (sampler[[]float64], error) {
	widths := s.Model.Layers()
	if s.Of == Tangents {
		e, err := network.New(s.Engine, s.Model)
		if err != nil {
			return nil, err
		}
		return &stretcher{sample: e.Tangent, all: make([]float64, len(widths)), keep: s.At, per: 1}, nil
	}
	e, err := network.NewSpectral(s.Engine, s.Model)
	if err != nil {
		return nil, err
	}
	out := &stretcher{sample: e.SingularValues, all: make([]float64, min(widths[0], widths[len(widths)-1])), per: 1}
	if s.Of == Lyapunov {
		out.sample, out.all, out.per = e.Lyapunov, make([]float64, s.tangents()), float64(len(widths)-1)
	}
	for _, rank := range s.At {
		out.keep = append(out.keep, rank-1)
	}
	return out, nil
}
