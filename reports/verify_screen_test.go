package reports

import (
	"fmt"
	"strings"
	"testing"

	"gradchain/props"
	"gradchain/props/evidence"
)

// wholeRun is a run of the catalogue with made up results, of which the last so many are
// not as expected.
func wholeRun(bad int) []props.Result {
	var out []props.Result
	all := props.Catalogue()
	for i, c := range all {
		r := levels(props.Result{
			ID: c.ID, Sentence: c.Sentence, Plain: "In plain words, " + strings.Repeat("a line that is too long for a screen, ", 4), Kind: c.Kind.String(),
			Unit: c.Unit, Correction: c.Correction, Given: c.Given, Verdict: c.Expected, Expected: c.Expected, Reason: "as it is",
			ConfigsTried: 50, Log10EVerify: 6.1, Discrepancy: 0.1, Side: "equal",
			Effect: &props.Effect{
				Config: `{"activation":"tanh","weight_std":1.3,"width":128}`, Predicted: 0.1209, Estimate: 0.0871, Relative: props.Float(float64(i) / 1000),
				Interval: props.Interval{Lo: 0.0803, Hi: 0.0939, Level: 0.99, Method: "Catoni", Phase: "explore"},
			},
			Mutants: props.MutationScore{Total: 2, Killed: 2, All: []props.MutantResult{{Name: "one layer too many", Effect: props.Float(1.5 + float64(i)), Killed: true}}},
		})
		r.Family = c.Family
		if len(all)-i <= bad {
			r.Verdict, r.Reason = evidence.Inconclusive, "7 of 50 configurations are undecided, "+strings.Repeat("and why, ", 20)
		}
		out = append(out, r)
	}
	return out
}

// The first screen is at most 60 lines of at most the given width, with none, one and
// twenty verdicts that are not as expected; these come first and last.
func TestVerify_screen(t *testing.T) {
	for _, bad := range []int{0, 1, 4, 20, 60} {
		for _, missing := range []int{0, 30} {
			var ids []string
			for i := range missing {
				ids = append(ids, fmt.Sprintf("LONG.CLAIM.%d", i))
			}
			r := Verify(wholeRun(bad), props.Env{Seed: 1}, VerifyOptions{Missing: ids})
			for _, columns := range []int{80, 100, 200} {
				lines := r.Screen(columns)
				name := fmt.Sprintf("%d not as expected, %d missing, %d columns", bad, missing, columns)
				if len(lines) > mostLines {
					t.Errorf("%s: %d lines\n%s", name, len(lines), strings.Join(lines, "\n"))
				}
				for _, line := range lines {
					if n := width(line); n > columns {
						t.Errorf("%s: line of %d columns: %s", name, n, line)
					}
				}
				loud := strings.Contains(lines[0], "NOT as expected")
				last := lines[len(lines)-1]
				if loud != (bad > 0) || strings.HasPrefix(last, "! NOT as expected: ") != (bad > 0) {
					t.Errorf("%s: first line %q, last line %q", name, lines[0], last)
				}
				if bad > 0 && !strings.HasPrefix(lines[1], "  ! ") && missing == 0 {
					t.Errorf("%s: the second line is %q", name, lines[1])
				}
				if missing > 0 && !strings.HasPrefix(lines[1], "  Not judged: LONG.CLAIM.0, LONG") {
					t.Errorf("%s: the second line is %q", name, lines[1])
				}
			}
		}
	}
}

// What the screen says of a run: sentences with marks, families that add up, the claim and
// the mutant that were nearest.
func TestVerify_screenText(t *testing.T) {
	all := props.Catalogue()
	screen := strings.Join(Verify(wholeRun(0), props.Env{Seed: 7, Tier: props.Quick}, VerifyOptions{}).Screen(100), "\n")
	for _, want := range []string{
		fmt.Sprintf("Verification: %d of %d verdicts as expected ", len(all), len(all)), " seed 7, quick",
		"  ✓ S1  verified   “With one neuron", "  ✗ S4  refuted    “If the expected values", "→ S4.corrected\n", "  – S10 not tested Depth often",
		"\n                   In plain words, a line", fmt.Sprintf("%d/%d", 2*len(all), 2*len(all)), "weakest mutant, off by ", "× notices: one layer too many",
		"found 0.0871 [0.0803, 0.0939], predicted 0.1209", "gradchain explain S4",
	} {
		if !strings.Contains(screen, want) {
			t.Errorf("%q is not in\n%s", want, screen)
		}
	}
	few := Verify(wholeRun(0)[:fewClaims], props.Env{}, VerifyOptions{})
	if few.Screen != nil {
		t.Error("a few claims are not shown in full")
	}
	if part := Verify(wholeRun(0)[:2], props.Env{}, VerifyOptions{Missing: make([]string, fewClaims)}); part.Screen == nil {
		t.Error("an interrupted run of many claims has no screen")
	}
	r := wholeRun(0)
	for i := range r {
		if r[i].ID == "S4.corrected" {
			r[i].Verdict = evidence.Inconclusive
		}
	}
	if screen := strings.Join(Verify(r, props.Env{}, VerifyOptions{}).Screen(100), "\n"); !strings.Contains(screen, "→ S4.corrected (inconclusive)") {
		t.Errorf("a corrected form that is not verified is shown as if it held:\n%s", screen)
	}
}

// One-sided claims are near only on the side where they can be violated.
func TestRow_near(t *testing.T) {
	for _, tt := range []struct {
		side      string
		off, want float64
	}{{"equal", -0.5, 0.5}, {"at most", 0.3, 0.3}, {"at most", -0.9, 0}, {"at least", -0.3, 0.3}, {"at least", 0.9, 0}} {
		r := row{Result: &props.Result{Side: tt.side, Effect: &props.Effect{Relative: props.Float(tt.off)}}}
		if got := r.near(); got != tt.want {
			t.Errorf("%s, off by %v: %v, want %v", tt.side, tt.off, got, tt.want)
		}
	}
	if got := (row{Result: &props.Result{}}).near(); got != 0 {
		t.Errorf("nothing measured: %v", got)
	}
}
