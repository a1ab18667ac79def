package run

import (
	"context"
	"errors"
	"math/bits"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestOrdered_property: whatever the workers' timing, every block is merged once, in
// order, and no more than 2·jobs are between start and merge.
func TestOrdered_property(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, jobs := rapid.IntRange(1, 60).Draw(t, "blocks"), rapid.IntRange(1, 9).Draw(t, "jobs")
		delays := rapid.SliceOfN(rapid.IntRange(0, 50), n, n).Draw(t, "delays")
		var inFlight, most atomic.Int64
		var got []int
		newWorker := func() worker[int] {
			return func(_ context.Context, block int) (int, error) {
				now := inFlight.Add(1)
				for old := most.Load(); now > old && !most.CompareAndSwap(old, now); old = most.Load() {
				}
				for range delays[block] {
					runtime.Gosched()
				}
				return block, nil
			}
		}
		err := ordered(context.Background(), n, jobs, newWorker, func(block int) {
			inFlight.Add(-1)
			got = append(got, block)
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(got) != n || !slices.IsSorted(got) {
			t.Fatalf("merged %v, want 0 … %d", got, n-1)
		}
		if most.Load() > int64(2*jobs) {
			t.Fatalf("%d blocks between start and merge, want at most %d", most.Load(), 2*jobs)
		}
	})
}

// TestOrdered_slowFirst: while block 0 is not done, the others wait.
func TestOrdered_slowFirst(t *testing.T) {
	const jobs, n = 2, 100
	release := make(chan struct{})
	var started atomic.Uint64
	newWorker := func() worker[int] {
		return func(_ context.Context, block int) (int, error) {
			started.Or(1 << min(block, 63))
			if block == 0 {
				<-release
			}
			return block, nil
		}
	}
	var once sync.Once
	timer := time.AfterFunc(20*time.Millisecond, func() { once.Do(func() { close(release) }) })
	defer timer.Stop()
	first := true
	err := ordered(context.Background(), n, jobs, newWorker, func(block int) {
		if first {
			// All that can have started before the merge of block 0.
			if got := bits.OnesCount64(started.Load()); got > 2*jobs {
				t.Errorf("%d blocks started before block 0 was merged, want at most %d", got, 2*jobs)
			}
			first = false
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestOrdered_errors(t *testing.T) {
	broken := errors.New("broken")
	for _, tt := range []struct {
		reason string
		work   func(block int) (int, error)
		want   string
	}{
		{"an error names the block", func(b int) (int, error) {
			if b == 3 {
				return 0, broken
			}
			return b, nil
		}, "block 3: broken"},
		{"a panic is an error", func(b int) (int, error) {
			if b == 5 {
				panic("out of chalk")
			}
			return b, nil
		}, "block 5: panic: out of chalk\n"},
	} {
		for _, jobs := range []int{1, 2, 8} {
			before := runtime.NumGoroutine()
			err := ordered(context.Background(), 20, jobs,
				func() worker[int] { return func(_ context.Context, b int) (int, error) { return tt.work(b) } },
				func(b int) {
					if b >= 5 {
						t.Errorf("%s: block %d merged", tt.reason, b)
					}
				})
			if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("%s, %d jobs: got error %v, want %q", tt.reason, jobs, err, tt.want)
			}
			for runtime.NumGoroutine() > before { // or the test ends by its timeout
				runtime.Gosched()
			}
		}
	}
	err := ordered(context.Background(), 20, 2,
		func() worker[int] { panic("no tools") }, func(int) {})
	if err == nil || !strings.HasPrefix(err.Error(), "block ") || !strings.Contains(err.Error(), ": panic: no tools") {
		t.Errorf("a worker that cannot start: got error %v", err)
	}
}

func TestOrdered_cancel(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	newWorker := func() worker[int] {
		return func(ctx context.Context, block int) (int, error) {
			if block == 7 {
				cancel()
			}
			if block >= 7 {
				<-ctx.Done()
				return 0, ctx.Err()
			}
			return block, nil
		}
	}
	err := ordered(ctx, 1000, 3, newWorker, func(block int) {
		if block >= 7 {
			t.Errorf("block %d merged", block)
		}
	})
	if err != context.Canceled {
		t.Errorf("got %v, want %v itself", err, context.Canceled)
	}
}
