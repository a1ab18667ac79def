package reports

import (
	"fmt"
	"math"

	"gradchain/sim/tally"
)

// ChainPrediction is what the theory says of log|G| at one depth; NaN where it says
// nothing. Logarithms are natural.
type ChainPrediction struct {
	Mean     float64 // of log|G| over the paths alive
	Variance float64 // the same paths
	Low      float64 // 5 %-quantile of log|G| over all paths, dead ones counting as −Inf
	Median   float64
	High     float64 // 95 %-quantile
	Exceed   float64 // P(|G| > 1)
	Alive    float64 // P(G ≠ 0)
}

// NoChainPrediction is the prediction of a theory that says nothing.
func NoChainPrediction() ChainPrediction {
	nan := math.NaN()
	return ChainPrediction{nan, nan, nan, nan, nan, nan, nan}
}

// ChainSimulation is a sampled chain with what the theory says of it.
type ChainSimulation struct {
	Model       string // in words or as canonical text
	Seed        uint64
	Summaries   []tally.Summary   // by depth; P(|G| > 1) is their exceedance of the threshold 0
	Predictions []ChainPrediction // one for each summary
	Unpredicted string            // why a prediction is missing, if one is
	Reach       Reach             // of the gradient from the output to the input
	Keep        Section           // what would keep the gradient
	Details     bool              // show exponents, quantiles and shares as well
}

// SimulateChain reports a chain: in a sentence what becomes of its gradient, then depth by
// depth what was simulated beside what is predicted, then what would keep it. It panics unless there is a prediction for each summary.
func SimulateChain(s ChainSimulation) *Report {
	if len(s.Summaries) != len(s.Predictions) {
		panic(fmt.Sprintf("reports: %d predictions for %d summaries", len(s.Predictions), len(s.Summaries)))
	}
	depths := make([]chainDepth, len(s.Summaries))
	for i, summary := range s.Summaries {
		depths[i] = newChainDepth(summary, s.Predictions[i])
	}
	data := chainData(depths)
	tables := []*Table{s.sizes(depths), s.quantiles(depths), s.spreads(depths)}
	r := &Report{Title: s.Reach.Sentence(), Data: data}
	if rule := s.Reach.Rule(); rule != "" {
		r.Sections = append(r.Sections, Section{Text: []string{rule}})
	}
	fields := []Field{{Label: "model", Text: configuration(s.Model)}}
	if len(depths) > 0 {
		fields = append(fields, Field{Label: "paths", Text: Thousands(s.Summaries[0].Paths)})
	}
	fields = append(fields, Field{Label: "seed", Text: fmt.Sprint(s.Seed)})
	r.Sections = append(r.Sections, Section{Fields: fields}, Section{Table: s.first(depths)})
	if s.Details {
		for _, t := range tables {
			r.Sections = append(r.Sections, Section{Table: t})
		}
	}
	if len(s.Keep.Fields) > 0 {
		r.Sections = append(r.Sections, s.Keep)
	}
	r.Object = struct {
		Title   string     `json:"title"`
		Verdict *reachData `json:"verdict,omitempty"`
		Model   string     `json:"model"`
		Seed    uint64     `json:"master_seed,string"`
		Rows    *Table     `json:"depths"`
		Notes   []string   `json:"notes,omitempty"`
	}{"Gradients along a chain", s.Reach.data(), s.Model, s.Seed, data, allNotes(tables)}
	return r
}

// chainDepth is a depth of the report: simulated, predicted, and how they differ.
type chainDepth struct {
	depth     int
	paths     int64
	dead      int64
	simulated ChainPrediction // the estimates of what is predicted
	predicted ChainPrediction
	stdErr    float64    // of the simulated mean
	bounds    [3]float64 // about the errors of the simulated quantiles, which set their digits
}

func newChainDepth(s tally.Summary, p ChainPrediction) chainDepth {
	d := chainDepth{
		depth: s.Depth, paths: s.Paths, dead: s.Dead, predicted: p, stdErr: float64(s.StandardError),
		simulated: ChainPrediction{
			Mean: float64(s.Mean), Variance: float64(s.Variance),
			Low: quantile(s, 0.05), Median: quantile(s, 0.5), High: quantile(s, 0.95),
			Exceed: math.NaN(), Alive: float64(s.Paths-s.Dead) / float64(s.Paths),
		},
	}
	for i, p := range [...]float64{0.05, 0.5, 0.95} {
		for _, q := range s.Quantiles {
			if q.P == p {
				d.bounds[i] = float64(q.Bound) + quantileErrors[i]*d.stdErr
			}
		}
	}
	for _, e := range s.Exceedances {
		if e.Threshold == 0 {
			d.simulated.Exceed = float64(e.Fraction)
		}
	}
	return d
}

func quantile(s tally.Summary, p float64) float64 {
	for _, q := range s.Quantiles {
		if q.P == p {
			return float64(q.Log)
		}
	}
	return math.NaN()
}

// allDead says that no path is alive, so that nothing is known of log|G|.
func (d chainDepth) allDead() bool { return d.paths > 0 && d.dead == d.paths }

// quantileErrors are the standard errors √(p(1−p)/n)/ϕ(z_p) of the three quantiles of n
// normal numbers, in units of that of their mean. log|G| is not quite normal, but they
// only set how many digits are shown.
var quantileErrors = [...]float64{2.113, 1.253, 2.113}

// sameTo is the relative accuracy to which theory is computed: a smaller difference is
// none, even where the standard error is 0 because all factors are ±c.
const sameTo = 1e-10

// rounding is how far rounding alone may take log|G| from theory.
func (d chainDepth) rounding() float64 { return sameTo * math.Abs(d.simulated.Mean) }

// shownError is the standard error of the mean, 0 if it is rounding only.
func (d chainDepth) shownError() float64 {
	if d.stdErr <= d.rounding() {
		return 0
	}
	return d.stdErr
}

// deviation is the difference of two numbers in standard errors.
func deviation(simulated, predicted, stdErr float64) float64 {
	if math.Abs(simulated-predicted) <= sameTo*max(math.Abs(simulated), math.Abs(predicted)) {
		return 0
	}
	return (simulated - predicted) / stdErr
}

// proportionError is the standard error of the share of n paths when its probability
// is p.
func proportionError(p float64, n int64) float64 { return math.Sqrt(p * (1 - p) / float64(n)) }

func (d chainDepth) meanDeviation() float64 {
	return deviation(d.simulated.Mean, d.predicted.Mean, d.stdErr)
}

func (d chainDepth) exceedDeviation() float64 {
	return deviation(d.simulated.Exceed, d.predicted.Exceed, proportionError(d.predicted.Exceed, d.paths))
}

func (d chainDepth) aliveDeviation() float64 {
	return deviation(d.simulated.Alive, d.predicted.Alive, proportionError(d.predicted.Alive, d.paths))
}
