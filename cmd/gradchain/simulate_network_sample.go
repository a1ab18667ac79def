package main

import (
	"context"
	"math"

	"gradchain/reports"
	"gradchain/sim/network"
	"gradchain/sim/run"
	"gradchain/sim/tally"
)

// moments are those of a stream of numbers; what is not finite is left out.
type moments struct {
	n        int64
	mean, m2 float64
}

// add is Welford's step (1962).
func (m *moments) add(x float64) {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return
	}
	m.n++
	d := x - m.mean
	m.mean += d / float64(m.n)
	m.m2 += d * (x - m.mean)
}

func (m moments) sampleMean() reports.SampleMean {
	out := reports.SampleMean{Mean: m.mean, StdErr: math.NaN(), Count: m.n}
	if m.n == 0 {
		out.Mean = math.NaN()
	}
	if n := float64(m.n); n > 1 {
		out.StdErr = math.Sqrt(m.m2 / (n - 1) / n)
	}
	return out
}

// networkSamples gathers, at each layer of a report, what run.Layer does not have.
type networkSamples struct {
	at, units []int
	layers    []struct{ growth, correlation, dead, saturated moments }
}

func newNetworkSamples(s run.NetworkSpec) *networkSamples {
	out := &networkSamples{at: s.At, layers: make([]struct{ growth, correlation, dead, saturated moments }, len(s.At))}
	widths := s.Model.Layers()
	for _, l := range s.At {
		out.units = append(out.units, widths[l]*s.Model.Inputs())
	}
	return out
}

func (n *networkSamples) add(s *network.Sample) {
	for i, l := range n.at {
		to := &n.layers[i]
		if i+1 < len(n.at) {
			next := n.at[i+1]
			to.growth.add((s.LogGradNorm[l] - s.LogGradNorm[next]) / float64(next-l))
		}
		to.correlation.add(s.Correlation[l])
		if l > 0 {
			to.dead.add(float64(s.Dead[l]) / float64(n.units[i]))
			to.saturated.add(float64(s.Saturated[l]) / float64(n.units[i]))
		}
	}
}

// simulation is the report of a run.
func (f *networkFlags) simulation(ctx context.Context, spec run.NetworkSpec, layers []*run.Layer, samples *networkSamples) *reports.Report {
	theory := predictNetwork(ctx, spec.Model)
	out := reports.NetworkSimulation{
		Title: f.title, Model: spec.Model.Canonical(), Engine: spec.Engine.String(), Samples: int64(spec.Samples), Seed: spec.Seed,
		Batch: spec.Model.Inputs(), Notes: theory.notes,
	}
	if spec.Engine == network.Shortcut {
		out.Notes = append(out.Notes, reports.Field{Label: "shortcut", Text: "on the way back the weights are drawn afresh, which mean field assumes; these are not the gradients of the network"})
	}
	for i, l := range layers {
		layer := reports.NetworkLayer{Layer: l.Layer, Width: l.Width}
		layer.Exact, layer.Wide, layer.LogVariance = theory.layer(l.Layer, spec.At[min(i+1, len(spec.At)-1)])
		found := &layer.Simulated
		found[reports.LogSecondMoment] = tallied(l.LogSquare)
		found[reports.LogGradNorm] = tallied(l.LogGradNorm)
		found[reports.GradSpread] = spread(l.LogGradNorm)
		found[reports.GradGrowth] = samples.layers[i].growth.sampleMean()
		found[reports.Correlation] = samples.layers[i].correlation.sampleMean()
		found[reports.DeadShare] = samples.layers[i].dead.sampleMean()
		found[reports.SaturatedShare] = samples.layers[i].saturated.sampleMean()
		out.Layers = append(out.Layers, layer)
	}
	return reports.SimulateNetwork(out)
}

func tallied(t *tally.Tally) reports.SampleMean {
	s := t.Summary()
	return reports.SampleMean{Mean: float64(s.Mean), StdErr: float64(s.StandardError), Count: s.Paths - s.Dead}
}

// spread is the standard deviation, with the standard error of one of normal numbers.
func spread(t *tally.Tally) reports.SampleMean {
	n := t.Count() - t.Dead()
	sd := math.Sqrt(t.Variance())
	return reports.SampleMean{Mean: sd, StdErr: sd / math.Sqrt(2*float64(n-1)), Count: n}
}
