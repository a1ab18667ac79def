package reports

import (
	"strings"
	"testing"

	"gradchain/props"
	"gradchain/props/evidence"
)

// made is a made up result.
func made(id, family string, verdict evidence.Verdict, unseen float64) row {
	r := levels(props.Result{
		ID: id, Kind: props.Mean.String(), Verdict: verdict, Expected: verdict, Side: "equal",
		Mutants: props.MutationScore{Total: 3, Killed: 2, Equivalent: 1},
	})
	r.Family = family
	r.Coverage.ViolatingMass = props.Float(unseen)
	return newRow(&r)
}

// The table of the families: every number is counted once, the worst unseen share is that of the
// verified claims, and the last line adds up.
func TestVerification_families(t *testing.T) {
	open := made("B1", "second", evidence.Inconclusive, 0.9)
	open.Expected = evidence.Verified
	given := made("A2", "first", evidence.Verified, 0.04)
	given.Given = []string{"a bound"}
	v := verification{rows: []row{
		made("A1", "first", evidence.Verified, 0.058), given, made("A3", "first", evidence.Refuted, 0.7), open,
		made("C1", "third", evidence.Refuted, 0.8),
	}}
	want := `All claims
family claims verified refuted open unexpected given¹ unseen mutants
─
first 3 2 1 – – 1 5.8 % 6/6
second 1 – – 1 1 – – 2/2
third 1 – 1 – – – – 2/2
all 5 2 2 1 1 1 5.8 % 10/10`
	var got []string
	for _, line := range v.families(200) {
		got = append(got, ruler.ReplaceAllString(strings.Join(strings.Fields(line), " "), "─"))
	}
	if text := strings.Join(got[:7], "\n"); text != want {
		t.Errorf("got\n%s\nwant\n%s", text, want)
	}
	if !strings.HasPrefix(got[len(got)-1], "¹ error rates hold given declared bounds") {
		t.Errorf("the last line is %q", got[len(got)-1])
	}
	v.rows = v.rows[4:]
	if lines := v.families(200); len(lines) != 5 {
		t.Errorf("one family without given bounds: %q", lines)
	}
}

// The closest calls: the three verified claims that were nearest, the nearest first, and the two
// mutants that were hardest to refute; not those that are equivalent, survived, or are of a
// deterministic claim.
func TestVerification_nearest(t *testing.T) {
	near := func(id string, off float64, mutants ...props.MutantResult) row {
		r := made(id, "first", evidence.Verified, 0)
		r.Effect = &props.Effect{Relative: props.Float(off)}
		r.Mutants.All = mutants
		return r
	}
	mutant := func(name string, effect float64) props.MutantResult {
		return props.MutantResult{Name: name, Effect: props.Float(effect), Killed: true}
	}
	equivalent, survivor := mutant("equivalent", 1.1), mutant("survivor", 1.2)
	equivalent.Equivalent, survivor.Killed = true, false
	exact := near("A5", 0, mutant("of a deterministic claim", 1.3))
	exact.Kind = props.Deterministic.String()
	refuted := near("A6", 0.99)
	refuted.Verdict = evidence.Refuted
	v := verification{rows: []row{
		near("A1", 0.2, mutant("far", 9), equivalent), near("A2", -0.5, mutant("near", 1.6), survivor), near("A3", 0.3), near("A4", 0.1, mutant("nearer", 1.5)),
		near("A7", 0.3), exact, refuted,
	}}
	want := []string{"Nearest", "A2 off by -0.50 ×", "A3 off by +0.30 ×", "A7 off by +0.30 ×", "A4 weakest mutant, off by 1.50 × notices: nearer", "A2 weakest mutant, off by 1.60 × notices: near"}
	lines := v.nearest(200)
	if len(lines) != len(want) {
		t.Fatalf("%d lines, want %d:\n%s", len(lines), len(want), strings.Join(lines, "\n"))
	}
	for i, line := range lines {
		if line = strings.Join(strings.Fields(line), " "); !strings.HasPrefix(line, want[i]) {
			t.Errorf("line %d is %q, want %q", i, line, want[i])
		}
	}
}
