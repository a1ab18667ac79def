package props

import (
	_ "embed"
	"encoding/json"
	"fmt"
)

// The counterexamples of a quick run with seed 1, one for each refuted claim that has one.
//
//go:embed counterexamples.json
var storedText []byte

// Stored returns the counterexample that is kept for a refuted claim, so that a person can
// look at one without a run; nil for a claim without one.
func (c *Claim) Stored() *Counterexample {
	var stored map[string]Counterexample
	if err := json.Unmarshal(storedText, &stored); err != nil {
		panic(fmt.Sprintf("props: counterexamples.json: %v", err)) // a test reads it
	}
	if example, ok := stored[c.ID]; ok {
		return &example
	}
	return nil
}
