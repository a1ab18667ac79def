package theory_test

import (
	"context"
	"fmt"
	"os"
	"strings"

	"gradchain/theory"
)

// The mean of a product of N(0, 1.5²) weights explodes while the typical one vanishes.
func ExampleQuantity_Evaluate() {
	for _, name := range []string{"chain.log_product.mean", "chain.log_product.typical"} {
		q, err := theory.Lookup(name)
		if err != nil {
			fmt.Println(err)
			return
		}
		answer, err := q.Evaluate(context.Background(), map[string]any{"weight": "normal(sigma=1.5)", "depth": 50})
		fmt.Printf("%s: %.4f %v\n", q.Meaning, answer.Value, err)
	}
	// Output:
	// log of the mean of |P_L|: 8.9837 <nil>
	// log of the typical size of |P_L|: -11.4858 <nil>
}

func ExampleLookup() {
	_, err := theory.Lookup("chain.liapunov")
	fmt.Println(err)
	q, err := theory.Lookup("chain.lyapunov")
	fmt.Println(q.Signature(), err)
	// Output:
	// unknown quantity "chain.liapunov", nearest are chain.lyapunov, chain.log_variance, chain.abs_moment
	// chain.lyapunov weight[, activation=linear][, q] <nil>
}

func ExampleBatch() {
	queries := `{"quantity": "product.alive_probability", "params": {"width": 1, "depth": 20}}
{"quantity": "product.alive_probability", "params": {"width": 1}}
`
	if err := theory.Batch(context.Background(), strings.NewReader(queries), os.Stdout); err != nil {
		fmt.Println(err)
	}
	// Output:
	// {"value":9.5367431640625e-7,"error":""}
	// {"value":null,"error":"product.alive_probability: depth is missing, want integer >= 1"}
}
