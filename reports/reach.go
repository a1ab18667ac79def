package reports

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mathext"
	"gonum.org/v1/gonum/stat/distuv"

	"gradchain/theory/figures"
)

// Reach is how much of the gradient at the end of a network reaches its beginning: the
// logarithm of the ratio of the two norms, over the samples.
type Reach struct {
	From, To string     // the two places, as "the last layer" and "layer 1"
	Unit     string     // of depth, as "layer"
	Steps    int        // units between them
	Log      SampleMean // of the logarithm, over the samples where it is a finite number
	Samples  int64      // all; in the others the gradient is exactly 0 at the beginning
	Noun     string     // of several samples, as "networks"
	Theory   float64    // of the mean of the logarithm, NaN where none is known
	Factor   float64    // above 1: a ratio beyond it, or below its inverse, is no longer stable
}

// Fate is what becomes of a gradient on the way back.
type Fate int

// The fates.
const (
	CannotTell Fate = iota // the samples do not decide
	Vanishes
	Explodes
	Stable
)

// String returns "cannot tell", "vanish", "explode" or "stable".
func (f Fate) String() string {
	return [...]string{"cannot tell", "vanish", "explode", "stable"}[f]
}

// reachLevel is the confidence of the intervals that decide a fate.
const reachLevel = 0.95

// Fate decides by an interval of 95 % confidence for the typical ratio, exp of the mean of
// the logarithm: vanish if all of it is below 1/Factor, explode if all of it is above
// Factor, stable if all of it is between them. Where the gradient is exactly 0 at the
// beginning of more than half of the samples, by the same confidence, it vanishes.
func (r Reach) Fate() Fate {
	if r.Steps < 1 || r.Samples < 1 {
		return CannotTell
	}
	deadLow, deadHigh := shareInterval(r.Samples-r.Log.Count, r.Samples)
	lo, hi := r.interval()
	bound := math.Log(r.Factor)
	switch {
	case deadLow > 0.5:
		return Vanishes
	case !(deadHigh < 0.5):
		return CannotTell
	case hi < -bound:
		return Vanishes
	case lo > bound:
		return Explodes
	case lo >= -bound && hi <= bound:
		return Stable
	}
	return CannotTell
}

// interval is Student's for the mean of the logarithm; NaN for fewer than two samples, a
// point where there is no spread but rounding.
func (r Reach) interval() (lo, hi float64) {
	if r.Log.StdErr <= networkRounding(r.Log.Mean) {
		return r.Log.Mean, r.Log.Mean
	}
	if r.Log.Count < 2 {
		return math.NaN(), math.NaN()
	}
	t := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(r.Log.Count - 1)}.Quantile((1 + reachLevel) / 2)
	return r.Log.Mean - t*r.Log.StdErr, r.Log.Mean + t*r.Log.StdErr
}

// shareInterval is that of Clopper & Pearson (1934) for k of n.
func shareInterval(k, n int64) (lo, hi float64) {
	const tail = (1 - reachLevel) / 2
	a, b := float64(k), float64(n-k)
	lo, hi = 0, 1
	if k > 0 {
		lo = mathext.InvRegIncBeta(a, b+1, tail)
	}
	if k < n {
		hi = mathext.InvRegIncBeta(a+1, b, 1-tail)
	}
	return lo, hi
}

// Sentence says the fate with the typical ratio, its factor per unit of depth, and the
// factor of theory.
func (r Reach) Sentence() string {
	if r.Samples < 1 {
		return "Nothing was sampled."
	}
	if r.Steps < 1 {
		return fmt.Sprintf("One %s: there is no depth over which gradients could vanish or explode.", r.Unit)
	}
	var text string
	switch r.Fate() {
	case Vanishes:
		if r.mostlyDead() {
			share := "all"
			if r.Log.Count > 0 {
				share = Percent(r.deadShare())
			}
			return fmt.Sprintf("Gradients vanish: at %s the gradient is exactly 0 in %s of the %s.", r.To, share, r.Noun)
		}
		text = "Gradients vanish: " + r.arrives()
	case Explodes:
		text = fmt.Sprintf("Gradients explode: %s gets %s times %s's gradient", r.To, r.ratio(r.Log.Mean), r.From)
	case Stable:
		text = "Gradients are stable: " + r.arrives()
	default:
		return r.undecided()
	}
	text += ", " + r.times(r.Log.Mean) + " a " + r.Unit
	if !math.IsNaN(r.Theory) {
		text += "; theory " + r.times(r.Theory)
	}
	return text + "."
}

func (r Reach) arrives() string {
	return fmt.Sprintf("%s of %s's gradient reaches %s", r.ratio(r.Log.Mean), r.From, r.To)
}

func (r Reach) mostlyDead() bool {
	lo, _ := shareInterval(r.Samples-r.Log.Count, r.Samples)
	return lo > 0.5
}

