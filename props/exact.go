package props

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"sync"

	"pgregory.net/rapid"

	"gradchain/props/evidence"
)

// exact decides a deterministic claim: at every point a residual is compared
// with the tolerance that rounding allows. One residual beyond it refutes.
type exact[C any] struct {
	draw    func(*rapid.T) C // one point
	most    int              // points drawn together; 0 means 16
	always  []C              // adversarial points that every run checks
	check   func(C) finding
	mutants []exactMutant[C]
	command func(C) string // the command that shows the point; nil for none
}

// finding is what a check found at one point.
type finding struct {
	Residual  float64 // how far the point is on the wrong side; ≤ 0 or tiny when the claim holds
	Tolerance float64 // the rounding error that the residual may carry
	Strict    bool    // the claim is a strict inequality: a residual of exactly 0 violates it
	Text      string  // the numbers, for a person
}

// violated is written so that a NaN residual violates.
func (f finding) violated() bool {
	if f.Strict {
		return !(f.Residual < f.Tolerance)
	}
	return !(f.Residual <= f.Tolerance)
}

// ratio is the residual over the tolerance, +Inf for a violation without tolerance.
func (f finding) ratio() float64 {
	switch {
	case f.Tolerance > 0:
		return f.Residual / f.Tolerance
	case f.violated():
		return math.Inf(1)
	}
	return 0
}

// settled is the finding without what is rounding: a residual within its tolerance has no
// digit that machines share, and says 0.
func (f finding) settled() finding {
	if math.Abs(f.Residual) <= f.Tolerance {
		f.Residual = 0
	}
	return f
}

// result is the row of one point.
func (f finding) result(config string) *ConfigResult {
	f = f.settled()
	v := evidence.Verified
	if f.violated() {
		v = evidence.Refuted
	}
	return &ConfigResult{
		Config: config, Verdict: v, Reason: f.Text, Side: evidence.AtMost.String(),
		Estimate: Float(f.Residual), Slack: Float(f.Tolerance), Samples: 1,
		Interval: Interval{Float(f.Residual), Float(f.Residual), 1, Deterministic.interval(), "explore"},
	}
}

// exactMutant is a known-wrong variant of the check, and points at which the
// wrongness shows.
type exactMutant[C any] struct {
	name  string
	check func(C) finding
	at    []C
}

// coverageMiss is the chance that a coverage statement is wrong.
const coverageMiss = 0.05

// minMargin is how far beyond its tolerance a mutant's residual must be: a
// tolerance is legal only when it is below a tenth of the smallest mutant effect.
const minMargin = 10

func (e *exact[C]) mutantNames() []string {
	var names []string
	for _, m := range e.mutants {
		names = append(names, m.name)
	}
	return names
}

func (e *exact[C]) begin(_ context.Context, c *Claim, env Env) session {
	return &exactSession[C]{exact: e, claim: c, env: env, seen: map[string]finding{}, drawn: map[string]bool{}}
}

type exactSession[C any] struct {
	*exact[C]
	claim *Claim
	env   Env

	mu     sync.Mutex
	seen   map[string]finding // by canonical text
	drawn  map[string]bool    // those of the points that the generator drew
	points []C                // the first of them
	runs   int                // of the property
	near   *C                 // the point with the largest residual over tolerance
	ratio  float64            // that ratio
	last   *C                 // the violating point met last: after rapid.Check the shrunk one
	bad    int
}

// judge checks one point, once.
func (s *exactSession[C]) judge(c C) finding {
	key := canonical(c)
	s.mu.Lock()
	defer s.mu.Unlock()
	f, ok := s.seen[key]
	if !ok {
		f = s.check(c)
		s.seen[key] = f
		if f.violated() {
			s.bad++
		}
		if ratio := f.settled().ratio(); s.near == nil || ratio > s.ratio {
			s.near, s.ratio = &c, ratio
		}
	}
	if f.violated() {
		s.last = &c
	}
	return f
}

// property stops looking after three times as many draws as configurations are
// needed, if nothing was found: each draw has several points.
func (s *exactSession[C]) property(rt *rapid.T) {
	if s.runs++; s.last == nil && s.runs > 3*s.env.Tier.MinConfigs() {
		return
	}
	points := rapid.SliceOfN(rapid.Custom(s.draw), 1, cmp.Or(s.most, 16)).Draw(rt, "points")
	for _, c := range points {
		s.note(c)
		if f := s.judge(c); f.violated() {
			rt.Fatalf("refuted at %s: %s", canonical(c), f.Text)
		}
	}
}

// note counts a point as drawn, once.
func (s *exactSession[C]) note(c C) {
	key := canonical(c)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.drawn[key] {
		return
	}
	s.drawn[key] = true
	if len(s.points) < s.env.Tier.powerDraws() {
		s.points = append(s.points, c)
	}
}

func (s *exactSession[C]) finish() Result {
	found := s.last
	for _, c := range s.always {
		if f := s.judge(c); f.violated() && found == nil {
			found = &c
		}
	}
	r := newResult(s.claim, s.env)
	r.ConfigsTried = len(s.seen)
	r.ByVerdict = map[string]int{
		evidence.Verified.String(): len(s.seen) - s.bad,
		evidence.Refuted.String():  s.bad,
	}
	r.Samples = int64(len(s.seen))
	if worst := cmp.Or(found, s.near); worst != nil {
		r.Worst = s.check(*worst).result(canonical(*worst))
	}
	r.Drawn = s.leastSeen()
	r.Coverage = Coverage{Configs: len(s.drawn), Level: coverageMiss, ViolatingMass: 1}
	switch {
	case found != nil:
		f := s.check(*found)
		r.Verdict, r.Reason = evidence.Refuted, "one point violates the claim beyond rounding"
		r.Counterexample = &Counterexample{Config: canonical(*found), Text: f.Text}
		if s.command != nil {
			r.Counterexample.Command = s.command(*found)
		}
	case len(s.drawn) < s.env.Tier.MinConfigs():
		r.Verdict = evidence.Inconclusive
		r.Reason = fmt.Sprintf("only %d distinct points drawn, %d needed", len(s.drawn), s.env.Tier.MinConfigs())
	default:
		r.Verdict, r.Reason = evidence.Verified, "no point violates the claim"
		r.Coverage.ViolatingMass = Float(evidence.AllPassBound(len(s.drawn), coverageMiss))
	}
	for _, m := range s.mutants {
		r.Mutants.add(m.run())
	}
	r.power()
	return r
}

// run checks a mutant at its points. Its effect is the largest residual over
// the tolerance there.
func (m exactMutant[C]) run() MutantResult {
	out := MutantResult{Name: m.name}
	for _, c := range m.at {
		if f := m.check(c); f.violated() && !(f.ratio() < minMargin) {
			out.Killed = true
			out.Effect = max(out.Effect, Float(f.ratio()))
			out.Config = canonical(c)
		}
	}
	return out
}
