package main

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
)

// A chain of mixed weights prints what theory says of it beside what was found: the share of
// paths alive within the bound of Chernoff, the means within 6 standard errors.
func TestSimulate_mixture(t *testing.T) {
	const paths = 20_000
	for _, tt := range []struct {
		args  string
		alive float64 // at the last depth
	}{
		{"--weight mixture(0.9,normal(1),0.1,constant(0)) --activation linear --depth 20", 0.12157665},
		{"--weight mixture(0.5,normal(1),0.5,normal(4)) --activation tanh --depth 10", 1},
		{"--weight mixture(0.5,normal(1),0.25,laplace(2),0.25,constant(0)) --kind forward --activation leaky_relu --depth 4", 0.31640625},
		{"--weight mixture(0.5,constant(1),0.3,constant(3),0.2,constant(0)) --activation linear --depth 5", 0.32768},
		{"--weight mixture(1/2,normal(1),1/2,constant(2)) --activation linear --depth 1", 1},
	} {
		code, out, errOut := call(strings.Fields("simulate chain --paths 20000 --seed 1 --format json " + tt.args)...)
		var report struct {
			Depths []struct {
				Depth     int
				Alive     json.Number `json:"predicted_alive"`
				Found     float64     `json:"simulated_alive"`
				Mean      *float64    `json:"predicted_mean_log"`
				Variance  float64     `json:"predicted_var_log"`
				FoundMean float64     `json:"simulated_mean_log"`
				Exceed    *float64    `json:"predicted_exceed_1"`
				FoundOver float64     `json:"simulated_exceed_1"`
			}
		}
		if err := json.Unmarshal([]byte(out), &report); err != nil || code != 0 || len(report.Depths) == 0 {
			t.Fatalf("%s: %v, %s", tt.args, err, errOut)
		}
		for i, d := range report.Depths {
			alive, err := d.Alive.Float64()
			if last := i == len(report.Depths)-1; err != nil || last && !(math.Abs(alive-tt.alive) <= 1e-6) || d.Mean == nil || d.Exceed == nil {
				t.Errorf("%s: %+v, want alive %v", tt.args, d, tt.alive)
				continue
			}
			for _, share := range [][2]float64{{d.Found, alive}, {d.FoundOver, *d.Exceed}} {
				if off := math.Abs(share[0] - share[1]); !(off <= 6*math.Sqrt(share[1]*(1-share[1])/paths)+1e-6) {
					t.Errorf("%s, depth %d: a share of %v, predicted %v", tt.args, d.Depth, share[0], share[1])
				}
			}
			if off := math.Abs(d.FoundMean - *d.Mean); !(off <= 6*math.Sqrt(d.Variance/(paths*d.Found))) {
				t.Errorf("%s, depth %d: mean %v, predicted %v", tt.args, d.Depth, d.FoundMean, *d.Mean)
			}
		}
	}
}

// What theory and simulate say of a weight that is 0, and what they refuse, in one line.
func TestMixture_commands(t *testing.T) {
	const dead = "mixture(0.9,normal(1),0.1,constant(0))"
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"theory", "chain.lyapunov", "weight=" + dead}, "a factor is exactly 0 with probability 0.1: the product is 0 in the end"},
		{[]string{"theory", "chain.log_product.rms", "weight=" + dead, "depth=10"}, "-0.5268025783"},       // 5 log 0.9
		{[]string{"theory", "deviation.rate", "weight=" + dead, "x=-2"}, "0.1053605157"},                   // −log 0.9
		{[]string{"theory", "deviation.rate", "weight=" + dead, "x=0"}, "0.3351009653"},                    // and the 0.2297404496 of normal(1)
		{[]string{"theory", "deviation.tail.exact", "weight=" + dead, "depth=10", "x=-9"}, "0.3486784401"}, // 0.9^10
		{[]string{"theory", "deviation.tail.exact", "weight=" + dead, "depth=10", "x=0"}, "the product is exactly 0 with probability 1 − 0.9^10 = 0.651322"},
		{[]string{"theory", "deviation.tail.log_exact", "weight=mixture(0.7,constant(2),0.3,constant(0))", "depth=10", "x=0.7"}, "-inf"},
		{[]string{"theory", "deviation.rate", "weight=mixture(0.7,constant(2),0.3,constant(0))", "x=0.7"}, "no path grows like that"},
		{[]string{"theory", "chain.abs_moment", "weight=" + dead, "order=2"}, " 0.9"},
		{[]string{"theory", "chain.lyapunov", "weight=normal(1),mixture(1/2,normal(1),1/2,normal(2))"}, "-0.2886078325"}, // −(γ + log 2)/2 + (log 2)/2
	} {
		if code, out, errOut := call(tt.args...); code != 0 || !strings.Contains(strings.Join(strings.Fields(out), " "), strings.TrimSpace(tt.want)) {
			t.Errorf("%v: %s%s, want %q", tt.args, out, errOut, tt.want)
		}
	}
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"simulate", "chain", "--weight", "mixture(0.9,normal(1),0.2,constant(0))"}, "the weights sum to 1.1, want 1: with the others as they are the last is 0.1"},
		{[]string{"simulate", "chain", "--weight", "constant(0)"}, "value = 0, want a number with value != 0"},
		{[]string{"simulate", "chain", "--kind", "normalized", "--weight", dead}, "want a law without an atom at 0"},
		{[]string{"simulate", "chain", "--preactivation", dead}, "a mixture is for the weights"},
		{[]string{"theory", "chain.log_variance", "weight=" + dead}, "E log|X| is -Inf, since w = 0 with probability 0.1"},
		{[]string{"theory", "deviation.tail.exact", "weight=mixture(0.5,truncated_normal(1,2),0.5,normal(1))", "depth=3", "x=1"}, "want weight other than truncated_normal"},
		{[]string{"theory", "deviation.naive.growth_seen", "weight=" + dead, "depth=3", "samples=10"}, "without an atom at 0"},
		{[]string{"theory", "chain.dependence_ratio", "activation=tanh", "weight=" + dead}, "want weight normal(sigma)"},
	} {
		if code, _, errOut := call(tt.args...); code != 2 || !strings.Contains(errOut, tt.want) || strings.Count(strings.TrimSpace(errOut), "\n") > 0 {
			t.Errorf("%v: exit %d, %s, want %q", tt.args, code, errOut, tt.want)
		}
	}
}
