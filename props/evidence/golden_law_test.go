package evidence

import (
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"testing"

	"gradchain/sim/stream"
)

func testGoldenDKWRadius(t *testing.T) {
	for _, r := range golden[[]struct {
		N        int
		Alpha, R float64
	}](t, "dkw_radius") {
		near(t, fmt.Sprintf("n=%d alpha=%v", r.N, r.Alpha), DKWRadius(r.N, r.Alpha), r.R, goldenTolerance)
		near(t, fmt.Sprintf("n=%d alpha=%v: p", r.N, r.Alpha), dkwLogP(r.N, r.R), math.Log(r.Alpha), goldenTolerance)
	}
}

func testGoldenDKWMinN(t *testing.T) {
	for _, r := range golden[[]struct{ Delta, Alpha, Beta, N float64 }](t, "dkw_min_n") {
		got := math.Ceil(dkwCost(r.Delta, -math.Log(r.Alpha), -math.Log(r.Beta)))
		near(t, fmt.Sprintf("delta=%v alpha=%v", r.Delta, r.Alpha), got, r.N, 0)
	}
}

func testGoldenAtoms(t *testing.T) {
	values := []float64{0.1, 0.3, 0.6, 1}
	step := func(y float64) float64 {
		if y < 0 {
			return 0
		}
		return values[min(int(y), 3)]
	}
	left := func(y float64) float64 { return step(math.Ceil(y) - 1) }
	for _, r := range golden[struct {
		Cases []struct {
			Sample []float64
			D      float64
		}
	}](t, "ks_atoms").Cases {
		near(t, fmt.Sprint(r.Sample), KolmogorovDistance(r.Sample, step, left), r.D, goldenTolerance)
	}
}

func testGoldenTwoSampleDistance(t *testing.T) {
	for _, r := range golden[[]struct {
		X, Y []float64
		D    float64
	}](t, "ks_two_sample_stat") {
		near(t, fmt.Sprint(r.X, r.Y), TwoSampleDistance(r.X, r.Y), r.D, goldenTolerance)
		near(t, fmt.Sprint(r.Y, r.X), TwoSampleDistance(r.Y, r.X), r.D, goldenTolerance)
	}
}

func testGoldenTwoSampleP(t *testing.T) {
	for _, r := range golden[[]struct {
		K, N  int
		P     float64
		Bound float64 `json:"log_first_term_bound"`
	}](t, "ks_two_sample_exact_p") {
		what := fmt.Sprintf("n=%d k=%d", r.N, r.K)
		near(t, what, TwoSamplePValue(r.N, r.K)/r.P, 1, goldenTolerance)
		near(t, what+": bound", twoSampleLogBound(r.N, r.K), r.Bound, goldenTolerance)
	}
}

func testGoldenPit(t *testing.T) {
	r := golden[struct {
		Thresholds, Counts []float64
		CountsSquared      []float64 `json:"counts_u_squared"`
		LogE               float64
		LogESquared        float64 `json:"logE_for_u_squared"`
	}](t, "pit_battery")
	u := fractions(200)
	check := func(what string, counts []float64, logE float64) {
		p := newPit(0, 0.1)
		p.update(u)
		if got := p.counts(); !slices.Equal(got[:], counts) {
			t.Errorf("%s: counts %v, want %v", what, got, counts)
		}
		near(t, what, p.logE(), logE, goldenTolerance)
	}
	if got := pitThresholds(); !slices.Equal(got[:], r.Thresholds) {
		t.Errorf("thresholds %v, want %v", got, r.Thresholds)
	}
	check("u", r.Counts, r.LogE)
	for i, x := range u {
		u[i] = x * x
	}
	check("u²", r.CountsSquared, r.LogESquared)
}

func testGoldenEBH(t *testing.T) {
	for _, r := range golden[[]struct {
		LogE     []float64
		Alpha    float64
		Rejected []int
	}](t, "ebh") {
		if got := EBH(r.Alpha, r.LogE...); !slices.Equal(got, r.Rejected) {
			t.Errorf("alpha=%v: rejected %v, want %v", r.Alpha, got, r.Rejected)
		}
	}
}

func testGoldenHolm(t *testing.T) {
	for _, r := range golden[[]struct {
		P        []float64
		Alpha    float64
		Rejected []int
	}](t, "holm") {
		if got := Holm(r.Alpha, r.P...); !slices.Equal(got, r.Rejected) {
			t.Errorf("alpha=%v: rejected %v, want %v", r.Alpha, got, r.Rejected)
		}
	}
}

func testGoldenMerge(t *testing.T) {
	for i, r := range golden[[]struct {
		LogE, Lams []float64
		Merged     float64 `json:"log_merged"`
	}](t, "merge_lambda_grid") {
		if !slices.Equal(r.Lams, mergeFractions[:]) {
			t.Errorf("row %d: fractions %v, want %v", i, mergeFractions, r.Lams)
		}
		near(t, fmt.Sprint("row ", i), Merge(r.LogE...), r.Merged, goldenTolerance)
	}
}

func testGoldenStreamKey(t *testing.T) {
	r := golden[struct {
		Master, Batch                uint64
		Claim, Config, Phase, Sha256 string
	}](t, "stream_key")
	hash := stream.Key{Seed: r.Master, Purpose: r.Claim, Config: r.Config, Phase: r.Phase, Block: r.Batch}.Hash()
	if got := hex.EncodeToString(hash[:]); got != r.Sha256 {
		t.Errorf("key %s, want %s", got, r.Sha256)
	}
}

func testGoldenSlope(t *testing.T) {
	for i, r := range golden[[]struct {
		Points   [][3]float64 `json:"x_lo_hi"`
		Lo       float64      `json:"b_lo"`
		Hi       float64      `json:"b_hi"`
		Feasible bool         `json:"linear_feasible"`
	}](t, "interval_slope") {
		var points []SlopePoint
		for _, p := range r.Points {
			points = append(points, SlopePoint{p[0], p[1], p[2]})
		}
		lo, hi := SlopeInterval(points)
		near(t, fmt.Sprint("lo, row ", i), lo, r.Lo, goldenTolerance)
		near(t, fmt.Sprint("hi, row ", i), hi, r.Hi, goldenTolerance)
		if (lo <= hi) != r.Feasible {
			t.Errorf("row %d: feasible is %v, want %v", i, lo <= hi, r.Feasible)
		}
	}
}
