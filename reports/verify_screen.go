package reports

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"gradchain/props"
	"gradchain/props/evidence"
)

// mostLines is how long the first screen of a verification may be.
const mostLines = 60

// screen is the first screen of a verification in lines of at most that width: the result,
// what is not as expected, the sentences of the text, the families, what was nearest to
// its limits. What is not as expected is there first and last, and takes the room of what
// is not needed then.
func (v verification) screen(columns int) []string {
	out := []string{spread(v.headline(), v.run(), columns)}
	bad := v.unexpected()
	if len(v.missing) > 0 {
		out = append(out, indented(fmt.Sprintf("Not judged: %s.", strings.Join(v.missing, ", ")), "  ", columns, 3)...)
	}
	rest := slices.Concat([]string{""}, v.sentences(columns, len(bad) == 0 && len(v.missing) == 0), []string{""}, v.families(columns))
	if len(bad) == 0 {
		rest = append(append(rest, ""), v.nearest(columns)...)
	}
	tail := append([]string{""}, v.sure(columns)...)
	if len(bad) > 0 {
		tail = append(tail, "", cut(fmt.Sprintf("! NOT as expected: %s", strings.Join(names(bad), ", ")), columns))
	}
	room := mostLines - len(out) - len(rest) - len(tail)
	out = append(out, v.alarms(bad, columns, room)...)
	return append(append(out, rest...), tail...)
}

func names(rows []row) []string {
	out := make([]string, len(rows))
	for i, r := range rows {
		out[i] = r.ID
	}
	return out
}

// headline says how many verdicts are as expected, loudly how many are not.
func (v verification) headline() string {
	bad, judged := len(v.sum.NotAsExpected), v.sum.Claims
	switch {
	case len(v.missing) > 0 && bad > 0:
		return fmt.Sprintf("Interrupted: %d of %d claims judged, %d NOT as expected", judged, judged+len(v.missing), bad)
	case len(v.missing) > 0:
		return fmt.Sprintf("Interrupted: %d of %d claims judged, all as expected", judged, judged+len(v.missing))
	case bad > 0:
		return fmt.Sprintf("Verification: %d of %d verdicts NOT as expected", bad, judged)
	}
	return fmt.Sprintf("Verification: %d of %d verdicts as expected", v.sum.AsExpected, judged)
}

func (v verification) run() string { return fmt.Sprintf("seed %d, %v", v.env.Seed, v.env.Tier) }

func (v verification) unexpected() []row {
	var out []row
	for _, r := range v.rows {
		if !r.AsExpected() {
			out = append(out, r)
		}
	}
	return out
}

// alarms are blocks about what is not as expected, as many as there is room for.
func (v verification) alarms(bad []row, columns, room int) []string {
	const lines = 4 // of a block
	shown := min(len(bad), 5, max((room-1)/lines, 1))
	var out []string
	for _, r := range bad[:shown] {
		out = append(out, cut(fmt.Sprintf("  ! %s  %v, expected %v: %s", r.ID, r.Verdict, r.Expected, r.why()), columns))
		if e := r.Effect; e != nil {
			out = append(out, cut(fmt.Sprintf("      predicted %s, found %s %s", r.predicted(), r.estimate(), r.Unit), columns))
			if e.Config != "" {
				out = append(out, cut("      "+configuration(e.Config), columns))
			}
		}
		out = append(out, cut("      "+r.Repro.Command, columns))
	}
	if more := len(bad) - shown; more > 0 {
		out = append(out, fmt.Sprintf("    and %d more: gradchain verify --details", more))
	}
	return out
}

func (v row) why() string {
	if v.Unpowered != "" {
		return "UNPOWERED, the check could not have failed: " + v.Unpowered
	}
	return v.Reason
}

