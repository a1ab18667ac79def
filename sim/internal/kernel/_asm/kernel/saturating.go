package main

import "gradchain/sim/internal/kernel/_asm/machine"

// activations are φ and φ′ of sigmoid and tanh.
func (u unit) activations() {
	u.bell("sigmoid", 1, 1)
	u.bell("tanh", 2, 4)
	u.Value("sigmoid", u.sigmoid)
	u.Value("tanh", u.tanh)
}

func (u unit) sigmoid(x vec) (y vec, near machine.Mask) {
	m, k, near := u.Gate(x, x)
	return u.Ldexp(m, k), near
}

// tanh is tanh.Phi.
func (u unit) tanh(x vec) (y vec, near machine.Mask) {
	e, near := u.Decay(u.Mul(x, f(2)))
	return u.CopySign(u.Rise(e), x), near
}
