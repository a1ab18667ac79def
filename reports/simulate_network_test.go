package reports

import (
	"math"
	"strings"
	"testing"
)

// networkLayer is a layer with numbers made up from its index.
func networkLayer(layer, width int) NetworkLayer {
	l := NetworkLayer{Layer: layer, Width: width, Exact: NoNetworkPrediction(), Finite: NoNetworkPrediction(), Wide: NoNetworkPrediction(), LogVariance: math.NaN()}
	x := float64(layer)
	l.SignalMedian, l.GradMedian, l.MeanSquare = -0.0121*x, -1.48+0.05*x, SampleMean{math.Exp(-0.012 * x), 0.0031, 1000}
	l.Relative, l.Quantiles = SampleMean{0.01 * (1000 - x), 0.02, 1000}, [2]float64{-2.5 + 0.05*x, -0.4 + 0.05*x}
	l.Simulated = [networkQuantities]SampleMean{
		LogSecondMoment: {-0.0123 * x, 0.0031 * x, 1000}, LogGradNorm: {-1.5 + 0.05*x, 0.021, 1000},
		GradSpread: {0.66, 0.015, 1000}, GradGrowth: {-0.0512, 0.0007, 1000}, Correlation: {0.31 + 0.002*x, 0.0044, 1000},
		DeadShare: {0.4987, 0.0012, 1000}, SaturatedShare: {0.4987, 0.0012, 1000}, LogCellMoment: {math.NaN(), math.NaN(), 0},
		LogCarousel: {math.NaN(), math.NaN(), 0},
	}
	return l
}

// networkReach is over 999 layers.
func networkReach(log SampleMean) Reach {
	return Reach{From: "the last layer", To: "layer 1", Unit: "layer", Steps: 999, Log: log, Samples: 1000, Noun: "networks", Theory: 10, Factor: 10}
}

// reluNetwork has exact predictions and those of the wide limit, and two inputs.
func reluNetwork() NetworkSimulation {
	s := NetworkSimulation{
		Title: "Gradients of a dense network", Model: `{"activation":"relu","kind":"dense","width":64}`, Engine: "law",
		Samples: 1000, Seed: math.MaxUint64, Batch: 2, Details: true, Reach: networkReach(SampleMean{9.99, 0.02, 1000}),
		Keep:  Section{Title: "What would keep it", Fields: []Field{{Label: "--weight-std 1.4", Text: "Gradients are stable"}}},
		Notes: []Field{{Label: "exact", Text: "chi-squares (Hanin & Nica 2020)"}, {Label: "wide limit", Text: "mean field (Poole et al. 2016)"}},
	}
	for _, layer := range []int{0, 1, 10, 1000} {
		l, x := networkLayer(layer, 64), float64(layer)
		l.Exact[LogSecondMoment], l.Exact[LogGradNorm], l.Exact[GradSpread], l.Exact[GradGrowth] = -0.0124*x, -1.52+0.05*x, 0.65, -0.05
		l.Wide[LogSecondMoment], l.Wide[LogGradNorm], l.Wide[GradGrowth], l.Wide[Correlation] = 0, -0.35, 0, 0.33
		l.Wide[DeadShare], l.Wide[SaturatedShare], l.LogVariance = 0.5, 0.5, math.Ln2
		s.Layers = append(s.Layers, l)
	}
	return s
}

// dyingNetwork has samples without signal and gradient, numbers far out and a network
// that no theory knows.
func dyingNetwork() NetworkSimulation {
	s := NetworkSimulation{Title: "Gradients of a dense network", Model: "narrow", Engine: "matrix", Samples: 1000, Batch: 1,
		Details: true, Reach: networkReach(SampleMean{math.NaN(), math.NaN(), 0}),
		Notes: []Field{{Label: "not predicted", Text: "no theory"}}}
	for i, layer := range []int{0, 5, 1_000_000} {
		l := networkLayer(layer, 1)
		l.Simulated[Correlation] = SampleMean{math.NaN(), math.NaN(), 0}
		l.Simulated[LogSecondMoment] = [...]SampleMean{{0, 0, 1000}, {-3.2, 0.8, 31}, {math.NaN(), math.NaN(), 0}}[i]
		l.Simulated[LogGradNorm] = SampleMean{math.NaN(), math.NaN(), 0}
		l.Simulated[GradGrowth] = SampleMean{math.NaN(), math.NaN(), 0}
		l.Simulated[DeadShare] = [...]SampleMean{{math.NaN(), math.NaN(), 0}, {0.969, 0.0055, 1000}, {1, 0, 1000}}[i]
		l.Wide[LogSecondMoment], l.LogVariance = -7.3e5*float64(layer), -7.3e5*float64(layer)
		s.Layers = append(s.Layers, l)
	}
	return s
}

