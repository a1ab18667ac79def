package network

import (
	"gradchain/sim/internal/kernel"
	"gradchain/theory/activation"
)

// decay is an end at which φ(z) tends to 0 exponentially or faster: φ(z) is there
// ratio(z)·φ′(z), whose second factor has an exponent of its own.
type decay struct {
	sign  float64                 // of the end
	from  float64                 // |z| from which ratio is good to the last bit
	ratio func(z float64) float64 // nil if there is no such end
}

// has reports whether z is at the end.
func (d decay) has(z float64) bool { return z*d.sign > d.from }

func decayOf(a activation.Activation) decay {
	switch a.Name() {
	case "sigmoid", "softplus": // e^z
		return decay{-1, 100, func(float64) float64 { return 1 }}
	case "log_sigmoid": // −e^−z
		return decay{1, 100, func(float64) float64 { return -1 }}
	case "silu", "mish": // z·e^z
		return decay{-1, 100, func(z float64) float64 { return z / (1 + z) }}
	case "gelu":
		return decay{-1, 30, kernel.GELUTail}
	case "gelu_tanh":
		return decay{-1, 15, kernel.GELUTanhTail}
	}
	return decay{}
}
