package run

import (
	"context"
	"fmt"
	"math"
	"runtime"

	"gradchain/sim/stream"
)

// blocks samples values of type S, block by block on many workers, and hands the
// blocks on in order.
type blocks[S any] struct {
	samples, size int     // of all, of a block
	jobs          int     // workers; 0 means one for each processor
	bytes         float64 // of memory that a worker takes
	key           stream.Key
	sampler       func() (sampler[S], error) // makes one for each worker
	add           func(block []S)
	each          func(i int, s *S)     // may be nil
	progress      func(done, total int) // may be nil
}

// sampler draws one value from src.
type sampler[S any] interface {
	Sample(ctx context.Context, src stream.Source, dst *S) error
}

func (b blocks[S]) run(ctx context.Context) error {
	if b.jobs == 0 {
		b.jobs = runtime.GOMAXPROCS(0)
	}
	n := (b.samples-1)/b.size + 1
	var err error
	if b.jobs, err = fitting(min(b.jobs, n), b.bytes); err != nil {
		return err
	}
	free, done := make(chan []S, 2*b.jobs), 0
	return ordered(ctx, n, b.jobs, func() worker[[]S] { return b.worker(free) }, func(block []S) {
		b.add(block)
		for i := range block {
			if b.each != nil {
				b.each(done+i, &block[i])
			}
		}
		done += len(block)
		free <- block[:cap(block)] // has room: no more blocks exist than are in flight
		if b.progress != nil {
			b.progress(done, b.samples)
		}
	})
}

// worker returns a worker that samples into blocks taken from free where there are any.
func (b blocks[S]) worker(free <-chan []S) worker[[]S] {
	engine, err := b.sampler()
	if err != nil {
		panic("run: " + err.Error()) // Validate has tried it
	}
	return func(ctx context.Context, block int) ([]S, error) {
		var out []S
		select {
		case out = <-free:
		default:
			out = make([]S, b.size)
		}
		out = out[:min(b.size, b.samples-block*b.size)]
		key := b.key
		key.Block = uint64(block)
		src := key.Source(stream.Xoshiro)
		for i := range out {
			if err := engine.Sample(ctx, src, &out[i]); err != nil {
				return nil, err
			}
		}
		return out, nil
	}
}

// checkSampling returns what is wrong with these fields of a specification.
func checkSampling(samples, jobs int, thresholds []float64) (errs []error) {
	if samples < 1 {
		errs = append(errs, fmt.Errorf("samples %d: want at least 1", samples))
	}
	if jobs < 0 {
		errs = append(errs, fmt.Errorf("jobs %d: want at least 1, or 0 for one for each processor", jobs))
	}
	for i, t := range thresholds {
		if math.IsNaN(t) {
			errs = append(errs, fmt.Errorf("thresholds[%d] = NaN: want a number", i))
		}
	}
	return errs
}

// checkAt returns what is wrong with the layers or steps to tally.
func checkAt(at []int, depth int, noun string) (errs []error) {
	above := -1
	for i, l := range at {
		if l <= above || l > depth {
			errs = append(errs, fmt.Errorf("at[%d] = %d: want ascending %s from 0 to the model's %d", i, l, noun, depth))
		}
		above = l
	}
	return errs
}
