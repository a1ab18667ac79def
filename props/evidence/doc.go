// Package evidence judges claims by sampling, with error rates that are proved
// rather than estimated. It knows nothing of what is sampled: samples arrive in
// slices, from functions the caller brings.
//
// A claim about a number θ has three [Zone]s: it holds within Eps of Theta0, it
// is violated from Delta on, and between the two nobody minds. [Levels] bound
// what can go wrong: to refute a true claim (FalseFail), to verify one violated
// by Delta or more (FalsePass), to end undecided although the truth lies in
// neither the gap between (Undecided).
//
// A [Test] turns samples into e-values. [Bernoulli], [Mean], [BoundedMean],
// [Law], [TwoSample], [Independence] and [Tilt] are tests; each states the
// number of samples that decides (Budget) and the smallest discrepancy that
// some other number would find (MDE). [Run] draws batches until a [Verdict] is
// reached; [RunAll] does so for many tests on one stream, which makes mutants
// of a claim nearly free. [Confirm] repeats a refutation on a second stream.
//
// An e-process for a hypothesis H is a process (E_t) ≥ 0 with E_H[E_τ] ≤ 1 at
// every stopping time τ. By Ville's inequality (1939) P_H(sup E_t ≥ 1/α) ≤ α:
// looking after every batch, choosing configurations by what was seen before,
// and merging configurations all stay valid. Nothing here rests on a normal
// approximation. The price is 7 to 42 % more samples than Wald's bound.
//
// All logarithms are natural. Wherever arithmetic has to give, it lowers
// e-values.
package evidence
