package law_test

import (
	"fmt"

	"gradchain/theory/law"
)

// The mean of a product of N(0, 1.5²) weights explodes, exp(0.18 L), while its
// typical size vanishes, exp(−0.23 L).
func Example() {
	weight, err := law.Parse("normal(1.5)")
	if err != nil {
		fmt.Println(err)
		return
	}
	mean, err := weight.LogAbsMoment(1)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(weight)
	fmt.Printf("log E|w| = %.6f, E log|w| = %.6f\n", mean, weight.LogMean())
	_, err = law.Parse("normal(-1)")
	fmt.Println(err)
	// Output:
	// normal(sigma=1.5)
	// log E|w| = 0.179674, E log|w| = -0.229716
	// law "normal(-1)": sigma = -1, want a number with sigma > 0
}
