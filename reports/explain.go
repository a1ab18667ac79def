package reports

import (
	"encoding/json"
	"fmt"
	"strings"

	"gradchain/props"
	"gradchain/props/evidence"
)

// Explain says of one claim what is true and why, with a counterexample of a false one and
// what holds instead, how sure that is and where to read on; then how it is tested and what
// its check can see.
func Explain(c *props.Claim, power props.Power) *Report {
	answer, test := answers(c, power), testedBy(c)
	r := described(c.ID, append(answer, test...))
	r.Sections = []Section{{Fields: filled(answer)}, {Title: "How it is tested", Fields: filled(test)}}
	if len(power.Designs) > 0 {
		r.Sections = append(r.Sections, Section{Table: designs(c, power.Designs)})
	}
	r.Sections = append(r.Sections, Section{Table: mutants(c, power.Mutants)})
	r.Object = struct {
		Claim          json.RawMessage       `json:"claim"`
		Counterexample *props.Counterexample `json:"counterexample"`
		See            []string              `json:"see_also"`
		Designs        *Table                `json:"designs"`
		Mutants        []props.MutantResult  `json:"mutants"`
	}{
		Claims([]*props.Claim{c}).Data.object(0), c.Stored(), append([]string{}, c.See...),
		designData(power.Designs), append([]props.MutantResult{}, power.Mutants...),
	}
	return r
}

// filled are the fields that have a text.
func filled(fields []Field) []Field {
	var out []Field
	for _, f := range fields {
		if f.Text != "" {
			out = append(out, f)
		}
	}
	return out
}

// answers are what a person wants to know first.
func answers(c *props.Claim, power props.Power) []Field {
	out := []Field{
		{Label: "sentence", Text: "“" + strings.TrimSuffix(c.Sentence, ".") + ".” (" + c.Source.String() + ")"},
		{Label: "verdict", Text: deserved(c)},
		{Label: "in plain words", Text: c.Plain},
		{Label: "why", Text: c.Why},
	}
	if example := c.Stored(); example != nil {
		out = append(out, Field{Label: "counterexample", Text: configuration(example.Config)}, Field{Label: "", Text: example.Text})
		for _, detail := range example.Details {
			out = append(out, Field{Label: "", Text: detail})
		}
		out = append(out, Field{Label: "see it", Text: example.Command, Command: true})
	}
	if instead, err := props.Lookup(c.Correction); c.Correction != "" && err == nil {
		out = append(out, Field{Label: "true instead", Text: instead.ID + ": " + instead.Sentence})
	}
	out = append(out, Field{Label: "how sure", Text: sureness(c, power)}, Field{Label: "given", Text: strings.Join(c.Given, "; ")})
	return append(out, Field{Label: "see also", Text: seeAlso(c)})
}

// deserved is the verdict that a run is expected to give.
func deserved(c *props.Claim) string {
	if c.Expected == evidence.Refuted {
		return "refuted: taken literally it is false"
	}
	return c.Expected.String()
}

// sureness says what a run excludes, with its error rates.
func sureness(c *props.Claim, power props.Power) string {
	levels := evidence.Ledger{}.Levels()
	if c.Kind == props.Deterministic {
		return fmt.Sprintf("decided point by point: one point off by more than rounding refutes; %s", checked(power))
	}
	smallest := ""
	for _, d := range power.Designs {
		if d.Discrepancy > 0 {
			smallest = fmt.Sprintf(" (%s %s at the first configuration)", Brief(float64(d.Discrepancy), 3), c.Unit)
			break
		}
	}
	return fmt.Sprintf("at a configuration a true sentence is refuted with probability below %s, and an error as large as the check notices%s is missed with "+
		"probability below %s; %s", Brief(levels.FalseFail, 2), smallest, Brief(levels.FalsePass, 2), checked(power))
}

// checked says that the check has been seen to fail.
func checked(power props.Power) string {
	n := 0
	for _, m := range power.Mutants {
		if !m.Equivalent {
			n++
		}
	}
	if n == 1 {
		return "one known-wrong variant must be refuted by the same check"
	}
	return fmt.Sprintf("%d known-wrong variants must be refuted by the same check", n)
}

// seeAlso are the commands that say more.
func seeAlso(c *props.Claim) string {
	var out []string
	for _, name := range c.See {
		out = append(out, "gradchain explain "+name)
	}
	for _, other := range props.Catalogue() {
		if other.Correction == c.ID {
			out = append(out, "gradchain explain "+other.ID+" (which it corrects)")
		}
	}
	return strings.Join(out, "; ")
}

// testedBy is what a run computes.
func testedBy(c *props.Claim) []Field {
	return []Field{
		{Label: "family", Text: c.Family},
		{Label: "kind", Text: c.Kind.String()},
		{Label: "tested over", Text: c.Domain},
		{Label: "test", Text: c.Test},
		{Label: "limit theorem", Text: heldTo(c.Asymptotic)},
		{Label: "unit", Text: c.Unit},
		{Label: "assumption", Text: c.Assumption},
		{Label: "run it", Text: "gradchain verify '" + strings.ReplaceAll(c.ID, "'", `'\''`) + "'", Command: true},
	}
}
