package props

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"gradchain/props/evidence"
)

// shower says what a trial says of a counterexample without drawing a sample: its
// configuration again, what is in the text, details and command.
type shower interface {
	show(config string) (again, part string, details []string, command string, err error)
}

func (s *sampled[C]) show(config string) (again, part string, details []string, command string, err error) {
	var c C
	if err := json.Unmarshal([]byte(config), &c); err != nil {
		return "", "", nil, "", err
	}
	p, err := s.predict(c)
	if s.details != nil {
		details = s.details(c)
	}
	return canonical(c), fmt.Sprintf("predicted %v %.4g, found", p.Zone.Side, p.Zone.Theta0), details, s.command(c), err
}

func (e *exact[C]) show(config string) (again, part string, details []string, command string, err error) {
	var c C
	err = json.Unmarshal([]byte(config), &c)
	return canonical(c), e.check(c).Text, nil, e.command(c), err
}

// TestStored: what is stored of a refuted claim is what a run would say today at that
// configuration: the same command, details, prediction or finding.
// go test ./cmd/gradchain -run SeeIt_stored -update stores those of today.
func TestStored(t *testing.T) {
	var stored map[string]Counterexample
	if err := json.Unmarshal(storedText, &stored); err != nil {
		t.Fatal(err)
	}
	for _, c := range Catalogue() {
		example := c.Stored()
		if refuted := c.Expected == evidence.Refuted; refuted != (example != nil) {
			t.Errorf("%s: expected %v, stored %+v", c.ID, c.Expected, example)
		}
		delete(stored, c.ID)
		if example == nil {
			continue
		}
		again, part, details, command, err := c.trial.(shower).show(example.Config)
		if err != nil || again != example.Config || !strings.Contains(example.Text, part) || !strings.HasPrefix(example.Text, leading(c)) ||
			!slices.Equal(details, example.Details) || command != example.Command {
			t.Errorf("%s: stored %+v, today %s %q %q %s, error %v", c.ID, *example, again, part, details, command, err)
		}
	}
	if len(stored) > 0 {
		t.Errorf("stored for no claim: %v", stored)
	}
}

// leading is how the text of a counterexample of a sampled claim begins: with its test.
func leading(c *Claim) string {
	if c.Kind == Deterministic {
		return ""
	}
	return c.Test
}
