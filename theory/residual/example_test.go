package residual_test

import (
	"fmt"

	"gradchain/theory/activation"
	"gradchain/theory/residual"
)

// A scalar chain of factors 1 + g doubles its mean square per layer and typically shrinks;
// gradients of a wide tanh network with identity branches grow like e^√L only.
func Example() {
	gain, err := residual.LogMeanSquareGain(100, residual.Scale(1))
	if err != nil {
		fmt.Println(err)
		return
	}
	typical, err := residual.LogSquaredNormMean(1, 100, residual.Scale(1))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("log of the mean square %.2f, mean log square %.2f\n", gain, typical)
	for _, depth := range []int{100, 10000} {
		growth, err := residual.LogGradientGrowth(residual.Stream{
			Activation: activation.MustParse("tanh"), Depth: depth, Q: 1, WeightVar: 1})
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("depth %d: log gradient growth %.2f\n", depth, growth)
	}
	// Output:
	// log of the mean square 69.31, mean log square -41.70
	// depth 100: log gradient growth 10.55
	// depth 10000: log gradient growth 107.70
}
