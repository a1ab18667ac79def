package meanfield

import (
	"fmt"
	"math"

	"gradchain/theory/special"
)

// FixedPoint returns q*, the limit of V iterated from q → 0+: the smallest stable fixed
// point, and 0 where 0 is stable. It is an error if V diverges, and if every q is fixed
// (homogeneous φ at χ₁ = 1 without bias).
//
// The gap V(q) − q is followed upwards from V(0), below which V has no fixed point, in
// steps of a factor of 4. A step on which it changes sign, or on which its slope does
// with a minimum that is not positive, brackets q*.
func (n Network) FixedPoint() (float64, error) {
	if err := n.check(); err != nil {
		return 0, err
	}
	if n.Activation.Homogeneous() {
		return n.homogeneousFixedPoint()
	}
	zero := n.Activation.Phi(0)
	lo := n.WeightVar*zero*zero + n.BiasVar
	if lo == 0 {
		if lo = n.leave(); lo == 0 {
			return 0, nil
		}
	}
	return n.climb(lo)
}

// homogeneousFixedPoint solves q = χ₁q + σ_b².
func (n Network) homogeneousFixedPoint() (float64, error) {
	chi := n.WeightVar * slopeSquare(n.Activation)
	switch {
	case chi < 1:
		return n.BiasVar / (1 - chi), nil
	case chi == 1 && n.BiasVar == 0:
		return 0, fmt.Errorf("weight_var = %v with %s at criticality: every q is a fixed point, want q given", n.WeightVar, n.Activation)
	}
	return 0, n.diverges()
}

func (n Network) diverges() error {
	return fmt.Errorf("weight_var = %v and bias_var = %v: the variance diverges, V(q) > q for every q; want smaller ones", n.WeightVar, n.BiasVar)
}

// leave returns a q near 0 from where V grows, 0 if 0 is stable, for V(0) = 0.
func (n Network) leave() float64 {
	const rounding = 0x1p-50
	chi := n.WeightVar * slopeSquare(n.Activation)
	q := 1e-40                         // far below the scale on which V bends
	if n.Activation.Name() == "celu" { // which bends on the scale of its argument
		q *= math.Pow(min(1, n.Activation.Args()[0]), 2)
	}
	if math.Abs(chi-1) < rounding { // the next order of V decides
		q *= 1e32
	} else if chi < 1 {
		return 0
	}
	if g := n.gap(q); g.value > rounding*q || chi-1 >= rounding && g.value > 0 {
		return q
	}
	return 0
}

// gap is V(q) − q and its derivative.
type gap struct{ value, slope float64 }

// gap returns NaN where float64 does not hold it.
func (n Network) gap(q float64) gap {
	m, err := n.moments(q)
	if err != nil {
		return gap{math.NaN(), math.NaN()}
	}
	return gap{n.WeightVar*m.Square + n.BiasVar - q, n.WeightVar*m.Growth - 1}
}

// climb returns the first fixed point at or above lo, where V(lo) ≥ lo.
func (n Network) climb(lo float64) (float64, error) {
	const far = 1e24 // where E φ² is near its limit
	below := n.gap(lo)
	if below.value <= 0 {
		return lo, nil
	}
	unbounded := n.WeightVar*farSlopeSquare(n.Activation) > 1-0x1p-50
	for {
		hi := 4 * lo
		above := n.gap(hi)
		switch {
		case math.IsNaN(above.value) || unbounded && hi > far*max(1, n.BiasVar):
			return 0, n.diverges()
		case above.value <= 0:
			return n.root(lo, hi), nil
		case below.slope < 0 && above.slope > 0:
			least, err := special.Brent(func(q float64) float64 { return n.gap(q).slope }, lo, hi)
			if err == nil && n.gap(least).value <= 0 {
				return n.root(lo, least), nil
			}
		}
		lo, below = hi, above
	}
}

// root returns the zero of the gap in [lo, hi], where it is positive at lo and not at hi:
// Newton's iteration, with bisection where that leaves the bracket.
func (n Network) root(lo, hi float64) float64 {
	q := lo/2 + hi/2
	for range 200 {
		g := n.gap(q)
		if g.value > 0 {
			lo = q
		} else {
			hi = q
		}
		next := q - g.value/g.slope
		if !(lo <= next && next <= hi) {
			next = lo/2 + hi/2
		}
		if math.Abs(next-q) <= 0x1p-48*q { // the next step is below the rounding error
			return next
		}
		q = next
	}
	return q
}
