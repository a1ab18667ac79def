package main

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"gradchain/props"
)

// TestSuggest: what is nearly right, or right elsewhere, gets one line that says what is
// meant.
func TestSuggest(t *testing.T) {
	for _, tt := range []struct{ args, want string }{
		{"verfy", `unknown command "verfy" for "gradchain", nearest are verify`},
		{"simulate chan", `unknown command "chan" for "gradchain simulate", nearest are chain`},
		{"dense", "want gradchain simulate dense"},
		{"Normalised", "want gradchain simulate normalized"},
		{"simulate verify", "want gradchain verify"},
		{"chain.lyapunov", "want gradchain theory chain.lyapunov"},
		{"S4", "want gradchain verify S4 or gradchain explain S4"},
		{"version", "want gradchain --version"},
		{"simulate dense relu", `argument "relu": gradchain simulate dense takes flags only`},
		{"bench all", `argument "all": gradchain bench takes flags only`},
		{"verify --quik", "unknown flag: --quik, nearest are --quick"},
		{"simulate dense --wieght-std 1", "nearest are --weight-std"},
		{"simulate dense --alpha 1", "unknown flag: --alpha, a flag of gradchain simulate residual"},
		{"simulate dense --paths 1", "unknown flag: --paths, a flag of gradchain simulate chain"},
		{"simulate chain --Forget_Bias 1", "a flag of gradchain simulate lstm"},
		{"claims --batch x", "a flag of gradchain simulate chain, gradchain simulate dense"},
		{"explain S99", `unknown claim "S99", and no quantity; nearest are S9`},
		{"explain chain.lyapunow", "nearest are chain.lyapunov"},
		{"explain", "0 names given, want one claim or quantity"},
		{"explain S4 S5", "2 names given, want one claim or quantity"},
		{"verify S99", `no claim matches "S99", nearest are S9`},
		{"verify selu", `gradchain claims "selu" lists`},
		{"claims zzzz", `no claim matches "zzzz", nearest are`},
		{"theory chain.lyapunow weight=normal(1)", "nearest are chain.lyapunov"},
		{"theory chain.lyapunov wieght=normal(1)", `unknown parameter "wieght", nearest are weight`},
		{"theory chain.lyapunov weight=norml(1)", `unknown law "norml": nearest are normal`},
		{"theory activation.value activation=gellu z=1", `unknown activation "gellu": nearest are gelu`},
		{"theory activation.value activation=hard_sigmoid z=1", "want hard_sigmoid_torch"},
		{"theory --list zzz", "no quantity matches zzz, nearest are"},
		{"simulate gru --cell lstm", "simulate gru samples a gru"},
	} {
		status, out, errOut := call(strings.Fields(tt.args)...)
		if status != failure || out != "" || !strings.Contains(errOut, tt.want) || strings.Count(errOut, "\n") != 1 || utf8.RuneCountInString(errOut) > 500 {
			t.Errorf("%s: status %d, output %q, error %q; want one line with %q", tt.args, status, out, errOut, tt.want)
		}
	}
}

// TestCommands_otherwise: commands and flags in another case and spelling.
func TestCommands_otherwise(t *testing.T) {
	small := " --width 4 --depth 2 --samples 2 --seed 1 --format csv"
	for _, tt := range []struct{ typed, same string }{
		{"simulate normalised" + small, "simulate normalized" + small},
		{"Simulate Dense --Weight_Std 1.5" + small, "simulate dense --weight-std 1.5" + small},
		{"simulate rnn" + small, "simulate recurrent" + small},
		{"simulate resnet" + small, "simulate residual" + small},
		{"simulate gru" + small, "simulate lstm --cell gru" + small},
		{"claims Normalisation --format csv", "claims normalization --format csv"},
		{"claims mean-field --format csv", "claims mean*field --format csv"},
		{"explain s4.CORRECTED", "explain S4.corrected"},
		{"theory --explain Chain.Lyapunov", "theory --explain chain.lyapunov"},
		{"explain chain.lyapunov", "theory --explain chain.lyapunov"},
		{"explain meanfield.chi-1", "theory --explain meanfield.chi_1"},
	} {
		status, out, errOut := call(strings.Fields(tt.typed)...)
		wantStatus, want, _ := call(strings.Fields(tt.same)...)
		if strings.HasPrefix(tt.same, "claims mean*") {
			wantStatus, want = asExpected, out // a family with a blank: it must only be found
		}
		if status != asExpected || wantStatus != asExpected || out != want {
			t.Errorf("%s: status %d, %s; not the same as %s", tt.typed, status, errOut, tt.same)
		}
	}
}

