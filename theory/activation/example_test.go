package activation_test

import (
	"fmt"

	"gradchain/theory/activation"
)

func ExampleParse() {
	a, _ := activation.Parse("leaky_relu(slope=0.1)")
	fmt.Println(a, a.Phi(-2), a.DPhi(-2), a.Homogeneous())

	_, err := activation.Parse("elu(-1)")
	fmt.Println(err)
	// Output:
	// leaky_relu(0.1) -0.2 0.1 true
	// activation "elu(-1)": alpha = -1, want one number with alpha > 0
}

func ExampleActivation_Sup() {
	for _, text := range []string{"sigmoid", "selu", "hard_swish"} {
		sup := activation.MustParse(text).Sup()
		fmt.Printf("%s: %.4f at %v, attained: %v\n", text, sup.Value, sup.At, sup.Attained)
	}
	// Output:
	// sigmoid: 0.2500 at 0, attained: true
	// selu: 1.7581 at 0, attained: false
	// hard_swish: 1.5000 at 3, attained: false
}

// φ′ of the sigmoid underflows at z = 800; its logarithm does not.
func ExampleActivation_LogAbsDPhi() {
	sigmoid := activation.MustParse("sigmoid")
	fmt.Println(sigmoid.DPhi(800), sigmoid.LogAbsDPhi(800))
	// Output:
	// 0 -800
}

func ExampleActivation_Tail() {
	for _, text := range []string{"sigmoid", "softsign", "gelu", "relu"} {
		a := activation.MustParse(text)
		fmt.Println(text, a.Tail(-1).Kind, a.Tail(1).Kind)
	}
	// Output:
	// sigmoid exponential exponential
	// softsign polynomial polynomial
	// gelu gaussian constant
	// relu zero constant
}
