// Package isometry has the singular values of the input–output Jacobian J of a deep network
// of infinite width at criticality, χ₁ = 1, where E‖Jv‖² = ‖v‖² (Pennington, Schoenholz &
// Ganguli 2017): the edge, the moments and the variance of the spectrum of JJᵀ, for Gaussian
// and for orthogonal weights. Dynamical isometry is a spectrum close to 1.
//
// The layers are asymptotically free, so that the S-transform of JJᵀ is a product over them:
// 1/(1+z) for Gaussian weights, 1 for orthogonal ones, and that of φ′² from its moments
// μ_k = E φ′(z)^(2k), z ~ N(0, q).
//
// Values are relatively accurate to 1e-10 or better, where they are small too, for q from
// 1e-150 to 1e150.
package isometry
