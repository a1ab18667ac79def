package props_test

import (
	"context"
	"fmt"

	"gradchain/props"
)

// The literal sentence is refuted at z = 0, its corrected form holds.
func ExampleRun() {
	claims, err := props.Match("S6")
	if err != nil {
		panic(err)
	}
	results, err := props.Run(context.Background(), claims, props.Env{Seed: 1, Tier: props.Quick}, nil)
	if err != nil {
		panic(err)
	}
	for _, r := range results {
		fmt.Println(r.ID, r.Verdict)
		if r.Counterexample != nil {
			fmt.Println("  at", r.Counterexample.Config)
		}
	}
	// Output:
	// S6 refuted
	//   at {"activation":"sigmoid","z":0}
	// S6.corrected verified
}

// What a check can see is known before any sample is drawn.
func ExampleClaim_Power() {
	claim, err := props.Lookup("S14")
	if err != nil {
		panic(err)
	}
	power, err := claim.Power()
	if err != nil {
		panic(err)
	}
	d := power.Designs[0]
	fmt.Printf("notices %v, could notice %.4f with %d samples\n", d.Discrepancy, d.MDE, d.Budget)
	for _, m := range power.Mutants {
		fmt.Printf("%s: off by %.0f discrepancies\n", m.Name, m.Effect)
	}
	// Output:
	// notices 0.02, could notice 0.0165 with 256000 samples
	// the spread of half the depth: off by 5 discrepancies
	// no growth: the law of one layer: off by 17 discrepancies
	// growth as L: the spread of depth L²: off by 14 discrepancies
}
