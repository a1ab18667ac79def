package props

import (
	"fmt"

	"gradchain/props/evidence"
)

// minEffect is the smallest effect, in discrepancies, at which a mutant must be
// refuted: from there on the chance to miss it is below 1e-12.
const minEffect = 1.5

// Power is what a claim's check can see, known before any sample is drawn.
type Power struct {
	Designs []Design       // one for each registered configuration; none for a deterministic claim
	Mutants []MutantResult // with their effects; Killed is decided for deterministic claims only
}

// Design is the test at one configuration.
type Design struct {
	Config      string
	Predicted   Float
	Side        string
	Slack       Float
	Discrepancy Float // smallest discrepancy the check is made to notice
	MDE         Float // smallest one that its budget of samples would serve
	Budget      int64 // samples that decide
}

// Power designs the claim's test at its registered configurations, without
// sampling. It is an error if a prediction fails.
func (c *Claim) Power() (Power, error) { return c.trial.power(c) }

// Check returns an error unless the check could have failed, and would have
// noticed every mutant: MDE ≤ Discrepancy ≤ effect/1.5.
func (p Power) Check() error {
	different := 0
	for _, d := range p.Designs {
		if !(d.MDE <= d.Discrepancy*(1+1e-9)) {
			return fmt.Errorf("at %s: the smallest detectable discrepancy %.3g exceeds the claimed %.3g", d.Config, d.MDE, d.Discrepancy)
		}
	}
	for _, m := range p.Mutants {
		if m.Equivalent {
			continue
		}
		different++
		if !(m.Effect >= minEffect) {
			return fmt.Errorf("mutant %q: its effect is %.3g discrepancies; at least %g are needed", m.Name, m.Effect, minEffect)
		}
	}
	if different == 0 {
		return fmt.Errorf("no mutant")
	}
	return nil
}

func (e *exact[C]) power(*Claim) (Power, error) {
	var p Power
	for _, m := range e.mutants {
		p.Mutants = append(p.Mutants, m.run())
	}
	return p, nil
}

func (s *sampled[C]) power(c *Claim) (Power, error) {
	var p Power
	seen := map[string]bool{}
	for _, config := range s.registered() {
		text := canonical(config)
		if seen[text] {
			continue
		}
		seen[text] = true
		pred, test, err := s.design(s.predict, c.Kind, config)
		if err != nil {
			return p, fmt.Errorf("claim %s at %s: %w", c.ID, text, err)
		}
		z := pred.Zone
		p.Designs = append(p.Designs, Design{
			Config: text, Predicted: Float(z.Theta0), Side: z.Side.String(), Slack: Float(z.Eps),
			Discrepancy: Float(z.Delta), MDE: Float(test.MDE(test.Budget())), Budget: int64(test.Budget()),
		})
	}
	for _, m := range s.wrong() {
		best, err := s.strongest(m, c.Kind)
		if err != nil {
			return p, fmt.Errorf("claim %s, mutant %q: %w", c.ID, m.name, err)
		}
		p.Mutants = append(p.Mutants, best)
	}
	return p, nil
}

// strongest is a mutant at the configuration where its effect is largest.
func (s *sampled[C]) strongest(m mutant[C], k Kind) (MutantResult, error) {
	best := MutantResult{Name: m.name, Effect: -1}
	for _, c := range m.at {
		effect, err := s.effectOf(m, k, c)
		if err != nil {
			return best, err
		}
		if Float(effect) > best.Effect {
			best.Effect, best.Config = Float(effect), canonical(c)
		}
	}
	best.Equivalent = equivalent(float64(best.Effect))
	return best, nil
}

// equivalent: a mutant that predicts the same is no mutant.
func equivalent(effect float64) bool { return effect >= 0 && effect < 1e-9 }

// effectOf is the effect of a mutant at a configuration.
func (s *sampled[C]) effectOf(m mutant[C], k Kind, c C) (float64, error) {
	truth, value, err := s.truthAt(k, c)
	if err != nil {
		return 0, err
	}
	wrong, err := m.predict(c)
	if err != nil {
		return 0, err
	}
	return wrong.effect(k, truth, value), nil
}

// truthAt is what the claim predicts at a configuration, and the true value there.
func (s *sampled[C]) truthAt(k Kind, c C) (truth prediction, value float64, err error) {
	if truth, err = s.predict(c); err != nil {
		return truth, 0, err
	}
	switch {
	case s.truth != nil:
		value, err = s.truth(c)
	case k != Distribution && truth.Zone.Side != evidence.Equal:
		err = fmt.Errorf("a bound does not say what the truth is; the claim needs one")
	default:
		value = truth.Zone.Theta0
	}
	return truth, value, err
}

// power says why the check could not have failed, if it could not: no mutant
// refuted, a registered mutant missed, or a discrepancy below what the budget
// detects.
func (r *Result) power() {
	switch {
	case r.Verdict == evidence.Error:
	case r.Mutants.Total == r.Mutants.Equivalent:
		r.Unpowered = "no mutant"
	case r.Mutants.weakest() != nil:
		weak := r.Mutants.weakest()
		r.Unpowered = fmt.Sprintf("mutant %q has an effect of %.3g discrepancies; at least %g are needed", weak.Name, float64(weak.Effect), minEffect)
	case len(r.Mutants.Survivors) > 0:
		r.Unpowered = fmt.Sprintf("mutant %q survives", r.Mutants.Survivors[0].Name)
	default:
		for _, c := range r.Configs {
			if c.Verdict != evidence.Error && !(c.MDE <= c.Discrepancy*(1+1e-9)) {
				r.Unpowered = fmt.Sprintf("the smallest detectable discrepancy %.3g exceeds the claimed %.3g at %s", float64(c.MDE), float64(c.Discrepancy), c.Config)
				return
			}
		}
	}
}
