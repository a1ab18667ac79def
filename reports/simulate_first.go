package reports

import "math"

const chainNote = "Typical |G|: exp of the mean of log|G|, the size of most paths; × a layer: its root of order depth. " +
	"The mean of |G| is another number, it lives on rare paths (gradchain theory chain.log_product.mean)."

// first is the table of the first screen: the typical size by depth, its factor per layer
// beside that of theory, how many paths are above 1, and the spread as a strip.
func (s ChainSimulation) first(depths []chainDepth) *Table {
	t := NewTable("", columns(
		numbers("typical |G|", "", "simulated"),
		numbers("× a layer", "", "simulated ± s.e.", "theory"),
		numbers("P(|G|>1)", "", "simulated", "theory"),
	)...)
	strips := make([]Strip, len(depths))
	for i, d := range depths {
		strips[i] = Strip{d.simulated.Low, d.simulated.Mean, d.simulated.High, d.predicted.Mean}
		depth := float64(d.depth)
		found := SampleMean{d.simulated.Mean / depth, d.stdErr / depth, d.paths - d.dead}
		typical, rate := Label("0"), Missing()
		if !d.allDead() {
			typical = Number(d.simulated.Mean, Exp(d.simulated.Mean, d.stdErr))
			rate = Number(math.Exp(found.Mean), found.factor())
		}
		if d.dead > 0 && !d.allDead() {
			typical = typical.Marked(t.Note(overAlive))
		}
		theory := d.predicted.Mean / depth
		t.Add(Count(int64(d.depth)), typical, rate, s.predicted(t, theory, factorText(theory, found.StdErr)),
			d.share(d.simulated.Exceed), s.share(t, d, d.predicted.Exceed))
	}
	t.Strips(strips)
	t.Remark(chainNote)
	return t
}
