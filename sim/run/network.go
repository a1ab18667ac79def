package run

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/bits"
	"runtime"

	"gradchain/sim/chain"
	"gradchain/sim/model"
	"gradchain/sim/network"
	"gradchain/sim/stream"
	"gradchain/sim/tally"
)

// NetworkSpec says which network to sample and how.
type NetworkSpec struct {
	Model model.Dense
	// Engine is network.Law by default. Runs of different engines are independent.
	Engine network.Kind
	// At are the layers to tally, in ascending order, 0 for the input. None means all.
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
	// from the goroutine that runs Network. A sample is valid during the call.
	Each func(i int, s *network.Sample)
	// Progress, if not nil, is told how many samples are done, in ascending order
	// from the goroutine that runs Network.
	Progress func(done, total int)
}

// Validate reports everything that is wrong with the specification.
func (s NetworkSpec) Validate() error {
	errs := []error{s.Model.Validate()}
	if s.Samples < 1 {
		errs = append(errs, fmt.Errorf("samples %d: want at least 1", s.Samples))
	}
	if s.Jobs < 0 {
		errs = append(errs, fmt.Errorf("jobs %d: want at least 1, or 0 for one for each processor", s.Jobs))
	}
	for i, t := range s.Thresholds {
		if math.IsNaN(t) {
			errs = append(errs, fmt.Errorf("thresholds[%d] = NaN: want a number", i))
		}
	}
	if errs[0] != nil {
		return errors.Join(errs...) // the layers are not known
	}
	if _, err := network.New(s.Engine, s.Model); err != nil {
		errs = append(errs, err)
	}
	depth, above := len(s.Model.Layers())-1, -1
	for i, l := range s.At {
		if l <= above || l > depth {
			errs = append(errs, fmt.Errorf("at[%d] = %d: want ascending layers from 0 to the model's %d", i, l, depth))
		}
		above = l
	}
	return errors.Join(errs...)
}

// Layer is what is kept of the samples at one layer.
type Layer struct {
	Layer       int          // 0 is the input
	Width       int          // number of units
	LogSquare   *tally.Tally // of log(‖x^l‖²/n_l)
	LogGradNorm *tally.Tally // of log‖∂(u·x^L)/∂h^l‖
	Dead        int64        // units with φ′(h) = 0, over all samples
	Saturated   int64        // saturated units, dead ones included, over all samples
}

// add counts the samples of a block.
func (l *Layer) add(block []network.Sample, p *chain.Paths) {
	p.Resize(len(block))
	clear(p.Negative)
	for i := range block {
		p.LogAbs[i] = block[i].LogSquare[l.Layer]
		l.Dead += int64(block[i].Dead[l.Layer])
		l.Saturated += int64(block[i].Saturated[l.Layer])
	}
	l.LogSquare.Add(*p)
	for i := range block {
		p.LogAbs[i] = block[i].LogGradNorm[l.Layer]
	}
	l.LogGradNorm.Add(*p)
}

// BlockSamples returns the number of networks in a block: a power of two that depends
// on the model and the engine alone. A block takes the order of a second at most,
// except that it has at least one network, and stores little.
func BlockSamples(k network.Kind, m model.Dense) int {
	const values, stored, most = 1 << 23, 1 << 18, 256
	fit := min(values/network.Cost(k, m), stored/float64(len(m.Layers())), most)
	return max(1<<bits.Len(uint(fit))/2, 1)
}

// Network samples the networks and returns what is kept of the layers At. A
// specification that is not valid gives the error of Validate; a cancelled ctx gives
// its error, soon.
func Network(ctx context.Context, s NetworkSpec) ([]*Layer, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	if s.Jobs == 0 {
		s.Jobs = runtime.GOMAXPROCS(0)
	}
	size := BlockSamples(s.Engine, s.Model)
	blocks := (s.Samples-1)/size + 1
	s.Jobs = min(s.Jobs, blocks)
	layers, done := s.layers(), 0
	var paths chain.Paths
	free := make(chan []network.Sample, 2*s.Jobs)
	err := ordered(ctx, blocks, s.Jobs,
		func() worker[[]network.Sample] { return s.worker(size, free) },
		func(block []network.Sample) {
			for _, l := range layers {
				l.add(block, &paths)
			}
			for i := range block {
				if s.Each != nil {
					s.Each(done+i, &block[i])
				}
			}
			done += len(block)
			free <- block[:cap(block)] // has room: no more blocks exist than are in flight
			if s.Progress != nil {
				s.Progress(done, s.Samples)
			}
		})
	if err != nil {
		return nil, err
	}
	return layers, nil
}

// layers returns empty layers At.
func (s NetworkSpec) layers() []*Layer {
	widths := s.Model.Layers()
	if len(s.At) == 0 {
		for l := range widths {
			s.At = append(s.At, l)
		}
	}
	depth := len(widths) - 1
	out := make([]*Layer, len(s.At))
	for i, l := range s.At {
		out[i] = &Layer{
			Layer: l, Width: widths[l], LogSquare: tally.New(depth, nil), LogGradNorm: tally.New(depth, s.Thresholds),
		}
	}
	return out
}

// worker returns a worker that samples blocks of the given size, into samples taken
// from free where there are any.
func (s NetworkSpec) worker(size int, free <-chan []network.Sample) worker[[]network.Sample] {
	engine, err := network.New(s.Engine, s.Model)
	if err != nil {
		panic("run: " + err.Error()) // Network has tried it
	}
	config := s.Model.Canonical()
	return func(ctx context.Context, block int) ([]network.Sample, error) {
		var out []network.Sample
		select {
		case out = <-free:
		default:
			out = make([]network.Sample, size)
		}
		out = out[:min(size, s.Samples-block*size)]
		key := stream.Key{Seed: s.Seed, Purpose: "network " + s.Engine.String(), Config: config, Block: uint64(block)}
		src := key.Source(stream.Xoshiro)
		for i := range out {
			if err := engine.Sample(ctx, src, &out[i]); err != nil {
				return nil, err
			}
		}
		return out, nil
	}
}
