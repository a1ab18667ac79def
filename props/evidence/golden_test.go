package evidence

import (
	"encoding/json"
	"math"
	"os"
	"testing"
)

// number reads a JSON number, or "+Inf" and the like.
type number float64

func (x *number) UnmarshalJSON(text []byte) error {
	if string(text) == `"+Inf"` {
		*x = number(math.Inf(1))
		return nil
	}
	return json.Unmarshal(text, (*float64)(x))
}

// loadGolden reads testdata/evidence.json: reference values of an independent
// implementation in Python (float64, math and scipy), relative accuracy 1e-9
// unless a test says otherwise.
func loadGolden(t testing.TB) map[string]json.RawMessage {
	t.Helper()
	text, err := os.ReadFile("testdata/evidence.json")
	if err != nil {
		t.Fatal(err)
	}
	var sections map[string]json.RawMessage
	if err := json.Unmarshal(text, &sections); err != nil {
		t.Fatal(err)
	}
	return sections
}

func golden[T any](t testing.TB, section string) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(loadGolden(t)[section], &v); err != nil {
		t.Fatalf("%s: %v", section, err)
	}
	return v
}

const goldenTolerance = 1e-9

// near compares relatively; beside 0, absolutely to 1e-12.
func near(t testing.TB, what string, got, want, tolerance float64) {
	t.Helper()
	if got == want { // infinities
		return
	}
	if diff := math.Abs(got - want); !(diff <= max(tolerance*math.Abs(want), 1e-12)) {
		t.Errorf("%s: got %.17g, want %.17g; relative difference %.2g", what, got, want, diff/math.Abs(want))
	}
}

// fractions are the quasi-uniform samples frac(i·0.618…), i = 1 … n, of the
// reference values.
func fractions(n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		_, x[i] = math.Modf(float64(i+1) * 0.6180339887498949)
	}
	return x
}

// goldenTests has a test for every section of the file.
var goldenTests = map[string]func(*testing.T){
	"dkw_radius":               testGoldenDKWRadius,
	"dkw_min_n":                testGoldenDKWMinN,
	"ks_atoms":                 testGoldenAtoms,
	"ks_two_sample_stat":       testGoldenTwoSampleDistance,
	"ks_two_sample_exact_p":    testGoldenTwoSampleP,
	"pit_battery":              testGoldenPit,
	"kt_logE":                  testGoldenKT,
	"gridlr_logE":              testGoldenGrid,
	"lr_verify_logE":           testGoldenExclude,
	"bern_cs_kt":               testGoldenKTInterval,
	"clopper_pearson":          testGoldenClopperPearson,
	"all_pass_bound":           testGoldenAllPass,
	"martingale_identity":      testGoldenMartingale,
	"exact_type1_dp":           testGoldenTypeI,
	"bernoulli_nmax_BC":        testGoldenBernoulliBudget,
	"verdict_machine":          testGoldenMachine,
	"betting_trace":            testGoldenBetting,
	"exhaustive_bet":           testGoldenBettingTree,
	"eb_cs":                    testGoldenEmpiricalBernstein,
	"catoni_phi":               testGoldenCatoniPhi,
	"catoni_trace":             testGoldenCatoniTrace,
	"catoni_design":            testGoldenCatoniDesign,
	"catoni_ci":                testGoldenCatoniInterval,
	"catoni_nmax_two_sided_J4": testGoldenMeanBudget,
	"normal_mixture":           testGoldenMixture,
	"K":                        testGoldenCumulants,
	"logabs_moments":           testGoldenMoments,
	"constants":                testGoldenConstants,
	"ebh":                      testGoldenEBH,
	"holm":                     testGoldenHolm,
	"merge_lambda_grid":        testGoldenMerge,
	"ledger":                   testGoldenLedger,
	"moment_guard":             testGoldenGuard,
	"calibration_M":            testGoldenCalibrationRuns,
	"underflow":                testGoldenUnderflow,
	"stream_key":               testGoldenStreamKey,
	"wilson_counterexample":    testGoldenWilson,
	"interval_slope":           testGoldenSlope,
}

func TestGolden(t *testing.T) {
	sections := loadGolden(t)
	delete(sections, "_meta")
	for name := range sections {
		if goldenTests[name] == nil {
			t.Errorf("section %q has no test", name)
		}
	}
	for name, test := range goldenTests {
		if sections[name] == nil {
			t.Errorf("section %q is missing from the file", name)
			continue
		}
		t.Run(name, test)
	}
}
