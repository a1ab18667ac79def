package main

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
)

// A forward chain without chance has one path, which theory walks by itself: simulated and
// predicted agree to rounding, and so do the quantiles and probabilities of a point mass.
func TestPredict_pointMass(t *testing.T) {
	for _, args := range []string{
		"--weight constant(0.5) --activation tanh --depth 10", "--weight constant(-1.5) --activation sigmoid --depth 40",
		"--weight rademacher(1.3) --activation tanh --depth 20", "--weight constant(2) --activation gelu --bias constant(-0.5) --depth 6",
		"--weight constant(3) --activation relu --depth 30", "--weight rademacher(2) --activation erf --input constant(0.1) --depth 1000",
		"--weight constant(-1) --activation relu --depth 3",
	} {
		_, out, errOut := call(strings.Fields("simulate chain --kind forward --paths 50 --seed 1 --format json " + args)...)
		var report struct {
			Depths []struct {
				Alive     *float64 `json:"predicted_alive"`
				Found     *float64 `json:"simulated_alive"`
				Mean      *float64 `json:"predicted_mean_log"`
				FoundMean *float64 `json:"simulated_mean_log"`
				Exceed    *float64 `json:"predicted_exceed_1"`
				FoundOver *float64 `json:"simulated_exceed_1"`
			}
		}
		if err := json.Unmarshal([]byte(out), &report); err != nil || len(report.Depths) == 0 {
			t.Fatalf("%s: %v, %s", args, err, errOut)
		}
		for _, d := range report.Depths {
			if d.Alive == nil || *d.Alive != *d.Found || *d.Exceed != *d.FoundOver {
				t.Errorf("%s: %+v", args, d)
			} else if *d.Alive == 1 && !(math.Abs(*d.Mean-*d.FoundMean) <= 1e-6*max(1, math.Abs(*d.Mean))) { // programs get seven digits of what is computed
				t.Errorf("%s: mean %v, simulated %v", args, *d.Mean, *d.FoundMean)
			}
		}
	}
	for _, args := range []string{
		"--weight rademacher(1.3) --activation gelu", "--weight constant(0.5) --activation tanh --bias normal(1)", "--weight normal(1) --activation tanh",
		"--weight constant(0.5) --activation tanh --input normal(1)",
	} {
		if _, out, _ := call(strings.Fields("simulate chain --kind forward --depth 5 --paths 50 --seed 1 " + args)...); !strings.Contains(out, "no exact law is known") {
			t.Errorf("%s has chance in it and a prediction:\n%s", args, out)
		}
	}
}
