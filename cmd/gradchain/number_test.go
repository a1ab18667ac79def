package main

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"
	"time"
)

// modelOf is the model of a simulation, by its name in JSON.
func modelOf(t *testing.T, args ...string) map[string]any {
	t.Helper()
	status, out, errOut := call(append(args, "--format", "json", "--seed", "1")...)
	if status != asExpected {
		t.Fatalf("%v: status %d, %s", args, status, errOut)
	}
	var report struct{ Model json.RawMessage }
	if err := json.Unmarshal([]byte(out), &report); err != nil {
		t.Fatal(err)
	}
	var text string
	if json.Unmarshal(report.Model, &text) == nil {
		report.Model = json.RawMessage(text)
	}
	var model map[string]any
	if err := json.Unmarshal(report.Model, &model); err != nil {
		t.Fatal(err)
	}
	return model
}

// TestNumbers: every numeric flag takes an expression, and the model has the number.
func TestNumbers(t *testing.T) {
	small := []string{"--width", "2*2", "--samples", "2^3"}
	for _, tt := range []struct {
		args, field string
		want        any
	}{
		{"simulate dense --depth 3 --weight-std sqrt(2)", "weight_std", math.Sqrt2},
		{"simulate dense --depth 3 --weight-std √2", "weight_std", math.Sqrt2},
		{"simulate dense --depth 3 --weight-std 2^0.5", "weight_std", math.Sqrt2},
		{"simulate dense --depth 3 --bias-std 1/5", "bias_std", 0.2},
		{"simulate dense --depth 1+2", "depth", 3.0},
		{"simulate dense --depth 3.0", "depth", 3.0},
		{"simulate dense --widths 2^4,4*4,10", "widths", []any{16.0, 16.0, 10.0}},
		{"simulate dense --depth 3 --angle pi/3", "angle", math.Pi / 3},
		{"simulate dense --depth 3 --batch 1+1 --angle π/2", "angle", math.Pi / 2},
		{"simulate dense --depth 3 --input-scale 1/2", "input_scale", 0.5},
		{"simulate dense --depth 3 --weights sparse --density 1/4", "density", 0.25},
		{"simulate normalized --depth 3 --epsilon 10^-5", "epsilon", 1e-5},
		{"simulate residual --depth 50 --alpha 1/sqrt(2*L)", "alpha", 0.1},
		{"simulate residual --depth 8 --alpha (2*L)^-0.25", "alpha", 0.5},
		{"simulate residual --depth 3 --alpha 1/L", "alpha", 1.0 / 3},
		{"simulate lstm --depth 3 --forget-bias -1/2", "forget_bias", -0.5},
		{"simulate lstm --depth 3 --weight-std √(2/3)", "weight_std", math.Sqrt(2.0 / 3)},
	} {
		args := strings.Fields(tt.args)
		if strings.Contains(tt.args, "--widths") {
			args = append(args, small[2:]...)
		} else {
			args = append(args, small...)
		}
		got := modelOf(t, args...)[tt.field]
		x, isNumber := got.(float64)
		want, numeric := tt.want.(float64)
		if numeric && (!isNumber || x != want) {
			t.Errorf("%s: %s = %v, want %v", tt.args, tt.field, got, tt.want)
		}
		if list, isList := tt.want.([]any); isList && !slices.Equal(got.([]any), list) {
			t.Errorf("%s: %s = %v, want %v", tt.args, tt.field, got, tt.want)
		}
	}
	chain := modelOf(t, "simulate", "chain", "--paths", "1_000", "--depth", "10^1", "--weight", "Gaussian(sqrt(2))", "--activation", "LeakyReLU(1/4)", "--kind", "Normalised", "--batch", "2*2", "--epsilon", "1/8")
	for field, want := range map[string]any{"weight": "normal(sigma=1.4142135623730951)", "activation": "leaky_relu(0.25)", "kind": "normalized", "depth": 10.0, "batch": 4.0, "epsilon": 0.125} {
		if chain[field] != want {
			t.Errorf("chain: %s = %v, want %v", field, chain[field], want)
		}
	}
}

