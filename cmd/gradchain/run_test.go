package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// call runs a command line and returns status, standard output and standard error.
func call(args ...string) (status int, out, errOut string) {
	var o, e bytes.Buffer
	status = execute(context.Background(), args, &o, &e)
	return status, o.String(), e.String()
}

// TestRun_badInput: bad input gives one line on standard error that says what is
// wrong, status 2, and nothing on standard output.
func TestRun_badInput(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing", "out.txt")
	folder := t.TempDir()
	for _, tt := range []struct {
		reason string
		args   []string
		want   string
	}{
		{"unknown command", []string{"verfy"}, `unknown command "verfy"`},
		{"unknown flag", []string{"verify", "--quik"}, "unknown flag: --quik"},
		{"unknown format", []string{"claims", "--format", "pdf"}, `unknown format "pdf"`},
		{"unknown claim", []string{"explain", "S99"}, `unknown claim "S99"`},
		{"no claim", []string{"explain"}, "0 names given, want one claim or quantity"},
		{"pattern without a match", []string{"verify", "S99"}, `no claim matches "S99"`},
		{"malformed pattern", []string{"verify", "["}, "syntax error in pattern"},
		{"seed not a number", []string{"verify", "--seed", "-1"}, "want a whole number from 0"},
		{"no workers", []string{"verify", "S8", "--jobs", "0"}, "jobs 0: want 1 to 4096"},
		{"two tiers", []string{"verify", "--quick", "--thorough"}, "quick thorough"},
		{"unwritable output", []string{"verify", "S8", "-o", missing}, "no such file or directory"},
		{"output without a name", []string{"claims", "-o", ""}, "want the name of a file"},
		{"output is a folder", []string{"claims", "-o", folder}, "is a folder"},
		{"unknown model", []string{"simulate", "chan"}, `unknown command "chan"`},
		{"unknown kind", []string{"simulate", "chain", "--kind", "dense"}, `kind "dense": want independent, forward, normalized`},
		{"unknown activation", []string{"simulate", "chain", "--activation", "sigmod"}, "nearest are sigmoid"},
		{"activation with an argument of its kin", []string{"simulate", "chain", "--activation", "relu(0.1)"}, "relu has no parameter"},
		{"unknown law", []string{"simulate", "chain", "--weight", "gauss(1)"}, "unknown law"},
		{"malformed law", []string{"simulate", "chain", "--weight", "normal(1"}, "normal(1"},
		{"negative scale", []string{"simulate", "chain", "--weight", "normal(sigma=-1)"}, "sigma > 0"},
		{"scale NaN", []string{"simulate", "chain", "--weight", "normal(sigma=NaN)"}, "sigma"},
		{"infinite scale", []string{"simulate", "chain", "--weight", "normal(sigma=Inf)"}, "sigma"},
		{"depth 0", []string{"simulate", "chain", "--depth", "0"}, "depth 0: want 1 to 100000000"},
		{"depth a billion", []string{"simulate", "chain", "--depth", "1000000000"}, "depth 1000000000: want 1 to 100000000"},
		{"half a layer", []string{"simulate", "chain", "--depth", "2.5"}, "want a whole number"},
		{"no paths", []string{"simulate", "chain", "--paths", "0"}, "paths 0: want at least 1"},
		{"checkpoint beyond the depth", []string{"simulate", "chain", "--depth", "5", "--at", "1,10"}, "at[1] = 10"},
		{"checkpoint 0", []string{"simulate", "chain", "--depth", "5", "--at", "0"}, "at[0] = 0"},
		{"checkpoints not numbers", []string{"simulate", "chain", "--at", "1;2"}, `"1;2": column 2: ";", want an operator`},
		{"bias of an independent chain", []string{"simulate", "chain", "--bias", "normal(1)"}, "bias normal(sigma=1): an independent chain has none"},
		{"pre-activation of a forward chain", []string{"simulate", "chain", "--kind", "forward", "--preactivation", "normal(1)"}, "computes its own"},
		{"batch of one", []string{"simulate", "chain", "--kind", "normalized", "--batch", "1"}, "needs at least 2"},
		{"batch of none", []string{"simulate", "chain", "--kind", "normalized", "--batch", "0"}, "needs at least 2"},
		{"weights beyond float64", []string{"simulate", "chain", "--weight", "lognormal(800,1)"}, "outside the range of float64"},
		{"weights of too wide a law", []string{"simulate", "chain", "--weight", "student_t(0.001)"}, "outside the range of float64"},
		{"epsilon NaN", []string{"simulate", "chain", "--kind", "normalized", "--epsilon", "NaN"}, "column 1: NaN is no finite number"},
		{"no quantity", []string{"theory"}, "quantity missing"},
		{"unknown quantity", []string{"theory", "chain.lyapunow"}, "nearest are chain.lyapunov"},
		{"unknown parameter", []string{"theory", "chain.lyapunov", "wieght=normal(1)"}, "unknown parameter"},
		{"missing parameter", []string{"theory", "chain.lyapunov"}, "weight is missing"},
		{"argument without =", []string{"theory", "chain.lyapunov", "normal(1)"}, "want name=value"},
		{"value outside the domain", []string{"theory", "chain.log_product.mean", "weight=normal(1)", "depth=0"}, "depth"},
		{"a variance outside the domain", []string{"theory", "chain.lyapunov", "weight=normal(1)", "activation=tanh", "q=0"}, "q = 0, want q > 0"},
		{"a range that does not arrive", []string{"theory", "activation.value", "activation=tanh", "z=0:1:-1"}, "does not arrive"},
		{"a range without a step", []string{"theory", "activation.value", "activation=tanh", "z=0:1"}, "want from:to:step"},
		{"a range of a number too large to write", []string{"theory", "activation.value", "activation=tanh", "z=0:1e999999999:1"}, "1e999999999 is above 1.797e308"},
		{"no runs", []string{"bench", "--runs", "0"}, "runs 0: want 1 to 1000"},
		{"no such peers", []string{"bench", "--peers", missing}, "no such file or directory"},
		{"no such batch file", []string{"theory", "--batch", missing}, "no such file or directory"},
		{"a table format for a batch", []string{"theory", "--batch", "-", "--format", "html"}, "answers in JSON lines"},
		{"nothing listed", []string{"theory", "--list", "zzz"}, "no quantity matches zzz"},
	} {
		status, out, errOut := call(tt.args...)
		if status != failure || out != "" || !strings.Contains(errOut, tt.want) || strings.Count(errOut, "\n") != 1 {
			t.Errorf("%s: gradchain %s: status %d, output %q, error %q; want status 2 and one line with %q",
				tt.reason, strings.Join(tt.args, " "), status, out, errOut, tt.want)
		}
		if !strings.HasPrefix(errOut, "gradchain: ") {
			t.Errorf("%s: error %q does not name the program", tt.reason, errOut)
		}
	}
	if entries, err := os.ReadDir(folder); err != nil || len(entries) != 0 {
		t.Errorf("failed commands left %v", entries)
	}
}

