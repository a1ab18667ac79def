package main

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"

	"gradchain/reports"
	"gradchain/sim/model"
	"gradchain/sim/network"
	"gradchain/sim/run"
	"gradchain/theory/meanfield"
)

const keepTitle = "What would keep it"

// keepSamples is how many networks show what a change would do.
const keepSamples = 100

// remedy is a change of the flags that might keep the gradients.
type remedy struct {
	flags string
	model model.Dense
}

// keep says what would keep the gradients of a network whose gradients are not stable. What
// it names it has sampled, at the width and depth that were asked for.
func (f *networkFlags) keep(ctx context.Context, spec run.NetworkSpec, reach reports.Reach) (reports.Section, error) {
	if reach.Steps < 1 || reach.Fate() == reports.Stable {
		return reports.Section{}, nil
	}
	remedies, none := f.remedies(ctx, spec.Model, reach.Fate())
	var kept, tried []reports.Field
	for _, r := range remedies {
		result, err := f.try(ctx, spec, r.model)
		if err != nil {
			return reports.Section{}, err
		}
		field := reports.Field{Label: r.flags, Text: fmt.Sprintf("%s (%d networks)", strings.TrimSuffix(result.Sentence(), "."), result.Samples)}
		if tried = append(tried, field); result.Fate() == reports.Stable {
			kept = append(kept, field)
		}
	}
	switch {
	case len(kept) > 0:
		return reports.Section{Title: keepTitle, Fields: kept}, nil
	case none != nil:
		tried = append(tried, reports.Field{Label: "critical σ_w", Text: none.Error()})
	}
	tried = append(tried, reports.Field{Label: "else", Text: "fewer layers, or more units: fluctuations add up like depth/width"})
	return reports.Section{Title: "What would keep it: not these", Fields: tried}, nil
}

// remedies are the changes that the theory suggests, and why there is no critical σ_w.
func (f *networkFlags) remedies(ctx context.Context, m model.Dense, fate reports.Fate) (out []remedy, none error) {
	std, none := criticalStd(m)
	if none == nil && math.Abs(std-m.WeightStd) > 1e-9*std {
		critical := m
		critical.WeightStd = std
		out = append(out, remedy{fmt.Sprintf("--weight-std critical (%s)", reports.Brief(std, 6)), critical})
	}
	if tuned, ok := tune(ctx, m); ok {
		out = append(out, remedy{"--weight-std " + reports.Brief(tuned.WeightStd, 4), tuned})
	}
	if _, half, err := meanfield.HalfStable(m.Activation); err == nil && m.BiasStd*m.BiasStd < half.BiasVar && m.Norm == model.NoNorm && !m.Skip {
		biased := m
		biased.WeightStd, biased.BiasStd = rounded(math.Sqrt(half.WeightVar), 4), rounded(math.Sqrt(half.BiasVar), 4)
		out = append(out, remedy{fmt.Sprintf("--weight-std %g --bias-std %g", biased.WeightStd, biased.BiasStd), biased})
	}
	if m.Skip && fate == reports.Explodes {
		for _, text := range []string{"1/sqrt(L)", "1/L"} {
			of := newAlpha(text)
			if alpha, err := of.resolve(m.Depth); err == nil && alpha < m.Alpha {
				scaled := m
				scaled.Alpha = alpha
				out = append(out, remedy{fmt.Sprintf("--alpha '%s'", text), scaled})
			}
		}
	}
	if m.Norm == model.BatchNorm {
		layer := m
		layer.Norm = model.LayerNorm
		out = append(out, remedy{"--norm layer", layer})
	}
	return out, none
}

