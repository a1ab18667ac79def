package reports

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"gradchain/props"
	"gradchain/props/evidence"
	"gradchain/sim/tally"
	"gradchain/theory"
)

func write(t interface{ Fatalf(string, ...any) }, r *Report, f Format) string {
	var b strings.Builder
	if err := r.Write(&b, f); err != nil {
		t.Fatalf("%v: %v", f, err)
	}
	return b.String()
}

// catalogueReports are those of the claims and quantities that exist, with a result for
// each claim.
func catalogueReports(t *testing.T) map[string]*Report {
	claims := props.Catalogue()
	out := map[string]*Report{"claims": Claims(claims)}
	var results []props.Result
	for _, c := range claims {
		r := refutedMean()
		r.ID, r.Sentence, r.Source, r.Kind, r.Unit = c.ID, c.Sentence, c.Source, c.Kind.String(), c.Unit
		r.Domain, r.Test, r.Assumption = c.Domain, c.Test, c.Assumption
		r.Verdict, r.Expected, r.Correction, r.Samples = c.Expected, c.Expected, c.Correction, 12_345_678_901
		results = append(results, r)
		power, err := c.Power()
		if err != nil {
			t.Fatalf("%s: %v", c.ID, err)
		}
		out["explain "+c.ID] = Explain(c, power)
	}
	var quantities []Quantity
	for _, q := range theory.Catalogue() {
		described := Quantity{
			Name: q.Name, Meaning: q.Meaning, Formula: q.Formula, Hypotheses: q.Hypotheses, Domain: q.Domain,
			Source: q.Source, Accuracy: q.Accuracy, Special: strings.Join(q.Special, "; "),
		}
		for _, p := range q.Params {
			described.Params = append(described.Params, p.Name+": "+p.Meaning+", "+p.Domain)
		}
		quantities = append(quantities, described)
		out["quantity "+q.Name] = ExplainQuantity(described)
	}
	out["quantities"] = Quantities(quantities)
	out["verify"] = Verify(results, props.Env{Tier: props.Thorough}, VerifyOptions{Details: true})
	return out
}

// TestReports_width: no line of a report in text form is wider than the terminal, and
// none ends in a blank or holds a control character.
func TestReports_width(t *testing.T) {
	for _, set := range []map[string]*Report{fixedReports(), catalogueReports(t)} {
		for name, report := range set {
			for line := range strings.SplitSeq(strings.TrimSuffix(write(t, report, Text), "\n"), "\n") {
				if w := width(line); w > 100 {
					t.Errorf("%s: %d columns, want at most 100:\n%s", name, w, line)
				}
				if strings.HasSuffix(line, " ") || strings.ContainsFunc(line, unicode.IsControl) {
					t.Errorf("%s: blank at the end or control character: %q", name, line)
				}
			}
		}
	}
}

// TestSimulateChain_width: the widest numbers there are fit.
func TestSimulateChain_width(t *testing.T) {
	const paths = 100_000_000_000
	s := ChainSimulation{
		Model: "deep", Unpredicted: "no closed form",
		Summaries: []tally.Summary{
			chainSummary(100_000_000, paths, 1, [6]float64{-7.0123e8, 1e8, -8e8, -7e8, -6e8, 1e-11}),
			chainSummary(1000, paths, 0, [6]float64{-1000 * math.Ln2, 1e-26, -1000 * math.Ln2, -1000 * math.Ln2, -1000 * math.Ln2, 0}), // ±1/2, rounded
			chainSummary(100_000_000, paths, 1, [6]float64{-6.3e7, 1e17, math.Inf(-1), -6e7, 1e8, 0.5}),
		},
		Predictions: []ChainPrediction{NoChainPrediction(), NoChainPrediction(), {-6.3e7, 1e17, -1e8, -1e8, -1e8, 0.5, 0.99999999}},
	}
	for line := range strings.SplitSeq(write(t, SimulateChain(s), Text), "\n") {
		if w := width(line); w > 100 {
			t.Errorf("%d columns, want at most 100:\n%s", w, line)
		}
	}
}

