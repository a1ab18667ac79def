package gauss_test

import (
	"fmt"
	"math"

	"gradchain/theory/activation"
	"gradchain/theory/gauss"
)

// A break stands where the integrand is singular.
func ExampleExpect() {
	value, bound := gauss.Expect(func(z float64) float64 { return math.Log(math.Abs(z)) }, 1, 0)
	fmt.Printf("E log|z| = %.10f, bound below 1e-12: %v\n", value, bound < 1e-12)
	// Output:
	// E log|z| = -0.6351814227, bound below 1e-12: true
}

// χ₁ of tanh at weight variance 1: E φ′² for pre-activations of variance q.
func ExampleDerivativeMoment() {
	tanh := activation.MustParse("tanh")
	for _, q := range []float64{1e-12, 1, 1e6} {
		value, _, _ := gauss.DerivativeMoment(tanh, q, 2)
		fmt.Printf("q = %g: %.10g\n", q, value)
	}
	_, _, err := gauss.DerivativeMoment(tanh, -1, 2)
	fmt.Println(err)
	// Output:
	// q = 1e-12: 1
	// q = 1: 0.4644029024
	// q = 1e+06: 0.0005319229548
	// q = -1, want q > 0
}

// φ′ of gelu changes sign, so its logarithm is singular there; φ′ of relu is 0 on half
// the line.
func ExampleLogDerivativeMean() {
	value, _, _ := gauss.LogDerivativeMean(activation.MustParse("gelu"), 1)
	fmt.Printf("%.10f\n", value)
	_, _, err := gauss.LogDerivativeMean(activation.MustParse("relu"), 1)
	fmt.Println(err)
	// Output:
	// -1.1460414508
	// activation = relu, want activation with φ′ = 0 at single points only
}
