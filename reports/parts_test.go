package reports

import (
	"slices"
	"strings"
	"testing"
)

// TestTable_parts: a table of numbers that is too wide is cut where a group begins, and
// every column is in one part.
func TestTable_parts(t *testing.T) {
	wide := NewTable("", columns(numbers("first", "", "simulated", "predicted"), numbers("", "", "diff."), numbers("second", "", "simulated", "predicted"))...)
	wide.Add(Count(1), Value(0.1, 3), Value(0.2, 3), Value(1, 1), Value(0.3, 3), Value(0.4, 3))
	for _, tt := range []struct {
		reason string
		limit  int
		want   []int // columns of each part
	}{
		{"room for all", 100, []int{6}},
		{"room for the first of the second group, which stays whole", 54, []int{4, 3}},
		{"room for one column", 10, []int{2, 2, 2, 2, 2}},
	} {
		var got []int
		for _, part := range wide.parts(tt.limit) {
			got = append(got, len(part.columns))
			if part.columns[0].Name != "depth" {
				t.Errorf("%s: a part begins with %q", tt.reason, part.columns[0].Name)
			}
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: parts of %v columns, want %v", tt.reason, got, tt.want)
		}
	}
	text := NewTable("", Column{Name: "a"}, Column{Name: "b"}, Column{Name: "c"})
	text.Add(Label("some text"), Label("more text"), Label("and more"))
	if got := text.parts(5); len(got) != 1 {
		t.Errorf("a table of text is cut into %d", len(got))
	}
}

// TestWrap_joints: a name is broken at its joints, a number is not.
func TestWrap_joints(t *testing.T) {
	for _, tt := range []struct {
		text  string
		limit int
		want  string
	}{
		{"activation.gaussian.derivative_mean", 22, "activation.gaussian.|derivative_mean"},
		{"meanfield.chi_1", 14, "meanfield.|chi_1"},
		{"layer-wise", 9, "layer-|wise"},
		{"12345.678901", 10, "12345.6789|01"},
	} {
		if got := strings.Join(wrap(tt.text, tt.limit), "|"); got != tt.want {
			t.Errorf("%q in %d columns: %q, want %q", tt.text, tt.limit, got, tt.want)
		}
	}
	if got := longestPiece("activation.gaussian.derivative_mean 0.123456789012345"); got != len("0.123456789012345") {
		t.Errorf("longest piece %d", got)
	}
}

// TestReport_columns: prose is never wider than 100.
func TestReport_columns(t *testing.T) {
	r := &Report{Title: strings.Repeat("word ", 60), Columns: 200}
	var b strings.Builder
	if err := r.Write(&b, Text); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(b.String()) {
		if width(line) > standard+1 {
			t.Errorf("a line of %d columns", width(line))
		}
	}
}