// TestReports_injection: what a person writes into a claim stays text.
func TestReports_injection(t *testing.T) {
	tag := regexp.MustCompile(`<(script|b onclick)|onclick='x'>`)
	all := fixedReports()
	r := NewTable(injection, Column{Key: injection, Group: injection, Name: injection, Unit: injection})
	r.Add(Label(injection).Marked(r.Note(injection)))
	r.Remark(injection)
	all["everywhere"] = &Report{
		Title: injection, Data: r,
		Sections: []Section{{Title: injection, Text: []string{injection}, Table: r, Fields: []Field{{injection, injection, false}, {injection, injection, true}}}},
	}
	for name, report := range all {
		html := write(t, report, HTML)
		if hit := tag.FindString(html); hit != "" {
			t.Errorf("%s: HTML has %s", name, hit)
		}
		markdown := write(t, report, Markdown)
		if code := regexp.MustCompile("(`+)[^`].*[^`]`+"); tag.MatchString(code.ReplaceAllString(markdown, "")) {
			t.Errorf("%s: Markdown has a tag outside of code:\n%s", name, markdown)
		}
		for _, text := range []string{write(t, report, Text), html, markdown} {
			if strings.ContainsRune(text, '\x1b') {
				t.Errorf("%s: an escape character", name)
			}
		}
	}
	if html := write(t, all["everywhere"], HTML); strings.Count(html, "&lt;script&gt;") != 15 {
		t.Errorf("the text is there %d times, want 15:\n%s", strings.Count(html, "&lt;script&gt;"), html)
	}
}

// TestMarkdown_pipes: every line of a table has as many cells as the table has columns.
func TestMarkdown_pipes(t *testing.T) {
	pipes := func(line string) int {
		return strings.Count(strings.ReplaceAll(strings.ReplaceAll(line, `\\`, ""), `\|`, ""), "|")
	}
	for name, report := range fixedReports() {
		want := 0
		for line := range strings.SplitSeq(write(t, report, Markdown), "\n") {
			if !strings.HasPrefix(line, "|") {
				want = 0
				continue
			}
			if want == 0 {
				want = pipes(line)
			}
			if got := pipes(line); got != want {
				t.Errorf("%s: %d pipes, want %d:\n%s", name, got, want, line)
			}
		}
	}
}

func TestHTML_page(t *testing.T) {
	html := write(t, fixedReports()["verify"], HTML)
	for _, want := range []string{
		"<!doctype html>", `<meta charset="utf-8">`, `content="default-src 'none'; style-src 'unsafe-inline'"`,
		"<title>Verification: 4 of 6 claims as expected: 3 with proved error rates, 1 given declared bounds</title>", "<caption>Verdicts</caption>",
		`<td class="n">1,048,576</td>`, "@media print", "color-scheme: light dark",
	} {
		if !strings.Contains(html, want) {
			t.Errorf("%s is missing", want)
		}
	}
	for _, unwanted := range []string{"http:", "https:", "src=", "<script", "<link", "ZgotmplZ"} {
		if strings.Contains(html, unwanted) {
			t.Errorf("the page has %s; it must need nothing else", unwanted)
		}
	}
}

func TestReports_misuse(t *testing.T) {
	table := NewTable("two", Column{Name: "a"}, Column{Name: "b"})
	mustPanic(t, "row too short", func() { table.Add(Label("x")) })
	mustPanic(t, "row too long", func() { table.Add(Label("x"), Label("y"), Label("z")) })
	mustPanic(t, "empty row", func() { table.Add() })
	mustPanic(t, "unknown format", func() { _ = new(Report).Write(&bytes.Buffer{}, Format(9)) })
	mustPanic(t, "no data for CSV", func() { _ = new(Report).Write(&bytes.Buffer{}, CSV) })
	mustPanic(t, "no data for JSON", func() { _ = new(Report).Write(&bytes.Buffer{}, JSON) })
	mustPanic(t, "a prediction missing", func() { SimulateChain(ChainSimulation{Summaries: make([]tally.Summary, 1)}) })
	mustPanic(t, "a parameter missing", func() { Theory(TheoryValues{Params: []string{"a"}, Values: []TheoryValue{{}}}) })
}

func TestParseFormat(t *testing.T) {
	for i, name := range Formats() {
		if f, err := ParseFormat(name); err != nil || f != Format(i) || f.String() != name {
			t.Errorf("ParseFormat(%q) = %v, %v", name, f, err)
		}
	}
	for _, name := range []string{"", "Text", "pdf"} {
		want := fmt.Sprintf("unknown format %q; known: text, markdown, html, csv, json", name)
		if _, err := ParseFormat(name); err == nil || err.Error() != want {
			t.Errorf("ParseFormat(%q): got error %v, want %s", name, err, want)
		}
	}
	if got := Format(-1).String(); got != "format(-1)" {
		t.Errorf("got %s", got)
	}
}

