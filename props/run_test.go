package props

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"testing"

	"gradchain/props/evidence"
)

func ids(claims []*Claim) []string {
	var out []string
	for _, c := range claims {
		out = append(out, c.ID)
	}
	return out
}

func TestMatch(t *testing.T) {
	for _, tt := range []struct {
		reason   string
		patterns []string
		want     []string // nil means an error
	}{
		{"an ID brings its corrected form", []string{"S6"}, []string{"S6", "S6.corrected"}},
		{"case does not matter", []string{"s6.CORRECTED"}, []string{"S6.corrected"}},
		{"a glob", []string{"S1"}, []string{"S1"}},
		{"catalogue order, whatever the order of patterns", []string{"S8", "S1"}, []string{"S1", "S8"}},
		{"no match is an error", []string{"S99"}, nil},
		{"one pattern without a match is an error", []string{"S1", "S99"}, nil},
		{"a malformed glob", []string{"["}, nil},
	} {
		got, err := Match(tt.patterns...)
		if (err != nil) != (tt.want == nil) || !slices.Equal(ids(got), tt.want) {
			t.Errorf("%s: got %v, %v, want %v", tt.reason, ids(got), err, tt.want)
		}
	}
	if all, err := Match(); err != nil || len(all) != len(Catalogue()) {
		t.Errorf("no pattern: %d claims, %v, want all %d", len(all), err, len(Catalogue()))
	}
	if family, err := Match("textbook"); err != nil || len(family) == 0 {
		t.Errorf("family: %v, %v", ids(family), err)
	}
}

func TestLookup(t *testing.T) {
	if c, err := Lookup("s4.corrected"); err != nil || c.ID != "S4.corrected" {
		t.Errorf("got %v, %v", c, err)
	}
	if _, err := Lookup("S99"); err == nil {
		t.Error("no error for an unknown ID")
	}
}

// fast are claims of both kinds and both verdicts that take little time.
func fast(t *testing.T) []*Claim {
	t.Helper()
	return lookup(t, "S3", "S6", "S6.corrected", "S8", "S13.plain")
}

func lookup(t *testing.T, ids ...string) []*Claim {
	t.Helper()
	var out []*Claim
	for _, id := range ids {
		c, err := Lookup(id)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, c)
	}
	return out
}

// TestRun_jobs: the same seed gives the same results for any number of workers.
func TestRun_jobs(t *testing.T) {
	var texts []string
	for _, jobs := range []int{1, 2, 5} {
		results, err := Run(context.Background(), fast(t), Env{Seed: 11, Tier: Quick, Jobs: jobs}, nil)
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(results)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(text))
	}
	if texts[0] != texts[1] || texts[0] != texts[2] {
		t.Error("results depend on the number of workers")
	}
	other, err := Run(context.Background(), fast(t), Env{Seed: 12, Tier: Quick, Jobs: 2}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if text, _ := json.Marshal(other); string(text) == texts[0] {
		t.Error("results do not depend on the seed")
	}
}

func TestRun_cancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Run(ctx, fast(t), Env{Tier: Quick}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
	if _, err := Run(context.Background(), nil, Env{Jobs: -1}, nil); err == nil {
		t.Error("no error for −1 jobs")
	}
}

// TestCounterexamples: the refutations shrink to what a person would have chosen.
func TestCounterexamples(t *testing.T) {
	results, err := Run(context.Background(), lookup(t, "S6", "S3", "S4"), Env{Seed: 5, Tier: Quick, Jobs: 2}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range results {
		switch r.ID {
		case "S6":
			if want := `{"activation":"sigmoid","z":0}`; r.Counterexample == nil || r.Counterexample.Config != want {
				t.Errorf("S6 is refuted at %+v, want %s", r.Counterexample, want)
			}
		case "S4", "S3":
			c := configOf(t, r)
			mean, err := c.product().LogMean()
			if err != nil {
				t.Fatal(err)
			}
			l, err := c.product().Law()
			if err != nil {
				t.Fatal(err)
			}
			median, err := l.Quantile(0.5)
			if err != nil {
				t.Fatal(err)
			}
			if r.ID == "S4" && !(mean > 0 && median < 0) {
				t.Errorf("S4 is refuted at %s: log mean %v, log median %v; want an exploding mean and a vanishing median", r.Counterexample.Config, mean, median)
			}
			if r.ID == "S3" && !(median > 0) {
				t.Errorf("S3 is refuted at %s: log median %v, want one above 0", r.Counterexample.Config, median)
			}
		}
	}
}

func configOf(t *testing.T, r Result) chainAt {
	t.Helper()
	if r.Verdict != evidence.Refuted || r.Counterexample == nil {
		t.Fatalf("%s is %v (%s), want a counterexample", r.ID, r.Verdict, r.Reason)
	}
	var c chainAt
	if err := json.Unmarshal([]byte(r.Counterexample.Config), &c); err != nil {
		t.Fatal(err)
	}
	return c
}

// TestCanonical: one text for one meaning.
func TestCanonical(t *testing.T) {
	for _, tt := range []struct {
		reason string
		config any
		want   string
	}{
		{"keys are sorted", struct {
			B int `json:"b"`
			A int `json:"a"`
		}{1, 2}, `{"a":2,"b":1}`},
		{"numbers are shortest round-trip", struct{ X float64 }{0.1}, `{"X":0.1}`},
		{"large integers keep their digits", struct{ N uint64 }{1<<63 + 1}, `{"N":9223372036854775809}`},
	} {
		if got := canonical(tt.config); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.reason, got, tt.want)
		}
	}
	type pair struct{ A, B float64 }
	if !reflect.DeepEqual(canonical(pair{1, 2}), canonical(pair{1, 2})) {
		t.Error("not a function of the configuration")
	}
}
