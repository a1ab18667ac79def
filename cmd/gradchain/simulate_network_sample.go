package main

import (
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
	m.m2 += float64(d * (x - m.mean)) // rounded, so that no machine fuses it
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

// spread are moments for a standard deviation, with those that its error takes.
type spread struct {
	moments
	m3, m4 float64
}

// add is the step of Pébay (2008), equations 2.5 and 2.6 for one number.
func (s *spread) add(x float64) {
	mean, m2 := s.mean, s.m2
	if s.moments.add(x); math.IsNaN(x) || math.IsInf(x, 0) {
		return
	}
	n := float64(s.n)
	step := (x - mean) / n
	square := step * step
	s.m4 += float64(square*square*n*(n-1)*(float64(n*(n-3))+3)) + float64(6*square*m2) - float64(4*step*s.m3)
	s.m3 += float64(square*step*n*(n-1)*(n-2)) - float64(3*step*m2)
}

// deviation is the standard deviation s with its standard error, that of s², which is
// √((μ₄ − σ⁴(n−3)/(n−1))/n) whatever the law is, over 2s. That of normal numbers,
// s/√(2n), is off by a factor of 2.5 at the output of a relu network of width 2. A
// deviation of 1e154 or more, which is no logarithm one would want to know, is NaN.
func (s spread) deviation() reports.SampleMean {
	out := reports.SampleMean{Mean: math.NaN(), StdErr: math.NaN(), Count: s.n}
	if n := float64(s.n); n > 1 && s.m2 <= math.MaxFloat64 {
		variance := s.m2 / (n - 1)
		out.Mean, out.StdErr = math.Sqrt(variance), 0
		if variance > 0 {
			out.StdErr = math.Sqrt((s.m4/n-float64(variance*variance*(n-3)/(n-1)))/n) / (2 * out.Mean)
		}
	}
	return out
}

// networkSamples gathers, at each layer of a report, what run.Layer does not have.
type networkSamples struct {
	at, units []int
	layers    []layerSamples
	reach     moments // of the log gradient norm at layer 1 less that at the last
}

type layerSamples struct {
	grad                                 spread
	growth, correlation, dead, saturated moments
	relative                             moments // of the log gradient norm less that at the last layer
	square                               moments // of ‖x‖²/n
}

func newNetworkSamples(s run.NetworkSpec) *networkSamples {
	out := &networkSamples{at: s.At, layers: make([]layerSamples, len(s.At))}
	widths := s.Model.Layers()
	for _, l := range s.At {
		out.units = append(out.units, widths[l]*s.Model.Inputs())
	}
	return out
}

func (n *networkSamples) add(s *network.Sample) {
	end := s.Gradient(len(s.LogGradNorm) - 1)
	n.reach.add(s.Gradient(1) - end)
	for i, l := range n.at {
		to := &n.layers[i]
		if i+1 < len(n.at) {
			next := n.at[i+1]
			to.growth.add((s.Gradient(l) - s.Gradient(next)) / float64(next-l))
		}
		to.grad.add(s.Gradient(l))
		to.relative.add(s.Gradient(l) - end)
		to.square.add(math.Exp(s.LogSquare[l]))
		to.correlation.add(s.Correlation[l])
		if l > 0 {
			to.dead.add(float64(s.Dead[l]) / float64(n.units[i]))
			to.saturated.add(float64(s.Saturated[l]) / float64(n.units[i]))
		}
	}
}

// simulation is what the report says of a run.
func (f *networkFlags) simulation(theory networkTheory, spec run.NetworkSpec, layers []*run.Layer, samples *networkSamples) reports.NetworkSimulation {
	out := reports.NetworkSimulation{
		Title: f.title, Model: spec.Model.Canonical(), Engine: spec.Engine.String(), Samples: int64(spec.Samples), Seed: spec.Seed,
		Batch: spec.Model.Inputs(), Notes: theory.notes, Residual: spec.Model.Skip, Details: f.details,
	}
	out.Reach = f.reach(spec, samples, theory.reach())
	if spec.Engine == network.Shortcut {
		out.Notes = append(out.Notes, reports.Field{Label: "shortcut", Text: "on the way back the weights are drawn afresh, which mean field assumes; these are not the gradients of the network"})
	}
	if spec.Engine == network.Norm {
		out.Notes = append(out.Notes, reports.Field{Label: "norm", Text: "signals have their law over the layers and so have gradients, but not both together: in a row of --raw they share no more than the active units"})
	}
	for i, l := range layers {
		layer := reports.NetworkLayer{Layer: l.Layer, Width: l.Width, Relative: samples.layers[i].relative.sampleMean(), Quantiles: band(l.LogGradNorm)}
		layer.SignalMedian, layer.GradMedian, layer.MeanSquare = median(l.LogSquare), median(l.LogGradNorm), samples.layers[i].square.sampleMean()
		p := theory.layer(l.Layer, spec.At[min(i+1, len(spec.At)-1)])
		layer.Exact, layer.Finite, layer.Wide, layer.LogVariance = p.exact, p.finite, p.wide, p.logVariance
		found := &layer.Simulated
		found[reports.LogSecondMoment] = tallied(l.LogSquare)
		found[reports.LogGradNorm] = tallied(l.LogGradNorm)
		found[reports.GradSpread] = samples.layers[i].grad.deviation()
		found[reports.GradGrowth] = samples.layers[i].growth.sampleMean()
		found[reports.Correlation] = samples.layers[i].correlation.sampleMean()
		found[reports.DeadShare] = samples.layers[i].dead.sampleMean()
		found[reports.SaturatedShare] = samples.layers[i].saturated.sampleMean()
		out.Layers = append(out.Layers, layer)
	}
	return out
}

func tallied(t *tally.Tally) reports.SampleMean {
	s := t.Summary()
	return reports.SampleMean{Mean: float64(s.Mean), StdErr: float64(s.StandardError), Count: s.Paths - s.Dead}
}

// median is over all samples, those of 0 counting as −Inf.
func median(t *tally.Tally) float64 {
	x, _ := t.Quantile(0.5)
	return x
}

// band are the quantiles of 5 and 95 %.
func band(t *tally.Tally) [2]float64 {
	low, _ := t.Quantile(0.05)
	high, _ := t.Quantile(0.95)
	return [2]float64{low, high}
}

// reach is what becomes of the gradient on the way from the last layer to the first.
func (f *networkFlags) reach(spec run.NetworkSpec, samples *networkSamples, theory float64) reports.Reach {
	depth := len(spec.Model.Layers()) - 1
	return reports.Reach{
		From: "the last " + f.unit(), To: f.unit() + " 1", Unit: f.unit(), Steps: depth - 1, Log: samples.reach.sampleMean(),
		Samples: int64(spec.Samples), Noun: "networks", Theory: theory, Factor: float64(f.factor),
	}
}

// unit is what a layer is called.
func (f *networkFlags) unit() string {
	if f.recurrent {
		return "step"
	}
	return "layer"
}

// reach is the mean of the log gradient norm at layer 1 less that at the last, NaN if not
// known.
func (t networkTheory) reach() float64 {
	last := len(t.model.Layers()) - 1
	if last < 2 {
		return math.NaN()
	}
	p, growth := t.layer(1, last), math.NaN()
	for _, theory := range []reports.NetworkPrediction{p.wide, p.finite, p.exact} {
		if x := theory[reports.GradGrowth]; !math.IsNaN(x) {
			growth = x
		}
	}
	return growth * float64(last-1)
}
