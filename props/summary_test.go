package props

import (
	"regexp"
	"slices"
	"testing"

	"gradchain/props/evidence"
)

// TestTotal: a claim is counted as proved or as given, and only if it is as expected.
func TestTotal(t *testing.T) {
	ms := Float(3)
	row := func(id string, verdict evidence.Verdict, given []string, unpowered string) Result {
		return Result{
			ID: id, Verdict: verdict, Expected: evidence.Verified, Given: given, Unpowered: unpowered, WallMillis: &ms,
			ConfigsTried: 2, Samples: 5, Factors: 7, Mutants: MutationScore{Total: 4, Killed: 3, Equivalent: 1},
		}
	}
	bounds := []string{"Var ≤ 1"}
	results := []Result{
		row("proved", evidence.Verified, nil, ""), row("given", evidence.Verified, bounds, ""), row("also", evidence.Verified, bounds, ""),
		row("refuted", evidence.Refuted, bounds, ""), row("blind", evidence.Verified, nil, "no mutant"),
	}
	sum := Total(results)
	if sum.Claims != 5 || sum.AsExpected != 3 || sum.Proved != 1 || sum.Given != 2 || !slices.Equal(sum.NotAsExpected, []string{"refuted", "blind"}) {
		t.Errorf("got %+v", sum)
	}
	if sum.Configs != 10 || sum.Samples != 25 || sum.Factors != 35 || sum.Mutants != 20 || sum.Killed != 15 || sum.Equivalent != 5 || *sum.Millis != 15 {
		t.Errorf("sums: got %+v", sum)
	}
	if got, want := sum.Headline(), "3 of 5 claims as expected: 1 with proved error rates, 2 given declared bounds"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	results[1].WallMillis = nil
	if sum := Total(results); sum.Millis != nil {
		t.Error("a time although one claim has none")
	}
	if got, want := Total(results[:1]).Headline(), "1 of 1 claims as expected"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestCatalogue_given: a claim of a mean whose assumption rests on what was measured, or on an
// order in 1/n, says that its error rates are conditional.
func TestCatalogue_given(t *testing.T) {
	unproved := regexp.MustCompile(`measured|seen in sim|largest seen|order 1/n|limit of infinite width|limit n → ∞ holds`)
	for _, c := range Catalogue() {
		if c.Kind == Mean && unproved.MatchString(c.Assumption) && len(c.Given) == 0 {
			t.Errorf("%s takes for granted %q and is not marked as given", c.ID, c.Assumption)
		}
	}
}
