package reports_test

import (
	"fmt"
	"os"

	"gradchain/reports"
)

func ExampleTable() {
	t := reports.NewTable("Lyapunov exponents",
		reports.Column{Key: "activation", Name: "activation"},
		reports.Column{Key: "lyapunov", Name: "λ ± s.e.", Unit: "nats per layer", Align: reports.Right},
		reports.Column{Key: "paths", Name: "paths", Align: reports.Right},
	)
	t.Add(reports.Label("linear"), reports.Number(-0.63518, reports.WithError(-0.63518, 0.00112)), reports.Count(1<<20))
	t.Add(reports.Label("tanh"), reports.Missing().Marked(t.Note("Not sampled.")), reports.Count(0))
	r := reports.Report{Sections: []reports.Section{{Table: t}}, Data: t}
	for _, f := range []reports.Format{reports.Text, reports.CSV} {
		if err := r.Write(os.Stdout, f); err != nil {
			fmt.Println(err)
		}
	}
	// Output:
	// Lyapunov exponents
	//  activation          λ ± s.e.      paths
	//                nats per layer
	// ─────────────────────────────────────────
	//  linear      -0.6352 ± 0.0011  1,048,576
	//  tanh         –¹                       0
	//   ¹ Not sampled.
	// activation,lyapunov,paths
	// linear,-0.63518,1048576
	// tanh,,0
}

func ExampleEstimate() {
	fmt.Println(reports.Estimate(0.71234, 0.70012, 0.72456))
	fmt.Println(reports.WithError(-0.63518, 0.00112))
	fmt.Println(reports.Exp(-7069.1, 0)) // a gradient beyond the range of floats
	fmt.Println(reports.Thousands(1048576), reports.Percent(0.99999))
	// Output:
	// 0.712 [0.700, 0.725]
	// -0.6352 ± 0.0011
	// 10^-3070.1
	// 1,048,576 99.999 %
}

func ExampleTheory() {
	r := reports.Theory(reports.TheoryValues{
		Quantity: "chi1", Params: []string{"activation", "weight_var"},
		Values: []reports.TheoryValue{
			{Params: []reports.Cell{reports.Label("relu"), reports.Number(2, "2")}, Value: 1},
			{Params: []reports.Cell{reports.Label("relu"), reports.Number(1.5, "1.5")}, Value: 0.75},
			{Params: []reports.Cell{reports.Label("relu"), reports.Number(-1, "-1")}, Err: fmt.Errorf("weight_var -1: want a number of at least 0")},
		},
	})
	if err := r.Write(os.Stdout, reports.Text); err != nil {
		fmt.Println(err)
	}
	// Output:
	// chi1
	// ════
	//
	//  activation  weight_var  chi1
	// ──────────────────────────────
	//  relu               2    1
	//  relu               1.5  0.75
	//  relu              -1    –¹
	//   ¹ weight_var -1: want a number of at least 0
}
