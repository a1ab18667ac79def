package props

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"gradchain/props/evidence"
)

// revisiting judges a claim at a configuration that is given as text.
type revisiting interface {
	revisit(ctx context.Context, c *Claim, env Env, text string) (visit, error)
}

// visit is what a claim's own check finds at a configuration.
type visit struct {
	refuted bool
	config  string // canonical
	text    string // the numbers
}

// parsed is the configuration that a text describes, all of it.
func parsed[C any](text string) (c C, err error) {
	d := json.NewDecoder(bytes.NewReader([]byte(text)))
	d.DisallowUnknownFields()
	return c, d.Decode(&c)
}

func (s *sampled[C]) revisit(ctx context.Context, c *Claim, env Env, text string) (visit, error) {
	config, err := parsed[C](text)
	if err != nil {
		return visit{}, err
	}
	j := s.begin(ctx, c, env).(*sampledSession[C]).judge(config, canonical(config))
	o := j.outcome
	return visit{
		refuted: o.Verdict == evidence.Refuted, config: j.text,
		text: fmt.Sprintf("%v after %d samples: %s, %.4g in [%.4g, %.4g]", o.Verdict, o.N, o.Reason, o.Estimate, o.Lo, o.Hi),
	}, o.Err
}

func (e *exact[C]) revisit(_ context.Context, _ *Claim, _ Env, text string) (visit, error) {
	config, err := parsed[C](text)
	if err != nil {
		return visit{}, err
	}
	f := e.check(config)
	return visit{refuted: f.violated(), config: canonical(config), text: f.Text}, nil
}

// Every refuted claim, and no other, keeps a counterexample that is one: the claim's own check
// refutes it there again, on noise of the test's seed. At each a true sentence would pass but
// for one run in 10^16; one that is off by the discrepancy fails to be refuted in one of 10^6.
func TestStoredRefutes(t *testing.T) {
	env := testEnv(t)
	for _, c := range Catalogue() {
		stored := c.Stored()
		if c.Expected != evidence.Refuted {
			if stored != nil {
				t.Errorf("%s: %v is expected, and a counterexample is kept: %s", c.ID, c.Expected, stored.Config)
			}
			continue
		}
		t.Run(c.ID, func(t *testing.T) {
			if stored == nil {
				t.Fatal("no counterexample is kept")
			}
			found, err := c.trial.(revisiting).revisit(t.Context(), c, env, stored.Config)
			if err != nil {
				t.Fatalf("%s: %v", stored.Config, err)
			}
			if !found.refuted {
				t.Errorf("seed %d: %s is no counterexample: %s", env.Seed, stored.Config, found.text)
			}
			if found.config != stored.Config {
				t.Errorf("%s is kept as %s", found.config, stored.Config)
			}
		})
	}
}
