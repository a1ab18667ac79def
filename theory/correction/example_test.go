package correction_test

import (
	"fmt"

	"gradchain/theory/activation"
	"gradchain/theory/correction"
)

// However large the weight, a sigmoid neuron does not shrink the gradient on an interval
// of inputs shorter than 0.45 only (Nielsen 2015, ch. 5).
func Example() {
	sigmoid := activation.MustParse("sigmoid")
	for _, w := range []float64{3.9, 5, 6.9, 100} {
		width, err := correction.GainWindow(sigmoid, w)
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Printf("w = %g: %.4f\n", w, width)
	}
	longest, err := correction.GainWindowMaximum(sigmoid)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("longest: %.4f\n", longest)
	// Output:
	// |w| = 3.9, want |w| >= 1/sup φ′, below which the window is empty
	// w = 5: 0.3850
	// w = 6.9: 0.4477
	// w = 100: 0.0917
	// longest: 0.4477
}
