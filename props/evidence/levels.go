package evidence

import (
	"errors"
	"fmt"
	"math"
)

// Levels bound the probabilities of the wrong answers, for one test at one
// configuration. A zero field takes its default.
type Levels struct {
	FalseFail float64 // α_R: to refute a claim that holds; 0 means Ledger{}.Config(), 2.98e-17
	FalsePass float64 // α_V: to verify a claim violated by Delta or more; 0 means 1e-6
	Undecided float64 // β: to exhaust the budget on a claim that holds or is violated by Delta; 0 means 1e-12
}

const (
	defaultFalsePass = 1e-6
	defaultUndecided = 1e-12
)

// Validate reports every level outside (0, 1), zero fields excepted.
func (l Levels) Validate() error {
	l = l.filled()
	check := func(name string, level float64) error {
		if level > 0 && level < 1 {
			return nil
		}
		return fmt.Errorf("%s is %g; it must lie in (0, 1)", name, level)
	}
	return errors.Join(
		check("false fail", l.FalseFail), check("false pass", l.FalsePass), check("undecided", l.Undecided))
}

func (l Levels) filled() Levels {
	if l.FalseFail == 0 {
		l.FalseFail = Ledger{}.Config()
	}
	if l.FalsePass == 0 {
		l.FalsePass = defaultFalsePass
	}
	if l.Undecided == 0 {
		l.Undecided = defaultUndecided
	}
	return l
}

// The thresholds of the log e-values and the cost of deciding, ln(1/level).
func (l Levels) refuteAt() float64  { return -math.Log(l.FalseFail) }
func (l Levels) excludeAt() float64 { return -math.Log(l.FalsePass) }
func (l Levels) decideAt() float64  { return -math.Log(l.Undecided) }
