package reports

import (
	"math"
	"slices"

	"gradchain/theory/figures"
)

// Notes below the tables of a simulated chain.
const (
	overAlive    = "Over the paths alive: a path with a factor of exactly 0 is dead and has no logarithm."
	allPathsDead = "All paths are dead."
	onePath      = "One path alive has no spread."
	deadQuantile = "The quantile is over all paths and falls on a dead one: G = 0."
	typicalNote  = "The exponent is the mean of log|G| over the depth, typical |G| is exp(mean of log|G|): the size of most paths. " +
		"The mean of |G| lives on rare ones. Diff. is simulated − predicted in standard errors."
)

func depthColumn() Column { return Column{Name: "depth", Align: Right} }

func numbers(group, unit string, names ...string) []Column {
	out := make([]Column, len(names))
	for i, name := range names {
		out[i] = Column{Group: group, Name: name, Unit: unit, Align: Right}
	}
	return out
}

func columns(groups ...[]Column) []Column {
	out := []Column{depthColumn()}
	for _, g := range groups {
		out = append(out, g...)
	}
	return out
}

// sizes is the table of exponents and typical sizes.
func (s ChainSimulation) sizes(depths []chainDepth) *Table {
	t := NewTable("Typical size", columns(
		numbers("exponent", "nats per layer", "simulated ± s.e.", "predicted"),
		numbers("diff.", "s.e.", ""),
		numbers("typical |G|", "", "simulated", "predicted"),
	)...)
	for _, d := range depths {
		depth := float64(d.depth)
		mark := ""
		switch {
		case d.allDead():
			mark = t.Note(allPathsDead)
		case d.dead > 0:
			mark = t.Note(overAlive)
		}
		typical := Number(d.simulated.Mean, Exp(d.simulated.Mean, d.stdErr))
		if d.allDead() {
			typical = Label("dead")
		}
		rate := Number(d.simulated.Mean/depth, WithError(d.simulated.Mean/depth, d.shownError()/depth)).Marked(mark)
		predicted := s.predicted(t, d.predicted.Mean/depth, rateText(d.predicted.Mean/depth, d.shownError()/depth))
		if d.predicted.Alive < 1 {
			predicted = predicted.Marked(t.Note(overAlive))
		}
		t.Add(Count(int64(d.depth)), rate, predicted, difference(d.meanDeviation()),
			typical, s.predicted(t, d.predicted.Mean, Exp(d.predicted.Mean, d.stdErr)))
	}
	t.Remark(typicalNote)
	return t
}

// rateText prints a predicted number with the digits of the simulated one.
func rateText(x, stdErr float64) string {
	if text, ok := special(x); ok {
		return text
	}
	if !(stdErr > 0) {
		return Significant(x, 6)
	}
	return scaleOf(stdErr, x).print(x)
}

// difference prints a number of standard errors.
func difference(x float64) Cell {
	if text, ok := special(x); ok {
		return Number(x, text)
	}
	if math.Abs(x) >= 1e4 {
		return Number(x, Significant(x, 2))
	}
	return Number(x, rounded(x, 1))
}

// predicted is a cell with a prediction, with a footnote where there is none.
func (s ChainSimulation) predicted(t *Table, x float64, show string) Cell {
	if math.IsNaN(x) && s.Unpredicted != "" {
		return Missing().Marked(t.Note(s.Unpredicted))
	}
	return Number(x, show)
}

// quantiles is the table of the quantiles of |G|.
func (s ChainSimulation) quantiles(depths []chainDepth) *Table {
	t := NewTable("Quantiles of |G|", columns(
		numbers("5 %", "", "simulated", "predicted"),
		numbers("median", "", "simulated", "predicted"),
		numbers("95 %", "", "simulated", "predicted"),
	)...)
	for _, d := range depths {
		row := []Cell{Count(int64(d.depth))}
		for i, q := range [...][2]float64{
			{d.simulated.Low, d.predicted.Low}, {d.simulated.Median, d.predicted.Median}, {d.simulated.High, d.predicted.High},
		} {
			found := Number(q[0], Exp(q[0], d.bounds[i]))
			if math.IsInf(q[0], -1) {
				found = found.Marked(t.Note(deadQuantile))
			}
			row = append(row, found, s.predicted(t, q[1], Exp(q[1], d.bounds[i])))
		}
		t.Add(row...)
	}
	return t
}

