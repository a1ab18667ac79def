package reports

import (
	"math"
	"strings"

	"gradchain/props"
)

// verifyData is the table for programs: the scalars of each result, by the names of
// its JSON form.
func verifyData(results []props.Result) *Table {
	t := NewTable("", keyed([]string{
		"claim_id", "statement", "source", "family", "kind", "domain", "test", "assumption", "given", "unit", "corrected_by",
		"verdict", "expected", "as_expected", "reason", "unpowered",
		"alpha_R", "alpha_V", "beta", "configs_tried", "violating_mass_upper",
		"log10_e_refute", "log10_e_verify", "log10_e_refute_merged", "p_refute",
		"theta0", "estimate", "ci_lo", "ci_hi", "ci_level", "relative_to_delta", "delta", "mde",
		"samples_total", "factors_total", "wall_ms", "mutants_total", "mutants_killed", "mutants_equivalent", "power_drawn",
		"counterexample", "cmd",
	})...)
	for i := range results {
		r := &results[i]
		cells := []Cell{
			Label(r.ID), Label(r.Sentence), Label(r.Source.String()), Label(r.Family), Label(r.Kind), Label(r.Domain), Label(r.Test), Label(r.Assumption), Label(strings.Join(r.Given, "; ")), Label(r.Unit), Label(r.Correction),
			Label(r.Verdict.String()), Label(r.Expected.String()), Bool(r.AsExpected()), Label(r.Reason), Label(r.Unpowered),
			of(r.FalseFail), of(r.FalsePass), of(r.Undecided), Count(int64(r.ConfigsTried)), of(r.Coverage.ViolatingMass),
			of(r.Log10ERefute), of(r.Log10EVerify), of(r.Log10EMerged), of(r.PRefute),
		}
		e := props.Effect{Predicted: nan, Estimate: nan, Interval: props.Interval{Lo: nan, Hi: nan, Level: nan}, Relative: nan}
		if r.Effect != nil {
			e = *r.Effect
		}
		mde, wall, config, near := Missing(), Missing(), "", Missing()
		if r.Drawn != nil {
			near = of(r.Drawn.Median)
		}
		if r.MDE != nil {
			mde = of(r.MDE.Value)
		}
		if r.WallMillis != nil {
			wall = computed(float64(*r.WallMillis))
		}
		if r.Counterexample != nil {
			config = r.Counterexample.Config
		}
		t.Add(append(cells,
			of(e.Predicted), of(e.Estimate), of(e.Interval.Lo), of(e.Interval.Hi), of(e.Interval.Level), of(e.Relative), of(r.Discrepancy), mde,
			Count(r.Samples), Count(r.Factors), wall, Count(int64(r.Mutants.Total)), Count(int64(r.Mutants.Killed)), Count(int64(r.Mutants.Equivalent)), near,
			Label(config), Label(r.Repro.Command))...)
	}
	return t
}

var nan = props.Float(math.NaN())

func of(x props.Float) Cell { return computed(float64(x)) }

// verifyObject is the JSON form: a header, the sentences of the text, then the results as
// they are.
func verifyObject(title string, results []props.Result, v verification) any {
	type header struct {
		Title string `json:"title"`
		Seed  uint64 `json:"master_seed,string"`
		Tier  string `json:"tier"`
		props.Totals
		Interrupted bool     `json:"interrupted"`
		NotJudged   []string `json:"not_judged"`
	}
	object := struct {
		Header  header         `json:"header"`
		Text    []sentenceData `json:"text"`
		Results []props.Result `json:"results"`
	}{header{title, v.env.Seed, v.env.Tier.String(), v.sum, len(v.missing) > 0, append([]string{}, v.missing...)}, v.textData(), results}
	if results == nil {
		object.Results = []props.Result{}
	}
	return object
}

// sentenceData is a sentence of the text with its verdict, null for one that is not tested.
type sentenceData struct {
	ID        string  `json:"id"`
	Sentence  string  `json:"sentence"`
	Verdict   *string `json:"verdict"`
	Plain     string  `json:"plain,omitempty"`
	Corrected string  `json:"corrected_by,omitempty"`
}

func (v verification) textData() []sentenceData {
	out := []sentenceData{}
	for _, s := range props.Text() {
		d := sentenceData{ID: s.ID, Sentence: s.Said}
		if r, judged := v.find(s.ID); judged {
			verdict := r.Verdict.String()
			d.Sentence, d.Verdict, d.Plain, d.Corrected = r.Sentence, &verdict, r.Plain, r.Correction
		} else if claim, err := props.Lookup(s.ID); err == nil {
			d.Sentence, d.Plain, d.Corrected = claim.Sentence, claim.Plain, claim.Correction
		}
		out = append(out, d)
	}
	return out
}
