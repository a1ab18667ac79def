package evidence

import (
	"fmt"
	"math"
	"strconv"
	"testing"

	theory "gradchain/theory/law"
	"gradchain/theory/special"
)

func testGoldenCatoniPhi(t *testing.T) {
	for _, r := range golden[[]struct{ X, Phi float64 }](t, "catoni_phi") {
		near(t, fmt.Sprint(r.X), catoniPhi(r.X), r.Phi, goldenTolerance)
		var o offsets
		o.set([]float64{r.X}, 0)
		near(t, fmt.Sprint("in bulk ", r.X), o.sumPhi(1), r.Phi, goldenTolerance)
	}
}

func testGoldenCatoniTrace(t *testing.T) {
	type row struct {
		Y, Lams, Acc      []float64
		M, Sign, S2, LogE float64
	}
	for _, r := range golden[[]row](t, "catoni_trace") {
		c := &catoni{mean: r.M, sign: r.Sign, variance: r.S2, lambdas: r.Lams, sums: make([]float64, len(r.Lams))}
		c.update(r.Y[:3])
		c.update(r.Y[3:])
		for j, lambda := range r.Lams {
			near(t, fmt.Sprintf("m=%v λ=%v", r.M, lambda), c.sums[j]-c.count*lambda*lambda*r.S2/2, r.Acc[j], goldenTolerance)
		}
		near(t, fmt.Sprintf("m=%v", r.M), c.logE(), r.LogE, goldenTolerance)
	}
}

func testGoldenCatoniDesign(t *testing.T) {
	type row struct {
		Delta, S2, Alpha, Beta, J, N, Lam float64
		MDE                               float64 `json:"mde_at_n"`
	}
	for _, r := range golden[[]row](t, "catoni_design") {
		what := fmt.Sprintf("delta=%v s2=%v J=%v", r.Delta, r.S2, r.J)
		effort := math.Log(r.J/r.Alpha) - math.Log(r.Beta)
		near(t, what+": n", math.Ceil(catoniCost(r.S2, r.Delta, effort)), r.N, 0)
		near(t, what+": λ", catoniLambda(r.S2, r.Delta), r.Lam, goldenTolerance)
		mde := func(z Zone) float64 { return catoniCost(r.S2, z.Delta, effort) }
		near(t, what+": MDE", smallestDelta(Zone{Delta: 1}, 100, int(r.N), mde), r.MDE, goldenTolerance)
	}
}

func testGoldenCatoniInterval(t *testing.T) {
	r := golden[struct {
		S2    float64
		Cases []struct {
			Alpha, Lam float64
			CI         [2]float64
		}
	}](t, "catoni_ci")
	y := fractions(200)
	for i, x := range y {
		y[i] = math.Log(math.Abs(math.Tan(math.Pi * (x - 0.5))))
	}
	for _, c := range r.Cases {
		lo, hi := CatoniInterval(y, r.S2, c.Alpha, c.Lam)
		near(t, fmt.Sprintf("alpha=%v lo", c.Alpha), lo, c.CI[0], goldenTolerance)
		near(t, fmt.Sprintf("alpha=%v hi", c.Alpha), hi, c.CI[1], goldenTolerance)
	}
}

func testGoldenMeanBudget(t *testing.T) {
	type row struct {
		S2, Gap, Lambda0 float64
		NMax             int `json:"nmax"`
	}
	for _, r := range golden[[]row](t, "catoni_nmax_two_sided_J4") {
		m := must(Mean(Zone{Theta0: 3, Delta: r.Gap}, r.S2, Levels{})).(*mean)
		what := fmt.Sprintf("s2=%v gap=%v", r.S2, r.Gap)
		if m.Budget() != r.NMax {
			t.Errorf("%s: budget %d, want %d", what, m.Budget(), r.NMax)
		}
		near(t, what+": λ₀", m.refute[0].lambdas[0], r.Lambda0, goldenTolerance)
	}
}

