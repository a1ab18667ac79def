package normalization_test

import (
	"fmt"

	"gradchain/theory/activation"
	"gradchain/theory/normalization"
)

// A ReLU layer with batch normalization multiplies the mean squared gradient by π/(π−1) and
// more: 50 of them by 10⁸.
func Example() {
	relu := activation.MustParse("relu")
	for _, batch := range []int{4, 32, 1024} {
		factor, err := normalization.BatchNormGradientFactor(relu, batch)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("batch %d: %.4f\n", batch, factor)
	}
	limit, err := normalization.BatchNormGradientFactorLimit(relu)
	fmt.Printf("limit: %.4f %v\n", limit, err)
	// Output:
	// batch 4: 3.0841
	// batch 32: 1.5220
	// batch 1024: 1.4685
	// limit: 1.4669 <nil>
}