// TestVerify_order: a corrected form follows the first sentence it corrects, and
// nothing is lost or doubled, even where corrections form a ring.
func TestVerify_order(t *testing.T) {
	for _, tt := range []struct {
		reason string
		claims [][2]string // ID and correction
		want   string
	}{
		{"in order", [][2]string{{"a", "b"}, {"b", ""}, {"c", ""}}, "a →b c"},
		{"moved up", [][2]string{{"a", "c"}, {"b", ""}, {"c", ""}}, "a →c b"},
		{"one correction for two", [][2]string{{"a", "c"}, {"b", "c"}, {"c", ""}}, "a →c b"},
		{"before its sentence", [][2]string{{"c", ""}, {"a", "c"}}, "c a"},
		{"not there", [][2]string{{"a", "z"}}, "a"},
		{"ring", [][2]string{{"a", "b"}, {"b", "a"}}, "a →b"},
		{"itself", [][2]string{{"a", "a"}}, "a"},
		{"none", nil, ""},
	} {
		var results []props.Result
		for _, c := range tt.claims {
			results = append(results, props.Result{ID: c[0], Correction: c[1]})
		}
		var got []string
		for _, v := range ordered(results) {
			id := v.ID
			if v.corrects {
				id = "→" + id
			}
			got = append(got, id)
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%s: got %v, want %s", tt.reason, got, tt.want)
		}
	}
}

// TestVerify_merged: a refutation that only all configurations together make.
func TestVerify_merged(t *testing.T) {
	r := refutedMean()
	r.ByVerdict, r.Counterexample = map[string]int{"inconclusive": 51}, nil
	text := write(t, Verify([]props.Result{r}, props.Env{}, VerifyOptions{Details: true}), Text)
	for _, want := range []string{" 300.2 ", "a configuration contradicts the claim", "S3.corrected, is not part of this run."} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in\n%s", want, text)
		}
	}
}

// TestVerify_unpowered: a verdict that could not have been otherwise does not count.
func TestVerify_unpowered(t *testing.T) {
	r := verifiedMarkov()
	r.Unpowered = "no mutant"
	text := write(t, Verify([]props.Result{r}, props.Env{}, VerifyOptions{Details: true}), Text)
	for _, want := range []string{"0 of 1 claims as expected", "UNPOWERED", "no mutant"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in\n%s", want, text)
		}
	}
}

// TestVerify_json: the results come back as they went in, under the header, and their
// configurations as objects.
func TestVerify_json(t *testing.T) {
	results := fixedResults()
	var got struct {
		Header  map[string]any
		Results []json.RawMessage
	}
	if err := json.Unmarshal([]byte(write(t, Verify(results, fixedEnv(), VerifyOptions{Details: true}), JSON)), &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Results) != len(results) {
		t.Fatalf("%d results, want %d", len(got.Results), len(results))
	}
	for i, raw := range got.Results {
		want, err := json.Marshal(results[i])
		if err != nil {
			t.Fatal(err)
		}
		var a, b any
		if json.Unmarshal(raw, &a) != nil || json.Unmarshal(unquoted(want), &b) != nil || fmt.Sprint(a) != fmt.Sprint(b) {
			t.Errorf("result %d: got %s, want %s", i, raw, want)
		}
	}
	for key, want := range map[string]any{
		"master_seed": "18446744073709551615", "tier": "quick", "claims": 6.0, "as_expected": 4.0, "samples_total": 1172849.0,
		"not_as_expected": []any{"S13.exponent", "user-claim|1"}, "wall_ms": nil,
	} {
		if fmt.Sprint(got.Header[key]) != fmt.Sprint(want) {
			t.Errorf("header %s: got %v, want %v", key, got.Header[key], want)
		}
	}
	if empty := write(t, Verify(nil, props.Env{}, VerifyOptions{}), JSON); !strings.Contains(empty, `"results": []`) || !strings.Contains(empty, `"wall_ms": null`) {
		t.Errorf("empty results:\n%s", empty)
	}
}

// TestDeviation: differences that rounding or a certain event makes.
func TestDeviation(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, tt := range []struct {
		reason                       string
		simulated, predicted, stdErr float64
		want                         float64
	}{
		{"two standard errors", 1.2, 1, 0.1, 2},
		{"all factors ±1/2, off by rounding", -math.Ln2, -math.Ln2 * (1 + 1e-15), 0, 0},
		{"impossible happened", 0.001, 0, 0, inf},
		{"certain did not happen", 0.999, 1, 0, -inf},
		{"both 0", 0, 0, 0, 0},
		{"both −∞", -inf, -inf, nan, nan},
		{"no prediction", 1, nan, 0.1, nan},
		{"one path", 1, 2, nan, nan},
	} {
		got := deviation(tt.simulated, tt.predicted, tt.stdErr)
		if !(math.Abs(got-tt.want) < 1e-9) && got != tt.want && !(math.IsNaN(got) && math.IsNaN(tt.want)) {
			t.Errorf("%s: got %v, want %v", tt.reason, got, tt.want)
		}
	}
}

