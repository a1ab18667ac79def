package run

import (
	"context"
	"errors"
	"math/bits"

	"gradchain/sim/chain"
	"gradchain/sim/model"
	"gradchain/sim/network"
	"gradchain/sim/stream"
	"gradchain/sim/tally"
)

// GatedSpec says which gated recurrent network to sample and how.
type GatedSpec struct {
	Model model.Gated
	// At are the steps to tally, in ascending order, 0 for the initial state. None
	// means all.
	At []int
	// Samples is the number of independent networks; required.
	Samples int
	// Seed selects the random streams; 0 is a seed like any other.
	Seed uint64
	// Jobs is the number of workers; 0 means one for each processor.
	Jobs int
	// Thresholds are natural logarithms t at which P(log gradient norm > t) is
	// estimated.
	Thresholds []float64
	// Each, if not nil, is given every sample, numbered from 0 in ascending order,
	// from the goroutine that runs Gated. A sample is valid during the call.
	Each func(i int, s *network.GatedSample)
	// Progress, if not nil, is told how many samples are done, in ascending order
	// from the goroutine that runs Gated.
	Progress func(done, total int)
}

// Validate reports everything that is wrong with the specification.
func (s GatedSpec) Validate() error {
	errs := checkSampling(s.Samples, s.Jobs, s.Thresholds)
	if err := network.CheckGated(s.Model); err != nil {
		return errors.Join(append([]error{err}, errs...)...) // the steps may not be known
	}
	return errors.Join(append(errs, checkAt(s.At, s.Model.Depth, "steps")...)...)
}

// Step is what is kept of the samples at one step.
type Step struct {
	Step        int          // 0 is the initial state
	LogSquare   *tally.Tally // of log(‖h_t‖²/n)
	LogCell     *tally.Tally // of log(‖c_t‖²/n); nil for a GRU
	LogGradNorm *tally.Tally // of log‖∂(u·h_T)/∂s_t‖
	LogCarousel *tally.Tally // of the mean of Σ log f, from step t + 1 on
	Gates       int          // number of gates of a network
	Saturated   int64        // saturated gates, over all samples
}

// add counts the samples of a block.
func (s *Step) add(block []network.GatedSample, p *chain.Paths) {
	p.Resize(len(block))
	clear(p.Negative)
	count := func(to *tally.Tally, value func(*network.GatedSample) []float64) {
		for i := range block {
			p.LogAbs[i] = value(&block[i])[s.Step]
		}
		to.Add(*p)
	}
	count(s.LogSquare, func(x *network.GatedSample) []float64 { return x.LogSquare })
	count(s.LogGradNorm, func(x *network.GatedSample) []float64 { return x.LogGradNorm })
	count(s.LogCarousel, func(x *network.GatedSample) []float64 { return x.LogCarousel })
	if s.LogCell != nil {
		count(s.LogCell, func(x *network.GatedSample) []float64 { return x.LogCell })
	}
	for i := range block {
		s.Saturated += int64(block[i].Saturated[s.Step])
	}
}

// BlockGated returns the number of networks in a block: a power of two that depends on
// the model alone. A block takes the order of a second at most, except that it has at
// least one network, and stores little.
func BlockGated(m model.Gated) int {
	const multiplications, stored, most = 1 << 29, 1 << 18, 256
	fit := min(multiplications/network.GatedCost(m), stored/float64(m.Depth+1), most)
	return max(1<<bits.Len(uint(fit))/2, 1)
}

// Gated samples the networks and returns what is kept of the steps At. A specification
// that is not valid gives the error of Validate; a cancelled ctx gives its error, soon.
func Gated(ctx context.Context, s GatedSpec) ([]*Step, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	steps := s.steps()
	var paths chain.Paths
	err := blocks[network.GatedSample]{
		samples: s.Samples, size: BlockGated(s.Model), jobs: s.Jobs, bytes: network.GatedBytes(s.Model),
		key:     stream.Key{Seed: s.Seed, Purpose: "gated", Config: s.Model.Canonical()},
		sampler: func() (sampler[network.GatedSample], error) { return network.NewGated(s.Model) },
		add: func(block []network.GatedSample) {
			for _, step := range steps {
				step.add(block, &paths)
			}
		},
		each: s.Each, progress: s.Progress,
	}.run(ctx)
	if err != nil {
		return nil, err
	}
	return steps, nil
}

// steps returns empty steps At.
func (s GatedSpec) steps() []*Step {
	if len(s.At) == 0 {
		for t := range s.Model.Depth + 1 {
			s.At = append(s.At, t)
		}
	}
	depth := s.Model.Depth
	out := make([]*Step, len(s.At))
	for i, t := range s.At {
		out[i] = &Step{
			Step: t, LogSquare: tally.New(depth, nil), LogGradNorm: tally.New(depth, s.Thresholds),
			LogCarousel: tally.New(depth, nil), Gates: s.Model.Cell.Gates() * s.Model.Width,
		}
		if s.Model.Cell == model.LSTM {
			out[i].LogCell = tally.New(depth, nil)
		}
	}
	return out
}
