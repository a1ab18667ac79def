package reports

import (
	"strings"

	"gradchain/props"
)

// Claims lists claims with what each sentence, taken literally, is expected to deserve.
func Claims(claims []*props.Claim) *Report {
	t := NewTable("", Column{Name: "claim"}, Column{Name: "kind"}, Column{Name: "expected"}, Column{Name: "sentence"})
	data := NewTable("", keyed([]string{
		"claim_id", "statement", "plain", "why", "source", "family", "kind", "expected", "corrected_by", "domain", "test", "assumption", "given", "unit",
	})...)
	for _, c := range claims {
		said := []string{c.Sentence}
		if c.Correction != "" {
			said = append(said, "→ corrected by "+c.Correction)
		}
		t.Add(Label(c.ID), Label(c.Kind.String()), Label(c.Expected.String()), Paragraphs(said...))
		data.Add(Label(c.ID), Label(c.Sentence), Label(c.Plain), Label(c.Why), Label(c.Source.String()), Label(c.Family), Label(c.Kind.String()), Label(c.Expected.String()),
			Label(c.Correction), Label(c.Domain), Label(c.Test), Label(c.Assumption), Label(strings.Join(c.Given, "; ")), Label(c.Unit))
	}
	return &Report{Title: "Claims", Sections: []Section{{Table: t}}, Data: data}
}

// designData is the table of the tests for programs, by the names of a result.
func designData(list []props.Design) *Table {
	t := NewTable("", keyed([]string{"canonical", "theta0", "side", "eps", "delta", "mde", "n_max"})...)
	for _, d := range list {
		t.Add(Label(d.Config), of(d.Predicted), Label(d.Side), of(d.Slack), of(d.Discrepancy), of(d.MDE), Count(d.Budget))
	}
	return t
}

// designs is the table of the tests, at the configurations that every run judges.
func designs(c *props.Claim, list []props.Design) *Table {
	t := NewTable("Power, at the configurations that every run judges",
		Column{Name: "configuration"}, Column{Name: "predicted", Unit: c.Unit, Align: Right},
		Column{Name: "notices", Unit: c.Unit, Align: Right}, Column{Name: "could notice", Unit: c.Unit, Align: Right},
		Column{Name: "budget", Unit: "samples", Align: Right})
	for _, d := range list {
		t.Add(Label(configuration(d.Config)), Number(float64(d.Predicted), bound(d.Side)+Brief(float64(d.Predicted), 5)),
			Number(float64(d.Discrepancy), Brief(float64(d.Discrepancy), 3)), Value(float64(d.MDE), 3), Count(d.Budget))
	}
	t.Remark("Notices: the smallest error that the check is designed to find; could notice: the smallest that its budget allows for.")
	return t
}

// mutants is the table of the known-wrong variants.
func mutants(c *props.Claim, list []props.MutantResult) *Table {
	unit := "× notices"
	if c.Kind == props.Deterministic {
		unit = "× tolerance"
	}
	t := NewTable("Mutants: known-wrong variants that the check must refute",
		Column{Name: "mutant"}, Column{Name: "at"}, Column{Name: "off by", Unit: unit, Align: Right})
	for _, m := range list {
		effect := Value(float64(m.Effect), 3)
		if m.Equivalent {
			effect = effect.Marked(t.Note("It predicts the same as the claim, so nothing can refute it and it does not count."))
		}
		t.Add(Label(m.Name), Label(configuration(m.Config)), effect)
	}
	return t
}
