package meanfield

import (
	"fmt"
	"math"
)

// FixedPoint is a solution of V(q) = q. 0 is one where V(0) = 0.
type FixedPoint struct {
	Variance float64 // q
	ChiQ     float64 // V′(q), 1 where V touches the diagonal to rounding; at 0 that is χ₁
}

// marginal is the |χ_q − 1| below which rounding decides on which side it is.
const marginal = 1e-9

// Stability says what V does to a small distance from the point: stable, unstable, or
// marginal where that is decided by the next order.
func (p FixedPoint) Stability() string {
	switch {
	case math.Abs(p.ChiQ-1) <= marginal:
		return "marginal"
	case p.ChiQ > 1:
		return "unstable"
	}
	return "stable"
}

// rounding is the |V(q)/q − 1|, and the |χ₁ − 1| at 0, that rounding can make of nothing:
// that of the moments, and of a σ_w that has been squared.
const rounding = 0x1p-46

// zeroSlope returns V′(0) = χ₁ for φ(0) = 0, exactly 1 where it is 1 to rounding.
func (n Network) zeroSlope() float64 { return rounded(n.WeightVar * slopeSquare(n.Activation)) }

// farSlope returns the limit of V(q)/q, of V′ and of χ₁ for q → ∞, 1 to rounding.
func (n Network) farSlope() float64 { return rounded(n.WeightVar * farSlopeSquare(n.Activation)) }

func rounded(chi float64) float64 {
	if math.Abs(chi-1) <= rounding {
		return 1
	}
	return chi
}

// origin returns V(0), below which V has no fixed point but 0.
func (n Network) origin() float64 {
	zero := n.Activation.Phi(0)
	return n.WeightVar*zero*zero + n.BiasVar
}

// scaleFree reports whether every q is a fixed point: homogeneous φ at χ₁ = 1 without bias.
func (n Network) scaleFree() bool {
	return n.Activation.Homogeneous() && n.BiasVar == 0 && n.zeroSlope() == 1
}

// FixedPoints returns the fixed points of V in ascending order; none where V(q) > q for
// every q. It is an error where every q is one.
func (n Network) FixedPoints() ([]FixedPoint, error) {
	if err := n.check(); err != nil {
		return nil, err
	}
	if n.scaleFree() {
		return nil, n.everyError()
	}
	var all []FixedPoint
	for p := range n.fixedPoints {
		all = append(all, p)
	}
	return all, nil
}

func (n Network) everyError() error {
	return fmt.Errorf("weight_var = %v with %s at criticality: every q is a fixed point, the variance stays what it starts with", n.WeightVar, n.Activation)
}

// FixedPoint returns the limit of V iterated from q → 0+: the smallest fixed point that is
// reached from below, and 0 where 0 is stable. It need not be where a network comes from
// its input, which is Course. It is an error if V diverges, and if every q is fixed.
func (n Network) FixedPoint() (float64, error) {
	if err := n.check(); err != nil {
		return 0, err
	}
	if n.scaleFree() {
		return 0, n.everyError()
	}
	leaves := n.origin() == 0 && n.leaves()
	for p := range n.fixedPoints {
		if p.Variance > 0 || !leaves {
			return p.Variance, nil
		}
	}
	return 0, fmt.Errorf("weight_var = %v and bias_var = %v: the variance diverges, V(q) > q for every q; want smaller ones", n.WeightVar, n.BiasVar)
}

// leaves reports whether V grows from q → 0+, for V(0) = 0. At χ₁ = 1 the next order of V
// decides.
func (n Network) leaves() bool {
	if chi := n.zeroSlope(); chi != 1 || n.Activation.Homogeneous() {
		return chi > 1
	}
	s := n.search()
	first := s.node(s.lo)
	for first.sign() == 0 && first.q < 1 {
		first = s.node(4 * first.q)
	}
	return first.r > 0
}

// fixedPoints yields the fixed points in ascending order, unless every q is one.
func (n Network) fixedPoints(yield func(FixedPoint) bool) {
	if n.origin() == 0 && !yield(FixedPoint{0, n.zeroSlope()}) {
		return
	}
	if !n.Activation.Homogeneous() {
		n.search().roots(yield)
		return
	}
	if chi := n.zeroSlope(); chi < 1 && n.BiasVar > 0 { // q = χq + σ_b²
		yield(FixedPoint{n.BiasVar / (1 - chi), chi})
	}
}
