// Package finite has what a finite width does to the signals and gradients of a random
// network, to the first order in 1/width: how far means of log‖x‖² and log‖∂out/∂x‖² are
// from their limits of infinite width, and so the width from which the limit holds.
//
// Two effects are of that order. Sums over n units fluctuate, which lowers the mean of a
// logarithm by half a relative variance, adds curvature of the maps of mean field, and adds
// up with the depth like L/n. And the weights on the way back know the signal: the part of a
// gradient g along its signal x, (g·x)²/‖x‖², a share of 1/n at the output, does not grow by
// mean field's factor but, without biases and for homogeneous φ, by ‖x^L‖²/‖x^l‖² (g·x = out at
// every layer, by Euler), so that E‖∇₀‖² ≥ (q_L/q₀)/n. Where the signal grows faster than the
// limit of the gradient, as in residual ReLU networks, that share grows exponentially with
// depth, and no width that can be built is wide.
//
// The derivation is that of Hanin & Nica (2020) and of package meanfield (wide.go), which
// it contains, with a residual branch and a normalisation besides (derived).
package finite
