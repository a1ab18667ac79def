package theory

import (
	"fmt"
	"math"

	"gradchain/theory/internal/decimal"
	"gradchain/theory/internal/domain"
	"gradchain/theory/meanfield"
)

var (
	fromParam = Param{
		Name: "from", Kind: Real, Domain: "> 0",
		Meaning: "variance of the pre-activation from which the variance map starts, σ_w² + σ_b² if missing: that of the first layer for an input of second moment 1, as simulate has it",
	}.optional()
	qParam      = param.q.as("variance of the pre-activation, q* if missing").optional()
	atQ, fromQ  = qParam.or(fromParam), fromParam.or(qParam)
	courseNotes = "q* is where the variance map ends from the start; the notes say which it is, how stable, and which others there are"
)

// wholeLine returns the network whose σ_w², if the number that was given spells the end of the
// critical line, is that end: √2 for relu has no last digit. It makes a difference on a line
// where nothing else decides, without biases or for homogeneous φ.
func (a args) wholeLine(n meanfield.Network) meanfield.Network {
	if n.Activation.Phi(0) != 0 || n.BiasVar > 0 && !n.Activation.Homogeneous() {
		return n
	}
	p, err := meanfield.CriticalPoint(n.Activation, 0)
	if err != nil {
		return n
	}
	name, end := "weight_var", p.WeightVar
	if a.has("weight_std") {
		name, end = "weight_std", math.Sqrt(p.WeightVar)
	}
	switch x := a.real(name); {
	case math.Abs(x-end) <= 0x1p-48*end: // a last place or two
		n.WeightVar = p.WeightVar
	case decimal.Spells(x, end):
		n.WeightVar = p.WeightVar
		a.note("%s = %v is taken as %.12g, the end of the critical line, of which it has the digits (relative distance %.1g)",
			name, x, end, math.Abs(x-end)/end)
	}
	return n
}

// ofCourse evaluates at the end of the course of the variance, and notes where that is.
func ofCourse(of func(c meanfield.Course, a args) (float64, error)) func(a args) (float64, error) {
	return ofWide(func(n meanfield.Network, a args) (float64, error) {
		n = a.wholeLine(n)
		from := n.FirstVariance()
		if a.has("from") {
			from = a.real("from")
		}
		c, err := n.Course(from)
		if err != nil {
			return 0, err
		}
		for _, note := range c.Notes() {
			a.note("%s", note)
		}
		return of(c, a)
	})
}

// atVariance evaluates at q, or at the end of the course if that is missing.
func atVariance(at func(n meanfield.Network, q float64) (float64, error), end func(c meanfield.Course) (float64, error)) func(a args) (float64, error) {
	return func(a args) (float64, error) {
		if !a.has("q") {
			return ofCourse(func(c meanfield.Course, _ args) (float64, error) { return end(c) })(a)
		}
		return ofWide(func(n meanfield.Network, a args) (float64, error) {
			q := a.real("q")
			if err := domain.Positive("q", q); err != nil {
				return 0, err
			}
			return at(a.wholeLine(n), q)
		})(a)
	}
}

// fixedPoint is q*. On a line where every q is one, it is what the course starts with, if that
// is given.
func fixedPoint(c meanfield.Course, a args) (float64, error) {
	if c.Every && !a.has("from") {
		_, err := c.Network().FixedPoints()
		return 0, fmt.Errorf("%w: %.6g for an input of second moment 1, q with from=q", err, c.From)
	}
	return c.End.Variance, c.Err()
}

// xiQ is ξ_q, which may be infinite.
func xiQ(c meanfield.Course, a args) (float64, error) {
	xi, err := c.XiQ()
	if math.IsInf(xi, 1) {
		if !c.Every {
			a.note("χ_q = 1: the variance comes to q* more slowly than by any factor a layer")
		}
		return a.infinite(1), err
	}
	return xi, err
}

// ofCorrelation evaluates with the correlation map at q, or at the end of the course.
func ofCorrelation(of func(m *meanfield.Correlation, a args) (float64, error)) func(a args) (float64, error) {
	return func(a args) (float64, error) {
		if !a.has("q") {
			return ofCourse(func(c meanfield.Course, a args) (float64, error) {
				m, err := c.Correlation()
				if err != nil {
					return 0, err
				}
				if c.End.Variance == 0 {
					a.note("the correlation map is that of the limit q → 0")
				}
				return of(m, a)
			})(a)
		}
		return ofWide(func(n meanfield.Network, a args) (float64, error) {
			m, err := a.wholeLine(n).CorrelationAt(a.real("q"))
			if err != nil {
				return 0, err
			}
			return of(m, a)
		})(a)
	}
}

// atLimit evaluates at the fixed point c* of the correlation map.
func atLimit(of func(m *meanfield.Correlation, c float64) float64) func(m *meanfield.Correlation, a args) (float64, error) {
	return func(m *meanfield.Correlation, a args) (float64, error) {
		if m.Keeps() {
			a.note("the correlation map is the identity: every correlation is kept, c* = 1 is one of them")
		}
		return of(m, m.FixedPoint()), nil
	}
}

// xiC is ξ_c, which may be infinite.
func xiC(m *meanfield.Correlation, a args) (float64, error) {
	value, err := atLimit((*meanfield.Correlation).Xi)(m, a)
	switch {
	case math.IsInf(value, 1):
		return a.infinite(1), err
	case math.IsNaN(value):
		c := m.FixedPoint()
		return 0, domain.Check(false, "χ_c", m.Chi(c), "> 0 for a depth scale")
	}
	return value, err
}
