package props

import (
	"math"
	"testing"

	"gradchain/sim/network"
	"gradchain/sim/stream"
)

// declaring is a claim that declares a variance at its registered configurations.
type declaring interface {
	variances(t *testing.T, c *Claim, values int64, check func(config string, declared float64, draws []float64))
}

// variances draws, at every registered configuration, as many numbers as so many random values
// behind them allow, 10,000 at most and 100 at least.
func (s *sampled[C]) variances(t *testing.T, c *Claim, values int64, check func(string, float64, []float64)) {
	seen := map[string]bool{}
	for _, config := range s.registered() {
		text := canonical(config)
		if seen[text] {
			continue
		}
		seen[text] = true
		pred, err := s.predict(config)
		if err != nil {
			t.Fatal(err)
		}
		e, err := s.sample(config)
		if err != nil {
			t.Fatal(err)
		}
		n := int(min(max(values/e.values(), 100), 10_000))
		from := make([]stream.Source, e.streams())
		for i := range from {
			from[i] = stream.Key{Seed: 99, Purpose: "declared " + c.ID, Config: text, Block: uint64(i)}.Source(stream.Xoshiro)
		}
		draws, err := e.run(t.Context(), from, n, nil)
		if err != nil {
			t.Fatal(err)
		}
		check(text, pred.Variance, draws)
	}
}

// TestDeclaredVariance: the variance of what a claim of a mean observes is at most what it
// declares, up to 5 standard errors of the sample's: with 10,000 draws of a normal number, 7 %.
// The streams are fixed.
func TestDeclaredVariance(t *testing.T) {
	values := int64(600_000)
	if testing.Short() {
		values = 60_000
	}
	for _, c := range Catalogue() {
		s, ok := c.trial.(declaring)
		if c.Kind != Mean || !ok {
			continue
		}
		t.Run(c.ID, func(t *testing.T) {
			t.Parallel()
			s.variances(t, c, values, func(config string, declared float64, draws []float64) {
				variance, relative := varianceOfDraws(draws)
				if !(variance <= declared*(1+5*relative)) {
					t.Errorf("%s: the variance of %d draws is %.4g, declared %.4g, allowed %.4g", config, len(draws), variance, declared, declared*(1+5*relative))
				}
			})
		})
	}
}

// varianceOfDraws is the variance of numbers and its standard error, relatively.
func varianceOfDraws(x []float64) (variance, relative float64) {
	n, sum := float64(len(x)), 0.0
	for _, v := range x {
		sum += v
	}
	second, fourth := 0.0, 0.0
	for _, v := range x {
		d := v - sum/n
		second += d * d
		fourth += d * d * d * d
	}
	variance = second / (n - 1)
	if variance == 0 {
		return 0, 0
	}
	return variance, math.Sqrt(math.Max(0, fourth/n/(second/n*second/n)-1) / n)
}

// TestEachSquare: the claims of products are about the engine's own logarithms, unchanged.
func TestEachSquare(t *testing.T) {
	signal, tangent := normAt{criticalNetwork("relu", 2, 3).sampledBy(network.Norm), "signal"}, normAt{criticalNetwork("linear", 3, 2).sampledBy(network.Law), "tangent"}
	const n = 50
	for _, tt := range []struct {
		c     normAt
		alive bool
	}{{signal, true}, {signal, false}, {tangent, true}} {
		key := stream.Key{Purpose: "each square"}
		engine, err := network.New(tt.c.kind(), tt.c.model())
		if err != nil {
			t.Fatal(err)
		}
		var want []float64
		src := key.Source(stream.Xoshiro)
		for range n {
			var x float64
			if tt.c.Of == "tangent" {
				v := make([]float64, tt.c.Depth+1)
				err = engine.Tangent(t.Context(), src, v)
				x = 2 * v[tt.c.Depth]
			} else {
				var s network.Sample
				err = engine.Sample(t.Context(), src, &s)
				x = s.LogSquare[tt.c.Depth]
			}
			if err != nil {
				t.Fatal(err)
			}
			if !tt.alive || !math.IsInf(x, -1) {
				want = append(want, x)
			}
		}
		e, err := eachSquare(tt.alive, itself)(tt.c)
		if err != nil {
			t.Fatal(err)
		}
		got, err := e.run(t.Context(), []stream.Source{key.Source(stream.Xoshiro)}, n, nil)
		if err != nil || len(got) != len(want) {
			t.Fatalf("%s: %d numbers, want %d, %v", canonical(tt.c), len(got), len(want), err)
		}
		for i := range got {
			if got[i] != want[i] {
				t.Errorf("%s: number %d is %v, want %v", canonical(tt.c), i, got[i], want[i])
			}
		}
	}
	if of := squaredDeviation(signal); of(3)-of(-3) == 0 || !(math.Abs(squareRoot(of, signal)) < 1e-12) {
		t.Error("squared deviation is not about the mean")
	}
}

// squareRoot is the deviation of the mean from itself.
func squareRoot(of func(float64) float64, c normAt) float64 {
	mean, _ := c.logMoments()
	return math.Sqrt(of(mean))
}

// TestWithinPower_zero: no gradient is within any bound, and a bound of nothing holds for nothing.
func TestWithinPower_zero(t *testing.T) {
	check := withinPower(largestSingular, recurrenceAt.lipschitz, 0)
	for _, c := range []recurrenceAt{resting(3, []float64{0}), resting(1, []float64{0, 0}, []float64{0, 0})} {
		if f := check(c); f.violated() || !math.IsInf(f.Residual, -1) {
			t.Errorf("%s: %+v", canonical(c), f)
		}
	}
}
