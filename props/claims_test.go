package props

import (
	"flag"
	"os"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"gradchain/props/evidence"
	"gradchain/props/internal/check"
)

// The claims run here as subtests by ID. GRADCHAIN_SEED sets the seed of the noise,
// else it is fresh, and printed by a failing test. rapid draws and shrinks the
// configurations; its own flags and fail files replay them.

func TestMain(m *testing.M) {
	flag.Parse()
	if checks := flag.Lookup("rapid.checks"); checks.Value.String() == checks.DefValue {
		_ = flag.Set("rapid.checks", strconv.Itoa(Standard.checks())) // rapid divides by 5 under -short, as does Quick
	}
	os.Exit(m.Run())
}

func testEnv(t *testing.T) Env {
	t.Helper()
	env := Env{Seed: uint64(time.Now().UnixNano()), Tier: Standard}
	if text := os.Getenv("GRADCHAIN_SEED"); text != "" {
		seed, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			t.Fatalf("GRADCHAIN_SEED: %v", err)
		}
		env.Seed = seed
	}
	if testing.Short() {
		env.Tier = Quick
	}
	return env
}

// TestClaims judges every claim. A claim that holds runs under rapid.Check itself, so
// that a failure shrinks and leaves a fail file; one that is expected to be refuted
// runs under a recorder, for its failure is the success.
func TestClaims(t *testing.T) {
	env := testEnv(t)
	for _, c := range Catalogue() {
		t.Run(c.ID, func(t *testing.T) {
			t.Parallel()
			s := c.trial.begin(t.Context(), c, env)
			defer func() {
				r := s.finish()
				if !r.AsExpected() {
					t.Errorf("seed %d: %v, expected %v: %s %s", env.Seed, r.Verdict, r.Expected, r.Reason, r.Unpowered)
					if r.Counterexample != nil {
						t.Logf("counterexample %s\n%s\n%s", r.Counterexample.Config, r.Counterexample.Text, r.Counterexample.Command)
					}
				}
			}()
			if c.Expected == evidence.Verified {
				rapid.Check(t, s.property)
				return
			}
			report, err := check.Property(c.ID, s.property)
			if err != nil || report.Flaky || report.Panic {
				t.Errorf("%v %s", err, report.Text)
			}
		})
	}
}

// TestPower asserts for every claim, without sampling, that its check can fail:
// MDE ≤ discrepancy ≤ effect of every mutant / 1.5.
func TestPower(t *testing.T) {
	for _, c := range Catalogue() {
		t.Run(c.ID, func(t *testing.T) {
			t.Parallel()
			p, err := c.Power()
			if err != nil {
				t.Fatal(err)
			}
			if err := p.Check(); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestCatalogue holds the catalogue to its own rules.
func TestCatalogue(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range Catalogue() {
		if seen[c.ID] {
			t.Errorf("%s: registered twice", c.ID)
		}
		seen[c.ID] = true
		for name, text := range map[string]string{
			"sentence": c.Sentence, "source": c.Source.String(), "family": c.Family,
			"domain": c.Domain, "test": c.Test, "assumption": c.Assumption, "unit": c.Unit,
		} {
			if text == "" {
				t.Errorf("%s: no %s", c.ID, name)
			}
		}
		if c.Expected == evidence.Refuted && c.Correction == "" {
			t.Errorf("%s: refuted without a corrected form", c.ID)
		}
		if len(c.Mutants()) == 0 {
			t.Errorf("%s: no mutant", c.ID)
		}
	}
	for _, c := range Catalogue() {
		if c.Correction != "" && !seen[c.Correction] {
			t.Errorf("%s: corrected form %s is not in the catalogue", c.ID, c.Correction)
		}
	}
	for _, id := range []string{"S1", "S2", "S3", "S4", "S5", "S6", "S7", "S8", "S9", "S13", "S14"} {
		if !seen[id] {
			t.Errorf("sentence %s is not in the catalogue", id)
		}
	}
}