func testGoldenBetting(t *testing.T) {
	type row struct {
		X              []float64
		M, Sign, Delta float64
		Trace          []struct{ X, LogA, LogD, LogE float64 }
	}
	for _, r := range golden[[]row](t, "betting_trace") {
		b := Betting{Mean: r.M, Sign: r.Sign, Delta: r.Delta}
		for i, x := range r.X {
			b.Add(x)
			what := fmt.Sprintf("m=%v after %d", r.M, i+1)
			near(t, what+": A", b.adaptive, r.Trace[i].LogA, goldenTolerance)
			near(t, what+": D", b.designed, r.Trace[i].LogD, goldenTolerance)
			near(t, what, b.LogE(), r.Trace[i].LogE, goldenTolerance)
		}
	}
}

// bettingTree walks all sequences of n values in {0, ½, 1} and returns the mean
// of the capital and the probability that it ever reaches 1/alpha.
func bettingTree(start Betting, probs [3]float64, n int, alpha float64) (mean, crossed float64) {
	var walk func(b Betting, p float64, left int, over bool)
	walk = func(b Betting, p float64, left int, over bool) {
		over = over || b.LogE() >= -math.Log(alpha)
		if left == 0 {
			mean += p * math.Exp(b.LogE())
			if over {
				crossed += p
			}
			return
		}
		for i, q := range probs {
			next := b
			next.Add(float64(i) / 2)
			walk(next, p*q, left-1, over)
		}
	}
	walk(start, 1, n, false)
	return mean, crossed
}

func testGoldenBettingTree(t *testing.T) {
	type row struct {
		Probs             [3]float64
		M, Sign, Delta, E float64
		T                 int
		Crossed           float64 `json:"P_cross_alpha_0_2"`
	}
	for _, r := range golden[[]row](t, "exhaustive_bet") {
		mean, crossed := bettingTree(Betting{Mean: r.M, Sign: r.Sign, Delta: r.Delta}, r.Probs, r.T, 0.2)
		what := fmt.Sprintf("probs=%v m=%v", r.Probs, r.M)
		near(t, what+": E", mean, r.E, goldenTolerance)
		near(t, what+": P", crossed, r.Crossed, goldenTolerance)
		if !(mean <= 1+1e-12) || !(crossed <= 0.2) {
			t.Errorf("%s: mean %v and crossing %v; want at most 1 and 0.2", what, mean, crossed)
		}
	}
}

func testGoldenEmpiricalBernstein(t *testing.T) {
	r := golden[struct {
		Cases []struct {
			Alpha float64
			At    map[string][2]float64
		}
	}](t, "eb_cs")
	for _, c := range r.Cases {
		e := EmpiricalBernstein{Miss: c.Alpha}
		compared := 0
		for i, x := range fractions(200) {
			e.Add(x)
			if want, ok := c.At[strconv.Itoa(i+1)]; ok {
				lo, hi := e.Interval()
				near(t, fmt.Sprintf("alpha=%v lo at %d", c.Alpha, i+1), lo, want[0], goldenTolerance)
				near(t, fmt.Sprintf("alpha=%v hi at %d", c.Alpha, i+1), hi, want[1], goldenTolerance)
				compared++
			}
		}
		if compared != len(c.At) {
			t.Errorf("alpha=%v: compared %d of %d", c.Alpha, compared, len(c.At))
		}
	}
}

func testGoldenMixture(t *testing.T) {
	r := golden[struct {
		Rho         float64 `json:"rho_two_sided"`
		Log         float64 `json:"log_two_sided_s10_v100"`
		Bound       float64 `json:"bound_v100"`
		LogOne      float64 `json:"log_one_sided_s10_v100"`
		Stitched    float64 `json:"poly_stitching_v100_c3"`
		StitchedNeg float64 `json:"poly_stitching_v100_cm1"`
	}](t, "normal_mixture")
	// The parameters of the R package confseq's own unit test.
	m := NewNormalMixture(100, 0.05)
	near(t, "rho", m.Rho, r.Rho, goldenTolerance)
	near(t, "two-sided", m.LogE(10, 100), r.Log, goldenTolerance)
	near(t, "radius", m.Radius(100, 0.05), r.Bound, goldenTolerance)
	one := NewNormalMixture(100, 0.1) // one side at 0.05
	near(t, "one-sided", one.LogEUpper(10, 100), r.LogOne, goldenTolerance)
	near(t, "stitched, c = 3", StitchedRadius(100, 0.05, 10, 3), r.Stitched, goldenTolerance)
	near(t, "stitched, c = −1", StitchedRadius(100, 0.05, 10, -1), r.StitchedNeg, goldenTolerance)
}

