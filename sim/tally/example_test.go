package tally_test

import (
	"fmt"
	"math"

	"gradchain/sim/chain"
	"gradchain/sim/tally"
)

func ExampleTally() {
	t := tally.New(20, []float64{0}) // P(|G| > 1)
	t.Add(chain.Paths{
		LogAbs:   []float64{-12, -7, -9, 1, math.Inf(-1)},
		Negative: []bool{false, true, false, true, false},
	})
	fmt.Println(t.Count(), "paths,", t.Dead(), "dead,", t.Negative(), "negative,", t.Above()[0], "above")
	fmt.Printf("alive: mean %.2f, variance %.2f\n", t.Mean(), t.Variance())
	median, bound := t.Quantile(0.5)
	fmt.Printf("median %.3f within %.3f\n", median, bound)
	// Output:
	// 5 paths, 1 dead, 2 negative, 1 above
	// alive: mean -6.75, variance 30.92
	// median -8.998 within 0.002
}