// TestRun_oddInput: odd but right input works and reads sensibly.
func TestRun_oddInput(t *testing.T) {
	for _, tt := range []struct {
		reason string
		args   []string
		want   []string
	}{
		{"depth 1", []string{"--depth", "1", "--activation", "tanh"}, []string{"alive"}},
		{"weights all equal", []string{"--weight", "constant(value=0.5)", "--activation", "linear", "--depth", "10"}, []string{"0.0009766"}},
		{"Cauchy weights", []string{"--weight", "cauchy(1)", "--activation", "linear", "--depth", "10"}, nil},
		{"every path dies", []string{"--kind", "forward", "--activation", "relu", "--depth", "200"}, []string{"dead"}},
		{"numbers with an exponent", []string{"--depth", "1e1", "--paths", "1e3"}, []string{"1,000"}},
		{"a normalised chain", []string{"--kind", "normalized", "--depth", "5"}, []string{"–"}},
	} {
		args := append([]string{"simulate", "chain", "--paths", "2000", "--seed", "1", "--details"}, tt.args...)
		status, out, errOut := call(args...)
		if status != asExpected {
			t.Errorf("%s: status %d, %s", tt.reason, status, errOut)
		}
		for _, want := range tt.want {
			if !strings.Contains(out, want) {
				t.Errorf("%s: %q is not in\n%s", tt.reason, want, out)
			}
		}
		for _, bad := range []string{"NaN", "Inf", "%!"} {
			if strings.Contains(out, bad) {
				t.Errorf("%s: %s in\n%s", tt.reason, bad, out)
			}
		}
	}
}