// testGoldenCumulants holds the cumulants that tilting is used with against
// package law.
func testGoldenCumulants(t *testing.T) {
	laws := map[string]string{"normal": "normal(1)", "cauchy": "cauchy(1)", "student1.5": "student_t(1.5)", "uniform": "uniform(1)"}
	for _, r := range golden[[]struct {
		Law  string
		S, K float64
	}](t, "K") {
		k, err := theory.MustParse(laws[r.Law]).LogAbsMoment(r.S)
		if err != nil {
			t.Errorf("%s, s=%v: %v", r.Law, r.S, err)
		}
		near(t, fmt.Sprintf("%s, s=%v", r.Law, r.S), k, r.K, goldenTolerance)
	}
}

func testGoldenMoments(t *testing.T) {
	laws := map[string]string{
		"normal": "normal(1)", "cauchy": "cauchy(1)", "student_1_5": "student_t(1.5)",
		"student_2": "student_t(2)", "student_3": "student_t(3)", "uniform": "uniform(1)",
	}
	moments := golden[map[string]struct{ Mean, Var float64 }](t, "logabs_moments")
	for name, r := range moments {
		l := theory.MustParse(laws[name])
		near(t, name+": mean", l.LogMean(), r.Mean, goldenTolerance)
		near(t, name+": variance", l.LogVariance(), r.Var, goldenTolerance)
	}
	for i, name := range []string{"normal", "cauchy", "student_1_5"} {
		near(t, name+": mean of the calibration", calibrationWeights[i].mean, moments[name].Mean, 1e-15)
		near(t, name+": variance of the calibration", calibrationWeights[i].variance, moments[name].Var, 1e-15)
	}
}

func testGoldenConstants(t *testing.T) {
	r := golden[map[string]float64](t, "constants")
	scaled := func(z float64) float64 { return 4 * special.Sigmoid(z) * special.Sigmoid(-z) }
	normal := theory.MustParse("normal(1)")
	mean, _ := normal.Expect(scaled)
	square, _ := normal.Expect(func(z float64) float64 { return scaled(z) * scaled(z) })
	near(t, "E 4σ′", mean, r["E_4sigmoid_prime_N01"], goldenTolerance)
	near(t, "Var 4σ′", square-mean*mean, r["Var_4sigmoid_prime_N01"], goldenTolerance)
	near(t, "π/(π−1)", math.Pi/(math.Pi-1), r["pi_over_pi_minus_1"], goldenTolerance)
	near(t, "ln π/(π−1)", -math.Log1p(-1/math.Pi), r["log_of_it"], goldenTolerance)
}

func testGoldenGuard(t *testing.T) {
	type row struct {
		K, Ratio  float64
		Var       float64 `json:"var_log_total"`
		N         int
		Estimable bool
	}
	for _, r := range golden[[]row](t, "moment_guard") {
		what := fmt.Sprintf("k=%v var=%v n=%d", r.K, r.Var, r.N)
		near(t, what, GuardRatio(r.K, r.Var, r.N), r.Ratio, goldenTolerance)
		if err := CheckMoment(r.K, r.Var, r.N); (err == nil) != r.Estimable {
			t.Errorf("%s: %v, want estimable %v", what, err, r.Estimable)
		}
	}
}

func testGoldenUnderflow(t *testing.T) {
	r := golden[map[string]int](t, "underflow")
	subnormal, zero := 0, 0
	for depth, product := 1, 0.25; zero == 0; depth, product = depth+1, product/4 {
		if product < 0x1p-1022 && subnormal == 0 {
			subnormal = depth
		}
		if product == 0 {
			zero = depth
		}
	}
	if subnormal != r["quarter_pow_first_subnormal_L"] || zero != r["quarter_pow_first_zero_L"] {
		t.Errorf("¼^L is subnormal from %d and zero from %d; want %v", subnormal, zero, r)
	}
}
