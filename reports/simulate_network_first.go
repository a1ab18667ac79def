package reports

import (
	"math"
	"slices"
)

// Notes below the first table of a simulated network.
const (
	firstNote = "Gradient: typical ‖∂out/∂h‖ (at layer 0 ‖∂out/∂x‖), the last layer's being 1; × a layer: from the next row to this one, " +
		"above 1 it grows towards the input."
	unitNote       = "weight_std is in units of 1/√fan-in, bias_std is not."
	firstGatedNote = "Gradient: typical ‖∂out/∂s‖, s the state, the last step's being 1; × a step: from the next row to this one, " +
		"above 1 it grows towards the first step."
	firstStreamNote = "Gradient: typical ‖∂out/∂x‖ at the stream x, behind each block, the last layer's being 1; × a layer: from the next row " +
		"to this one, above 1 it grows towards the input."
)

// first is the table of the first screen: signal and gradient by layer, the factor of the
// gradient from layer to layer beside that of theory, and its spread as a strip.
func (s NetworkSimulation) first() *Table {
	unit := s.Reach.Unit
	t := NewTable("", Column{Name: unit, Align: Right})
	varied := slices.ContainsFunc(s.Layers, func(l NetworkLayer) bool { return l.Width != s.Layers[0].Width })
	if varied {
		t.columns = append(t.columns, Column{Name: "width", Align: Right})
	}
	signal := "rms x"
	if s.Gated {
		signal = "rms h"
	}
	t.columns = append(t.columns, numbers("signal", "", signal)...)
	t.columns = append(t.columns, numbers("gradient", "", "of the last")...)
	t.columns = append(t.columns, numbers("× a "+unit, "", "simulated ± s.e.", "theory")...)
	for i, l := range s.Layers {
		row := []Cell{Count(int64(l.Layer))}
		if varied {
			row = append(row, Count(int64(l.Width)))
		}
		half := l.Simulated[LogSecondMoment]
		row = append(row, typical(t, half.Mean/2, half.StdErr/2, half.Count, s.Samples, overSignal),
			typical(t, l.Relative.Mean, l.Relative.StdErr, l.Relative.Count, s.Samples, overGradient))
		t.Add(append(row, s.factor(t, i)...)...)
	}
	t.Strips(s.strips())
	switch {
	case s.Gated:
		t.Remark(firstGatedNote)
	case s.Residual:
		t.Remark(firstStreamNote)
	default:
		t.Remark(firstNote)
	}
	t.Remark(unitNote)
	return t
}

// typical is e^mean, with a footnote where it is not over all samples.
func typical(t *Table, mean, stdErr float64, count, samples int64, note string) Cell {
	if count == 0 {
		return Label("0")
	}
	cell := Number(math.Exp(mean), Exp(mean, stdErr))
	if count < samples {
		cell = cell.Marked(t.Note(note))
	}
	return cell
}

// factor is what the gradient is multiplied by per layer, from the next row to row i, and
// what theory says of it: exactly at this width, else to the first order in 1/width or in the
// wide limit.
func (s NetworkSimulation) factor(t *Table, i int) []Cell {
	if i+1 >= len(s.Layers) {
		return []Cell{Missing(), Missing()}
	}
	l := s.Layers[i]
	found, theory := l.Simulated[GradGrowth], s.Layers[i].theory(GradGrowth)
	cells := []Cell{Missing(), Missing()}
	if found.Count > 0 {
		cells[0] = Number(math.Exp(found.Mean), found.factor())
	}
	if !math.IsNaN(theory) {
		cells[1] = Number(math.Exp(theory), factorText(theory, found.StdErr))
	}
	return cells
}

// factor is e^mean with its standard error.
func (m SampleMean) factor() string {
	value := math.Exp(m.Mean)
	if !(m.StdErr > networkRounding(m.Mean)) || math.IsInf(value, 0) || !(value > 1e-300) {
		return factorText(m.Mean, 0)
	}
	return WithError(value, value*m.StdErr)
}

// theory is the exact prediction, else that to the first order in 1/width, else that of the
// wide limit.
func (l NetworkLayer) theory(q NetworkQuantity) float64 {
	for _, x := range []float64{l.Exact[q], l.Finite[q]} {
		if !math.IsNaN(x) {
			return x
		}
	}
	return l.Wide[q]
}

// strips are the spreads of the gradient, in units of its typical size at the last layer.
func (s NetworkSimulation) strips() []Strip {
	if len(s.Layers) == 0 {
		return nil
	}
	last := s.Layers[len(s.Layers)-1]
	end, endTheory := last.Simulated[LogGradNorm].Mean, last.theory(LogGradNorm)
	out := make([]Strip, len(s.Layers))
	for i, l := range s.Layers {
		out[i] = Strip{l.Quantiles[0] - end, l.Relative.Mean, l.Quantiles[1] - end, l.theory(LogGradNorm) - endTheory}
	}
	return out
}
