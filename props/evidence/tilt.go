package evidence

import (
	"errors"
	"math"
)

// Tilt tests a claim about the mean of samples whose law is known up to a
// shift, by Cramér's exponential tilting (1938) with its cumulant function.
// cgf(s) = ln E exp(s(Y − E Y)), +Inf or NaN where it does not exist, must be
// known on both sides of 0. It takes 3 to 6 % fewer samples than Mean; in
// return Verified holds inside the assumed family only: all laws whose centred
// cumulant function is at most cgf.
func Tilt(z Zone, cgf func(s float64) float64, l Levels) (Test, error) {
	if err := errors.Join(z.Validate(), l.Validate()); err != nil {
		return nil, err
	}
	if cgf == nil {
		return nil, errors.New("cgf is missing")
	}
	t := &tilt{zone: z, levels: l.filled(), cgf: cgf, edges: z.edges(math.Inf(-1), math.Inf(1))}
	t.up, t.down = t.slope(z.Delta-z.Eps, 1), t.slope(z.Delta-z.Eps, -1)
	var err error
	t.budget, err = budgetOf(t.cost(z))
	return t, err
}

type tilt struct {
	zone       Zone
	levels     Levels
	cgf        func(float64) float64
	edges      []edge
	up, down   float64 // s₀ of the processes against means that are too small, too large
	sum, count float64
	budget     int
}

func (t *tilt) Update(batch []float64) error {
	for _, y := range batch {
		t.sum += y
	}
	if math.IsNaN(t.sum) {
		return errors.New("the sum of the samples is NaN")
	}
	t.count += float64(len(batch))
	return nil
}

// logE is the e-process against sign·(E[Y] − m) ≤ 0, an equal mixture over
// slopes {s₀, 2s₀, …} of exp(sign·sΣ(Y−m) − t K(sign·s)). A slope at which K does
// not exist has e-value 0.
func (t *tilt) logE(m, sign float64, size int) float64 {
	slope := t.up
	if sign < 0 {
		slope = t.down
	}
	logs := make([]float64, size)
	for j := range logs {
		s := sign * math.Ldexp(slope, j)
		logs[j] = math.Inf(-1)
		if k := t.cgf(s); finite(k) {
			logs[j] = s*(t.sum-t.count*m) - t.count*k
		}
	}
	return logMeanExp(logs...)
}

// slope is half of where the growth s·gap − K(sign·s) is largest: the half has
// the smallest budget (for a normal law it is Catoni's λ₀), and the whole, next
// in the mixture, the smallest mean.
func (t *tilt) slope(gap, sign float64) float64 {
	return 0.5 * maximizer(gap, func(s float64) float64 { return s*gap - t.cgf(sign*s) })
}

// maximizer is the maximum over s > 0 of a concave f with f(0) = 0 and f′(0) =
// gap > 0; −Inf and NaN mean outside the domain.
func maximizer(gap float64, f func(s float64) float64) float64 {
	high := math.Ldexp(1, -40) / gap
	for f(2*high) > f(high) {
		high *= 2
	}
	return goldenSection(high/2, 2*high, func(s float64) float64 {
		if v := -f(s); !math.IsNaN(v) {
			return v
		}
		return math.Inf(1)
	})
}

func (t *tilt) LogERefute() float64 {
	logs := make([]float64, len(t.edges))
	for i, e := range t.edges {
		logs[i] = t.logE(e.inner, e.sign, refuteSize)
	}
	return logMeanExp(logs...)
}

// LogPFixed is what the e-value says: its slopes are as good as any.
func (t *tilt) LogPFixed() float64 { return min(0, -t.LogERefute()) }

func (t *tilt) LogEUpper() float64 { return t.exclude(1) }
func (t *tilt) LogELower() float64 { return t.exclude(-1) }

func (t *tilt) exclude(sign float64) float64 {
	for _, e := range t.edges {
		if e.sign == sign {
			return t.logE(e.outer, -sign, excludeSize)
		}
	}
	return math.Inf(1)
}

func (t *tilt) Refutes() bool         { return t.LogERefute() >= t.levels.refuteAt() }
func (t *tilt) Excludes() (_, _ bool) { return excludes(t, t.levels) }
func (t *tilt) Count() int            { return int(t.count) }
func (t *tilt) Budget() int           { return t.budget }
func (t *tilt) Estimate() float64     { return t.sum / t.count }
func (t *tilt) MDE(n int) float64     { return smallestDelta(t.zone, 1e150, n, t.cost) }

// cost is the number of samples that decides. With the mean gap beyond the null
// and a slope s, Chernoff's bound at θ gives P(logE < A) ≤ exp(θA − nρ) with the
// rate ρ = θ(s·gap − K(s)) − K(−θs); it takes the best θ in (0, 1).
func (t *tilt) cost(z Zone) float64 {
	gap, cost := z.Delta-z.Eps, 0.0
	sides := float64(len(t.edges))
	for _, e := range t.edges {
		for i, sign := range [2]float64{e.sign, -e.sign} { // refuting, excluding
			threshold := t.levels.refuteAt() + math.Log(refuteSize*sides)
			beta := t.levels.decideAt()
			if i == 1 {
				threshold, beta = t.levels.excludeAt()+math.Log(excludeSize), beta+math.Log(sides)
			}
			s := t.slope(gap, sign)
			growth := s*gap - t.cgf(sign*s)
			needed := func(theta float64) float64 {
				if rate := theta*growth - t.cgf(-sign*theta*s); rate > 0 {
					return (theta*threshold + beta) / rate
				}
				return math.Inf(1)
			}
			cost = max(cost, needed(goldenSection(0, 1, needed)))
		}
	}
	return cost
}

// Interval is the confidence sequence of the means whose e-values, above and
// below, are under 2/(1 − level).
func (t *tilt) Interval(level float64) (lo, hi float64) {
	threshold := math.Log(2 / miss(level))
	end := func(sign float64) float64 {
		excluded := func(m float64) bool { return t.logE(m, sign, refuteSize) >= threshold }
		outside := t.Estimate()
		for step := t.zone.Delta; !excluded(outside); step *= 2 {
			if outside = t.Estimate() - sign*step; !finite(outside) {
				return math.Copysign(math.Inf(1), -sign)
			}
		}
		end, _ := solve(outside, t.Estimate(), func(m float64) bool { return !excluded(m) })
		return end
	}
	return end(1), end(-1)
}
