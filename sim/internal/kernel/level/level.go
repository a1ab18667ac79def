// Package level chooses the instructions that the kernels are run with. The choice
// changes the time, never a bit.
package level

import (
	"fmt"
	"os"
)

// Level is a set of instructions.
type Level int

// The levels, each with all below it.
const (
	Generic Level = iota // pure Go
	AVX2                 // with FMA
	AVX512               // F, DQ, BW and VL
)

// Names are the names of the levels, as the environment variable has them.
var Names = []string{"generic", "avx2", "avx512"}

// String returns the name.
func (l Level) String() string { return Names[l] }

// Variable is the environment variable that forces a level, for tests. A level that
// the machine lacks gives the best one it has.
const Variable = "GRADCHAIN_KERNEL"

// Now is the level in use. It is for tests to set, and must not exceed Best. Err says
// that the environment variable has a value that is no level; engines refuse to start
// then, so that a slip of the pen does not pass for a test.
var Now, Err = Choose(os.Getenv(Variable))

// Choose returns the level for a value of the environment variable, the best one for
// no value.
func Choose(value string) (Level, error) {
	if value == "" {
		return Best(), nil
	}
	for l, name := range Names {
		if value == name {
			return min(Level(l), Best()), nil
		}
	}
	return Generic, fmt.Errorf("%s=%s: want generic, avx2 or avx512", Variable, value)
}
