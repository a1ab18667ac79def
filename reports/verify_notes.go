package reports

import (
	"fmt"
	"strings"

	"gradchain/props"
)

// notes explain the words of the report and sum up.
func notes(rows []row, sum props.Totals, env props.Env) Section {
	s := Section{Title: "Notes"}
	add := func(label, format string, args ...any) {
		s.Fields = append(s.Fields, Field{Label: label, Text: fmt.Sprintf(format, args...)})
	}
	if r := statistical(rows); r != nil {
		add("verified", "An error as large as the stated discrepancy is excluded: a claim off by as much as it notices would pass at a configuration with probability at most %s.", rate(r.FalsePass))
		add("refuted", "A sentence that holds is refuted with probability at most %s at a configuration, below %s in a run of all claims. A refutation is measured again on a fresh stream before it counts.",
			rate(r.FalseFail), rate(r.Ledger.Run))
		add("inconclusive", "Neither, within the budget of samples; outside the zone between right and wrong with probability at most %s at a configuration.", rate(r.Undecided))
		add("evidence", "If what it speaks against were true, evidence of 10^x or more would turn up with probability at most 10^-x. Against the claim: of all configurations together, merged. Against a violation: of the configuration where it is least, as sampling stopped; a side that was excluded early may have lost some by then.")
	}
	if sum.Given > 0 {
		add("given", "Claims marked given have error rates that hold given the declared bounds in the column taking for granted, which nobody has proved.")
	}
	if level := coverageLevel(rows); level > 0 {
		add("coverage", "Configurations are drawn, not enumerated. The bound in the column unseen holds with confidence %s for each claim, not for all together, and under the law by which its configurations are drawn: depths, widths and gains log-uniformly (the median of depths from 1 to 100 is 10).", Percent(1-level))
	}
	add("mutants", "Known-wrong variants that the same check must refute: %s of %s killed%s. A claim whose check lets one live counts as not as expected.",
		Thousands(int64(sum.Killed)), Thousands(int64(sum.Mutants-sum.Equivalent)), equivalents(sum.Equivalent))
	add("totals", "%s; %s configurations, %s samples, %s factors.", verdictCounts(sum), Thousands(sum.Configs), Thousands(sum.Samples), Thousands(sum.Factors))
	add("run", "%s", strings.Join(words(rows, sum, env), ", "))
	return s
}

func rate(x props.Float) string { return Brief(float64(x), 2) }

// statistical is the first claim that chance decides, nil if there is none: all such
// claims of a run have the same error rates.
func statistical(rows []row) *props.Result {
	for _, v := range rows {
		if !v.deterministic() {
			return v.Result
		}
	}
	return nil
}

// coverageLevel is the chance that a coverage statement is wrong.
func coverageLevel(rows []row) float64 {
	level := 0.0
	for _, v := range rows {
		level = max(level, float64(v.Coverage.Level))
	}
	return level
}

func equivalents(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(" (not counted: %d that cannot be told from the claim)", n)
}

// words are what it takes to see the same again.
func words(rows []row, sum props.Totals, env props.Env) []string {
	out := []string{fmt.Sprintf("seed %d", env.Seed), fmt.Sprintf("tier %v", env.Tier)}
	if len(rows) > 0 {
		out = append(out, rows[0].Repro.Go)
		if c := rows[0].Repro.Commit; c != "" {
			out = append(out, "commit "+c)
		}
	}
	if sum.Millis != nil {
		out = append(out, Significant(float64(*sum.Millis)/1000, 3)+" s of claims, one after the other")
	}
	return out
}
