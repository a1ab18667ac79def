package reports

import (
	"fmt"
	"strings"

	"gradchain/props"
	"gradchain/props/evidence"
)

// verification is a run with the words in which a report shows it.
type verification struct {
	rows    []row
	sum     props.Totals
	env     props.Env
	missing []string // IDs of claims that an interruption left without a verdict
}

// VerifyOptions say how much is shown of a run.
type VerifyOptions struct {
	Details bool     // in text, every table and not only the first screen
	Missing []string // IDs of the claims that an interruption left without a verdict
}

// fewClaims are so few that a person wants to see all there is about them.
const fewClaims = 6

// Verify is the report on a run: in text the first screen, at most 60 lines, unless details
// are asked for or the claims are few. The tables of the details, and of all other formats,
// say what each sentence deserves, how far off it is, how strong the evidence is, and
// whether the check could have failed. A corrected form follows the sentence it corrects.
// JSON holds the results as they are, under a header.
func Verify(results []props.Result, env props.Env, options VerifyOptions) *Report {
	v := verification{ordered(results), props.Total(results), env, options.Missing}
	r := &Report{Title: "Verification: " + v.sum.Headline(), Data: verifyData(results), Sections: v.details()}
	if len(v.missing) > 0 {
		r.Title = fmt.Sprintf("Interrupted: %d of %d claims judged. %s", len(results), len(results)+len(v.missing), r.Title)
	}
	if len(results)+len(v.missing) > fewClaims && !options.Details {
		r.Screen = v.screen
	}
	r.Object = verifyObject(r.Title, results, v)
	return r
}

// details are all tables of a run.
func (v verification) details() []Section {
	rows := v.rows
	out := []Section{{Text: []string{preface}}}
	if len(v.missing) > 0 {
		out = append(out, Section{Title: "Not judged", Text: []string{strings.Join(v.missing, ", ")}})
	}
	if len(v.sum.NotAsExpected) > 0 {
		out = append(out, unexpected(rows))
	}
	out = append(out, Section{Table: verdicts(rows)})
	if t := effects(rows); len(t.rows) > 0 {
		out = append(out, Section{Table: t})
	}
	out = append(out, Section{Table: strengths(rows)})
	for _, r := range rows {
		if r.Verdict == evidence.Refuted {
			out = append(out, r.counterexample())
		}
	}
	out = append(out, Section{Table: tested(rows)}, notes(rows, v.sum, v.env))
	if len(v.sum.NotAsExpected) > 0 {
		out = append(out, unexpected(rows))
	}
	return out
}

const preface = "Every sentence is judged as it stands: a false one is expected to be refuted, and its corrected form follows it. " +
	"Verified means that an error as large as the stated discrepancy is excluded at the stated rate; see the notes at the end."

// ordered are the results with each corrected form right behind the first sentence
// that it corrects.
func ordered(results []props.Result) []row {
	at := map[string]int{}
	for i := range results {
		at[results[i].ID] = i
	}
	out := make([]row, 0, len(results))
	done := make([]bool, len(results))
	add := func(i int, corrects bool) {
		v := newRow(&results[i])
		v.corrects = corrects
		if j, there := at[v.Correction]; there {
			v.corrected = &results[j]
		}
		out = append(out, v)
		done[i] = true
	}
	for i := range results {
		if done[i] {
			continue
		}
		add(i, false)
		if j, there := at[results[i].Correction]; there && !done[j] {
			add(j, true)
		}
	}
	return out
}

// unexpected lists the claims on which the run fails, and why.
func unexpected(rows []row) Section {
	s := Section{Title: "Not as expected"}
	for _, v := range rows {
		if v.AsExpected() {
			continue
		}
		text := fmt.Sprintf("%v, expected %v: %s", v.Verdict, v.Expected, v.Reason)
		if v.Unpowered != "" {
			text += "; UNPOWERED, the check could not have failed: " + v.Unpowered
		}
		s.Fields = append(s.Fields, Field{Label: v.ID, Text: text})
	}
	return s
}

// verdicts is the table of the sentences, who says them, and what they deserve.
func verdicts(rows []row) *Table {
	t := NewTable("Verdicts",
		Column{Name: "claim"}, Column{Name: "verdict"}, Column{Name: "as expected"}, Column{Name: "sentence, taken literally, and who says it"})
	for _, v := range rows {
		id, said := v.ID, []string{v.Sentence, "— " + v.Source.String()}
		if v.corrects {
			id = "→\u00a0" + id
		}
		if v.Correction != "" && v.corrected == nil {
			said = append(said, "Its corrected form, "+v.Correction+", is not part of this run.")
		}
		if v.Asymptotic != "" {
			said = append(said, v.asymptotic())
		}
		expected := Bool(v.AsExpected())
		if v.Unpowered != "" {
			expected = expected.Marked(t.Note("The check could not have failed, so the verdict does not count."))
		}
		verdict := Label(v.Verdict.String())
		if len(v.Given) > 0 {
			verdict = verdict.Marked(t.Note("Given declared bounds: see the table What was tested."))
		}
		t.Add(Label(id), verdict, expected, Paragraphs(said...))
	}
	for _, v := range rows {
		if v.corrects {
			t.Remark("→ is the corrected form of the sentence above it.")
			break
		}
	}
	return t
}

