package props

import (
	"fmt"
	"math"

	"gradchain/props/evidence"
)

// finish judges the registered configurations and sums up.
func (s *sampledSession[C]) finish() Result {
	shrunk := s.last
	s.mu.Lock()
	for _, c := range s.registered() {
		s.judge(c, canonical(c))
	}
	s.mu.Unlock()
	r := newResult(s.claim, s.env)
	outcomes := make([]evidence.Outcome, len(s.order))
	for i, j := range s.order {
		outcomes[i] = j.outcome
		r.Configs = append(r.Configs, j.result(s.claim.Kind))
		r.Factors += j.factors
	}
	all := evidence.Universal{Least: s.env.Tier.MinConfigs()}.Combine(outcomes)
	r.combine(all, outcomes)
	if all.Verdict == evidence.Verified { // registered configurations are not draws
		r.Coverage.Configs = s.drawn
		r.Coverage.ViolatingMass = Float(evidence.AllPassBound(s.drawn, coverageMiss))
	}
	for _, m := range s.wrong() {
		fate, ok := s.fates[m.name]
		if !ok {
			fate = MutantResult{Name: m.name}
		}
		r.Mutants.add(fate)
	}
	if worst := s.worst(all, shrunk); worst != nil {
		s.describe(worst, &r)
	}
	s.topUp()
	r.Drawn = s.near.drawn()
	r.power()
	return r
}

// worst is the configuration that the row shows: the shrunk counterexample, else the
// one that a bad verdict comes from, else the one whose estimate is farthest off.
func (s *sampledSession[C]) worst(all evidence.Combined, shrunk *judged[C]) *judged[C] {
	switch {
	case shrunk != nil:
		return shrunk
	case all.Worst < 0:
		return nil
	case all.Verdict != evidence.Verified:
		return s.order[all.Worst]
	}
	worst := s.order[0]
	for _, j := range s.order[1:] {
		if j.off() > worst.off() {
			worst = j
		}
	}
	return worst
}

// off is how far the estimate lies on a violated side, in discrepancies.
func (j *judged[C]) off() float64 {
	z, d := j.pred.Zone, j.outcome.Estimate-j.pred.Zone.Theta0
	switch z.Side {
	case evidence.AtMost:
		return d / z.Delta
	case evidence.AtLeast:
		return -d / z.Delta
	}
	return math.Abs(d) / z.Delta
}

// describe puts the configuration most against the claim into the row.
func (s *sampledSession[C]) describe(worst *judged[C], r *Result) {
	found := worst.result(s.claim.Kind)
	r.Worst, r.MDE = &found, &MDE{found.MDE, s.claim.Kind.detectable()}
	r.Side, r.Predicted, r.Slack, r.Discrepancy = found.Side, found.Predicted, found.Slack, found.Discrepancy
	r.Repro.StreamKey, r.Repro.Config = s.streamKey(worst), worst.text
	r.Effect = s.effect(worst, r)
	if r.Verdict == evidence.Error && worst.outcome.Verdict == evidence.Error {
		r.Reason = worst.outcome.Reason + ", at " + worst.text
	}
}

// effect is the discrepancy found at a configuration. A refutation is measured
// again on a fresh stream of another generator family, at a number of samples
// fixed in advance; if it does not come back, the verdict is an error.
func (s *sampledSession[C]) effect(j *judged[C], r *Result) *Effect {
	out := &Effect{
		Config: j.text, Predicted: Float(j.pred.Zone.Theta0), Estimate: Float(j.outcome.Estimate),
		Interval: Interval{Float(j.outcome.Lo), Float(j.outcome.Hi), Float(j.outcome.Level), s.claim.Kind.interval(), "explore"},
	}
	if r.Verdict == evidence.Refuted && j.outcome.Verdict == evidence.Refuted {
		r.Counterexample = &Counterexample{Config: j.text, Command: s.command(j.config)}
		if s.details != nil {
			r.Counterexample.Details = s.details(j.config)
		}
		s.confirm(j, r, out)
		r.Counterexample.Text = fmt.Sprintf("%s: predicted %s %.4g, found %.4g in [%.4g, %.4g]", s.claim.Test,
			j.pred.Zone.Side, j.pred.Zone.Theta0, float64(out.Estimate), float64(out.Interval.Lo), float64(out.Interval.Hi))
	}
	out.Relative = (out.Estimate - out.Predicted) / Float(j.pred.Zone.Delta)
	return out
}

func (s *sampledSession[C]) confirm(j *judged[C], r *Result, out *Effect) {
	pred, test, err := s.design(s.predict, s.claim.Kind, j.config)
	if err != nil {
		r.Verdict, r.Reason = evidence.Error, err.Error()
		return
	}
	c, err := evidence.Confirm(s.ctx, test, s.sampler(j, confirm, pred.Like), evidence.Options{})
	if err != nil {
		r.Verdict, r.Reason = evidence.Error, err.Error()
		return
	}
	p := log10(c.LogP)
	out.Estimate, out.Log10PConfirm = Float(c.Estimate), &p
	out.Interval = Interval{Float(c.Lo), Float(c.Hi), Float(c.Level), s.claim.Kind.interval(), "confirm"}
	if out.Other, err = s.onOther(j); err != nil {
		r.Verdict, r.Reason = evidence.Error, "on another engine: "+err.Error()
	}
}

