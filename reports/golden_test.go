package reports

import (
	"errors"
	"flag"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"gradchain/props"
)

var update = flag.Bool("update", false, "rewrite the golden files in testdata")

// fixedReports are all kinds of reports, from fixed inputs.
func fixedReports() map[string]*Report {
	results := fixedResults()
	return map[string]*Report{
		"verify":          Verify(results, fixedEnv(), VerifyOptions{Details: true}),
		"verify_expected": Verify(results[:2], props.Env{Seed: 1}, VerifyOptions{Details: true}),
		"verify_empty":    Verify(nil, props.Env{}, VerifyOptions{}),
		"claims":          Claims(fixedClaims()),
		"claims_empty":    Claims(nil),
		"explain":         Explain(fixedClaims()[0], fixedPower()),
		"explain_exact":   Explain(fixedClaims()[1], props.Power{Mutants: fixedPower().Mutants[1:]}),
		"simulate":        SimulateChain(independentChain()),
		"simulate_dead":   SimulateChain(forwardChain()),
		"simulate_empty":  SimulateChain(ChainSimulation{Model: "none"}),
		"network":         SimulateNetwork(reluNetwork()),
		"network_dying":   SimulateNetwork(dyingNetwork()),
		"network_gated":   SimulateNetwork(gatedNetwork()),
		"network_empty":   SimulateNetwork(NetworkSimulation{Title: "none"}),
		"calibration":     Calibrations(fixedCalibration(), math.MaxUint64),
		"quantities":      Quantities(fixedQuantities()),
		"quantity":        ExplainQuantity(fixedQuantities()[0]),
		"theory": Theory(TheoryValues{
			Quantity: "chain.lyapunov", Unit: "nats per layer", Params: []string{"activation", "sigma", "depth"},
			Values: []TheoryValue{
				{[]Cell{Label("linear"), Number(1, "1"), Number(10, "10")}, -0.63518142273073908501, nil, nil},
				{[]Cell{Label("tanh"), Number(0.5, "0.5"), Number(100, "100")}, -1.6432e-8, nil, nil},
				{[]Cell{Label("relu"), Number(1e-3, "1e-3"), Number(1000000, "1000000")}, math.Inf(-1), nil, nil},
				{[]Cell{Label("a|<b>"), Number(-2, "-2"), Number(1, "1")}, 0, errors.New("sigma -2: want a number above 0"), nil},
			},
		}),
	}
}

// TestReports_golden: every report in every format has the bytes of its golden file.
// After a deliberate change, go test -update rewrites them; read the difference.
func TestReports_golden(t *testing.T) {
	for name, report := range fixedReports() {
		for _, ext := range Formats() {
			format, err := ParseFormat(ext)
			if err != nil {
				t.Fatal(err)
			}
			var b strings.Builder
			if err := report.Write(&b, format); err != nil {
				t.Errorf("%s, %v: %v", name, format, err)
				continue
			}
			got, file := b.String(), filepath.Join("testdata", name+"."+extension[format])
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("%s differs from the report:\n%s", file, got)
			}
		}
	}
}

// TestReports_locale: a locale in which some characters are two columns wide changes
// nothing.
func TestReports_locale(t *testing.T) {
	cmd := exec.Command(os.Args[0], "-test.run=^TestReports_(golden|width)$")
	cmd.Env = append(os.Environ(), "RUNEWIDTH_EASTASIAN=1", "LC_ALL=ja_JP.UTF-8", "LANG=ja_JP.UTF-8")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

var extension = map[Format]string{Text: "txt", Markdown: "md", HTML: "html", CSV: "csv", JSON: "json"}
