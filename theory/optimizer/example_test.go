package optimizer_test

import (
	"fmt"

	"gradchain/theory/optimizer"
)

// Adam crosses the plateau of a deep chain that stops gradient descent, until the
// gradients fall below its epsilon.
func ExampleChainRun_Steps() {
	run := optimizer.ChainRun{
		W0: 0.5, LearningRate: 0.01,
		Epsilon:  optimizer.DefaultEpsilon,
		Target:   optimizer.DefaultTarget,
		MaxSteps: 100_000,
	}
	for _, depth := range []int{3, 10, 50} {
		for _, name := range []string{"gradient_descent", "adam"} {
			run.Optimizer, run.Depth = name, depth
			steps, err := run.Steps()
			if err != nil {
				fmt.Println(depth, err)
				continue
			}
			fmt.Println(depth, name, steps)
		}
	}
	// Output:
	// 3 gradient_descent 184
	// 3 adam 47
	// 10 gradient_descent 3246
	// 10 adam 42
	// 50 optimizer gradient_descent: the product is 8.881784197001252e-16 after max_steps = 100000, want >= target = 0.9
	// 50 optimizer adam: the product is 9.042350941192951e-16 after max_steps = 100000, want >= target = 0.9
}
