package evidence

import "fmt"

// Ledger shares out the chance that a run of a whole suite refutes anything
// true. It is static: a claim's share does not depend on what else runs, so
// adding a claim changes no verdict. A zero field takes its default.
type Ledger struct {
	Run     float64 // chance of any false refutation per run; 0 means 1e-9
	Claims  int     // most claims a run may register; 0 means 256
	Configs int     // most distinct configurations a claim may evaluate, shrinking included; 0 means 65536
}

// WithDefaults returns the ledger with every default in place.
func (l Ledger) WithDefaults() Ledger {
	if l.Run == 0 {
		l.Run = 1e-9
	}
	if l.Claims == 0 {
		l.Claims = 256
	}
	if l.Configs == 0 {
		l.Configs = 65536
	}
	return l
}

// Validate reports a field out of its range: Run in (0, 1), the counts positive.
func (l Ledger) Validate() error {
	l = l.WithDefaults()
	if !(l.Run > 0 && l.Run < 1) {
		return fmt.Errorf("ledger run is %g; it must lie in (0, 1)", l.Run)
	}
	if l.Claims < 1 || l.Configs < 1 {
		return fmt.Errorf("ledger claims and configs are %d and %d; both must be positive", l.Claims, l.Configs)
	}
	return nil
}

// Claim is the share of one claim, Run/Claims.
func (l Ledger) Claim() float64 {
	l = l.WithDefaults()
	return l.Run / float64(l.Claims)
}

// Config is the share of one configuration, the FalseFail of its test: half of
// the claim's share over Configs. 2.98e-17 by default, 38.05 nats.
func (l Ledger) Config() float64 { return l.Claim() / 2 / float64(l.WithDefaults().Configs) }

// Merge is the share of the claim's merged e-process, the other half.
// 1.95e-12 by default, 26.96 nats.
func (l Ledger) Merge() float64 { return l.Claim() / 2 }

// Levels are the levels of one test, FalseFail from the ledger and the other
// two at their defaults.
func (l Ledger) Levels() Levels { return Levels{FalseFail: l.Config()}.filled() }

// CheckClaims returns an error if more claims are registered than paid for.
func (l Ledger) CheckClaims(n int) error {
	if most := l.WithDefaults().Claims; n > most {
		return fmt.Errorf("%d claims registered; the ledger pays for %d", n, most)
	}
	return nil
}

// CheckConfigs returns an error if a claim evaluated more distinct
// configurations than paid for.
func (l Ledger) CheckConfigs(n int) error {
	if most := l.WithDefaults().Configs; n > most {
		return fmt.Errorf("%d configurations evaluated; the ledger pays for %d", n, most)
	}
	return nil
}
