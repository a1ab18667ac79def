package reports

import (
	"strings"
	"testing"
)

// The parts of a section are apart by one empty line each, whichever there are.
func TestSection_writeText(t *testing.T) {
	table := NewTable("", Column{Name: "a"})
	table.Add(Label("b"))
	for _, tt := range []struct {
		reason string
		s      Section
		want   string
	}{
		{"text alone", Section{Text: []string{"one", "two"}}, "one\n\ntwo\n"},
		{"a table alone", Section{Table: table}, " a\n─\n b\n"},
		{"text and a table", Section{Text: []string{"one"}, Table: table}, "one\n\n a\n─\n b\n"},
		{"text and fields", Section{Text: []string{"one"}, Fields: []Field{{Label: "k", Text: "v"}}}, "one\n\n  k  v\n"},
		{"a table and fields", Section{Table: table, Fields: []Field{{Label: "k", Text: "v"}}}, " a\n─\n b\n\n  k  v\n"},
		{"fields alone", Section{Fields: []Field{{Label: "k", Text: "v"}}}, "  k  v\n"},
		{"a title", Section{Title: "T", Table: table}, "T\n a\n─\n b\n"},
	} {
		var b strings.Builder
		if err := tt.s.writeText(&b, 80); err != nil {
			t.Fatal(err)
		}
		got := ruler.ReplaceAllString(b.String(), "─")
		if got != tt.want {
			t.Errorf("%s: %q, want %q", tt.reason, got, tt.want)
		}
	}
}

// The data of a comparison of speeds: medians, the ends, and the ratios to the base, in all digits.
func TestBench_data(t *testing.T) {
	r := Bench([]BenchRow{
		{Program: "gradchain", Model: "m", Kernel: "avx2", Jobs: 2, PerStep: []float64{1.2345678, 2.3456789, 3.4567891}},
		{Program: "peer", Model: "m", PerStep: []float64{4, 5}},
	}, 0)
	var b strings.Builder
	if err := r.Write(&b, CSV); err != nil {
		t.Fatal(err)
	}
	want := `program,model,kernel,jobs,runs,ns_per_step,fastest,slowest,steps_per_second,times_base
gradchain,m,avx2,2,3,2.3456789,1.2345678,3.4567891,426315809.8919678,1
peer,m,,,2,4.5,4,5,222222222.2222222,1.918421144513855
`
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}
