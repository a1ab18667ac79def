package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"flag"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "rewrite the golden files in testdata")

// TestSimulateNetwork_badInput: one line that says what is wrong, status 2, nothing on
// standard output and no file left behind.
func TestSimulateNetwork_badInput(t *testing.T) {
	folder := t.TempDir()
	file, missing := filepath.Join(folder, "out.csv"), filepath.Join(folder, "missing", "out.csv")
	for _, tt := range []struct {
		reason, args, want string
	}{
		{"width 0", "dense --width 0", "width 0: want 1 to 16777216"},
		{"a layer of width 0", "dense --widths 3,0", "widths[1] = 0: want 1 to"},
		{"no list of widths", "dense --widths 3;4", `"3;4": column 2: ";", want an operator`},
		{"widths and depth", "dense --widths 3,4 --depth 3", "[widths depth]"},
		{"depth 0", "recurrent --depth 0", "depth 0: want 1 to 1000000"},
		{"unknown activation", "dense --activation reulu", "nearest are relu"},
		{"unknown weights", "dense --weights gauss", "want gaussian, uniform, rademacher, orthogonal, sparse, orthogonal_scaled"},
		{"sparse without density", "dense --weights sparse", "density 0: want above 0 and at most 1"},
		{"density of others", "dense --density 0.5", "weights are gaussian, not sparse"},
		{"NaN is no finite number", "dense --weights sparse --density NaN", "NaN is no finite number"},
		{"gain NaN", "dense --weight-std NaN", "NaN is no finite number; want σ_w, in units of 1/√fan-in, such as 1.5 or sqrt(2), or critical"},
		{"gain 0", "dense --weight-std 0", "weight std 0: want"},
		{"gain infinite", "dense --weight-std Inf", "Inf is no finite number"},
		{"no critical gain", "dense --activation softplus --weight-std critical", "softplus has no critical point"},
		{"an unstable critical point", "dense --activation gelu --weight-std critical", "the stable ones begin above bias_std = 0.4158: σ_w = 1.408, q* = 3.562"},
		{"an unstable critical point", "dense --activation silu --bias-std 0.2 --weight-std critical", "begin above bias_std = 0.7451: σ_w = 1.41, q* = 14.32"},
		{"an unstable critical point", "recurrent --activation mish --weight-std critical", "no stable critical point"},
		{"beside the half-stable point", "dense --activation gelu --bias-std 0.4158 --weight-std critical", "the variance goes to q = 2.987, where χ₁ = 0.9933"},
		{"a residual network", "residual --activation relu --weight-std critical", "want a number such as 1.41421, critical for the branch alone"},
		{"a residual network with a norm", "residual --norm layer --activation tanh --weight-std critical", "a residual network has none"},
		{"a residual network of no branch", "residual --alpha 0 --weight-std critical", "gradients stay at every weight-std"},
		{"batch norm", "normalized --activation relu --weight-std critical", "batch norm has none"},
		{"batch norm with epsilon", "normalized --activation relu --epsilon 1e-5 --weight-std critical", "batch norm has none that is known"},
		{"layer norm of tanh", "normalized --norm layer --activation tanh --weight-std critical", "a layer multiplies their mean square by 1.178"},
		{"no critical gain with a bias", "dense --activation relu --weight-std critical --bias-std 0.1", "critical with bias-std 0.1: "},
		{"bias NaN", "dense --bias-std NaN", "NaN is no finite number; want σ_b"},
		{"a norm in a dense network", "dense --norm batch", "unknown flag: --norm"},
		{"unknown norm", "normalized --norm group", "want none, batch, layer, rms"},
		{"no norm", "normalized --norm none", "want batch, layer or rms"},
		{"input scale 0", "dense --input-scale 0", "input scale 0: want 1e-30 to 1e+30"},
		{"input scale NaN", "residual --input-scale NaN", "NaN is no finite number"},
		{"negative input scale", "recurrent --input-scale -1", "input scale -1: want 1e-30 to 1e+30"},
		{"input scale of an lstm", "lstm --input-scale 2", "unknown flag: --input-scale"},
		{"batch of 1", "normalized --batch 1", "batch normalisation wants at least 2 inputs"},
		{"batch norm of one input", "residual --norm batch --batch 1", "batch normalisation wants at least 2 inputs"},
		{"batch 0", "dense --batch 0", "batch 0: want 1 to 4096"},
		{"epsilon NaN", "normalized --epsilon NaN", "NaN is no finite number"},
		{"epsilon without a norm", "recurrent --epsilon 1", "no norm is given"},
		{"negative epsilon", "normalized --epsilon -1", "epsilon -1: want 0 to"},
		{"alpha no number", "residual --alpha 1/cbrt(L)", "want a number, or one with the depth L such as 1/sqrt(L)"},
		{"alpha NaN", "residual --alpha NaN", "want a number, or one with"},
		{"alpha negative", "residual --alpha -1", "alpha -1: want 0, or"},
		{"alpha of a dense network", "dense --alpha 1", "unknown flag: --alpha"},
		{"widths of a residual network", "residual --widths 3,3", "unknown flag: --widths"},
		{"law engine, other weights", "dense --engine law --weights uniform", "want gaussian, or engine matrix"},
		{"unknown engine", "dense --engine gpu", `engine "gpu": want law, matrix, norm`},
		{"norm engine, other activation", "dense --engine norm", "want linear or relu"},
		{"angle of three inputs", "dense --angle 1 --batch 3", "it is between the inputs of a batch of 2"},
		{"angle of one input", "dense --angle 1 --batch 1", "it is between the inputs of a batch of 2"},
		{"angle 0", "dense --angle 0", "angle 0: want above 0 and at most π"},
		{"angle NaN", "dense --angle NaN", "NaN is no finite number"},
		{"correlation 1", "dense --correlation 1", "correlation 1: want -1 to below 1"},
		{"correlation NaN", "dense --correlation NaN", "NaN is no finite number"},
		{"angle and correlation", "dense --angle 1 --correlation 0", "[angle correlation]"},
		{"too large for law", "dense --width 1e7 --depth 1e4", "to store: want at most 268435456; depth "},
		{"too large for matrix", "dense --engine matrix --width 1e5 --depth 1", "to store: want at most 268435456; width 16"},
		{"no samples", "dense --samples 0", "samples 0: want at least 1"},
		{"no workers", "dense --jobs 0", "jobs 0: want 1 to 4096"},
		{"layer beyond the depth", "dense --depth 5 --at 0,6", "at[1] = 6"},
		{"no layers", "dense --at most", `"most": column 1: unknown name "most"`},
		{"too many rows", "dense --depth 1e6 --width 1 --at all", "want at most 10000"},
		{"raw into a missing folder", "dense --raw " + missing, "no such file or directory"},
		{"raw into a folder", "dense --raw " + folder, "is a folder"},
		{"both on standard output", "dense --raw -", "the report goes there"},
		{"both in one file", "dense --raw " + file + " -o " + file, "the report goes there"},
		{"unwritable report", "dense --raw " + file + " -o " + missing, "no such file or directory"},
		{"unknown cell", "lstm --cell rnn", `cell "rnn": want lstm or gru`},
		{"forget bias NaN", "lstm --forget-bias NaN", "NaN is no finite number"},
		{"lstm of width 0", "lstm --width 0", "width 0: want 1 to"},
		{"lstm, gain NaN", "lstm --weight-std NaN", "NaN is no finite number"},
		{"lstm, step beyond the depth", "lstm --depth 3 --at 4", "at[0] = 4"},
	} {
		status, out, errOut := call(append([]string{"simulate"}, strings.Fields(tt.args)...)...)
		if status != failure || out != "" || !strings.Contains(errOut, tt.want) || strings.Count(errOut, "\n") != 1 {
			t.Errorf("%s: simulate %s: status %d, output %.80q, error %q; want status 2 and one line with %q",
				tt.reason, tt.args, status, out, errOut, tt.want)
		}
	}
	if entries, err := os.ReadDir(folder); err != nil || len(entries) != 0 {
		t.Errorf("failed commands left %v", entries)
	}
}

