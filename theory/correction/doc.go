// Package correction has the numbers behind corrections to textbook statements about
// width-1 chains of saturating activations: how large one factor |w φ′(wa + b)| can be,
// on how many inputs it reaches 1, and how small that makes a gradient.
//
// The activations are those whose φ′ is even and falls from its maximum at 0 to 0:
// sigmoid, tanh, lecun_tanh, arctan, erf and softsign.
//
// All results are relatively accurate to 1e-12 or better; parameters are read as the
// decimal numbers they are written as. Arguments outside the domain and results above
// the largest float64 are errors; positive results underflow to 0.
package correction
