package chain

import (
	"gradchain/sim/internal/kernel"
	"gradchain/theory/activation"
)

// ends is what φ does to a signal outside [tiny, huge].
type ends struct {
	// near has the slopes at 0, on the negative and on the positive side, if φ(0) = 0:
	// then φ(z) = near·z for |z| < tiny.
	near     [2]float64
	nearZero bool
	// far has the slopes of φ(z) = far·z for |z| > huge; 0 where φ is bounded.
	far [2]float64
	// ratio is φ(z)/φ′(z) where φ decays to 0 like e^z or faster as z → −∞, so that
	// φ(z) has a value below tiny there; nil where it does not.
	ratio func(z float64) float64
}

// endsOf takes the slopes from phi, whose bits are the same on every machine.
func endsOf(a activation.Activation, phi kernel.Activation) ends {
	var e ends
	e.nearZero = a.Phi(0) == 0
	for side, sign := range []float64{-1, 1} {
		z := []float64{sign * 0x1p-1000, sign * 0x1p+1000}
		exp := make([]float64, len(z))
		phi.DPhi(z, exp, z)
		e.near[side] = z[0]
		if a.Tail(int(sign)).Kind == activation.Constant {
			e.far[side] = z[1]
		}
	}
	switch a.Name() {
	case "silu", "mish":
		e.ratio = exponentialRatio
	case "gelu":
		e.ratio = kernel.GELUTail
	case "gelu_tanh":
		e.ratio = kernel.GELUTanhTail
	}
	return e
}

// side is the index of the sign of z.
func side(z float64) int {
	if z < 0 {
		return 0
	}
	return 1
}

// exponentialRatio is for φ(z) = z·e^z, which silu and mish are to the last bit
// where φ(z) < tiny.
func exponentialRatio(z float64) float64 { return z / (1 + z) }