// TestRun_jobs: the bytes do not depend on the number of workers.
func TestRun_jobs(t *testing.T) {
	base := []string{"simulate", "chain", "--paths", "3000", "--depth", "50", "--seed", "3", "--format", "json", "--jobs"}
	_, one, _ := call(append(base, "1")...)
	_, four, _ := call(append(base, "4")...)
	if one == "" || one != four {
		t.Error("the output depends on the number of workers")
	}
	if !json.Valid([]byte(one)) {
		t.Errorf("not JSON: %s", one)
	}
}

// TestRun_output: -o writes the whole report or nothing.
func TestRun_output(t *testing.T) {
	file := filepath.Join(t.TempDir(), "claims.html")
	status, out, errOut := call("claims", "--format", "html", "-o", file)
	if status != asExpected || out != "" {
		t.Fatalf("status %d, output %q, error %q", status, out, errOut)
	}
	page, err := os.ReadFile(file)
	if err != nil || !bytes.HasPrefix(page, []byte("<!doctype html>")) {
		t.Errorf("%v, the page starts %.40q", err, page)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var o, e bytes.Buffer
	gone := filepath.Join(t.TempDir(), "gone.txt")
	if status := execute(ctx, []string{"verify", "S8", "-o", gone}, &o, &e); status != 130 {
		t.Errorf("interrupted: status %d", status)
	}
	if entries, err := os.ReadDir(filepath.Dir(gone)); err != nil || len(entries) != 0 {
		t.Errorf("interrupted run left %v, %v", entries, err)
	}
}

// TestRun_outputKinds: links, modes and devices are left as they are.
func TestRun_outputKinds(t *testing.T) {
	dir := t.TempDir()
	target, link := filepath.Join(dir, "target.txt"), filepath.Join(dir, "link.txt")
	if err := errors.Join(os.WriteFile(target, []byte("old"), 0o640), os.Symlink(target, link)); err != nil {
		t.Skip(err)
	}
	if status, _, errOut := call("claims", "S4", "-o", link); status != asExpected {
		t.Fatalf("status %d, %s", status, errOut)
	}
	info, err := os.Lstat(link)
	if err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link became %v, %v", info.Mode(), err)
	}
	text, err := os.ReadFile(target)
	if err != nil || !strings.Contains(string(text), "S4") {
		t.Errorf("behind the link: %.40q, %v", text, err)
	}
	if info, err := os.Stat(target); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("mode %v, %v, want 0640", info.Mode(), err)
	}
	if status, _, errOut := call("claims", "-o", os.DevNull); status != asExpected {
		t.Errorf("%s: status %d, %s", os.DevNull, status, errOut)
	}
	if info, err := os.Stat(os.DevNull); err != nil || info.Mode().IsRegular() {
		t.Fatalf("%s became %v, %v", os.DevNull, info.Mode(), err)
	}
	if _, err := os.Stat("/dev/full"); err == nil {
		if status, _, errOut := call("claims", "-o", "/dev/full"); status != failure || !strings.Contains(errOut, "no space left") {
			t.Errorf("full device: status %d, %q", status, errOut)
		}
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 2 {
		t.Errorf("left %v, %v", entries, err)
	}
}

// TestRun_verify: as expected is status 0, and every format renders.
func TestRun_verify(t *testing.T) {
	for _, format := range []string{"text", "markdown", "html", "csv", "json"} {
		status, out, errOut := call("verify", "S6", "--quick", "--seed", "1", "--format", format)
		if status != asExpected || !strings.Contains(out, "S6.corrected") {
			t.Errorf("%s: status %d, error %q, output\n%s", format, status, errOut, out)
		}
	}
}