// mostOther is the largest number of random values that a confirmation on another engine may
// take: explicit matrices of wide networks are dear.
const mostOther = 30_000_000

// onOther confirms a refutation on another engine that samples the same law, nil if there is
// none. It takes as many samples as it can afford, up to the budget; fewer than refuted the
// claim would say little, and it says so instead.
func (s *sampledSession[C]) onOther(j *judged[C]) (*OtherEngine, error) {
	first, err := s.sample(j.config)
	if err != nil {
		return nil, err
	}
	e, err := anotherEngine(first)
	if e == nil || err != nil {
		return nil, err
	}
	pred, test, err := s.design(s.predict, s.claim.Kind, j.config)
	if err != nil {
		return nil, err
	}
	n := int(min(int64(test.Budget()), mostOther/e.values()))
	if n < j.outcome.N {
		return &OtherEngine{Estimate: nan, Log10P: nan, Skipped: fmt.Sprintf("%d samples are too dear at %d random values each", j.outcome.N, e.values())}, nil
	}
	sampler := s.column(j, other, e, 0)
	if pred.Like != nil {
		sampler = evidence.Both(sampler, s.column(j, other, pred.Like, 1))
	}
	c, err := evidence.Confirm(s.ctx, test, sampler, evidence.Options{Samples: n})
	return &OtherEngine{Samples: int64(c.N), Estimate: Float(c.Estimate), Log10P: log10(c.LogP)}, err
}

var nan = Float(math.NaN())

// anotherEngine is the experiment on another engine, nil if there is none.
func anotherEngine(e experiment) (experiment, error) {
	if has, ok := e.(elsewhere); ok {
		return has.other()
	}
	return nil, nil
}

func (j *judged[C]) result(k Kind) ConfigResult {
	o, z := j.outcome, j.pred.Zone
	return ConfigResult{
		Config: j.text, Verdict: o.Verdict, Reason: o.Reason,
		Predicted: Float(z.Theta0), Slack: Float(z.Eps), Discrepancy: Float(z.Delta), Side: z.Side.String(),
		Estimate:     Float(o.Estimate),
		Interval:     Interval{Float(o.Lo), Float(o.Hi), Float(o.Level), k.interval(), "explore"},
		Log10ERefute: log10(o.LogERefute), Log10EVerify: log10(o.LogEVerify),
		Samples: int64(o.N), Budget: int64(o.Budget), MDE: Float(j.mde),
	}
}

// interval names the method behind an interval of this kind of claim.
func (k Kind) interval() string {
	return [...]string{"exact", "Krichevsky–Trofimov confidence sequence", "Catoni", "Dvoretzky–Kiefer–Wolfowitz", "Dvoretzky–Kiefer–Wolfowitz", "sign-test"}[k]
}

// detectable says how the smallest detectable discrepancy of this kind of claim
// follows from the budget of n samples; the levels are in the constants.
func (k Kind) detectable() string {
	return [...]string{
		"", "n·(−ln BC(θ₀±ε, θ₀±δ)) = ½ ln(2J/α) + ln(1/β)", "ε + 2σ√(𝓛/(n − 2𝓛)), 𝓛 = ln(J/α) + ln(1/β)",
		"2η + √(ln(2K/α)/2n) + √(ln(2/β)/2n)", "2(√ln(4K/α) + √ln(4/β))/√n, n of both together",
		"n·(−ln BC(½, ½ + p)) = ½ ln(2J/α) + ln(1/β), p = Φ((δ − ε)/σ) − ½",
	}[k]
}

// combine takes over the verdict on all configurations together.
func (r *Result) combine(all evidence.Combined, outcomes []evidence.Outcome) {
	r.Verdict, r.Reason = all.Verdict, all.Reason
	r.ConfigsTried = all.Configs
	r.ByVerdict = map[string]int{
		evidence.Verified.String(): all.Verified, evidence.Refuted.String(): all.Refuted,
		evidence.Inconclusive.String(): all.Inconclusive, evidence.Error.String(): all.Error,
	}
	r.Coverage = Coverage{Configs: all.Configs, Level: Float(all.Miss), ViolatingMass: Float(all.ViolatingMass)}
	r.Samples = int64(all.Samples)
	sup, verify := 0.0, math.Inf(1)
	logE := make([]float64, len(outcomes))
	for i, o := range outcomes {
		logE[i] = o.LogERefute
		sup = max(sup, o.SupLogERefute)
		verify = min(verify, o.LogEVerify)
	}
	r.Log10ERefute, r.Log10EVerify, r.Log10EMerged = log10(sup), log10(verify), log10(all.LogMerged)
	r.PRefute = Float(math.Exp(-sup))
	for _, i := range evidence.EBH(suspiciousRate, logE...) {
		r.Suspicious = append(r.Suspicious, r.Configs[i].Config)
	}
}

// suspiciousRate is the false discovery rate of the list of suspicious
// configurations.
const suspiciousRate = 0.05