// TestNumbers_refused: what is no number is one line that says where and what would be right.
func TestNumbers_refused(t *testing.T) {
	for _, tt := range []struct{ args, want string }{
		{"simulate dense --weight-std sqrt(2", "column 7: the text ends, want an operator or )"},
		{"simulate dense --weight-std 1/0", "column 2: division by 0"},
		{"simulate dense --weight-std sqrt(-1)", "square root of a negative number"},
		{"simulate dense --weight-std 10^400", "above 1.797e308"},
		{"simulate dense --weight-std 0x1p1", "want an operator"},
		{"simulate dense --weight-std L", `unknown name "L"`},
		{"simulate dense --bias-std ", "nothing is there"},
		{"simulate dense --weight-std 1_000", "underscore"},
		{"simulate dense --depth 1_0", "want underscores between groups of three digits"},
		{"simulate dense --depth 5/2", "want a whole number"},
		{"simulate dense --depth sqrt(2)", "want a whole number"},
		{"simulate dense --depth 1e30", "want a whole number"},
		{"simulate dense --seed 2^64", "want a whole number from 0"},
		{"simulate dense --seed 1/2", "want a whole number from 0"},
		{"simulate dense --factor 1", "want a number above 1"},
		{"simulate dense --factor Inf", "Inf is no finite number; want a number above 1"},
		{"simulate residual --alpha 1/(L-1) --depth 1", "alpha 1/(L-1) at L = 1: column 2: division by 0"},
		{"simulate residual --alpha 1/l", `unknown name "l", want sqrt, pi, e, L`},
		{"simulate residual --alpha 10^(200*L) --depth 5", "above 1.797e308"},
		{"simulate dense --at 0:1e18:1", "makes the list too long"},
		{"simulate dense --at 5:0:1", "does not arrive"},
		{"simulate dense --at 0.5", "want a whole number"},
		{"simulate chain --depth 1e6 --at all --paths 10", "at all: the report would have"},
		{"theory activation.value activation=tanh z=1e-300:1:1e-30", "makes the list too long, there is room for 100000 numbers"},
		{"theory activation.value activation=tanh z=0:1e308:1e-300", "makes the list too long"},
		{"theory activation.value activation=tanh z=0:1:1e-5,2:3:1e-5", "makes the list too long"},
		{"theory activation.value activation=tanh,relu z=1:60000:1", "more than 100000 points"},
		{"theory activation.value activation=tanh z=1/0", "column 2: division by 0"},
		{"theory activation.value activation=tanh z=", "nothing is there"},
		{"theory activation.value activation=tanh z=1,", "nothing is there"},
		{"theory activation.value activation=tanh, z=1", `unknown activation ""`},
		{"theory activation.value activation=tanh,swosh z=1", `unknown activation "swosh": nearest are silu`},
		{"theory chain.log_product.mean weight=normal(1) depth=1_0", "want underscores between groups"},
		{"theory chain.log_product.mean weight=normal(1) depth=2.5", `depth = "2.5", want integer`},
		{"theory chain.log_product.mean weight=normal(1) depth=1 Depth=2", `parameter "depth" is given twice`},
		{"theory initializer.std scheme=xavier,lecum fan_in=3 fan_out=4", `scheme = "lecum", want lecun or glorot or he`},
	} {
		args := strings.Split(tt.args, " ")
		done := make(chan struct{})
		go func() {
			defer close(done)
			status, out, errOut := call(args...)
			if status != failure || out != "" || !strings.Contains(errOut, tt.want) || strings.Count(errOut, "\n") != 1 {
				t.Errorf("%s: status %d, output %q, error %q; want one line with %q", tt.args, status, out, errOut, tt.want)
			}
		}()
		select {
		case <-done:
		case <-time.After(time.Minute):
			t.Fatalf("%s: no answer", tt.args)
		}
	}
}