// smallRuns are small runs of each subcommand.
var smallRuns = map[string]string{
	"dense":           "dense --activation relu --weight-std critical --width 16 --depth 8 --samples 200",
	"angle":           "dense --activation tanh --weight-std 1.5 --bias-std 0.2 --correlation 0.5 --width 32 --depth 6 --samples 100",
	"normalized":      "normalized --activation relu --norm batch --batch 8 --width 32 --depth 5 --samples 60",
	"residual":        "residual --activation tanh --alpha 1/sqrt(L) --width 32 --depth 10 --samples 100",
	"recurrent":       "recurrent --activation tanh --weight-std 1.2 --width 24 --depth 10 --samples 60",
	"lstm":            "lstm --forget-bias 1 --width 16 --depth 10 --samples 60",
	"tangent":         "dense --activation relu --weight-std critical --width 4 --depth 4 --samples 200 --tangent",
	"lyapunov":        "dense --activation linear --width 8 --depth 10 --samples 100 --lyapunov 3",
	"singular_values": "dense --activation linear --width 12 --depth 4 --samples 120 --singular-values",
}

// TestSimulateNetwork_golden: the whole output of each subcommand, byte by byte. After a
// deliberate change, go test -update rewrites it; read the difference.
func TestSimulateNetwork_golden(t *testing.T) {
	for name, args := range smallRuns {
		status, got, errOut := call(strings.Fields("simulate " + args + " --seed 1")...)
		if status != asExpected {
			t.Errorf("%s: status %d, %s", name, status, errOut)
			continue
		}
		file := filepath.Join("testdata", "simulate_"+name+".txt")
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
			t.Errorf("%s differs from the output of simulate %s:\n%s", file, args, got)
		}
		for _, line := range strings.Split(got, "\n") {
			if n := len([]rune(line)); n > 100 {
				t.Errorf("%s: line of %d columns: %s", name, n, line)
			}
		}
	}
}

