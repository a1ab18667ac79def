package chain_test

import (
	"fmt"

	"gradchain/theory/activation"
	"gradchain/theory/chain"
	"gradchain/theory/law"
)

// At a scale between two thresholds the mean of |P_L| explodes while the typical product
// vanishes: the mean lives on rare paths.
func Example() {
	factor := chain.Factor{Weight: law.MustParse("normal(1.5)")}
	product := chain.Product{Factor: factor, Depth: 50}
	mean, err := product.LogMean()
	if err != nil {
		fmt.Println(err)
		return
	}
	typical, err := product.LogTypical()
	if err != nil {
		fmt.Println(err)
		return
	}
	above, bound, err := product.Exceedance(0)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("log E|P| = %.3f, E log|P| = %.3f\n", mean, typical)
	fmt.Printf("P(|P| > 1) = %.10f, known to 1e-12: %v\n", above, bound < 1e-12)
	// Output:
	// log E|P| = 8.984, E log|P| = -11.486
	// P(|P| > 1) = 0.0653262987, known to 1e-12: true
}

// The three scales at which a product of tanh factors neither vanishes nor explodes, in
// the mean square, in the mean and typically.
func ExampleFactor() {
	factor := chain.Factor{
		Weight:        law.MustParse("normal(1)"),
		Activation:    activation.MustParse("tanh"),
		PreActivation: law.MustParse("normal(1)"),
	}
	meanSquare, _ := factor.CriticalScaleMeanSquare()
	absMean, _ := factor.CriticalScaleAbsMean()
	typical, _ := factor.CriticalScaleLyapunov()
	fmt.Printf("%.5f < %.5f < %.5f\n", meanSquare, absMean, typical)
	// Output:
	// 1.46741 < 2.06918 < 3.99209
}

// A relu path is dead with probability 1 − 2^−L; the law of log|P_L| has that mass at −∞.
func ExampleProduct_Law() {
	product := chain.Product{
		Factor: chain.Factor{Weight: law.MustParse("normal(1)"), Activation: activation.MustParse("relu")},
		Depth:  3,
	}
	l, err := product.Law()
	if err != nil {
		fmt.Println(err)
		return
	}
	points := []float64{-100, -1, 0, 1}
	probabilities := make([]float64, len(points))
	l.CDFs(probabilities, points)
	fmt.Printf("alive %v, P(log|P| <= x) = %.6f\n", l.Alive(), probabilities)
	low, _ := l.Quantile(0.5)
	high, err := l.Quantile(0.99)
	fmt.Printf("median %v, 99%% quantile %.6f %v\n", low, high, err)
	// Output:
	// alive 0.125, P(log|P| <= x) = [0.875000 0.955548 0.981673 0.996393]
	// median -Inf, 99% quantile 0.446802 <nil>
}
