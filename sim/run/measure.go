package run

import (
	"context"
	"fmt"
	"slices"
	"time"

	"gradchain/sim/internal/kernel/level"
	"gradchain/sim/model"
)

// Kernels returns the names of the kernels that this machine can run, the pure Go one
// first.
func Kernels() []string { return slices.Clone(level.Names[:level.Best()+1]) }

// Kernel returns the name of the kernel in use, or the error for a setting of the
// environment that names none.
func Kernel() (string, error) { return level.Now.String(), level.Err }

// Speed is what a measurement found.
type Speed struct {
	Steps   int64 // factors sampled
	Seconds float64
}

// PerStep returns nanoseconds per step.
func (s Speed) PerStep() float64 { return s.Seconds * 1e9 / float64(s.Steps) }

// Measure samples the model on the named kernel and the given number of workers for
// at least the given time, after a warm-up. It is for one caller at a time: the kernel
// is a setting of the process. The clock decides how much is sampled, and nothing else.
func Measure(ctx context.Context, m model.Chain, kernel string, jobs int, least time.Duration) (Speed, error) {
	l := slices.Index(Kernels(), kernel)
	if l < 0 {
		return Speed{}, fmt.Errorf("kernel %q: this machine runs %v", kernel, Kernels())
	}
	if err := m.Validate(); err != nil {
		return Speed{}, err
	}
	defer func(old level.Level) { level.Now = old }(level.Now)
	level.Now = level.Level(l)
	spec := Spec{Model: m, Paths: max(1, jobs) * BlockPaths(m), Jobs: jobs}
	var s Speed
	for warm := false; ; warm = true {
		start := time.Now()
		if _, err := Chain(ctx, spec); err != nil {
			return s, err
		}
		took := time.Since(start)
		if warm {
			s.Steps += int64(spec.Paths) * int64(m.Depth) * int64(max(m.Batch, 1))
			s.Seconds += took.Seconds()
		}
		if s.Seconds >= least.Seconds() && s.Seconds > 0 {
			return s, nil
		}
		if took < least/8 && spec.Paths < 1<<24 {
			spec.Paths *= 2
		}
	}
}