// TestSimulateNetwork_jobs: neither report nor rows depend on the number of workers.
func TestSimulateNetwork_jobs(t *testing.T) {
	for name, args := range smallRuns {
		var reports, rows [2]string
		for i, jobs := range []string{"1", "2"} {
			raw := filepath.Join(t.TempDir(), "raw.csv")
			status, out, errOut := call(strings.Fields("simulate " + args + " --samples 400 --seed 3 --format json --jobs " + jobs + " --raw " + raw)...)
			text, err := os.ReadFile(raw)
			if status != asExpected || err != nil || !json.Valid([]byte(out)) {
				t.Fatalf("%s: status %d, %s, %v", name, status, errOut, err)
			}
			reports[i], rows[i] = out, string(text)
		}
		if reports[0] != reports[1] || rows[0] != rows[1] {
			t.Errorf("%s: the output depends on the number of workers", name)
		}
	}
}

// TestSimulateNetwork_raw: the rows are those that the report sums up.
func TestSimulateNetwork_raw(t *testing.T) {
	for name, args := range smallRuns {
		raw, out := filepath.Join(t.TempDir(), "raw.csv"), filepath.Join(t.TempDir(), "out.json")
		status, _, errOut := call(strings.Fields("simulate " + args + " --samples 50 --seed 2 --at all --format json -o " + out + " --raw " + raw)...)
		if status != asExpected {
			t.Fatalf("%s: status %d, %s", name, status, errOut)
		}
		text, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		var report struct {
			Layers []map[string]*float64 `json:"layers"`
		}
		if err := json.Unmarshal(text, &report); err != nil {
			t.Fatal(name, err)
		}
		rows := readRaw(t, raw)
		if len(rows) != 50*len(report.Layers) {
			t.Fatalf("%s: %d rows, want %d", name, len(rows), 50*len(report.Layers))
		}
		for _, column := range []string{"log_second_moment", "log_gradient_norm", "correlation", "log_carousel"} {
			for l, layer := range report.Layers {
				mean, n := 0.0, 0.0
				for i := l; i < len(rows); i += len(report.Layers) {
					if x, err := strconv.ParseFloat(rows[i][column], 64); err == nil && !math.IsInf(x, 0) {
						mean, n = mean+x, n+1
					}
				}
				want := layer["simulated_"+column]
				if n == 0 && want == nil {
					continue
				}
				if want == nil || !(math.Abs(mean/n-*want) <= 1e-12*max(1, math.Abs(*want))) {
					t.Errorf("%s, %s of layer %d: rows have the mean %v, the report says %v", name, column, l, mean/n, want)
				}
			}
		}
	}
}

