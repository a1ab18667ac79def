package theory

import (
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"gradchain/theory/internal/reference"
)

// evaluators are the quantities by name, for tables.
func evaluators() map[string]reference.Function {
	functions := map[string]reference.Function{}
	for _, q := range Catalogue() {
		functions[q.Name] = func(p reference.Params) (float64, error) { return value(q, p) }
	}
	return functions
}

// The values of other sources, at their own tolerances.
func TestEvaluate_golden(t *testing.T) {
	reference.Check(t, "testdata/golden.jsonl", 0, evaluators())
}

// Values at the corners of the domains, where the plain formula cancels or underflows.
func TestEvaluate_corner(t *testing.T) {
	reference.Check(t, "testdata/corner.jsonl", 1e-10, evaluators())
}

// The examples' values are of testdata/golden.jsonl or elementary, not of this program.
func TestCatalogue_examples(t *testing.T) {
	for _, q := range Catalogue() {
		params, err := ParseParams(strings.Fields(q.Example.Query)...)
		if err != nil {
			t.Errorf("%s: %v", q.Name, err)
			continue
		}
		got, err := value(q, params)
		if diff := math.Abs(got - q.Example.Value); err != nil || !(diff <= 1e-10*math.Abs(q.Example.Value)) {
			t.Errorf("%s %s = %v, want %v (error %v)", q.Name, q.Example.Query, got, q.Example.Value, err)
		}
	}
}

// Names and parameters are those of the list of all quantities; a default that the list
// leaves to the reader is written out.
func TestCatalogue_signatures(t *testing.T) {
	list, err := os.ReadFile("testdata/signatures.txt")
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Split(strings.TrimSpace(string(list)), "\n")
	var got []string
	for _, q := range Catalogue() {
		got = append(got, q.Signature())
	}
	slices.Sort(got)
	slices.Sort(want)
	for _, line := range want {
		if _, found := slices.BinarySearch(got, line); !found {
			t.Errorf("not in the catalogue: %s", line)
		}
	}
	for _, line := range got {
		if _, found := slices.BinarySearch(want, line); !found {
			t.Errorf("not in the list: %s", line)
		}
	}
}

func TestCatalogue_sorted(t *testing.T) {
	all := Catalogue()
	for i, q := range all {
		if i > 0 && !(all[i-1].Name < q.Name) {
			t.Errorf("%s follows %s", q.Name, all[i-1].Name)
		}
	}
	all[0].Name = "changed"
	if Catalogue()[0].Name == "changed" {
		t.Error("Catalogue returns its own memory")
	}
}

// Every quantity says what a reader needs, in one line each.
func TestCatalogue_complete(t *testing.T) {
	for _, q := range Catalogue() {
		texts := append([]string{q.Name, q.Meaning, q.Formula, q.Domain, q.Source, q.Accuracy, q.Example.Query}, q.Special...)
		if q.Hypotheses != "" {
			texts = append(texts, q.Hypotheses)
		}
		for _, p := range q.Params {
			texts = append(texts, p.Name, p.Meaning)
			if (p.Kind == Choice) != (len(p.Choices) > 0) {
				t.Errorf("%s: parameter %s of kind %v has choices %v", q.Name, p.Name, p.Kind, p.Choices)
			}
			if p.Or != "" && !slices.ContainsFunc(q.Params, func(o Param) bool { return o.Name == p.Or && o.Or == p.Name }) {
				t.Errorf("%s: %s is no alternative of %s", q.Name, p.Or, p.Name)
			}
		}
		if slices.ContainsFunc(texts, func(s string) bool { return strings.TrimSpace(s) != s || s == "" || strings.Contains(s, "\n") }) {
			t.Errorf("%s: an empty or untidy text in %q", q.Name, texts)
		}
		if q.Family() == q.Name || !strings.HasPrefix(q.Name, q.Family()+".") {
			t.Errorf("%s is of no family", q.Name)
		}
	}
}

func TestLookup(t *testing.T) {
	if q, err := Lookup("chain.lyapunov"); err != nil || q.Name != "chain.lyapunov" {
		t.Errorf("Lookup = %q, %v", q.Name, err)
	}
	for _, tc := range []struct{ name, nearest, reason string }{
		{"chain.lyapunow", "chain.lyapunov,", "one letter off"},
		{"half_life", "recurrent.lstm.half_life,", "the last part only"},
		{"", "", "nothing typed"},
		{strings.Repeat("x", 1e6), "…", "too long to repeat"},
		{"a\nb", `"a\nb"`, "a newline"},
	} {
		_, err := Lookup(tc.name)
		if err == nil || !strings.Contains(err.Error(), tc.nearest) || strings.Contains(err.Error(), "\n") || len(err.Error()) > 300 {
			t.Errorf("%s: error %v, want one with %q", tc.reason, err, tc.nearest)
		}
	}
}

func TestRegister_twice(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a second quantity of the same name is registered")
		}
	}()
	register(Catalogue()[0])
}

func TestKind_string(t *testing.T) {
	for k, want := range []string{"real", "integer", "activation", "weight law", "choice"} {
		if got := Kind(k).String(); got != want {
			t.Errorf("Kind(%d) = %q, want %q", k, got, want)
		}
	}
}
