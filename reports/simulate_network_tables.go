package reports

import (
	"math"
	"slices"
)

// Notes below the tables of a simulated network.
const (
	overSignal   = "Over the samples with a signal: the others have x = 0, whose logarithm is −∞."
	overGradient = "Over the samples with a gradient: in the others it is exactly 0."
	noGradient   = "The gradient is exactly 0 in all samples."
	closedGate   = "A gate is exactly 0."
	noSignal     = "The signal is exactly 0 in all samples."
	differences  = "Diff. is simulated − exact in standard errors"
	ratios       = "the ratio is that of the typical sizes, exp(simulated − wide limit), which tends to 1 as the width grows."
	signalNote   = "x is the activations of a layer, layer 0 the input; q is the variance of its pre-activations."
	gradientNote = "out = u·x at the last layer, u uniform on the unit sphere; layer 0 has the gradient of the input."
	streamNote   = "out = u·x at the last layer, u uniform on the unit sphere; x is the stream, x^l behind block l, and x⁰ the input."
	stateNote    = "h is the output of the cells, step 0 the initial state."
	gatedNote    = "out = u·h at the last step, u uniform on the unit sphere; s is the state, of an LSTM (h, c)."
	carouselNote = "Log of the product of the forget gates (of a GRU, of the update gates) of all later steps, averaged over the units: the gradient along the error carousel."
	batchNote    = "With several inputs out is the sum over them, each with its own u, and the norm is over all inputs: √B at the output of the last layer."
	unitsNote    = "Dead: φ′ = 0. Saturated: |φ′| below 7.07 % (1/cosh² 2) of its supremum, dead units included."
	gatesNote    = "Saturated: the pre-activation of the gate is beyond ±4."
	noMeanSquare = "No mean where the logarithm spreads by more than 1: it lives on networks too rare to be among the samples."
	growthNote   = "Growth of the log gradient norm on the way back: above 0 gradients explode towards the input, below 0 they vanish."
)

func (s NetworkSimulation) tables() []*Table {
	out := []*Table{s.signal(), s.squares()}
	if s.measured(LogCellMoment) {
		out = append(out, s.compare("Second moment of the cell state", "log(‖c‖²/n)", "nats", LogCellMoment))
	}
	out = append(out, s.gradient(), s.growth())
	if s.measured(LogCarousel) {
		out = append(out, s.carousel())
	}
	if s.measured(Correlation) {
		out = append(out, s.compare("Correlation of two inputs", "cos ∠(x₁, x₂)", "", Correlation))
	}
	return append(out, s.units())
}

// corrected says whether there is a prediction to the first order in 1/width and none that is
// exact.
func (s NetworkSimulation) corrected(q NetworkQuantity) bool {
	exact, _ := s.predicts(q)
	return !exact && slices.ContainsFunc(s.Layers, func(l NetworkLayer) bool { return !math.IsNaN(l.Finite[q]) })
}

// predicts says whether there is an exact prediction, and one of the wide limit.
func (s NetworkSimulation) predicts(q NetworkQuantity) (exact, wide bool) {
	for _, l := range s.Layers {
		exact = exact || !math.IsNaN(l.Exact[q])
		wide = wide || !math.IsNaN(l.Wide[q])
	}
	return exact, wide
}

// signal is the table of second moments, with the variances of the mean-field map.
func (s NetworkSimulation) signal() *Table {
	title, group, note := "Second moment of the signal", "log(‖x‖²/n)", signalNote
	if s.Gated {
		title, group, note = "Second moment of the state", "log(‖h‖²/n)", stateNote
	}
	t := s.compare(title, group, "nats", LogSecondMoment)
	t.insert(1, Column{Name: "width", Align: Right}, func(i int) Cell { return Count(int64(s.Layers[i].Width)) })
	if slices.ContainsFunc(s.Layers, func(l NetworkLayer) bool { return !math.IsNaN(l.LogVariance) }) {
		t.insert(len(t.columns), numbers("q", "", "wide limit")[0], func(i int) Cell {
			q := s.Layers[i].LogVariance
			return Number(math.Exp(q), Exp(q, 0.001))
		})
	}
	t.Remark(note)
	return t
}