// sentences are those of the text with their verdicts, and in plain words what is true.
func (v verification) sentences(columns int, plain bool) []string {
	out := []string{"The text, sentence by sentence (Aggarwal 2018)"}
	for _, s := range props.Text() {
		r, judged := v.find(s.ID)
		switch {
		case s.Said != "":
			out = append(out, cut(fmt.Sprintf("  – %-3s not tested %s", s.ID, s.Said), columns))
			continue
		case !judged:
			out = append(out, fmt.Sprintf("  – %-3s not judged in this run", s.ID))
			continue
		}
		mark, instead := "✓", ""
		if r.Verdict != evidence.Verified {
			mark = "✗"
			if r.Verdict != evidence.Refuted {
				mark = "~"
			}
			instead = r.instead()
		}
		head := fmt.Sprintf("  %s %-3s %-9v  ", mark, s.ID, r.Verdict)
		text := r.Sentence
		if plain && r.Plain != "" {
			text = "“" + strings.TrimSuffix(r.Sentence, ".") + "”"
		}
		out = append(out, head+spreadTo(text, instead, columns-width(head)))
		if plain && r.Plain != "" {
			out = append(out, cut(strings.Repeat(" ", width(head))+r.Plain, columns))
		}
	}
	return append(out, cut("  ✓ holds as written   ✗ does not; → holds instead   ~ undecided   – not tested", columns))
}

// instead names the corrected form, which holds unless something else is said.
func (v row) instead() string {
	switch {
	case v.corrected == nil:
		return ""
	case v.corrected.Verdict != evidence.Verified:
		return fmt.Sprintf("  → %s (%v)", v.corrected.ID, v.corrected.Verdict)
	}
	return "  → " + v.corrected.ID
}

// find is the row of a claim.
func (v verification) find(id string) (row, bool) {
	for _, r := range v.rows {
		if r.ID == id {
			return r, true
		}
	}
	return row{}, false
}

// family sums up the claims of one family.
type family struct {
	name                      string
	claims, verified, refuted int
	open, bad, given          int
	killed, mutants           int
	unseen                    float64 // NaN for none
}

func (f *family) add(r row) {
	f.claims++
	switch r.Verdict {
	case evidence.Verified:
		f.verified++
		f.unseen = largest(f.unseen, float64(r.Coverage.ViolatingMass))
	case evidence.Refuted:
		f.refuted++
	default:
		f.open++
	}
	if !r.AsExpected() {
		f.bad++
	}
	if len(r.Given) > 0 {
		f.given++
	}
	f.killed += r.Mutants.Killed
	f.mutants += r.Mutants.Total - r.Mutants.Equivalent
}

// largest of two numbers, of which the first may be NaN.
func largest(x, y float64) float64 {
	if math.IsNaN(x) {
		return y
	}
	return max(x, y)
}

// families is the table of the families, with a line for all.
func (v verification) families(columns int) []string {
	all := family{name: "all", unseen: math.NaN()}
	var list []*family
	for _, r := range v.rows {
		all.add(r)
		i := slices.IndexFunc(list, func(f *family) bool { return f.name == r.Family })
		if i < 0 {
			i = len(list)
			list = append(list, &family{name: r.Family, unseen: math.NaN()})
		}
		list[i].add(r)
	}
	const layout = "  %-14s %6s %8s %7s %4s %10s %6s %6s %7s"
	lines := []string{"All claims", fmt.Sprintf(layout, "family", "claims", "verified", "refuted", "open", "unexpected", "given¹", "unseen", "mutants")}
	lines = append(lines, "  "+strings.Repeat("─", width(lines[1])-2))
	if len(list) > 1 {
		list = append(list, &all)
	}
	for _, f := range list {
		lines = append(lines, fmt.Sprintf(layout, f.name, counted(f.claims), counted(f.verified), counted(f.refuted), counted(f.open),
			counted(f.bad), counted(f.given), Percent(f.unseen), fmt.Sprintf("%d/%d", f.killed, f.mutants)))
	}
	lines = append(lines, cut("  unseen: at most this share of configurations may violate a verified claim (worst claim); mutants: killed/all", columns))
	if all.given > 0 {
		lines = append(lines, cut("  ¹ error rates hold given declared bounds that are not proved; of the others they are proved", columns))
	}
	return lines
}

