package meanfield_test

import (
	"fmt"

	"gradchain/theory/activation"
	"gradchain/theory/meanfield"
)

// A chaotic network of tanh units: two inputs that are alike come apart within some ten
// layers, and gradients grow by 34 % in the mean square per layer.
func ExampleNetwork_Phase() {
	n := meanfield.Network{Activation: activation.MustParse("tanh"), WeightVar: 4, BiasVar: 0.05}
	p, err := n.Phase()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("q* = %.4f, χ₁ = %.4f, c* = %.4f, ξ_c = %.2f\n", p.QStar, p.Chi1, p.CStar, p.XiC)
	// Output: q* = 2.1955, χ₁ = 1.3424, c* = 0.1651, ξ_c = 6.98
}

// At criticality relu keeps every variance: there is no q* to speak of.
func ExampleNetwork_FixedPoint() {
	_, err := meanfield.Network{Activation: activation.MustParse("relu"), WeightVar: 2}.FixedPoint()
	fmt.Println(err)
	// Output: weight_var = 2 with relu at criticality: every q is a fixed point, the variance stays what it starts with
}

// The critical point of gelu with σ_b = 0.2 is an unstable fixed point of the variance.
func ExampleCriticalPoint() {
	p, err := meanfield.CriticalPoint(activation.MustParse("gelu"), 0.04)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("q = %.4f, σ_w² = %.4f, χ_q = %.4f\n", p.Variance, p.WeightVar, p.ChiQ)
	// Output: q = 0.5756, σ_w² = 2.3932, χ_q = 1.0950
}

// A narrow layer of tanh units shrinks gradients more than mean field says, whose weights on
// the way back are independent of the signal.
func ExampleNetwork_GradientOfLayer() {
	n := meanfield.Network{Activation: activation.MustParse("tanh"), WeightVar: 4}
	for _, width := range []int{1, 10, 1000} {
		own, err := n.GradientOfLayer(4, width)
		if err != nil {
			fmt.Println(err)
			return
		}
		shortcut, _ := n.ShortcutOfLayer(4, width)
		fmt.Printf("width %4d: %.3f, shortcut %.3f\n", width, own.Mean, shortcut.Mean)
	}
	// Output:
	// width    1: 0.075, shortcut 1.024
	// width   10: 0.929, shortcut 1.024
	// width 1000: 1.023, shortcut 1.024
}
