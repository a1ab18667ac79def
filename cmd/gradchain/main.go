// Gradchain tests the theory of vanishing and exploding gradients: it holds what
// the theory says, samples random chains and deep networks, and decides with stated
// error rates whether each claim is true.
//
//	gradchain verify [PATTERN...]        run the claims, print the verdicts
//	gradchain claims                     list them
//	gradchain explain ID                 one claim: source, test, power, mutants
//	gradchain simulate MODEL             sample a model, simulated beside predicted:
//	                                     chain, dense, normalized, residual, recurrent, lstm
//	gradchain theory QUANTITY k=v...     a closed form
//	gradchain calibrate                  test the tests
//	gradchain bench                      steps per second, by model and kernel
//
// Results go to standard output, everything else to standard error. The exit
// status is 0 if all is as expected, 1 if a verdict is not, 2 for a wrong call or
// a failure, 128 and the signal's number for an interruption (130 for Ctrl-C), 141 if
// the reader of standard output is gone.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
)

func main() { os.Exit(guarded(os.Args[1:], os.Stdout, os.Stderr)) }

// The exit statuses.
const (
	asExpected = 0
	unexpected = 1
	failure    = 2
	brokenPipe = 128 + int(syscall.SIGPIPE)
)

// errUnexpected says that a verdict is not the expected one; the report has said it.
var errUnexpected = errors.New("a verdict is not as expected")

// execute runs the command line and returns the exit status.
func execute(ctx context.Context, args []string, out, errOut io.Writer) (status int) {
	defer func() {
		if cause := recover(); cause != nil {
			fmt.Fprintf(errOut, "gradchain: internal error: %v\n", cause)
			status = failure
		}
	}()
	results := &checked{Writer: out}
	root := newRoot(results, errOut)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err == nil && results.err != nil { // of a text that nobody else has checked, such as help
		err = fmt.Errorf("standard output: %w", cause(results.err))
	}
	switch {
	case err == nil:
		return asExpected
	case errors.Is(err, syscall.EPIPE): // the reader has seen enough
		return brokenPipe
	case ctx.Err() != nil && errors.Is(err, context.Canceled):
		fmt.Fprintln(errOut, "gradchain: interrupted; nothing was written")
		return interruptedBy(ctx)
	case ctx.Err() != nil: // the error says what became of the rest
		fmt.Fprintln(errOut, "gradchain: "+errorLine(err, args))
		return interruptedBy(ctx)
	case errors.Is(err, errUnexpected):
		return unexpected
	default:
		fmt.Fprintln(errOut, "gradchain: "+errorLine(err, args))
		return failure
	}
}