// TestRun_theory: values, tables, lists, explanations and batches.
func TestRun_theory(t *testing.T) {
	for _, tt := range []struct {
		reason string
		args   []string
		want   string
	}{
		{"one value", []string{"chain.lyapunov", "weight=normal(1)"}, "-0.6351814227"},
		{"a table over a range, the end included", []string{"activation.value", "activation=linear", "z=0:1:0.1", "--format", "csv"}, "\nlinear,1,1,"},
		{"a list", []string{"--list", "chain.critical*"}, "chain.critical_scale.lyapunov"},
		{"a list by a part of the name", []string{"--list", "lyapunov"}, "chain.lyapunov"},
		{"an explanation", []string{"--explain", "chain.lyapunov"}, "E log"},
	} {
		status, out, errOut := call(append([]string{"theory"}, tt.args...)...)
		if status != asExpected || !strings.Contains(out, tt.want) {
			t.Errorf("%s: status %d, error %q, output\n%s", tt.reason, status, errOut, out)
		}
	}
	file := filepath.Join(t.TempDir(), "queries.jsonl")
	queries := `{"quantity": "chain.lyapunov", "params": {"weight": "normal(1)"}}
not a query
{"quantity": "chain.lyapunov", "params": {"weight": "normal(-1)"}}
`
	if err := os.WriteFile(file, []byte(queries), 0o600); err != nil {
		t.Fatal(err)
	}
	status, out, errOut := call("theory", "--batch", file)
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if status != asExpected || len(lines) != 3 || !strings.HasPrefix(lines[0], `{"value":-0.63518142273073`) ||
		!strings.HasPrefix(lines[1], `{"value":null,"error":"`) || !strings.HasPrefix(lines[2], `{"value":null,"error":"`) {
		t.Errorf("batch: status %d, error %q, output\n%s", status, errOut, out)
	}
}

// TestRun_bench: a table with the peers of a file.
func TestRun_bench(t *testing.T) {
	peers := filepath.Join(t.TempDir(), "peers.txt")
	if err := os.WriteFile(peers, []byte("C avx512 ns/step 2.5 mean -2.2\nnoise\nC avx512 ns/step 3.5\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	status, out, errOut := call("bench", "--runs", "1", "--time", "1ms", "--jobs", "1", "--peers", peers, "--format", "csv")
	if status != asExpected || !strings.Contains(out, "gradchain,independent sigmoid,generic,1,1,") || !strings.Contains(out, "C avx512,independent sigmoid,,,2,3,2.5,3.5,") {
		t.Errorf("status %d, error %q, output\n%s", status, errOut, out)
	}
}

// TestRun_calibrate: tests that keep their error rates are a success.
func TestRun_calibrate(t *testing.T) {
	status, out, errOut := call("calibrate", "--quick", "--format", "csv")
	if status != asExpected || len(out) == 0 {
		t.Errorf("status %d, error %q, output\n%s", status, errOut, out)
	}
}

// TestSimulate_keepOneStep: what would keep a gradient that one step loses is said, too.
func TestSimulate_keepOneStep(t *testing.T) {
	status, out, errOut := call("simulate", "dense", "--activation", "linear", "--weight-std", "40", "--width", "64", "--depth", "2", "--samples", "50", "--seed", "1")
	if status != asExpected || !strings.Contains(out, "explode") || !strings.Contains(out, "What would keep") {
		t.Errorf("status %d, error %q, output\n%s", status, errOut, out)
	}
}

// TestRun_help: every command explains itself.
func TestRun_help(t *testing.T) {
	for _, args := range [][]string{{}, {"verify"}, {"claims"}, {"explain"}, {"simulate"}, {"simulate", "chain"}, {"theory"}, {"calibrate"}, {"bench"}} {
		status, out, _ := call(append(args, "--help")...)
		if status != asExpected || !strings.Contains(out, "Usage:") {
			t.Errorf("%v --help: status %d, %q", args, status, out)
		}
		for _, line := range strings.Split(out, "\n") {
			if len([]rune(line)) > 100 {
				t.Errorf("%v --help: line of %d columns: %s", args, len([]rune(line)), line)
			}
		}
	}
}
