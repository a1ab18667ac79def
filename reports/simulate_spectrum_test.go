package reports

import (
	"math"
	"regexp"
	"strings"
	"testing"
)

// stretched is a network with all measures, of which some directions die.
func stretched() NetworkSimulation {
	nan := math.NaN()
	s := reluNetwork()
	s.Stretches = []Stretch{
		{Kind: TangentGrowth, Samples: 1000, Rows: []StretchRow{
			{0, SampleMean{0, 0, 1000}, SampleMean{0, 0, 1000}, 0, 0, 0, 0},
			{10, SampleMean{-0.123, 0.031, 1000}, SampleMean{0.66, 0.015, 1000}, -0.185, 0.1, 0.65, -0.125},
			{1000, SampleMean{-12.34, 0.31, 31}, SampleMean{3.1, 0.4, 31}, -12.3, -11.5, nan, -12.2},
		}},
		{Kind: LyapunovExponents, Samples: 1000, Rows: []StretchRow{
			{1, SampleMean{-0.0123, 0.0011, 1000}, SampleMean{0.03, 0.001, 1000}, -0.0145, nan, nan, -0.0124},
			{2, SampleMean{nan, nan, 0}, SampleMean{nan, nan, 0}, -0.03, nan, nan, math.Inf(-1)},
		}},
		{Kind: SingularValues, Samples: 100, Rows: []StretchRow{
			{1, SampleMean{1.346, 0.021, 100}, SampleMean{0.2, 0.01, 100}, nan, 1.675, nan, 1.35},
			{64, SampleMean{-4000.5, 1.1, 100}, SampleMean{11, 0.8, 100}, nan, nan, nan, -4000.1},
		}, Traces: [2]SampleMean{{1.02, 0.03, 100}, {2.1, 0.2, 100}}},
	}
	return s
}

var ruler = regexp.MustCompile("─+")

// TestSimulateNetwork_stretches: what the tables of the measures say, and what they leave
// out.
func TestSimulateNetwork_stretches(t *testing.T) {
	none := reluNetwork()
	unknown := stretched()
	unknown.Batch, unknown.Stretches = 1, unknown.Stretches[2:]
	unknown.Stretches[0].Samples, unknown.Samples, unknown.Stretches[0].Rows[0].Wide = 1000, 1000, math.NaN()
	for _, tt := range []struct {
		reason    string
		s         NetworkSimulation
		format    Format
		has, lack []string
	}{
		{"all of them", stretched(), Text, []string{
			"nats ─ 0 0 0 0.0 0 1.000 0 0 0 10 -0.123 ± 0.031 -0.185 2.0 0.100 0.80 0.660 0.650 0 1,000 -12.34 ± 0.31¹ -12.30 -0.1 -11.50 0.4 3.10 – 969 ¹ Over",
			"s.e. ─ 1 -0.0123 ± 0.0011 -0.0145 2.0 0 2 –¹ -0.03 – 1,000 ¹ Nothing",
			"nats nats nats ─ 1 1.346 ± 0.021 1.675 0.72 3.84 1.350 64 -4000.5 ± 1.1 – – 10^-1737.4 -4000.1 The ratio",
			overStretched, allDead, batchTangent, "Of 100 networks",
		}, nil},
		{"nothing but singular values of all networks, without theory", unknown, Text, []string{"log s", "typical", ownNetworks},
			[]string{"λ", "(∂x/∂x⁰)v", "dead samples", "Of 1", batchTangent, "log s diff."}},
		{"for programs", stretched(), JSON, []string{
			`"tangent": [`, `"lyapunov": [`, `"singular_values": [`, `"simulated_log_tangent": -0.123`, `"exact_sd_log_tangent": 0.65`,
			`"simulated_exponent": null`, `"count_exponent": 0`, `"wide_log_singular_value": 1.675`, `"Of 100 networks`,
		}, nil},
		{"no measure", none, JSON, nil, []string{`"tangent"`, `"lyapunov"`, `"singular_values"`}},
		{"data are of layers only", stretched(), CSV, []string{"layer,width"}, []string{"tangent", "exponent", "singular"}},
	} {
		var b strings.Builder
		if err := SimulateNetwork(tt.s).Write(&b, tt.format); err != nil {
			t.Fatal(err)
		}
		text := ruler.ReplaceAllString(strings.Join(strings.Fields(b.String()), " "), "─")
		for _, want := range tt.has {
			if !strings.Contains(text, want) {
				t.Errorf("%s: %q is not in\n%s", tt.reason, want, text)
			}
		}
		for _, bad := range append(tt.lack, "NaN", "Inf", "%!") {
			if strings.Contains(text, bad) {
				t.Errorf("%s: %q is in\n%s", tt.reason, bad, text)
			}
		}
	}
}