// counted is a number, a dash for none.
func counted(n int) string {
	if n == 0 {
		return None
	}
	return Thousands(int64(n))
}

// nearest are the verified claims that were nearest to their limits, and the mutants that
// were hardest to refute.
func (v verification) nearest(columns int) []string {
	const claims, mutants = 3, 2
	type call struct {
		near float64
		text string
	}
	var closest, weakest []call
	for _, r := range v.rows {
		if near := r.near(); r.Verdict == evidence.Verified && near > 0 {
			closest = append(closest, call{near, fmt.Sprintf("  %-22s off by %+.2f × notices   found %s, predicted %s",
				r.ID, float64(r.Effect.Relative), r.estimate(), r.predicted())})
		}
		for _, m := range r.Mutants.All {
			if m.Killed && !m.Equivalent && !r.deterministic() {
				weakest = append(weakest, call{-float64(m.Effect), fmt.Sprintf("  %-22s weakest mutant, off by %.2f × notices: %s", r.ID, float64(m.Effect), m.Name)})
			}
		}
	}
	byNear := func(a, b call) int {
		return cmp.Or(cmp.Compare(b.near, a.near), strings.Compare(a.text, b.text))
	}
	slices.SortFunc(closest, byNear)
	slices.SortFunc(weakest, byNear)
	out := []string{cut("Nearest to their limits (an error of 1 × notices would have been found)", columns)}
	for _, c := range slices.Concat(closest[:min(claims, len(closest))], weakest[:min(mutants, len(weakest))]) {
		out = append(out, cut(c.text, columns))
	}
	return out
}

// near is how near a claim came to its limit, in the discrepancies that its check notices;
// 0 where nothing is measured. What is on the right side of a bound is not near.
func (v row) near() float64 {
	if v.Effect == nil {
		return 0
	}
	x := float64(v.Effect.Relative)
	switch {
	case math.IsNaN(x):
		return 0
	case v.Side == evidence.AtMost.String():
		return max(x, 0)
	case v.Side == evidence.AtLeast.String():
		return max(-x, 0)
	}
	return math.Abs(x)
}

// sure says how sure a verdict is, and what to type next.
func (v verification) sure(columns int) []string {
	text := "Of deterministic claims one point off by more than rounding refutes."
	if r := statistical(v.rows); r != nil {
		text = fmt.Sprintf("A true sentence is refuted with probability below %s in such a run; an error as large as a check notices is missed with "+
			"probability below %s at a configuration.", rate(r.Ledger.Run), rate(r.FalsePass))
	}
	out := indented(text, "  ", columns, 2)
	return append(out, cut("  gradchain explain S4 · gradchain verify S4 · gradchain verify --details · verify --format html -o FILE", columns))
}

// spread puts two texts at the ends of a line, or the second behind the first.
func spread(left, right string, to int) string {
	return left + strings.Repeat(" ", max(to-width(left)-width(right), 2)) + right
}

// spreadTo cuts the first text so that the second fits behind it.
func spreadTo(text, end string, to int) string { return cut(text, to-width(end)) + end }

// cut shortens a line to a width, with … for what is gone.
func cut(text string, to int) string {
	text = strings.TrimRight(clean(text), " ")
	if width(text) <= to {
		return text
	}
	runes := []rune(text)
	for len(runes) > 0 && width(string(runes))+1 > to {
		runes = runes[:len(runes)-1]
	}
	return strings.TrimRight(string(runes), " ") + "…"
}

// indented wraps a text to at most so many lines; the last says … for the rest.
func indented(text, margin string, to, most int) []string {
	lines := wrap(clean(text), to-width(margin))
	if len(lines) > most {
		lines = append(lines[:most-1], cut(strings.Join(lines[most-1:], " "), to-width(margin)))
	}
	for i := range lines {
		lines[i] = margin + lines[i]
	}
	return lines
}
