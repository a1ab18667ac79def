package recurrent_test

import (
	"fmt"

	"gradchain/theory/recurrent"
)

// A spectral radius below 1 does not prevent growth: the powers of [[0.9, 10], [0, 0.9]]
// rise to a norm of 38.7 before they vanish.
func Example() {
	steps, err := recurrent.JordanPeakSteps(0.9, 10)
	if err != nil {
		fmt.Println(err)
		return
	}
	norm, err := recurrent.JordanPeakNorm(0.9, 10)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("largest after %g steps: %.4f\n", steps, norm)
	_, err = recurrent.JordanPeakSteps(1.1, 10)
	fmt.Println(err)
	// Output:
	// largest after 9 steps: 38.7459
	// spectral_radius = 1.1, want spectral_radius between 0 and 1
}
