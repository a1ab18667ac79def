// Package residual has the growth of signals and gradients through blocks with an identity
// branch, x + a·φ-branch(x): E‖Jv‖² and E log‖Jv‖² of the linear blocks I + aW, and the
// path of the variance of x + Wφ(x) + b in infinite width with the growth of the gradient
// along it (Yang & Schoenholz 2017).
//
// The linear map is last in a branch Wφ(x). Networks whose nonlinearity is last, x + a·φ(Wx + b),
// are others: where E φ ≠ 0 the branch has a mean that adds up along the stream. For odd φ without
// biases variance and growth are the same.
//
// The branch scale a is given, or falls with the depth L as L^(−exponent); a = L^(−1/2) keeps
// E‖Jv‖² ≤ e at any depth.
//
// Parameters are read as the decimal numbers they are written as. Values are relatively
// accurate to 1e-10 or better, next to a zero of the quantity absolutely. Arguments outside
// the domain and results above the largest float64 are errors.
package residual
