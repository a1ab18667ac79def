// Package deviation has the large deviations of a product P_L = w_1 ⋯ w_L of independent
// weights of one law: the moment exponent Λ, Cramér's rate function I, tail probabilities
// of |P_L| exact and asymptotic, and what a sample of finite size sees of a moment.
//
//	Λ(q) = log E|w|^q,  I(x) = sup_q (qx − Λ(q)),  P(|P_L| ≥ e^(Lx)) ≈ e^(−L·I(x))
//
// (Cramér 1938; Dembo & Zeitouni 1998, ch. 2). The order q at which the supremum is
// attained is the tilt: the law tilted by |w|^q has mean log growth Λ′(q) = x. At it
//
//	I(Λ′(q)) = qΛ′(q) − Λ(q) = ∫₀^q tΛ″(t) dt,
//
// and the integral is how it is computed for small q, where the difference cancels.
//
// A weight law may be a mixture, with an atom at 0 too: then every path alive has probability
// (1−p₀)^L, E|P_L|^q counts the dead as 0, and I has −log(1−p₀) in it.
//
// Parameters are read as the decimal numbers they are written as. Values are relatively
// accurate to 1e-10, next to a zero of the quantity to the rounding of the parameters; a
// tail probability has that accuracy where it is tiny too, at any depth up to 10^9.
// Arguments outside the domain and results above the largest float64 are errors; a result
// below the smallest is 0.
package deviation
