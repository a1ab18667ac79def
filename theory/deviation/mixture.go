package deviation

import (
	"fmt"
	"math"

	"gradchain/theory/internal/domain"
	"gradchain/theory/law"
)

// A mixture with an atom at 0 has Λ(q) = log α + Λ_a(q) for q > 0, with α = P(w ≠ 0) and Λ_a of
// the law given w ≠ 0: every path alive costs −log α a layer on top of what the law given
// alive says, and a growth below the mean of that costs no more. P(P_L = 0) = 1 − α^L.
//
// Without it, exact tails are sums over the numbers of weights of each law, multinomial, where
// these are not too many; else the transform of the mixture is inverted.

const mixtureName = "mixture"

// checkParts is an error for a mixture with laws whose moments are long sums.
func checkParts(w law.Law) error {
	for _, part := range w.Parts() {
		if part.Law.Zero() == 1 {
			continue
		}
		if err := checkSimple(part.Law); err != nil {
			return fmt.Errorf("weight = %v: in the mixture %w", w, err)
		}
	}
	return nil
}

// logAlive is log P(w ≠ 0).
func logAlive(w law.Law) float64 {
	if zero := w.Zero(); zero < 0.5 {
		return math.Log1p(-zero)
	}
	return math.Log(w.Alive())
}

// mixtureSaddle is the saddle of a mixture without an atom at 0, at a growth inside the ends.
type mixtureSaddle struct {
	order, rate, deviates float64
}

func newMixtureSaddle(alive law.Law, x float64) (mixtureSaddle, error) {
	if alive.Name() != mixtureName {
		s, err := newSaddle(alive, x)
		return mixtureSaddle{s.order, s.rate, s.deviates}, err
	}
	one := sum{}.add(term{alive, 1})
	lo, hi := one.ends()
	if err := domain.Check(lo < x && x < hi, "x", x, fmt.Sprintf("above %.6g and below %.6g, the ends of log|w|", lo, hi)); err != nil {
		return mixtureSaddle{}, err
	}
	order, ok := one.solve(x)
	if err := domain.Check(ok, "x", x, "nearer to the Lyapunov exponent of the paths alive"); err != nil {
		return mixtureSaddle{}, err
	}
	s := mixtureSaddle{order: order, rate: one.legendre(order), deviates: order * math.Sqrt(one.curvature(order))}
	if math.Abs(order) > 0.1 { // the slope at the order differs from x by rounding
		s.rate = order*x - one.cumulant(order)
	}
	return s, nil
}

// mixtureRate is Rate of a mixture.
func mixtureRate(w law.Law, x float64) (float64, error) {
	if err := domain.First(checkParts(w), domain.Real("x", x)); err != nil {
		return 0, err
	}
	alive, base := w.NonZero(), -logAlive(w)
	at, constant := constantLog(alive)
	switch {
	case w.Zero() > 0 && (constant && (x <= at || same(x, at)) || !constant && x <= alive.LogMean()):
		return base, nil
	case constant && same(x, at):
		return base, nil
	case constant:
		return math.Inf(1), nil
	case alive.Name() != mixtureName:
		rate, err := Rate(alive, x)
		return base + rate, err
	}
	lo, hi := sum{}.add(term{alive, 1}).ends()
	switch {
	case finite(lo) && same(x, lo) || finite(hi) && same(x, hi): // only atoms grow like that
		return base - math.Log(massAt(alive, x)), nil
	case x < lo || x > hi:
		return math.Inf(1), nil
	}
	s, err := newMixtureSaddle(alive, x)
	if err != nil {
		return 0, err
	}
	return domain.Result("rate", base+s.rate)
}

// massAt is the probability that log|w| is x to rounding.
func massAt(w law.Law, x float64) float64 {
	mass := 0.0
	for _, a := range w.Atoms() {
		if same(math.Log(math.Abs(a.At)), x) {
			mass += a.Mass
		}
	}
	return mass
}

// aboveAlive is an error unless x is above the mean growth of the paths that are alive, where
// some are dead.
func aboveAlive(w law.Law, x float64) error {
	if w.Zero() == 0 {
		return nil
	}
	mean := w.NonZero().LogMean()
	return domain.Check(x > mean, "x", x, fmt.Sprintf("> %v, the growth of the paths alive: no moment is carried by less", mean))
}

// checkSpread is an error where |w| given w ≠ 0 is constant.
func checkSpread(w law.Law) error {
	return domain.Check(!w.NonZero().Degenerate(), "weight", w, "a law whose |w| is not constant where it is not 0")
}

func mixtureTilt(w law.Law, x float64) (float64, error) {
	if err := domain.First(checkParts(w), checkSpread(w), domain.Real("x", x), aboveAlive(w, x)); err != nil {
		return 0, err
	}
	s, err := newMixtureSaddle(w.NonZero(), x)
	if err != nil {
		return 0, err
	}
	return domain.Result("tilt", s.order)
}

func mixtureBahadurRao(w law.Law, depth int, x float64) (float64, error) {
	alive := w.NonZero()
	if err := domain.First(
		checkParts(w), checkSpread(w), domain.Real("x", x), domain.Integer("depth", depth, 1),
		domain.Check(leastAbs(alive) == 0, "weight", w, "with a density beside the atoms, which alone make a lattice"),
		domain.Check(x > alive.LogMean(), "x", x, fmt.Sprintf("> %v, the Lyapunov exponent of the paths alive", alive.LogMean())),
	); err != nil {
		return 0, err
	}
	s, err := newMixtureSaddle(alive, x)
	if err != nil {
		return 0, err
	}
	L := float64(depth)
	log := L*(logAlive(w)-s.rate) - math.Log(math.Abs(s.deviates)*math.Sqrt(2*math.Pi*L))
	return domain.Result("approximation", math.Exp(log))
}

// mixtureSpread is logSpread of a mixture: log(1 + Var|w|/(E|w|)²), where the variance is that
// inside the laws and that between their means.
func mixtureSpread(w law.Law) float64 {
	type moments struct{ weight, logMean, spread float64 }
	var parts []moments
	top := math.Inf(-1)
	for _, part := range w.Parts() {
		m := moments{part.Weight, math.Inf(-1), 0}
		if part.Law.Zero() == 0 {
			m.logMean, m.spread = cumulant(part.Law, 1), logSpread(part.Law)
		}
		top = max(top, m.logMean)
		parts = append(parts, m)
	}
	mean, variance := 0.0, 0.0
	for _, m := range parts {
		mean += m.weight * math.Exp(m.logMean-top)
	}
	for _, m := range parts {
		size := math.Exp(m.logMean - top)
		variance += m.weight * (size*size*math.Expm1(m.spread) + (size-mean)*(size-mean))
	}
	return math.Log1p(variance / mean / mean)
}
