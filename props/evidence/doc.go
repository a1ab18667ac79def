// Package evidence judges claims by sampling, with error rates that are proved
// rather than estimated. It knows nothing of what is sampled: samples arrive in
// slices, from functions the caller brings.
//
// A claim about a number θ has a [Zone]: it holds within Eps of Theta0, it is
// violated from Delta on, and what lies between the two nobody minds. [Levels]
// bound what can go wrong: to refute a claim that holds (FalseFail), to verify
// one that is violated (FalsePass), to end undecided in either case (Undecided).
//
// A [Test] turns samples into e-values. [Bernoulli], [Mean], [BoundedMean],
// [Law], [TwoSample], [Independence] and [Tilt] are tests; each states the
// number of samples that decides (Budget) and the smallest discrepancy that
// some other number would find (MDE). [Run] draws batches until a [Verdict] is
// reached; [RunAll] does so for many tests on one stream, which makes mutants
// of a claim nearly free. [Confirm] repeats a refutation on a second stream.
// [Universal] and [Merge] combine configurations, and a [Ledger] pays for all
// of them and all claims of a run together. [Zone.Judge] judges by an interval.
//
// An e-process for a hypothesis H is a process (E_t) ≥ 0 with E_H[E_τ] ≤ 1 at
// every stopping time τ. By Ville's inequality (1939) P_H(sup E_t ≥ 1/α) ≤ α:
// looking after every batch, choosing configurations by what was seen before,
// and merging configurations all stay valid. Nothing here rests on a normal
// approximation. The price is 4 to 42 % more samples than Wald's bound.
//
// The package tests itself: [BernoulliCharacteristic] computes error rates down
// to 1e-17 exactly, and [Calibrate] measures those that cannot be enumerated.
//
// All logarithms are natural. A clamp lowers e-values; rounding moves their logs
// by at most 1e-6 up to 1e8 samples.
package evidence
