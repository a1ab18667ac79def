package props

import (
	"fmt"
	"math"
	"slices"

	"pgregory.net/rapid"
)

// Drawn is what the check could see at the configurations that the generator draws: the
// registered ones show that it can see at all, these that it sees where the claim is judged.
type Drawn struct {
	Configs int `json:"K"`     // drawn configurations at which a mutant says what does not hold
	Below   int `json:"below"` // of them those where the nearest effect is less than 1.5 discrepancies
	// Median over them of the effect of the nearest mutant, in discrepancies. Deterministic
	// claims have no discrepancy: there it is the share of the drawn points that refute the
	// mutant which the fewest do.
	Median  Float  `json:"median_effect_over_delta"`
	Nearest string `json:"nearest"` // the mutant that is the nearest most often
}

// sees says whether the check sees the nearest mutant at the typical drawn configuration.
func (d *Drawn) sees() bool { return d != nil && d.Median >= minEffect }

// nearest collects the effect of the nearest mutant at configurations.
type nearest struct {
	effects []float64
	names   map[string]int
}

// add notes the least effect at one configuration. A mutant whose statement holds there is
// none there, for nothing could refute it.
func (n *nearest) add(effects map[string]float64) {
	least, name := math.Inf(1), ""
	for m, e := range effects {
		if e > trueThere && (e < least || e == least && m < name) {
			least, name = e, m
		}
	}
	if name == "" {
		return
	}
	if n.names == nil {
		n.names = map[string]int{}
	}
	n.effects = append(n.effects, least)
	n.names[name]++
}

// trueThere is the effect, in discrepancies, up to which a mutant's statement holds.
const trueThere = 1e-9

// drawn sums up; it is nil if no mutant says anything that does not hold at any of them.
func (n *nearest) drawn() *Drawn {
	if len(n.effects) == 0 {
		return nil
	}
	d := &Drawn{Configs: len(n.effects), Median: Float(median(n.effects))}
	for _, e := range n.effects {
		if !(e >= minEffect) {
			d.Below++
		}
	}
	most := 0
	for name, times := range n.names {
		if times > most || times == most && name < d.Nearest {
			most, d.Nearest = times, name
		}
	}
	return d
}

// median of numbers, at least one; the mean of the middle two of an even number.
func median(x []float64) float64 {
	x = slices.Sorted(slices.Values(x))
	k := len(x) / 2
	if len(x)%2 == 1 {
		return x[k]
	}
	return (x[k-1] + x[k]) / 2
}

// effectsAt are the effects of the mutants at any configuration, by name. One that predicts
// nothing there, or of which no effect is known there, is left out.
func (s *sampled[C]) effectsAt(k Kind, c C) map[string]float64 {
	out := map[string]float64{}
	var truth prediction
	var value float64
	if try(func() (err error) { truth, value, err = s.truthAt(k, c); return err }) != nil {
		return out // the claim itself is broken there, and its verdict says so
	}
	for _, m := range s.mutants {
		var wrong prediction
		err := try(func() (err error) { wrong, err = m.predict(c); return err })
		if err != nil || k == TwoSample && !wrong.Anywhere {
			continue
		}
		if effect := wrong.effect(k, truth, value); !math.IsNaN(effect) {
			out[m.name] = effect
		}
	}
	return out
}

// try turns a panic into an error.
func try(f func() error) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("panicked: %v", cause)
		}
	}()
	return f()
}

// topUp draws from the generator what a search that ended early left undrawn, so that the
// power of a refuted claim is that at as many configurations.
func (s *sampledSession[C]) topUp() {
	draw := rapid.Custom(s.draw)
	for i := s.typical; i < s.env.Tier.powerDraws() && len(s.mutants) > 0; i++ {
		s.near.add(s.effectsAt(s.claim.Kind, draw.Example(s.env.example(i))))
	}
}

// example is the seed of the i-th example of a generator.
func (e Env) example(i int) int { return int(e.rapidSeed()>>1) + i }

// leastSeen judges the mutants at the first points that were drawn.
func (s *exactSession[C]) leastSeen() *Drawn {
	if len(s.mutants) == 0 {
		return nil
	}
	for i, draw := 0, rapid.Custom(s.draw); len(s.points) < s.env.Tier.powerDraws(); i++ {
		s.points = append(s.points, draw.Example(s.env.example(i)))
	}
	d := &Drawn{Configs: len(s.points), Median: 2}
	for _, m := range s.mutants {
		seen := 0
		for _, c := range s.points {
			refuted := false
			if try(func() error { refuted = m.check(c).violated(); return nil }) == nil && refuted {
				seen++
			}
		}
		if share := Float(seen) / Float(len(s.points)); share < d.Median {
			d.Median, d.Nearest, d.Below = share, m.name, len(s.points)-seen
		}
	}
	return d
}

// unseen says why the check could not have failed at what is drawn, "" if it could.
func (r *Result) unseen() string {
	switch {
	case r.Kind == Deterministic.String() || r.Kind == TwoSample.String() && r.Drawn == nil || r.Drawn.sees():
		return ""
	case r.Drawn == nil:
		return "no mutant says anything else at any drawn configuration"
	}
	return fmt.Sprintf("at the typical drawn configuration mutant %q has an effect of %.3g discrepancies; at least %g are needed",
		r.Drawn.Nearest, float64(r.Drawn.Median), minEffect)
}