// readRaw reads the rows by the names of the columns.
func readRaw(t *testing.T, name string) []map[string]string {
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]string
	for _, line := range lines[1:] {
		row := map[string]string{}
		for i, key := range lines[0] {
			row[key] = line[i]
		}
		out = append(out, row)
	}
	return out
}

// TestSimulateNetwork_rawOutput: rows on standard output, for layers of --at, with the
// report elsewhere; an interrupted run leaves no file.
func TestSimulateNetwork_rawOutput(t *testing.T) {
	dir := t.TempDir()
	status, out, errOut := call("simulate", "dense", "--depth", "4", "--width", "2", "--samples", "3", "--at", "0,4", "--seed", "1", "--raw", "-", "-o", filepath.Join(dir, "report.txt"))
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if status != asExpected || len(lines) != 7 || lines[0] != rawNetworkHeader || !strings.HasPrefix(lines[6], "2,4,2,") {
		t.Errorf("status %d, %s, rows\n%s", status, errOut, out)
	}
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(20*time.Millisecond, cancel)
	var o, e bytes.Buffer
	args := []string{"simulate", "dense", "--depth", "100", "--samples", "1e8", "--raw", filepath.Join(dir, "raw.csv")}
	if status := execute(ctx, args, &o, &e); status != 130 || o.Len() != 0 || !strings.Contains(e.String(), "interrupted; nothing was written") {
		t.Errorf("interrupted: status %d, output %q, error %q", status, o.String(), e.String())
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("left %v, %v, want the report of the first run", entries, err)
	}
	if _, err := os.Stat("/dev/full"); err == nil {
		status, out, errOut := call("simulate", "dense", "--samples", "1e8", "--raw", "/dev/full")
		if status != failure || out != "" || !strings.Contains(errOut, `raw "/dev/full": no space left`) {
			t.Errorf("full device: status %d, output %q, error %q", status, out, errOut)
		}
	}
}

