// Package props holds the claims: what the theory and the literature say about
// vanishing and exploding gradients, each with the test that decides it.
//
// A claim ranges over configurations. rapid draws them and shrinks a failing
// one; noise comes from streams keyed by the run's seed, the claim and the
// configuration, never from rapid. A deterministic claim is decided point by
// point, a statistical one by the e-processes of package evidence, with a
// chance below 1e-9 per run of everything that a true claim is refuted.
//
// A sentence that is false as it stands is in the catalogue too, with the
// expected verdict "refuted", next to its corrected form. The suite passes
// when every verdict is the expected one.
//
// The same claims run as subtests of go test and in the command
// gradchain verify.
package props
