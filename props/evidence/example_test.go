package evidence_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"gradchain/props/evidence"
)

// coin samples a coin that shows 1 with probability p. Every batch has a stream
// of its own.
func coin(p float64, seed uint64) evidence.Sampler {
	return func(batch int, dst []float64) error {
		r := rand.New(rand.NewPCG(seed, uint64(batch)))
		for i := range dst {
			dst[i] = 0
			if r.Float64() < p {
				dst[i] = 1
			}
		}
		return nil
	}
}

// A claim that a coin is fair to ±0.02, and two coins.
func Example() {
	claim := evidence.Zone{Theta0: 0.5, Delta: 0.02}
	for _, p := range []float64{0.5, 0.53} {
		test, err := evidence.Bernoulli(claim, evidence.Levels{})
		if err != nil {
			fmt.Println(err)
			return
		}
		o := evidence.Run(context.Background(), test, coin(p, 1), evidence.Options{})
		fmt.Println(o.Verdict, "after", o.N, "of", o.Budget)
		fmt.Println(o.Reason)
	}
	// Output:
	// verified after 17940 of 238898
	// a violation by delta is excluded: e-value 10^6.2 after 17940 samples
	// refuted after 23920 of 238898
	// the claim is excluded: e-value 10^16.6 after 23920 samples
}

// A mean needs a bound of the variance, and nothing else.
func ExampleMean() {
	claim := evidence.Zone{Theta0: -1, Delta: 0.1, Side: evidence.Equal} // E ln U of a uniform U
	test, err := evidence.Mean(claim, 1.25, evidence.Levels{})
	if err != nil {
		fmt.Println(err)
		return
	}
	o := evidence.Run(context.Background(), test, func(batch int, dst []float64) error {
		r := rand.New(rand.NewPCG(2, uint64(batch)))
		for i := range dst {
			dst[i] = math.Log(1 - r.Float64())
		}
		return nil
	}, evidence.Options{Level: 0.999})
	fmt.Printf("%v after %d of %d, mean in [%.2f, %.2f]\n", o.Verdict, o.N, o.Budget, o.Lo, o.Hi)

	_, err = evidence.Mean(claim, math.Inf(1), evidence.Levels{})
	fmt.Println(err)
	// Output:
	// verified after 4042 of 34017, mean in [-1.08, -0.93]
	// untestable: no tail control; declare a finite bound of the variance, or claim a quantile or the law instead
}

// The exponential law, claimed for itself and for the square root of it. The
// distribution function is given in bulk.
func ExampleLaw() {
	for _, power := range []float64{1, 0.5} {
		test, err := evidence.Law(evidence.LawConfig{
			CDFs: func(dst, y []float64) {
				for i := range dst {
					dst[i] = -math.Expm1(-y[i])
				}
			},
			Delta: 0.05,
		})
		if err != nil {
			fmt.Println(err)
			return
		}
		o := evidence.Run(context.Background(), test, func(batch int, dst []float64) error {
			r := rand.New(rand.NewPCG(3, uint64(batch)))
			for i := range dst {
				dst[i] = math.Pow(r.ExpFloat64(), power)
			}
			return nil
		}, evidence.Options{})
		fmt.Println(o.Verdict, "after", o.N, "of", o.Budget)
	}
	// Output:
	// verified after 8000 of 32000
	// refuted after 480 of 32000
}

// Mutants of a claim, known to be wrong, are judged on its own samples: a check
// that refutes none of them could not have failed.
func ExampleRunAll() {
	var tests []evidence.Test
	for _, theta0 := range []float64{0.25, 0.3, 0.5} { // the claim and two mutants
		test, err := evidence.Bernoulli(evidence.Zone{Theta0: theta0, Delta: 0.03}, evidence.Levels{})
		if err != nil {
			fmt.Println(err)
			return
		}
		tests = append(tests, test)
	}
	for i, o := range evidence.RunAll(context.Background(), tests, coin(0.25, 4), evidence.Options{}) {
		fmt.Println(i, o.Verdict)
	}
	// Output:
	// 0 verified
	// 1 refuted
	// 2 refuted
}

// A refutation is repeated on another stream before it is reported; the
// estimate there is not biased by the stop.
func ExampleConfirm() {
	claim := evidence.Zone{Theta0: 0.5, Delta: 0.05}
	test, err := evidence.Bernoulli(claim, evidence.Levels{})
	if err != nil {
		fmt.Println(err)
		return
	}
	c, err := evidence.Confirm(context.Background(), test, coin(0.6, 5), evidence.Options{})
	fmt.Printf("%d samples, estimate %.3f in [%.3f, %.3f], %v\n", c.N, c.Estimate, c.Lo, c.Hi, err)

	fresh, err := evidence.Bernoulli(claim, evidence.Levels{})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = evidence.Confirm(context.Background(), fresh, coin(0.5, 6), evidence.Options{})
	fmt.Println(err)
	// Output:
	// 38015 samples, estimate 0.599 in [0.588, 0.610], <nil>
	// stream fault: the refutation was not reproduced on a second stream: p = 1
}

// A claim for all configurations holds for those that were drawn; what that says
// of the others is printed with it.
func ExampleUniversal_Combine() {
	outcomes := make([]evidence.Outcome, 100)
	for i := range outcomes {
		outcomes[i] = evidence.Outcome{Verdict: evidence.Verified, LogERefute: -10}
	}
	c := evidence.Universal{}.Combine(outcomes)
	fmt.Println(c.Verdict)
	fmt.Println(c.Reason)
	// Output:
	// verified
	// verified at all 100 configurations; with confidence 0.95 at most 3 % of them violate it
}

// How a test fares is computed, not sampled: here at its own violation.
func ExampleBernoulliCharacteristic() {
	c, err := evidence.BernoulliCharacteristic(evidence.Zone{Theta0: 0.5, Delta: 0.02}, evidence.Levels{}, 0.52, 238)
	fmt.Printf("verified %.1e, refuted %.6f, undecided %.0e, mean %.0f samples, %v\n",
		c.Verified, c.Refuted, c.Inconclusive, c.MeanSamples, err)
	// Output:
	// verified 7.0e-07, refuted 0.999999, undecided 2e-15, mean 50935 samples, <nil>
}

// Intervals at several depths that hold together bound the rate of decay.
func ExampleSlopeInterval() {
	lo, hi := evidence.SlopeInterval([]evidence.SlopePoint{{10, -6.6, -6.2}, {20, -13.0, -12.5}, {40, -25.9, -25.1}})
	fmt.Printf("slope in [%.3f, %.3f]: %v\n", lo, hi, evidence.Zone{Theta0: -0.635, Delta: 0.05}.Judge(lo, hi))
	// Output:
	// slope in [-0.657, -0.617]: verified
}

// The mean of a heavy-tailed moment says nothing; the guard says so.
func ExampleCheckMoment() {
	fmt.Println(evidence.CheckMoment(1, 1.25, 20_000))
	fmt.Println(evidence.CheckMoment(1, 12.5, 20_000))
	// Output:
	// <nil>
	// moment 1 is not estimable by a mean of 20000 samples: k²·variance/(2 ln n) is 0.631; it must be at most 0.25
}

// Wide evidence at many configurations adds up, in the order they came.
func ExampleMerge() {
	logE := make([]float64, 30)
	for i := range logE {
		logE[i] = 3 // each twenty to one
	}
	fmt.Printf("10^%.1f\n", evidence.Merge(logE...)/math.Ln10)
	// Output:
	// 10^30.1
}
