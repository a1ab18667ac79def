package product_test

import (
	"fmt"

	"gradchain/theory/activation"
	"gradchain/theory/product"
)

// At initialization a He-ReLU network of width and depth 64 keeps the mean of ‖Jv‖²,
// while its typical value falls, and the fourth moment is a hundred times too large.
func Example() {
	relu := activation.MustParse("relu")
	mean, err := product.NormMoment(relu, 64, 64, 2)
	if err != nil {
		fmt.Println(err)
		return
	}
	typical, err := product.LogSquaredNormMean(relu, 64, 64)
	if err != nil {
		fmt.Println(err)
		return
	}
	fourth, err := product.NormMoment(relu, 64, 64, 4)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("E‖Jv‖² = %g, E log‖Jv‖² = %.4f, E‖Jv‖⁴ = %.1f\n", mean, typical, fourth)
	_, err = product.Lyapunov(3, 4, product.WeightVar(1))
	fmt.Println(err)
	// Output:
	// E‖Jv‖² = 1, E log‖Jv‖² = -2.5670, E‖Jv‖⁴ = 123.3
	// index = 4, want index from 1 to width = 3
}
