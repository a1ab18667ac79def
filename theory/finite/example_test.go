package finite_test

import (
	"context"
	"fmt"
	"math"

	"gradchain/theory/activation"
	"gradchain/theory/finite"
)

// In a He-initialised relu network the mean of log‖∇‖² falls by 5/(2n) a layer (Hanin & Nica
// 2020), so that the limit of infinite width holds to a tenth over 10 layers from width 263 on.
func ExampleOf() {
	const width, depth = 100, 10
	n := finite.Network{Activation: activation.MustParse("relu"), Widths: []int{width}, Start: 1}
	for range depth {
		n.Widths, n.WeightVars = append(n.Widths, width), append(n.WeightVars, 2)
	}
	c, err := finite.Of(context.Background(), n)
	if err != nil {
		fmt.Println(err)
		return
	}
	off := c.Gradient[0].Log()
	fmt.Printf("off by %.3f at width %d\n", off, width)
	fmt.Printf("to a tenth from width %.0f\n", math.Ceil(-off*width/math.Log(1.1)))
	// Output:
	// off by -0.250 at width 100
	// to a tenth from width 263
}