// spreads is the table of the spread of log|G| and of probabilities.
func (s ChainSimulation) spreads(depths []chainDepth) *Table {
	t := NewTable("Spread and probabilities", columns(
		numbers("sd log|G|", "nats", "simulated", "predicted"),
		numbers("P(|G|>1)", "", "simulated", "predicted"), numbers("diff.", "s.e.", ""),
		numbers("alive", "", "simulated", "predicted"), numbers("diff.", "s.e.", ""),
	)...)
	for _, d := range depths {
		spread := math.Sqrt(d.simulated.Variance)
		// The standard error that normal numbers would have sets the digits, six at most.
		digits := scaleOf(max(spread*max(1/math.Sqrt(2*float64(d.paths-d.dead)), 1e-4), d.rounding()), spread)
		found := Number(spread, digits.print(spread))
		switch {
		case d.allDead():
			found = found.Marked(t.Note(allPathsDead))
		case d.paths-d.dead == 1:
			found = found.Marked(t.Note(onePath))
		}
		theory := math.Sqrt(d.predicted.Variance)
		shown := digits.print(theory)
		if math.IsNaN(spread) || digits.exponent && plain(theory) { // nothing to take the digits from
			shown = Significant(theory, 5)
		}
		t.Add(Count(int64(d.depth)), found, s.predicted(t, theory, shown),
			d.share(d.simulated.Exceed), s.share(t, d, d.predicted.Exceed), difference(d.exceedDeviation()),
			d.share(d.simulated.Alive), s.share(t, d, d.predicted.Alive), difference(d.aliveDeviation()))
	}
	return t
}

// share is a share of the paths to two digits of its standard error, or to that of one
// path if that is all that is known. A prediction too small to be seen has its own.
func (d chainDepth) share(p float64) Cell { return Number(p, d.shareText(p)) }

func (s ChainSimulation) share(t *Table, d chainDepth, p float64) Cell {
	return s.predicted(t, p, d.shareText(p))
}

func (d chainDepth) shareText(p float64) string {
	if text, ok := special(p); ok {
		return text
	}
	err := max(proportionError(p, d.paths), 10/float64(d.paths))
	if 0 < p && p < err/100 {
		return Significant(p, 2)
	}
	return rounded(p, max(0, min(1-exponent(err, 2), 8)))
}

// allNotes are the notes of the tables, each once.
func allNotes(tables []*Table) []string {
	var out []string
	for _, t := range tables {
		for _, note := range slices.Concat(t.notes, t.remarks) {
			if !slices.Contains(out, note) {
				out = append(out, note)
			}
		}
	}
	return out
}

// chainData is the table for programs: everything, by depth.
func chainData(depths []chainDepth) *Table {
	keys := []string{"depth", "paths", "dead", "stderr_log", "mean_difference_se", "exceed_1_difference_se", "alive_difference_se"}
	for _, side := range []string{"simulated_", "predicted_"} {
		for _, key := range []string{"mean_log", "var_log", "q05_log", "median_log", "q95_log", "exceed_1", "alive"} {
			keys = append(keys, side+key)
		}
	}
	t := NewTable("", keyed(keys)...)
	for _, d := range depths {
		row := []Cell{Count(int64(d.depth)), Count(d.paths), Count(d.dead)}
		row = append(row, exact(d.stdErr), computed(d.meanDeviation()), computed(d.exceedDeviation()), computed(d.aliveDeviation()))
		for _, x := range d.simulated.all() {
			row = append(row, exact(x))
		}
		for _, x := range d.predicted.all() {
			row = append(row, computed(x))
		}
		t.Add(row...)
	}
	return t
}

// all are the numbers of a prediction, in the order of the keys.
func (p ChainPrediction) all() []float64 {
	return []float64{p.Mean, p.Variance, p.Low, p.Median, p.High, p.Exceed, p.Alive}
}

// keyed are columns that only programs see.
func keyed(keys []string) []Column {
	out := make([]Column, len(keys))
	for i, key := range keys {
		out[i].Key = key
	}
	return out
}

// exact is a number that only programs see.
func exact(x float64) Cell { return Number(x, "") }

// computed is a number for programs, with the digits that machines share.
func computed(x float64) Cell { return Number(figures.Round(x, figures.Print), "") }