// rows are the rows of a theory table.
func rows(t *testing.T, args ...string) []map[string]any {
	t.Helper()
	status, out, errOut := call(append([]string{"theory"}, append(args, "--format", "json")...)...)
	if status != asExpected {
		t.Fatalf("%v: status %d, %s", args, status, errOut)
	}
	var report struct{ Rows []map[string]any }
	if err := json.Unmarshal([]byte(out), &report); err != nil {
		t.Fatal(err)
	}
	return report.Rows
}

// TestGrid: numbers, lists and ranges of expressions, lists of names by any of their names.
func TestGrid(t *testing.T) {
	for _, tt := range []struct {
		args  string
		field string
		want  []any
	}{
		{"activation.value activation=tanh z=0:pi:pi/4", "z", []any{0.0, math.Pi / 4, math.Pi / 2, 3 * math.Pi / 4, math.Pi}},
		{"activation.value activation=tanh z=1/3,√5,-e", "z", []any{1.0 / 3, math.Sqrt(5), -math.E}},
		{"activation.value activation=tanh z=1:1000:*10", "z", []any{1.0, 10.0, 100.0, 1000.0}},
		{"activation.value activation=tanh z=0:1:0.25", "z", []any{0.0, 0.25, 0.5, 0.75, 1.0}},
		{"activation.value activation=tanh,ReLU,gelu_new z=1", "activation", []any{"tanh", "relu", "gelu_tanh"}},
		{"activation.value activation=leaky_relu,elu(1/2) z=1", "activation", []any{"leaky_relu(0.01)", "elu(0.5)"}},
		{"chain.lyapunov weight=normal(1),uniform(2)", "weight", []any{"normal(sigma=1)", "uniform(a=2)"}},
		{"chain.lyapunov weight=normal(1,2),Gaussian(√2)", "weight", []any{"normal(mu=1,sigma=2)", "normal(sigma=1.4142135623730951)"}},
		{"initializer.std scheme=he,xavier,Kaiming_ fan_in=28*28 fan_out=1_000", "scheme", []any{"he", "glorot", "he"}},
		{"initializer.std scheme=he fan_in=28*28 fan_out=1_000", "fan_in", []any{784.0}},
		{"initialiser.std scheme=he fan-in=4 Fan_Out=4", "fan_out", []any{4.0}},
		{"Activation.Value phi=tanh z=0", "activation", []any{"tanh"}},
	} {
		var got []any
		for _, row := range rows(t, strings.Fields(tt.args)...) {
			got = append(got, row[tt.field])
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: %s = %v, want %v", tt.args, tt.field, got, tt.want)
		}
	}
	if got := rows(t, "activation.value", "activation=tanh,relu", "z=1,2"); len(got) != 4 || got[1]["activation"] != "tanh" || got[1]["z"] != 2.0 || got[2]["activation"] != "relu" {
		t.Errorf("the last name varies fastest: %v", got)
	}
}

