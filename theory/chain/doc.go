// Package chain has the exact theory of width-1 chains with independent factors:
// products P_L = X_1 ⋯ X_L of i.i.d. factors X = w·φ′(z), where the weight w and the
// pre-activation z are independent.
//
// A Factor answers for one layer (moments, Lyapunov exponent, critical scales, the
// probability to be alive), a Product for L of them, and Product.Law is the law of
// log|P_L| itself, with a bound of its error.
//
// Three sizes of a product differ exponentially in depth: the typical one e^(L·E log|X|),
// the mean (E|X|)^L and the root mean square (E X²)^(L/2). A factor that is 0 with
// positive probability (relu, hard_tanh, …) kills the path: log|P_L| = −∞.
//
// That w and z are independent is the mean-field assumption. At width 1 it is false
// for a network's own pre-activations, which DependentMeanSquare measures.
package chain
