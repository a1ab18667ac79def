package props

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"os"
	"runtime"
	"testing"

	"gradchain/props/evidence"
)

var updateStored = flag.Bool("update-counterexamples", false, "rewrite counterexamples.json")

// What is stored is what a quick run with seed 1 finds, bit for bit. After a deliberate
// change, go test ./props -run Stored -update-counterexamples rewrites it.
func TestStored(t *testing.T) {
	if testing.Short() {
		t.Skip("a quick run of the refuted claims")
	}
	var refuted []*Claim
	for _, c := range Catalogue() {
		if c.Expected == evidence.Refuted {
			refuted = append(refuted, c)
		} else if c.Stored() != nil {
			t.Errorf("%s is not refuted and has a counterexample", c.ID)
		}
	}
	results, err := Run(context.Background(), refuted, Env{Seed: 1, Tier: Quick, Jobs: runtime.GOMAXPROCS(0)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]*Counterexample{}
	for i := range results {
		if results[i].Counterexample == nil {
			t.Errorf("%s: refuted without a counterexample: %v, %s", results[i].ID, results[i].Verdict, results[i].Reason)
			continue
		}
		found[results[i].ID] = results[i].Counterexample
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(found); err != nil {
		t.Fatal(err)
	}
	if *updateStored {
		if err := os.WriteFile("counterexamples.json", b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !bytes.Equal(b.Bytes(), storedText) {
		t.Errorf("counterexamples.json is not what a run finds:\n%s", b.Bytes())
	}
}
