package kernel

import (
	"fmt"

	"gradchain/theory/law"
)

// Sampler turns the words of a stream into independent values of one law. Values are
// finite, and 0 only for a mixture with constant(0). It has no state that matters, but that
// of a mixture has room of its own and is for one goroutine at a time.
type Sampler interface {
	// Words is the number of words for each value: 0 to 3.
	Words() int
	// Sample sets dst from Words words for each element, their number rounded up to
	// a multiple of 8. It panics unless bits has that length. A value depends on words
	// of its own group of 8 elements only.
	Sample(dst []float64, bits []uint64)
}

// NewSampler returns the sampler of a law. The zero Law is an error.
func NewSampler(l law.Law) (Sampler, error) {
	if l.Name() == "" {
		return nil, fmt.Errorf("law missing: want one such as normal(1)")
	}
	if l.Name() == "mixture" {
		return newMixture(l)
	}
	args := l.Args()
	last := args[len(args)-1]
	switch l.Name() {
	case "normal":
		if len(args) == 1 {
			return normal{0, last}, nil
		}
		return normal{args[0], last}, nil
	case "uniform":
		return uniform{last}, nil
	case "laplace":
		return laplace{last}, nil
	case "rademacher":
		return rademacher{last}, nil
	case "lognormal":
		return lognormal{args[0], last}, nil
	case "student_t":
		return newStudent(last), nil
	case "cauchy":
		return cauchy{last}, nil
	case "truncated_normal":
		return newTruncated(args[0], last), nil
	case "constant":
		return constant{last}, nil
	}
	return nil, fmt.Errorf("law %v has no sampler", l)
}

// check panics unless bits has perValue words for each of n values.
func check(n int, bits []uint64, perValue int) {
	if len(bits) != perValue*lanes(n) {
		panic(fmt.Sprintf("kernel: %d words for %d values, want %d", len(bits), n, perValue*lanes(n)))
	}
}