// effects is the table of predicted and found numbers, at the worst configuration.
func effects(rows []row) *Table {
	t := NewTable("Predicted and found, at the configuration that fits worst",
		Column{Name: "claim"}, Column{Name: "unit"},
		Column{Name: "predicted", Align: Right}, Column{Name: "found [interval]", Align: Right},
		Column{Name: "notices", Align: Right}, Column{Name: "off by", Unit: "× notices", Align: Right})
	for _, v := range rows {
		if v.Effect == nil {
			continue
		}
		e := v.Effect
		found := Number(float64(e.Estimate), v.estimate()).Marked(t.Note(v.interval()))
		t.Add(Label(v.ID), Label(v.Unit), Number(float64(e.Predicted), v.predicted()), found,
			Number(float64(v.Discrepancy), v.notices()), difference(float64(e.Relative)))
	}
	t.Remark("Notices: the smallest error that the check is designed to find.")
	return t
}

// strengths is the table of evidence, coverage and power.
func strengths(rows []row) *Table {
	t := NewTable("Evidence and power",
		Column{Name: "claim"},
		Column{Group: "evidence against", Name: "the claim", Unit: "log10", Align: Right},
		Column{Group: "evidence against", Name: "a violation", Unit: "log10", Align: Right},
		Column{Name: "configurations", Align: Right}, Column{Name: "samples", Align: Right},
		Column{Name: "unseen", Unit: "at most", Align: Right}, Column{Name: "mutants", Unit: "killed", Align: Right},
		Column{Name: "nearest", Unit: "× notices", Align: Right})
	for _, v := range rows {
		against, violation := log10(v.Log10EMerged), log10(v.Log10EVerify)
		if v.Kind == props.Distribution.String() || v.Kind == props.TwoSample.String() {
			violation = violation.Marked(t.Note("A law is judged by p-values p; the figure is that of 1/(2√p), an e-value."))
		}
		if v.deterministic() {
			mark := t.Note("Decided point by point: one point off by more than rounding refutes.")
			against, violation = Missing().Marked(mark), Missing().Marked(mark)
		}
		unseen := Missing()
		if v.Verdict == evidence.Verified {
			unseen = Number(float64(v.Coverage.ViolatingMass), Percent(float64(v.Coverage.ViolatingMass)))
		}
		killed := Number(float64(v.Mutants.Killed), v.mutants())
		if v.Unpowered != "" {
			killed = killed.Marked(t.Note("Unpowered: " + v.Unpowered + "."))
		}
		t.Add(Label(v.ID), against, violation, Count(int64(v.ConfigsTried)), Count(v.Samples), unseen, killed, v.nearest(t))
	}
	t.Remark("Unseen: the share of the configurations, as the generator of the claim draws them, that may violate a verified claim although none that was drawn does.")
	t.Remark("Nearest: the effect of the nearest mutant at the typical drawn configuration, the median of them.")
	return t
}

// tested is the table of what was computed, and over what.
func tested(rows []row) *Table {
	t := NewTable("What was tested",
		Column{Name: "claim"}, Column{Name: "test"}, Column{Name: "over"}, Column{Name: "taking for granted"})
	for _, v := range rows {
		granted := []string{v.Assumption}
		if len(v.Given) > 0 {
			granted = append(granted, "given "+strings.Join(v.Given, "; "))
		}
		t.Add(Label(v.ID), Label(v.Test), Label(v.Domain), Paragraphs(granted...))
	}
	return t
}

// counterexample is where a sentence fails, what else the theory says there, and the
// commands that show it again.
func (v row) counterexample() Section {
	s := Section{Title: "Counterexample to " + v.ID, Fields: []Field{{Label: "sentence", Text: v.Sentence}}}
	add := func(label, text string, command bool) {
		if text != "" {
			s.Fields = append(s.Fields, Field{label, text, command})
		}
	}
	if c := v.Counterexample; c != nil {
		add("configuration", configuration(c.Config), false)
		add("found", c.Text, false)
		if e := v.Effect; e != nil && e.Log10PConfirm != nil {
			add("confirmed", confirmed(e), false)
		}
		for i, detail := range c.Details {
			add([]string{"theory says", ""}[min(i, 1)], detail, false)
		}
		add("see it", c.Command, true)
	} else {
		add("evidence", v.Reason, false)
	}
	add("repeat the run", v.Repro.Command, true)
	if r := v.corrected; r != nil {
		add("instead", fmt.Sprintf("%s, %v: %s", r.ID, r.Verdict, r.Sentence), false)
	}
	return s
}

// confirmed says how a refutation fared on a fresh stream, by its p-value there, and on
// another engine.
func confirmed(e *props.Effect) string {
	text := "the numbers are of a fresh stream of another generator; their chance, if the sentence held, is at most " +
		Power10(float64(*e.Log10PConfirm))
	switch o := e.Other; {
	case o == nil:
	case o.Skipped != "":
		text += "; another engine was not asked: " + o.Skipped
	default:
		text += fmt.Sprintf("; another engine finds %s, of chance at most %s", Brief(float64(o.Estimate), 4), Power10(float64(o.Log10P)))
	}
	return text
}
