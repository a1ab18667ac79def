package reports

import (
	"fmt"
	"math"
	"slices"
)

// StretchKind is a measure of how networks stretch space.
type StretchKind int

// The measures, as natural logarithms.
const (
	TangentGrowth     StretchKind = iota // log‖(∂x^l/∂x⁰)v‖ by layer
	LyapunovExponents                    // by rank, per layer
	SingularValues                       // of ∂x^L/∂x⁰, by rank
	stretchKinds
)

// Stretch is what was sampled of a measure, on networks of its own.
type Stretch struct {
	Kind    StretchKind
	Samples int64
	Rows    []StretchRow
	Traces  [2]SampleMean // of singular values, (1/n) Σ s² and (1/n) Σ s⁴ over all n of them
}

// StretchRow is a layer, or an exponent or singular value. NaN is not known.
type StretchRow struct {
	Index       int        // layer, 0 for the input, or rank, 1 for the largest
	Log, Spread SampleMean // mean, and standard deviation over the samples
	Exact, Wide float64    // the mean at this width, and the logarithm in the limit of infinite width
	ExactSpread float64
	Median      float64 // of the logarithm over all samples, a dead direction counting as −Inf
}

// stretchTexts are the words for the measures.
var stretchTexts = [stretchKinds]struct{ title, index, key, quantity, unit, note string }{
	TangentGrowth: {"Growth of a tangent", "layer", "log_tangent", "log‖(∂x/∂x⁰)v‖", "nats",
		"v is uniform on the unit sphere; layer 0 is the input."},
	LyapunovExponents: {"Lyapunov exponents", "rank", "exponent", "λ", "nats per layer",
		"The first j exponents λ add up to the logarithmic growth, per layer, of a random volume of j dimensions."},
	SingularValues: {"Singular values of the Jacobian", "rank", "log_singular_value", "log s", "nats",
		"s is a singular value of ∂x/∂x⁰ at the last layer, rank 1 the largest; its typical size is exp of the mean."},
}

// Notes below these tables.
const (
	ownNetworks   = "The networks are not those of the other tables."
	traceNote     = "The mean square of all n of them, (1/n) tr JJᵀ, is %s, and (1/n) tr (JJᵀ)² is %s, in the mean over the networks: both are 1 if all are 1."
	batchTangent  = "x and v are those of all inputs together."
	overStretched = "Over the samples where the direction is alive: in the dead ones nothing is left of it."
	allDead       = "Nothing is left of the direction in all samples."
	fewSamples    = "Of %s networks, because the time grows with the cube of the width."
)

// stretches are the tables of all measures.
func (s NetworkSimulation) stretches() []*Table {
	var out []*Table
	for _, m := range s.Stretches {
		out = append(out, s.stretch(m))
	}
	return out
}

