package meanfield

import (
	"fmt"
	"math"

	"gradchain/theory/activation"
)

// Course returns where the variance of a network at the critical point goes from that of the
// first layer, for an input of a second moment; biasVar is its σ_b².
func (p Critical) Course(a activation.Activation, biasVar, input float64) (Course, error) {
	return Network{a, p.WeightVar, biasVar}.Course(p.WeightVar*input + biasVar)
}

// reachedBy reports whether a course ends at the point, which then is not unstable.
func (p Critical) reachedBy(c Course) bool {
	return c.Every || math.Abs(c.End.Variance-p.Variance) <= 1e-6*p.Variance && !(c.End.ChiQ > 1+marginal)
}

// StableCritical returns the critical point with that σ_b² if the variance goes there from an
// input of that second moment, and stays. Elsewhere it is an error that says where the variance goes, and
// where the line is stable: unlike those of saturating units, the critical points of the gated
// ones with small biases are unstable fixed points of V.
func StableCritical(a activation.Activation, biasVar, input float64) (Critical, error) {
	p, err := CriticalPoint(a, biasVar)
	if err != nil {
		return Critical{}, err
	}
	c, err := p.Course(a, biasVar, input)
	switch {
	case err != nil:
		return Critical{}, err
	case p.reachedBy(c):
		return p, nil
	}
	return Critical{}, fmt.Errorf("%s has no stable critical point that an input of second moment %s reaches with bias_std = %s: %s", a, brief(input), brief(math.Sqrt(biasVar)), p.Note(a, c))
}

// Note says how stable the critical point is, and where the variance goes on its course.
func (p Critical) Note(a activation.Activation, c Course) string {
	if c.Every {
		return "every q is a fixed point of the variance there, χ_q = 1: it stays what it starts with"
	}
	point := FixedPoint{p.Variance, p.ChiQ}
	text := fmt.Sprintf("at σ_w = %s the point q* = %s is %s, ", brief(math.Sqrt(p.WeightVar)), brief(p.Variance), point.words())
	switch {
	case p.reachedBy(c):
		return text + "and the variance goes there from " + c.start()
	case c.Diverges():
		text += "and the variance diverges from " + c.start()
	default:
		chi, _ := c.Chi1()
		text += fmt.Sprintf("and from %s the variance goes to q = %s, where χ₁ = %s", c.start(), brief(c.End.Variance), factor(chi))
	}
	if q, n, err := halfStable(a); err == nil {
		text += fmt.Sprintf("; the stable ones begin above bias_std = %s: σ_w = %s, q* = %s",
			brief(math.Sqrt(n.BiasVar)), brief(math.Sqrt(n.WeightVar)), brief(q))
	}
	return text
}