// gradient is the table of gradient norms.
func (s NetworkSimulation) gradient() *Table {
	group, note := "log‖∂out/∂h‖", gradientNote
	if s.Gated {
		group, note = "log‖∂out/∂s‖", gatedNote
	}
	if s.Residual {
		group, note = "log‖∂out/∂x‖", streamNote
	}
	t := s.compare("Gradient norm", group, "nats", LogGradNorm)
	s.spread(t)
	s.medians(t, func(l NetworkLayer) (float64, SampleMean) { return l.GradMedian, l.Simulated[LogGradNorm] })
	t.Remark(note)
	if s.Batch > 1 {
		t.Remark(batchNote)
	}
	return t
}

// carousel is the table of the products of forget gates.
func (s NetworkSimulation) carousel() *Table {
	t := s.compare("Forget gates alone", "log Π f", "nats", LogCarousel)
	t.Remark(carouselNote)
	return t
}

// growth is the table of growth between a layer and the next of the report.
func (s NetworkSimulation) growth() *Table {
	last := max(len(s.Layers)-1, 0)
	steps := s
	steps.Layers = s.Layers[:last]
	t := steps.compare("Growth of the gradient norm", "growth", "nats per "+s.index(), GradGrowth)
	t.insert(0, Column{Name: "from " + s.index(), Align: Right}, func(i int) Cell { return Count(int64(s.Layers[i+1].Layer)) })
	t.columns[1].Name = "to " + s.index()
	t.Remark(growthNote)
	return t
}

// insert puts a column behind the first at ones.
func (t *Table) insert(at int, c Column, cell func(row int) Cell) {
	t.columns = slices.Insert(t.columns, at, c)
	for i := range t.rows {
		t.rows[i] = slices.Insert(t.rows[i], at, cell(i))
	}
}

// compare is the table of one quantity: simulated, exact, wide limit.
func (s NetworkSimulation) compare(title, group, unit string, q NetworkQuantity) *Table {
	exact, wide := s.predicts(q)
	logs := q == LogSecondMoment || q == LogGradNorm || q == LogCarousel
	columns := append([]Column{{Name: s.index(), Align: Right}}, numbers(group, unit, "simulated ± s.e.")...)
	if exact {
		columns = append(append(columns, numbers(group, unit, "exact")...), numbers("diff.", "s.e.", "")...)
	}
	corrected := s.corrected(q)
	if corrected {
		columns = append(columns, numbers(group, unit, "to 1/width")...)
	}
	if wide {
		columns = append(columns, numbers(group, unit, "wide limit")...)
	}
	if wide && logs {
		columns = append(columns, numbers("ratio", "", "")...)
	}
	t := NewTable(title, columns...)
	for _, l := range s.Layers {
		found := l.Simulated[q]
		row := []Cell{Count(int64(l.Layer)), Number(found.Mean, found.text()).Marked(s.mark(t, q, found))}
		if exact {
			row = append(row, Number(l.Exact[q], found.like(l.Exact[q])), difference(l.deviation(q)))
		}
		if corrected {
			row = append(row, Number(l.Finite[q], found.like(l.Finite[q])))
		}
		if wide {
			row = append(row, Number(l.Wide[q], found.like(l.Wide[q])))
		}
		if wide && logs {
			row = append(row, ratio(found, l.Wide[q]))
		}
		t.Add(row...)
	}
	s.explain(t, exact, wide && logs)
	return t
}

// mark is the footnote of a mean that is not over all samples.
func (s NetworkSimulation) mark(t *Table, q NetworkQuantity, found SampleMean) string {
	signal := q == LogSecondMoment || q == Correlation
	switch {
	case q == GradGrowth && found.Count == 0 || found.Count == s.Samples:
		return ""
	case q == LogCarousel:
		return t.Note(closedGate)
	case found.Count == 0 && signal:
		return t.Note(noSignal)
	case found.Count == 0:
		return t.Note(noGradient)
	case signal:
		return t.Note(overSignal)
	}
	return t.Note(overGradient)
}

