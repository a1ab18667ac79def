package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"gradchain/sim/run"
)

// grace is what a command has after a signal to end by itself: to drop its files and to
// print what it has.
const grace = 800 * time.Millisecond

// interruption is the cause of a context that a signal has ended.
type interruption struct{ signal syscall.Signal }

func (i interruption) Error() string { return "interrupted by " + i.signal.String() }

// interruptedBy returns the exit status of a command whose context is done: 128 and the
// number of the signal, as a shell has it; that of Ctrl-C where there was none.
func interruptedBy(ctx context.Context) int {
	if cause, ok := context.Cause(ctx).(interruption); ok {
		return 128 + int(cause.signal)
	}
	return 128 + int(syscall.SIGINT)
}

// guarded runs the command line under the signals of the process.
func guarded(args []string, out, errOut io.Writer) (status int) {
	signal.Ignore(syscall.SIGPIPE) // a write that fails says so
	if outputClosed() {
		fmt.Fprintln(errOut, "gradchain: standard output is closed; want it open, or >/dev/null")
		return failure
	}
	if free, known := run.FreeMemory(); known && os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(int64(0.9 * free)) // collect garbage before there is too much
	}
	signals := make(chan os.Signal, 2)
	for _, s := range []os.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT} {
		if !signal.Ignored(s) { // as under nohup
			signal.Notify(signals, s)
		}
	}
	status, ended := guard(signals, grace, func(ctx context.Context) int { return execute(ctx, args, out, errOut) })
	if !ended {
		signal.Reset() // should a file system hang
		temporaries.remove()
		fmt.Fprintln(errOut, "gradchain: interrupted")
	}
	return status
}

// guard runs a command with a context that the first signal ends. It waits no longer than
// for the second one or for the grace, so that not even a loop that asks no context holds
// a user up, and says whether the command has ended.
func guard(signals <-chan os.Signal, grace time.Duration, command func(context.Context) int) (status int, ended bool) {
	ctx, end := context.WithCancelCause(context.Background())
	defer end(nil)
	done := make(chan int, 1)
	go func() { done <- command(ctx) }()
	select {
	case status = <-done:
		return status, true
	case s := <-signals:
		end(interruption{s.(syscall.Signal)})
	}
	select {
	case status = <-done:
		return status, true
	case <-signals:
	case <-time.After(grace):
	}
	return interruptedBy(ctx), false
}
