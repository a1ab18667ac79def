package props

import (
	"fmt"

	"pgregory.net/rapid"
)

// Tier says how many configurations a claim must pass to be verified.
type Tier int

const (
	Standard Tier = iota // the default
	Quick                // fewer configurations, the same discrepancies
	Thorough             // ten times as many
)

func (t Tier) String() string { return [...]string{"standard", "quick", "thorough"}[t] }

// flag is what selects the tier on the command line.
func (t Tier) flag() string { return [...]string{"", " --quick", " --thorough"}[t] }

// MinConfigs is the number of distinct configurations below which a universal
// claim stays undecided.
func (t Tier) MinConfigs() int { return [...]int{50, 10, 500}[t] }

// powerDraws is at how many drawn configurations the mutants' effects are computed: theory
// alone, but not free.
func (t Tier) powerDraws() int { return min(t.MinConfigs(), 25) }

// checks is how many times rapid draws: it repeats configurations, and only
// distinct ones count. A claim that has enough of them lets the rest pass.
func (t Tier) checks() int { return 10 * t.MinConfigs() }

// Env is what a run of the suite shares.
type Env struct {
	Seed uint64 // of all noise and of the configurations
	Tier Tier
	Jobs int // claims judged at the same time; 0 means 1; never changes a result

	Timing bool // record wall time in the results, which are then no function of the seed
}

// session is one claim being judged.
type session interface {
	// property is what rapid falsifies: it draws a configuration, judges it,
	// and fails if it refutes the claim. Memoised: a pure function of the draws.
	property(rt *rapid.T)
	// finish judges what every run judges, and sums up.
	finish() Result
}

func (e Env) validate() error {
	if e.Jobs < 0 {
		return fmt.Errorf("jobs %d: must be at least 1", e.Jobs)
	}
	return nil
}