// stretch is the table of a measure, with the columns that say something.
func (s NetworkSimulation) stretch(m Stretch) *Table {
	words := stretchTexts[m.Kind]
	some := func(known func(StretchRow) bool) bool { return slices.ContainsFunc(m.Rows, known) }
	exact := some(func(r StretchRow) bool { return !math.IsNaN(r.Exact) })
	wide := some(func(r StretchRow) bool { return !math.IsNaN(r.Wide) })
	t := NewTable(words.title, Column{Name: words.index, Align: Right})
	for _, r := range m.Rows {
		t.Add(Count(int64(r.Index)))
	}
	add := func(shown bool, group, unit, name string, cell func(StretchRow) Cell) {
		if shown {
			t.insert(len(t.columns), numbers(group, unit, name)[0], func(i int) Cell { return cell(m.Rows[i]) })
		}
	}
	add(true, words.quantity, words.unit, "simulated ± s.e.", func(r StretchRow) Cell {
		return Number(r.Log.Mean, r.Log.text()).Marked(m.mark(t, r))
	})
	add(exact, words.quantity, words.unit, "exact", func(r StretchRow) Cell { return Number(r.Exact, r.Log.like(r.Exact)) })
	add(exact, "diff.", "s.e.", "", func(r StretchRow) Cell { return difference(r.Log.deviation(r.Exact)) })
	add(wide, words.quantity, words.unit, "wide limit", func(r StretchRow) Cell { return Number(r.Wide, r.Log.like(r.Wide)) })
	add(wide, "ratio", "", "", func(r StretchRow) Cell { return ratio(r.Log, r.Wide) })
	add(m.Kind == SingularValues, "s", "", "typical", func(r StretchRow) Cell {
		return Number(math.Exp(r.Log.Mean), Exp(r.Log.Mean, max(r.Log.StdErr, 0.0005)))
	})
	add(m.Kind == SingularValues, "median", "nats", "log s", func(r StretchRow) Cell { return Number(r.Median, r.Log.like(r.Median)) })
	spread := m.Kind == TangentGrowth
	add(spread, "sd", "nats", "simulated", func(r StretchRow) Cell { return Number(r.Spread.Mean, r.Spread.like(r.Spread.Mean)) })
	add(spread && some(func(r StretchRow) bool { return !math.IsNaN(r.ExactSpread) }), "sd", "nats", "exact", func(r StretchRow) Cell {
		return Number(r.ExactSpread, r.Spread.like(r.ExactSpread))
	})
	add(some(func(r StretchRow) bool { return r.Log.Count < m.Samples }), "dead", "", "samples", func(r StretchRow) Cell {
		return Count(m.Samples - r.Log.Count)
	})
	s.explain(t, exact, wide)
	t.Remark(words.note)
	if m.Kind == SingularValues {
		t.Remark(fmt.Sprintf(traceNote, m.Traces[0].text(), m.Traces[1].text()))
	}
	if m.Kind == TangentGrowth && s.Batch > 1 {
		t.Remark(batchTangent)
	}
	if m.Samples < s.Samples {
		t.Remark(fmt.Sprintf(fewSamples, Thousands(m.Samples)))
	}
	t.Remark(ownNetworks)
	return t
}

// mark is the footnote of a mean that is not over all samples.
func (m Stretch) mark(t *Table, r StretchRow) string {
	switch r.Log.Count {
	case m.Samples:
		return ""
	case 0:
		return t.Note(allDead)
	}
	return t.Note(overStretched)
}

// stretchData is the table of a measure for programs; nil if it was not sampled.
func (s NetworkSimulation) stretchData(k StretchKind) *Table {
	i := slices.IndexFunc(s.Stretches, func(m Stretch) bool { return m.Kind == k })
	if i < 0 {
		return nil
	}
	m, words := s.Stretches[i], stretchTexts[k]
	keys := []string{words.index, "samples"}
	for _, prefix := range []string{"simulated_", "stderr_", "count_", "exact_", "difference_se_", "wide_", "simulated_sd_", "stderr_sd_", "exact_sd_"} {
		keys = append(keys, prefix+words.key)
	}
	keys = append(keys, "simulated_median_"+words.key)
	if k == SingularValues {
		keys = append(keys, "simulated_trace", "stderr_trace", "simulated_square_trace", "stderr_square_trace")
	}
	t := NewTable("", keyed(keys)...)
	for _, r := range m.Rows {
		row := []Cell{Count(int64(r.Index)), Count(m.Samples), exact(r.Log.Mean), exact(r.Log.StdErr), Count(r.Log.Count),
			computed(r.Exact), computed(r.Log.deviation(r.Exact)), computed(r.Wide),
			exact(r.Spread.Mean), exact(r.Spread.StdErr), computed(r.ExactSpread), exact(r.Median)}
		if k == SingularValues {
			for _, trace := range m.Traces {
				row = append(row, exact(trace.Mean), exact(trace.StdErr))
			}
		}
		t.Add(row...)
	}
	return t
}
