package kernel

import (
	"fmt"
	"math"

	"gradchain/theory/activation"
)

// Activation is one activation function on arrays of one length. dst, mant and exp
// may be z itself. It has no state.
//
// At ±Inf the values are the limits, NaN for sin. φ and φ′ are good to 4 ulp (measured
// up to 3.7), φ of gelu and φ′ of lecun_tanh to 5 (5.0 and 4.2), φ also where it is
// subnormal. Where φ′ changes its sign within (−4, 0) an ulp is that of ½.
type Activation interface {
	// Phi sets dst to φ(z).
	Phi(dst, z []float64)
	// DPhi sets φ′(z) = mant·2^exp, exp a whole number, so that nothing underflows:
	// mant is 0 only where φ′(z) is exactly 0 or −log|φ′(z)| overflows; exp is not below
	// −MaxFloat64. At a kink φ′ is the one-sided derivative of smaller modulus.
	DPhi(mant, exp, z []float64)
}

// NewActivation returns the arithmetic of an activation. The zero Activation is an
// error.
func NewActivation(a activation.Activation) (Activation, error) {
	arg := 0.0
	if a.Name() == "leaky_relu" || a.Name() == "elu" || a.Name() == "celu" {
		arg = a.Args()[0]
	}
	switch a.Name() {
	case "":
		return nil, fmt.Errorf("activation missing: want a name such as tanh")
	case "leaky_relu":
		return leaky{arg}, nil
	case "elu":
		return newExponential(1, arg, 1), nil
	case "celu":
		return newExponential(1, arg, arg), nil
	}
	if f, ok := plain[a.Name()]; ok {
		return f, nil
	}
	return nil, fmt.Errorf("activation %v has no kernel", a)
}

// plain are the activations without an argument.
var plain = map[string]Activation{
	"linear":             leaky{1},
	"sigmoid":            sigmoid{},
	"tanh":               tanh{},
	"erf":                erf{},
	"arctan":             arctan{},
	"sin":                sin{},
	"softsign":           softsign{},
	"relu":               ramp{lo: 0, hi: math.Inf(1), scale: 1},
	"relu6":              ramp{lo: 0, hi: 6, scale: 1},
	"hard_tanh":          ramp{lo: -1, hi: 1, scale: 1},
	"softplus":           softplus{},
	"log_sigmoid":        logSigmoid{},
	"lecun_tanh":         lecunTanh{},
	"selu":               newExponential(1.0507009873554804934193349852946, 1.6732632423543772848170429916717, 1),
	"gelu":               gelu{},
	"gelu_tanh":          gated{cubic: true},
	"silu":               gated{},
	"mish":               mish{},
	"hard_swish":         hardSwish{},
	"hard_sigmoid_torch": ramp{lo: -3, hi: 3, shift: 3, scale: 6},
	"hard_sigmoid_keras": ramp{lo: -2.5, hi: 2.5, shift: 2.5, scale: 5},
}

// same panics unless the lengths are equal.
func same(n, m int) {
	if n != m {
		panic("kernel: lengths of an activation's arrays differ")
	}
}

// pick returns a, or b where the sign bit of z is set.
func pick(z, a, b float64) float64 {
	x := math.Float64bits(a)
	negative := uint64(int64(math.Float64bits(z)) >> 63)
	return math.Float64frombits(x ^ (x^math.Float64bits(b))&negative)
}

// orNaN returns m, or x where that is NaN.
func orNaN(m, x float64) float64 {
	if math.IsNaN(x) {
		return x
	}
	return m
}

// settle sets a mantissa to 0 where its exponent is −∞.
func settle(mant, exp float64) (float64, float64) {
	if exp < -math.MaxFloat64 {
		return 0, 0
	}
	return mant, exp
}
