package network

import (
	"errors"
	"math"

	"gradchain/sim/internal/kernel"
	"gradchain/theory/activation"
)

// gates computes σ, tanh and their slopes, of which none underflows.
type gates struct {
	logistic, hyperbolic, logSigmoid kernel.Activation
	z, mant, exp                     []float64
}

func newGates(n int) (gates, error) {
	g := gates{z: make([]float64, n), mant: make([]float64, n), exp: make([]float64, n)}
	var errs [3]error
	g.logistic, errs[0] = kernel.NewActivation(activation.MustParse("sigmoid"))
	g.hyperbolic, errs[1] = kernel.NewActivation(activation.MustParse("tanh"))
	g.logSigmoid, errs[2] = kernel.NewActivation(activation.MustParse("log_sigmoid"))
	return g, errors.Join(errs[:]...)
}

// closed is where σ(a) is its slope to the last bit.
const closed = -100

// sigmoid sets dst to σ(a): exactly 1 and 0 at ±Inf.
func (g gates) sigmoid(dst []number, a []float64) { g.signed(dst, a, 1) }

// rest sets dst to 1 − σ(a) = σ(−a).
func (g gates) rest(dst []number, a []float64) { g.signed(dst, a, -1) }

// signed sets dst to σ(sign·a).
func (g gates) signed(dst []number, a []float64, sign float64) {
	g.sigmoidSlope(dst, a)
	for i, x := range a {
		g.z[i] = float64(sign * x)
	}
	g.logistic.Phi(g.z, g.z)
	for i, x := range a {
		if float64(sign*x) >= closed {
			dst[i] = numberOf(g.z[i], 0)
		}
	}
}

// sigmoidSlope sets dst to σ′(a), 0 at ±Inf.
func (g gates) sigmoidSlope(dst []number, a []float64) {
	g.logistic.DPhi(g.mant, g.exp, a)
	g.set(dst)
}

// linear is the exponent below which tanh x is x to the last bit: tanh x = x − x³/3 + …
const linear = -30

// tanh sets dst to tanh x.
func (g gates) tanh(dst, x []number) {
	g.floats(x)
	g.hyperbolic.Phi(g.z, g.z)
	for i, a := range x {
		dst[i] = a
		if a.e >= linear {
			dst[i] = numberOf(g.z[i], 0)
		}
	}
}

// tanhSlope sets dst to tanh′ x.
func (g gates) tanhSlope(dst, x []number) {
	g.floats(x)
	g.hyperbolic.DPhi(g.mant, g.exp, g.z)
	g.set(dst)
}

func (g gates) floats(x []number) {
	for i, a := range x {
		g.z[i] = a.float()
	}
}

func (g gates) set(dst []number) {
	for i, m := range g.mant {
		dst[i] = numberOf(m, g.exp[i])
	}
}

// logMean returns the mean of log σ(a), −Inf where a gate is 0.
func (g gates) logMean(a []float64) float64 {
	g.logSigmoid.Phi(g.z, a)
	sum := 0.0
	for _, x := range g.z {
		sum += x
	}
	return sum / float64(len(a))
}

// saturatedAt is where σ′ is below sup σ′/cosh² 2.
const saturatedAt = 4

// countSaturated returns the number of saturated gates.
func countSaturated(a []float64) (count int) {
	for _, x := range a {
		if math.Abs(x) > saturatedAt {
			count++
		}
	}
	return count
}
