// Package optimizer has what is known exactly of first-order optimizers on the
// smallest problems that show how they differ: convex quadratics of condition number
// κ, a constant gradient, and the loss (∏w − 1)²/2 of a width-1 linear chain whose
// weights all start at w0, which is where depth makes gradients vanish.
//
// Closed forms are relatively accurate to 1e-12 or better; parameters are read as the
// decimal numbers they are written as. Arguments outside the domain and results above
// the largest float64 are errors; positive results underflow to 0.
package optimizer