func (r Reach) deadShare() float64 { return float64(r.Samples-r.Log.Count) / float64(r.Samples) }

// undecided says what the samples leave open.
func (r Reach) undecided() string {
	lo, hi := r.interval()
	switch _, deadHigh := shareInterval(r.Samples-r.Log.Count, r.Samples); {
	case r.Samples < 2:
		return fmt.Sprintf("Cannot tell from one sample: it has no spread. In it %s.", r.arrivesOrDead())
	case !(deadHigh < 0.5):
		return fmt.Sprintf("Cannot tell: at %s the gradient is exactly 0 in about half of the %s (%s).", r.To, r.Noun, Percent(r.deadShare()))
	case math.IsNaN(lo):
		return fmt.Sprintf("Cannot tell from so few %s; take more samples.", r.Noun)
	default:
		return fmt.Sprintf("Cannot tell: from %s to %s of %s's gradient reaches %s (95 %% confidence); more samples would decide.",
			r.ratio(lo), r.ratio(hi), r.From, r.To)
	}
}

func (r Reach) arrivesOrDead() string {
	if r.Log.Count == 0 {
		return fmt.Sprintf("the gradient is exactly 0 at %s", r.To)
	}
	return r.arrives()
}

// Rule says how sure the sentence is and what its words mean.
func (r Reach) Rule() string {
	if r.Steps < 1 || r.Samples < 1 {
		return ""
	}
	var text string
	if lo, hi := r.interval(); !math.IsNaN(lo) {
		text = fmt.Sprintf("%s to %s a %s with 95 %% confidence, over %s %s", r.times(lo), r.times(hi), r.Unit, Thousands(r.Log.Count), r.Noun)
		if dead := r.Samples - r.Log.Count; dead > 0 {
			text += fmt.Sprintf("; in %s more the gradient is exactly 0", Thousands(dead))
		}
		text += ". "
	}
	return text + r.bounds()
}

// bounds say what the words for a fate mean.
func (r Reach) bounds() string {
	f := Brief(r.Factor, 6)
	return fmt.Sprintf("Vanish: less than 1/%s is left over the depth; explode: more than %s times; stable: between (--factor).", f, f)
}

// ratio prints e^x with the digits that the samples know.
func (r Reach) ratio(x float64) string { return Exp(x, r.Log.StdErr) }

// times prints the factor per unit of depth of a logarithm over all of it.
func (r Reach) times(x float64) string {
	steps := float64(r.Steps)
	return "×" + factorText(x/steps, r.Log.StdErr/steps)
}

// factorText prints e^x to two digits of its error, between three and four significant
// ones, of x where the factor is next to 1.
func factorText(x, err float64) string {
	if text, ok := special(x); ok {
		return text
	}
	value := math.Exp(x)
	if math.Abs(x) > 700 {
		return Power10(x / math.Ln10)
	}
	size := value
	if 0 < math.Abs(value-1) && math.Abs(value-1) < 0.05 {
		size = value - 1
	}
	digits := 4
	if err > 0 && err < 1 {
		digits = max(1, min(exponent(size, 6)-exponent(value*err, 2)+2, 4))
	}
	decimal := digits - 1 - exponent(size, digits)
	if !plain(value) || decimal < 0 {
		return Significant(value, max(digits, 3))
	}
	return rounded(value, max(decimal, 2-exponent(value, 3)))
}

// reachData is a reach for programs.
type reachData struct {
	Fate      string   `json:"fate"`
	Sentence  string   `json:"sentence"`
	From      string   `json:"from"`
	To        string   `json:"to"`
	Steps     int      `json:"steps"`
	LogRatio  *float64 `json:"log_ratio"`        // mean; null where no sample has one
	StdErr    *float64 `json:"log_ratio_stderr"` // null for fewer than two
	Low       *float64 `json:"log_ratio_low"`
	High      *float64 `json:"log_ratio_high"`
	Level     float64  `json:"level"`
	Theory    *float64 `json:"log_ratio_theory"`
	DeadShare float64  `json:"dead_share"`
	Factor    float64  `json:"factor"`
}

func (r Reach) data() *reachData {
	if r.Steps < 1 || r.Samples < 1 {
		return nil
	}
	lo, hi := r.interval()
	return &reachData{
		Fate: r.Fate().String(), Sentence: r.Sentence(), From: r.From, To: r.To, Steps: r.Steps,
		LogRatio: finite(r.Log.Mean), StdErr: finite(r.Log.StdErr), Low: shared(lo), High: shared(hi), Level: reachLevel,
		Theory: shared(r.Theory), DeadShare: r.deadShare(), Factor: r.Factor,
	}
}

// finite is nil for what JSON has no number for.
func finite(x float64) *float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil
	}
	return &x
}

// shared is finite of the digits that machines share of a number that theory computes.
func shared(x float64) *float64 { return finite(figures.Round(x, figures.Print)) }