// TestWrap_property: no line is too wide, and no character is lost.
func TestWrap_property(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := clean(rapid.StringN(0, 200, -1).Draw(t, "text"))
		limit := rapid.IntRange(2, 60).Draw(t, "limit")
		lines := wrap(text, limit)
		for _, line := range lines {
			if width(line) > limit {
				t.Fatalf("%q is %d wide, want at most %d", line, width(line), limit)
			}
		}
		if got, want := strings.Join(strings.Fields(strings.Join(lines, "")), ""), strings.Join(strings.Fields(text), ""); got != want {
			t.Fatalf("got %q, want %q", got, want)
		}
	})
}

// TestWrap: lines are full: a word moves to the next only if it does not fit.
func TestWrap(t *testing.T) {
	for _, tt := range []struct {
		reason, text string
		limit        int
		want         []string
	}{
		{"fits", "one two", 7, []string{"one two"}},
		{"does not", "one two", 6, []string{"one", "two"}},
		{"a long word breaks behind punctuation", `{"depth":10,"kind":"forward"}`, 15, []string{`{"depth":10,`, `"kind":`, `"forward"}`}},
		{"or where it must", "abcdefgh", 5, []string{"abcde", "fgh"}},
		{"double width", "漢字漢字", 5, []string{"漢字", "漢字"}},
		{"empty", "", 5, []string{""}},
	} {
		if got := wrap(tt.text, tt.limit); !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %q, want %q", tt.reason, got, tt.want)
		}
	}
}

