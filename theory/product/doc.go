// Package product has what is known exactly of products of random matrices: the
// Lyapunov exponents of square Gaussian matrices, and the norm ‖Jv‖ of the
// input–output Jacobian J of a deep linear or He-ReLU network applied to a fixed unit
// vector v, at finite width n and depth L.
//
// In such a network each layer multiplies ‖Jv‖² by an independent factor,
//
//	linear  (1/n) χ²_n             at weight_var = 1
//	relu    (2/n) χ²_B             at weight_var = 2, B ~ Bin(n, ½) active units
//
// (Hanin 2018; Hanin & Nica 2020), so that the linear quantities are gamma functions
// and those of relu are binomial mixtures of gamma functions. A layer with B = 0 is
// dead: Jv = 0 from there on.
//
// All results are relatively accurate to 1e-12 or better at any width and depth, next
// to a zero of the quantity to the rounding of the parameters, which are read as the
// decimal numbers they are written as. Arguments outside the domain and results above
// the largest float64 are errors.
package product
