package deviation_test

import (
	"fmt"

	"gradchain/theory/deviation"
	"gradchain/theory/law"
)

// A product of 50 lognormal weights of mean 1: it exceeds 1 twice in ten thousand times, but
// its mean stays 1. A plain mean needs 7·10¹⁰ products to see that, and shows decay before.
func Example() {
	w := law.MustParse("lognormal(-0.5,1)")
	p, err := deviation.Tail(w, 50, 0)
	if err != nil {
		fmt.Println(err)
		return
	}
	mean, err := deviation.MomentExponent(w, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	samples, err := deviation.CondensationSamples(w, 50, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	seen, err := deviation.GrowthSeen(w, 50, 1e5)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("P(|P_L| ≥ 1) = %.3g, (1/L) log mean = %g\n", p, mean)
	fmt.Printf("samples %.2g, growth seen with 1e5 of them %.3f\n", samples, seen)
	// Output:
	// P(|P_L| ≥ 1) = 0.000203, (1/L) log mean = 0
	// samples 7.2e+10, growth seen with 1e5 of them -0.052
}