// try samples a few networks and says what becomes of their gradients.
func (f *networkFlags) try(ctx context.Context, spec run.NetworkSpec, m model.Dense) (reports.Reach, error) {
	spec.Model, spec.Samples, spec.At, spec.Each, spec.Progress = m, min(spec.Samples, keepSamples), []int{1}, nil, nil
	samples := newNetworkSamples(spec)
	spec.Each = func(_ int, s *network.Sample) { samples.add(s) }
	if _, err := run.Network(ctx, spec); err != nil {
		return reports.Reach{}, err
	}
	return f.reach(spec, samples, math.NaN()), nil
}

// tune returns the network with the σ_w nearest to its own for which theory predicts that
// as much gradient arrives at layer 1 as there is at the last, to three digits.
func tune(ctx context.Context, m model.Dense) (model.Dense, bool) {
	const deepest, step, most = 200, 1.15, 20
	if m.Norm == model.BatchNorm || len(m.Layers())-1 > deepest {
		return m, false // the scale of the weights cancels; too long for a suggestion
	}
	at := func(std float64) float64 {
		m.WeightStd = std
		return predictNetwork(ctx, m).reach()
	}
	start := m.WeightStd
	side := at(start)
	if math.IsNaN(side) || side == 0 {
		return m, false
	}
	factor := step
	if side > 0 { // explodes
		factor = 1 / step
	}
	near, far := start, start
	for range most {
		near, far = far, far*factor
		switch x := at(far); {
		case ctx.Err() != nil || math.IsNaN(x):
			return m, false
		case x*side > 0:
			continue
		}
		for range 20 {
			middle := math.Sqrt(near * far)
			if at(middle)*side > 0 {
				near = middle
			} else {
				far = middle
			}
		}
		m.WeightStd = rounded(far, 4)
		return m, math.Abs(m.WeightStd-start) > 1e-3*start
	}
	return m, false
}

// rounded is x to so many significant digits.
func rounded(x float64, digits int) float64 {
	out, err := strconv.ParseFloat(strconv.FormatFloat(x, 'g', digits, 64), 64)
	if err != nil {
		return x
	}
	return out
}

// keepGated says which bias of the forget gates would keep the gradients that vanish.
func keepGated(ctx context.Context, spec run.GatedSpec, reach reports.Reach) (none reports.Section, err error) {
	if reach.Fate() != reports.Vanishes || spec.Model.Depth < 2 {
		return none, nil
	}
	bias := math.Round(10*math.Log(float64(spec.Model.Depth))) / 10
	if !(bias > spec.Model.ForgetBias) {
		return none, nil
	}
	spec.Model.ForgetBias = bias
	spec.Samples, spec.At, spec.Progress = min(spec.Samples, keepSamples), []int{0}, nil
	samples := newGatedSamples(spec)
	spec.Each = func(_ int, s *network.GatedSample) { samples.add(s) }
	if _, err := run.Gated(ctx, spec); err != nil {
		return none, err
	}
	result := samples.reach(spec, reach.Factor)
	title := keepTitle
	if result.Fate() != reports.Stable {
		title = "What would keep it: not this"
	}
	text := fmt.Sprintf("the logarithm of the number of steps (Tallec & Ollivier 2018). %s (%d networks)", strings.TrimSuffix(result.Sentence(), "."), spec.Samples)
	return reports.Section{Title: title, Fields: []reports.Field{{Label: fmt.Sprintf("--forget-bias %g", bias), Text: text}}}, nil
}

// keepChain says by how much larger or smaller weights would keep the typical path.
func keepChain(m model.Chain, reach reports.Reach) reports.Section {
	factor, missing := independentFactor(m)
	if reach.Fate() == reports.Stable || missing != "" {
		return reports.Section{}
	}
	scale, err := factor.CriticalScaleLyapunov()
	if err != nil || math.Abs(scale-1) <= 1e-9 {
		return reports.Section{}
	}
	return reports.Section{Title: keepTitle, Fields: []reports.Field{{Label: "weights", Text: fmt.Sprintf("%s times as large: then E log|X| = 0 and the typical path keeps its size; "+
		"the spread of log|G| still grows like the root of the depth", reports.Brief(scale, 4))}}}
}
