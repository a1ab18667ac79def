package main

import (
	"context"
	"encoding/json"
	"math"
	"strings"
	"testing"

	"gradchain/sim/model"
	"gradchain/theory/activation"
)

// What is named has been sampled: running the command with it says "stable".
func TestKeep_holds(t *testing.T) {
	for _, tt := range []struct{ reason, args, with string }{
		{"the critical line", "dense --activation sigmoid", "--weight-std critical"},
		{"a σ_w that counts the way to q*, and the width", "dense --activation tanh --weight-std 1", "--weight-std 1.217"},
		{"biases, where no σ_w is enough", "dense --activation gelu", "--weight-std 1.408 --bias-std 0.4158"},
		{"a scale that falls with the depth", "residual --activation relu", "--alpha 1/sqrt(L)"},
		{"another norm", "normalized --norm batch --activation relu --width 64 --depth 30", "--norm layer"},
		{"open forget gates", "lstm --width 32", "--forget-bias 3.9"},
	} {
		_, out, _ := call(strings.Fields("simulate " + tt.args + " --samples 100 --seed 1")...)
		_, keeps, found := strings.Cut(out, "\nWhat would keep it\n")
		if plain := strings.ReplaceAll(keeps, "'", ""); !found || !strings.Contains(plain, tt.with) {
			t.Errorf("%s: %s is not named by simulate %s:\n%s", tt.reason, tt.with, tt.args, out)
			continue
		}
		_, out, _ = call(strings.Fields("simulate " + tt.args + " " + tt.with + " --samples 300 --seed 2")...)
		if !strings.HasPrefix(out, "Gradients are stable: ") {
			t.Errorf("%s: simulate %s %s says\n%s", tt.reason, tt.args, tt.with, out)
		}
	}
}

// Of linear networks theory knows σ_w exactly: E log((σ_w²/n)χ²_n) = 0.
func TestTune(t *testing.T) {
	linear := model.Dense{Activation: activation.MustParse("linear"), WeightStd: 0.3, Width: 8, Depth: 20}
	got, ok := tune(context.Background(), linear)
	want := math.Exp((math.Log(4) - 1.2561176684318004727) / 2) // ψ(4), Abramowitz & Stegun table 6.1
	if !ok || math.Abs(got.WeightStd-want) > 1e-3 {
		t.Errorf("σ_w = %v, %v, want %v", got.WeightStd, ok, want)
	}
	linear.Norm, linear.Batch = model.BatchNorm, 8
	if got, ok := tune(context.Background(), linear); ok {
		t.Errorf("batch normalisation, which cancels σ_w, gives %v", got.WeightStd)
	}
}

// The sentence is the first line, the tables of moments come with --details only, and
// programs get the sentence with its numbers.
func TestSimulate_firstScreen(t *testing.T) {
	for _, args := range []string{
		"chain --paths 1000 --depth 20", "dense --width 16 --samples 50", "normalized --width 16 --samples 50 --depth 8",
		"residual --width 16 --samples 50", "recurrent --width 16 --samples 50", "lstm --width 8 --depth 10 --samples 50",
	} {
		status, out, errOut := call(strings.Fields("simulate " + args + " --seed 1")...)
		first, _, _ := strings.Cut(out, "\n")
		if status != asExpected || !strings.HasPrefix(first, "Gradients ") && !strings.HasPrefix(first, "Cannot tell") {
			t.Errorf("simulate %s: status %d, %s\n%s", args, status, errOut, out)
		}
		if strings.Count(out, "\n") > 45 || strings.Contains(out, "nats") {
			t.Errorf("simulate %s prints more than the first screen:\n%s", args, out)
		}
		if _, details, _ := call(strings.Fields("simulate " + args + " --seed 1 --details")...); !strings.Contains(details, "nats") {
			t.Errorf("simulate %s --details has no moments:\n%s", args, details)
		}
		_, out, _ = call(strings.Fields("simulate " + args + " --seed 1 --format json")...)
		var report struct {
			Verdict struct {
				Fate, Sentence string
				LogRatio       *float64 `json:"log_ratio"`
				LogLow         *float64 `json:"log_ratio_low"`
				LogHigh        *float64 `json:"log_ratio_high"`
			}
		}
		if err := json.Unmarshal([]byte(out), &report); err != nil {
			t.Fatal(err)
		}
		v := report.Verdict
		if v.Sentence == "" || v.LogRatio == nil || !(*v.LogLow <= *v.LogRatio && *v.LogRatio <= *v.LogHigh) {
			t.Errorf("simulate %s: verdict %+v", args, v)
		}
	}
}

// --factor moves the bounds of "stable".
func TestSimulate_factor(t *testing.T) {
	args := strings.Fields("simulate dense --activation tanh --weight-std 1 --width 64 --seed 1 --factor")
	for factor, want := range map[string]string{"2": "Gradients vanish", "1000": "Gradients are stable"} {
		if _, out, _ := call(append(args, factor)...); !strings.HasPrefix(out, want) {
			t.Errorf("factor %s: %s", factor, out)
		}
	}
	for _, factor := range []string{"1", "0.5", "-10", "NaN", "Inf", "ten"} {
		if status, out, errOut := call(append(args, factor)...); status != failure || out != "" || !strings.Contains(errOut, "above 1") {
			t.Errorf("factor %s: status %d, %q, %q", factor, status, out, errOut)
		}
	}
}
