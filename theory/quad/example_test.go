package quad_test

import (
	"fmt"
	"math"

	"gradchain/theory/quad"
)

// The logarithmic singularity at 1/2 is a break.
func ExampleIntegrate() {
	f := func(x float64) float64 { return math.Log(math.Abs(x - 0.5)) }
	value, bound := quad.Integrate(f, []float64{0, 0.5, 1}, 1e-12)
	fmt.Printf("%.10f, bound below 1e-11: %v\n", value, bound < 1e-11)

	gauss := func(x float64) float64 { return math.Exp(-x * x / 2) }
	value, _ = quad.Integrate(gauss, []float64{math.Inf(-1), math.Inf(1)}, 1e-12)
	fmt.Printf("%.10f\n", value*value/(2*math.Pi))
	// Output:
	// -1.6931471806, bound below 1e-11: true
	// 1.0000000000
}