// TestGrid_shown: a number is shown as it was typed, a name as the catalogue has it.
func TestGrid_shown(t *testing.T) {
	_, out, _ := call("theory", "activation.value", "activation=Swish", "z=sqrt(2),1e3")
	for _, want := range []string{" silu ", "sqrt(2)", "1e3"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
}

// TestAt: every simulation takes all, lists and ranges.
func TestAt(t *testing.T) {
	for _, tt := range []struct {
		args, at string
		column   int // of the layer in CSV
		want     string
	}{
		{"chain --paths 10 --depth 4", "all", 0, "1 2 3 4"},
		{"chain --paths 10 --depth 6", "2:6:2,1", 0, "1 2 4 6"},
		{"dense --width 2 --samples 2 --depth 3", "all", 0, "0 1 2 3"},
		{"dense --width 2 --samples 2 --depth 6", "0:6:2", 0, "0 2 4 6"},
		{"dense --width 2 --samples 2 --depth 8", "1:8:*2", 0, "1 2 4 8"},
		{"dense --width 2 --samples 2 --depth 3", "ALL", 0, "0 1 2 3"},
		{"normalized --width 2 --samples 2 --depth 3", "all", 0, "0 1 2 3"},
		{"residual --width 2 --samples 2 --depth 3", "all", 0, "0 1 2 3"},
		{"recurrent --width 2 --samples 2 --depth 3", "all", 0, "0 1 2 3"},
		{"lstm --width 2 --samples 2 --depth 3", "all", 0, "0 1 2 3"},
		{"lstm --width 2 --samples 2 --depth 6", "0:6:3", 0, "0 3 6"},
	} {
		args := append(append([]string{"simulate"}, strings.Fields(tt.args)...), "--at", tt.at, "--format", "csv", "--seed", "1")
		status, out, errOut := call(args...)
		if status != asExpected {
			t.Fatalf("%v: status %d, %s", args, status, errOut)
		}
		var got []string
		for i, line := range strings.Split(strings.TrimSpace(out), "\n") {
			if i > 0 {
				got = append(got, strings.Split(line, ",")[tt.column])
			}
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%v: layers %v, want %s", args, got, tt.want)
		}
	}
}

// TestNames: names of values in another case, by other names, with other joints.
func TestNames(t *testing.T) {
	small := " --width 4 --depth 2 --samples 2"
	for _, tt := range []struct{ args, field, want string }{
		{"simulate dense --activation Swish" + small, "activation", "silu"},
		{"simulate dense --activation hardtanh" + small, "activation", "hard_tanh"},
		{"simulate dense --weights Normal" + small, "weights", "gaussian"},
		{"simulate dense --weights Orthogonal" + small, "weights", "orthogonal"},
		{"simulate normalized --norm BatchNorm" + small, "norm", "batch"},
		{"simulate normalized --norm layer-norm" + small, "norm", "layer"},
		{"simulate residual --norm rms_norm" + small, "norm", "rms"},
		{"simulate lstm --cell GRU" + small, "cell", "gru"},
	} {
		if got := modelOf(t, strings.Fields(tt.args)...)[tt.field]; got != tt.want {
			t.Errorf("%s: %s = %v, want %s", tt.args, tt.field, got, tt.want)
		}
	}
	if status, out, _ := call("claims", "S4", "--format", "MD"); status != asExpected || !strings.Contains(out, "|") {
		t.Errorf("format MD: status %d, %s", status, out)
	}
}

// TestUnits: what σ_w and σ_b are in units of is said where they are asked for, where they
// are wrong and where they are explained.
func TestUnits(t *testing.T) {
	for _, args := range []string{"simulate dense --weight-std 0", "simulate dense --weight-std -1", "simulate dense --weight-std x", "simulate lstm --weight-std -1"} {
		if _, _, errOut := call(strings.Fields(args)...); !strings.Contains(errOut, "in units of 1/√fan-in") {
			t.Errorf("%s: %s", args, errOut)
		}
	}
	for args, want := range map[string]string{
		"simulate dense --bias-std -1": "not in units of 1/√fan-in", "simulate dense --bias-std x": "the standard deviation itself",
		"theory --explain meanfield.chi_1":       "a weight has standard deviation σ_w/√fan-in",
		"theory --explain meanfield.fixed_point": "the standard deviation of a bias itself",
		"simulate dense --weight-std ∞":          "want σ_w",
		"simulate recurrent --weight-std 1e-40":  "in units of 1/√fan-in",
	} {
		_, out, errOut := call(strings.Fields(args)...)
		if !strings.Contains(strings.Join(strings.Fields(out+errOut), " "), want) {
			t.Errorf("%s: %q is not in %s%s", args, want, out, errOut)
		}
	}
}