// explain says what the columns of differences mean.
func (s NetworkSimulation) explain(t *Table, exact, ratio bool) {
	switch {
	case exact && ratio:
		t.Remark(differences + "; " + ratios)
	case exact:
		t.Remark(differences + ".")
	case ratio:
		t.Remark("T" + ratios[1:])
	}
}

// ratio is e^(simulated − predicted), as far as it is known.
func ratio(found SampleMean, predicted float64) Cell {
	x := found.Mean - predicted
	if math.IsNaN(x) || math.IsInf(x, 0) { // nothing, or both are exactly 0
		return Missing()
	}
	return Number(math.Exp(x), Exp(x, max(found.StdErr, 0.0005)))
}

// spread appends the standard deviation of the log gradient norm to a table of it.
func (s NetworkSimulation) spread(t *Table) {
	found := func(i int) SampleMean { return s.Layers[i].Simulated[GradSpread] }
	t.insert(len(t.columns), numbers("sd", "nats", "simulated")[0], func(i int) Cell {
		return Number(found(i).Mean, found(i).like(found(i).Mean))
	})
	if known, _ := s.predicts(GradSpread); known {
		t.insert(len(t.columns), numbers("sd", "nats", "exact")[0], func(i int) Cell {
			x := s.Layers[i].Exact[GradSpread]
			return Number(x, found(i).like(x))
		})
	}
}

// medians appends the medians of the logarithm, with the digits of its mean.
func (s NetworkSimulation) medians(t *Table, of func(NetworkLayer) (float64, SampleMean)) {
	t.insert(len(t.columns), numbers("median", "nats", "simulated")[0], func(i int) Cell {
		median, mean := of(s.Layers[i])
		return Number(median, mean.like(median))
	})
}

// squares is the table of other averages of the second moment than its logarithm's mean.
func (s NetworkSimulation) squares() *Table {
	title, square := "Median and mean of that second moment", "‖x‖²/n"
	if s.Gated {
		square = "‖h‖²/n"
	}
	columns := []Column{{Name: s.index(), Align: Right}, numbers("median", "nats", "log("+square+")")[0]}
	t := NewTable(title, append(columns, numbers("mean "+square, "", "simulated ± s.e.")...)...)
	missing := false
	for _, l := range s.Layers {
		mean := l.meanSquare()
		cell := Missing()
		if missing = missing || math.IsNaN(mean.Mean); !math.IsNaN(mean.Mean) {
			cell = Number(mean.Mean, mean.text())
		}
		t.Add(Count(int64(l.Layer)), Number(l.SignalMedian, l.Simulated[LogSecondMoment].like(l.SignalMedian)), cell)
	}
	if missing {
		t.Remark(noMeanSquare)
	}
	return t
}

// units is the table of dead and saturated units, or of saturated gates.
func (s NetworkSimulation) units() *Table {
	title, names, quantities, note := "Share of dead and saturated units", []string{"dead", "saturated"}, []NetworkQuantity{DeadShare, SaturatedShare}, unitsNote
	if s.Gated {
		title, names, quantities, note = "Share of saturated gates", []string{"saturated"}, quantities[1:], gatesNote
	}
	columns := []Column{{Name: s.index(), Align: Right}}
	for i, q := range quantities {
		columns = append(columns, numbers(names[i], "", "simulated ± s.e.")...)
		if exact, wide := s.predicts(q); exact || wide {
			columns = append(columns, numbers(names[i], "", "predicted")...)
		}
	}
	t := NewTable(title, columns...)
	for _, l := range s.Layers {
		if l.Layer == 0 {
			continue
		}
		row := []Cell{Count(int64(l.Layer))}
		for _, q := range quantities {
			found, theory := l.Simulated[q], l.Exact[q]
			if math.IsNaN(theory) {
				theory = l.Wide[q]
			}
			row = append(row, Number(found.Mean, found.text()))
			if exact, wide := s.predicts(q); exact || wide {
				row = append(row, Number(theory, found.share(theory)))
			}
		}
		t.Add(row...)
	}
	t.Remark(note)
	return t
}

// share prints a predicted share with the digits of the simulated one, or three.
func (m SampleMean) share(x float64) string {
	if m.StdErr > networkRounding(m.Mean) {
		return m.like(x)
	}
	return Brief(x, 3)
}
