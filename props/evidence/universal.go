package evidence

import (
	"errors"
	"fmt"
	"math"
)

// Universal judges a claim that ranges over configurations. A zero field takes
// its default.
type Universal struct {
	Least  int     // configurations needed to verify; 0 means 50
	Miss   float64 // chance that the coverage statement is wrong; 0 means 0.05
	Ledger Ledger
}

// Combined is the verdict over configurations and what supports it.
type Combined struct {
	Verdict                                Verdict
	Reason                                 string
	Configs                                int // distinct configurations evaluated
	Verified, Refuted, Inconclusive, Error int // how many of them ended so
	Worst                                  int // index of the configuration most against the claim, −1 if none
	LogMerged                              float64
	// ViolatingMass is an upper bound of the part of the configurations, as
	// drawn, that violate the claim, with confidence 1 − Miss. It is 1 unless
	// all are verified.
	ViolatingMass float64
	Miss          float64
	Samples       int
}

// Combine judges by the outcomes at distinct configurations in the order of
// their evaluation: Refuted if one is or if their merged e-value is, Verified if
// all are and they are at least Least, otherwise Inconclusive; Error if one is
// an Error and none Refuted, if the ledger does not pay for so many, or if u
// makes no sense.
func (u Universal) Combine(outcomes []Outcome) Combined {
	u = u.filled()
	c := Combined{Configs: len(outcomes), Worst: -1, ViolatingMass: 1, Miss: u.Miss}
	logE := make([]float64, len(outcomes))
	for i, o := range outcomes {
		logE[i] = o.LogERefute
		c.add(i, o, outcomes)
	}
	c.LogMerged = Merge(logE...)
	if c.Configs > 0 && c.Verified == c.Configs {
		c.ViolatingMass = AllPassBound(c.Configs, u.Miss)
	}
	c.Verdict, c.Reason = c.judge(u)
	return c
}

func (u Universal) filled() Universal {
	if u.Least == 0 {
		u.Least = 50
	}
	if u.Miss == 0 {
		u.Miss = 0.05
	}
	return u
}

func (u Universal) validate() error {
	if u.Least < 1 {
		return fmt.Errorf("least is %d configurations; it must be positive", u.Least)
	}
	if !(u.Miss > 0 && u.Miss < 1) {
		return fmt.Errorf("miss is %g; it must lie in (0, 1)", u.Miss)
	}
	return u.Ledger.Validate()
}

func (c *Combined) add(i int, o Outcome, all []Outcome) {
	c.Samples += o.N
	*[]*int{&c.Inconclusive, &c.Verified, &c.Refuted, &c.Error}[o.Verdict]++
	if c.Worst < 0 || worse(o, all[c.Worst]) {
		c.Worst = i
	}
}

// worse orders by verdict, then by the evidence against the claim.
func worse(a, b Outcome) bool {
	rank := [...]int{Verified: 0, Inconclusive: 1, Error: 2, Refuted: 3}
	if a.Verdict != b.Verdict {
		return rank[a.Verdict] > rank[b.Verdict]
	}
	return a.LogERefute > b.LogERefute
}

func (c *Combined) judge(u Universal) (Verdict, string) {
	switch err := errors.Join(u.validate(), u.Ledger.CheckConfigs(c.Configs)); {
	case err != nil:
		return Error, err.Error()
	case c.Refuted > 0:
		return Refuted, fmt.Sprintf("refuted at %d of %d configurations", c.Refuted, c.Configs)
	case c.LogMerged >= -math.Log(u.Ledger.Merge()):
		return Refuted, fmt.Sprintf("refuted by %d configurations together: merged e-value 10^%.1f", c.Configs, c.LogMerged/math.Ln10)
	case c.Error > 0:
		return Error, fmt.Sprintf("no verdict at %d of %d configurations", c.Error, c.Configs)
	case c.Inconclusive > 0:
		return Inconclusive, fmt.Sprintf("undecided at %d of %d configurations", c.Inconclusive, c.Configs)
	case c.Configs < u.Least:
		return Inconclusive, fmt.Sprintf("verified at %d configurations; %d are needed", c.Configs, u.Least)
	}
	return Verified, fmt.Sprintf("verified at all %d configurations; with confidence %g at most %.2g %% of them violate it",
		c.Configs, 1-u.Miss, 100*c.ViolatingMass)
}

// AllPassBound is 1 − miss^{1/K}: if K independent draws all pass, at most this
// part of what they are drawn from fails, with confidence 1 − miss. 1 for K = 0.
func AllPassBound(k int, miss float64) float64 {
	return -math.Expm1(math.Log(miss) / float64(k))
}
