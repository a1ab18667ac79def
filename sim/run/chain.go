// Package run samples a model on many cores and merges the blocks in order. The
// result is a function of the specification alone: the number of workers changes
// the time, never a bit.
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
	"gradchain/sim/stream"
	"gradchain/sim/tally"
)

// Spec says what to sample and how.
type Spec struct {
	Model model.Chain
	// At are the depths to tally, in ascending order. None means the depth of the
	// model.
	At []int
	// Paths is the number of independent paths; required.
	Paths int
	// Seed selects the random streams; 0 is a seed like any other.
	Seed uint64
	// Jobs is the number of workers; 0 means one for each processor.
	Jobs int
	// Thresholds are natural logarithms t at which P(log|G| > t) is estimated.
	Thresholds []float64
	// Progress, if not nil, is told how many paths are done, in ascending order from
	// the goroutine that runs Chain.
	Progress func(done, total int)
}

// Validate reports everything that is wrong with the specification.
func (s Spec) Validate() error {
	errs := []error{s.Model.Validate()}
	if s.Paths < 1 {
		errs = append(errs, fmt.Errorf("paths %d: want at least 1", s.Paths))
	}
	if s.Jobs < 0 {
		errs = append(errs, fmt.Errorf("jobs %d: want at least 1, or 0 for one for each processor", s.Jobs))
	}
	above := 0
	for i, depth := range s.At {
		if depth <= above || depth > s.Model.Depth {
			errs = append(errs, fmt.Errorf("at[%d] = %d: want ascending depths from 1 to the model's %d", i, depth, s.Model.Depth))
		}
		above = depth
	}
	for i, t := range s.Thresholds {
		if math.IsNaN(t) {
			errs = append(errs, fmt.Errorf("thresholds[%d] = NaN: want a number", i))
		}
	}
	return errors.Join(errs...)
}

// BlockPaths returns the number of paths in a block, the unit of parallelism: a
// power of two that depends on the model alone. A block takes the order of a second
// at most, so that deep chains keep all workers busy too, and its arrays fit into
// the first-level cache.
func BlockPaths(m model.Chain) int {
	const steps = 1 << 24
	fit := steps / (m.Depth * max(m.Batch, 1))
	return min(max(1<<bits.Len(uint(fit))/2, 32), 256)
}

// Chain samples the paths and returns one tally for each depth of At. A specification
// that is not valid gives the error of Validate; a cancelled ctx gives its error,
// soon.
func Chain(ctx context.Context, s Spec) ([]*tally.Tally, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	if _, err := chain.New(s.Model); err != nil {
		return nil, err
	}
	if len(s.At) == 0 {
		s.At = []int{s.Model.Depth}
	}
	if s.Jobs == 0 {
		s.Jobs = runtime.GOMAXPROCS(0)
	}
	size := BlockPaths(s.Model)
	blocks := (s.Paths-1)/size + 1
	s.Jobs = min(s.Jobs, blocks)
	total, done := s.tallies(), 0
	free := make(chan []*tally.Tally, 2*s.Jobs)
	err := ordered(ctx, blocks, s.Jobs,
		func() worker[[]*tally.Tally] { return s.worker(size, free) },
		func(block []*tally.Tally) {
			for i, t := range block {
				total[i].Merge(t)
				t.Reset()
			}
			free <- block // has room: no more blocks exist than are in flight
			if done = min(done+size, s.Paths); s.Progress != nil {
				s.Progress(done, s.Paths)
			}
		})
	if err != nil {
		return nil, err
	}
	return total, nil
}

func (s Spec) tallies() []*tally.Tally {
	out := make([]*tally.Tally, len(s.At))
	for i, depth := range s.At {
		out[i] = tally.New(depth, s.Thresholds)
	}
	return out
}

// worker returns a worker that tallies blocks of the given number of paths, in
// tallies taken from free where there are any.
func (s Spec) worker(size int, free <-chan []*tally.Tally) worker[[]*tally.Tally] {
	engine, err := chain.New(s.Model)
	if err != nil {
		panic("run: " + err.Error()) // Chain has tried it
	}
	config := s.Model.Canonical()
	return func(ctx context.Context, block int) ([]*tally.Tally, error) {
		var out []*tally.Tally
		select {
		case out = <-free:
		default:
			out = s.tallies()
		}
		key := stream.Key{Seed: s.Seed, Purpose: "chain", Config: config, Block: uint64(block)}
		paths := min(size, s.Paths-block*size)
		err := engine.Walk(ctx, key.Source(stream.Xoshiro), paths, s.At, func(i int, p chain.Paths) {
			out[i].Add(p)
		})
		return out, err
	}
}
