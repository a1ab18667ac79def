// Package initializer has the standard deviations that initializers give to weights,
// and the gains that keep the scale of activations.
//
// All results are relatively accurate to 1e-12 or better, gains of activations without
// a closed form to 1e-10. Arguments outside the domain and results above the largest
// float64 are errors; positive results underflow to 0.
package initializer
