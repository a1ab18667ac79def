package special_test

import (
	"fmt"
	"math"

	"gradchain/theory/special"
)

// E log|w| for w ~ N(0,1) is (log 2 + ψ(½))/2.
func ExampleDigamma() {
	fmt.Printf("%.12f\n", (math.Ln2+special.Digamma(0.5))/2)
	// Output: -0.635181422731
}

// A tail far beyond the smallest float.
func ExampleLogNormCDF() {
	fmt.Printf("%.6f\n", special.LogNormCDF(-100))
	// Output: -5005.524209
}

func ExampleBrent() {
	x, err := special.Brent(func(x float64) float64 { return x*math.Tanh(x/2) - 1 }, 1, 2)
	fmt.Printf("%.12f %v\n", x, err)
	// Output: 1.543404638418 <nil>
}
