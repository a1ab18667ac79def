// Package activation has the activation functions φ: text form, φ, φ′ and log|φ′|
// at any argument, and what the theory asks of a nonlinearity: sup and inf of φ′,
// its tails, its kinks, homogeneity, monotony.
//
// φ, φ′ and log|φ′| are good to a few units in the last place relatively, far in
// the tails too; next to a sign change of φ′ (and of sin), and next to |φ′| = 1 for
// the logarithm, that holds absolutely.
//
// The activations:
//
//	linear             z
//	sigmoid            σ(z) = 1/(1 + e^−z)
//	tanh, erf, arctan, sin
//	softsign           z/(1 + |z|)
//	relu, relu6        z clipped to [0, ∞), to [0, 6]
//	hard_tanh          z clipped to [−1, 1]
//	softplus           log(1 + e^z)
//	log_sigmoid        log σ(z)
//	lecun_tanh         1.7159 tanh(2z/3)
//	leaky_relu(slope)  z, or slope·z for z < 0
//	elu(alpha=1)       z, or alpha(e^z − 1) for z < 0
//	celu(alpha=1)      z, or alpha(e^(z/alpha) − 1) for z < 0
//	selu               λz, or λα(e^z − 1) for z < 0
//	gelu               zΦ(z)
//	gelu_tanh          z/2·(1 + tanh(√(2/π)(z + 0.044715z³)))
//	silu               zσ(z)
//	mish               z tanh(log(1 + e^z))
//	hard_swish         z/6·(z + 3 clipped to [0, 6])
//	hard_sigmoid_torch z/6 + 1/2 clipped to [0, 1]
//	hard_sigmoid_keras z/5 + 1/2 clipped to [0, 1]
package activation

import (
	"math"
	"strconv"
)

// Activation is one activation function. It is a comparable value: two are equal
// exactly when their texts are. The zero Activation is invalid: its name is empty,
// and its other methods panic.
type Activation struct {
	spec  *spec
	arg   float64
	shape shape
}

// shape is the mathematics of one activation. Its functions are not called with NaN.
type shape interface {
	phi(z float64) float64
	dphi(z float64) float64
	// logAbs returns log|φ′(z)|.
	logAbs(z float64) float64
	traits() traits
}

// Name returns the name without the argument, "" for the zero Activation.
func (a Activation) Name() string {
	if a.spec == nil {
		return ""
	}
	return a.spec.name
}

// Args returns the argument of the activation, in a slice that is empty for the
// activations without one.
func (a Activation) Args() []float64 {
	if a.spec.param == "" {
		return nil
	}
	return []float64{a.arg}
}

// String returns the canonical text, such as "tanh" or "elu(1)", which Parse maps
// back to the same Activation. The zero Activation gives "".
func (a Activation) String() string {
	if a.spec == nil || a.spec.param == "" {
		return a.Name()
	}
	return a.spec.name + "(" + strconv.FormatFloat(a.arg, 'g', -1, 64) + ")"
}

// Phi returns φ(z). At ±Inf that is the limit, NaN for sin.
func (a Activation) Phi(z float64) float64 {
	if math.IsNaN(z) {
		return z
	}
	return a.shape.phi(z)
}

// DPhi returns φ′(z); at a kink the one-sided derivative of smaller modulus. At
// ±Inf that is the limit, NaN for sin.
func (a Activation) DPhi(z float64) float64 {
	if math.IsNaN(z) {
		return z
	}
	return a.shape.dphi(z)
}

// LogAbsDPhi returns log|φ′(z)|, finite where φ′(z) underflows, and −Inf where
// φ′(z) is exactly 0 or its logarithm is beyond float64.
func (a Activation) LogAbsDPhi(z float64) float64 {
	if math.IsNaN(z) {
		return z
	}
	return a.shape.logAbs(z)
}