// TestWrapCommand: a shell that joins the lines again has the same command.
func TestWrapCommand(t *testing.T) {
	for _, command := range []string{
		"", "gradchain", refutedMean().Counterexample.Command, "gradchain verify 'a b  c' --seed 1 --quick --bias 'normal(1) --x'",
		"gradchain " + strings.Repeat("--flag 'some value' ", 20) + "end", strings.Repeat("x", 150) + " y",
	} {
		lines := wrapCommand(command, 60)
		joined := ""
		for i, line := range lines {
			if i < len(lines)-1 {
				line = strings.TrimSuffix(line, `\`)
			}
			if i > 0 {
				line = strings.TrimPrefix(line, "  ")
			}
			if w := width(line); w > 60 && !strings.Contains(line, "xxx") {
				t.Errorf("%q is %d wide", line, w)
			}
			joined += line
		}
		if joined != command {
			t.Errorf("got %q, want %q", joined, command)
		}
	}
}

// TestTable_property: a table of any cells keeps its texts, its columns line up, and it
// fits if its numbers do.
func TestTable_property(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		texts, figures := rapid.IntRange(1, 3).Draw(t, "texts"), rapid.IntRange(0, 4).Draw(t, "numbers") // at most 14 + 2 columns each, and 8 a text
		var columns []Column
		for j := range texts {
			columns = append(columns, Column{Key: fmt.Sprint("t", j), Name: "text"})
		}
		for j := range figures {
			columns = append(columns, Column{Key: fmt.Sprint("n", j), Name: "n", Align: Right})
		}
		table := NewTable("", columns...)
		words := rapid.StringMatching(`([a-zß≤|]{1,12} ){0,12}[a-z]{1,30}`)
		var numbers []float64
		for range rapid.IntRange(1, 5).Draw(t, "rows") {
			var row []Cell
			for range texts {
				row = append(row, Label(words.Draw(t, "text")))
			}
			for range figures {
				x := anyFloat().Draw(t, "x")
				numbers = append(numbers, x)
				row = append(row, Value(x, 3))
			}
			table.Add(row...)
		}
		report := &Report{Sections: []Section{{Table: table}}, Data: table}
		text := write(t, report, Text)
		for line := range strings.SplitSeq(text, "\n") {
			if width(line) > 100 {
				t.Fatalf("%d columns:\n%s", width(line), line)
			}
		}
		for _, row := range table.rows {
			for _, c := range row[texts:] {
				if !strings.Contains(text, c.show) {
					t.Fatalf("%s is missing in\n%s", c.show, text)
				}
			}
		}
		checkData(t, report, numbers, texts)
	})
}

// checkData reads the numbers of a report back from CSV and JSON, to the last bit.
func checkData(t *rapid.T, report *Report, numbers []float64, texts int) {
	lines, err := csv.NewReader(strings.NewReader(write(t, report, CSV))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var got []float64
	for _, line := range lines[1:] {
		for _, field := range line[texts:] {
			x, err := strconv.ParseFloat(field, 64)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, x)
		}
	}
	if !slices.Equal(got, numbers) {
		t.Fatalf("CSV has %v, want %v", got, numbers)
	}
	var object struct{ Rows []map[string]any }
	if err := json.Unmarshal([]byte(write(t, report, JSON)), &object); err != nil {
		t.Fatal(err)
	}
	got = got[:0]
	for _, row := range object.Rows {
		for j := range len(row) - texts {
			got = append(got, row[fmt.Sprint("n", j)].(float64))
		}
	}
	if !slices.Equal(got, numbers) {
		t.Fatalf("JSON has %v, want %v", got, numbers)
	}
}

// TestTable_points: decimal points stand below each other, exponents flush right.
func TestTable_points(t *testing.T) {
	table := NewTable("", Column{Name: "x", Align: Right})
	for _, show := range []string{"1.5", "-10.25", "3", "–", "1,048,576", "1.2e-300", "0.5¹", "26 %", "dead²", "10^-17.3", "3/4", "≤ 0.25"} {
		table.Add(Number(0, show))
	}
	want := `            x
──────────────
         1.5
       -10.25
         3
         –
 1,048,576
     1.2e-300
         0.5¹
        26 %
        dead²
     10^-17.3
         3/4
       ≤ 0.25
`
	if got := write(t, &Report{Sections: []Section{{Table: table}}}, Text); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestReports_noNumber: NaN and the infinities in all formats.
func TestReports_noNumber(t *testing.T) {
	table := NewTable("", Column{Key: "i", Name: "i"}, Column{Key: "x", Name: "x", Align: Right})
	for _, x := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		table.Add(Label("i"), Value(x, 3))
	}
	report := &Report{Sections: []Section{{Table: table}}, Data: table}
	if got, want := write(t, report, CSV), "i,x\ni,\ni,inf\ni,-inf\n"; got != want {
		t.Errorf("CSV: got %q, want %q", got, want)
	}
	var object struct{ Rows []map[string]any }
	if err := json.Unmarshal([]byte(write(t, report, JSON)), &object); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(object.Rows); got != "[map[i:i x:<nil>] map[i:i x:inf] map[i:i x:-inf]]" {
		t.Errorf("JSON: got %s", got)
	}
	for _, f := range []Format{Text, Markdown, HTML} {
		text := write(t, report, f)
		for _, want := range []string{"–", "∞", "−∞"} {
			if !strings.Contains(text, want) {
				t.Errorf("%v: %s is missing in\n%s", f, want, text)
			}
		}
	}
}

// TestVerify_asymptotic: a limit theorem is verified to an error that is said beside it.
func TestVerify_asymptotic(t *testing.T) {
	r := props.Result{ID: "A", Sentence: "It tends to 1.", Verdict: evidence.Verified, Asymptotic: "C/n, C = 2"}
	if text := write(t, Verify([]props.Result{r}, props.Env{}, VerifyOptions{}), Text); !strings.Contains(text, "Asymptotic: holds to C/n, C = 2.") {
		t.Errorf("verified: %s", text)
	}
	r.Verdict = evidence.Refuted
	if text := write(t, Verify([]props.Result{r}, props.Env{}, VerifyOptions{}), Text); !strings.Contains(text, "Asymptotic: held to C/n, C = 2.") {
		t.Errorf("refuted: %s", text)
	}
	if text := write(t, Explain(&props.Claim{ID: "A", Asymptotic: "C/n, C = 2"}, props.Power{}), Text); !strings.Contains(text, "tested at finite sizes, to C/n, C = 2") {
		t.Errorf("explained: %s", text)
	}
}

// TestVerify_verdicts: the words of the report are those of package evidence.
func TestVerify_verdicts(t *testing.T) {
	sum := props.Totals{Claims: 3, ByVerdict: map[string]int{evidence.Error.String(): 1, evidence.Verified.String(): 2}}
	if got, want := verdictCounts(sum), "3 claims, 2 verified, 1 error"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
