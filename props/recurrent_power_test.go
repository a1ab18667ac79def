package props

import (
	"math"
	"slices"
	"testing"

	"gradchain/sim/stream"
)

// TestEdgeTerm: for one factor the term is Johnstone's (2001), σ_n/(2μ_n) of Tracy and Widom's
// law: ½·2^(4/3)/4 of it times n^(−2/3); and the ends of the densities are those of the limits.
func TestEdgeTerm(t *testing.T) {
	for _, n := range []int{10, 100, 400} {
		want := tracyWidom * math.Pow(2, 4.0/3) / 8 * math.Pow(float64(n), -2.0/3)
		if got := edgeTerm(1, n); !(math.Abs(got-want) <= 1e-13) {
			t.Errorf("n = %d: %v, want %v", n, got, want)
		}
	}
}

// TestPowerNorm_wide: at width 400 the mean of log‖W^t‖₂ of 25 matrices is within 5 standard
// errors of the limit less its terms, 0.007 for one factor, and 9 below the limit itself. A
// right sampler fails with probability below 1e-6.
func TestPowerNorm_wide(t *testing.T) {
	if testing.Short() {
		t.Skip("takes two seconds")
	}
	const count = 25
	for _, steps := range []int{1, 2} {
		c := tiedLinear(400, steps)
		e, err := powerNorm(c)
		if err != nil {
			t.Fatal(err)
		}
		from := []stream.Source{stream.Key{Seed: 1, Purpose: "wide", Config: canonical(c)}.Source(stream.Xoshiro)}
		x, err := e.run(t.Context(), from, count, nil)
		if err != nil {
			t.Fatal(err)
		}
		limit, err := logPowerNorm(c)
		if err != nil {
			t.Fatal(err)
		}
		edge := edgeTerm(steps, 400)
		next, eps := nextTerm(steps, 400)
		slices.Sort(x)
		mean := 0.0
		for _, v := range x {
			mean += v / count
		}
		// the mean of Tracy and Widom's law is 0.951 of its median, the deviation 1.0 of it
		want, se := limit+0.951*edge+next, -edge/math.Sqrt(count)
		if !(math.Abs(mean-want) <= 5*se+eps) {
			t.Errorf("t = %d: mean of log‖W^t‖ %v, want %v ± %v", steps, mean, want, 5*se+eps)
		}
	}
}
