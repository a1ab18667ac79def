package reports

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"gradchain/props"
	"gradchain/props/evidence"
)

// row is a result with the words in which a report shows it.
type row struct {
	*props.Result
	corrects  bool          // it is the corrected form of the sentence above it
	corrected *props.Result // its corrected form, if it has one and that is in the report
}

func newRow(r *props.Result) row { return row{Result: r} }

func (v row) deterministic() bool { return v.Kind == props.Deterministic.String() }

// estimate is what was found, with its interval.
func (v row) estimate() string {
	e := v.Effect
	return Estimate(float64(e.Estimate), float64(e.Interval.Lo), float64(e.Interval.Hi))
}

// predicted has the side on which a claim can be violated.
func (v row) predicted() string {
	return bound(v.Side) + Brief(float64(v.Effect.Predicted), 5)
}

// bound is the sign in front of a prediction that is violated on one side only.
func bound(side string) string {
	switch side {
	case evidence.AtMost.String():
		return "≤ "
	case evidence.AtLeast.String():
		return "≥ "
	}
	return ""
}

// notices is the smallest discrepancy that the check is designed to find.
func (v row) notices() string {
	return Brief(float64(v.Discrepancy), 3)
}

// interval says where the interval comes from.
func (v row) interval() string {
	i := v.Effect.Interval
	where := "on the stream of the test"
	if i.Phase == "confirm" {
		where = "on a fresh stream of another generator family"
	}
	return fmt.Sprintf("%s interval of level %s, %s.", i.Method, Percent(float64(i.Level)), where)
}

// mutants counts those that the check killed, of those that it must.
func (v row) mutants() string {
	return fmt.Sprintf("%d/%d", v.Mutants.Killed, v.Mutants.Total-v.Mutants.Equivalent)
}

// nearest is what the check could see at a typical drawn configuration.
func (v row) nearest(t *Table) Cell {
	if v.Drawn == nil {
		return Missing()
	}
	median := float64(v.Drawn.Median)
	if v.deterministic() {
		return Number(median, Percent(median)).Marked(t.Note("Of a deterministic claim: the share of drawn points that refute the mutant which the fewest do."))
	}
	return Number(median, Brief(median, 2))
}

// log10 is a cell with a logarithm.
func log10(x props.Float) Cell {
	if text, ok := special(float64(x)); ok {
		return Number(float64(x), text)
	}
	return Number(float64(x), rounded(float64(x), 1))
}

// configuration puts the canonical text of a configuration, a JSON object, in words;
// an object inside it stands in parentheses. Anything else stays as it is.
func configuration(canonical string) string {
	var fields map[string]json.RawMessage
	if json.Unmarshal([]byte(canonical), &fields) != nil || len(fields) == 0 {
		return canonical
	}
	var out []string
	for _, key := range slices.Sorted(maps.Keys(fields)) {
		value := string(fields[key])
		var text string
		if json.Unmarshal(fields[key], &text) == nil {
			value = text
		} else if inner := configuration(value); inner != value {
			value = "(" + inner + ")"
		}
		out = append(out, key+" "+value)
	}
	return strings.Join(out, ", ")
}

// verdicts counts the claims by verdict.
func verdictCounts(sum props.Totals) string {
	out := []string{fmt.Sprintf("%d claims", sum.Claims)}
	for _, v := range []evidence.Verdict{evidence.Verified, evidence.Refuted, evidence.Inconclusive, evidence.Error} {
		if n := sum.ByVerdict[v.String()]; n > 0 {
			out = append(out, fmt.Sprintf("%d %v", n, v))
		}
	}
	return strings.Join(out, ", ")
}

// asymptotic says what the verdict on a limit theorem is about.
func (v row) asymptotic() string {
	if v.Verdict == evidence.Verified {
		return "Asymptotic: holds to " + v.Asymptotic + "."
	}
	return "Asymptotic: held to " + v.Asymptotic + "."
}

// heldTo says how a limit theorem is tested.
func heldTo(asymptotic string) string {
	if asymptotic == "" {
		return ""
	}
	return "tested at finite sizes, to " + asymptotic
}
