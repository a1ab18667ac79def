package props

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sync"

	"pgregory.net/rapid"

	"gradchain/props/evidence"
	"gradchain/theory/figures"
)

// sampled decides a statistical claim: at every configuration it samples what the
// claim is about, turns each draw into one number and lets an e-process judge those.
type sampled[C any] struct {
	draw    func(*rapid.T) C
	always  []C         // configurations that every run judges
	sample  protocol[C] // what is drawn and observed; TwoSample: half of it, the prediction has the other
	predict predictor[C]
	truth   func(C) (float64, error) // what a bound bounds, at the mutants' configurations; nil where predict is an equation
	mutants []mutant[C]
	corners []mutant[C] // mutants that differ in a corner of the domain only, where they are registered: draws need not see them
	command func(C) string
	details func(C) []string // what else the theory says at a counterexample; may be nil
}

// mutant is a known-wrong prediction, judged on the claim's own samples at the
// configurations where its effect is registered.
type mutant[C any] struct {
	name    string
	predict predictor[C]
	at      []C
}

func (m mutant[C]) registered(text string) bool {
	for _, c := range m.at {
		if canonical(c) == text {
			return true
		}
	}
	return false
}

func (s *sampled[C]) mutantNames() []string {
	var names []string
	for _, m := range s.wrong() {
		names = append(names, m.name)
	}
	return names
}

// wrong are all mutants.
func (s *sampled[C]) wrong() []mutant[C] { return slices.Concat(s.mutants, s.corners) }

// registered are the configurations that every run judges: the claim's own and
// its mutants'.
func (s *sampled[C]) registered() []C {
	all := append([]C{}, s.always...)
	for _, m := range s.wrong() {
		all = append(all, m.at...)
	}
	return all
}

func (s *sampled[C]) design(predict predictor[C], k Kind, c C) (prediction, evidence.Test, error) {
	pred, err := predict(c)
	if err != nil {
		return pred, nil, fmt.Errorf("prediction: %w", err)
	}
	pred.Zone.Eps = coarsened(pred.Zone.Eps, pred.Zone.Delta)
	test, err := pred.test(k, evidence.Ledger{}.Levels())
	return pred, test, err
}

// coarsened rounds a declared error up to a multiple of a millionth of the discrepancy. The error
// bound of a quadrature is itself known to a few digits, which differ among machines.
func coarsened(eps, delta float64) float64 {
	const parts = 1e6
	n := float64(eps/delta) * parts
	whole := math.Ceil(n)
	if near := math.Round(n); near > 0 && math.Abs(n-near) < 1e-6 { // a simple fraction stays
		whole = near
	}
	if delta > 0 && whole < math.MaxInt64 {
		return figures.Round(whole/parts*delta, figures.Model)
	}
	return eps
}

func (s *sampled[C]) begin(ctx context.Context, c *Claim, env Env) session {
	return &sampledSession[C]{sampled: s, ctx: ctx, claim: c, env: env, seen: map[string]*judged[C]{}, fates: map[string]MutantResult{}}
}

// judged is a configuration with what was found there.
type judged[C any] struct {
	config  C
	text    string // canonical
	pred    prediction
	outcome evidence.Outcome
	mde     float64
	factors int64
}

type sampledSession[C any] struct {
	*sampled[C]
	ctx   context.Context
	claim *Claim
	env   Env

	mu      sync.Mutex
	seen    map[string]*judged[C]
	order   []*judged[C] // of evaluation: what merging needs
	last    *judged[C]   // refuted last: after rapid.Check the shrunk one
	drawn   int          // distinct configurations from the generator
	typical int
	near    nearest                 // at those drawn before a refutation, which starts to shrink
	fates   map[string]MutantResult // by mutant name, the best of its configurations
}

// property refutes or passes. Undecided and broken configurations are kept for
// the summary: failing here would let rapid shrink one kind into another. Once
// enough configurations are judged and none is refuted, new ones pass unseen, unless
// the sentence is held to be false: then the search for a counterexample goes on.
func (s *sampledSession[C]) property(rt *rapid.T) {
	c := s.draw(rt)
	text := canonical(c)
	s.mu.Lock()
	defer s.mu.Unlock()
	fresh := s.seen[text] == nil
	if fresh {
		if s.last == nil && s.drawn >= s.env.Tier.MinConfigs() && s.claim.Expected != evidence.Refuted {
			return
		}
		s.drawn++
	}
	j := s.judge(c, text)
	if fresh && s.last == nil && s.typical < s.env.Tier.powerDraws() {
		s.near.add(s.effectsAt(s.claim.Kind, c))
		s.typical++
	}
	if j.outcome.Verdict == evidence.Refuted {
		s.last = j
		rt.Fatalf("refuted at %s", text)
	}
}

// judge evaluates a configuration, once.
func (s *sampledSession[C]) judge(c C, text string) *judged[C] {
	j, ok := s.seen[text]
	if !ok {
		j = &judged[C]{config: c, text: text}
		s.evaluate(j)
		s.seen[text] = j
		s.order = append(s.order, j)
	}
	return j
}

// evaluate runs the claim's test and those of the mutants registered at the
// configuration on one stream of samples.
func (s *sampledSession[C]) evaluate(j *judged[C]) {
	defer func() {
		if cause := recover(); cause != nil {
			j.fail(fmt.Errorf("prediction or sampler panicked: %v", cause))
		}
	}()
	pred, test, err := s.design(s.predict, s.claim.Kind, j.config)
	if err != nil {
		j.fail(err)
		return
	}
	j.pred, j.mde = pred, test.MDE(test.Budget())
	tests, here := []evidence.Test{test}, []mutant[C]{}
	for _, m := range s.wrong() {
		if !m.registered(j.text) {
			continue
		}
		wrong, t, err := s.design(m.predict, s.claim.Kind, j.config)
		if err != nil {
			j.fail(fmt.Errorf("mutant %q: %w", m.name, err))
			return
		}
		if wrong.Like != nil { // it brings half of the samples, and so needs a run of its own
			s.record(m, j, evidence.Run(s.ctx, t, s.sampler(j, explore, wrong.Like), evidence.Options{}).Verdict)
			continue
		}
		tests, here = append(tests, t), append(here, m)
	}
	outcomes := evidence.RunAll(s.ctx, tests, s.sampler(j, explore, pred.Like), evidence.Options{})
	j.outcome = outcomes[0]
	for i, m := range here {
		s.record(m, j, outcomes[i+1].Verdict)
	}
}

// record keeps a mutant's fate: refuted anywhere is refuted.
func (s *sampledSession[C]) record(m mutant[C], j *judged[C], v evidence.Verdict) {
	effect, err := s.effectOf(m, s.claim.Kind, j.config)
	if err != nil {
		effect = math.NaN()
	}
	now := MutantResult{
		Name: m.name, Config: j.text, Effect: Float(effect),
		Killed: v == evidence.Refuted, Equivalent: equivalent(effect),
	}
	if old, ok := s.fates[m.name]; !ok || (now.Killed && !old.Killed) {
		s.fates[m.name] = now
	}
}

func (j *judged[C]) fail(err error) {
	j.outcome = evidence.Outcome{
		Verdict: evidence.Error, Reason: err.Error(), Err: err,
		LogERefute: math.Inf(-1), LogEVerify: math.Inf(-1),
		Estimate: math.NaN(), Lo: math.Inf(-1), Hi: math.Inf(1),
	}
}