// TestClaims_search: a word finds the claims that mention it.
func TestClaims_search(t *testing.T) {
	for _, tt := range []struct {
		word string
		is   func(id string) bool
	}{
		{"selu", func(id string) bool { return id == "IN.selu" }},
		{"SELU", func(id string) bool { return id == "IN.selu" }},
		{"aggarwal", func(id string) bool { return id == "S4" }},
		{"batch normalisation", func(id string) bool { return strings.HasPrefix(id, "BN") }},
	} {
		status, out, errOut := call("claims", tt.word, "--format", "json")
		if status != asExpected {
			t.Errorf("%s: status %d, %s", tt.word, status, errOut)
			continue
		}
		var report struct {
			Rows []struct {
				ID string `json:"claim_id"`
			}
		}
		if err := json.Unmarshal([]byte(out), &report); err != nil {
			t.Fatal(err)
		}
		hit := false
		for _, row := range report.Rows {
			hit = hit || tt.is(row.ID)
		}
		if !hit || len(report.Rows) == len(props.Catalogue()) {
			t.Errorf("%s: %v", tt.word, report.Rows)
		}
	}
	if status, out, _ := call("claims", "S4", "--format", "csv"); status != asExpected || strings.Count(out, "\n") != 1+len(mustMatch(t, "S4")) {
		t.Errorf("an ID is searched for as well:\n%s", out)
	}
	if status, _, _ := call("verify", "selu", "--quick"); status != failure {
		t.Error("verify ran the claims that a word is found in")
	}
}

func mustMatch(t *testing.T, pattern string) []*props.Claim {
	t.Helper()
	claims, err := props.Match(pattern)
	if err != nil {
		t.Fatal(err)
	}
	return claims
}

// TestTheory_search: a word finds names and meanings, in any case.
func TestTheory_search(t *testing.T) {
	for word, want := range map[string]string{"gain": "initializer.second_moment_gain", "GAIN": "initializer.torch_gain", "Lyapunov": "chain.lyapunov", "Chain.*": "chain.lyapunov", "forget gate": "recurrent", "initialiser": "initializer.std"} {
		status, out, errOut := call("theory", "--list", word, "--format", "csv")
		if status != asExpected || !strings.Contains(out, want) {
			t.Errorf("%s: status %d, %s, want %s in\n%s", word, status, errOut, want, out)
		}
	}
	_, out, _ := call("theory", "--list", "gain", "--format", "csv")
	if !strings.Contains(out, "initializer.he_weight_var") && !strings.Contains(out, "correction.gain_window") {
		t.Errorf("gain:\n%s", out)
	}
}

// TestVersion: what a report of a fault needs.
func TestVersion(t *testing.T) {
	status, out, errOut := call("--version")
	if want := regexp.MustCompile(`^gradchain \S.*\n(revision .*\n)?go       1\.\S+ \w+/\w+.*\nkernel   (generic|avx2|avx512)\n$`); status != asExpected || !want.MatchString(out) {
		t.Errorf("status %d, %s, output\n%s", status, errOut, out)
	}
}

// TestHelp: help fits the terminal and names what may be typed.
func TestHelp(t *testing.T) {
	for _, columns := range []string{"80", "100"} {
		t.Setenv(columnsVariable, columns)
		for _, args := range []string{"", "verify", "claims", "explain", "simulate", "simulate chain", "simulate dense", "simulate normalized", "simulate residual", "simulate recurrent", "simulate lstm", "theory", "calibrate", "bench"} {
			status, out, _ := call(append(strings.Fields(args), "--help")...)
			if status != asExpected || !strings.Contains(out, "Usage:") {
				t.Errorf("%s --help: status %d, %q", args, status, out)
			}
			for line := range strings.Lines(out) {
				if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > 80 && columns == "80" || n > 100 {
					t.Errorf("%s --help at %s: line of %d columns: %s", args, columns, n, line)
				}
			}
		}
	}
	for args, wants := range map[string][]string{
		"simulate dense":      {"swish is silu", "1/√fan-in", "sqrt(2)", "0:100:10", "mlp"},
		"simulate chain":      {"gaussian is normal", "log_sigmoid"},
		"simulate lstm":       {"1/√fan-in", "gru"},
		"simulate normalized": {"normalised"},
		"theory":              {"sqrt(2)", "activation=tanh,relu"},
	} {
		_, out, _ := call(append(strings.Fields(args), "--help")...)
		for _, want := range wants {
			if !strings.Contains(strings.Join(strings.Fields(out), " "), want) {
				t.Errorf("%s --help does not say %q:\n%s", args, want, out)
			}
		}
	}
	_, out, _ := call("theory", "--explain", "initializer.std")
	if !strings.Contains(out, "xavier is glorot") {
		t.Errorf("the aliases are not in\n%s", out)
	}
}

// TestJSON_objects: a model and a configuration are objects in JSON, not texts of objects.
func TestJSON_objects(t *testing.T) {
	for _, args := range []string{
		"simulate chain --paths 10 --depth 2", "simulate dense --width 2 --depth 2 --samples 2", "simulate lstm --width 2 --depth 2 --samples 2",
		"simulate dense --width 2 --depth 2 --samples 2 --activation tanh,relu", "verify S8 --quick", "explain S4",
	} {
		all := append(strings.Fields(args), "--format", "json")
		if !strings.HasPrefix(args, "explain") {
			all = append(all, "--seed", "1")
		}
		status, out, errOut := call(all...)
		if status != asExpected {
			t.Fatalf("%s: status %d, %s", args, status, errOut)
		}
		if !json.Valid([]byte(out)) || strings.Contains(out, `"{\"`) {
			t.Errorf("%s has a text that is an object:\n%s", args, out)
		}
		if !strings.HasPrefix(args, "explain") && !strings.HasPrefix(args, "verify") && !strings.Contains(out, `"model": {`) && !strings.Contains(out, `"activation"`) {
			t.Errorf("%s has no model:\n%s", args, out)
		}
	}
}
