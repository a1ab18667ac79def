package main

import (
	"encoding/json"
	"math"
	"testing"
)

// TestSimulate_shares: the shares of dead and of saturated units that theory expects, of batch
// normalisation with ε before φ, behind it, and without any, are those simulated, to five standard
// errors and 2 %: the width is 256.
func TestSimulate_shares(t *testing.T) {
	for _, tc := range []struct {
		reason string
		args   []string
	}{
		{"a batch of 8", []string{"normalized", "--norm", "batch", "--batch", "8", "--activation", "hard_tanh"}},
		{"a batch of 4 with epsilon", []string{"normalized", "--norm", "batch", "--batch", "4", "--epsilon", "0.5", "--activation", "hard_tanh"}},
		{"no dead units", []string{"normalized", "--norm", "batch", "--batch", "8", "--activation", "tanh"}},
		{"layers without normalisation", []string{"dense", "--activation", "hard_tanh"}},
	} {
		args := append([]string{"simulate"}, append(tc.args, "--weight-std", "2", "--width", "256", "--depth", "3", "--samples", "60", "--seed", "1", "--format", "json")...)
		status, out, errOut := call(args...)
		var report struct {
			Layers []map[string]*float64 `json:"layers"`
		}
		if err := json.Unmarshal([]byte(out), &report); err != nil || status != asExpected {
			t.Fatalf("%s: status %d, %v: %s", tc.reason, status, err, errOut)
		}
		for l, row := range report.Layers {
			for _, of := range []string{"dead", "saturated"} {
				simulated, expected := row["simulated_"+of], row["wide_"+of]
				if l == 0 {
					continue
				}
				if simulated == nil || expected == nil {
					t.Errorf("%s, layer %d: no %s", tc.reason, l, of)
					continue
				}
				if off, most := math.Abs(*simulated-*expected), 5**row["stderr_"+of]+0.02**expected; !(off <= most) {
					t.Errorf("%s, layer %d: %s %v, theory %v", tc.reason, l, of, *simulated, *expected)
				}
			}
		}
	}
}
