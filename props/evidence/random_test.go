package evidence

import "math/rand/v2"

// newPCG is the source of the tests' noise, with the seed written in the test.
func newPCG(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0)) }
