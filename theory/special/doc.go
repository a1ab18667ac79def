// Package special has the special functions that gonum lacks or computes with too
// little accuracy: digamma, the complex log-gamma function, the normal law with
// relatively accurate tails and its logarithm, logistic functions that neither
// overflow nor cancel, and the scalar root finder and maximiser of the theory.
//
// Unless a comment says otherwise, results are relatively accurate to 1e-15 or a
// few units in the last place, at any argument.
package special
