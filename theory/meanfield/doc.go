// Package meanfield has the theory of random networks in the limit of infinite width
// (Poole et al. 2016; Schoenholz et al. 2017). With W_ij ~ N(0, σ_w²/n), b_i ~ N(0, σ_b²)
// and z ~ N(0, q), from layer to layer
//
//	q  → V(q) = σ_w² E φ(z)² + σ_b²                variance of a pre-activation
//	c  → C(c) = (σ_w² E φ(u)φ(v) + σ_b²)/q         correlation of two inputs
//	χ₁ = σ_w² E φ′(z)² = C′(1)                     mean square factor of a gradient
//	χ_q = V′(q) = σ_w² E zφφ′/q                    stability of the variance
//
// where (u, v) is Gaussian of variances q and correlation c. The fixed points q* and c*,
// the depth scales −1/log χ with which they are reached and the critical line χ₁ = 1 at
// q* follow.
//
// Of finite width n there is what is exact at one layer (file layer.go) and the order 1/n of
// many (file wide.go).
//
// V increases: E φ² is a mean over φ(z)² + φ(−z)², which increases with |z| for every
// activation of the catalogue, or for sin is (1 − e^(−2q))/2. So iterates of V are
// monotone, and go to the next fixed point on the side to which they start to move (file
// course.go): a network has up to three, and which one it comes to is decided by its input.
// C is a power series with nonnegative coefficients (Daniely, Frostig & Singer 2016), so
// convex and increasing on [0, 1].
package meanfield