// TestSimulateNetwork_oddInput: odd but right input works and says what is odd.
func TestSimulateNetwork_oddInput(t *testing.T) {
	for _, tt := range []struct {
		reason, args string
		want         []string
	}{
		{"one unit, one layer, one network", "dense --width 1 --depth 1 --samples 1", []string{"mean field"}},
		{"all networks dead", "dense --activation relu --width 1 --depth 100", []string{"The gradient is exactly 0 in all samples", "The signal is exactly 0 in all samples"}},
		{"numbers with an exponent", "dense --width 1e1 --depth 1e1 --samples 1e2", []string{"width 10"}},
		{"norms alone", "dense --engine norm --activation relu --width 8 --depth 3 --samples 10", []string{"not both together"}},
		{"gradients of e^-10^30", "residual --alpha 1e30 --activation tanh --width 8 --depth 100 --samples 20", []string{"e29"}},
		{"signals of e^-10^270", "dense --activation gelu --weight-std 10 --width 8 --depth 1000 --samples 20", []string{"e273"}},
		{"widths", "dense --widths 7,5,3 --samples 100", []string{"widths [7,5,3]"}},
		{"orthogonal, fan-in below fan-out", "dense --weights orthogonal --widths 3,5 --samples 100", []string{"as torch.nn.init.orthogonal_ and Keras", "orthogonal_scaled keeps it"}},
		{"orthogonal_scaled, fan-in below fan-out", "dense --weights orthogonal_scaled --widths 3,5 --samples 100", []string{"torch.nn.init.orthogonal_ and Keras have no such factor", "orthogonal_scaled"}},
		{"torch's orthogonal weights", "dense --activation linear --weights orthogonal --widths 256,784,256,10 --at all --samples 3 --details", []string{"-1.11923"}},
		{"an input of another scale", "dense --input-scale 0.5 --width 8 --samples 100", []string{"input_scale 0.5"}},
		{"the block of a residual network", "residual --width 8 --depth 3 --samples 10 --details", []string{"block x + α·φ(W x + b), the nonlinearity last", "log‖∂out/∂x‖", "x^l behind block l"}},
		{"the block behind a norm", "residual --norm layer --norm-after --width 8 --depth 3 --samples 10", []string{"x + α·norm(φ(W x + b))"}},
		{"orthogonal and linear", "dense --weights orthogonal --activation linear --width 8 --samples 100", []string{"square orthogonal weights multiply every norm by σ_w"}},
		{"a batch of 2 behind batch norm", "normalized --norm batch --batch 2 --width 8 --depth 3 --samples 100", []string{"all gradients are exactly 0", "The gradient is exactly 0 in all samples"}},
		{"a batch of 3 behind batch norm", "normalized --norm batch --batch 3 --width 8 --depth 3 --samples 100", []string{"is infinite", "(B−2)/(B−3) does not exist"}},
		{"batch norm has a batch", "residual --norm batch --width 8 --depth 3 --samples 10", []string{"batch 8"}},
		{"a zero branch", "residual --alpha 0 --width 8 --depth 3 --samples 100", []string{"the Jacobian is the identity"}},
		{"a branch past the range of floats", "residual --alpha 1e30 --weight-std 1e30 --activation linear --width 8 --depth 100 --samples 50", []string{"138"}},
		{"alpha by the depth", "residual --alpha 1/L --depth 4 --width 8 --samples 10", []string{"alpha 0.25"}},
		{"opposite inputs", "dense --correlation -1 --width 8 --depth 3 --samples 10", []string{"cos ∠(x₁, x₂)"}},
		{"a forget gate that keeps all", "lstm --forget-bias Inf --width 8 --depth 3 --samples 10", []string{"forget_bias +Inf"}},
		{"a forget gate that keeps nothing", "lstm --forget-bias=-Inf --width 8 --depth 3 --samples 10", []string{"A gate is exactly 0"}},
		{"no weights", "lstm --weight-std 0 --cell gru --width 8 --depth 3 --samples 10", []string{"cell gru", "exact"}},
	} {
		status, out, errOut := call(strings.Fields("simulate " + tt.args + " --seed 1 --details")...)
		if status != asExpected {
			t.Errorf("%s: status %d, %s", tt.reason, status, errOut)
		}
		flat := strings.Join(strings.Fields(out), " ")
		for _, want := range tt.want {
			if !strings.Contains(flat, want) {
				t.Errorf("%s: %q is not in\n%s", tt.reason, want, out)
			}
		}
		for _, bad := range []string{"NaN", "%!"} {
			if strings.Contains(out, bad) {
				t.Errorf("%s: %s in\n%s", tt.reason, bad, out)
			}
		}
		for _, line := range strings.Split(out, "\n") {
			if n := len([]rune(line)); n > 100 {
				t.Errorf("%s: line of %d columns: %s", tt.reason, n, line)
			}
		}
	}
}

// TestSimulateNetwork_help: every subcommand has the flags that mean something for it.
func TestSimulateNetwork_help(t *testing.T) {
	for _, tt := range []struct {
		command string
		has     []string
		lacks   []string
	}{
		{"dense", []string{"--widths", "--angle", "--engine"}, []string{"--norm", "--alpha", "--forget-bias"}},
		{"normalized", []string{"--widths", "--norm ", "--norm-after", "--epsilon"}, []string{"--alpha"}},
		{"residual", []string{"--alpha", "--norm "}, []string{"--widths"}},
		{"recurrent", []string{"number of steps", "--norm "}, []string{"--widths", "--alpha"}},
		{"lstm", []string{"--cell", "--forget-bias"}, []string{"--engine", "--norm", "--activation"}},
	} {
		status, out, _ := call("simulate", tt.command, "--help")
		if status != asExpected {
			t.Errorf("%s: status %d", tt.command, status)
		}
		for _, flag := range tt.has {
			if !strings.Contains(out, flag) {
				t.Errorf("%s has no %s", tt.command, flag)
			}
		}
		for _, flag := range tt.lacks {
			if strings.Contains(out, flag) {
				t.Errorf("%s has %s", tt.command, flag)
			}
		}
		for _, line := range strings.Split(out, "\n") {
			if len([]rune(line)) > 100 {
				t.Errorf("%s --help: line of %d columns: %s", tt.command, len([]rune(line)), line)
			}
		}
	}
}
