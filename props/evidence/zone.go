package evidence

import (
	"errors"
	"fmt"
	"math"
)

// Side says on which side of Theta0 a claim can be violated.
type Side int

// The sides. The zero Side is Equal.
const (
	Equal   Side = iota // θ = θ₀: violated above and below
	AtMost              // θ ≤ θ₀: violated above
	AtLeast             // θ ≥ θ₀: violated below
)

func (s Side) String() string {
	switch s {
	case Equal:
		return "equal"
	case AtMost:
		return "at most"
	case AtLeast:
		return "at least"
	}
	return fmt.Sprintf("side(%d)", int(s))
}

// Zone is a claim about a number θ. With d the distance of θ from Theta0
// towards a violated side, the claim holds if d ≤ Eps and is violated if
// d ≥ Delta; in between is the indifference zone.
type Zone struct {
	Theta0 float64 // the predicted value
	Eps    float64 // proven slack of the prediction (approximation, rounding); usually 0
	Delta  float64 // the smallest violation worth finding; above Eps
	Side   Side
}

// Validate reports every field that does not make sense: Theta0 must be
// finite, 0 ≤ Eps < Delta < ∞, and Side one of the three.
func (z Zone) Validate() error {
	var errs []error
	if !finite(z.Theta0) {
		errs = append(errs, fmt.Errorf("theta0 is %g; it must be finite", z.Theta0))
	}
	least := z.Eps
	if !finite(z.Eps) || z.Eps < 0 {
		errs = append(errs, fmt.Errorf("eps is %g; it must be 0 or more", z.Eps))
		least = 0
	}
	if !finite(z.Delta) || !(z.Delta > least) {
		errs = append(errs, fmt.Errorf("delta is %g; it must be finite and above eps = %g", z.Delta, least))
	} else if finite(z.Theta0) && (z.Theta0+z.Delta == z.Theta0+least || z.Theta0-z.Delta == z.Theta0-least) {
		errs = append(errs, fmt.Errorf("delta is %g; it vanishes in rounding beside theta0 = %g", z.Delta, z.Theta0))
	}
	if z.Side < Equal || z.Side > AtLeast {
		errs = append(errs, fmt.Errorf("side is %d; it must be Equal, AtMost or AtLeast", int(z.Side)))
	}
	return errors.Join(errs...)
}

// within is Validate for a θ that lives in [lo, hi]: Theta0 must too, and
// there must be room for a violation.
func (z Zone) within(lo, hi float64) error {
	if err := z.Validate(); err != nil {
		return err
	}
	if z.Theta0 < lo || z.Theta0 > hi {
		return fmt.Errorf("theta0 is %g; it must lie in [%g, %g]", z.Theta0, lo, hi)
	}
	if z.Delta >= hi-lo || len(z.edges(lo, hi)) == 0 {
		return fmt.Errorf("delta is %g; no violation of %s %g that large fits into [%g, %g]",
			z.Delta, z.Side, z.Theta0, lo, hi)
	}
	return nil
}

// Judge compares an interval for θ with the zone: Refuted if none of it lies
// in the claim zone or the interval is empty (lo > hi), Verified if all of it
// lies short of a violation, otherwise Inconclusive; Error if a bound is NaN.
// The error rates are those of the interval.
func (z Zone) Judge(lo, hi float64) Verdict {
	if math.IsNaN(lo) || math.IsNaN(hi) {
		return Error
	}
	refuted, verified := lo > hi, true
	for _, e := range z.edges(math.Inf(-1), math.Inf(1)) {
		near, far := lo, hi
		if e.sign < 0 {
			near, far = -hi, -lo
		}
		refuted = refuted || near > e.sign*e.inner
		verified = verified && far < e.sign*e.outer
	}
	switch {
	case refuted:
		return Refuted
	case verified:
		return Verified
	}
	return Inconclusive
}

// edge is one side of a zone on which a violation can lie: the claim zone ends
// at inner, violations begin at outer, and sign points from one to the other.
type edge struct {
	inner, outer float64
	gap          float64 // Delta − Eps
	sign         float64
}

// edges lists the sides on which a violation fits into [lo, hi], upper first.
func (z Zone) edges(lo, hi float64) []edge {
	var out []edge
	if up := z.Theta0 + z.Delta; z.Side != AtLeast && up <= hi {
		out = append(out, edge{z.Theta0 + z.Eps, up, z.Delta - z.Eps, 1})
	}
	if down := z.Theta0 - z.Delta; z.Side != AtMost && down >= lo {
		out = append(out, edge{z.Theta0 - z.Eps, down, z.Delta - z.Eps, -1})
	}
	return out
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
