package run

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
)

// worker computes blocks, one at a time.
type worker[T any] func(ctx context.Context, block int) (T, error)

type result[T any] struct {
	block int
	value T
	err   error
}

// ordered computes blocks 0 … n−1 on the given number of workers and hands the
// values to merge in the order of the blocks, from the calling goroutine. Blocks
// start in order, and no more than 2·jobs are between start and merge, so a slow
// block makes the others wait instead of piling up.
//
// It returns when all workers have stopped: with the error of ctx if that is done,
// else with the first error of a worker. A panic in a worker is an error.
func ordered[T any](ctx context.Context, n, jobs int, newWorker func() worker[T], merge func(T)) error {
	inner, cancel := context.WithCancel(ctx)
	defer cancel()
	var wait sync.WaitGroup
	defer wait.Wait()
	defer cancel() // before waiting

	blocks := make(chan int)
	results := make(chan result[T], 2*jobs) // room for all: workers never block on it
	for range min(jobs, n) {
		wait.Go(func() { serve(inner, newWorker, blocks, results) })
	}
	pending := make(map[int]T)
	started, merged := 0, 0
	for merged < n {
		feed := blocks
		if started == n || started-merged == 2*jobs {
			feed = nil // a nil channel is never ready
		}
		select {
		case feed <- started:
			started++
		case r := <-results:
			if r.err != nil {
				if ctx.Err() != nil {
					return ctx.Err()
				}
				return r.err
			}
			pending[r.block] = r.value
			for value, ok := pending[merged]; ok; value, ok = pending[merged] {
				delete(pending, merged)
				merge(value)
				merged++
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// serve computes blocks until ctx is done.
func serve[T any](ctx context.Context, newWorker func() worker[T], blocks <-chan int, results chan<- result[T]) {
	var work worker[T]
	for {
		select {
		case <-ctx.Done():
			return
		case block := <-blocks:
			r := result[T]{block: block}
			func() {
				defer func() {
					if p := recover(); p != nil {
						r.err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
					}
				}()
				if work == nil {
					work = newWorker()
				}
				r.value, r.err = work(ctx, block)
			}()
			if r.err != nil {
				r.err = fmt.Errorf("block %d: %w", block, r.err)
			}
			results <- r
		}
	}
}