// gatedNetwork is an LSTM, with a gate that is closed in the last row but one.
func gatedNetwork() NetworkSimulation {
	s := NetworkSimulation{Title: "Gradients through an LSTM", Model: `{"cell":"lstm"}`, Samples: 1000, Seed: 7, Batch: 1, Gated: true,
		Details: true, Reach: networkReach(SampleMean{-15.8, 0.5, 1000})}
	s.Reach.From, s.Reach.To, s.Reach.Unit, s.Reach.Theory = "the last step", "step 0", "step", math.NaN()
	for i, step := range []int{0, 1, 50} {
		l := networkLayer(step, 128)
		l.Simulated[Correlation], l.Simulated[DeadShare] = SampleMean{math.NaN(), math.NaN(), 0}, SampleMean{math.NaN(), math.NaN(), 0}
		l.Simulated[LogCellMoment] = SampleMean{-0.11 * float64(step), 0.01, 1000}
		l.Simulated[LogCarousel] = [...]SampleMean{{-15.8, 0.0021, 1000}, {math.NaN(), math.NaN(), 0}, {0, 0, 1000}}[i]
		l.Wide[LogCarousel] = [...]float64{-15.8025, math.Inf(-1), 0}[i]
		s.Layers = append(s.Layers, l)
	}
	return s
}

// TestSimulateNetwork_shown: what a row says, for people and for programs.
func TestSimulateNetwork_shown(t *testing.T) {
	for _, tt := range []struct {
		reason string
		report *Report
		format Format
		want   []string
	}{
		{"simulated beside exact and wide limit", SimulateNetwork(reluNetwork()), Text,
			[]string{"-12.3 ± 3.1", "-12.4", "10^-5.3", "√B", "from layer", "cos ∠(x₁, x₂)"}},
		{"footnotes of samples that are dead", SimulateNetwork(dyingNetwork()), Text,
			[]string{"–¹", "The gradient is exactly 0 in all samples.", "Over the samples with a signal", "10^1585173"}},
		{"steps and gates", SimulateNetwork(gatedNetwork()), Text,
			[]string{"from step", "log Π f", "A gate is exactly 0.", "nats per step", "saturated gates"}},
		{"the theory in JSON", SimulateNetwork(reluNetwork()), JSON, []string{`"wide limit: mean field (Poole et al. 2016)"`, `"master_seed": "18446744073709551615"`}},
		{"rows for programs", SimulateNetwork(gatedNetwork()), CSV, []string{"step,width,", "simulated_log_carousel", "\n50,128,"}},
		{"no layers", SimulateNetwork(NetworkSimulation{Title: "none"}), Text, []string{"none"}},
		{"the sentence comes first", SimulateNetwork(reluNetwork()), Text, []string{"Gradients explode: layer 1 gets 21800 times the last layer's gradient, ×1.01005 a layer; theory\n×1.01006."}},
		{"and what would keep it last", SimulateNetwork(reluNetwork()), Text, []string{"What would keep it\n  --weight-std 1.4  Gradients are stable\n"}},
		{"the sentence in JSON", SimulateNetwork(gatedNetwork()), JSON, []string{`"fate": "vanish"`, `"log_ratio_theory": null`, `"level": 0.95`}},
	} {
		var b strings.Builder
		if err := tt.report.Write(&b, tt.format); err != nil {
			t.Fatal(err)
		}
		for _, want := range tt.want {
			if !strings.Contains(b.String(), want) {
				t.Errorf("%s: %q is not in\n%s", tt.reason, want, b.String())
			}
		}
		for _, bad := range []string{"NaN", "Inf", "%!"} {
			if strings.Contains(b.String(), bad) {
				t.Errorf("%s: %s in\n%s", tt.reason, bad, b.String())
			}
		}
	}
}

// TestNetworkLayer_deviation: differences count in standard errors, and rounding is no
// difference.
func TestNetworkLayer_deviation(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, tt := range []struct {
		reason       string
		simulated    SampleMean
		theory, want float64
	}{
		{"two standard errors above", SampleMean{1.2, 0.1, 9}, 1, 2},
		{"rounding of a constant", SampleMean{1e-15, 0, 9}, 0, 0},
		{"a constant that is wrong", SampleMean{1, 0, 9}, 0, inf},
		{"one sample", SampleMean{1, nan, 1}, 0, nan},
		{"no theory", SampleMean{1, 0.1, 9}, nan, nan},
		{"no sample", SampleMean{nan, nan, 0}, 0, nan},
	} {
		l := networkLayer(1, 1)
		l.Simulated[LogGradNorm], l.Exact[LogGradNorm] = tt.simulated, tt.theory
		got := l.deviation(LogGradNorm)
		if !(math.Abs(got-tt.want) <= 1e-12) && !(math.IsNaN(got) && math.IsNaN(tt.want)) && got != tt.want {
			t.Errorf("%s: %v, want %v", tt.reason, got, tt.want)
		}
	}
}
