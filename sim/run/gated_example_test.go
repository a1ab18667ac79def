package run_test

import (
	"context"
	"fmt"
	"math"

	"gradchain/sim/model"
	"gradchain/sim/run"
	"gradchain/theory/recurrent"
)

// The error carousel of an LSTM with random gates vanishes too, only slowly: here, with
// constant gates of bias 1 + z, by E log σ(1 + z) a step.
func ExampleGated() {
	steps, err := run.Gated(context.Background(), run.GatedSpec{
		Model:   model.Gated{Cell: model.LSTM, Width: 64, Depth: 20, BiasStd: 1, ForgetBias: 1},
		At:      []int{0},
		Samples: 500,
		Seed:    1,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	want, err := recurrent.LSTMGateLyapunov(1, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	got := steps[0].LogCarousel.Mean() / 20
	fmt.Printf("%.4f a step, expected %.4f, within 4 standard errors: %v\n", got, want, math.Abs(got-want) < 4/math.Sqrt(64*500))
	// Output:
	// -0.4083 a step, expected -0.4069, within 4 standard errors: true
}
