package initializer_test

import (
	"fmt"

	"gradchain/theory/activation"
	"gradchain/theory/initializer"
)

// Glorot's compromise keeps neither the signal nor the gradient of a layer that is not
// square.
func Example() {
	for _, fan := range [][2]int{{512, 512}, {784, 256}} {
		forward, err := initializer.GlorotForwardFactor(fan[0], fan[1])
		if err != nil {
			fmt.Println(err)
			return
		}
		backward, err := initializer.GlorotBackwardFactor(fan[0], fan[1])
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%d → %d: signal ×%.4f, gradient ×%.4f\n", fan[0], fan[1], forward, backward)
	}
	// Output:
	// 512 → 512: signal ×1.0000, gradient ×1.0000
	// 784 → 256: signal ×1.5077, gradient ×0.4923
}

// The γ of NFNets for gelu.
func ExampleVarianceGain() {
	gain, err := initializer.VarianceGain(activation.MustParse("gelu"), 1)
	fmt.Printf("%.6f %v\n", gain, err)
	// Output: 1.700926 <nil>
}
